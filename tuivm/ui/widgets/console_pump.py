"""The console's clock: feeds the terminal in slices and has it drawn, so that a flood holds nothing up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

SLICE = 0.004
"""Seconds that one turn on the event loop works on the guest's output."""
FRAME = 1 / 30
"""Seconds between two drawings while there is output."""
CLOSEST = 0.6
"""Share of a frame that two drawings are apart at least; Textual makes one of two that are closer."""
BEHIND = 4
"""Frames that are caught up; what is later than that is lost."""
TURNS = 6
"""Turns of the event loop between two slices: a key needs some to get from the keyboard to a widget."""
LONG = 0.3
"""Seconds after which output without a pause is a flood: nobody reads it, and others need the processor."""
REST = 0.003
"""Seconds of rest between two slices of a flood."""


class Pump:
    """A task beside the pane's messages, so that they never wait behind a queue of output.

    ``feed(seconds)`` works on output for about so long and returns whether there is more, ``draw()`` draws
    what changed and returns after how many seconds to look again, None for not before there is news.
    """

    def __init__(self, feed: Callable[[float], bool], draw: Callable[[], float | None]) -> None:
        self._feed = feed
        self._draw = draw
        self._news = asyncio.Event()
        self._is_rung = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._next = 0.0

    def ring(self) -> None:
        """Say that there is work. Called on any thread; many calls are one."""
        loop = self._loop
        if loop is not None and not self._is_rung:
            self._is_rung = True
            # The loop may close between the question and the call: then nobody looks any more.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._news.set)

    async def run(self) -> None:
        """Work whenever there is news, until cancelled."""
        self._loop = loop = asyncio.get_running_loop()
        self._news.set()
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                self._is_rung = False
                begun = loop.time()
                while self._feed(SLICE):
                    if loop.time() >= self._next:
                        self._frame(loop)
                    for _ in range(TURNS):
                        await asyncio.sleep(0)
                    if loop.time() - begun > LONG:
                        await asyncio.sleep(REST)
                if loop.time() >= self._next:
                    self._frame(loop)
                else:
                    self._look_at(loop, self._next)
        finally:
            self._loop = None
            if self._alarm is not None:
                self._alarm.cancel()

    def _frame(self, loop: asyncio.AbstractEventLoop) -> None:
        """Draw. The next time is counted from when this was due: what came late is caught up, bit by bit."""
        now = loop.time()
        due = self._next if now - self._next < BEHIND * FRAME else now
        self._next = max(due + FRAME, now + CLOSEST * FRAME)
        again = self._draw()
        if again is not None:
            self._look_at(loop, now + again)

    def _look_at(self, loop: asyncio.AbstractEventLoop, when: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = loop.call_at(when, self._news.set)
