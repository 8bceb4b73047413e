"""Cells of the terminal made into segments of the screen.

Guest output is hostile: what reaches the user's terminal is built here, cell by cell, of printable characters
whose width is known to both sides. Colours come from the theme, never from the user's terminal palette.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from tuivm.terminal.pen import Style as PenStyle
from tuivm.terminal.row import Row
from tuivm.terminal.sgr import PALETTE_NAMES
from tuivm.ui.colour import blend
from tuivm.ui.text import REPLACEMENT

MAX_MARKS = 2
"""Combining marks shown on one character."""
MAX_STYLES = 4096
"""Styles that are remembered."""
_HIDDEN_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Cn", "Zl", "Zp"))


@lru_cache(maxsize=8192)
def shown(data: str, columns: int) -> str:
    """Return a cell's characters as they may be shown, in exactly ``columns`` cells.

    Controls, joiners, direction marks and variation selectors, which would make the user's terminal count
    other widths than ours, are left out; what has no sure width becomes U+FFFD.
    """
    first = data[:1]
    marks = [
        mark for mark in data[1:] if unicodedata.category(mark) in ("Mn", "Me") and not _is_selector(mark)
    ]
    text = first + "".join(marks[:MAX_MARKS])
    if unicodedata.category(first) in _HIDDEN_CATEGORIES or cell_len(text) != columns:
        return REPLACEMENT.ljust(columns)
    return text


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


class Painter:
    """Makes segments of cells with one set of colours.

    ``palette`` are the 16 colours, ``foreground`` and ``background`` the default ones, all ``#rrggbb``.
    """

    def __init__(self, palette: Sequence[str], foreground: str, background: str) -> None:
        self.foreground = foreground
        self.background = background
        self._colours = dict(zip(PALETTE_NAMES, palette, strict=False))
        self._styles: dict[tuple[PenStyle, bool, bool], Style] = {}
        self.base = Style(color=foreground, bgcolor=background)
        """The style of nothing."""

    def colour(self, name: str, default: str) -> str:
        """Return the value of a pen's colour."""
        if name == "default":
            return default
        return self._colours.get(name) or (f"#{name}" if len(name) == 6 else default)

    def style(self, pen: PenStyle, *, reverse: bool = False, faded: bool = False) -> Style:
        """Return a pen's style; ``reverse`` turns it round, ``faded`` moves it to the background."""
        key = (pen, reverse, faded)
        style = self._styles.get(key)
        if style is None:
            if len(self._styles) >= MAX_STYLES:
                self._styles.clear()
            style = self._styles[key] = self._make(pen, reverse, faded)
        return style

    def _make(self, pen: PenStyle, reverse: bool, faded: bool) -> Style:
        foreground = self.colour(pen.fg, self.foreground)
        background = self.colour(pen.bg, self.background)
        if faded:
            foreground = blend(foreground, self.background, 0.55)
            background = blend(background, self.background, 0.55)
        if pen.dim:
            foreground = blend(foreground, background, 0.4)
        if pen.conceal:
            foreground = background
        return Style(
            color=foreground,
            bgcolor=background,
            bold=pen.bold,
            italic=pen.italics,
            underline=pen.underscore and pen.underline != 2,
            underline2=pen.underscore and pen.underline == 2,
            strike=pen.strikethrough,
            overline=pen.overline,
            blink=pen.blink and not faded,
            reverse=pen.reverse != reverse,
        )

    def segments(self, row: Row, width: int, *, reverse: bool = False, faded: bool = False) -> list[Segment]:
        """Return the segments of the first ``width`` columns of a row, one for each run of one pen."""
        found: list[Segment] = []
        chars = row.chars[:width]
        start = 0
        for pen, run in groupby(row.pens[:width]):
            end = start + len(list(run))
            text = "".join(chars[start:end])
            if not text.isascii() or len(text) != end - start:
                text = self._odd(chars, start, end)
            if pen.style.conceal:
                text = " " * (end - start)
            found.append(Segment(text, self.style(pen.style, reverse=reverse, faded=faded)))
            start = end
        return found

    @staticmethod
    def _odd(chars: Sequence[str], start: int, end: int) -> str:
        """Return the text of columns that are not all plain ASCII."""
        parts: list[str] = []
        for x in range(start, end):
            data = chars[x]
            if not data:
                # The right half of a wide character; alone (it should not be) it is a space.
                if x == start:
                    parts.append(" ")
                continue
            is_wide = x + 1 < end and not chars[x + 1]
            parts.append(shown(data, 2 if is_wide else 1))
        return "".join(parts)
