"""What the plans share: words and sums. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tuivm.model.detail import Detail, Disk
from tuivm.model.line import one_line
from tuivm.model.snapshot import SnapshotFacts
from tuivm.model.units import size

MIB = 1024**2
SCANT = 64 * MIB
"""Bytes free below which any writing to a disk there is at risk."""


def quoted(name: str) -> str:
    """A name from outside as one printable line in quotes."""
    return f"'{one_line(name)}'"


def and_list(names: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``; at most six are named."""
    known = list(names)
    if len(known) > 6:
        return f"{', '.join(known[:5])} and {len(known) - 5} more"
    return " and ".join(part for part in (", ".join(known[:-1]), *known[-1:]) if part)


def disks_named(detail: Detail, targets: Sequence[str]) -> list[Disk]:
    """The disks that are written, or those of them that are named."""
    written = [disk for disk in detail.description.disks if disk.written]
    return [disk for disk in written if not targets or disk.target in targets]


def free_at(facts: SnapshotFacts, targets: Sequence[str]) -> int | None:
    """Bytes free at the tightest place where one of ``targets`` lies; None when not known."""
    places = [one.free for one in facts.space if not targets or set(one.targets) & set(targets)]
    known = [free for free in places if free is not None]
    return min(known, default=None)


def room_warning(needed: int | None, free: int | None) -> list[str]:
    """What to think of when there is little room."""
    if free is None or needed is None:
        return []
    if needed > free:
        return [
            f"It may need {size(needed)}, and {size(free)} is free: it would fail then, and change nothing."
        ]
    if free - needed < SCANT:
        left = size(max(0, free - needed))
        return [f"Only {left} may be left: a guest that can write no more stands still."]
    return []


def kinds(detail: Detail) -> set[str]:
    """Which of ``internal`` and ``external`` its snapshots are."""
    found = set()
    for one in detail.snapshots:
        found |= {disk.place for disk in one.disks if disk.place in ("internal", "external")}
        if not one.disks:
            found.add("external" if one.external else "internal")
    return found
