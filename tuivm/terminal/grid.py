"""The rows that are shown: how they are read, changed and erased."""

from __future__ import annotations

from itertools import compress
from operator import is_not

from pyte.screens import Screen as PyteScreen

from tuivm.terminal.memo import Memo
from tuivm.terminal.pen import BLANK, PLAIN, Cell, Pen
from tuivm.terminal.row import Row, shared_blank


class Grid(PyteScreen):
    """``lines`` rows of ``columns``; ``dirty`` holds those that changed until the reader clears it."""

    buffer: list[Row]  # type: ignore[assignment]

    def __init__(self, columns: int, lines: int) -> None:
        self.columns = columns
        self.lines = lines
        self.dirty: set[int] = set()
        self.memo = Memo()
        """What was made of rows."""
        self.below: tuple[Row, list[Row]] | None = None
        """Rows for which a shorter screen had no room, and the bottom row that they follow."""

    def blank_rows(self, count: int, pen: Pen = PLAIN) -> list[Row]:
        """Return rows of blanks; they are shared, see :meth:`row`."""
        return [shared_blank(self.columns, pen)] * count

    def row(self, y: int) -> Row:
        """Return a row that may be changed, and say that it changed. To read take ``buffer[y]``."""
        self.dirty.add(y)
        row = self.buffer[y]
        if row.shared:
            own = row.copy()
            if self.below is not None and self.below[0] is row:
                self.below = (own, self.below[1])
            row = self.buffer[y] = own
        return row

    def replace(self, start: int, rows: list[Row]) -> None:
        """Put other shared rows from row ``start`` on; those that are the same did not change."""
        end = start + len(rows)
        old = self.buffer[start:end]
        if rows == old:
            return
        if len(self.dirty) < self.lines:
            self.dirty.update(compress(range(start, end), map(is_not, rows, old)))
        if self.below is not None and self.below[0] is old[-1]:
            self.below = (rows[-1], self.below[1])
        self.buffer[start:end] = rows

    def erase_rows(self, start: int, end: int, pen: Pen, char: str = " ") -> None:
        """Fill whole rows, ``end`` not included, with one character."""
        if start < end:
            self.buffer[start:end] = [shared_blank(self.columns, pen, char)] * (end - start)
            if len(self.dirty) < self.lines:
                self.dirty.update(range(start, end))

    def is_blank(self, y: int, pen: Pen) -> bool:
        """Return whether a row surely holds nothing but blanks of a pen."""
        return self.buffer[y].uniform == (" ", pen)

    @property
    def display(self) -> list[str]:
        """The text of every row, as wide as the screen."""
        return [row.text for row in self.buffer]

    @property
    def default_char(self) -> Cell:
        """An empty cell."""
        return BLANK

    def touch(self) -> None:
        """Say that every row changed."""
        if len(self.dirty) < self.lines:
            self.dirty.update(range(self.lines))
