"""What is searched for: plain text or a regular expression, matched in bounded time."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

Matcher = Callable[[str], list[tuple[int, int]]]
"""Takes a line, returns the (start, end) of each match, none of them empty; may raise :class:`BadPattern`."""
MAX_PATTERN = 500
"""Characters of a pattern."""
MAX_REPEAT = 10_000
"""Product of the numbers of all counted repeats: these inside one another make a program of that size."""
SECONDS = 0.01
"""What one line may take. A pattern that needs longer goes back and forth without end, as ``(a+)+b`` does."""
_COUNTS = re.compile(r"(\d+)\}")


class BadPattern(ValueError):
    """A pattern that cannot be searched for; the text is one line that says why."""


def compile_pattern(pattern: str, *, regex: bool = False, ignore_case: bool | None = None) -> Matcher:
    """Return the function that finds a pattern in a line. Raises :class:`BadPattern`.

    ``ignore_case`` None ignores the case when the pattern has no capital (one behind a backslash is none).
    Regular expressions are those of the ``regex`` package, which can be given a limit in time; the function
    raises BadPattern when a line takes longer.
    """
    if not pattern:
        raise BadPattern("nothing to search for")
    if len(pattern) > MAX_PATTERN:
        raise BadPattern(f"the pattern is longer than {MAX_PATTERN} characters")
    if ignore_case is None:
        letters = re.sub(r"\\.", "", pattern) if regex else pattern
        ignore_case = letters == letters.lower()
    if regex:
        return _expression(pattern, ignore_case)
    search = re.compile(re.escape(pattern), re.IGNORECASE if ignore_case else 0).finditer
    return lambda text: [match.span() for match in search(text)]


def repeats(pattern: str) -> int:
    """Return how many times as large as its text a pattern's program may become."""
    return math.prod(max(1, int(count)) for count in _COUNTS.findall(pattern))


def _expression(pattern: str, ignore_case: bool) -> Matcher:
    if repeats(pattern) > MAX_REPEAT:
        raise BadPattern("the pattern repeats too much")
    import regex  # only who searches for an expression pays for loading it

    try:
        search = regex.compile(pattern, regex.IGNORECASE if ignore_case else 0).finditer
    except (regex.error, OverflowError) as error:
        raise BadPattern(str(error)) from None
    except RecursionError:
        raise BadPattern("the pattern is nested too deeply") from None

    def matches(text: str) -> list[tuple[int, int]]:
        try:
            spans = [match.span() for match in search(text, timeout=SECONDS)]
        except TimeoutError:
            raise BadPattern("the pattern takes too long: make it simpler") from None
        return [(start, end) for start, end in spans if start < end]

    return matches
