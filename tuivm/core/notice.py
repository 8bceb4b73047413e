"""What happened last on a console's line, in words for its status line."""

from __future__ import annotations

import time

SAID = 10.0
"""Seconds for which it is mentioned while the console works."""
TOGETHER = 1.0
"""Seconds within which two things are mentioned side by side."""


class Notice:
    """The last thing that was said, or the last few when they came together. Any thread."""

    def __init__(self) -> None:
        self.text = ""
        """What was said last, however long ago."""
        self._at = float("-inf")

    def say(self, text: str) -> None:
        """Say this from now on."""
        now = time.monotonic()
        together = self.text if now - self._at < TOGETHER else ""
        self.text, self._at = "; ".join(part for part in (together, text) if part), now

    @property
    def lately(self) -> str:
        """What was said a moment ago; empty when that is long ago."""
        return self.text if time.monotonic() - self._at < SAID else ""
