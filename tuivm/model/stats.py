"""Counters, the rates made of them, and the ring of samples that is the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tuivm.model.domain import DomainKey, State
from tuivm.model.series import Series

_NO_FIGURES: Mapping[Series, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class DiskCounters:
    """One block device."""

    name: str
    """Target (``vda``)."""
    read_bytes: int
    """Total bytes read."""
    write_bytes: int
    """Total bytes written."""
    capacity: int | None = None
    """Virtual size, bytes."""
    allocation: int | None = None
    """Bytes occupied on the host."""


@dataclass(frozen=True, slots=True)
class NicCounters:
    """One interface."""

    name: str
    """Host side device (``vnet0``)."""
    rx_bytes: int
    """Total bytes received by the guest."""
    tx_bytes: int
    """Total bytes sent by the guest."""


@dataclass(frozen=True, slots=True)
class Counters:
    """Raw counters of one domain at one moment, as the bulk call gives them."""

    key: DomainKey
    """Whose."""
    name: str
    """The domain's name now (a rename shows here first)."""
    time: float
    """Monotonic seconds when the sample was taken."""
    state: State
    """State at that moment."""
    reason: str = ""
    """Reason of the state."""
    id: int | None = None
    """libvirt's id while active; a new id means that it was restarted."""
    vcpus: int = 0
    """Current virtual CPUs; 0 when not told."""
    cpu_time: int | None = None
    """CPU time used since start, nanoseconds."""
    memory: int | None = None
    """Balloon's current size, bytes."""
    memory_max: int | None = None
    """Maximum memory, bytes."""
    guest_available: int | None = None
    """Memory the guest's kernel sees, bytes (``balloon.available``)."""
    guest_unused: int | None = None
    """Memory the guest leaves wholly unused, bytes (``balloon.unused``)."""
    guest_usable: int | None = None
    """Memory the guest could use without swapping, bytes (``balloon.usable``)."""
    rss: int | None = None
    """Resident memory of the hypervisor process on the host, bytes."""
    disks: tuple[DiskCounters, ...] = ()
    """Block devices."""
    nics: tuple[NicCounters, ...] = ()
    """Interfaces."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Rates of one domain over the last interval. None is a gap: not told, or not yet two readings."""

    time: float
    """Monotonic seconds."""
    cpu: float | None = None
    """Percent of all its vCPUs, 0..100."""
    memory_used: int | None = None
    """Bytes in use: the guest's own view where the balloon reports, else host resident memory."""
    memory_given: int | None = None
    """Bytes given (balloon size)."""
    memory_is_guest: bool = False
    """True when memory_used is the guest's own view."""
    disk_read: float | None = None
    """Bytes a second, all disks."""
    disk_write: float | None = None
    """Bytes a second, all disks."""
    net_rx: float | None = None
    """Bytes a second received by the guest."""
    net_tx: float | None = None
    """Bytes a second sent by the guest."""
    more: Mapping[Series, float] = field(default_factory=lambda: _NO_FIGURES)
    """Everything else that was told, by series: the parts (vCPUs, disks, interfaces) and further metrics."""
