"""What graphs of the past are drawn with: the theme's colours, and the cursor over what is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from tuivm.ui.chart import Paint
from tuivm.ui.plot import Ink, Piece
from tuivm.ui.roles import Roles, compare_colours


@dataclass(slots=True)
class Painted:
    """A board as it is drawn."""

    size: Size
    """Of the board."""
    base: Style
    """What everything is drawn on."""
    roles: Roles
    """The theme it is drawn in."""
    rows: list[list[Piece]]
    """Every line that is drawn."""
    cursors: tuple[int, ...] = ()
    """Columns that the cursor is in."""
    styles: dict[str, Style] = field(default_factory=dict)
    """The style of each colour, as it is found."""

    @property
    def key(self) -> tuple[object, ...]:
        """What makes every line another one when it changes."""
        return self.size, self.base, self.cursors

    def strip(self, y: int) -> Strip:
        """A line, filled to the width."""
        if y >= len(self.rows):
            return Strip.blank(self.size.width, self.base)
        segments = [Segment(text, self._style(colour)) for text, colour in self.rows[y] if text]
        return Strip(segments).adjust_cell_length(self.size.width, self.base)

    def _style(self, colour: str) -> Style:
        found = self.styles.get(colour)
        if found is None:
            found = self.styles[colour] = self.base + Style(color=colour) if colour else self.base
        return found


def mark(strip: Strip, cells: Sequence[int], ground: Style, stroke: str) -> Strip:
    """Let the cursor be seen in these cells; where nothing is drawn it is a stroke."""
    pieces: list[Strip] = []
    done = 0
    for cell in cells:
        here = strip.crop(cell, cell + 1)
        if not here.text.strip():
            here = Strip([Segment(stroke, segment.style) for segment in here])
        pieces.append(strip.crop(done, cell))
        pieces.append(Strip([Segment(text, (style or Style()) + ground) for text, style, _ in here]))
        done = cell + 1
    return Strip.join([*pieces, strip.crop(done)])


def paint_of(roles: Roles, background: str, *, ascii_only: bool) -> Paint:
    """How graphs are drawn in the theme in force."""
    ink = Ink(text=roles.foreground, label=roles.foreground, muted=roles.muted, background=background)
    colours = {
        **roles.graph,
        **{str(number): colour for number, colour in enumerate(compare_colours(roles))},
        "muted": roles.muted,
        "foreground": roles.foreground,
        "accent": roles.accent,
        "success": roles.success,
        "error": roles.error,
        "state-off": roles.warning,
    }
    return Paint(ink, colours, roles.monochrome, ascii_only)
