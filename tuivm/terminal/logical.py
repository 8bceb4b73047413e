"""Logical lines: rows that wrapped at the margin, read as the one line that was printed."""

from __future__ import annotations

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


def columns_of(line: Readable, columns: int) -> list[str]:
    """Return what each column shows ("" right of a wide character).

    A line that wrapped is as wide as the screen (``columns``), any other ends with its last character.
    """
    chars = line.chars if isinstance(line, Row) else line.row().chars
    if line.wrapped:
        wanted = columns - 1 if is_padded(line, chars, columns) else columns
        return chars[:wanted] + [" "] * (wanted - len(chars))
    end = len(chars)
    while end and chars[end - 1] == " ":
        end -= 1
    return chars[:end]


def is_padded(line: Readable, chars: list[str], columns: int) -> bool:
    """Return whether the last column is empty only because the next character is a wide one."""
    return line.wrapped == PADDED and chars[columns - 1 : columns] in ([], [" "])


def text_of_line(line: Readable, columns: int) -> str:
    """Return the text of a line, in full when it wrapped, else without trailing blanks."""
    text = line.text
    if not line.wrapped:
        return text.rstrip(" ")
    if line.wrapped != PADDED and text.isascii():
        return text[:columns].ljust(columns)
    return "".join(columns_of(line, columns))


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
