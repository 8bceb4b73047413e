"""Selections: what is chosen with the keyboard or the mouse, and the text of it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from tuivm.terminal.logical import Place, Text, chars_of, columns_at, end_of, goes_on, start_of
from tuivm.terminal.marks import Mark

WORD_ROWS = 32
"""Rows above and below in which the rest of a word is looked for."""
WORD_CHARACTERS = frozenset("@-./_~?&=%+#")
"""What belongs to a word beside letters and digits, so that paths and addresses are one word."""


class Markable(Text, Protocol):
    """What marks can be put on: a :class:`~tuivm.terminal.terminal.Terminal`."""

    def mark(self, number: int, column: int = 0) -> Mark:
        """Return a new mark."""


class Kind(Enum):
    """What shape a selection has."""

    CHARACTERS = "characters"
    """From one character to another, in reading order."""
    LINES = "lines"
    """Whole lines, with all the rows they wrapped into."""
    BLOCK = "block"
    """A rectangle of columns."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Two places with everything between them; both are inside."""

    anchor: Mark
    """Where it was begun."""
    head: Mark
    """Where it ends now; before or after the anchor."""
    kind: Kind = Kind.CHARACTERS
    """The shape."""


class _Area:
    """A selection in numbers of lines and columns, ``end`` not included."""

    def __init__(self, terminal: Text, selection: Selection) -> None:
        self.kind = selection.kind
        self.columns = terminal.screen.columns
        first, last = sorted(_place(terminal, mark) for mark in (selection.anchor, selection.head))
        self.first, self.last = first.number, last.number
        self.start, self.end = first.column, last.column + 1
        if self.kind is Kind.LINES:
            self.first = start_of(terminal, self.first)
            self.last = end_of(terminal, self.last) - 1
        elif self.kind is Kind.BLOCK:
            self.start = min(first.column, last.column)
            self.end = max(first.column, last.column) + 1

    def span(self, number: int) -> tuple[int, int]:
        """Return the columns chosen of a line inside it, without regard to wide characters."""
        if self.kind is Kind.LINES:
            return 0, self.columns
        if self.kind is Kind.BLOCK:
            return self.start, self.end
        start = self.start if number == self.first else 0
        return start, self.end if number == self.last else self.columns


def _place(terminal: Text, mark: Mark) -> Place:
    """Return where a mark stands; that of a line which fell out is the beginning of the oldest one."""
    if mark.lost:
        return Place(terminal.first, 0)
    column = min(mark.column, terminal.screen.columns - 1)
    return Place(min(mark.number, terminal.end - 1), column)


def _whole(chars: list[str], start: int, end: int) -> tuple[int, int]:
    """Widen columns ``start`` to ``end`` so that no wide character is cut."""
    if 0 < start < len(chars) and not chars[start]:
        start -= 1
    if start < end < len(chars) and not chars[end]:
        end += 1
    return start, end


def spans_on(terminal: Text, selection: Selection, number: int) -> tuple[int, int] | None:
    """Return the columns (start, end not included) to be shown as selected on a line; None for none."""
    area = _Area(terminal, selection)
    if not max(area.first, terminal.first) <= number <= min(area.last, terminal.end - 1):
        return None
    return _whole(chars_of(terminal.line(number)), *area.span(number))


def text_of(terminal: Text, selection: Selection) -> str:
    """Return the selected text, lines divided by line feeds and none after the last.

    Rows that wrapped are joined; blanks at the end of a line are dropped. What fell out of the scrollback is
    left out.
    """
    area = _Area(terminal, selection)
    is_block = area.kind is Kind.BLOCK
    lines: list[str] = []
    line = ""
    for number in range(max(area.first, terminal.first), area.last + 1):
        chars = columns_at(terminal, number)
        start, end = _whole(chars, *area.span(number))
        line += "".join(chars[start:end])
        if is_block or (end >= len(chars) and not goes_on(terminal, number)):
            line = line.rstrip(" ")
        if number == area.last or is_block or not goes_on(terminal, number):
            lines.append(line)
            line = ""
    return "\n".join(lines)


def word_at(terminal: Markable, number: int, column: int) -> Selection:
    """Return the word at a place, over the rows it wrapped into.

    Elsewhere than on a word it is the run of blanks, or the one character there.
    """
    number = max(terminal.first, min(number, terminal.end - 1))
    places, chars = _around(terminal, number)
    at = bisect_right(places, (number, column)) - 1
    if at < 0 or not _covers(terminal, places[at], number, column):
        return _select(terminal, Place(number, column), Place(number, column))
    start = end = at
    kind = _class_of(chars[at])
    if kind:
        while start and _class_of(chars[start - 1]) == kind:
            start -= 1
        while end + 1 < len(chars) and _class_of(chars[end + 1]) == kind:
            end += 1
    return _select(terminal, places[start], places[end])


def line_at(terminal: Markable, number: int, column: int = 0) -> Selection:
    """Return the whole line at a place, with all the rows it wrapped into."""
    place = Place(max(terminal.first, min(number, terminal.end - 1)), column)
    return _select(terminal, place, place, Kind.LINES)


def _select(terminal: Markable, anchor: Place, head: Place, kind: Kind = Kind.CHARACTERS) -> Selection:
    return Selection(terminal.mark(*anchor), terminal.mark(*head), kind)


def _around(terminal: Markable, number: int) -> tuple[list[Place], list[str]]:
    """Return the characters of a logical line with their places, of at most some rows on each side."""
    start = start_of(terminal, number, WORD_ROWS)
    end = end_of(terminal, number, WORD_ROWS)
    places: list[Place] = []
    chars: list[str] = []
    for row in range(start, end):
        for column, char in enumerate(columns_at(terminal, row)):
            if char:
                places.append(Place(row, column))
                chars.append(char)
    return places, chars


def _covers(terminal: Markable, place: Place, number: int, column: int) -> bool:
    """Return whether the character at ``place`` also stands at a column: it may be a wide one."""
    if place.number != number:
        return False
    return place.column == column or (
        place.column == column - 1 and not chars_of(terminal.line(number))[column : column + 1].count(" ")
    )


def _class_of(char: str) -> str:
    """Return what kind of run a character is part of; empty for none."""
    if char[0].isalnum() or char[0] in WORD_CHARACTERS:
        return "word"
    return "blank" if char == " " else ""
