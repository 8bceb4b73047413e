"""The tiers: how finely the past is kept, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tuivm.core.archive.codec import Column, gaps

HOUR = 3600
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Tier:
    """One resolution."""

    number: int
    """Its number in the file, finest first."""
    step: int
    """Seconds of a step."""
    steps: int
    """Steps of a block; a block begins at a multiple of its length (Unix seconds)."""
    keep: int
    """Seconds for which a step is kept."""
    channels: int
    """Columns of a series: 1 (means), or 3 (means, least, greatest)."""

    @property
    def length(self) -> int:
        """Seconds of a block."""
        return self.step * self.steps

    def begin(self, when: float) -> int:
        """Unix seconds at which the block of a moment begins."""
        return int(when // self.length) * self.length


FINE = Tier(0, 1, 900, HOUR, 1)
MINUTES = Tier(1, 60, 480, 7 * DAY, 3)
QUARTERS = Tier(2, 900, 480, 366 * DAY, 3)
TIERS = (FINE, MINUTES, QUARTERS)


def best(step: float) -> Tier:
    """The coarsest tier that still tells four points for each step of ``step`` seconds, else the finest."""
    fitting = [tier for tier in TIERS if tier.step * 4 <= step]
    return fitting[-1] if fitting else FINE


def coarser(column: Column, size: int) -> tuple[Column, Column, Column]:
    """Means, least and greatest of each ``size`` values of a column whose length is a multiple of it.

    Gaps do not count; where there is nothing else, there is a gap.
    """
    count = len(column) // size
    means, low, high = gaps(count), gaps(count), gaps(count)
    for number in range(count):
        values: Sequence[float] = column[number * size : (number + 1) * size]
        total = sum(values)
        if total != total:
            values = [value for value in values if value == value]
            total = sum(values)
        if values:
            low[number], high[number] = least, greatest = min(values), max(values)
            # The mean of equal numbers may come out a little beside them.
            means[number] = min(max(total / len(values), least), greatest)
    return means, low, high
