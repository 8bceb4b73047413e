"""Reading the file: from any thread, one at a time, beside whoever writes it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tuivm.core.archive import codec, file, journal, records, tiers
from tuivm.core.archive.codec import Damaged
from tuivm.core.archive.file import Broken, Newer, Outage
from tuivm.core.archive.tail import Tail
from tuivm.core.archive.tiers import FINE, TIERS, Tier
from tuivm.core.archive.windows import Assembly, Stretch
from tuivm.model.domain import DomainKey
from tuivm.model.series import Series

if TYPE_CHECKING:
    import sqlite3

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Known:
    """A domain of which something is kept."""

    key: DomainKey
    """Identity."""
    names: tuple[str, ...]
    """What it was called, the newest first: hostile data; empty when that was never told."""

    @property
    def name(self) -> str:
        """What it is called, or its UUID."""
        return self.names[0] if self.names else self.key.uuid


class Reader:
    """What the file says. Nothing raises: what cannot be read is not known, and :attr:`problem` says why."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._records: records.Records | None = None
        self._number = 0
        self._tail = Tail()
        self._journal = (0, 0)
        self.problem = ""
        """Why the file cannot be read, one line; empty while it can."""
        self.broken = False
        """Whether that is because the file is damaged."""

    def close(self) -> None:
        """Let the file go; the next question opens it again."""
        with self._lock:
            self._close()

    def forget(self) -> None:
        """The file may be another one from now on."""
        self.close()

    def domains(self) -> tuple[Known, ...]:
        """Every domain of which something is kept, by the name it had last."""
        return self._ask(_domains, ())

    def add(
        self, assembly: Assembly, key: DomainKey, series: Series, start: float, step: float, end: float
    ) -> None:
        """Put into the window what the blocks know; the finest tier that is of use first."""

        def read(rows: records.Records) -> None:
            for tier in TIERS[tiers.best(step).number :]:
                if assembly.complete:
                    return
                blocks = _blocks(rows, key, series, tier, start, end)
                assembly.fill(stretch for _, stretch in blocks if stretch is not None)
                for begin, _ in blocks:
                    assembly.told(begin, begin + tier.length)

        self._ask(read, None)

    def tail(self, key: DomainKey, series: Series) -> list[Stretch]:
        """What the journal knows of a series."""
        return self._ask(lambda rows: of_tail(self._followed(rows), key, series), [])

    def tail_series(self, key: DomainKey, start: float, end: float) -> set[Series]:
        """The series of which the journal knows something between these Unix seconds."""
        return self._ask(lambda rows: series_of_tail(self._followed(rows), key, start, end), set())

    def series_of(self, key: DomainKey, start: float, end: float) -> set[Series]:
        """The series of which the blocks know something before, and something after, such a time."""
        return self._ask(lambda rows: set(_series_of(rows, key, start, end)), set())

    def ask(self, query: Callable[[sqlite3.Connection], Answer], otherwise: Answer) -> Answer:
        """Ask the file something else."""
        return self._ask(lambda rows: query(rows.link), otherwise)

    # -- behind the lock ------------------------------------------------------------------------

    def _ask(self, question: Callable[[records.Records], Answer], otherwise: Answer) -> Answer:
        with self._lock:
            try:
                if self._records is not None and not file.is_still(self._path, self._number):
                    self._close()
                if self._records is None:
                    link = file.open_to_read(self._path)
                    if link is None:
                        return otherwise
                    self._records, self._number = records.Records(link), self._path.stat().st_ino
                with file.told():
                    answer = question(self._records)
            except (Outage, Newer, OSError) as error:
                self.problem = str(error)
                self._close()
                return otherwise
            except (Broken, Damaged) as error:
                self.problem, self.broken = str(error), True
                self._close()
                return otherwise
            self.problem, self.broken = "", False
            return answer

    def _close(self) -> None:
        if self._records is not None:
            self._records.link.close()
        self._records = None
        self._tail, self._journal = Tail(), (0, 0)

    def _followed(self, rows: records.Records) -> Tail:
        """The journal as it is now: what came since the last time is read, all of it after a sealing."""
        first, last = rows.link.execute(
            "SELECT coalesce(min(seq), 0), coalesce(max(seq), 0) FROM journal"
        ).fetchone()
        if first != self._journal[0]:
            self._tail, self._journal = Tail(), (first, 0)
            rows.forget()
        found = rows.link.execute(
            "SELECT start, data FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq",
            (self._journal[1], last),
        )
        replay(self._tail, rows, found)
        self._journal = (first, last)
        return self._tail


def replay(tail: Tail, rows: records.Records, found: Iterable[tuple[int, bytes]]) -> None:
    """Put rows of the journal (start of the block, data) into the tail; damaged ones are gaps."""
    for start, data in found:
        with suppress(Damaged):
            for entry in journal.read(data):
                key = rows.key(entry.domain)
                if key is None:
                    continue
                block = tail.block(key, start)
                for number, column in entry.columns.items():
                    series = rows.meaning(number)
                    if series is not None:
                        block.restore(series, entry.first, column)
                tail.newest = max(tail.newest, float(start + block.last))


def of_tail(tail: Tail, key: DomainKey, series: Series) -> list[Stretch]:
    """What the open blocks know of a series."""
    return [
        Stretch(block.start, FINE.step, (block.column(series),))
        for block in tail.blocks.get(key, ())
        if series in block.columns
    ]


def series_of_tail(tail: Tail, key: DomainKey, start: float, end: float) -> set[Series]:
    """The series of which the open blocks know something between these Unix seconds."""
    return {
        series
        for block in tail.blocks.get(key, ())
        if block.start < end and block.start + block.last >= start - 1
        for series in block.columns
    }


def _blocks(
    rows: records.Records, key: DomainKey, series: Series, tier: Tier, start: float, end: float
) -> list[tuple[int, Stretch | None]]:
    """Start of each block of a domain that can be read, with what it knows of a series."""
    domain, number = rows.domain(key), rows.series(series)
    found: list[tuple[int, Stretch | None]] = []
    if domain is None or number is None:
        return found
    for begin, data in rows.blocks(domain, tier, start, end):
        with suppress(Damaged):
            columns = codec.unpack_one(data, number, tier.steps, tier.channels)
            found.append((begin, None if columns is None else Stretch(begin, tier.step, columns)))
    return found


def _series_of(rows: records.Records, key: DomainKey, start: float, end: float) -> Iterator[Series]:
    domain = rows.domain(key)
    if domain is None:
        return
    query = "SELECT series FROM track WHERE domain = ? AND last > ? AND first < ?"
    for (number,) in rows.link.execute(query, (domain, start, end)).fetchall():
        series = rows.meaning(number)
        if series is not None:
            yield series


def _domains(rows: records.Records) -> tuple[Known, ...]:
    names: dict[int, list[str]] = {}
    for domain, name in rows.link.execute("SELECT domain, name FROM name ORDER BY domain, since DESC"):
        names.setdefault(domain, []).append(str(name))
    found = [
        Known(DomainKey(str(connection), str(uuid)), tuple(dict.fromkeys(names.get(number, ()))))
        for number, connection, uuid in rows.link.execute("SELECT id, connection, uuid FROM domain")
    ]
    return tuple(sorted(found, key=lambda known: (known.name, known.key)))
