"""How many seconds apart readings are: as configured, or slower where more would be a burden or for none."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from enum import StrEnum

SHARE = 5.0
"""A reading may take a fifth of the time between two of them."""
LEVELS = (1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 60.0)
"""Seconds between readings that a costly sample leads to; the last is the slowest."""
HYSTERESIS = 1.25
"""How much cheaper than needed samples must have become before readings are closer together again."""
AWAY = 3.0
"""Seconds between readings while the terminal has not the user's attention."""
LINK = 3.0
"""Seconds between readings while the line to the terminal is slow."""
PATIENCE = 3.0
"""Seconds without an answer before it is said that the host does not answer."""


class Slowness(StrEnum):
    """Why readings are further apart than configured."""

    COST = "cost"
    """A reading takes more than its share of the time between two."""
    AWAY = "away"
    """Nobody looks: the terminal lost the focus."""
    LINK = "link"
    """What is shown takes long to reach the user's terminal."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How far apart readings are now."""

    seconds: float
    """Between two readings."""
    reasons: frozenset[Slowness] = frozenset()
    """Why they are further apart than configured; empty when they are not."""
    waiting: float | None = None
    """Whole seconds that the host has been asked without an answer; None while it answers soon."""

    @property
    def words(self) -> str:
        """A word for the header (``every 5 s``, ``no answer for 12 s``); empty when all is as configured."""
        if self.waiting is not None:
            return f"no answer for {self.waiting:.0f} s"
        return f"every {self.seconds:g} s" if self.reasons else ""


class Pacer:
    """Weighs what asks for slower readings, and says when the next one is due (monotonic seconds).

    Any thread may ask; one thread reads, between :meth:`begin` and :meth:`end`, and plans after that.
    """

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._asked: dict[Slowness, float] = {}
        self._cost: float | None = None
        """Seconds that the last reading took; None before the first."""
        self._began: float | None = None
        self.due = 0.0
        """When the next reading is due."""
        self._last = 0.0
        """When the last one was."""
        self._planned = interval
        """Seconds that were between these two when the next one was planned."""
        self._lock = threading.Lock()

    @property
    def apart(self) -> float:
        """Seconds that may have passed since the last reading without one having been missed."""
        return max(self._planned, self.seconds)

    @property
    def seconds(self) -> float:
        """Between two readings now."""
        return max(self._interval, *self._asked.values()) if self._asked else self._interval

    @property
    def pace(self) -> Pace:
        """What is in force now, with why and since when the host has been asked in vain."""
        began, asked = self._began, dict(self._asked)
        reasons = frozenset(why for why, seconds in asked.items() if seconds > self._interval)
        waited = None if began is None else time.monotonic() - began
        waiting = float(int(waited)) if waited is not None and waited >= PATIENCE else None
        return Pace(self.seconds, reasons, waiting)

    def ask(self, why: Slowness, seconds: float | None) -> bool:
        """Want at least so many seconds between readings, None for no such wish; whether the pace changed."""
        with self._lock:
            before = self.seconds
            # Another dictionary each time: it is read without the lock.
            asked = {reason: wish for reason, wish in self._asked.items() if reason is not why}
            self._asked = asked if seconds is None else {**asked, why: seconds}
            if self.seconds == before:
                return False
            self.due = self._last + self.seconds
            return True

    def restart(self) -> None:
        """Let a reading be due now."""
        with self._lock:
            self.due = time.monotonic()

    def plan(self) -> None:
        """Say when the next reading is due, now that one is over: those it took the time of are dropped."""
        with self._lock:
            self._planned = self.seconds
            self._last += int((time.monotonic() - self._last) / self._planned) * self._planned
            self.due = self._last + self._planned

    def begin(self) -> None:
        """A reading begins."""
        self._began = time.monotonic()
        with self._lock:
            self._last = self.due

    def end(self) -> None:
        """It is there, or failed. Two costly ones in a row slow the pace; one that is not quickens it."""
        began, self._began = self._began, None
        if began is None:
            return
        cost = time.monotonic() - began
        before, self._cost = self._cost, cost
        self.ask(Slowness.COST, None if before is None else self._affordable(min(before, cost)))

    def _affordable(self, cost: float) -> float | None:
        """Seconds between readings of that cost; None for as many as configured.

        Slower by one level at a time, as what is costly now may be cheap again soon; but never so quick that
        one reading would follow upon the other.
        """
        wanted, current = cost * SHARE, self._asked.get(Slowness.COST, self._interval)
        level = self._level(wanted)
        if level < current:
            level = self._level(wanted * HYSTERESIS)
        elif level > current:
            slower = next((step for step in LEVELS if step > current), current)
            level = min(level, max(slower, self._level(cost)))
        return level if level > self._interval else None

    def _level(self, wanted: float) -> float:
        if wanted <= self._interval:
            return self._interval
        return next((level for level in LEVELS if level >= max(wanted, self._interval)), LEVELS[-1])
