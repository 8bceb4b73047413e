"""Rows of the terminal made into strips of the screen.

Guest output is hostile: what reaches the user's terminal is built here, of printable characters whose width
is known to both sides. Colours come from the theme and from what the guest said (OSC 4, 10, 11), never from
the user's terminal palette.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tuivm.terminal.colours import Colours
from tuivm.terminal.pen import PLAIN, Pen
from tuivm.terminal.pen import Style as PenStyle
from tuivm.terminal.row import Row
from tuivm.terminal.scrollback import Line
from tuivm.terminal.selection import spans_on
from tuivm.terminal.sgr import PALETTE, PALETTE_NAMES
from tuivm.ui.colour import blend
from tuivm.ui.roles import Roles
from tuivm.ui.text import REPLACEMENT

if TYPE_CHECKING:
    from tuivm.ui.widgets.console_copy import CopyMode

MAX_MARKS = 2
"""Combining marks shown on one character."""
MAX_STYLES = 4096
"""Styles that are remembered."""
MAX_STRIPS = 1024
"""Rows that are remembered: what scrolls is the same row in another place."""
_HIDDEN_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Cn", "Zl", "Zp"))

Change = Callable[[Style], Style]
"""What becomes of the style of some columns."""
Span = tuple[int, int, Change]
"""First column, one past the last, and what becomes of the style there."""


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
    """Makes strips of rows with one set of colours.

    ``palette`` are the 16 colours, ``foreground`` and ``background`` the default ones, all ``#rrggbb``;
    ``changed`` the colours by number that the guest gave itself.
    """

    def __init__(
        self,
        palette: Sequence[str],
        foreground: str,
        background: str,
        changed: Mapping[int, str] | None = None,
    ) -> None:
        self.foreground = foreground
        self.background = background
        self._colours = dict(zip(PALETTE_NAMES, palette, strict=False))
        for number, colour in (changed or {}).items():
            if 0 <= number < len(PALETTE):
                self._colours[PALETTE[number]] = colour
        self._styles: dict[tuple[PenStyle, bool, bool], Style] = {}
        self._strips: dict[tuple[object, ...], Strip] = {}
        self.base = Style(color=foreground, bgcolor=background)
        """The style of nothing."""
        self.block: Change = _block
        """The cursor."""

    @classmethod
    def of_guest(cls, palette: Sequence[str], foreground: str, background: str, colours: Colours) -> Painter:
        """Make a painter with the colours the guest gave itself in place of the theme's."""
        changed = {number: f"#{colour}" for number, colour in colours.palette.items()}
        painter = cls(
            palette,
            f"#{colours.foreground}" if colours.foreground else foreground,
            f"#{colours.background}" if colours.background else background,
            changed,
        )
        if colours.cursor:
            cursor = Style(color=painter.background, bgcolor=f"#{colours.cursor}", reverse=False)
            painter.block = lambda style: style + cursor
        return painter

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

    def strip(
        self, row: Row | Line | None, width: int, *, reverse: bool = False, faded: bool = False
    ) -> Strip:
        """Return a row, cut or filled to ``width`` columns; None is an empty one."""
        runs = row.runs() if row is not None else []
        key = (*runs, width, reverse, faded)
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) >= MAX_STRIPS:
                self._strips.clear()
            strip = self._strips[key] = self._paint(row, runs, width, reverse, faded)
        return strip

    def _paint(
        self,
        row: Row | Line | None,
        runs: Iterable[tuple[str, int, Pen]],
        width: int,
        reverse: bool,
        faded: bool,
    ) -> Strip:
        segments: list[Segment] = []
        start = 0
        for text, columns, pen in runs:
            style = pen.style
            if not (text.isascii() and text.isprintable() and len(text) == columns):
                text = _odd(row, start, start + columns)
            if style.conceal:
                text = " " * columns
            segments.append(Segment(text, self.style(style, reverse=reverse, faded=faded)))
            start += columns
        if start < width:
            blank = self.style(PLAIN.style, reverse=reverse)
            segments.append(Segment(" " * (width - start), blank))
        strip = Strip(segments, max(start, width))
        return strip if start <= width else strip.crop(0, width)


