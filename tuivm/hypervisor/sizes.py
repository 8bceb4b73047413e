"""What snapshots take on this machine, where their files can be read."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from tuivm.hypervisor.qcow2 import read_header
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
    files = [file for file in (*(disk.overlay for disk in one.disks), one.memory_file) if file]
    sizes = []
    for file in files:
        with suppress(OSError, ValueError):
            sizes.append(Path(file).stat().st_blocks * 512)
    return sum(sizes) if files and len(sizes) == len(files) else None


def _memories(image: str) -> dict[str, int]:
    """Bytes of memory of each internal snapshot of an image; empty where it cannot be read."""
    with suppress(OSError, ValueError):
        return {kept.name: kept.memory for kept in read_header(Path(image)).snapshots}
    return {}
