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
    read_requests: int | None = None
    """Total read requests done."""
    write_requests: int | None = None
    """Total write requests done."""
    read_time: int | None = None
    """Nanoseconds that all reads took, one after the other."""
    write_time: int | None = None
    """Nanoseconds that all writes took."""
    flush_requests: int | None = None
    """Total flushes done."""
    flush_time: int | None = None
    """Nanoseconds that all flushes took."""


@dataclass(frozen=True, slots=True)
class NicCounters:
    """One interface."""

    name: str
    """Host side device (``vnet0``)."""
    rx_bytes: int
    """Total bytes received by the guest."""
    tx_bytes: int
    """Total bytes sent by the guest."""
    rx_packets: int | None = None
    """Total packets received by the guest."""
    tx_packets: int | None = None
    """Total packets sent by the guest."""
    rx_lost: int | None = None
    """Packets to the guest that were dropped or damaged."""
    tx_lost: int | None = None
    """Packets from the guest that were dropped or damaged."""


@dataclass(frozen=True, slots=True)
class VcpuCounters:
    """One virtual CPU."""

    number: int
    """Which, from 0."""
    time: int
    """Nanoseconds it ran."""
    wait: int | None = None
    """Nanoseconds it could have run but waited for a processor of the host."""


@dataclass(frozen=True, slots=True)
class CostlyCounters:
    """What takes a look at each vCPU or a question to the emulator, and is therefore read less often."""

    time: float
    """Monotonic seconds when it was read; the same in two readings when it was not read anew."""
    vcpus: tuple[VcpuCounters, ...] = ()
    """Virtual CPUs that are online."""
    dirty_rate: int | None = None
    """Bytes of memory a second that the guest changes, as last measured; None when it never was."""


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
    cpu_user: int | None = None
    """The part of it outside the host's kernel, nanoseconds."""
    cpu_system: int | None = None
    """The part of it within the host's kernel, nanoseconds."""
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
    guest_cache: int | None = None
    """Memory the guest uses for its file cache, bytes."""
    swap_in: int | None = None
    """Total bytes the guest read from its swap space."""
    swap_out: int | None = None
    """Total bytes the guest wrote to its swap space."""
    balloon_time: int | None = None
    """Unix seconds, by the host's clock, when the guest last reported of its memory; None if it never did."""
    costly: CostlyCounters | None = None
    """The last reading of what is not read at every tick; None without one since the start."""


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
