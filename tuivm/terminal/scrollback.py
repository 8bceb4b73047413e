"""Lines that left the screen, kept small."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import overload

from tuivm.terminal.pen import BLANK, PLAIN, Cell, Pen
from tuivm.terminal.widths import width

_pen_of = attrgetter("pen")
_data_of = itemgetter(0)
_ONLY_PLAIN = {PLAIN}


class Line(Sequence[Cell]):
    """One line: its text, and how many cells each pen drew. Trailing blanks are left out."""

    __slots__ = ("pens", "text", "wrapped")

    def __init__(self, text: str, pens: tuple[tuple[int, Pen], ...] | None, wrapped: bool = False) -> None:
        self.text = text
        """Characters without the empty halves of wide ones."""
        self.pens = pens
        """(Number of cells, pen) runs; None when all is plain."""
        self.wrapped = wrapped
        """Whether the next line goes on where this one ended."""

    @classmethod
    def of(cls, row: Sequence[Cell], wrapped: bool) -> Line:
        """Pack a row of cells."""
        if set(map(_pen_of, row)) == _ONLY_PLAIN:
            return cls("".join(map(_data_of, row)).rstrip(" "), None, wrapped)
        end = len(row)
        while end and row[end - 1] is BLANK:
            end -= 1
        cells = row[:end]
        text = "".join([cell[0] for cell in cells])
        runs = tuple((len(list(run)), pen) for pen, run in groupby(cells, _pen_of))
        return cls(text, runs or None, wrapped)

    def cells(self) -> list[Cell]:
        """Unpack into cells."""
        if self.pens is None and self.text.isascii():
            return [PLAIN.cells[data] for data in self.text]
        return self._unpack()

    def _unpack(self) -> list[Cell]:
        data: list[str] = []
        for character in self.text:
            columns = width(character)
            if columns == 0 and data:
                data[-1 if data[-1] else -2] += character
            else:
                data.append(character)
                if columns == 2:
                    data.append("")
        if self.pens is None:
            return [PLAIN.cells[item] for item in data]
        pens = (pen for count, pen in self.pens for _ in range(count))
        return [pen.cells[item] for item, pen in zip(data, pens, strict=False)]

    @overload
    def __getitem__(self, index: int) -> Cell: ...
    @overload
    def __getitem__(self, index: slice) -> list[Cell]: ...
    def __getitem__(self, index: int | slice) -> Cell | list[Cell]:
        return self.cells()[index]

    def __len__(self) -> int:
        return len(self.text) if self.text.isascii() else len(self._unpack())

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
