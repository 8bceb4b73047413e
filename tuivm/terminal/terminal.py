"""The terminal: bytes in, cells and replies out."""

from __future__ import annotations

from tuivm.terminal import modes
from tuivm.terminal.colours import Colours
from tuivm.terminal.decoding import Decoder
from tuivm.terminal.keys import encode
from tuivm.terminal.logical import Readable
from tuivm.terminal.marks import Mark, first_number
from tuivm.terminal.parser import Parser
from tuivm.terminal.resize import clear, resize
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
        self.backarrow = False
        """Whether Backspace sends BS (0x08) even when the guest did not ask for it (DECBKM)."""
        self._parser = Parser(self.screen)
        self._decoder = Decoder(self.screen.device)

    @property
    def title(self) -> str:
        """The title the guest gave, without controls; empty when it gave none."""
        return self.screen.title

    @property
    def scrollback(self) -> Scrollback:
        """Lines that scrolled off the main screen, oldest first."""
        return self.screen.scrollback

    @property
    def first(self) -> int:
        """Number of the oldest line kept. Lines are numbered for ever, see :mod:`tuivm.terminal.marks`."""
        return first_number(self.screen.scrollback)

    @property
    def end(self) -> int:
        """Number one past the last row of the screen."""
        return self.screen.scrollback.total + self.screen.lines

    def line(self, number: int) -> Readable:
        """Return a line of the scrollback or a row of the screen. Raises IndexError when there is none."""
        at = number - self.screen.scrollback.total
        if at >= 0:
            return self.screen.buffer[at]
        if number < self.first:
            raise IndexError(number)
        return self.screen.scrollback[at]

    def mark(self, number: int, column: int = 0) -> Mark:
        """Return a mark that keeps its place in the text as long as it is held."""
        return self.screen.marks.make(number, column)

    def clear_scrollback(self) -> None:
        """Forget the lines that scrolled off."""
        self.screen.scrollback.clear()

    def clear(self) -> None:
        """Forget the lines that scrolled off and those above the cursor's, which goes to the top."""
        clear(self.screen)

    def feed(self, data: bytes) -> None:
        """Take bytes of the guest, cut anywhere. What is no UTF-8 becomes U+FFFD."""
        for text in self._decoder.decode(data):
            self._parser.feed(text)

    def take_replies(self) -> bytes:
        """Return what is to be sent to the guest, once; bounded, what is too much is dropped."""
        replies = bytes(self.screen.replies)
        self.screen.replies.clear()
        return replies

    def resize(self, columns: int, lines: int) -> None:
        """Change the size. Wrapped lines are folded anew, and what finds no room goes to the scrollback.

        The cursor and the marks stay on their characters.
        """
        resize(self.screen, *_bounded(columns, lines))

    @property
    def colours(self) -> Colours:
        """Colours the guest set, and what it is told when it asks."""
        return self.screen.device.colours

    def take_clipboard(self) -> str | None:
        """Return text the guest wants in the user's clipboard (OSC 52), once; bounded. Ask the user first."""
        return self.screen.device.take_clipboard()

    def take_bells(self) -> int:
        """Return how many bells rang since last asked."""
        return self.screen.device.take_bells()

    def encode_key(self, key: str, character: str | None = None) -> bytes | None:
        """Return what a key (by Textual's name) sends to the guest in the present modes; None for nothing."""
        mode = self.screen.mode
        return encode(
            key,
            character,
            application_cursor=modes.DECCKM in mode,
            application_keypad=modes.DECNKM in mode,
            newline=modes.LNM in mode,
            backarrow=self.backarrow or modes.DECBKM in mode,
        )

    def has_mode(self, number: int) -> bool:
        """Return whether a private mode (``CSI ? number h``) is set."""
        return number << modes.PRIVATE in self.screen.mode


def _bounded(columns: int, lines: int) -> tuple[int, int]:
    return max(1, min(columns, MAX_COLUMNS)), max(1, min(lines, MAX_LINES))
