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


def wave(base: float, height: float, period: float, phase: float = 0.0, spike: float = 0.0) -> Reading:
    """A curve that swings within waves of two hours, with a ``spike`` each hour, off from 11 to 12."""

    def reading(when: float) -> float:
        if DARK[0] <= when % 86_400 < DARK[1]:
            return math.nan
        value = base + height * _swing(when / period + phase) * _swing(when / 7919 + phase)
        return value + (spike if int(when) % 3600 < 20 else 0.0)

    return reading


def _swing(angle: float) -> float:
    return (1 + math.sin(angle)) / 2


DARK = (11 * 3600, 12 * 3600)
"""Seconds of the day in which nothing is known."""
MIB = 2**20


def fill(past: CurvedPast, key: DomainKey, number: int, vcpus: int, memory: int) -> None:
    """Let everything be known of a domain; its ``number`` tells its curves from others'."""
    rates = (
        (Metric.DISK_READ, 4 * MIB),
        (Metric.DISK_WRITE, MIB),
        (Metric.NET_RX, 300_000),
        (Metric.NET_TX, 100_000),
        (Metric.NET_RX_PACKETS, 900),
        (Metric.NET_TX_PACKETS, 300),
    )
    past.put(key, Metric.CPU, wave(5, 50, 40, number, 40))
    past.put(key, Metric.CPU_WAIT, wave(0, 8, 50, number))
    for vcpu in range(vcpus):
        past.put(key, Metric.CPU, wave(5, 60, 30 + 9 * vcpu, vcpu, 30), str(vcpu))
        past.put(key, Metric.CPU_WAIT, wave(0, 9, 30 + 9 * vcpu, vcpu), str(vcpu))
    past.put(key, Metric.MEMORY, wave(0.3 * memory, 0.4 * memory, 400, number))
    past.put(key, Metric.MEMORY_GIVEN, lambda _: float(memory))
    past.put(key, Metric.MEMORY_CACHE, wave(0.1 * memory, 0.1 * memory, 300, number))
    past.put(key, Metric.RSS, wave(0.75 * memory, 0.1 * memory, 900, number))
    for metric, most in rates:
        past.put(key, metric, wave(0, most, 25 + number, number, 2 * most))
    for phase, disk in enumerate(("vda", "vdb")):
        past.put(key, Metric.DISK_READ, wave(0, 2 * MIB, 25, phase), disk)
        past.put(key, Metric.DISK_WRITE, wave(0, MIB, 45, phase), disk)
        past.put(key, Metric.DISK_READ_OPS, wave(0, 900, 25, phase), disk)
        past.put(key, Metric.DISK_WRITE_OPS, wave(0, 300, 35, phase), disk)
        past.put(key, Metric.DISK_READ_LATENCY, wave(0.0002, 0.009, 25, phase), disk)
        past.put(key, Metric.DISK_WRITE_LATENCY, wave(0.0002, 0.02, 35, phase), disk)
