"""What graphs of the past are drawn with: the theme's colours, and the cursor over what is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tuivm.ui.chart import Paint
from tuivm.ui.plot import Ink
from tuivm.ui.roles import Roles, compare_colours


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
