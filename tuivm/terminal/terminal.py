"""The terminal: bytes in, cells and replies out."""

from __future__ import annotations

from collections import deque

import pyte


class _Screen(pyte.Screen):
    """A pyte screen that takes any argument a sequence brings and keeps its replies."""

    def __init__(self, columns: int, lines: int) -> None:
        self.replies: list[bytes] = []
        super().__init__(columns, lines)

    def write_process_input(self, data: str) -> None:
        """Keep a reply, at most 64 at a time."""
        if len(self.replies) < 64:
            self.replies.append(data.encode())


class Terminal:
    """A VT/xterm terminal without a window."""

    def __init__(self, columns: int = 80, lines: int = 24, scrollback: int = 10_000) -> None:
        self.screen = _Screen(columns, lines)
        self.scrollback: deque[str] = deque(maxlen=scrollback)
        self._stream = pyte.ByteStream(self.screen)

    @property
    def title(self) -> str:
        """The window title the guest asked for."""
        return self.screen.title

    def feed(self, data: bytes) -> None:
        """Take bytes of the guest."""
        try:
            self._stream.feed(data)
        except (TypeError, ValueError, IndexError, KeyError, AssertionError, AttributeError):
            self._stream = pyte.ByteStream(self.screen)

    def take_replies(self) -> bytes:
        """Return what is to be sent to the guest, once."""
        replies = b"".join(self.screen.replies)
        self.screen.replies.clear()
        return replies

    def resize(self, columns: int, lines: int) -> None:
        """Change the size."""
        self.screen.resize(lines=lines, columns=columns)
