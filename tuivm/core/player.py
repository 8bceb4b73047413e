"""Playing a recording on a terminal: where it is in time, forwards, backwards and at any speed.

Knows nothing of screens: whoever shows it calls :meth:`Player.tick` and draws :attr:`Player.terminal`.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from itertools import accumulate, pairwise

from tuivm.core.asciicast import INPUT, MARKER, OUTPUT, RESIZE, Recording
from tuivm.terminal import Terminal

PIECE = 32 << 10
"""Characters drawn at a time, at most about this."""
SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
"""What faster and slower step through."""
NOTE_SECONDS = 3.0
"""Seconds of the recording for which a marker or a key that was typed is told."""


class Player:
    """One recording being played.

    ``idle_limit``: seconds that a pause is shortened to; None for what the recording itself asks, or as it
    was. ``scrollback`` in lines.
    """

    def __init__(
        self,
        recording: Recording,
        *,
        speed: float = 1.0,
        idle_limit: float | None = None,
        scrollback: int = 10_000,
    ) -> None:
        self.recording = recording
        """What is played."""
        self.speed = speed
        """Seconds of the recording in one second."""
        self.paused = False
        """Whether time stands still."""
        self.position = 0.0
        """Seconds played, after pauses were shortened."""
        limit = recording.header.idle_limit if idle_limit is None else idle_limit
        self._times = _shortened([event.time for event in recording.events], limit)
        self._scrollback = scrollback
        self._next = 0
        self._target: float | None = None
        self._note = ""
        self._noted_at = 0.0
        self.terminal = self._fresh()
        """What it is drawn on; another one after going back."""

    def _fresh(self) -> Terminal:
        header = self.recording.header
        return Terminal(header.columns, header.lines, self._scrollback)

    @property
    def duration(self) -> float:
        """Seconds of it all, after pauses were shortened."""
        return self._times[-1] if self._times else 0.0

    @property
    def is_over(self) -> bool:
        """Whether the end is reached."""
        return self._target is None and self._next >= len(self._times)

    @property
    def is_seeking(self) -> bool:
        """Whether it is still on its way to a moment."""
        return self._target is not None

    @property
    def note(self) -> str:
        """A marker or a key typed a moment ago; empty for none. Not printable as it is."""
        return self._note if 0 <= self.position - self._noted_at < NOTE_SECONDS else ""

    # -- what the user does ------------------------------------------------------------------------

    def seek(self, moment: float) -> None:
        """Go to a moment, in seconds; :meth:`tick` does the work, in slices."""
        moment = min(max(0.0, moment), self.duration)
        if moment < self.position:
            self.terminal = self._fresh()
            self._next = 0
            self._note = ""
        self.position = moment
        self._target = moment

    def toggle(self) -> None:
        """Pause or go on; at the end, begin again."""
        if self.is_over:
            self.seek(0.0)
            self.paused = False
        else:
            self.paused = not self.paused

    def faster(self) -> None:
        """Take the next higher speed."""
        self.speed = next((speed for speed in SPEEDS if speed > self.speed), self.speed)

    def slower(self) -> None:
        """Take the next lower speed."""
        self.speed = next((speed for speed in reversed(SPEEDS) if speed < self.speed), self.speed)

    def step(self) -> None:
        """Go to the next output or change of size, and pause."""
        self.paused = True
        events = self.recording.events
        for index in range(self._next, len(events)):
            if events[index].kind in (OUTPUT, RESIZE):
                self.seek(self._times[index])
                return

    # -- time --------------------------------------------------------------------------------------

    def tick(self, seconds: float, budget: float) -> bool:
        """Let time go on and draw for at most about ``budget`` seconds; returns whether anything changed.

        While there is more to draw than the budget allows, time waits.
        """
        before = self._next
        if self._target is None and not self.paused:
            self.position = min(self.position + max(0.0, seconds) * self.speed, self.duration)
        due = bisect_right(self._times, self.position, self._next)
        end = time.perf_counter() + budget
        while self._next < due:
            self._play_some(due)
            if time.perf_counter() >= end:
                break
        arrived = self._next >= due
        if self._target is not None:
            self._target = None if arrived else self._target
        elif not arrived:
            self.position = self._times[self._next]
        return self._next != before

    def play_all(self) -> None:
        """Draw everything there is."""
        while self._next < len(self._times):
            self._play_some(len(self._times))
        self.position, self._target = self.duration, None

    def _play_some(self, due: int) -> None:
        """Draw the next events before ``due``: one, or several outputs at once."""
        events = self.recording.events
        event = events[self._next]
        at = self._times[self._next]
        if event.kind == OUTPUT:
            pieces: list[str] = []
            size = 0
            while self._next < due and events[self._next].kind == OUTPUT and size < PIECE:
                pieces.append(events[self._next].data)
                size += len(pieces[-1])
                self._next += 1
            self.terminal.feed("".join(pieces).encode("utf-8", "replace"))
            # Questions of the guest were answered when it was recorded.
            self.terminal.take_replies()
            return
        self._next += 1
        if event.kind == RESIZE:
            size_now = event.size()
            if size_now is not None:
                self.terminal.resize(*size_now)
        elif event.kind in (INPUT, MARKER):
            self._note = f"typed {event.data!r}" if event.kind == INPUT else event.data
            self._noted_at = at


def _shortened(times: list[float], limit: float | None) -> list[float]:
    """The times with no pause longer than ``limit`` seconds."""
    if limit is None or not times:
        return times
    pauses = [times[0], *(after - before for before, after in pairwise(times))]
    return list(accumulate(min(pause, limit) for pause in pauses))
