"""Counters out of libvirt's statistics: the record of the bulk call, or several calls for one domain.

The field names are those of ``virConnectGetAllDomainStats``; sizes come in KiB there and leave in bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import libvirt

from tuivm.hypervisor import words
from tuivm.model.domain import DomainKey
from tuivm.model.stats import CostlyCounters, Counters, DiskCounters, NicCounters, VcpuCounters

if TYPE_CHECKING:
    from tuivm.model.detail import Description

KIB, MIB = 1024, 1024**2
_MEASURED = libvirt.VIR_DOMAIN_DIRTYRATE_MEASURED

LIGHT = (
    libvirt.VIR_DOMAIN_STATS_STATE
    | libvirt.VIR_DOMAIN_STATS_CPU_TOTAL
    | libvirt.VIR_DOMAIN_STATS_BALLOON
    | libvirt.VIR_DOMAIN_STATS_INTERFACE
    | libvirt.VIR_DOMAIN_STATS_BLOCK
)
"""Groups of every tick."""

COSTLY = libvirt.VIR_DOMAIN_STATS_VCPU | libvirt.VIR_DOMAIN_STATS_DIRTYRATE
"""Groups that cost a look at every vCPU or a question to each QEMU: read of few domains, of all at times."""

LISTING = libvirt.VIR_DOMAIN_STATS_STATE | libvirt.VIR_DOMAIN_STATS_BALLOON | libvirt.VIR_DOMAIN_STATS_VCPU
"""Groups of a full list."""


def is_sparse(record: Mapping[str, Any]) -> bool:
    """Whether the driver told an active domain's state alone, so that the rest must be asked for."""
    return "balloon.current" not in record and "cpu.time" not in record


def is_whole(record: Mapping[str, Any]) -> bool:
    """Whether the emulator was asked too, and not only libvirt's own books."""
    return "balloon.rss" in record


def from_record(
    key: DomainKey,
    domain: libvirt.virDomain,
    record: Mapping[str, Any],
    now: float,
    vcpus: int,
    costly: CostlyCounters | None = None,
) -> Counters:
    """One domain of a bulk answer. ``vcpus`` is the number known from the list."""
    state = words.state(record.get("state.state", 0))
    number = domain.ID()
    # libvirt tells a figure of no meaning for some domains that are off.
    times = record if number >= 0 else {}
    return Counters(
        key=key,
        name=domain.name(),
        time=now,
        state=state,
        reason=words.reason(state, record.get("state.reason", 0)),
        id=number if number >= 0 else None,
        vcpus=record.get("vcpu.current", vcpus),
        cpu_time=times.get("cpu.time"),
        cpu_user=times.get("cpu.user"),
        cpu_system=times.get("cpu.system"),
        memory=_bytes(record, "balloon.current"),
        memory_max=_bytes(record, "balloon.maximum"),
        guest_available=_bytes(record, "balloon.available"),
        guest_unused=_bytes(record, "balloon.unused"),
        guest_usable=_bytes(record, "balloon.usable"),
        rss=_bytes(record, "balloon.rss"),
        disks=_disks(record),
        nics=_nics(record),
        guest_cache=_bytes(record, "balloon.disk_caches"),
        swap_in=_bytes(record, "balloon.swap_in"),
        swap_out=_bytes(record, "balloon.swap_out"),
        # Nought until the guest reports for the first time.
        balloon_time=record.get("balloon.last-update") or None,
        costly=costly,
    )


def without_report(counters: Counters) -> Counters:
    """The counters without what the guest says of its memory."""
    return replace(
        counters,
        guest_available=None,
        guest_unused=None,
        guest_usable=None,
        guest_cache=None,
        swap_in=None,
        swap_out=None,
    )


