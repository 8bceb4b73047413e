"""Rows of cells, and the edits that keep wide characters whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tuivm.terminal.pen import BLANK, Cell


class Row(list[Cell]):
    """The cells of one line of the screen, always as many as the screen has columns."""

    __slots__ = ("hidden", "wrapped")

    def __init__(self, cells: Iterable[Cell], wrapped: bool = False) -> None:
        super().__init__(cells)
        self.wrapped = wrapped
        """Whether the text goes on in the next row because it came to the margin."""
        self.hidden: Sequence[Cell] = ()
        """Cells beyond the margin since the screen became narrower; they come back when it becomes wider."""

    def fit(self, columns: int) -> None:
        """Become ``columns`` wide. What is cut off is kept aside until the end of the row is erased."""
        if len(self) > columns:
            self.hidden = [*self[columns:], *self.hidden]
            del self[columns:]
        elif len(self) < columns:
            back = columns - len(self)
            self.extend(self.hidden[:back])
            self.hidden = self.hidden[back:]
            self.extend([BLANK] * (columns - len(self)))
        if self.hidden and not self.hidden[0][0]:
            self[-1] = self[-1].pen.blank
            self.hidden = [self.hidden[0].pen.blank, *self.hidden[1:]]

    def whole(self) -> list[Cell]:
        """Return all cells, the hidden ones too."""
        return [*self, *self.hidden]

    def cut(self, x: int) -> None:
        """Make a boundary before column ``x``: a wide character across it becomes two blanks."""
        if 0 < x < len(self) and not self[x][0]:
            self[x - 1] = self[x - 1].pen.blank
            self[x] = self[x].pen.blank

    def fill(self, start: int, end: int, cell: Cell) -> None:
        """Put ``cell`` into columns ``start`` to ``end`` (not included)."""
        if start < end:
            self.cut(start)
            self.cut(end)
            self[start:end] = [cell] * (end - start)
            if end == len(self):
                self.hidden = ()

    def insert_blanks(self, x: int, end: int, count: int, cell: Cell) -> None:
        """Shift columns ``x`` to ``end`` right by ``count``; what passes ``end`` is lost."""
        count = min(count, end - x)
        self.cut(x)
        self.cut(end)
        self.cut(end - count)
        self[x:end] = [cell] * count + self[x : end - count]

    def delete_cells(self, x: int, end: int, count: int, cell: Cell) -> None:
        """Take ``count`` columns out at ``x``; blanks come in before ``end``."""
        count = min(count, end - x)
        self.cut(x)
        self.cut(x + count)
        self.cut(end)
        self[x:end] = self[x + count : end] + [cell] * count
