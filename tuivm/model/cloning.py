"""What a clone of a domain is made of: its disks, what becomes of each, and where copies go."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tuivm.model.domain import DomainKey


class Way(StrEnum):
    """What becomes of a disk."""

    COPY = "copied"
    SHARE = "shared"
    OMIT = "left out"


@dataclass(frozen=True, slots=True)
class CloneDisk:
    """A disk of the domain to be cloned."""

    target: str
    """Its device name in the guest (``vda``); hostile data, as every word here."""
    path: str = ""
    """File, device or network name; empty for an empty drive."""
    pool: str = ""
    """libvirt's storage pool it lies in; empty for none."""
    volume: str = ""
    """Its name in that pool."""
    device: str = "disk"
    """``disk``, ``cdrom``, ``floppy``, ``lun``."""
    format: str = ""
    """Image format (``qcow2``, ``raw``)."""
    readonly: bool = False
    """Whether the guest only reads it."""
    shareable: bool = False
    """Whether it is marked for use by several domains."""
    capacity: int | None = None
    """Bytes that the guest sees; None where not known."""
    allocation: int | None = None
    """Bytes it takes on the host; None where not known."""
    needed: int | None = None
    """Bytes a copy takes, with what it is built on; None where not known. That of a compressed image takes
    more."""
    below: tuple[str, ...] = ()
    """Paths of what it is built on, nearest first: a copy holds that too, and is built on nothing."""
    place: str = ""
    """Where its copy goes, in words: ``pool default``, or a folder."""
    folder: str = ""
    """The folder of its copy; empty where the pool has none."""
    room: str = ""
    """What free space its copy takes from: the same for all that share one."""
    free: int | None = None
    """Bytes free there; None where not known."""
    names: frozenset[str] = frozenset()
    """Names that are taken there."""
    refused: str = ""
    """Why it cannot be copied; empty when it can."""
    stoppable: bool = False
    """Whether a copy under way can be stopped at once: libvirt has no way to, a program of our own has."""
    stamp: str = ""
    """Which file it is, and when it was written last; empty where files cannot be looked at."""

    @property
    def is_medium(self) -> bool:
        """Whether it is a removable medium."""
        return self.device in ("cdrom", "floppy")


@dataclass(frozen=True, slots=True)
class CloneFacts:
    """What there is to know before a domain is cloned."""

    key: DomainKey
    """The domain."""
    name: str
    """Its name."""
    active: bool = False
    """Whether it runs."""
    saved: bool = False
    """Whether it has a saved state, which is not cloned."""
    disks: tuple[CloneDisk, ...] = ()
    """In the XML's order."""
    taken: frozenset[str] = frozenset()
    """Names of all domains."""
    notes: tuple[str, ...] = ()
    """What both will have in common, and what the clone will not have; a sentence each."""

    def disk(self, target: str) -> CloneDisk | None:
        """The disk of that target."""
        return next((disk for disk in self.disks if disk.target == target), None)


@dataclass(frozen=True, slots=True)
class DiskCopy:
    """One copy to be made."""

    source: CloneDisk
    """Of what."""
    name: str
    """Name of the new file or volume."""

    @property
    def path(self) -> str:
        """Where it will be; only the name where the pool has no folder."""
        return f"{self.source.folder}/{self.name}" if self.source.folder else self.name


@dataclass(frozen=True, slots=True)
class Clone:
    """The clone that the user agreed to."""

    name: str
    """Its name."""
    copies: tuple[DiskCopy, ...] = ()
    """Disks that are copied."""
    shared: tuple[CloneDisk, ...] = ()
    """Disks that both will have."""
    left_out: tuple[CloneDisk, ...] = ()
    """Disks that the clone will not have."""

    @property
    def needed(self) -> int:
        """Bytes that the copies take, as far as that is known."""
        return sum(copy.source.needed or 0 for copy in self.copies)


@dataclass(frozen=True, slots=True)
class Made:
    """A copy that was made, or begun."""

    copy: DiskCopy
    """Which."""
    path: str
    """Where it is."""
    stamp: str = ""
    """Which file it is on this machine (device and inode); empty where files cannot be looked at."""
