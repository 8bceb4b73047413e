"""Moving bytes from a backlog to a terminal for a given time, in pieces as large as the time allows.

A terminal draws plain text many times faster than colours and cursor movements, and large pieces faster
than small ones; the speed of the last piece decides how large the next one is.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from tuivm.core.backlog import Backlog

SMALLEST = 4096
"""Bytes taken at least."""
LARGEST = 65536
"""Bytes taken at most."""
SHARE = 0.002
"""Seconds that one piece is to take."""
_SHORTEST = 1e-6


class Pump:
    """Remembers how fast the last piece went."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._piece = SMALLEST
        self._speed = 0.0

    def run(self, backlog: Backlog, draw: Callable[[bytes], None], budget: float) -> bool:
        """Draw for about ``budget`` seconds, one piece at least; returns whether more waits."""
        now = self._clock()
        end = now + budget
        count = self._piece
        while data := backlog.take(count):
            draw(data)
            last, now = now, self._clock()
            self._adapt(len(data), now - last)
            if now >= end:
                break
            count = max(SMALLEST, min(self._piece, int(self._speed * (end - now))))
        return len(backlog) > 0

    def _adapt(self, count: int, seconds: float) -> None:
        """Choose the next piece: twice the last at most, and no larger than its share of time allows."""
        if count < SMALLEST:
            return
        self._speed = count / max(seconds, _SHORTEST)
        self._piece = max(SMALLEST, min(int(SHARE * self._speed), 2 * self._piece, LARGEST))
