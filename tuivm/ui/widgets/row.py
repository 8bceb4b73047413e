"""The lines of the domain list as segments: rows, groups, titles. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rich.segment import Segment

from tuivm.core.groups import GroupKey, Sums
from tuivm.model.column import SortColumn
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.stats import Sample
from tuivm.ui.columns import Column, Plan
from tuivm.ui.text import fit
from tuivm.ui.widgets.cells import CELLS, Cell, Look, Row, cpu_cell, ink, mix, words

_NOBODY = DomainKey("", "")


def paint(row: Row, plan: Plan, look: Look, history: Sequence[float]) -> list[Segment]:
    """Draw a row in exactly ``plan.width`` cells. ``history`` is CPU percent, oldest first."""

    def draw(column: Column) -> Cell:
        if column.id is SortColumn.CPU:
            return cpu_cell(row, column, look, history)
        return CELLS[column.id](row, column, look)

    return _joined(plan, look, draw)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """What the row of a group shows. Equal rows look the same."""

    key: GroupKey
    """Which group."""
    sums: Sums
    """What its members have together."""
    folded: bool
    """Whether they are out of sight."""
    marked: bool = False
    """Whether all of them are marked."""
    some_marked: bool = False
    """Whether some are."""
    stale: bool = False
    """The link is lost."""

    @property
    def title(self) -> str:
        """What the group is called; may be hostile."""
        return self.key.value or f"no {self.key.by.value}"


_SUMMED = frozenset(
    {
        SortColumn.CPU,
        SortColumn.MEMORY,
        SortColumn.MEMORY_PERCENT,
        SortColumn.VCPUS,
        SortColumn.DISK,
        SortColumn.DISK_READ,
        SortColumn.DISK_WRITE,
        SortColumn.NET,
        SortColumn.NET_RX,
        SortColumn.NET_TX,
    }
)


def paint_group(group: GroupRow, plan: Plan, look: Look) -> list[Segment]:
    """Draw the row of a group in exactly ``plan.width`` cells: sign of the fold, name, count, sums."""
    row = _as_row(group)

    def draw(column: Column) -> Cell:
        if column.id is SortColumn.NAME:
            return _group_name(group, row, column, look)
        if column.id is SortColumn.STATE:
            sign = (">" if group.folded else "v") if look.ascii_only else ("▸" if group.folded else "▾")
            return [(fit(sign, column.width), ink(row, look, look.roles.primary, bold=True))]
        if column.id is SortColumn.CPU:
            return cpu_cell(row, replace(column, x=0, picture=0), look, ())
        if column.id in _SUMMED:
            return CELLS[column.id](row, column, look)
        return [(" " * column.width, look.base)]

    return _joined(plan, look, draw)


def _as_row(group: GroupRow) -> Row:
    """The sums as if they were one machine's, so that their cells look as those of the members."""
    sums = group.sums
    state = State.RUNNING if sums.running else State.OFF
    domain = Domain(_NOBODY, group.title, state, vcpus=sums.vcpus, memory=sums.memory_given)
    sample = Sample(
        0.0,
        sums.cpu,
        sums.memory_used,
        sums.memory_given or None,
        True,
        sums.disk_read,
        sums.disk_write,
        sums.net_rx,
        sums.net_tx,
    )
    return Row(domain, sample, "", stale=group.stale)


def _group_name(group: GroupRow, row: Row, column: Column, look: Look) -> Cell:
    figure = f" {group.sums.running:,}/{group.sums.count:,}"
    if len(figure) > column.width // 2:
        figure = f" {group.sums.count:,}"
    width = column.width - len(figure)
    if width < 4:
        figure, width = "", column.width
    colour = look.roles.accent if group.some_marked else look.roles.primary
    text = words(group.title, width, look)
    return [(text, ink(row, look, colour, bold=True)), (figure, ink(row, look, look.roles.muted))]


def _joined(plan: Plan, look: Look, draw: Callable[[Column], Cell]) -> list[Segment]:
    """Put the cells of a row together, with the gaps between them."""
    segments: list[Segment] = []
    at = 0
    for column in plan.columns:
        if column.x > at:
            segments.append(Segment(" " * (column.x - at), look.base))
        segments += [Segment(text, style) for text, style in draw(column) if text]
        at = column.x + column.width
    if at < plan.width:
        segments.append(Segment(" " * (plan.width - at), look.base))
    return segments


_TITLES: dict[SortColumn, tuple[str, str]] = {
    SortColumn.STATE: ("state", "state"),
    SortColumn.NAME: ("name", "name"),
    SortColumn.CPU: ("cpu", "cpu"),
    SortColumn.MEMORY: ("mem used/of", "mem"),
    SortColumn.VCPUS: ("vcpu", "vcpu"),
    SortColumn.DISK: ("disk r/w", "disk r/w"),
    SortColumn.NET: ("net ↓/↑", "net rx/tx"),
    SortColumn.UPTIME: ("up", "up"),
    SortColumn.AUTOSTART: ("auto", "auto"),
    SortColumn.MEMORY_PERCENT: ("mem%", "mem%"),
    SortColumn.RSS: ("rss", "rss"),
    SortColumn.WAIT: ("wait", "wait"),
    SortColumn.DISK_READ: ("read", "read"),
    SortColumn.DISK_WRITE: ("write", "write"),
    SortColumn.OPS: ("ops", "ops"),
    SortColumn.NET_RX: ("net↓", "rx"),
    SortColumn.NET_TX: ("net↑", "tx"),
    SortColumn.TITLE: ("title", "title"),
    SortColumn.TAGS: ("tags", "tags"),
    SortColumn.SNAPSHOTS: ("snap", "snap"),
    SortColumn.ID: ("id", "id"),
    SortColumn.HOST: ("host", "host"),
}
_LEFT = frozenset({SortColumn.STATE, SortColumn.NAME, SortColumn.TITLE, SortColumn.TAGS, SortColumn.HOST})


def paint_header(plan: Plan, look: Look, sort: SortColumn | None, reverse: bool) -> list[Segment]:
    """Draw the titles, the sorted column's with its direction, in exactly ``plan.width`` cells.

    Signs at the edges tell that columns are scrolled out of sight.
    """
    roles = look.roles
    left, right = ("<", ">") if look.ascii_only else ("‹", "›")
    segments: list[Segment] = []
    if plan.before:
        segments.append(Segment(left, mix(look.base, roles.primary, True)))
    at = len(segments)
    for column in plan.columns:
        segments.append(Segment(" " * (column.x - at), look.base))
        title = _title(column, look, sort, reverse)
        ink = roles.primary if column.id is sort else roles.muted
        segments.append(Segment(title, mix(look.base, ink, column.id is sort)))
        at = column.x + column.width
    rest = max(plan.width - at, 0)
    if plan.after and plan.is_chosen and rest:
        segments += [
            Segment(" " * (rest - 1), look.base),
            Segment(right, mix(look.base, roles.primary, True)),
        ]
    else:
        segments.append(Segment(" " * rest, look.base))
    return segments


def _title(column: Column, look: Look, sort: SortColumn | None, reverse: bool) -> str:
    titles = _TITLES[column.id]
    title = titles[1] if look.ascii_only or column.width < len(titles[0]) else titles[0]
    if column.id is sort:
        mark = ("v" if reverse else "^") if look.ascii_only else ("▼" if reverse else "▲")
        title = mark + title if len(title) < column.width else mark + title[: column.width - 1]
    align = "left" if column.id in _LEFT else "right"
    return fit(title, column.width, align=align, ellipsis="")  # type: ignore[arg-type]
