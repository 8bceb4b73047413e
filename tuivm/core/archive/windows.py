"""A window put together from stretches of several resolutions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tuivm.model.series import Window


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some time of one series in one resolution."""

    start: float
    """Unix seconds of the first step."""
    step: float
    """Seconds of a step."""
    columns: tuple[Sequence[float], ...]
    """Means, least and greatest of each step; or the means alone. nan for a gap."""


class Assembly:
    """Takes stretches, gives the window."""

    def __init__(self, start: float, step: float, count: int) -> None:
        self._start = start
        self._step = step
        self._sum = [0.0] * count
        self._weight = [0.0] * count
        self._low = [math.inf] * count
        self._high = [-math.inf] * count
        self._told = [False] * count

    @property
    def complete(self) -> bool:
        """Whether every step is told."""
        return all(self._told)

    def add(self, stretches: Iterable[Stretch]) -> None:
        """Take stretches that do not tell the same twice: each step is the mean of what falls into it."""
        for stretch in stretches:
            self._fold(stretch, range(len(self._sum)))

    def fill(self, stretches: Iterable[Stretch]) -> None:
        """Take stretches for the steps that are not told yet."""
        empty = [number for number, told in enumerate(self._told) if not told]
        for stretch in stretches:
            self._fold(stretch, empty)

    def told(self, start: float, end: float) -> None:
        """All that is known between these Unix seconds was taken: a gap there is a gap."""
        first = math.ceil((start - self._start) / self._step - 0.5)
        last = math.ceil((end - self._start) / self._step - 0.5)
        for number in range(max(0, first), min(last, len(self._told))):
            self._told[number] = True

    def window(self) -> Window:
        """The result."""
        means = [
            min(max(total / weight, low), high) if weight else math.nan
            for total, weight, low, high in zip(self._sum, self._weight, self._low, self._high, strict=True)
        ]
        low = [value if weight else math.nan for value, weight in zip(self._low, self._weight, strict=True)]
        high = [value if weight else math.nan for value, weight in zip(self._high, self._weight, strict=True)]
        return Window(self._start, self._step, tuple(means), tuple(low), tuple(high))

    def _fold(self, stretch: Stretch, steps: Sequence[int]) -> None:
        columns, size = stretch.columns, len(stretch.columns[0])
        first = (stretch.start - self._start) / self._step
        last = first + size * stretch.step / self._step
        for number in steps:
            if first - 1.0 < number < last:
                begin, end = self._within(stretch, number)
                if begin < min(end, size) and end > 0:
                    self._take(number, columns, max(0, begin), min(end, size), stretch.step)

    def _within(self, stretch: Stretch, number: int) -> tuple[int, int]:
        """Which steps of a stretch are in a step: those whose middle is, or the one around its middle."""
        begin = self._start + number * self._step - stretch.start
        if stretch.step > self._step:
            middle = math.floor((begin + self._step / 2) / stretch.step)
            return middle, middle + 1
        return (
            math.ceil(begin / stretch.step - 0.5),
            math.ceil((begin + self._step) / stretch.step - 0.5),
        )

    def _take(
        self, number: int, columns: tuple[Sequence[float], ...], begin: int, end: int, weight: float
    ) -> None:
        means = [value for value in columns[0][begin:end] if value == value]
        if not means:
            return
        lows, highs = means, means
        if len(columns) == 3:
            lows = [value for value in columns[1][begin:end] if value == value]
            highs = [value for value in columns[2][begin:end] if value == value]
        self._sum[number] += sum(means) * weight
        self._weight[number] += len(means) * weight
        self._low[number] = min(self._low[number], *lows)
        self._high[number] = max(self._high[number], *highs)
