"""The difference of two texts in unified form, as data."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import StrEnum

_CONTEXT = 3
"""Unchanged lines around a change."""
_LINES_MAX = 20_000
"""Lines of either text beyond which they are not compared line by line: that would take minutes."""


class Mark(StrEnum):
    """What a line of a difference is."""

    PLACE = "@"
    SAME = " "
    LESS = "-"
    MORE = "+"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference."""

    mark: Mark
    """What it is."""
    text: str
    """The line without its mark; hostile data."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How a text differs from another."""

    lines: tuple[Line, ...] = ()
    """In the order of a unified difference; empty when both are equal."""
    more: int = 0
    """Lines that only the second has."""
    less: int = 0
    """Lines that only the first has."""

    @property
    def words(self) -> str:
        """``+3 -1``, or ``the same``."""
        return f"+{self.more} -{self.less}" if self.lines else "the same"


NONE = Difference()
"""That of equal texts."""


def difference(before: str, after: str) -> Difference:
    """How ``after`` differs from ``before``, with three lines around each change."""
    if before == after:
        return NONE
    first, second = before.splitlines(), after.splitlines()
    if max(len(first), len(second)) > _LINES_MAX:
        line = Line(Mark.PLACE, f"{len(first)} lines become {len(second)}: too many to compare")
        return Difference((line,), len(second), len(first))
    lines = []
    for text in list(difflib.unified_diff(first, second, n=_CONTEXT, lineterm=""))[2:]:
        mark = Mark(text[0])
        lines.append(Line(mark, text if mark is Mark.PLACE else text[1:]))
    if not lines:
        # Both differ in how they end alone.
        return Difference((Line(Mark.PLACE, "the last line ends differently"),))
    more = sum(line.mark is Mark.MORE for line in lines)
    less = sum(line.mark is Mark.LESS for line in lines)
    return Difference(tuple(lines), more, less)
