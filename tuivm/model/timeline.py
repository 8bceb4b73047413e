"""The time axis of a graph: steps that never tremble, ticks with times of the clock. Pure functions.

A frame is cut into steps that begin at multiples of their length (counted from the Unix epoch), and every
step takes the same whole number of columns: as time goes on the picture only moves, it is never another one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

MINUTE, HOUR, DAY = 60, 3600, 86_400
SPANS: tuple[tuple[float, str], ...] = (
    (MINUTE, "1 min"),
    (5 * MINUTE, "5 min"),
    (15 * MINUTE, "15 min"),
    (HOUR, "1 h"),
    (6 * HOUR, "6 h"),
    (DAY, "24 h"),
    (7 * DAY, "7 d"),
)
"""Spans that a graph can show: seconds, and their name."""
STEPS: tuple[float, ...] = (
    *(0.2, 0.5, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 20, 24, 30, 36, 40, 45),
    *(MINUTE * each for each in (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 20, 24, 30, 36, 40, 45, 50)),
    *(MINUTE * each for each in (60, 70, 80, 90, 100, 120, 150)),
    *(HOUR * each for each in (3, 4, 5, 6, 8, 10, 12)),
)
"""Seconds of a step, the shortest first; a day is the longest."""
_TICKS: tuple[int, ...] = (
    *(1, 2, 5, 10, 15, 30),
    *(MINUTE * each for each in (1, 2, 5, 10, 15, 30)),
    *(HOUR * each for each in (1, 2, 3, 6, 12)),
    *(DAY * each for each in (1, 2, 7, 14, 28)),
)
"""Seconds from tick to tick."""
_ENOUGH = 0.95
"""Part of a span that must be shown at least."""
_COARSE = 0.5
"""How bad it is to show it half as fine, to show twice as much being 1."""
_APART = 3
"""Cells at least between the words of two ticks."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The stretch of time that a graph shows."""

    start: float
    """Unix seconds of the beginning of the first step."""
    step: float
    """Seconds of a step."""
    count: int
    """How many steps."""
    columns: int = 1
    """Columns of a graph (dots, or cells where dots cannot be shown) that a step takes."""

    @property
    def end(self) -> float:
        """Unix seconds of the end of the last step."""
        return self.start + self.step * self.count

    @property
    def first(self) -> int:
        """Number of the first step, counted from the epoch."""
        return round(self.start / self.step)

    def index(self, when: float) -> int:
        """Which step that moment is in; below 0 or ``count`` and more outside."""
        return math.floor(when / self.step + 1e-6) - self.first

    def time(self, index: int) -> float:
        """Unix seconds of the beginning of a step."""
        return (self.first + index) * self.step

    def holds(self, when: float) -> bool:
        """Whether that moment is shown."""
        return 0 <= self.index(when) < self.count


def frame(end: float, span: float, columns: int, least: float) -> Frame:
    """The frame that ends with the step of ``end`` and shows about ``span`` seconds in ``columns``.

    ``least`` is seconds between two readings: shorter steps would be empty ones. Without a ``span`` a column
    shows one reading.
    """
    columns = max(1, columns)
    fitting = [step for step in STEPS if step >= least * (1 - 1e-9)] or [float(DAY)]
    if span > 0:
        step, each = _cut(span, columns, fitting)
    else:
        step, each = fitting[0], 1
    count = max(1, columns // each)
    last = math.floor(end / step + 1e-6)
    return Frame((last + 1 - count) * step, step, count, each)


def _cut(span: float, columns: int, steps: Sequence[float]) -> tuple[float, int]:
    """The step, and how many columns it takes: as short as it can be without showing much more than asked."""
    best: tuple[float, float, int] | None = None
    shortest = 0.0
    for step in steps:
        needed = math.ceil(span * _ENOUGH / step - 1e-9)
        each = columns // max(1, needed)
        if not each:
            continue
        shortest = shortest or step
        shown = columns // each * step
        cost = max(0.0, math.log(shown / span)) + _COARSE * math.log(step / shortest)
        if best is None or cost < best[0] - 1e-9:
            best = cost, step, each
    if best is None:
        # Fewer columns than the longest step serves: a whole number of days each.
        return float(DAY * max(1, math.ceil(span / columns / DAY))), 1
    return best[1], best[2]


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark of the time axis."""

    cell: int
    """Cell in which that moment is."""
    word: str
    """The time."""


def cell_of(shown: Frame, when: float, cells: int, per_cell: int) -> int:
    """The cell of a moment where the frame ends at the right edge of ``cells``, ``per_cell`` columns each.

    Below 0 or ``cells`` and more where it is not shown.
    """
    ahead = (shown.end - when) / shown.step * shown.columns
    return math.floor((cells * per_cell - ahead) / per_cell + 1e-6)


def ticks(shown: Frame, cells: int, per_cell: int) -> tuple[Tick, ...]:
    """The ticks of an axis of ``cells`` cells, ``per_cell`` columns each, as many as have room.

    They stand at round times of the local clock.
    """
    seconds_of_cell = shown.step * per_cell / shown.columns
    for apart in _TICKS:
        width = 8 if apart < MINUTE else 6
        if apart >= shown.step and apart >= (width + _APART) * seconds_of_cell:
            break
    found = []
    offset = _offset(shown.end)
    number = math.floor((shown.start + offset) / apart)
    while (when := number * apart - offset) < shown.end:
        # Where the clock is put forward or back within the frame, ticks before it have another offset.
        when = number * apart - _offset(when)
        number += 1
        cell = cell_of(shown, when, cells, per_cell)
        if when >= shown.start and 0 <= cell < cells:
            found.append(Tick(cell, _word(when, apart)))
    return tuple(found)


def _offset(when: float) -> int:
    """Seconds of the local clock ahead of UTC at that moment."""
    return time.localtime(when).tm_gmtoff


def _word(when: float, apart: float) -> str:
    local = time.localtime(when)
    if apart < MINUTE:
        return time.strftime("%H:%M:%S", local)
    if apart >= DAY or (local.tm_hour == 0 and local.tm_min == 0):
        return time.strftime("%d %b", local)
    return time.strftime("%H:%M", local)


def span_word(seconds: float) -> str:
    """The name of a span."""
    return next((name for length, name in SPANS if length == seconds), f"{seconds:g} s")


def moment_word(when: float, step: float, now: float) -> str:
    """Local time of a step's beginning, as precise as the step is, with the date where it is not today's."""
    local = time.localtime(when)
    form = "%H:%M:%S" if step < MINUTE else "%H:%M"
    if local[:3] != time.localtime(now)[:3]:
        form = f"%a %d %b {form}"
    word = time.strftime(form, local)
    return f"{word}.{int(when % 1 * 10)}" if step < 1 else word
