"""Lines that left the screen, kept small."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, islice
from operator import is_not, sub
from typing import cast, overload

from tuivm.terminal.packed import ENDS, spread, unpack
from tuivm.terminal.pen import PLAIN, Cell, Pen
from tuivm.terminal.row import Row
from tuivm.terminal.squeezed import HEAVY, MANY, expand, squeeze, squeeze_runs
from tuivm.terminal.widths import columns


class Line(Sequence[Cell]):
    """One line: its text, and how many cells each pen drew. Trailing blanks are left out."""

    __slots__ = ("pens", "text", "wrapped")

    def __init__(self, text: str, pens: tuple[tuple[int, Pen], ...] | None, wrapped: int = 0) -> None:
        self.text = text
        """Characters without the empty halves of wide ones."""
        self.pens = pens
        """(Number of cells, pen) runs; None when all is plain."""
        self.wrapped = wrapped
        """Whether the next line goes on where this one ended, see :class:`Row`."""

    @classmethod
    def of(cls, row: Row) -> Line:
        """Pack a row, the columns beyond the margin too."""
        return line_of(pack(row))

    def row(self) -> Row:
        """Unpack into a row as wide as the text."""
        chars = columns(self.text)
        return Row(chars, spread(self.pens, len(chars)), self.wrapped)

    def runs(self) -> list[tuple[str, int, Pen]]:
        """Return (text, number of columns, pen) for each run of one pen."""
        return self.row().runs()

    def cells(self) -> list[Cell]:
        """Unpack into cells."""
        return self.row().cells()

    @overload
    def __getitem__(self, index: int) -> Cell: ...
    @overload
    def __getitem__(self, index: slice) -> list[Cell]: ...
    def __getitem__(self, index: int | slice) -> Cell | list[Cell]:
        return self.cells()[index]

    def __len__(self) -> int:
        return len(self.text) if self.text.isascii() else len(columns(self.text))

    def __str__(self) -> str:
        return self.text


def pack(row: Row) -> str | Line:
    """Return what is kept of a row: a string when it is plain."""
    packed = row.packed
    if packed is not None:
        return packed if type(packed) is str or type(packed) is Line else str(packed)
    chars, pens = row.chars, row.pens
    if row.hidden[0]:
        chars, pens = chars + row.hidden[0], pens + row.hidden[1]
    if pens.count(PLAIN) == len(pens):
        return "".join(chars).rstrip(" ") + ENDS[row.wrapped]
    end = len(chars)
    while end and pens[end - 1] is PLAIN and chars[end - 1] == " ":
        end -= 1
    return Line("".join(chars[:end]), _runs(pens[:end]) or None, row.wrapped)


def _runs(pens: list[Pen]) -> tuple[tuple[int, Pen], ...]:
    """Return (number of columns, pen) for each run of one pen."""
    count = len(pens)
    if pens.count(pens[0]) == count:
        return ((count, pens[0]),)
    starts = [0, *compress(range(1, count), map(is_not, islice(pens, 1, None), pens))]
    sizes = map(sub, [*starts[1:], count], starts)
    return tuple(zip(sizes, map(pens.__getitem__, starts), strict=True))


class Scrollback(Sequence[Line]):
    """The newest lines that scrolled off, oldest first, at most ``limit``.

    Plain lines, and those that a flood brought, are kept packed (see :mod:`tuivm.terminal.packed`): each look
    makes a new :class:`Line` of them.
    """

    def __init__(self, limit: int) -> None:
        self._lines: deque[str | bytes | Line] = deque(maxlen=max(0, limit))
        self.total = 0
        """Lines ever added less those taken back; ``total - len(self)`` is the number of the oldest."""

    def add(self, row: Row) -> None:
        """Add one row of the screen."""
        packed: object = row.packed
        if type(packed) is str and len(packed) <= HEAVY:
            self._lines.append(packed)
            self.total += 1
        else:
            self.keep((row,))

    def keep(self, rows: Sequence[Row]) -> None:
        """Add rows of the screen, the newest last; the oldest go when there is no room."""
        if len(rows) > 2 and rows[0].shared and rows.count(rows[0]) == len(rows):
            self.repeat(rows[0], len(rows))
            return
        add = self._lines.append
        before: Row | None = None
        light: str | bytes | Line = ""
        for row in rows:
            if row is not before:
                before = row
                packed: object = row.packed
                if type(packed) is not str or len(packed) > HEAVY:
                    kept = pack(row)
                    if row.shared:
                        row.packed = kept
                    packed = _light(kept)
                light = packed
            add(light)
        self.total += len(rows)

    def extend(self, lines: Sequence[str]) -> None:
        """Add packed lines, the newest last."""
        is_heavy = bool(lines) and max(map(len, lines)) > HEAVY
        self._lines.extend(map(_light, lines) if is_heavy else lines)
        self.total += len(lines)

    def has_grown(self, kept: int, count: int) -> bool:
        """Return whether ``count`` lines were added since there were ``kept``, and nothing else was done."""
        room = self._lines.maxlen
        return len(self._lines) == (kept + count if room is None else min(room, kept + count))

    def add_again(self, count: int, times: int) -> None:
        """Add the newest ``count`` lines again so many times; they were added twice before."""
        room = self._lines.maxlen or 0
        if 0 < count < room:
            newest = list(islice(self._lines, len(self._lines) - count, None))
            self._lines.extend(newest * min(times, room // count + 1))
        self.total += count * times

    def repeat(self, row: Row, count: int) -> None:
        """Add a shared row several times."""
        self.keep([row])
        self._lines.extend([self._lines[-1]] * (count - 1) if self._lines else ())
        self.total += count - 1

    def kept(self, start: int) -> list[str | Line]:
        """Return the lines from index ``start`` on as they are kept, most of them packed."""
        return [
            expand(line) if isinstance(line, bytes) else line for line in islice(self._lines, start, None)
        ]

    def replace(self, start: int, lines: Iterable[str | Line]) -> None:
        """Put ``lines`` in the place of those from index ``start`` on. ``total`` is the caller's to set."""
        if start == 0:
            self._lines.clear()
        while len(self._lines) > start:
            self._lines.pop()
        self._lines.extend(map(_light, lines))

    def clear(self) -> None:
        """Forget every line; their numbers are not used again."""
        self._lines.clear()

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self._lines))
            if step == 1 and stop - start > 100:
                # A deque is quick at its ends alone: walking beats asking for one after the other.
                return [line_of(line) for line in islice(self._lines, start, stop)]
            return [line_of(self._lines[at]) for at in range(start, stop, step)]
        return line_of(self._lines[index])

    def __iter__(self) -> Iterator[Line]:
        return map(line_of, self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def _light(packed: str | Line) -> str | bytes | Line:
    """Return what is kept of a packed line or a line: few bytes, if it is of very many colours."""
    if type(packed) is str:
        return squeeze(packed) if len(packed) > HEAVY else packed
    line = cast("Line", packed)
    if line.pens is None or len(line.pens) <= MANY:
        return line
    return squeeze_runs(line.text, line.pens, line.wrapped) or line


def line_of(kept: str | bytes | Line) -> Line:
    """Return a line as it is read."""
    if isinstance(kept, bytes):
        kept = expand(kept)
    return Line(*unpack(kept)) if isinstance(kept, str) else kept
