"""Stretches of the past put together, carried on to the present, and summed up. Pure functions."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tuivm.model.series import Window
from tuivm.model.timeline import Frame

_AGAIN = 3
"""Steps at the end of what was read that are read again: they may not have been over."""

_LATE = 1.5
"""Times between two readings that the next one may take."""


def missing(old: Window | None, wanted: Frame) -> Frame:
    """The part of ``wanted`` that must be read where ``old`` was before: all of it, or the newest steps."""
    if old is None or old.step != wanted.step or not wanted.start >= old.start - wanted.step / 2:
        return wanted
    known = wanted.index(old.end + wanted.step / 2) - _AGAIN
    if not 0 < known <= wanted.count:
        return wanted
    return Frame(wanted.time(known), wanted.step, wanted.count - known, wanted.columns)


def splice(old: Window | None, fresh: Window, wanted: Frame) -> Window:
    """The window of ``wanted``: ``fresh``, with the steps before it from ``old``."""
    behind = wanted.count - len(fresh.average)
    if old is None or behind <= 0:
        return fresh
    skip = wanted.first - round(old.start / old.step)
    taken = slice(skip, skip + behind)
    return Window(
        wanted.start,
        wanted.step,
        old.average[taken] + fresh.average,
        old.lowest[taken] + fresh.lowest,
        old.highest[taken] + fresh.highest,
    )


def carry(window: Window, least: float) -> Window:
    """Let the newest steps, of which nothing can be read yet, have the value before them.

    ``least`` is seconds between two readings. What is empty for longer is a gap and stays one.
    """
    count = len(window.average)
    last = next(
        (index for index in range(count - 1, -1, -1) if window.average[index] == window.average[index]), -1
    )
    behind = count - 1 - last
    if last < 0 or not 0 < behind <= math.ceil(_LATE * least / window.step):
        return window

    def filled(values: tuple[float, ...]) -> tuple[float, ...]:
        return (*values[: last + 1], *(values[last],) * behind)

    return Window(
        window.start, window.step, filled(window.average), filled(window.lowest), filled(window.highest)
    )


@dataclass(frozen=True, slots=True)
class Summary:
    """All of a window in three figures; nan where nothing is known."""

    lowest: float
    """The least of all readings."""
    average: float
    """The mean of the steps of which something is known."""
    highest: float
    """The greatest of all readings."""


def summary(window: Window) -> Summary:
    """Sum a window up."""
    known = [value for value in window.average if value == value]
    if not known:
        return Summary(math.nan, math.nan, math.nan)
    lows = [value for value in window.lowest if value == value]
    highs = [value for value in window.highest if value == value]
    return Summary(
        min(lows, default=min(known)), math.fsum(known) / len(known), max(highs, default=max(known))
    )
