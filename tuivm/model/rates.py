"""Counters into rates: two readings of one domain make a :class:`~tuivm.model.stats.Sample`.

A counter that went back, a domain that was started anew, a clock that stood still: each is a gap
(None), never a spike and never a negative number.

CPU percent is ``100 * d(cpu.time) / (d(time) * vCPUs)``, with ``cpu.time`` in nanoseconds as
``virConnectGetAllDomainStats`` gives it. It counts the emulator's own threads too, so that a busy
guest passes 100 a little: that is clamped, and what no accounting could explain is a gap.
"""

from __future__ import annotations

from tuivm.model.stats import Counters, Sample

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
    read, written = _pair_of_rates(
        {disk.name: (disk.read_bytes, disk.write_bytes) for disk in before.disks},
        [(disk.name, disk.read_bytes, disk.write_bytes) for disk in now.disks],
        seconds,
    )
    received, sent = _pair_of_rates(
        {nic.name: (nic.rx_bytes, nic.tx_bytes) for nic in before.nics},
        [(nic.name, nic.rx_bytes, nic.tx_bytes) for nic in now.nics],
        seconds,
    )
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


def _pair_of_rates(
    before: dict[str, tuple[int, int]], now: list[tuple[str, int, int]], seconds: float
) -> tuple[float | None, float | None]:
    """Sum two counters of each device over the devices that were there before; None after a reset."""
    first: int | None = None
    second: int | None = None
    for name, one, two in now:
        if name in before:
            old_one, old_two = before[name]
            first = _grow(0 if first is None else first, old_one, one)
            second = _grow(0 if second is None else second, old_two, two)
    return (
        None if first is None or first < 0 else first / seconds,
        None if second is None or second < 0 else second / seconds,
    )


def _grow(total: int, old: int, new: int) -> int:
    """Add a counter's growth; once one went back the total stays negative."""
    return total + new - old if total >= 0 and new >= old else -1
