"""What is searched for: plain text or a regular expression, matched in bounded time."""

from __future__ import annotations

import re
from collections.abc import Callable

Matcher = Callable[[str], list[tuple[int, int]]]
"""Takes a line, returns the (start, end) of each match, none of them empty, none over another."""
MAX_PATTERN = 500
"""Characters of a pattern."""


class BadPattern(ValueError):
    """A pattern that cannot be searched for; the text is one line that says why."""


def compile_pattern(pattern: str, *, regex: bool = False, ignore_case: bool | None = None) -> Matcher:
    """Return the function that finds a pattern in a line. Raises :class:`BadPattern`."""
    if not pattern:
        raise BadPattern("nothing to search for")
    if len(pattern) > MAX_PATTERN:
        raise BadPattern(f"the pattern is longer than {MAX_PATTERN} characters")
    if ignore_case is None:
        letters = re.sub(r"\\.", "", pattern) if regex else pattern
        ignore_case = letters == letters.lower()
    flags = re.IGNORECASE if ignore_case else 0
    compiled = re.compile(pattern if regex else re.escape(pattern), flags)

    def matches(text: str) -> list[tuple[int, int]]:
        return [match.span() for match in compiled.finditer(text) if match.end() > match.start()]

    return matches
