"""Which snapshots become worthless when an image is written below them. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from tuivm.model.detail import Detail
from tuivm.model.snapshot import Snapshot


def ruined_by_writing(detail: Detail, images: Iterable[str]) -> list[Snapshot]:
    """Snapshots that need one of ``images`` to stay as it is.

    An overlay holds only what differs from the image below. When that is written, every overlay on it is
    worthless, and with it what lies in the overlay (internal snapshots) or on it (further overlays).
    """
    changed = set(images)
    while True:
        above = {
            overlay
            for one in detail.snapshots
            for disk in one.disks
            if disk.place == "external" and disk.source in changed
            for overlay in disk.overlays
        }
        if above <= changed:
            break
        changed |= above
    written = set(images)
    return [
        one
        for one in detail.snapshots
        if any(
            (disk.place == "external" and disk.source in changed)
            or (disk.place == "internal" and disk.source in changed - written)
            for disk in one.disks
        )
    ]


def inside(detail: Detail, images: Iterable[str]) -> list[Snapshot]:
    """Internal snapshots that lie in one of ``images``."""
    wanted = set(images)
    return [
        one
        for one in detail.snapshots
        if any(disk.place == "internal" and disk.source in wanted for disk in one.disks)
    ]
