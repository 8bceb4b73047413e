"""The list's columns where a user chose them, or scrolled: each as wide as wished, none cut. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tuivm.model.column import ColumnWish, SortColumn

NATURAL: dict[SortColumn, int] = {
    SortColumn.STATE: 7,
    SortColumn.NAME: 12,
    SortColumn.CPU: 11,
    SortColumn.MEMORY: 15,
    SortColumn.VCPUS: 4,
    SortColumn.DISK: 9,
    SortColumn.NET: 9,
    SortColumn.UPTIME: 6,
    SortColumn.AUTOSTART: 4,
    SortColumn.MEMORY_PERCENT: 4,
    SortColumn.RSS: 4,
    SortColumn.WAIT: 4,
    SortColumn.DISK_READ: 5,
    SortColumn.DISK_WRITE: 5,
    SortColumn.OPS: 5,
    SortColumn.NET_RX: 4,
    SortColumn.NET_TX: 4,
    SortColumn.TITLE: 20,
    SortColumn.TAGS: 16,
    SortColumn.SNAPSHOTS: 4,
    SortColumn.ID: 5,
    SortColumn.HOST: 20,
}
"""Cells of a column whose width nobody chose; the name takes what is left over, too."""
_LEAST = {
    SortColumn.STATE: 1,
    SortColumn.NAME: 4,
    SortColumn.CPU: 4,
    SortColumn.MEMORY: 9,
    SortColumn.TITLE: 4,
    SortColumn.TAGS: 4,
    SortColumn.HOST: 4,
    SortColumn.UPTIME: 5,
}
_FIGURES = {SortColumn.CPU: 4, SortColumn.MEMORY: 9}
_PICTURE = 3
"""Cells of the smallest sparkline or bar, with the blank behind it."""


def least(column: SortColumn) -> int:
    """Return the cells below which a column would cut its figures."""
    return _LEAST.get(column, NATURAL[column])


def width_of_wish(wish: ColumnWish) -> int:
    """Return the cells a column gets."""
    return max(wish.width, least(wish.id)) if wish.width else NATURAL[wish.id]


def picture_in(column: SortColumn, width: int) -> int:
    """Return how many cells of a column its sparkline or bar has."""
    room = width - _FIGURES.get(column, width)
    return room if room >= _PICTURE else 0


def with_name(wishes: Sequence[ColumnWish]) -> tuple[ColumnWish, ...]:
    """Return the columns with the name among them, without which nobody knows what a row is."""
    if any(wish.id is SortColumn.NAME for wish in wishes):
        return tuple(wishes)
    at = 1 if wishes and wishes[0].id is SortColumn.STATE else 0
    return (*wishes[:at], ColumnWish(SortColumn.NAME), *wishes[at:])


def in_sight(
    wishes: Sequence[ColumnWish], room: int, skip: int
) -> tuple[list[tuple[SortColumn, int]], int, int]:
    """Choose the columns that ``room`` cells can show, the first ``skip`` of those that scroll left out.

    The columns up to the name stay while they leave half of the room, else the name alone does. Returns the
    columns with their widths, and how many are out of sight on the left and on the right.
    """
    wishes = _fitted(with_name(wishes), room)
    at = next(index for index, wish in enumerate(wishes) if wish.id is SortColumn.NAME)
    stays = wishes[: at + 1]
    if sum(width_of_wish(wish) + 1 for wish in stays) > max(room // 2, 20):
        stays = wishes[at : at + 1]
    if skip <= 0:
        before, rest = 0, list(wishes)
    else:
        others = [wish for wish in wishes if wish not in stays]
        before = min(skip, max(len(others) - 1, 0))
        rest = [*stays, *others[before:]]
    taken: list[tuple[SortColumn, int]] = []
    left = room
    for wish in rest:
        width = width_of_wish(wish)
        if width > left:
            break
        taken.append((wish.id, width))
        left -= width + 1
    spare = max(left + 1, 0)
    widened = [
        (column, width + spare if column is SortColumn.NAME and not _has_width(wishes) else width)
        for column, width in taken
    ]
    return widened or [(SortColumn.NAME, max(room, 1))], before, len(rest) - len(taken)


def _fitted(wishes: tuple[ColumnWish, ...], room: int) -> tuple[ColumnWish, ...]:
    """Let a wide name leave half of the room to the others where not all fit."""
    if sum(width_of_wish(wish) + 1 for wish in wishes) <= room + 1:
        return wishes
    most = max(room // 2, NATURAL[SortColumn.NAME])
    return tuple(
        ColumnWish(wish.id, most) if wish.id is SortColumn.NAME and wish.width > most else wish
        for wish in wishes
    )


def _has_width(wishes: Sequence[ColumnWish]) -> bool:
    return any(wish.width for wish in wishes if wish.id is SortColumn.NAME)
