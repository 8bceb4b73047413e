"""Counters out of libvirt's statistics: the record of the bulk call, or several calls for one domain.

The field names are those of ``virConnectGetAllDomainStats``; sizes come in KiB there and leave in bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import libvirt

from tuivm.hypervisor import words
from tuivm.model.domain import DomainKey
from tuivm.model.stats import Counters, DiskCounters, NicCounters

if TYPE_CHECKING:
    from tuivm.model.detail import Description

KIB = 1024

LIGHT = (
    libvirt.VIR_DOMAIN_STATS_STATE
    | libvirt.VIR_DOMAIN_STATS_CPU_TOTAL
    | libvirt.VIR_DOMAIN_STATS_BALLOON
    | libvirt.VIR_DOMAIN_STATS_INTERFACE
    | libvirt.VIR_DOMAIN_STATS_BLOCK
)
"""Groups of every tick. vCPUs are left out: they cost a question to each QEMU and hardly ever change."""

LISTING = libvirt.VIR_DOMAIN_STATS_STATE | libvirt.VIR_DOMAIN_STATS_BALLOON | libvirt.VIR_DOMAIN_STATS_VCPU
"""Groups of a full list."""


def is_sparse(record: Mapping[str, Any]) -> bool:
    """Whether the driver told an active domain's state alone, so that the rest must be asked for."""
    return "balloon.current" not in record and "cpu.time" not in record


def from_record(
    key: DomainKey, domain: libvirt.virDomain, record: Mapping[str, Any], now: float, vcpus: int
) -> Counters:
    """One domain of a bulk answer. ``vcpus`` is the number known from the list."""
    state = words.state(record.get("state.state", 0))
    number = domain.ID()
    return Counters(
        key=key,
        name=domain.name(),
        time=now,
        state=state,
        reason=words.reason(state, record.get("state.reason", 0)),
        id=number if number >= 0 else None,
        vcpus=record.get("vcpu.current", vcpus),
        # libvirt tells a figure of no meaning for some domains that are off.
        cpu_time=record.get("cpu.time") if number >= 0 else None,
        memory=_bytes(record, "balloon.current"),
        memory_max=_bytes(record, "balloon.maximum"),
        guest_available=_bytes(record, "balloon.available"),
        guest_unused=_bytes(record, "balloon.unused"),
        guest_usable=_bytes(record, "balloon.usable"),
        rss=_bytes(record, "balloon.rss"),
        disks=_disks(record),
        nics=_nics(record),
    )


def _bytes(record: Mapping[str, Any], name: str) -> int | None:
    value = record.get(name)
    return None if value is None else int(value) * KIB


def _disks(record: Mapping[str, Any]) -> tuple[DiskCounters, ...]:
    found = []
    for index in range(record.get("block.count", 0)):
        prefix = f"block.{index}."
        read, written = record.get(prefix + "rd.bytes"), record.get(prefix + "wr.bytes")
        if read is None or written is None:
            continue  # An empty drive, or a domain that is off: sizes alone.
        found.append(
            DiskCounters(
                name=record.get(prefix + "name", ""),
                read_bytes=read,
                write_bytes=written,
                capacity=record.get(prefix + "capacity"),
                allocation=record.get(prefix + "allocation"),
            )
        )
    return tuple(found)


def _nics(record: Mapping[str, Any]) -> tuple[NicCounters, ...]:
    """Interfaces. libvirt's rx and tx are already the guest's: received by it, sent by it."""
    found = []
    for index in range(record.get("net.count", 0)):
        prefix = f"net.{index}."
        received, sent = record.get(prefix + "rx.bytes"), record.get(prefix + "tx.bytes")
        if received is not None and sent is not None:
            found.append(NicCounters(record.get(prefix + "name", ""), received, sent))
    return tuple(found)


def from_calls(key: DomainKey, domain: libvirt.virDomain, description: Description, now: float) -> Counters:
    """One domain by calls of its own, for a driver without useful bulk statistics. Raises libvirtError."""
    number, maximum, used, vcpus, cpu_time = domain.info()
    state, reason = _state(domain, number)
    identifier = domain.ID()
    active = words.STATES.get(state, words.STATES[0]).is_active
    memory = memory_of(domain) if active else {}
    return Counters(
        key=key,
        name=domain.name(),
        time=now,
        state=words.state(state),
        reason=words.reason(words.state(state), reason),
        id=identifier if identifier >= 0 else None,
        vcpus=vcpus,
        cpu_time=cpu_time if active else None,
        memory=memory.get("actual", used) * KIB,
        memory_max=maximum * KIB,
        guest_available=_bytes(memory, "available"),
        guest_unused=_bytes(memory, "unused"),
        guest_usable=_bytes(memory, "usable"),
        rss=_bytes(memory, "rss"),
        disks=_asked_disks(domain, description) if active else (),
        nics=_asked_nics(domain, description) if active else (),
    )


def memory_of(domain: libvirt.virDomain) -> Mapping[str, int]:
    """``virDomainMemoryStats`` in KiB; empty where the driver has none."""
    with suppress(libvirt.libvirtError):
        return domain.memoryStats()
    return {}


def _state(domain: libvirt.virDomain, otherwise: int) -> tuple[int, int]:
    with suppress(libvirt.libvirtError):
        state, reason = domain.state(0)
        return state, reason
    return otherwise, 0


def _asked_disks(domain: libvirt.virDomain, description: Description) -> tuple[DiskCounters, ...]:
    found = []
    for disk in description.disks:
        with suppress(libvirt.libvirtError):
            _, read, _, written, _ = domain.blockStats(disk.target)
            found.append(DiskCounters(disk.target, max(0, read), max(0, written)))
    return tuple(found)


def _asked_nics(domain: libvirt.virDomain, description: Description) -> tuple[NicCounters, ...]:
    found = []
    for nic in description.nics:
        if nic.target:
            with suppress(libvirt.libvirtError):
                figures = domain.interfaceStats(nic.target)
                found.append(NicCounters(nic.target, max(0, figures[0]), max(0, figures[4])))
    return tuple(found)
