"""Rows of the screen, and the edits that keep wide characters whole.

A row is two lists as long as the screen is wide: what each column shows and with which pen. Nothing is made
per cell while text is drawn; cells are made for those who ask for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import Any, Final, overload

from tuivm.terminal.packed import ENDS, spread, unpack
from tuivm.terminal.pen import PLAIN, Cell, Pen
from tuivm.terminal.widths import columns, is_narrow

WRAPPED: Final = 1
"""The text goes on in the next row because it came to the margin."""
PADDED: Final = 2
"""The same, but the last column is empty because a wide character did not fit there."""
_NOT_HIDDEN: tuple[list[str], list[Pen]] = ([], [])
"""Never changed."""


class Row:
    """One line of the screen.

    A ``shared`` row stands in several places, or was packed and is not to be packed again: it must not be
    changed. ``Screen.row`` gives one that may.
    """

    __slots__ = ("chars", "hidden", "packed", "pens", "shared", "uniform", "width", "wrapped")

    chars: list[str]
    """One string a column: a character with its combining marks; empty right of a wide character."""
    pens: list[Pen]
    """The pen of each column."""
    wrapped: int
    """:data:`WRAPPED` or :data:`PADDED` when the text goes on in the next row, else 0."""
    shared: bool
    """Whether it must not be changed."""
    packed: object
    """What the scrollback keeps of it, as long as it is shared; else None."""
    uniform: tuple[str, Pen] | None
    """What every column shows with which pen, if it is shared and the same everywhere."""
    width: int
    """Columns that a lazy row will have."""
    hidden: tuple[list[str], list[Pen]]
    """Columns beyond the margin since the screen became narrower; they come back when it grows."""

    def __init__(self, chars: list[str], pens: list[Pen], wrapped: int = 0) -> None:
        self.chars = chars
        self.pens = pens
        self.wrapped = wrapped
        self.shared = False
        self.packed = None
        self.uniform = None
        self.hidden = _NOT_HIDDEN

    @classmethod
    def lazy(cls, packed: str, columns: int) -> Row:
        """Return a shared row of a packed line (:mod:`tuivm.terminal.packed`) no wider than ``columns``."""
        row = cls.__new__(cls)
        row.shared = True
        row.packed = packed
        row.uniform = None
        row.width = columns
        return row

    def extended(self, x: int, text: str, columns: int) -> Row | None:
        """Return a shared row that shows ``text`` at ``x`` as well, with the plain pen.

        None unless this one is a shared row of nothing but plain ASCII, and nothing is at ``x`` or behind.
        """
        packed = self.packed
        if type(packed) is not str or len(packed) > x or not text.isascii():
            return None
        if packed and not (packed.isascii() and packed.isprintable()):
            return None
        return Row.lazy(packed.ljust(x) + text, columns)

    def cropped(self, x: int, columns: int) -> Row | None:
        """Return a shared row with plain blanks from ``x`` on; None where it is not simple."""
        packed = self.packed
        if type(packed) is not str or not (packed.isascii() and packed.isprintable()):
            return None
        return Row.lazy(packed[:x], columns) if len(packed) > x else self

    def used(self, pen: Pen) -> int:
        """Return how many columns there are up to the last one that is no blank of ``pen``."""
        chars, pens, end = self.chars, self.pens, len(self.chars)
        while end and chars[end - 1] == " " and pens[end - 1] is pen:
            end -= 1
        return end

    def ended(self, how: int, columns: int) -> Row | None:
        """Return a shared row like this one that goes on in the next one; None where it is not simple."""
        packed = self.packed
        if type(packed) is not str or len(packed) > columns:
            return None
        if packed and not (packed.isprintable() if packed.isascii() else is_narrow(packed)):
            return None
        return Row.lazy(packed + ENDS[how], columns)

    def __getattr__(self, name: str) -> Any:
        """Unpack a lazy row when somebody looks."""
        if name not in ("chars", "pens", "wrapped", "hidden"):
            raise AttributeError(name)
        self.hidden = _NOT_HIDDEN
        packed = str(self.packed)
        if packed.isascii() and packed.isprintable():
            self.chars = [*packed.ljust(self.width)]
            self.pens = [PLAIN] * self.width
            self.wrapped = 0
            return getattr(self, name)
        text, runs, self.wrapped = unpack(packed)
        chars = columns(text)
        self.chars = chars + [" "] * (self.width - len(chars))
        self.pens = spread(runs, len(self.chars))
        return getattr(self, name)

    @classmethod
    def blank(cls, columns: int, pen: Pen = PLAIN, char: str = " ") -> Row:
        """Return a new row full of one character."""
        return cls([char] * columns, [pen] * columns)

    def copy(self) -> Row:
        """Return a row of its own that looks the same."""
        row = Row(self.chars.copy(), self.pens.copy(), self.wrapped)
        row.hidden = self.hidden
        return row

    # Reading

    @property
    def text(self) -> str:
        """All characters, trailing blanks too."""
        return "".join(self.chars)

    def at(self, x: int) -> str:
        """Return the character that stands in column ``x``, a wide one in both of its columns."""
        packed = self.packed
        if type(packed) is str and packed.isascii() and packed.isprintable():
            return packed[x : x + 1] or " "
        return self.chars[x] or self.chars[x - 1]

    def cells(self) -> list[Cell]:
        """Return a cell for each column."""
        return [pen.cells[char] for pen, char in zip(self.pens, self.chars, strict=True)]

    def runs(self) -> list[tuple[str, int, Pen]]:
        """Return (text, number of columns, pen) for each run of one pen."""
        found = []
        start = 0
        for pen, run in groupby(self.pens):
            count = len(list(run))
            found.append(("".join(self.chars[start : start + count]), count, pen))
            start += count
        return found

    def __len__(self) -> int:
        return len(self.chars)

    @overload
    def __getitem__(self, index: int) -> Cell: ...
    @overload
    def __getitem__(self, index: slice) -> list[Cell]: ...
    def __getitem__(self, index: int | slice) -> Cell | list[Cell]:
        if isinstance(index, slice):
            return [pen.cells[char] for pen, char in zip(self.pens[index], self.chars[index], strict=True)]
        return self.pens[index].cells[self.chars[index]]

    def __iter__(self) -> Iterator[Cell]:
        return iter(self.cells())

    # Changing

    def fit(self, columns: int) -> None:
        """Become ``columns`` wide. What is cut off is kept aside until the end of the row is erased."""
        chars, pens = self.chars + self.hidden[0], self.pens + self.hidden[1]
        missing = columns - len(chars)
        self.chars = chars[:columns] + [" "] * missing
        self.pens = pens[:columns] + [PLAIN] * missing
        self.hidden = (chars[columns:], pens[columns:])
        if self.hidden[0] and not self.hidden[0][0]:
            self.chars[-1] = self.hidden[0][0] = " "

    def cut(self, x: int) -> None:
        """Make a boundary before column ``x``: a wide character across it becomes two blanks."""
        chars = self.chars
        if 0 < x < len(chars) and not chars[x]:
            chars[x - 1] = chars[x] = " "

    def cut_both(self, start: int, end: int) -> None:
        """Make a boundary before both columns."""
        self.cut(start)
        self.cut(end)

    def fill(self, start: int, end: int, pen: Pen, char: str = " ") -> None:
        """Put one character into columns ``start`` to ``end`` (not included)."""
        if start < end:
            self.cut(start)
            self.cut(end)
            self.chars[start:end] = [char] * (end - start)
            self.pens[start:end] = [pen] * (end - start)
            if end == len(self.chars):
                self.hidden = _NOT_HIDDEN

    def insert_blanks(self, x: int, end: int, count: int, pen: Pen) -> None:
        """Shift columns ``x`` to ``end`` right by ``count``; what passes ``end`` is lost."""
        count = min(count, end - x)
        self.insert(x, end, [" "] * count, pen)

    def insert(self, x: int, end: int, chars: list[str], pen: Pen) -> None:
        """Write at ``x``, shifting columns up to ``end`` right; what passes ``end`` is lost."""
        count = len(chars)
        self.cut(x)
        self.cut(end)
        self.cut(end - count)
        del self.chars[end - count : end]
        self.chars[x:x] = chars
        del self.pens[end - count : end]
        self.pens[x:x] = [pen] * count

    def delete(self, x: int, end: int, count: int, pen: Pen) -> None:
        """Take ``count`` columns out at ``x``; blanks come in before ``end``."""
        count = min(count, end - x)
        self.cut(x)
        self.cut(x + count)
        self.cut(end)
        chars, pens = self.chars, self.pens
        chars[end:end] = [" "] * count
        del chars[x : x + count]
        pens[end:end] = [pen] * count
        del pens[x : x + count]

    def resembles(self, other: Row, start: int, end: int, to: int) -> bool:
        """Return whether :meth:`copy_from` surely changes nothing."""
        size = min(end - start, len(self.chars) - to)
        if size <= 0:
            return True
        if self.uniform and self.uniform == other.uniform:
            return True
        end = start + size
        chars, behind = other.chars[start:end], self.chars[to + size : to + size + 1]
        return (
            self.chars[to : to + size] == chars
            and self.pens[to : to + size] == other.pens[start:end]
            # Neither end cuts a wide character.
            and chars[0] != ""
            and behind != [""]
            and other.chars[end : end + 1] != [""]
        )

    def copy_from(self, other: Row, start: int, end: int, to: int) -> None:
        """Put columns ``start`` to ``end`` of a row (this one perhaps) at ``to``; halves become blanks.

        What would pass the end of this row is left out.
        """
        size = min(end - start, len(self.chars) - to)
        if size <= 0:
            return
        chars, pens = other.chars[start : start + size], other.pens[start : start + size]
        if not chars[0]:
            chars[0] = " "
        if start + size < len(other.chars) and not other.chars[start + size]:
            chars[-1] = " "
        self.cut(to)
        self.cut(to + size)
        self.chars[to : to + size] = chars
        self.pens[to : to + size] = pens


@lru_cache(maxsize=64)
def shared_full(width: int, pen: Pen, char: str) -> Row:
    """Return the one row full of a character that wrapped."""
    row = Row.blank(width, pen, char)
    row.wrapped = WRAPPED
    row.shared = True
    if pen is PLAIN and char.isascii():
        row.packed = (char * width).rstrip(" ") + ENDS[WRAPPED]
    return row


@lru_cache(maxsize=64)
def shared_blank(width: int, pen: Pen, char: str = " ") -> Row:
    """Return the one row full of a character, to stand in any number of places."""
    row = Row.blank(width, pen, char)
    row.shared = True
    row.uniform = (char, pen)
    if char == " " and pen is PLAIN:
        row.packed = ""
    return row
