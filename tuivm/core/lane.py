"""A daemon thread that does one piece of work whenever it is poked, and never two at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

Step = Callable[[], float | None]
"""Does the work; returns after how many seconds it wants to be called again unasked, or None."""


class Lane:
    """Runs ``step`` after every poke. Pokes that come while it is at work make one more run, not many.

    The thread is a daemon: a step that hangs in libvirt keeps neither the program nor ``stop`` waiting.
    """

    def __init__(self, name: str, step: Step) -> None:
        self._step = step
        self._condition = threading.Condition(threading.Lock())
        self._poked = False
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread; the first step waits for a poke."""
        self._thread.start()

    def poke(self) -> None:
        """Ask for a step. Returns at once; may be called with any lock held."""
        with self._condition:
            self._poked = True
            self._condition.notify()

    def stop(self) -> None:
        """Let the thread end after the step it is in. Returns at once."""
        with self._condition:
            self._stopped = True
            self._condition.notify()

    def join(self, timeout: float) -> bool:
        """Wait for the thread to end; returns whether it has."""
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(max(0.0, timeout))
        return not self._thread.is_alive()

    def _run(self) -> None:
        wait: float | None = None
        while True:
            deadline = None if wait is None else time.monotonic() + wait
            with self._condition:
                while not self._poked and not self._stopped:
                    left = None if deadline is None else deadline - time.monotonic()
                    if left is not None and left <= 0:
                        break
                    self._condition.wait(left)
                if self._stopped:
                    return
                self._poked = False
            wait = self._step()


class OnLane:
    """What works on one lane, ``_lane``, and looks at ``_stopped`` between two pieces of its work."""

    _lane: Lane
    _stopped = False

    def stop(self) -> None:
        """Let the thread end. Returns at once."""
        self._stopped = True
        self._lane.stop()

    def join(self, timeout: float) -> bool:
        """Wait for the thread to end; returns whether it has."""
        return self._lane.join(timeout)
