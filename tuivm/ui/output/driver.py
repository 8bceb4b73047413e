"""Textual's driver, with an ear for the terminal's answers, and none left for the shell to find."""

from __future__ import annotations

import time
from typing import Any

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

ASK = "\x1b[6n"
"""DSR: where is the cursor? The answer says that everything before it was taken."""
_PATIENCE = 1.5
"""Seconds that leaving waits for an answer, which would come to whoever reads the terminal next."""
_LOOK = 0.01


class AskingDriver(LinuxDriver):
    """Counts questions and answers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._due = 0
        self.silent = False
        """Whether the terminal does not answer: nothing is waited for."""

    def ask(self) -> None:
        """Ask the terminal how far it is."""
        self._due += 1
        self.write(ASK)

    def process_message(self, message: Message) -> None:
        """Count an answer, on the thread that reads; the app is told of it as of a key."""
        if isinstance(message, events.CursorPosition):
            self._due = max(0, self._due - 1)
        super().process_message(message)

    def disable_input(self) -> None:
        """Take answers that are under way before the terminal is somebody else's."""
        deadline = time.monotonic() + _PATIENCE
        while self._due and not self.silent and time.monotonic() < deadline:
            time.sleep(_LOOK)
        self._due = 0
        super().disable_input()
