"""What belongs to a domain, and what of it is to be removed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tuivm.model.domain import DomainKey


class PartKind(StrEnum):
    """What a part of a domain is."""

    DEFINITION = "definition"
    SAVED = "saved state"
    SNAPSHOTS = "snapshots"
    CHECKPOINTS = "checkpoints"
    NVRAM = "NVRAM"
    TPM = "TPM"
    DISK = "disk"
    BACKING = "backing file"
    OVERLAY = "snapshot file"
    FOLDER = "folder"

    @property
    def is_storage(self) -> bool:
        """Whether it holds what a guest wrote, and is removed by itself, after the definition."""
        return self in (PartKind.DISK, PartKind.BACKING, PartKind.OVERLAY)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that can go, or must stay, when a domain is deleted."""

    id: str
    """Unique within the domain (``definition``, ``disk:vda``)."""
    kind: PartKind
    """What it is."""
    label: str = ""
    """Which one: target of a disk, name of a snapshot; hostile data."""
    path: str = ""
    """Its file, device or network name; empty where it has none or none is told. Hostile data."""
    pool: str = ""
    """libvirt's storage pool it belongs to; empty when it is in none."""
    volume: str = ""
    """Its name in that pool."""
    size: int | None = None
    """Bytes taken on the host; None where that cannot be known."""
    format: str = ""
    """Image format (``qcow2``, ``raw``)."""
    note: str = ""
    """What to know about it, a few words."""
    chosen: bool = False
    """Whether it is proposed."""
    required: bool = False
    """Whether it goes with the definition without a choice: libvirt insists."""
    spare: bool = False
    """Whether "all disks" leaves it out: media and what is only read."""
    refused: str = ""
    """Why it is never removed; empty when it may be. Names who else uses it."""
    needs: tuple[str, ...] = ()
    """Ids of the parts that are built on this one: it goes only together with them, and after them."""
    stamp: str = ""
    """Which file it was when it was listed (device, inode, and when it changed last unless the domain ran):
    what it is later begins with it. Empty where files cannot be looked at."""


@dataclass(frozen=True, slots=True)
class Belongings:
    """Everything that belongs to a domain."""

    key: DomainKey
    """The domain."""
    name: str
    """Its name; hostile data."""
    active: bool
    """Whether it runs, and must be off first."""
    persistent: bool
    """Whether it has a definition; without one it is gone as soon as it is off."""
    parts: tuple[Part, ...]
    """The definition first, disks in the XML's order, each followed by what it builds on."""
    xml: str = ""
    """The definition, without secrets."""

    def part(self, id_: str) -> Part | None:
        """The part of that id."""
        return next((part for part in self.parts if part.id == id_), None)


@dataclass(frozen=True, slots=True)
class Removal:
    """What the user agreed to remove."""

    parts: tuple[Part, ...]
    """As they were listed; the definition is always among them."""
    force_off: bool = False
    """Whether a domain that runs is forced off first."""

    @property
    def storage(self) -> tuple[Part, ...]:
        """What holds data of a guest: what is built on others before these, so that a failure breaks none."""
        waiting = [part for part in self.parts if part.kind.is_storage]
        chosen = {part.id for part in waiting}
        ordered: list[Part] = []
        placed: set[str] = set()
        while waiting:
            free = [part for part in waiting if not (set(part.needs) & chosen) - placed]
            # A ring cannot be: what is built on itself is refused beforehand. It must not hang all the same.
            following = free[0] if free else waiting[0]
            waiting.remove(following)
            ordered.append(following)
            placed.add(following.id)
        return tuple(ordered)

    def has(self, kind: PartKind) -> bool:
        """Whether something of that kind goes."""
        return any(part.kind is kind for part in self.parts)
