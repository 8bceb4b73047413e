"""Stretches of the past put together, bridged where a reading came late, and summed up. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tuivm.model.series import Window
from tuivm.model.timeline import Frame

_AGAIN = 3
"""Steps at the end of what was read that are read again: they may not have been over."""


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


def bridge(window: Window, least: float) -> Window:
    """Fill steps that are empty only because readings do not keep step with the clock.

    ``least`` is seconds between two readings at best; where they are further apart, that is seen in the
    window. A reading tells of the time before it, so an empty step takes the next one's value; the last
    steps take the last one's. What is empty for longer than two readings take is a gap and stays one.
    """
    known = [index for index, value in enumerate(window.average) if value == value]
    if not known:
        return window
    apart = sorted(after - before for before, after in pairwise(known))
    usual = apart[len(apart) // 2] if apart else 1
    limit = math.ceil(1.5 * usual) if usual > 1 else int(window.step < 2 * least)
    if not limit or len(known) == len(window.average):
        return window
    source = list(range(len(window.average)))
    for before, after in pairwise(known):
        if 1 < after - before <= limit + 1:
            source[before + 1 : after] = [after] * (after - before - 1)
    end = min(len(source), known[-1] + 1 + limit)
    if end == len(source):
        source[known[-1] + 1 :] = [known[-1]] * (end - known[-1] - 1)

    def filled(values: Sequence[float]) -> tuple[float, ...]:
        return tuple(values[index] for index in source)

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
