"""The host a connection speaks to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
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


def as_seen(host: Host, virt_types: Iterable[str]) -> Host:
    """Return the host as its active domains prove it to be; ``virt_types`` are theirs (``kvm``, ``qemu``).

    What libvirt could use is only a guess: KVM may be offered and yet carry no guest. Without a
    witness the host stays as it was told.
    """
    types = set(virt_types)
    if "kvm" in types:
        seen = (Kind.TYPE1, "KVM")
    elif "qemu" in types:
        seen = (Kind.TYPE2, "emulation")
    else:
        return host
    if seen == (host.kind, host.acceleration):
        return host
    return replace(host, kind=seen[0], acceleration=seen[1])
