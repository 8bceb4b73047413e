"""A past in memory with known curves, and what happened in it, for tests of graphs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from tuivm.model.domain import DomainKey
from tuivm.model.series import Metric, Series, Window

Reading = Callable[[float], float]
"""What is read at that Unix second; nan for nothing."""


class CurvedPast:
    """Readings once every ``interval`` seconds from ``begin`` to ``end``, as functions of the time."""

    def __init__(self, begin: float, end: float, interval: float = 1.0) -> None:
        self.begin = begin
        self.end = end
        self.interval = interval
        self.curves: dict[tuple[DomainKey, Series], Reading] = {}
        self.asked: list[tuple[Series, float, float, int]] = []
        """Every window that was asked for."""

    def put(self, key: DomainKey, metric: Metric, reading: Reading, instance: str = "") -> None:
        """Let a series be known."""
        self.curves[key, Series(metric, instance)] = reading

    def window(self, key: DomainKey, series: Series, start: float, step: float, count: int) -> Window:
        """As :class:`~tuivm.core.ports_history.Past`."""
        self.asked.append((series, start, step, count))
        reading = self.curves.get((key, series))
        rows = [self._step(reading, start + at * step, step) for at in range(count)]
        average, lowest, highest = zip(*rows, strict=True) if rows else ((), (), ())
        return Window(start, step, average, lowest, highest)

    def _step(self, reading: Reading | None, start: float, step: float) -> tuple[float, float, float]:
        first = math.ceil(max(start, self.begin) / self.interval - 1e-9)
        last = math.ceil(min(start + step, self.end) / self.interval - 1e-9)
        if reading is None or last <= first:
            return (math.nan,) * 3
        every = max(1, (last - first) // 60)
        values = [reading(at * self.interval) for at in range(first, last, every)]
        known = [value for value in values if value == value]
        if not known:
            return (math.nan,) * 3
        return sum(known) / len(known), min(known), max(known)

    def series_of(self, key: DomainKey, start: float, end: float) -> tuple[Series, ...]:
        """As :class:`~tuivm.core.ports_history.Past`."""
        if end <= self.begin or start >= self.end:
            return ()
        order = list(Metric)
        found: Iterable[Series] = (series for of, series in self.curves if of == key)
        return tuple(sorted(found, key=lambda one: (order.index(one.metric), one.instance)))
