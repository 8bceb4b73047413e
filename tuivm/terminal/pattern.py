"""What is searched for: plain text or a regular expression, read into what can be matched in bounded time."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import lru_cache

from tuivm.terminal.automaton import Assertion, Choice, Finder, Part, Repeat, Sequence, Test, TooLarge

Matcher = Callable[[str], list[tuple[int, int]]]
"""Takes a line, returns the (start, end) of each match, none of them empty, none over another."""
MAX_PATTERN = 500
"""Characters of a pattern."""
MAX_DEPTH = 40
"""Groups inside one another."""
MAX_REPEAT = 1000
"""Largest number in a counted repeat."""
MAX_TEXT = 1000
"""Characters of a line that a regular expression is matched against at once; a longer one is cut."""

_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*+\]", re.DOTALL)
_COUNT = re.compile(r"\{(\d{0,4})(,?)(\d{0,4})\}")
_CODE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[dDwWsStnrfva]|[^0-9a-zA-Z])")
_ASSERTIONS = {
    "^": Assertion.BEGIN,
    "$": Assertion.END,
    "\\A": Assertion.BEGIN,
    "\\Z": Assertion.END,
    "\\b": Assertion.BOUNDARY,
    "\\B": Assertion.NO_BOUNDARY,
}
_REPEATS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}


class BadPattern(ValueError):
    """A pattern that cannot be searched for; the text is one line that says why."""


def compile_pattern(pattern: str, *, regex: bool = False, ignore_case: bool | None = None) -> Matcher:
    """Return the function that finds a pattern in a line. Raises :class:`BadPattern`.

    ``ignore_case`` None ignores the case when the pattern has no capital (one behind a backslash is none).
    Regular expressions are those of ``re`` without back references and looking around; of several matches at
    a place the longest is taken.
    """
    if not pattern:
        raise BadPattern("nothing to search for")
    if len(pattern) > MAX_PATTERN:
        raise BadPattern(f"the pattern is longer than {MAX_PATTERN} characters")
    if ignore_case is None:
        letters = re.sub(r"\\.", "", pattern) if regex else pattern
        ignore_case = letters == letters.lower()
    flags = re.IGNORECASE if ignore_case else 0
    if not regex:
        search = re.compile(re.escape(pattern), flags).finditer
        return lambda text: [match.span() for match in search(text)]
    try:
        finder = Finder(_Reader(pattern, flags).read())
    except TooLarge:
        raise BadPattern("the pattern repeats too much") from None
    return lambda text: _in_parts(finder, text)


def _in_parts(finder: Finder, text: str) -> list[tuple[int, int]]:
    """Match a text, one that is too long in parts."""
    if len(text) <= MAX_TEXT:
        return finder.spans(text)
    return [
        (at + start, at + end)
        for at in range(0, len(text), MAX_TEXT)
        for start, end in finder.spans(text[at : at + MAX_TEXT])
    ]


class _Reader:
    """Reads a regular expression, by recursive descent."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._pattern = pattern
        self._flags = flags
        self._at = 0
        self._depth = 0

    def read(self) -> Part:
        """Return the whole pattern."""
        part = self._choice()
        if self._at < len(self._pattern):
            raise BadPattern(f"a parenthesis too many at character {self._at + 1}")
        return part

    def _choice(self) -> Part:
        parts = [self._sequence()]
        while self._takes("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _sequence(self) -> Part:
        parts: list[Part] = []
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            parts.append(self._repeated(self._item()))
        return Sequence(tuple(parts))

    def _item(self) -> Part:
        pattern, at = self._pattern, self._at
        character = pattern[at]
        if character in "*+?":
            raise BadPattern(f"nothing to repeat before {character!r} at character {at + 1}")
        if character == "(":
            return self._group()
        token = character
        if character == "\\":
            token = pattern[at : at + 2]
        if token in _ASSERTIONS:
            self._at += len(token)
            return _ASSERTIONS[token]
        if character == "\\":
            return self._test(_CODE, f"{token} is not known")
        if character == "[":
            return self._test(_CLASS, "a [ has no ]")
        self._at += 1
        return _test(character if character == "." else re.escape(character), self._flags)

    def _test(self, form: re.Pattern[str], problem: str) -> Part:
        match = form.match(self._pattern, self._at)
        if match is None:
            raise BadPattern(f"{problem}, at character {self._at + 1}")
        self._at = match.end()
        return _test(match[0], self._flags)

    def _group(self) -> Part:
        start = self._at
        self._at += 1
        if self._takes("?") and not self._takes(":"):
            raise BadPattern(f"a group that begins with (? is not known, at character {start + 1}")
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BadPattern(f"more than {MAX_DEPTH} groups inside one another")
        part = self._choice()
        self._depth -= 1
        if not self._takes(")"):
            raise BadPattern(f"the parenthesis at character {start + 1} is not closed")
        return part

    def _repeated(self, part: Part) -> Part:
        """Return the part with the repeat behind it, if there is one."""
        character = self._pattern[self._at : self._at + 1]
        count = _COUNT.match(self._pattern, self._at)
        if character in _REPEATS:
            self._at += 1
            least, most = _REPEATS[character]
        elif count is not None and (count[1] or count[3]):
            self._at = count.end()
            least = int(count[1] or 0)
            most = (int(count[3]) if count[3] else None) if count[2] else least
        else:
            return part
        if max(least, most or 0) > MAX_REPEAT or (most is not None and most < least):
            raise BadPattern(f"a repeat is out of range, at character {self._at}")
        # Lazy and possessive ones match the same lines.
        if not self._takes("?"):
            self._takes("+")
        if self._pattern[self._at : self._at + 1] in ("*", "+", "?"):
            raise BadPattern(f"a repeat of a repeat at character {self._at + 1}")
        return Repeat(part, least, most)

    def _takes(self, character: str) -> bool:
        """Go over a character if it is the next one."""
        if self._pattern.startswith(character, self._at):
            self._at += 1
            return True
        return False


@lru_cache(maxsize=512)
def _test(fragment: str, flags: int) -> Test:
    """Return what tells whether a character is that of a fragment: a literal, an escape, a class."""
    try:
        with warnings.catch_warnings():
            # What [[a] may mean in a later Python is nothing to tell the user.
            warnings.simplefilter("ignore", FutureWarning)
            match = re.compile(fragment, flags | re.DOTALL).fullmatch
    except re.error as error:
        raise BadPattern(f"{fragment}: {error.msg}") from None
    return lambda character: match(character) is not None
