"""An app that leaves when its terminal is gone."""

from __future__ import annotations

import select
import sys

from textual.app import App

EVERY = 1.0
"""Seconds between two looks."""


class HangUp(App[int], inherit_bindings=False):
    """Looks whether the other end of the terminal is closed.

    The system tells that by SIGHUP to the leader of the session alone: what was started by a program that
    stays (``make``, a shell that traps it) hears nothing, and would go on in front of nobody, reading an end
    of file again and again.
    """

    def on_mount(self) -> None:
        """Begin to look, where there is a terminal."""
        if not self.is_headless:
            self.set_interval(EVERY, self._look_at_terminal)

    def _look_at_terminal(self) -> None:
        if hung_up():
            self.exit(0)


def hung_up() -> bool:
    """Whether the other end of the terminal on standard input is closed (poll(2): POLLHUP is always told)."""
    if sys.__stdin__ is None:
        return False
    poll = select.poll()
    poll.register(sys.__stdin__.fileno(), 0)
    return any(what & select.POLLHUP for _, what in poll.poll(0))
