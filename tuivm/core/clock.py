"""Unix time for what was stamped with monotonic seconds, so that a clock that is set reorders nothing.

Readings carry ``time.monotonic()``, which stands still while the machine sleeps. What is kept carries
*steady* seconds: monotonic ones and those slept through. One offset, looked at again at every tick, makes
Unix time of them when they are read: when somebody sets the clock, all that is kept moves along.
"""

from __future__ import annotations

import time
from collections.abc import Callable

TOLERANCE = 0.5
"""Seconds the clock may drift before its new offset is taken."""
_TIGHT = 0.05
"""Seconds within which two clocks must have been read to be compared."""


def seconds_awake_and_asleep() -> float:
    """Seconds since the machine was started, its sleep included where the system tells (Linux)."""
    number = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if number is None else time.clock_gettime(number)


class Clock:
    """Three clocks and how they stand to each other. One thread looks, any thread converts."""

    def __init__(
        self,
        unix: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        steady: Callable[[], float] = seconds_awake_and_asleep,
    ) -> None:
        self._unix = unix
        self._monotonic = monotonic
        self._steady = steady
        self._slept = steady() - monotonic()
        self._offset = unix() - steady()

    def look(self) -> None:
        """Compare the clocks; once a tick."""
        began = self._steady()
        unix, monotonic = self._unix(), self._monotonic()
        now = self._steady()
        if now - began > _TIGHT:
            return  # The machine was busy between the readings.
        if now - monotonic - self._slept > TOLERANCE:
            self._slept = now - monotonic
        if abs(unix - now - self._offset) > TOLERANCE:
            self._offset = unix - now

    @property
    def offset(self) -> float:
        """Unix seconds when steady ones are nought."""
        return self._offset

    def steady(self, monotonic: float) -> float:
        """Steady seconds of a moment that was read from the monotonic clock since the last sleep."""
        return monotonic + self._slept

    def unix(self, monotonic: float) -> float:
        """Unix seconds of such a moment."""
        return self.steady(monotonic) + self._offset
