"""The building: what the machines of a host share, and what is known of its load, memory and stores.

A figure that cannot be had is None or missing, and :class:`Unseen` says why: what is not known is told as
not known, never taken for good or for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from tuivm.model.domain import DomainKey

if TYPE_CHECKING:
    from tuivm.model.host import Host
    from tuivm.model.room import Room

_NO_ROOMS: Mapping[DomainKey, Room] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Unseen:
    """Something that could not be looked at."""

    what: str
    """What: ``pressure``, ``memory merging``, ``storage pools``..."""
    why: str
    """Why not, one line."""


class Resource(StrEnum):
    """What machines wait for, as the kernel tells pressure."""

    CPU = "cpu"
    MEMORY = "memory"
    IO = "io"


@dataclass(frozen=True, slots=True)
class Pressure:
    """Share of the time in which something had to wait for a resource, percent 0..100."""

    some: float
    """At least one task waited, over the last 10 s."""
    some_long: float
    """The same over the last 300 s."""
    full: float = 0.0
    """Nothing could run at all, over the last 10 s; 0 where the kernel does not tell."""


@dataclass(frozen=True, slots=True)
class Merging:
    """Pages of equal content that the kernel keeps once (KSM)."""

    on: bool | None
    """Whether it looks for such pages; None when not told."""
    shared: int
    """Bytes that are kept."""
    saved: int
    """Bytes that are not needed because of it."""


@dataclass(frozen=True, slots=True)
class Pool:
    """A storage pool."""

    name: str
    """Its name; hostile data."""
    active: bool
    """Whether it can be used."""
    capacity: int
    """Bytes."""
    free: int
    """Bytes that are left."""
    promised: int | None
    """Bytes that its volumes may grow to in all; None while they are not all known."""
    volumes: int = 0
    """How many volumes it has."""

    @property
    def ratio(self) -> float | None:
        """Bytes promised for each byte there is; None when not known."""
        return self.promised / self.capacity if self.promised is not None and self.capacity > 0 else None


@dataclass(frozen=True, slots=True)
class Cell:
    """A NUMA node."""

    id: int
    """Its number."""
    cpus: int
    """Logical CPUs."""
    memory: int
    """Bytes."""
    free: int | None
    """Bytes not used; None when not told."""


@dataclass(frozen=True, slots=True)
class HugePages:
    """Huge pages of one size that were set aside."""

    size: int
    """Bytes of a page."""
    total: int
    """How many were set aside."""
    free: int
    """How many of them nobody uses."""


class Cure(StrEnum):
    """What becomes of a weakness of the processor."""

    NONE_NEEDED = "not affected"
    MITIGATED = "mitigated"
    VULNERABLE = "vulnerable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Weakness:
    """A weakness of the host's processor, as its kernel tells."""

    name: str
    """The kernel's name: ``spectre_v2``."""
    cure: Cure
    """What becomes of it."""
    words: str
    """The kernel's words, one line."""


@dataclass(frozen=True, slots=True)
class Network:
    """A virtual network of libvirt."""

    name: str
    """Its name; hostile data."""
    bridge: str
    """Its bridge on the host; empty without one."""
    forward: str
    """``nat``, ``route``, ``open``, ``bridge``...; empty for one that leads nowhere else."""
    active: bool
    """Whether it is up."""


@dataclass(frozen=True, slots=True)
class Building:
    """What one look at a host found. Machines' own figures are the inventory's."""

    host: Host | None = None
    """Which host, as it was when the connection was made; None where nobody asked."""
    load: tuple[float, float, float] | None = None
    """Mean number of tasks that ran or waited, over 1, 5 and 15 minutes."""
    pressure: Mapping[Resource, Pressure] = field(default_factory=lambda: MappingProxyType({}))
    """By resource; what is missing is not known."""
    merging: Merging | None = None
    """Memory merging; None when not known."""
    pools: tuple[Pool, ...] | None = None
    """Storage pools by name; None when not known."""
    cells: tuple[Cell, ...] = ()
    """NUMA nodes; none when not known."""
    hugepages: tuple[HugePages, ...] = ()
    """Sizes of which any were set aside."""
    weaknesses: tuple[Weakness, ...] = ()
    """Of the processor; none when not known."""
    nested: bool | None = None
    """Whether KVM lets guests run guests of their own; None when not known."""
    iommu: bool | None = None
    """Whether devices are kept to the memory that is theirs; None when not known."""
    models: tuple[str, ...] | None = None
    """Security drivers of libvirt that confine (``apparmor``, ``selinux``); None when not known."""
    networks: tuple[Network, ...] | None = None
    """Virtual networks; None when not known."""
    rooms: Mapping[DomainKey, Room] = field(default_factory=lambda: _NO_ROOMS)
    """What was read of each machine's walls."""
    unread: int = 0
    """Machines and volumes that are still to be read: the next look goes on with them."""
    local: bool = False
    """Whether the host's own files could be looked at."""
    unseen: tuple[Unseen, ...] = ()
    """What could not be looked at, and why."""
