"""The terminal: bytes in, cells and replies out."""

from __future__ import annotations

import codecs

from tuivm.terminal import modes
from tuivm.terminal.keys import encode
from tuivm.terminal.parser import Parser
from tuivm.terminal.resize import resize
from tuivm.terminal.screen import Screen
from tuivm.terminal.scrollback import Scrollback

MAX_COLUMNS = 1000
"""Widest screen; a wider wish counts as this."""
MAX_LINES = 500
"""Tallest screen."""


class Terminal:
    """A VT/xterm terminal without a window. No input raises.

    ``columns`` and ``lines`` are the size in characters (bounded), ``scrollback`` how many lines that
    scrolled off are kept.
    """

    def __init__(self, columns: int = 80, lines: int = 24, scrollback: int = 10_000) -> None:
        self.screen = Screen(*_bounded(columns, lines), scrollback)
        self._parser = Parser(self.screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    @property
    def title(self) -> str:
        """The title the guest gave, without controls; empty when it gave none."""
        return self.screen.title

    @property
    def scrollback(self) -> Scrollback:
        """Lines that scrolled off the main screen, oldest first."""
        return self.screen.scrollback

    def feed(self, data: bytes) -> None:
        """Take bytes of the guest, cut anywhere. What is no UTF-8 becomes U+FFFD."""
        text = self._decoder.decode(data)
        if text:
            self._parser.feed(text)

    def take_replies(self) -> bytes:
        """Return what is to be sent to the guest, once; bounded, what is too much is dropped."""
        replies = bytes(self.screen.replies)
        self.screen.replies.clear()
        return replies

    def resize(self, columns: int, lines: int) -> None:
        """Change the size. The cursor stays on its line; lines that find no room go to the scrollback."""
        resize(self.screen, *_bounded(columns, lines))

    def encode_key(self, key: str, character: str | None = None) -> bytes | None:
        """Return what a key (by Textual's name) sends to the guest in the present modes; None for nothing."""
        mode = self.screen.mode
        return encode(
            key,
            character,
            application_cursor=modes.DECCKM in mode,
            application_keypad=modes.DECNKM in mode,
            newline=modes.LNM in mode,
        )

    def has_mode(self, number: int) -> bool:
        """Return whether a private mode (``CSI ? number h``) is set."""
        return number << modes.PRIVATE in self.screen.mode


def _bounded(columns: int, lines: int) -> tuple[int, int]:
    return max(1, min(columns, MAX_COLUMNS)), max(1, min(lines, MAX_LINES))
