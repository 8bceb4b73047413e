"""A graph of the last minutes: area curves with an axis, figures and a time line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tuivm.ui.plot import Ink, Layout, Piece, Plot, Series, Unit, draw, peak, scale
from tuivm.ui.roles import Roles, roles_of
from tuivm.ui.text import plain


class Graph(Widget):
    """A braille area graph.

    ``show`` may be called at every tick: only rows that differ are drawn again. Colours are
    names of the theme's ``[graph]`` roles, so that a change of theme redraws the graph by itself.
    """

    DEFAULT_CSS = """
    Graph {
        height: 1fr;
        width: 1fr;
        min-height: 1;
    }
    """

    def __init__(
        self,
        *,
        ascii_only: bool = False,
        id: str | None = None,  # noqa: A002 - textual's own name
        classes: str | None = None,
    ) -> None:
        """Make an empty graph."""
        super().__init__(id=id, classes=classes)
        self.ascii_only = ascii_only
        self._names: tuple[str, ...] = ()
        self._plot = Plot((), "", Unit.PERCENT, 100.0)
        self._drawn: tuple[tuple[Roles, Style, Size], list[list[Piece]]] | None = None

    def show(
        self,
        series: Sequence[tuple[str, Sequence[float]]] | Sequence[tuple[str, Sequence[float], str]],
        *,
        label: str,
        unit: Unit,
        maximum: float | None = None,
        note: str = "",
        interval: float = 1.0,
        count: int | None = None,
        total: int | None = None,
        layout: Layout = Layout.OVERLAID,
    ) -> None:
        """Show curves.

        Each of ``series`` is (role of the theme's ``[graph]``: ``cpu``, ``memory``, ``disk_read``...,
        values oldest first with nan for gaps, and a short name when there are several). ``maximum``
        is the top of the axis; None chooses a round number that rarely changes. ``interval`` is
        seconds from value to value; ``count`` how many values to show over the width (None: one a
        dot); ``total`` how many there ever were, which keeps grouped values from trembling.
        """
        self._names = tuple(one[0] for one in series)
        curves = tuple(
            Series(list(one[1]), "#808080", plain(one[2]) if len(one) > 2 else "") for one in series
        )
        before = self._plot.maximum if self._plot.unit is unit and self._plot.label == plain(label) else None
        top = maximum if maximum else scale(peak(self._seen(curves, count)), unit, before)
        self._plot = Plot(
            series=curves,
            label=plain(label),
            unit=unit,
            maximum=top,
            interval=interval,
            count=count,
            total=total,
            layout=layout,
            note=plain(note),
            ascii_only=self.ascii_only,
        )
        self._redraw()

    def _redraw(self) -> None:
        """Draw the rows that now differ."""
        before = self._drawn
        self._drawn = None
        if before is None or not self.is_attached or before[0][2] != self.size:
            self.refresh()
            return
        old, now = before[1], self._rows()
        if len(old) != len(now):
            self.refresh()
        elif changed := [y for y in range(len(now)) if old[y] != now[y]]:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def _seen(self, curves: Sequence[Series], count: int | None) -> list[Series]:
        """Return the part of the curves that is on the screen, which the axis is chosen for."""
        columns = self.size.width * (1 if self.ascii_only else 2)
        shown = count if count is not None else columns or None
        return [Series(one.values[-shown:] if shown else one.values, one.colour, one.name) for one in curves]

    def clear(self) -> None:
        """Show nothing."""
        self._plot = Plot((), "", Unit.PERCENT, 100.0)
        self._names = ()
        self._redraw()

    @property
    def maximum(self) -> float:
        """The top of the axis; nan when nothing is shown."""
        return self._plot.maximum if self._plot.series else math.nan

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        base, width = self.rich_style, self.size.width
        rows = self._rows()
        if y >= len(rows):
            return Strip.blank(width, base)
        segments = [Segment(text, base + Style(color=colour)) for text, colour in rows[y] if text]
        return Strip(segments).adjust_cell_length(width, base)

    def _rows(self) -> list[list[Piece]]:
        """Return the rows for the present size, colours and values, drawn when one of them changed."""
        key = (roles_of(self.app), self.rich_style, self.size)
        if self._drawn is None or self._drawn[0] != key:
            self._drawn = (key, self._draw(*key))
        return self._drawn[1]

    def _draw(self, roles: Roles, base: Style, size: Size) -> list[list[Piece]]:
        if not self._plot.series:
            return []
        background = roles.background
        if base.bgcolor is not None and base.bgcolor.triplet is not None:
            background = base.bgcolor.triplet.hex
        ink = Ink(text=roles.foreground, label=roles.foreground, muted=roles.muted, background=background)
        coloured = tuple(
            replace(one, colour=roles.graph.get(name, roles.primary))
            for name, one in zip(self._names, self._plot.series, strict=True)
        )
        return draw(replace(self._plot, series=coloured), size.width, size.height, ink)
