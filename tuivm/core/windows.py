"""Readings that came when they came, put into equal steps of time as a graph needs them."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from tuivm.model.series import Window

SHORTEST_STEP = 1e-6
"""Seconds; a step shorter than this is none."""
SLACK = 1.5
"""Intervals: a reading tells of the time since the one before it, but of no more than this."""


def empty(start: float, step: float, count: int) -> Window:
    """A window of which nothing is known."""
    gaps = (math.nan,) * max(0, count)
    return Window(start, step, gaps, gaps, gaps)


def binned(
    times: Sequence[float], values: Sequence[float], interval: float, window: Window, offset: float = 0.0
) -> Window:
    """Fill ``window``, which says start and step, with readings.

    ``times`` are the ends of the readings, ascending, ``interval`` seconds apart as a rule; ``offset`` is
    added to make them Unix seconds. A reading belongs to the steps whose middle it covers, else to the one in
    which its own middle lies. nan among ``values`` is a gap.
    """
    start, step, count = window.start - offset, window.step, len(window.average)
    if not (step >= SHORTEST_STEP and math.isfinite(start) and math.isfinite(step)):
        return window
    lowest, highest = list(window.lowest), list(window.highest)
    sums, numbers = [0.0] * count, [0] * count
    first = bisect_left(times, start)
    last = bisect_right(times, start + step * count + SLACK * interval)
    for place in range(first, last):
        value = values[place]
        if value != value:
            continue
        end = times[place]
        begin = end - SLACK * interval if place else end - interval
        if place and times[place - 1] > begin:
            begin = times[place - 1]
        low = math.floor((begin - start) / step - 0.5) + 1
        high = math.floor((end - start) / step - 0.5)
        if low > high:
            low = high = math.floor(((begin + end) / 2 - start) / step)
        for index in range(max(0, low), min(count - 1, high) + 1):
            if numbers[index]:
                lowest[index] = min(lowest[index], value)
                highest[index] = max(highest[index], value)
            else:
                lowest[index] = highest[index] = value
            sums[index] += value
            numbers[index] += 1
    average = tuple(
        total / number if number else math.nan for total, number in zip(sums, numbers, strict=True)
    )
    return Window(window.start, step, average, tuple(lowest), tuple(highest))
