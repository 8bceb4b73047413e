"""What was made of rows that nobody changes: the same again costs a look into a dictionary.

Functions on many rows at once (rectangles, columns) need only a few characters to be asked for; a guest that
asks for nothing else would cost a hundred times what its bytes are worth. A row is frozen when it is first
met here (``shared``: who writes to it then gets a copy), so that its identity stands for what is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from tuivm.terminal.row import Row

MAX_CELLS = 100_000
"""Cells of the rows that are remembered at most: about 3 MB."""

Made = TypeVar("Made")


class Memo:
    """Outcomes by function and row."""

    def __init__(self) -> None:
        self._tables: dict[Hashable, dict[Any, Any]] = {}
        self._cells = 0

    def table(self, function: Hashable) -> dict[Any, Any]:
        """Return what is remembered of one function, to be read and, after :meth:`remember`, written."""
        found = self._tables.get(function)
        return self._tables.setdefault(function, {}) if found is None else found

    def remember(self, row: Row) -> None:
        """Freeze a row that is about to be remembered; when there are too many all are forgotten."""
        row.shared = True
        self._cells += len(row.chars) + 1
        if self._cells > MAX_CELLS:
            for table in self._tables.values():
                table.clear()
            self._tables.clear()
            self._cells = 0

    def one(self, row: Row) -> Row:
        """Return the one row that stands for all that look like this one, which is new; it is frozen."""
        if row.hidden[0]:
            row.shared = True
            return row
        known = self.table("rows")
        look = (tuple(row.chars), tuple(row.pens), row.wrapped)
        found = known.get(look)
        if found is None:
            self.remember(row)
            known[look] = found = row
        return found

    def all(self, function: Hashable, rows: Sequence[Row], make: Callable[[Row], Made]) -> list[Made]:
        """Return what a function makes of each row; ``make`` works it out, and never gives None."""
        table = self.table(function)
        made: list[Any] = [*map(table.get, rows)]
        if None in made:
            for at, known in enumerate(made):
                if known is None:
                    row = rows[at]
                    self.remember(row)
                    made[at] = table[row] = make(row)
        return made
