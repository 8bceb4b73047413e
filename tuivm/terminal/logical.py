"""Logical lines: rows that wrapped at the margin, read as the one line that was printed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple, Protocol

from tuivm.terminal.row import PADDED, Row
from tuivm.terminal.screen import Screen
from tuivm.terminal.scrollback import Line, Scrollback

Readable = Line | Row
"""A line of the scrollback or a row of the screen."""


class Text(Protocol):
    """What is read here: a :class:`~tuivm.terminal.terminal.Terminal`."""

    @property
    def screen(self) -> Screen:
        """The screen."""

    @property
    def scrollback(self) -> Scrollback:
        """The scrollback."""

    @property
    def first(self) -> int:
        """Number of the oldest line."""

    @property
    def end(self) -> int:
        """Number one past the last row of the screen."""

    def line(self, number: int) -> Readable:
        """Return a line by its number."""


class Place(NamedTuple):
    """A character's place."""

    number: int
    """Number of the line."""
    column: int
    """Column, from 0."""


def lines_between(terminal: Text, start: int, end: int) -> list[Readable]:
    """Return the lines numbered ``start`` to ``end`` (not included), as far as they exist."""
    first, total = terminal.first, terminal.scrollback.total
    start, end = max(start, first), min(end, terminal.end)
    lines: list[Readable] = []
    if start < total:
        lines.extend(terminal.scrollback[start - first : min(end, total) - first])
    if end > total:
        lines.extend(terminal.screen.buffer[max(0, start - total) : end - total])
    return lines


def chars_of(line: Readable) -> list[str]:
    """Return what each column shows, "" right of a wide character; not to be changed."""
    return line.chars if isinstance(line, Row) else line.row().chars


def columns_of(line: Readable, columns: int, following: Readable | None = None) -> list[str]:
    """Return what each column shows of a line before ``following``, on a screen of ``columns``.

    A line that wrapped is as wide as the screen, any other ends with its last character.
    """
    chars = chars_of(line)
    if line.wrapped:
        width = width_of(line, columns, following)
        return chars[:width] + [" "] * (width - len(chars))
    end = len(chars)
    while end and chars[end - 1] == " ":
        end -= 1
    return chars[:end]


def width_of(line: Readable, columns: int, following: Readable | None) -> int:
    """Return how many columns a line filled that wrapped.

    One less than the screen has when the last is empty only because the wide character that now begins the
    following line did not fit.
    """
    if line.wrapped == PADDED and following is not None and chars_of(following)[1:2] == [""]:
        chars = chars_of(line)
        return columns - (chars[columns - 1 : columns] in ([], [" "]))
    # With a single column a wide character stands over the margin.
    return 2 if columns == 1 and chars_of(line)[1:2] == [""] else columns


def columns_at(terminal: Text, number: int) -> list[str]:
    """Return what each column shows of the line with a number, see :func:`columns_of`."""
    line = terminal.line(number)
    following = terminal.line(number + 1) if line.wrapped == PADDED and number + 1 < terminal.end else None
    return columns_of(line, terminal.screen.columns, following)


def texts_of(lines: Sequence[Readable], columns: int) -> str:
    """Return the text of the rows of one logical line, without blanks at its end."""
    texts = []
    for line, following in zip_longest(lines, lines[1:]):
        text = line.text
        if line.wrapped == PADDED or (line.wrapped and not text.isascii()):
            text = "".join(columns_of(line, columns, following))
        elif line.wrapped:
            text = text[:columns].ljust(columns)
        texts.append(text)
    return "".join(texts).rstrip(" ")


def start_of(terminal: Text, number: int, limit: int | None = None) -> int:
    """Return the number of the first row of a logical line, at most ``limit`` rows above."""
    lowest = terminal.first if limit is None else max(terminal.first, number - limit)
    while number > lowest and goes_on(terminal, number - 1):
        number -= 1
    return number


def end_of(terminal: Text, number: int, limit: int | None = None) -> int:
    """Return the number one past the last row of a logical line, at most ``limit`` rows below."""
    highest = terminal.end if limit is None else min(terminal.end, number + 1 + limit)
    while number + 1 < highest and goes_on(terminal, number):
        number += 1
    return number + 1


def goes_on(terminal: Text, number: int) -> bool:
    """Return whether a row goes on in the next one. The scrollback never does into the alternate screen."""
    if terminal.screen.is_alternate and number == terminal.scrollback.total - 1:
        return False
    return bool(terminal.line(number).wrapped)
