"""Counters into rates: two readings of one domain make a :class:`~tuivm.model.stats.Sample`.

A counter that went back, a domain that was started anew, a clock that stood still: each is a gap
(None, or not in ``Sample.more``), never a spike and never a negative number.

CPU percent is ``100 * d(cpu.time) / (d(time) * vCPUs)``, with ``cpu.time`` in nanoseconds as
``virConnectGetAllDomainStats`` gives it. It counts the emulator's own threads too, so that a busy
guest passes 100 a little: that is clamped, and what no accounting could explain is a gap.
The parts (one vCPU, disk, interface) are in :mod:`tuivm.model.parts`.
"""

from __future__ import annotations

from tuivm.model import parts
from tuivm.model.series import Metric, Series
from tuivm.model.stats import Counters, Sample

MIN_INTERVAL = 0.02
"""Seconds; readings closer together than this say nothing (the kernel counts in 10 ms steps)."""

_USER, _SYSTEM = Series(Metric.CPU_USER), Series(Metric.CPU_SYSTEM)
_GIVEN, _CACHE, _RSS = Series(Metric.MEMORY_GIVEN), Series(Metric.MEMORY_CACHE), Series(Metric.RSS)
_SWAP_IN, _SWAP_OUT = Series(Metric.SWAP_IN), Series(Metric.SWAP_OUT)
_DIRTY_RATE = Series(Metric.DIRTY_RATE)


def make_sample(before: Counters | None, now: Counters, *, whole: bool = True) -> Sample:
    """Rates between two readings. Without a usable ``before`` only the memory is told.

    With ``whole`` false only the totals are, and ``more`` is empty.
    """
    used, is_guest = memory_used(now)
    if not whole:
        return _totals(before, now, used, is_guest)
    more: dict[Series, float] = {}
    _gauges(now, more)
    if before is None or not _comparable(before, now):
        return Sample(now.time, None, used, now.memory, is_guest, more=more)
    seconds = now.time - before.time
    _cpu_parts(before, now, seconds, more)
    _swap(before, now, seconds, more)
    read, written = parts.disks(before.disks, now.disks, seconds, more)
    received, sent = parts.nics(before.nics, now.nics, seconds, more)
    return Sample(
        now.time,
        parts.percent(before.cpu_time, now.cpu_time, seconds * now.vcpus),
        used,
        now.memory,
        is_guest,
        read,
        written,
        received,
        sent,
        more,
    )


def _totals(before: Counters | None, now: Counters, used: int | None, is_guest: bool) -> Sample:
    if before is None or not _comparable(before, now):
        return Sample(now.time, None, used, now.memory, is_guest)
    seconds = now.time - before.time
    cpu = parts.percent(before.cpu_time, now.cpu_time, seconds * now.vcpus)
    read, written = parts.disk_totals(before.disks, now.disks, seconds)
    received, sent = parts.nic_totals(before.nics, now.nics, seconds)
    return Sample(now.time, cpu, used, now.memory, is_guest, read, written, received, sent)


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


def _gauges(now: Counters, more: dict[Series, float]) -> None:
    """What one reading tells."""
    if now.memory is not None:
        more[_GIVEN] = now.memory
    if now.guest_cache is not None:
        more[_CACHE] = now.guest_cache
    if now.rss is not None:
        more[_RSS] = now.rss
    if now.costly is not None and now.costly.dirty_rate is not None:
        more[_DIRTY_RATE] = now.costly.dirty_rate


def _cpu_parts(before: Counters, now: Counters, seconds: float, more: dict[Series, float]) -> None:
    for series, old, new in (
        (_USER, before.cpu_user, now.cpu_user),
        (_SYSTEM, before.cpu_system, now.cpu_system),
    ):
        percent = parts.percent(old, new, seconds * now.vcpus)
        if percent is not None:
            more[series] = percent
    if before.costly is not None and now.costly is not None:
        # Read at moments of its own, and not at every tick: then the two readings are one.
        apart = now.costly.time - before.costly.time
        if apart >= MIN_INTERVAL:
            parts.vcpus(before.costly.vcpus, now.costly.vcpus, apart, more)


def _swap(before: Counters, now: Counters, seconds: float, more: dict[Series, float]) -> None:
    """Swapping, over the time between two of the guest's reports, which may come less often than readings."""
    if before.balloon_time is None or now.balloon_time is None or now.balloon_time <= before.balloon_time:
        return
    apart = max(seconds, now.balloon_time - before.balloon_time)
    for series, old, new in (
        (_SWAP_IN, before.swap_in, now.swap_in),
        (_SWAP_OUT, before.swap_out, now.swap_out),
    ):
        if old is not None and new is not None and new >= old:
            more[series] = (new - old) / apart
