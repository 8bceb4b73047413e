"""Lines that left the screen, kept small."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import overload

from tuivm.terminal.pen import PLAIN, Cell, Pen
from tuivm.terminal.row import Row
from tuivm.terminal.widths import width


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
        chars, pens = row.chars, row.pens
        if row.hidden[0]:
            chars, pens = chars + row.hidden[0], pens + row.hidden[1]
        if pens.count(PLAIN) == len(pens):
            return cls("".join(chars).rstrip(" "), None, row.wrapped)
        end = len(chars)
        while end and pens[end - 1] is PLAIN and chars[end - 1] == " ":
            end -= 1
        runs = tuple((len(list(run)), pen) for pen, run in groupby(pens[:end]))
        return cls("".join(chars[:end]), runs or None, row.wrapped)

    def row(self) -> Row:
        """Unpack into a row as wide as the text."""
        chars = list(self.text) if self.text.isascii() else self._columns()
        if self.pens is None:
            return Row(chars, [PLAIN] * len(chars), self.wrapped)
        return Row(chars, [pen for count, pen in self.pens for _ in range(count)], self.wrapped)

    def runs(self) -> list[tuple[str, int, Pen]]:
        """Return (text, number of columns, pen) for each run of one pen."""
        return self.row().runs()

    def cells(self) -> list[Cell]:
        """Unpack into cells."""
        return self.row().cells()

    def _columns(self) -> list[str]:
        data: list[str] = []
        for character in self.text:
            columns = width(character)
            if columns == 0 and data:
                data[-1 if data[-1] else -2] += character
            else:
                data.append(character)
                if columns == 2:
                    data.append("")
        return data

    @overload
    def __getitem__(self, index: int) -> Cell: ...
    @overload
    def __getitem__(self, index: slice) -> list[Cell]: ...
    def __getitem__(self, index: int | slice) -> Cell | list[Cell]:
        return self.cells()[index]

    def __len__(self) -> int:
        return len(self.text) if self.text.isascii() else len(self._columns())

    def __str__(self) -> str:
        return self.text


class Scrollback(Sequence[Line]):
    """The newest lines that scrolled off, oldest first, at most ``limit``."""

    def __init__(self, limit: int) -> None:
        self._lines: deque[Line] = deque(maxlen=max(0, limit))
        self.total = 0
        """Lines ever added less those taken back; ``total - len(self)`` is the number of the oldest."""

    def append(self, line: Line) -> None:
        """Add the newest line; the oldest goes when there is no room."""
        self._lines.append(line)
        self.total += 1

    def extend(self, lines: Sequence[Line]) -> None:
        """Add lines, the newest last."""
        self._lines.extend(lines)
        self.total += len(lines)

    def pop(self) -> Line:
        """Take the newest line back."""
        self.total -= 1
        return self._lines.pop()

    def replace(self, start: int, lines: Sequence[Line]) -> None:
        """Put ``lines`` in the place of those from index ``start`` on. ``total`` is the caller's to set."""
        while len(self._lines) > start:
            self._lines.pop()
        self._lines.extend(lines)

    def clear(self) -> None:
        """Forget every line; their numbers are not used again."""
        self._lines.clear()

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, slice):
            return [self._lines[at] for at in range(*index.indices(len(self._lines)))]
        return self._lines[index]

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)
