"""What is too old, or too much, goes; the room is given back a little at a time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tuivm.core.archive import events
from tuivm.core.archive.tiers import DAY, QUARTERS, TIERS

if TYPE_CHECKING:
    import sqlite3

_SOME = 64
"""Blocks dropped between two looks at the size."""
_PAGES = 2048
"""Pages given back to the file system at a time."""


class Pruner:
    """Knows what may go. ``size`` in bytes, ``keep`` in seconds (of the coarsest tier and of events)."""

    def __init__(
        self,
        size: int,
        keep: int = QUARTERS.keep,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._size = size
        self._keep = keep
        self._clock = clock
        self._monotonic = monotonic
        self._offset = clock() - monotonic()
        self._doubtful_until = 0.0

    def prune(self, link: sqlite3.Connection, domains: Sequence[int], series: Sequence[int]) -> None:
        """Drop what is too old or too much, within a transaction. Raises what SQLite raises.

        ``domains`` and ``series`` are the numbers in use though there may be no block of them yet.
        A clock that jumped by more than a day is not believed for a day: by a wrong one, everything is old.
        """
        now, offset = self._clock(), self._clock() - self._monotonic()
        if abs(offset - self._offset) > DAY:
            self._doubtful_until = self._monotonic() + DAY
        self._offset = offset
        if self._monotonic() >= self._doubtful_until:
            for tier in TIERS:
                keep = min(tier.keep, self._keep) if tier is not QUARTERS else self._keep
                oldest = now - keep - tier.length
                link.execute("DELETE FROM block WHERE tier = ? AND start < ?", (tier.number, oldest))
            link.execute("DELETE FROM track WHERE last < ?", (now - self._keep - QUARTERS.length,))
            events.prune(link, now - self._keep)
        self._shrink(link)
        link.execute(_DOMAINS, (json.dumps(list(domains)),))
        for query in _OF_DOMAINS:
            link.execute(query)
        link.execute(_SERIES, (json.dumps(list(series)),))

    def give_back(self, link: sqlite3.Connection) -> None:
        """Give some free pages back to the file system; outside of a transaction."""
        pages, free = _pages(link)
        if free > max(256, pages // 16):
            link.execute(f"PRAGMA incremental_vacuum({_PAGES})").fetchall()

    def _shrink(self, link: sqlite3.Connection) -> None:
        """Drop the oldest blocks until the rest is no larger than it may be."""
        (page,) = link.execute("PRAGMA page_size").fetchone()
        while True:
            pages, free = _pages(link)
            if (pages - free) * page <= self._size:
                return
            dropped = link.execute(
                "DELETE FROM block WHERE rowid IN (SELECT rowid FROM block ORDER BY start LIMIT ?)", (_SOME,)
            ).rowcount
            if dropped < _SOME:
                return


_DOMAINS = (
    "DELETE FROM domain WHERE id NOT IN (SELECT domain FROM block UNION SELECT value FROM json_each(?))"
)
_OF_DOMAINS = (
    "DELETE FROM track WHERE domain NOT IN (SELECT id FROM domain)",
    "DELETE FROM name WHERE domain NOT IN (SELECT id FROM domain)",
)
_SERIES = "DELETE FROM series WHERE id NOT IN (SELECT series FROM track UNION SELECT value FROM json_each(?))"


def _pages(link: sqlite3.Connection) -> tuple[int, int]:
    """Pages of the file, and how many of them are free."""
    (pages,) = link.execute("PRAGMA page_count").fetchone()
    (free,) = link.execute("PRAGMA freelist_count").fetchone()
    return int(pages), int(free)
