"""Counters into rates: two readings of one domain make a :class:`~tuivm.model.stats.Sample`.

A counter that went back, a domain that was started anew, a clock that stood still: each is a gap
(None), never a spike and never a negative number.

CPU percent is ``100 * d(cpu.time) / (d(time) * vCPUs)``, with ``cpu.time`` in nanoseconds as
``virConnectGetAllDomainStats`` gives it. It counts the emulator's own threads too, so that a busy
guest passes 100 a little: that is clamped, and what no accounting could explain is a gap.
"""

from __future__ import annotations

from collections.abc import Sequence

from tuivm.model.stats import Counters, DiskCounters, NicCounters, Sample

MIN_INTERVAL = 0.02
"""Seconds; readings closer together than this say nothing (the kernel counts in 10 ms steps)."""
ABSURD = 400.0
"""Percent; above this a CPU reading is a fault of clock or counter, not a busy emulator."""


def make_sample(before: Counters | None, now: Counters) -> Sample:
    """Rates between two readings. Without a usable ``before`` only the memory is told."""
    used, is_guest = memory_used(now)
    if before is None or not _comparable(before, now):
        return Sample(now.time, None, used, now.memory, is_guest)
    seconds = now.time - before.time
    read, written = _disk_rates(before.disks, now.disks, seconds)
    received, sent = _nic_rates(before.nics, now.nics, seconds)
    return Sample(
        now.time,
        _cpu_percent(before, now, seconds),
        used,
        now.memory,
        is_guest,
        read,
        written,
        received,
        sent,
    )


def memory_used(now: Counters) -> tuple[int | None, bool]:
    """Bytes in use, and whether that is the guest's own view (else what the host holds for it)."""
    free = now.guest_unused if now.guest_usable is None else now.guest_usable
    if now.guest_available is not None and free is not None:
        return max(0, now.guest_available - max(0, free)), True
    return now.rss, False


def _comparable(before: Counters, now: Counters) -> bool:
    return (
        before.key == now.key
        and before.id == now.id
        and before.state.is_active
        and now.state.is_active
        and now.time - before.time >= MIN_INTERVAL
    )


def _cpu_percent(before: Counters, now: Counters, seconds: float) -> float | None:
    if before.cpu_time is None or now.cpu_time is None or now.vcpus < 1 or now.cpu_time < before.cpu_time:
        return None
    percent = 100.0 * (now.cpu_time - before.cpu_time) / (seconds * 1e9 * now.vcpus)
    return None if percent > ABSURD else min(100.0, percent)


def _disk_rates(
    before: Sequence[DiskCounters], now: Sequence[DiskCounters], seconds: float
) -> tuple[float | None, float | None]:
    known = {disk.name: disk for disk in before}
    pairs = [(known[disk.name], disk) for disk in now if disk.name in known]
    return (
        _rate([(old.read_bytes, new.read_bytes) for old, new in pairs], seconds),
        _rate([(old.write_bytes, new.write_bytes) for old, new in pairs], seconds),
    )


def _nic_rates(
    before: Sequence[NicCounters], now: Sequence[NicCounters], seconds: float
) -> tuple[float | None, float | None]:
    known = {nic.name: nic for nic in before}
    pairs = [(known[nic.name], nic) for nic in now if nic.name in known]
    return (
        _rate([(old.rx_bytes, new.rx_bytes) for old, new in pairs], seconds),
        _rate([(old.tx_bytes, new.tx_bytes) for old, new in pairs], seconds),
    )


def _rate(pairs: Sequence[tuple[int, int]], seconds: float) -> float | None:
    if not pairs or any(new < old for old, new in pairs):
        return None
    return sum(new - old for old, new in pairs) / seconds
