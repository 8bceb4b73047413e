"""Rows of the file: who and what they are of, and blocks. For one thread at a time."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tuivm.core.archive import codec
from tuivm.core.archive.codec import Column, Damaged
from tuivm.core.archive.tiers import Tier
from tuivm.model.domain import DomainKey
from tuivm.model.series import Metric, Series

if TYPE_CHECKING:
    import sqlite3

_DOMAIN = (
    "SELECT id FROM domain WHERE connection = ? AND uuid = ?",
    "INSERT INTO domain(connection, uuid) VALUES(?, ?)",
)
_SERIES = (
    "SELECT id FROM series WHERE metric = ? AND instance = ?",
    "INSERT INTO series(metric, instance) VALUES(?, ?)",
)
_TRACKS = (
    "INSERT INTO track VALUES(?1, ?2, ?3, ?4) ON CONFLICT(domain, series) DO UPDATE"
    " SET first = min(first, ?3), last = max(last, ?4)"
)
_BLOCK = "INSERT OR REPLACE INTO block(domain, tier, start, crc, data) VALUES(?, ?, ?, ?, ?)"


def storable(text: str) -> str:
    """``text`` as a database takes it: what is no character at all (lone surrogates) is escaped."""
    return text.encode("utf-8", "backslashreplace").decode()


class Records:
    """The rows behind one connection. Methods raise what SQLite raises."""

    def __init__(self, link: sqlite3.Connection) -> None:
        self.link = link
        self._domains: dict[DomainKey, int] = {}
        self._series: dict[Series, int] = {}
        self._keys: dict[int, DomainKey] = {}
        self._meanings: dict[int, Series | None] = {}

    # -- identities -------------------------------------------------------------------------------

    def domain(self, key: DomainKey, *, make: bool = False) -> int | None:
        """Number of a domain; None for one not known, unless it is to be made."""
        if key not in self._domains:
            words = (storable(key.connection), storable(key.uuid))
            number = self._number(_DOMAIN, words, make=make)
            if number is not None:
                self._domains[key] = number
        return self._domains.get(key)

    def series(self, series: Series, *, make: bool = False) -> int | None:
        """Number of a series; None for one not known, unless it is to be made."""
        if series not in self._series:
            words = (series.metric.value, storable(series.instance))
            number = self._number(_SERIES, words, make=make)
            if number is not None:
                self._series[series] = number
        return self._series.get(series)

    def key(self, number: int) -> DomainKey | None:
        """The domain of a number."""
        found = self._keys.get(number)
        if found is None:
            row = self.link.execute("SELECT connection, uuid FROM domain WHERE id = ?", (number,)).fetchone()
            if row is not None:
                found = self._keys[number] = DomainKey(str(row[0]), str(row[1]))
        return found

    def meaning(self, number: int) -> Series | None:
        """The series of a number; None for a metric that this version does not know."""
        if number not in self._meanings:
            row = self.link.execute("SELECT metric, instance FROM series WHERE id = ?", (number,)).fetchone()
            found: Series | None = None
            with suppress(ValueError):
                found = Series(Metric(row[0]), str(row[1])) if row is not None else None
            self._meanings[number] = found
        return self._meanings[number]

    def forget(self) -> None:
        """Ask the file again for every number: rows may have gone."""
        for known in (self._domains, self._series, self._keys, self._meanings):
            known.clear()

    def named(self, number: int, name: str, since: int) -> None:
        """A domain is called so from ``since`` on, unless it was before."""
        name = storable(name)
        newest = self._one("SELECT name FROM name WHERE domain = ? ORDER BY since DESC LIMIT 1", (number,))
        if newest != name:
            self.link.execute("INSERT OR REPLACE INTO name VALUES(?, ?, ?)", (number, since, name))

    def seen(self, number: int, series: Iterable[int], first: int, last: int) -> None:
        """Something of these series is known from ``first`` to ``last`` (Unix seconds)."""
        self.link.executemany(_TRACKS, [(number, each, first, last) for each in series])

    # -- blocks -----------------------------------------------------------------------------------

    def blocks(self, number: int, tier: Tier, start: float, end: float) -> list[tuple[int, bytes]]:
        """Start and data of each block of a domain between these Unix seconds; damaged ones are left out."""
        rows = self.link.execute(
            "SELECT start, crc, data FROM block WHERE domain = ? AND tier = ? AND start > ? AND start < ?"
            " AND typeof(data) = 'blob' ORDER BY start",
            (number, tier.number, start - tier.length, end),
        )
        return [(begin, data) for begin, crc, data in rows if zlib.crc32(data) == crc]

    def merge(
        self, number: int, tier: Tier, start: int, first: int, parts: dict[int, tuple[Column, ...]]
    ) -> dict[int, tuple[Column, ...]]:
        """Put columns into a block from its step ``first`` on; gaps leave what is there.

        Returns the whole block as it is now.
        """
        before: dict[int, tuple[Column, ...]] = {}
        for begin, data in self.blocks(number, tier, start, start + 1):
            if begin == start:
                with suppress(Damaged):
                    before = codec.unpack(data, tier.steps, tier.channels)
        for series, columns in parts.items():
            known = before.get(series)
            if known is None:
                rest = codec.gaps(tier.steps - first - len(columns[0]))
                before[series] = tuple(codec.gaps(first) + new + rest for new in columns)
                continue
            for old, new in zip(known, columns, strict=True):
                _lay(old, first, new)
        data = codec.pack(before)
        self.link.execute(_BLOCK, (number, tier.number, start, zlib.crc32(data), data))
        return before

    def _number(self, queries: tuple[str, str], words: tuple[str, str], *, make: bool) -> int | None:
        """Number of a row that is found by the first query, or made by the second."""
        row = self.link.execute(queries[0], words).fetchone()
        if row is not None:
            return int(row[0])
        return self.link.execute(queries[1], words).lastrowid if make else None

    def _one(self, query: str, values: Sequence[object]) -> Any:
        row = self.link.execute(query, values).fetchone()
        return None if row is None else row[0]


def _lay(old: Column, first: int, new: Column) -> None:
    """Put ``new`` over ``old`` from a step on, except where it has gaps."""
    for number, value in enumerate(new, first):
        if value == value:
            old[number] = value
