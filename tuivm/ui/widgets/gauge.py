"""A gauge: a label, a bar and a figure on one line. Drawing is pure; the widget is thin."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tuivm.model.braille import bar
from tuivm.ui.colour import blend
from tuivm.ui.roles import Roles, roles_of
from tuivm.ui.text import plain, width_of

WARN = 0.75
"""Share from which a gauge turns to the warning colour."""
ALARM = 0.92
"""Share from which a gauge turns to the error colour."""
MIN_BAR = 3
"""Cells under which the bar is left out."""


def gauge_colour(share: float | None, roles: Roles) -> str:
    """Choose the colour of a gauge by how full it is."""
    if share is None or share < WARN:
        return roles.success
    return roles.warning if share < ALARM else roles.error


def gauge(
    label: str, share: float | None, figure: str, width: int, roles: Roles, *, ascii_only: bool = False
) -> list[Segment]:
    """Draw ``label bar figure`` in exactly ``width`` cells where it fits; the bar takes what is left.

    ``share`` is 0..1, None when not known. ``label`` and ``figure`` are plain text.
    """
    room = width - width_of(label) - width_of(figure) - 2
    segments = [Segment(label + " ", Style(color=roles.muted))] if label else []
    if not label:
        room += 1
    colour = gauge_colour(share, roles)
    if room >= MIN_BAR:
        caps = room >= MIN_BAR + 2 and (roles.monochrome or ascii_only)
        inner = room - 2 * caps
        track = blend(roles.background, roles.foreground, 0.16)
        if caps:
            segments.append(Segment("[" if ascii_only else "▕", Style(color=roles.muted)))
        drawn = bar(share or 0.0, inner, ascii_only=ascii_only)
        segments.append(Segment(drawn, Style(color=colour, bgcolor=track)))
        if caps:
            segments.append(Segment("]" if ascii_only else "▏", Style(color=roles.muted)))
        segments.append(Segment(" "))
    warns = share is not None and share >= WARN
    segments.append(Segment(figure, Style(color=colour if warns else roles.foreground, bold=warns or None)))
    return segments


class Gauge(Widget):
    """A label, a bar and a figure on one line."""

    DEFAULT_CSS = """
    Gauge {
        height: 1;
        width: 1fr;
    }
    """

    def __init__(
        self,
        label: str = "",
        *,
        ascii_only: bool = False,
        id: str | None = None,  # noqa: A002 - textual's own name
        classes: str | None = None,
    ) -> None:
        """Make a gauge that knows nothing yet."""
        super().__init__(id=id, classes=classes)
        self.ascii_only = ascii_only
        self._label = plain(label)
        self._share: float | None = None
        self._figure = "-"

    def show(self, share: float | None, figure: str) -> None:
        """Show ``share`` 0..1 (None when not known) and ``figure`` beside the bar."""
        figure = plain(figure)
        if (share, figure) != (self._share, self._figure):
            self._share, self._figure = share, figure
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line; lines under it are blank."""
        base = self.rich_style
        if y:
            return Strip.blank(self.size.width, base)
        segments: Sequence[Segment] = gauge(
            self._label,
            self._share,
            self._figure,
            self.size.width,
            roles_of(self.app),
            ascii_only=self.ascii_only,
        )
        placed = [Segment(text, base + style if style else base) for text, style, _ in segments]
        return Strip(placed).adjust_cell_length(self.size.width, base)
