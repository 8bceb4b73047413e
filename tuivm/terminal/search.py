"""Search in scrollback and screen: in slices of time, newest lines first, while output goes on."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from time import perf_counter
from typing import NamedTuple

from tuivm.terminal.logical import Readable, columns_of, lines_between, start_of, texts_of
from tuivm.terminal.pattern import BadPattern, Matcher, compile_pattern
from tuivm.terminal.row import PADDED
from tuivm.terminal.selection import Markable

__all__ = ["MAX_HITS", "BadPattern", "Finder", "Hit"]

MAX_HITS = 10_000
"""Hits that are kept; the newest ones."""
MAX_ROWS = 50
"""Rows of one wrapped line that are searched as one; what lies across the end of that is not found."""
_BATCH = 128
"""Lines between two looks at the clock; fewer when the pattern is a dear one."""


class Hit(NamedTuple):
    """Where the pattern was found. Hits sort as they stand in the text."""

    number: int
    """Number of the line where it begins."""
    start: int
    """Column where it begins."""
    end_number: int
    """Number of the line where it ends; another one when it goes on over the margin."""
    end: int
    """Column where it ends, not included."""


class Finder:
    """The search for one pattern. Raises :class:`BadPattern` when it cannot be searched for.

    ``regex`` takes the pattern as a regular expression, else as plain text. ``ignore_case`` None ignores the
    case when the pattern has no capital. Call :meth:`step` until it returns False, and again from time to
    time: it finds what was printed since. A change of the size begins the search anew.
    """

    def __init__(
        self, terminal: Markable, pattern: str, *, regex: bool = False, ignore_case: bool | None = None
    ) -> None:
        self._terminal = terminal
        self._matches: Matcher = compile_pattern(pattern, regex=regex, ignore_case=ignore_case)
        self.more = False
        """Whether there are more hits than are kept."""
        self.problem = ""
        """Why the search was given up: a pattern that takes too long; empty for none."""
        self._batch = _BATCH
        self._begin()

    def _begin(self) -> None:
        self._revision = self._terminal.screen.marks.revision
        self._low = self._high = self._border()
        self._old: list[Hit] = []
        """Hits before the place of the beginning, newest first."""
        self._new: list[Hit] = []
        """Hits since then in lines that left the screen, oldest first."""
        self._hits: list[Hit] = []
        self.more = False

    # Searching

    def step(self, budget: float = 0.005) -> bool:
        """Search for about ``budget`` seconds. Return whether there is more to search."""
        if self.problem:
            return False
        try:
            return self._step(budget)
        except BadPattern as error:
            self.problem = str(error)
            return False

    def _step(self, budget: float) -> bool:
        if self._revision != self._terminal.screen.marks.revision:
            self._begin()
        deadline = perf_counter() + budget
        border = self._border()
        self._high = max(self._high, self._terminal.first)
        while self._high < border or self._has_older:
            begun = perf_counter()
            if self._high < border:
                self._search_newer(border)
            else:
                self._search_older()
            self._bound()
            now = perf_counter()
            is_dear = now - begun > budget / 4
            self._batch = max(1, self._batch // 2) if is_dear else min(_BATCH, self._batch + 1)
            if now >= deadline:
                break
        self.more |= self._low > self._terminal.first and not self._has_older
        fresh = self._search(max(self._high, border), self._terminal.end)
        self._hits = [*reversed(self._old), *self._new, *fresh]
        return self._high < border or self._has_older

    def _search_newer(self, border: int) -> None:
        """Search some of the lines that were printed since."""
        end = min(self._high + self._batch, border)
        if end < border:
            end = max(start_of(self._terminal, end, MAX_ROWS), self._high + 1)
        self._new.extend(self._search(self._high, end))
        self._high = end

    def _search_older(self) -> None:
        """Search some of the lines further up."""
        start = max(self._low - self._batch, self._terminal.first)
        start = start_of(self._terminal, start, MAX_ROWS)
        self._old.extend(reversed(self._search(start, self._low)))
        self._low = start

    @property
    def _has_older(self) -> bool:
        return self._low > self._terminal.first and len(self._old) + len(self._new) < MAX_HITS

    def _border(self) -> int:
        """Return the number up to which lines change no more: where the line at the screen's top begins."""
        return start_of(self._terminal, self._terminal.scrollback.total, MAX_ROWS)

    def _bound(self) -> None:
        """Keep no more than the newest hits."""
        excess = len(self._old) + len(self._new) - MAX_HITS
        if excess > 0:
            self.more = True
            kept = max(0, len(self._old) - excess)
            del self._old[kept:]
            del self._new[: max(0, len(self._new) - MAX_HITS)]

    def _search(self, start: int, end: int) -> list[Hit]:
        """Return the hits in the lines numbered ``start`` to ``end``, not included."""
        start = max(start, self._terminal.first)
        lines = lines_between(self._terminal, start, end)
        columns = self._terminal.screen.columns
        hits: list[Hit] = []
        at = 0
        while at < len(lines):
            last = at
            while lines[last].wrapped and last + 1 < len(lines) and last - at < MAX_ROWS:
                last += 1
            rows = lines[at : last + 1]
            text = texts_of(rows, columns)
            spans = self._matches(text)
            if spans:
                is_narrow = text.isascii() and all(row.wrapped != PADDED for row in rows)
                hits.extend(_hits(spans, rows, start + at, columns, is_narrow=is_narrow))
            at = last + 1
        return hits

    # What was found

    @property
    def hits(self) -> Sequence[Hit]:
        """What was found up to the last step, oldest first."""
        lost = bisect_left(self._hits, (self._terminal.first,))
        if lost:
            del self._hits[:lost]
        return self._hits

    def next(self, place: tuple[int, int]) -> Hit | None:
        """Return the first hit that begins after a place (number of the line, column)."""
        hits = self.hits
        at = bisect_right(hits, place, key=_begin_of)
        return hits[at] if at < len(hits) else None

    def previous(self, place: tuple[int, int]) -> Hit | None:
        """Return the last hit that begins before a place."""
        hits = self.hits
        at = bisect_left(hits, place, key=_begin_of)
        return hits[at - 1] if at else None

    def spans_on(self, number: int) -> list[tuple[int, int]]:
        """Return the columns (start, end not included) of a line that are part of hits."""
        hits = self.hits
        at = bisect_left(hits, (number,))
        if at and hits[at - 1].end_number >= number:
            at -= 1
        spans = []
        while at < len(hits) and hits[at].number <= number:
            hit = hits[at]
            start = hit.start if hit.number == number else 0
            spans.append((start, hit.end if hit.end_number == number else self._terminal.screen.columns))
            at += 1
        return spans


def _begin_of(hit: Hit) -> tuple[int, int]:
    return hit.number, hit.start


def _hits(
    spans: Iterable[tuple[int, int]], rows: Sequence[Readable], number: int, columns: int, *, is_narrow: bool
) -> list[Hit]:
    """Turn spans of characters in the joined text of ``rows`` into places on them."""
    if is_narrow:
        # Each row but the last is full, one column a character.
        return [
            Hit(number + start // columns, start % columns, number + last // columns, last % columns + 1)
            for start, last in ((start, end - 1) for start, end in spans)
        ]
    places = [
        (row, column, column + (2 if chars[column + 1 : column + 2] == [""] else 1))
        for row, (line, following) in enumerate(zip_longest(rows, rows[1:]), number)
        for chars in (columns_of(line, columns, following),)
        for column, char in enumerate(chars)
        for _ in char
    ]
    found = []
    for start, end in spans:
        row, column, _ = places[start]
        last, _, after = places[end - 1]
        found.append(Hit(row, column, last, after))
    return found