def _odd(row: Row | Line | None, start: int, end: int) -> str:
    """Return the text of columns that are not all plain ASCII."""
    chars = (row.row() if isinstance(row, Line) else row or Row.blank(end)).chars
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


def overlay(strip: Strip, spans: Iterable[Span]) -> Strip:
    """Return the strip with other styles in some columns; the later span wins.

    A wide character is never cut: a span that begins or ends within one takes all of it.
    """
    for start, end, change in spans:
        first, last = max(0, start), min(end, strip.cell_length)
        if first < last:
            strip = _restyled(strip, first, last, change)
    return strip


def _restyled(strip: Strip, start: int, end: int, change: Change) -> Strip:
    segments: list[Segment] = []
    x = 0
    for text, old, _ in strip:
        columns = len(text) if text.isascii() else cell_len(text)
        if x + columns <= start or x >= end:
            segments.append(Segment(text, old))
        else:
            before, inside, after = _cut(text, columns, start - x, end - x)
            new = change(old or Style.null())
            pieces = ((before, old), (inside, new), (after, old))
            segments += [Segment(piece, look) for piece, look in pieces if piece]
        x += columns
    return Strip(segments, strip.cell_length)


def _cut(text: str, columns: int, start: int, end: int) -> tuple[str, str, str]:
    """Cut a text of so many columns in three at columns; a character across a cut is inside."""
    start, end = max(0, start), min(end, columns)
    if text.isascii():
        return text[:start], text[start:end], text[end:]
    first = last = None
    x = 0
    for index, character in enumerate(text):
        size = cell_len(character)
        if first is None and x + size > start:
            first = index
        if last is None and x >= end and size:
            last = index
        x += size
    first = len(text) if first is None else first
    last = len(text) if last is None else last
    return text[:first], text[first:last], text[last:]


def _block(style: Style) -> Style:
    """Turn a style round."""
    return style + Style(reverse=not style.reverse)


def _line(style: Style) -> Style:
    """Put a line under it, or take it away."""
    return style + Style(underline=not style.underline)


class Marker:
    """Marks on rows: what is selected, what was found, where the cursor of copy mode is."""

    reader: Change = staticmethod(_block)
    """The cursor of copy mode."""
    line: Change = staticmethod(_line)
    """A cursor that is a line, or one without the keyboard."""

    def __init__(self, roles: Roles | None) -> None:
        if roles is None or roles.monochrome:
            chosen, hit = Style(reverse=True), Style(underline=True, bold=True)
            here = Style(reverse=True, bold=True)
        else:
            ink, accent = roles.background, roles.accent
            chosen = Style(color=ink, bgcolor=roles.primary, reverse=False)
            hit = Style(color=roles.foreground, bgcolor=blend(roles.warning, ink, 0.6), reverse=False)
            colour = accent if accent not in (roles.warning, roles.primary) else roles.success
            here = Style(color=ink, bgcolor=colour, bold=True, underline=True, reverse=False)
        self._chosen: Change = lambda style: style + chosen
        self._hit: Change = lambda style: style + hit
        self._here: Change = lambda style: style + here

    def spans(self, copy: CopyMode, number: int) -> list[Span]:
        """What is marked on a line, by its number."""
        found: list[Span] = [(start, end, self._hit) for start, end in copy.search.spans_on(number)]
        if copy.selection is not None and number < copy.terminal.end:
            chosen = spans_on(copy.terminal, copy.selection, number)
            if chosen is not None:
                found.append((*chosen, self._chosen))
        here = copy.search.current_on(number, copy.terminal.screen.columns)
        if here is not None:
            found.append((*here, self._here))
        return found
