"""What the archive's thread does to the file: the journal every few seconds, full blocks, what is old.

Only that thread calls what is here; the lock guards what others read meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import RLock
from typing import TypeAlias

from tuivm.core.archive import events, file, journal, reader, sealing
from tuivm.core.archive.codec import Column, decode, gaps
from tuivm.core.archive.file import Broken
from tuivm.core.archive.pruning import Pruner
from tuivm.core.archive.records import Records, storable
from tuivm.core.archive.tail import OpenBlock, Tail
from tuivm.core.archive.tiers import FINE
from tuivm.model.domain import DomainKey
from tuivm.model.event import Event
from tuivm.model.series import Series

MOST_WAITING = 2
"""Full blocks of a domain that wait for room; older ones are lost."""
Dirty: TypeAlias = "tuple[OpenBlock, int, dict[Series, Column]]"
"""A block, the first step that is not written, and the columns from there on."""


class Writer:
    """Holds the file open to write. Methods raise Outage, Broken or Newer unless they say otherwise."""

    def __init__(
        self,
        path: Path,
        tail: Tail,
        lock: RLock,
        pruner: Pruner,
        name_of: Callable[[DomainKey], str],
    ) -> None:
        """``lock`` guards ``tail``, which other threads read; ``name_of`` a domain, empty when not known."""
        self._path = path
        self._tail = tail
        self._lock = lock
        self._pruner = pruner
        self._name_of = name_of
        self._records: Records | None = None
        self._number = 0
        self._named: dict[DomainKey, str] = {}

    @property
    def is_open(self) -> bool:
        """Whether the file is open."""
        return self._records is not None

    def open(self) -> None:
        """Open the file, made where there is none, and take up what the journal holds."""
        records = Records(file.open_to_write(self._path))
        try:
            with file.told():
                rows = records.link.execute("SELECT start, data FROM journal ORDER BY seq").fetchall()
                found = Tail()
                reader.replay(found, records, rows)
        except BaseException:
            records.link.close()
            raise
        with self._lock:
            self._tail.take_over(found)
        self._records = records
        self._number = self._path.stat().st_ino
        self._named.clear()

    def close(self) -> None:
        """Let the file go. Never raises."""
        if self._records is not None:
            self._records.link.close()
        self._records = None

    def write(self, waiting: Sequence[Event], now: float) -> None:
        """Write what is new, and these events; ``now`` is the present in Unix seconds."""
        records = self._open_records()
        with self._lock:
            dirty = self._take_dirty()
            closed = self._tail.closed(now)
            for block in closed:
                block.sealed = True
        try:
            if dirty or waiting:
                with file.transaction(records.link):
                    self._write_journal(records, dirty)
                    events.write(records.link, waiting)
        except BaseException:
            records.forget()
            with self._lock:
                for block, first, _ in dirty:
                    block.dirty = min(block.dirty, first)
            raise
        self._seal(records, closed)

    def set_aside(self) -> Path:
        """Rename a file that is broken, and begin anew with what is in memory; returns where it is now."""
        self.close()
        aside = file.set_aside(self._path)
        self._all_unwritten()
        return aside

    def look(self) -> None:
        """Let a file go that somebody removed or replaced, to begin anew with what is in memory."""
        if self.is_open and not file.is_still(self._path, self._number):
            self.close()
            self._all_unwritten()

    def _all_unwritten(self) -> None:
        with self._lock:
            for blocks in self._tail.blocks.values():
                for block in blocks:
                    block.dirty = 0

    def bound(self) -> int:
        """Drop full blocks that have waited for too long; returns the seconds lost. Never raises."""
        lost = 0
        with self._lock:
            for blocks in list(self._tail.blocks.values()):
                for block in [one for one in blocks if one.sealed][:-MOST_WAITING]:
                    self._tail.drop(block)
                    lost = max(lost, FINE.length)
        return lost

    def _open_records(self) -> Records:
        if self._records is None:
            raise Broken("it is not open")
        return self._records

    def _take_dirty(self) -> list[Dirty]:
        """What the journal lacks, taken as written."""
        dirty: list[Dirty] = []
        for blocks in self._tail.blocks.values():
            for block in blocks:
                if block.dirty > block.last:
                    continue
                first, end = block.dirty, block.last + 1
                told = {each: column for each, column in block.columns.items() if len(column) > first}
                dirty.append((block, first, {each: decode(one[first:end]) for each, one in told.items()}))
                block.dirty = FINE.steps
        return dirty

    def _write_journal(self, records: Records, dirty: Sequence[Dirty]) -> None:
        rows: dict[int, list[journal.Entry]] = {}
        for block, first, columns in dirty:
            number = records.domain(block.key, make=True)
            if number is None or not columns:
                continue
            self._write_name(records, block.key, number, block.start + first)
            longest = max(len(column) for column in columns.values())
            numbered: dict[int, Column] = {}
            for series, column in columns.items():
                place = records.series(series, make=True)
                if place is not None:
                    numbered[place] = column + gaps(longest - len(column))
            rows.setdefault(block.start, []).append(journal.Entry(number, first, numbered))
        for start, entries in rows.items():
            data = journal.write(entries)
            records.link.execute("INSERT INTO journal(start, data) VALUES(?, ?)", (start, data))

    def _write_name(self, records: Records, key: DomainKey, number: int, since: int) -> None:
        name = storable(self._name_of(key))
        if name and self._named.get(key) != name:
            records.named(number, name, since)
            self._named[key] = name

    def _seal(self, records: Records, closed: Sequence[OpenBlock]) -> None:
        """Make blocks of the file of those that are full, one start at a time."""
        by_start: dict[int, list[OpenBlock]] = {}
        for block in closed:
            by_start.setdefault(block.start, []).append(block)
        for start, blocks in by_start.items():
            try:
                with file.transaction(records.link):
                    for block in blocks:
                        sealing.seal(records, block)
                    records.link.execute("DELETE FROM journal WHERE start = ?", (start,))
            finally:
                records.forget()
            with self._lock:
                for block in blocks:
                    self._tail.drop(block)
                for key in {block.key for block in blocks}:
                    # What was read after a clock went back is in the rows that just went, too.
                    self._tail.unwritten(key, start)
        if by_start:
            self._tidy(records)

    def _tidy(self, records: Records) -> None:
        """Drop what is old."""
        with file.transaction(records.link):
            with self._lock:
                keys = list(self._tail.blocks)
                series = {
                    each for blocks in self._tail.blocks.values() for one in blocks for each in one.columns
                }
            live = [number for number in map(records.domain, keys) if number is not None]
            used = [number for number in map(records.series, series) if number is not None]
            self._pruner.prune(records.link, live, used)
        records.forget()
        self._named.clear()
        with file.told():
            self._pruner.give_back(records.link)
