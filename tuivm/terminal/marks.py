"""Places in the text that stay where they are while it scrolls, falls out or is folded anew.

Lines have numbers for ever: the first one ever printed is 0, and a line keeps its number when it scrolls
from the screen into the scrollback. Only a change of the size gives new numbers (rows become more or fewer),
and the marks are moved along then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from weakref import WeakSet

from tuivm.terminal.scrollback import Scrollback

if TYPE_CHECKING:
    from tuivm.terminal.screen import Screen


class Mark:
    """A place in the text: the number of a line and a column, from 0. Made by :meth:`Marks.make`."""

    __slots__ = ("__weakref__", "_number", "_screen", "column")

    def __init__(self, screen: Screen, number: int, column: int) -> None:
        self._screen = screen
        self._number = number
        self.column = column
        """Column in it; it may lie behind the text."""

    @property
    def number(self) -> int:
        """Number of the line, also of one that is lost; the last row's while a low screen hides the line."""
        return min(self._number, self._screen.scrollback.total + self._screen.lines - 1)

    @property
    def lost(self) -> bool:
        """Whether the line fell out of the scrollback or was cleared away."""
        return self._number < first_number(self._screen.scrollback)

    def move(self, number: int, column: int = 0) -> None:
        """Go to another place."""
        self._number = number
        self.column = max(0, column)

    def follow(self, place: Callable[[int, int], tuple[int, int]]) -> None:
        """Go to where ``place`` says for the line's number, hidden or not, and the column."""
        self.move(*place(self._number, self.column))

    @property
    def place(self) -> tuple[int, int]:
        """Number and column: places compare as they stand in the text."""
        return self.number, self.column

    def __repr__(self) -> str:
        return f"Mark({self.number}, {self.column})"


class Marks:
    """The marks of one terminal that somebody still holds."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._held: WeakSet[Mark] = WeakSet()
        self.revision = 0
        """Grows whenever lines get other numbers; who remembers numbers without a mark starts anew then."""

    def make(self, number: int, column: int = 0) -> Mark:
        """Return a new mark; it is kept up as long as the caller holds it."""
        mark = Mark(self._screen, number, max(0, column))
        self._held.add(mark)
        return mark

    def __iter__(self) -> Iterator[Mark]:
        """Give the marks that are not lost."""
        return (mark for mark in list(self._held) if not mark.lost)

    def move(self, place: Callable[[int, int], tuple[int, int]]) -> None:
        """Put every mark that is not lost where ``place`` says for its number and column."""
        self.revision += 1
        for mark in self:
            mark.follow(place)


def first_number(scrollback: Scrollback) -> int:
    """Return the number of the oldest line kept (of the screen's first row when nothing is kept)."""
    return scrollback.total - len(scrollback)
