"""What the guest set of the terminal besides the screen: level, reply form, stacks, colours, clipboard."""

from __future__ import annotations

import re
from collections.abc import Callable

from tuivm.terminal.colours import Colours
from tuivm.terminal.pen import Style

LEVEL = 4
"""Conformance level after a reset: a VT420."""
MAX_LEVEL = 5
"""Highest conformance level: a VT510."""
MAX_STACK = 10
"""Titles, and pens, that can be pushed; as many as xterm keeps."""
MAX_BELLS = 1000
"""Bells that are counted until somebody asks."""

_C1 = re.compile(r"\x1b([@-_])")


class Device:
    """State of the terminal that is neither text, cursor nor mode."""

    def __init__(self) -> None:
        self.colours = Colours()
        """Colours the guest set."""
        self.clipboard: str | None = None
        """Text the guest wants in the user's clipboard (OSC 52), until somebody takes it."""
        self.bells = 0
        """BELs since somebody asked."""
        self.titles: list[tuple[str, str]] = []
        """Pushed (icon name, title) pairs."""
        self.reset()

    def reset(self) -> None:
        """Start anew (RIS); clipboard and bells stay for those who take them."""
        self.level = LEVEL
        """Conformance level (DECSCL): 1 for a VT100, 4 for a VT420."""
        self.eight_bit = False
        """Whether replies use 8-bit controls (S8C1T)."""
        self.iso_protection = False
        """Whether protection is ECMA-48's (SPA), which ED, EL and ECH obey, and not DEC's (DECSCA)."""
        self.protected = False
        """Whether anything may be protected: DECSCA or SPA came since the last reset."""
        self.checksum = 0
        """Bits of XTCHECKSUM."""
        self.extent = 0
        """What DECCARA and DECRARA change (DECSACE): 2 a rectangle, 0 and 1 a stream of text."""
        self.hex_titles = False
        """Whether titles come in hexadecimal (XTSMTITLE)."""
        self.pens: list[tuple[Style, frozenset[str]]] = []
        """Pushed styles with the fields that are brought back (XTPUSHSGR)."""
        self.saved_modes: dict[int, bool] = {}
        """Private modes kept by XTSAVE, by shifted number."""
        self.names: list[tuple[str, str]] = [("(", "B"), ("(", "0"), ("(", "B"), ("(", "B")]
        """What G0 to G3 were designated with: intermediate and final characters."""
        self.upper = 2
        """Which of G0 to G3 is in the right half (LS1R to LS3R); nothing is drawn from there in UTF-8."""
        self.is_iconified = False
        """Whether the guest's window, which nobody sees, is an icon (XTWINOPS 1, 2)."""
        self.window = (0, 0)
        """Where the guest's window stands, in pixels from the left and the top (XTWINOPS 3)."""
        self.take_next: Callable[[str], str] | None = None
        """Who gets the next text before the screen and gives back the rest: the address of VT52's ESC Y."""
        self.colours.reset()

    def encode(self, reply: str) -> bytes:
        """Return a reply as it is sent, with 7-bit or with 8-bit controls."""
        if self.eight_bit:
            reply = _C1.sub(lambda match: chr(ord(match[1]) + 0x40), reply)
        return reply.encode("latin-1")

    def push_title(self, icon_name: str, title: str) -> None:
        """Keep both titles; when there are too many the oldest go."""
        self.titles.append((icon_name, title))
        del self.titles[:-MAX_STACK]

    def pop_title(self, icon_name: str, title: str) -> tuple[str, str]:
        """Return the titles kept last, or those given when there are none."""
        return self.titles.pop() if self.titles else (icon_name, title)

    def take_clipboard(self) -> str | None:
        """Return the text for the clipboard, once."""
        text, self.clipboard = self.clipboard, None
        return text

    def take_bells(self) -> int:
        """Return how many bells rang since last asked."""
        count, self.bells = self.bells, 0
        return count
