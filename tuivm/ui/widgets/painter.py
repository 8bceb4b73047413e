"""What the list of domains remembers of its drawing: styles for the theme in force, rows drawn lately."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from tuivm.core.groups import RowKey
from tuivm.model.column import SortColumn
from tuivm.model.domain import DomainKey
from tuivm.model.series import Metric
from tuivm.ui.colour import blend
from tuivm.ui.columns import Plan
from tuivm.ui.roles import Roles
from tuivm.ui.signs import MARK, MARK_ASCII
from tuivm.ui.text import fit
from tuivm.ui.widgets.cells import Look, Row
from tuivm.ui.widgets.row import GroupRow, paint, paint_group

CURSOR = 0.22
"""How far the ground of the cursor's row goes from the background to the primary colour: every colour of
a role can be read on it."""
CACHE = 600
"""Drawn rows kept at most."""


class Tail(Protocol):
    """What is needed of a history."""

    def tail(self, metric: Metric, count: int) -> list[float]:
        """Return the last ``count`` values, oldest first, nan for a gap."""


class Looks(NamedTuple):
    """How the kinds of line are drawn."""

    plain: Look
    """An ordinary row."""
    cursor: Look
    """The row under the cursor."""
    header: Look
    """The titles."""


class Painter:
    """Draws rows, and gives a row drawn before when nothing it shows has changed."""

    def __init__(self, history: Callable[[DomainKey], Tail | None], ascii_only: bool) -> None:
        self._history = history
        self._ascii_only = ascii_only
        self._rows: dict[tuple[RowKey, bool], tuple[Row | GroupRow, Plan, Look, Strip]] = {}
        self._looks: tuple[tuple[Roles, Style, bool], Looks] | None = None

    def looks(self, roles: Roles, base: Style, focus: bool) -> Looks:
        """Return how lines are drawn; the same object until one of the arguments changes."""
        if self._looks is not None:
            (old_roles, old_base, old_focus), looks = self._looks
            if old_roles is roles and old_focus == focus and old_base == base:
                return looks
        background = blend(roles.background, roles.primary, CURSOR) if focus else roles.panel
        cursor = base + Style(bgcolor=background, reverse=roles.monochrome or None)
        titles = blend(roles.background, roles.panel, 0.5)
        header = base + Style(bgcolor=titles, underline=roles.monochrome or None)
        looks = Looks(
            Look(roles, base, self._ascii_only),
            Look(roles, cursor, self._ascii_only, flat=roles.monochrome),
            Look(roles, header, self._ascii_only),
        )
        self._looks = ((roles, base, focus), looks)
        return looks

    def row(self, row: Row | GroupRow, columns: Plan, look: Look, on_cursor: bool) -> Strip:
        """Draw one row of exactly ``columns.width`` cells."""
        slot = (row.key if isinstance(row, GroupRow) else row.domain.key, on_cursor)
        cached = self._rows.pop(slot, None)
        if cached is None or cached[0] != row or cached[1] is not columns or cached[2] is not look:
            cached = (row, columns, look, self._paint(row, columns, look, on_cursor))
        self._rows[slot] = cached
        if len(self._rows) > CACHE:
            del self._rows[next(iter(self._rows))]
        return cached[3]

    def _paint(self, row: Row | GroupRow, columns: Plan, look: Look, on_cursor: bool) -> Strip:
        if isinstance(row, GroupRow):
            segments = paint_group(row, columns, look)
        else:
            picture = next((column.picture for column in columns.columns if column.id is SortColumn.CPU), 0)
            history = self._history(row.domain.key) if picture else None
            values = history.tail(Metric.CPU, picture * 2) if history is not None else []
            segments = paint(row, columns, look, values)
        sign, colour = "|" if self._ascii_only else "▌", look.roles.primary
        if row.marked:
            sign, colour = MARK_ASCII if self._ascii_only else MARK, look.roles.accent
        if on_cursor or row.marked:
            ink = Style(color=None if look.flat else colour, bold=row.marked or None)
            segments = [Segment(sign, look.base + ink), *segments[1:]]
        return Strip(segments, columns.width)


def paint_words(words: Sequence[str], y: int, size: Size, look: Look) -> Strip:
    """Draw line ``y`` of an area that shows ``words``, plain lines, in its middle."""
    first = max((size.height - len(words)) // 2, 0)
    if not first <= y < first + len(words):
        return Strip.blank(size.width, look.base)
    text = fit(words[y - first], size.width, align="center")
    return Strip([Segment(text, look.base + Style(color=look.roles.muted))], size.width)
