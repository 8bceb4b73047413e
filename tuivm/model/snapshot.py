"""Snapshots: what exists, what is asked for, and what is known before acting."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

SAFETY_PREFIX = "before-revert-"
"""How the names of safety snapshots begin; ``YYYYmmdd-HHMMSS`` follows."""


class SnapshotKind(StrEnum):
    """Where a new snapshot is to be kept."""

    INTERNAL = "internal"
    """In the disks' own qcow2 files; of a running domain always with its memory."""
    DISK_ONLY = "disk-only"
    """The disks alone: what is written from now on goes to overlay files."""
    EXTERNAL = "external"
    """As ``disk-only``, on disks that are chosen, and with the memory in a file of its own if wanted."""


class DeleteScope(StrEnum):
    """What is deleted with a snapshot."""

    ONE = "one"
    """The snapshot alone; its children go on with its parent."""
    TREE = "tree"
    """The snapshot and all that grew from it."""
    CHILDREN = "children"
    """All that grew from it, but not the snapshot."""


@dataclass(frozen=True, slots=True)
class SnapshotDisk:
    """What a snapshot did with one disk."""

    target: str
    """Device name in the guest (``vda``)."""
    place: str
    """``internal``, ``external``, ``manual`` or ``no``."""
    source: str = ""
    """The image that the disk had when it was taken: an internal snapshot lies in it, an overlay on it."""
    overlay: str = ""
    """The file that takes what was written since an external snapshot; empty for others."""
    reverted: str = ""
    """A second overlay on the same image, made by going back to an external snapshot; empty for none."""

    @property
    def overlays(self) -> tuple[str, ...]:
        """The files that may hold what was written since; the first may be gone after a revert."""
        return tuple(path for path in (self.overlay, self.reverted) if path)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot of a domain."""

    name: str
    """libvirt's name: hostile data."""
    created: float
    """Unix seconds."""
    state: str = ""
    """State of the domain when taken (``running``, ``shutoff``, ``disk-snapshot``)."""
    parent: str | None = None
    """Name of the snapshot it grew from."""
    current: bool = False
    """Whether the domain's present state grew from this one."""
    description: str = ""
    """The user's words."""
    memory: bool = False
    """Whether the guest's memory is in it."""
    external: bool = False
    """Whether it lives in overlay files of its own."""
    disks: tuple[SnapshotDisk, ...] = ()
    """What it did with each disk; empty where the driver does not tell."""
    memory_file: str = ""
    """Where an external snapshot keeps the memory; empty for none."""
    size: int | None = None
    """Bytes it keeps on the host (memory, and what its overlays hold), where that can be known."""
    xml: str = field(default="", repr=False)
    """libvirt's XML of it."""

    @property
    def kind(self) -> str:
        """What it holds: ``disk``, ``disk+memory``, ``external``, ``external+memory``, ``memory``."""
        disks = any(disk.place in ("internal", "external", "manual") for disk in self.disks)
        if self.disks and not disks:
            return "memory" if self.memory else "nothing"
        return ("external" if self.external else "disk") + ("+memory" if self.memory else "")

    @property
    def mixed(self) -> bool:
        """Whether some of its disks are internal and others external."""
        return len({disk.place for disk in self.disks} & {"internal", "external"}) == 2

    @property
    def images(self) -> frozenset[str]:
        """The images that it is of use with: those it lies in, or the overlays it made."""
        inside = [disk.source for disk in self.disks if disk.place in ("internal", "manual") and disk.source]
        return frozenset((*inside, *(path for disk in self.disks for path in disk.overlays)))

    @property
    def safety(self) -> bool:
        """Whether it was taken by itself before a revert, and expires by the rule for those."""
        return self.name.startswith(SAFETY_PREFIX)


@dataclass(frozen=True, slots=True)
class SnapshotRequest:
    """A snapshot to take."""

    name: str
    """One line without a slash, not in use."""
    description: str = ""
    """Any words."""
    kind: SnapshotKind = SnapshotKind.INTERNAL
    """Where it is kept."""
    memory: bool = True
    """Whether the memory of an active domain is kept too (``disk-only`` never does)."""
    quiesce: bool = False
    """Whether the guest agent freezes the file systems for the moment; not together with memory."""
    disks: tuple[str, ...] = ()
    """Targets of the disks that take part; empty for all that are written."""
    left_out: tuple[str, ...] = ()
    """Targets of the disks that do not, where they are known: the equivalent command must name them."""
    memory_file: str = ""
    """Where an external snapshot puts the memory; empty for a file beside the first disk."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One image of a disk's chain."""

    path: str
    """File, block device, volume or network name."""
    format: str = ""
    """``qcow2``, ``raw``..."""
    capacity: int | None = None
    """Bytes the guest sees; None when not known."""
    allocation: int | None = None
    """Bytes it takes on the host; None when not known."""
    missing: bool = False
    """Whether it is known not to be there."""
    snapshots: tuple[str, ...] | None = None
    """Names of internal snapshots in it; None when they cannot be known."""
    users: tuple[str, ...] = ()
    """Other domains and images that build on it, in words."""


@dataclass(frozen=True, slots=True)
class DiskChain:
    """A disk and the images below it."""

    target: str
    """Device name in the guest (``vda``)."""
    layers: tuple[Layer, ...]
    """The image that is written first, the oldest base last."""
    note: str = ""
    """Why the chain could not be read to its end; empty when it could."""

    @property
    def can_merge(self) -> bool:
        """Whether there is an overlay to merge."""
        return len(self.layers) > 1


@dataclass(frozen=True, slots=True)
class Space:
    """Room at one place where disks lie."""

    place: str
    """Folder or pool."""
    free: int | None
    """Bytes; None when it cannot be known."""
    targets: tuple[str, ...] = ()
    """Disks that lie there."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How many snapshots of a domain are kept, and for how long. 0 is without limit."""

    keep: int = 0
    """Newest snapshots that the user took."""
    days: int = 0
    """Age at which a snapshot of the user's expires."""
    safety_keep: int = 3
    """Newest safety snapshots."""
    safety_days: int = 14
    """Age at which a safety snapshot expires."""


@dataclass(frozen=True, slots=True)
class SnapshotFacts:
    """What must be known of a domain to plan a snapshot, a revert, a deletion or a merge."""

    active: bool
    """Whether it runs or is paused."""
    persistent: bool = True
    """Whether it is defined."""
    memory: int = 0
    """Bytes of memory it has: the most that a snapshot with memory takes for it."""
    chains: tuple[DiskChain, ...] = ()
    """Its disks that are written."""
    space: tuple[Space, ...] = ()
    """Room where they lie."""
    agent: str = ""
    """Why the guest agent cannot quiesce; empty when it answers."""
    reverts_external: str = ""
    """Why this libvirt cannot revert to external snapshots; empty when it can."""
    deletes_external: str = ""
    """Why this libvirt cannot delete external snapshots; empty when it can."""
    retention: Retention = Retention()
    """What is kept."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an action would do, told before it is done."""

    kind_words: str
    """What it will be, in a few words (``internal, disk and memory``)."""
    needed: int | None = None
    """Bytes needed at most; None when that cannot be known."""
    free: int | None = None
    """Bytes free at the tightest place concerned; None when not known."""
    losses: tuple[str, ...] = ()
    """What will be lost, a sentence each."""
    warnings: tuple[str, ...] = ()
    """What to think of first (kinds that are mixed, files left behind, little room), a sentence each."""
    refusal: str = ""
    """Why it cannot be done, with the way out; empty when it can."""
    removes: tuple[str, ...] = ()
    """Names of the snapshots that go."""
