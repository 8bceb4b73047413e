"""What snapshots take on this machine, where their files can be read."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from tuivm.model.snapshot import Snapshot


def with_sizes(snapshots: Iterable[Snapshot]) -> list[Snapshot]:
    """The same with their sizes: of an internal one its memory, of an external one its overlays and memory.

    What the disks of an internal one hold beyond the present is not told by the image.
    """
    known: dict[str, dict[str, int]] = {}
    return [replace(one, size=_external(one) if one.external else _internal(one, known)) for one in snapshots]


def _internal(one: Snapshot, known: dict[str, dict[str, int]]) -> int | None:
    total = 0
    for image in {disk.source for disk in one.disks if disk.place == "internal" and disk.source}:
        if image not in known:
            known[image] = _memories(image)
        total += known[image].get(one.name, 0)
    return total or None


def _external(one: Snapshot) -> int | None:
    """None where a file is not to be seen; of the two overlays that a revert leaves, one may be gone."""
    groups = [disk.overlays for disk in one.disks] + ([(one.memory_file,)] if one.memory_file else [])
    found = [[size for path in group if (size := _taken(path)) is not None] for group in groups if group]
    return sum(map(sum, found)) if found and all(found) else None


def _taken(path: str) -> int | None:
    with suppress(OSError, ValueError):
        return Path(path).stat().st_blocks * 512
    return None


def _memories(image: str) -> dict[str, int]:
    """Bytes of memory of each internal snapshot of an image; empty where it cannot be read."""
    from tuivm.hypervisor.qcow2 import read_header  # not loaded until the first list is there

    with suppress(OSError, ValueError):
        return {kept.name: kept.memory for kept in read_header(Path(image)).snapshots}
    return {}