def costly_of(record: Mapping[str, Any], now: float) -> CostlyCounters:
    """What the groups of ``COSTLY`` tell, read at ``now`` (monotonic seconds).

    A vCPU that is offline has no time. Its waiting is what ``/proc/PID/schedstat`` tells (``delay``, which
    the guest sees as stolen), else what the scheduler's statistics do (``wait``).
    """
    found = []
    for number in range(record.get("vcpu.maximum", 0)):
        prefix = f"vcpu.{number}."
        if prefix + "time" in record:
            wait = record.get(prefix + "delay", record.get(prefix + "wait"))
            found.append(VcpuCounters(number, record[prefix + "time"], wait))
    rate = record.get("dirtyrate.megabytes_per_second")
    if record.get("dirtyrate.calc_status") != _MEASURED or rate is None or rate < 0:
        rate = None
    return CostlyCounters(now, tuple(found), None if rate is None else rate * MIB)


def _bytes(record: Mapping[str, Any], name: str) -> int | None:
    value = record.get(name)
    return None if value is None else int(value) * KIB


def _disks(record: Mapping[str, Any]) -> tuple[DiskCounters, ...]:
    found = []
    told = record.get
    for index in range(told("block.count", 0)):
        prefix = f"block.{index}."
        read, written = told(prefix + "rd.bytes"), told(prefix + "wr.bytes")
        if read is None or written is None:
            continue  # An empty drive, or a domain that is off: sizes alone.
        found.append(
            DiskCounters(
                name=told(prefix + "name", ""),
                read_bytes=read,
                write_bytes=written,
                capacity=told(prefix + "capacity"),
                allocation=told(prefix + "allocation"),
                read_requests=told(prefix + "rd.reqs"),
                write_requests=told(prefix + "wr.reqs"),
                read_time=told(prefix + "rd.times"),
                write_time=told(prefix + "wr.times"),
                flush_requests=told(prefix + "fl.reqs"),
                flush_time=told(prefix + "fl.times"),
            )
        )
    return tuple(found)


def _nics(record: Mapping[str, Any]) -> tuple[NicCounters, ...]:
    """Interfaces. libvirt's rx and tx are already the guest's: received by it, sent by it."""
    found = []
    told = record.get
    for index in range(told("net.count", 0)):
        prefix = f"net.{index}."
        received, sent = told(prefix + "rx.bytes"), told(prefix + "tx.bytes")
        if received is not None and sent is not None:
            found.append(
                NicCounters(
                    told(prefix + "name", ""),
                    received,
                    sent,
                    told(prefix + "rx.pkts"),
                    told(prefix + "tx.pkts"),
                    _lost(told(prefix + "rx.errs"), told(prefix + "rx.drop")),
                    _lost(told(prefix + "tx.errs"), told(prefix + "tx.drop")),
                )
            )
    return tuple(found)


def _lost(errors: int | None, drops: int | None) -> int | None:
    """Packets damaged and dropped together; None where neither is told."""
    told = [number for number in (errors, drops) if number is not None and number >= 0]
    return sum(told) if told else None


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
        guest_cache=_bytes(memory, "disk_caches"),
        swap_in=_bytes(memory, "swap_in"),
        swap_out=_bytes(memory, "swap_out"),
        balloon_time=memory.get("last_update") or None,
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
            reads, read, writes, written, _ = domain.blockStats(disk.target)
            found.append(
                DiskCounters(
                    disk.target,
                    max(0, read),
                    max(0, written),
                    read_requests=_told(reads),
                    write_requests=_told(writes),
                )
            )
    return tuple(found)


def _asked_nics(domain: libvirt.virDomain, description: Description) -> tuple[NicCounters, ...]:
    found = []
    for nic in description.nics:
        if nic.target:
            with suppress(libvirt.libvirtError):
                figures = domain.interfaceStats(nic.target)
                received, packets, damaged, dropped, sent, sendings, failed, lost = figures
                found.append(
                    NicCounters(
                        nic.target,
                        max(0, received),
                        max(0, sent),
                        _told(packets),
                        _told(sendings),
                        _lost(damaged, dropped),
                        _lost(failed, lost),
                    )
                )
    return tuple(found)


def _told(number: int) -> int | None:
    """A counter of the older calls, which tell -1 for what they do not know."""
    return number if number >= 0 else None
