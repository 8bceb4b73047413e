"""The part of the past that is not in blocks yet: readings second by second, in memory.

A reading made at ``when`` is in the second of ``when``; several of one second are averaged. Where
readings are further apart than a second, each stands for the seconds since the one before (a rate is that
of the time between two readings), unless one was missed: that is a gap. A clock that goes back writes
over what it comes by again.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tuivm.core.archive.codec import GAP, Codes, Column, clean, decode, encode, gaps
from tuivm.core.archive.tiers import FINE
from tuivm.model.domain import DomainKey
from tuivm.model.series import Metric, Series
from tuivm.model.stats import Sample

REGULAR = 1.5
"""A pause longer than this many times the one before it is a reading that was missed."""
LONGEST = 60.0
"""Seconds that one reading can stand for."""
_CPU, _MEMORY, _GIVEN = Series(Metric.CPU), Series(Metric.MEMORY), Series(Metric.MEMORY_GIVEN)
_RSS = Series(Metric.RSS)
_READ, _WRITE = Series(Metric.DISK_READ), Series(Metric.DISK_WRITE)
_RX, _TX = Series(Metric.NET_RX), Series(Metric.NET_TX)


def figures(sample: Sample) -> dict[Series, float]:
    """Every figure that a sample tells.

    What the host holds for a domain is kept as that (``RSS``) alone: as memory used it would be a spike
    at each start, until the guest's balloon tells how much is really used.
    """
    told = dict(sample.more)
    main = (
        (_CPU, sample.cpu),
        (_MEMORY, sample.memory_used),
        (_GIVEN, sample.memory_given),
        (_READ, sample.disk_read),
        (_WRITE, sample.disk_write),
        (_RX, sample.net_rx),
        (_TX, sample.net_tx),
    )
    told.update((series, value) for series, value in main if value is not None)
    if _RSS in told and not sample.memory_is_guest:
        told.pop(_MEMORY, None)
    return told


def _codes(values: Iterable[int]) -> Codes:
    return array("H", values)


def _gaps(count: int) -> Codes:
    return array("H", (GAP,)) * count


@dataclass(slots=True)
class OpenBlock:
    """A block of the finest tier of one domain that is being filled."""

    key: DomainKey
    """Whose."""
    start: int
    """Unix seconds of its first step."""
    columns: dict[Series, Codes] = field(default_factory=dict)
    """Codes of the readings of each series, as far as there are any."""
    last: int = -1
    """Step of the latest reading."""
    merged: dict[Series, tuple[int, float]] = field(default_factory=dict)
    """How many readings of a series are averaged in that step, and their mean, where it is more than one."""
    dirty: int = FINE.steps
    """First step that was not written to the journal yet."""
    sealed: bool = False
    """Whether it takes no more readings: it is being made a block of the file."""

    @property
    def end(self) -> int:
        """Unix seconds of the end of its last step."""
        return self.start + FINE.length

    def put(self, told: Mapping[Series, float], step: int, width: int) -> None:
        """Take a reading in ``step``; it stands for the last ``width`` steps up to it, within the block."""
        again = step == self.last
        first = step if again else max(0, step - width + 1)
        values = list(map(clean, told.values()))
        if again:
            values = [self._merged(*one, step) for one in zip(told, values, strict=True)]
        else:
            self.merged.clear()
        self.last = step
        self.dirty = min(self.dirty, first)
        for series, code in zip(told, encode(values), strict=True):
            column = self.columns.get(series)
            if column is None:
                column = self.columns[series] = _codes(())
            if len(column) == first == step:
                column.append(code)
                continue
            if len(column) <= step:
                column.extend(_gaps(step + 1 - len(column)))
            for number in range(first, step + 1):
                column[number] = code

    def _merged(self, series: Series, value: float, step: int) -> float:
        """The mean of the step with one more reading, unless that is a gap."""
        column = self.columns.get(series)
        if column is None or len(column) <= step or column[step] == GAP:
            return value
        count, mean = self.merged.get(series) or (1, decode(column[step : step + 1])[0])
        if value == value:
            count, mean = self.merged[series] = count + 1, mean + (value - mean) / (count + 1)
        return mean

    def restore(self, series: Series, step: int, values: Column) -> None:
        """Take what the journal says, which is written already; gaps in it leave what is known."""
        column = self.columns.setdefault(series, _codes(()))
        column.extend(_gaps(step - len(column)))
        for number, code in enumerate(encode(values), step):
            if len(column) <= number:
                column.append(code)
            elif code != GAP:
                column[number] = code
            if code != GAP:
                self.last = max(self.last, number)

    def lay_under(self, other: OpenBlock) -> None:
        """Take what another one of the same time knows where this one has gaps; that is written already."""
        for series, column in other.columns.items():
            known = self.columns.get(series, _codes(()))
            longer = known + column[len(known) :]
            for number, code in enumerate(column[: len(known)]):
                if known[number] == GAP:
                    longer[number] = code
            self.columns[series] = longer
        self.last = max(self.last, other.last)

    def column(self, series: Series) -> Column:
        """All steps of a series, gaps where nothing is known."""
        known = decode(self.columns.get(series, ()))
        return known + gaps(FINE.steps - len(known))


class Tail:
    """The open blocks of every domain. Not locked: who uses it from two threads holds a lock."""

    def __init__(self) -> None:
        self.blocks: dict[DomainKey, list[OpenBlock]] = {}
        """Of each domain, oldest first; more than one only until the older ones are written."""
        self.newest = 0.0
        """Unix seconds of the latest reading."""
        self._before: frozenset[DomainKey] = frozenset()
        self._pause = 1.0

    def put(self, when: float, samples: Mapping[DomainKey, Sample]) -> None:
        """Take the samples of one tick, made at ``when`` (Unix seconds). Nonsense is not taken."""
        if not 0.0 <= when <= 1e11:
            return
        pause = when - self.newest
        regular = 0.0 < pause <= min(REGULAR * max(self._pause, 1.0), LONGEST)
        width = int(when) - int(self.newest) if regular else 1
        begin = FINE.begin(when)
        for key, sample in samples.items():
            told = figures(sample)
            if told:
                known = width if key in self._before else 1
                self.block(key, begin).put(told, int(when) - begin, known)
        self._pause = pause if 0.0 < pause <= LONGEST else 1.0
        self._before = frozenset(samples)
        self.newest = when

    def block(self, key: DomainKey, start: int) -> OpenBlock:
        """The open block of a domain that begins at ``start``; made when there is none."""
        blocks = self.blocks.setdefault(key, [])
        for block in reversed(blocks):
            if block.start == start and not block.sealed:
                return block
        made = OpenBlock(key, start)
        blocks.append(made)
        blocks.sort(key=lambda block: block.start)
        return made

    def closed(self, now: float) -> list[OpenBlock]:
        """Blocks that take no more readings: over, or of another time than the latest one. Oldest first."""
        current = FINE.begin(self.newest)
        found = [
            block
            for blocks in self.blocks.values()
            for block in blocks
            if block.sealed or block.start != current or block.end <= now
        ]
        return sorted(found, key=lambda block: block.start)

    def drop(self, block: OpenBlock) -> None:
        """Forget a block: it is written, or there is no room for it."""
        blocks = [one for one in self.blocks.get(block.key, ()) if one is not block]
        if blocks:
            self.blocks[block.key] = blocks
        else:
            self.blocks.pop(block.key, None)

    def take_over(self, other: Tail) -> None:
        """Take what another tail knows where this one has gaps; that is written already."""
        for key, blocks in other.blocks.items():
            for block in blocks:
                self.block(key, block.start).lay_under(block)
        self.newest = self.newest or other.newest

    def unwritten(self, key: DomainKey, start: int) -> None:
        """The journal lacks everything of this time."""
        for block in self.blocks.get(key, ()):
            if block.start == start:
                block.dirty = 0
