"""Names of what is measured over time, and a stretch of one of them as a graph needs it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class Metric(StrEnum):
    """What can be measured of a domain over time."""

    CPU = "cpu"
    """Percent of all vCPUs, 0..100; of one vCPU where the instance is its number."""
    CPU_WAIT = "cpu-wait"
    """Percent of the time in which a vCPU could run but the host's processors were busy (steal), 0..100."""
    CPU_USER = "cpu-user"
    """Percent of all vCPUs, 0..100: the part of the CPU time outside the host's kernel."""
    CPU_SYSTEM = "cpu-system"
    """Percent of all vCPUs, 0..100: the part of the CPU time within the host's kernel."""
    MEMORY = "memory"
    """Bytes used: the guest's view where the balloon reports, else what the host holds for it."""
    MEMORY_GIVEN = "memory-given"
    """Bytes given (the balloon's size)."""
    MEMORY_CACHE = "memory-cache"
    """Bytes that the guest uses for its file cache."""
    RSS = "rss"
    """Bytes that the host holds for the domain."""
    SWAP_IN = "swap-in"
    """Bytes a second that the guest reads from its swap space."""
    SWAP_OUT = "swap-out"
    """Bytes a second that the guest writes to its swap space."""
    DIRTY_RATE = "dirty-rate"
    """Bytes of memory a second that the guest changes, as libvirt last measured it."""
    DISK_READ = "disk-read"
    """Bytes a second; of one disk where the instance is its target."""
    DISK_WRITE = "disk-write"
    """Bytes a second."""
    DISK_READ_OPS = "disk-read-ops"
    """Requests a second."""
    DISK_WRITE_OPS = "disk-write-ops"
    """Requests a second."""
    DISK_READ_LATENCY = "disk-read-latency"
    """Mean seconds that a request took; a gap where there was none."""
    DISK_WRITE_LATENCY = "disk-write-latency"
    """Mean seconds that a request took; a gap where there was none."""
    DISK_FLUSH_OPS = "disk-flush-ops"
    """Flushes a second."""
    DISK_FLUSH_LATENCY = "disk-flush-latency"
    """Mean seconds that a flush took; a gap where there was none."""
    NET_RX = "net-rx"
    """Bytes a second received by the guest; of one interface where the instance is its host side device."""
    NET_TX = "net-tx"
    """Bytes a second sent by the guest."""
    NET_RX_PACKETS = "net-rx-packets"
    """Packets a second received by the guest."""
    NET_TX_PACKETS = "net-tx-packets"
    """Packets a second sent by the guest."""
    NET_RX_LOST = "net-rx-lost"
    """Packets a second to the guest that were dropped or damaged."""
    NET_TX_LOST = "net-tx-lost"
    """Packets a second from the guest that were dropped or damaged."""


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """One thing measured of one domain."""

    metric: Metric
    """What."""
    instance: str = ""
    """Which part: number of the vCPU, target of the disk, host device of the NIC; empty for the whole."""

    def __hash__(self) -> int:
        # Looked up several times a tick for every running domain; strings remember their hashes.
        return hash(self.metric) ^ hash(self.instance)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time cut into equal steps; nan where nothing is known. All three have the same length."""

    start: float
    """Unix seconds of the beginning of the first step."""
    step: float
    """Seconds of a step."""
    average: tuple[float, ...]
    """Mean of the readings in each step."""
    lowest: tuple[float, ...]
    """Least of the readings in each step."""
    highest: tuple[float, ...]
    """Greatest of the readings in each step."""

    @property
    def end(self) -> float:
        """Unix seconds of the end of the last step."""
        return self.start + self.step * len(self.average)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of all of it."""
        return all(math.isnan(value) for value in self.average)
