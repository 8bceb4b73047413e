"""What the figures of a graph are: their units, and axes that rarely change. Pure functions."""

from __future__ import annotations

import math
from enum import StrEnum

from tuivm.model.series import Metric
from tuivm.model.units import NOT_KNOWN, count, latency, nice_ceiling, percent, size


class Unit(StrEnum):
    """What a graph's figures are."""

    PERCENT = "%"
    BYTES = "B"
    RATE = "B/s"
    COUNT = "/s"
    """Requests or packets a second."""
    SECONDS = "s"
    """How long something took."""

    def word(self, value: float | None) -> str:
        """Write a value in this unit, at most 6 characters."""
        if self is Unit.PERCENT:
            return percent(value)
        if value is None or math.isnan(value):
            return NOT_KNOWN
        if self is Unit.SECONDS:
            return latency(value)
        if self is Unit.COUNT:
            return count(value) + "/s"
        return size(value) + ("/s" if self is Unit.RATE else "")

    def mark(self, value: float) -> str:
        """Write a value for the axis, at most 4 characters; the title names the unit."""
        if self is Unit.PERCENT:
            return percent(value)
        if self is Unit.SECONDS:
            return f"{value * 1000:.3g}" if value < 9.9995 else count(value * 1000)
        return count(value) if self is Unit.COUNT else size(value)

    def nice(self, value: float) -> float:
        """Round up to a number that reads well on an axis."""
        return nice_ceiling(value, binary=self in (Unit.BYTES, Unit.RATE))


FLOOR = {
    Unit.PERCENT: 10.0,
    Unit.BYTES: 1024.0 * 1024,
    Unit.RATE: 4096.0,
    Unit.COUNT: 10.0,
    Unit.SECONDS: 0.001,
}
"""The least maximum of an axis: noise near nothing shall look like nothing."""
SHRINK = 0.35
"""Part of the axis that the highest value must fall under before the axis shrinks."""

_UNITS = {
    Metric.CPU: Unit.PERCENT,
    Metric.CPU_WAIT: Unit.PERCENT,
    Metric.MEMORY: Unit.BYTES,
    Metric.MEMORY_GIVEN: Unit.BYTES,
    Metric.MEMORY_CACHE: Unit.BYTES,
    Metric.RSS: Unit.BYTES,
    Metric.DISK_READ_OPS: Unit.COUNT,
    Metric.DISK_WRITE_OPS: Unit.COUNT,
    Metric.NET_RX_PACKETS: Unit.COUNT,
    Metric.NET_TX_PACKETS: Unit.COUNT,
    Metric.DISK_READ_LATENCY: Unit.SECONDS,
    Metric.DISK_WRITE_LATENCY: Unit.SECONDS,
}


def unit_of(metric: Metric) -> Unit:
    """What the figures of a metric are."""
    return _UNITS.get(metric, Unit.RATE)


def scale(peak: float, unit: Unit, before: float | None) -> float:
    """Choose the top of an axis for ``peak``, which is ``before`` as long as that still serves."""
    peak = 0.0 if math.isnan(peak) else peak
    if before is not None and before * SHRINK <= peak <= before:
        return before
    wanted = unit.nice(max(peak, FLOOR[unit]))
    if before is not None and peak <= before and wanted > before * SHRINK * 2:
        return before
    return wanted
