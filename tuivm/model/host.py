"""The host a connection speaks to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Where the hypervisor sits: the primer's classes."""

    TYPE1 = "type 1"
    TYPE2 = "type 2"
    CONTAINER = "container"
    SIMULATED = "simulated"


@dataclass(frozen=True, slots=True)
class Host:
    """What does not change while connected."""

    connection: str
    """The canonical URI; the ``connection`` of every DomainKey of this host."""
    name: str
    """Host name."""
    hypervisor: str
    """``QEMU``, ``LXC``, ``Xen``, ``ESX``, ``TEST``..."""
    version: str
    """Hypervisor version ``7.2.9``; empty when the driver does not tell."""
    libvirt: str
    """libvirt version on the host, ``9.0.0``."""
    kind: Kind
    """Type 1, type 2, container or simulated."""
    acceleration: str
    """``KVM``, ``emulation`` (software) or empty where the word does not apply."""
    cpus: int
    """Logical CPUs of the host."""
    memory: int
    """Memory of the host, bytes."""
    is_local: bool
    """Whether psutil's figures of this machine are the host's own."""


@dataclass(frozen=True, slots=True)
class HostLoad:
    """The host's gauges at one moment."""

    cpu: float | None
    """Busy share of all CPUs, percent 0..100; None until two readings exist."""
    memory_used: int
    """Bytes in use (total less available)."""
    memory_total: int
    """Bytes."""
