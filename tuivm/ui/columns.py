"""Which columns of the domain list fit a width, and how wide each one is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from tuivm.model.column import ColumnWish, SortColumn
from tuivm.ui.chosen_columns import in_sight, picture_in

MIN_NAME = 12
"""Cells the name always keeps while anything else is shown."""
GUTTER = 1
"""Cells left of the first column (the cursor's sign)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column as it will be drawn."""

    id: SortColumn
    """What it shows, and what a click on its title sorts by."""
    x: int
    """First cell."""
    width: int
    """Cells, without the gap after it."""
    picture: int = 0
    """Cells of ``width`` the sparkline (CPU) or the bar (memory) takes, 0 for figures alone."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The columns for one width."""

    width: int
    """Cells of the row, gutter included."""
    columns: tuple[Column, ...]
    """From left to right."""
    before: int = 0
    """Columns that are scrolled out of sight on the left."""
    after: int = 0
    """Columns for which there is no room on the right."""
    is_chosen: bool = False
    """Whether a user chose the columns, or scrolled them."""

    def at(self, x: int) -> Column | None:
        """Return the column under cell ``x``; the gap after a column belongs to it."""
        found = None
        for column in self.columns:
            if column.x <= x:
                found = column
        return found

    def has(self, column: SortColumn) -> bool:
        """Tell whether ``column`` is shown."""
        return any(shown.id is column for shown in self.columns)


_ORDER = (
    SortColumn.STATE,
    SortColumn.NAME,
    SortColumn.CPU,
    SortColumn.MEMORY,
    SortColumn.VCPUS,
    SortColumn.DISK,
    SortColumn.NET,
    SortColumn.UPTIME,
    SortColumn.AUTOSTART,
)
_FIGURES = {
    SortColumn.STATE: 7,
    SortColumn.CPU: 4,
    SortColumn.MEMORY: 9,
    SortColumn.VCPUS: 4,
    SortColumn.DISK: 9,
    SortColumn.NET: 9,
    SortColumn.UPTIME: 5,
    SortColumn.AUTOSTART: 4,
}
_WISHES: tuple[tuple[SortColumn, int], ...] = (
    (SortColumn.CPU, 0),
    (SortColumn.MEMORY, 0),
    (SortColumn.CPU, 6),
    (SortColumn.DISK, 0),
    (SortColumn.NET, 0),
    (SortColumn.UPTIME, 0),
    (SortColumn.VCPUS, 0),
    (SortColumn.MEMORY, 5),
    (SortColumn.AUTOSTART, 0),
)
"""What is added to state and name while there is room, the most wanted first: a column, or the sparkline
or bar of one (its cells with the blank before the figures)."""
_MAX_PICTURE = {SortColumn.CPU: 40, SortColumn.MEMORY: 20}
_WIDE_STATE = 10
_SIGN_ONLY = 1


AUTOMATIC = tuple(ColumnWish(column) for column in _ORDER)
"""The columns that are shown where nobody chose any, as far as there is room."""


@lru_cache(maxsize=256)
def plan(width: int, wishes: tuple[ColumnWish, ...] = (), skip: int = 0) -> Plan:
    """Plan the columns for a row of ``width`` cells: those wished for, or the automatic ones for none.

    ``skip`` is how many columns beside the name are scrolled out of sight.
    """
    if not wishes and skip <= 0:
        return _automatic(width)
    shown, before, after = in_sight(wishes or AUTOMATIC, max(width - GUTTER, 1), skip)
    x = GUTTER
    placed = []
    for column, cells in shown:
        placed.append(Column(column, x, cells, picture_in(column, cells)))
        x += cells + 1
    return Plan(width, tuple(placed), before, after, is_chosen=True)


def _automatic(width: int) -> Plan:
    """Plan the columns where nobody chose any.

    Columns appear in the order of their use to the reader as the width grows; figures are never cut.
    Room beyond that goes to the name first, then to wider gaps, sparklines and bars.
    """
    widths: dict[SortColumn, int] = {SortColumn.STATE: _SIGN_ONLY}
    pictures: dict[SortColumn, int] = {}
    room = width - GUTTER - _SIGN_ONLY - 1 - MIN_NAME
    words = _FIGURES[SortColumn.STATE] - _SIGN_ONLY
    if room >= words:
        widths[SortColumn.STATE] += words
        room -= words
    else:
        return _counted(width, _place(max(MIN_NAME + room, 1), 1, widths, pictures))
    for column, picture in _WISHES:
        if picture and column not in widths:
            continue
        cost = picture or _FIGURES[column] + 1
        if cost > room:
            if picture:
                continue
            break
        room -= cost
        if picture:
            pictures[column] = picture
        else:
            widths[column] = _FIGURES[column]
    name, gap = _spread(room, widths, pictures)
    return _counted(width, _place(max(name, 1), gap, widths, pictures))


def _counted(width: int, placed: tuple[Column, ...]) -> Plan:
    return Plan(width, placed, after=len(_ORDER) - len(placed))


def _spread(room: int, widths: dict[SortColumn, int], pictures: dict[SortColumn, int]) -> tuple[int, int]:
    """Share out what is left over and return the name's width and the gap between columns."""
    name, gap = MIN_NAME, 1

    def take(wanted: int) -> int:
        nonlocal room
        taken = max(min(wanted, room), 0)
        room -= taken
        return taken

    name += take(4)
    if SortColumn.CPU in pictures:
        pictures[SortColumn.CPU] += take(6)
    if room >= len(widths):
        gap += 1
        take(len(widths))
    words = _WIDE_STATE - widths[SortColumn.STATE]
    if room >= words:
        widths[SortColumn.STATE] += take(words)
    if SortColumn.MEMORY in pictures:
        pictures[SortColumn.MEMORY] += take(3)
    name += take(8)
    for column, share in ((SortColumn.CPU, 0.4), (SortColumn.MEMORY, 0.4)):
        if column in pictures:
            more = min(int(room * share), _MAX_PICTURE[column] - pictures[column])
            pictures[column] += take(more)
    return name + room, gap


def _place(
    name: int, gap: int, widths: dict[SortColumn, int], pictures: dict[SortColumn, int]
) -> tuple[Column, ...]:
    x = GUTTER
    placed: list[Column] = []
    for column in _ORDER:
        picture = pictures.get(column, 0)
        width = name if column is SortColumn.NAME else widths.get(column, 0) + picture
        if width:
            placed.append(Column(column, x, width, picture))
            x += width + gap
    return tuple(placed)
