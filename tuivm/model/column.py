"""What the list of domains can show and be ordered by, and the columns that a user chose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

WIDEST = 80
"""Cells a column may be given."""
MOST = 64
"""Columns that are read of a choice."""
_SHOWN = 30
_WORD = re.compile(r"([a-z][a-z-]*)(?::(\d{1,3}))?")


class SortColumn(StrEnum):
    """A column of the list; its value is its name in configuration and palette."""

    NAME = "name"
    STATE = "state"
    CPU = "cpu"
    MEMORY = "memory"
    VCPUS = "vcpus"
    DISK = "disk"
    NET = "net"
    UPTIME = "uptime"
    AUTOSTART = "autostart"
    MEMORY_PERCENT = "memory-percent"
    RSS = "rss"
    WAIT = "wait"
    DISK_READ = "disk-read"
    DISK_WRITE = "disk-write"
    OPS = "ops"
    NET_RX = "net-rx"
    NET_TX = "net-tx"
    TITLE = "title"
    TAGS = "tags"
    SNAPSHOTS = "snapshots"
    ID = "id"
    HOST = "host"

    @property
    def largest_first(self) -> bool:
        """Whether a user who picks this column wants the largest value on top."""
        return self not in _WORDS

    @property
    def is_restless(self) -> bool:
        """Whether its values change at every reading."""
        return self in _RESTLESS


_WORDS = frozenset(
    {SortColumn.NAME, SortColumn.STATE, SortColumn.TITLE, SortColumn.TAGS, SortColumn.HOST, SortColumn.ID}
)
_RESTLESS = frozenset(
    {
        SortColumn.CPU,
        SortColumn.MEMORY,
        SortColumn.MEMORY_PERCENT,
        SortColumn.RSS,
        SortColumn.WAIT,
        SortColumn.DISK,
        SortColumn.DISK_READ,
        SortColumn.DISK_WRITE,
        SortColumn.OPS,
        SortColumn.NET,
        SortColumn.NET_RX,
        SortColumn.NET_TX,
    }
)


class Grouping(StrEnum):
    """What the members of a group have in common."""

    NONE = "none"
    TAG = "tag"
    HOST = "host"
    STATE = "state"


HELP: dict[SortColumn, str] = {
    SortColumn.NAME: "name, signs of a lock and of its console",
    SortColumn.STATE: "power state, or what is being done",
    SortColumn.CPU: "share of its vCPUs in use",
    SortColumn.MEMORY: "memory used, of that given",
    SortColumn.VCPUS: "virtual CPUs",
    SortColumn.DISK: "bytes read and written a second",
    SortColumn.NET: "bytes received and sent a second",
    SortColumn.UPTIME: "time since it was started",
    SortColumn.AUTOSTART: "started with the host",
    SortColumn.MEMORY_PERCENT: "memory used, in percent of that given",
    SortColumn.RSS: "memory that the host holds for it",
    SortColumn.WAIT: "share of time its vCPUs waited for the host",
    SortColumn.DISK_READ: "bytes read a second",
    SortColumn.DISK_WRITE: "bytes written a second",
    SortColumn.OPS: "disk requests a second",
    SortColumn.NET_RX: "bytes received a second",
    SortColumn.NET_TX: "bytes sent a second",
    SortColumn.TITLE: "title",
    SortColumn.TAGS: "tags",
    SortColumn.SNAPSHOTS: "whether it has snapshots",
    SortColumn.ID: "libvirt's number while it runs",
    SortColumn.HOST: "connection it was found on",
}
"""What each column shows, in a few words."""


@dataclass(frozen=True, slots=True)
class ColumnWish:
    """A column that a user wants to see."""

    id: SortColumn
    """Which."""
    width: int = 0
    """Cells, 1..WIDEST; 0 for as many as it needs."""

    def __str__(self) -> str:
        return f"{self.id.value}:{self.width}" if self.width else self.id.value


def understand(words: Iterable[object]) -> tuple[tuple[ColumnWish, ...], tuple[str, ...]]:
    """Read columns as they are written: ``cpu``, or ``name:20`` with a width in cells.

    Returns the columns, none twice, and in words what of the rest is wrong: a name that there is not (any
    more), a width that cannot be. Never raises.
    """
    wishes: dict[SortColumn, ColumnWish] = {}
    problems: list[str] = []
    for word in [*words][:MOST]:
        shown = repr(word)[:_SHOWN]
        found = _WORD.fullmatch(word) if isinstance(word, str) else None
        if found is None or found[1] not in _NAMES:
            problems.append(f"there is no column {shown}")
            continue
        width = int(found[2] or 0)
        if found[2] and not 1 <= width <= WIDEST:
            problems.append(f"{shown}: a column has 1 to {WIDEST} cells")
            continue
        column = SortColumn(found[1])
        wishes.setdefault(column, ColumnWish(column, width))
    return tuple(wishes.values()), tuple(problems)


_NAMES = frozenset(column.value for column in SortColumn)
