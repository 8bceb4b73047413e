"""Rates of the parts of a domain: its vCPUs, its disks, its interfaces, and their sums.

Each function takes two readings ``seconds`` apart and puts what they tell into ``more`` by series. A part
that was not there before begins to count now; a counter that went back is a gap in the part and in the sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from tuivm.model.series import Metric, Series
from tuivm.model.stats import DiskCounters, NicCounters, VcpuCounters

ABSURD = 400.0
"""Percent; above this a CPU reading is a fault of clock or counter, not a busy emulator."""
_KEPT = 4096
"""Parts whose names are kept, so that one series is the same object in every sample."""

_DISK = (
    Metric.DISK_READ,
    Metric.DISK_WRITE,
    Metric.DISK_READ_OPS,
    Metric.DISK_WRITE_OPS,
    Metric.DISK_FLUSH_OPS,
)
_LATENCY = (Metric.DISK_READ_LATENCY, Metric.DISK_WRITE_LATENCY, Metric.DISK_FLUSH_LATENCY)
_NIC = (
    Metric.NET_RX,
    Metric.NET_TX,
    Metric.NET_RX_PACKETS,
    Metric.NET_TX_PACKETS,
    Metric.NET_RX_LOST,
    Metric.NET_TX_LOST,
)
_OPS = 2
"""Where the numbers of requests begin in the counters of a disk."""
_TIMES = len(_DISK)
"""Where their times begin."""
_BACK = -1
"""In the place of a growth: the counter went back."""

_Growths = list[int | None]


def percent(before: int | None, now: int | None, seconds: float) -> float | None:
    """Percent of ``seconds`` of processor time that two readings of it, in nanoseconds, make."""
    if before is None or now is None or seconds <= 0 or now < before:
        return None
    share = (now - before) / seconds / 1e7
    return None if share > ABSURD else min(100.0, share)


def vcpus(
    before: Sequence[VcpuCounters], now: Sequence[VcpuCounters], seconds: float, more: dict[Series, float]
) -> None:
    """Percent that each vCPU ran and waited, and the mean of the waiting."""
    old = {one.number: one for one in before}
    waits = []
    for one in now:
        was = old.get(one.number)
        if was is None:
            continue
        ran, waited = _series((Metric.CPU, Metric.CPU_WAIT), str(one.number))
        share = percent(was.time, one.time, seconds)
        if share is not None:
            more[ran] = share
        share = percent(was.wait, one.wait, seconds)
        if share is not None:
            more[waited] = share
            waits.append(share)
    if waits:
        more[_WAIT] = sum(waits) / len(waits)


def disks(
    before: Sequence[DiskCounters], now: Sequence[DiskCounters], seconds: float, more: dict[Series, float]
) -> tuple[float | None, float | None]:
    """Bytes, requests and their time. Returns the bytes a second of all, read and written."""
    found = _growths({one.name: _disk(one) for one in before}, ((one.name, _disk(one)) for one in now))
    for name, growths in found:
        if name:
            _put(_series(_DISK, name), growths, seconds, more)
            _put_latency(_series(_LATENCY, name), growths, more)
    if not found:
        return None, None
    total = _sum([growths for _, growths in found])
    _put(_DISK_TOTALS, total[_OPS:_TIMES], seconds, more)
    _put_latency(_LATENCY_TOTALS, total, more)
    return _rate(total[0], seconds), _rate(total[1], seconds)


def nics(
    before: Sequence[NicCounters], now: Sequence[NicCounters], seconds: float, more: dict[Series, float]
) -> tuple[float | None, float | None]:
    """Bytes and packets. Returns the bytes a second of all, received and sent."""
    found = _growths({one.name: _nic(one) for one in before}, ((one.name, _nic(one)) for one in now))
    for name, growths in found:
        if name:
            _put(_series(_NIC, name), growths, seconds, more)
    if not found:
        return None, None
    total = _sum([growths for _, growths in found])
    _put(_NIC_TOTALS, total[_OPS:], seconds, more)
    return _rate(total[0], seconds), _rate(total[1], seconds)


def disk_totals(
    before: Sequence[DiskCounters], now: Sequence[DiskCounters], seconds: float
) -> tuple[float | None, float | None]:
    """Bytes a second of all disks, read and written."""
    return _pair(
        {one.name: (one.read_bytes, one.write_bytes) for one in before},
        [(one.name, (one.read_bytes, one.write_bytes)) for one in now],
        seconds,
    )


def nic_totals(
    before: Sequence[NicCounters], now: Sequence[NicCounters], seconds: float
) -> tuple[float | None, float | None]:
    """Bytes a second of all interfaces, received and sent."""
    return _pair(
        {one.name: (one.rx_bytes, one.tx_bytes) for one in before},
        [(one.name, (one.rx_bytes, one.tx_bytes)) for one in now],
        seconds,
    )


def _pair(
    before: Mapping[str, tuple[int | None, ...]],
    now: Iterable[tuple[str, tuple[int | None, ...]]],
    seconds: float,
) -> tuple[float | None, float | None]:
    found = _growths(before, now)
    if not found:
        return None, None
    one, other = _sum([growths for _, growths in found])
    return _rate(one, seconds), _rate(other, seconds)


@lru_cache(maxsize=_KEPT)
def _series(metrics: tuple[Metric, ...], instance: str) -> tuple[Series, ...]:
    return tuple(Series(metric, instance) for metric in metrics)


_WAIT = Series(Metric.CPU_WAIT)
_DISK_TOTALS = _series(_DISK[_OPS:], "")
_LATENCY_TOTALS = _series(_LATENCY, "")
_NIC_TOTALS = _series(_NIC[_OPS:], "")


def _disk(one: DiskCounters) -> tuple[int | None, ...]:
    """The counters of ``_DISK``, then the times of ``_LATENCY``."""
    return (
        one.read_bytes,
        one.write_bytes,
        one.read_requests,
        one.write_requests,
        one.flush_requests,
        one.read_time,
        one.write_time,
        one.flush_time,
    )


def _nic(one: NicCounters) -> tuple[int | None, ...]:
    """The counters of ``_NIC``."""
    return (one.rx_bytes, one.tx_bytes, one.rx_packets, one.tx_packets, one.rx_lost, one.tx_lost)


def _growths(
    before: Mapping[str, tuple[int | None, ...]], now: Iterable[tuple[str, tuple[int | None, ...]]]
) -> list[tuple[str, _Growths]]:
    """How much each counter of each part that was there before grew."""
    return [
        (
            name,
            [
                None if new is None or old is None else new - old if new >= old else _BACK
                for old, new in zip(before[name], counters, strict=True)
            ],
        )
        for name, counters in now
        if name in before
    ]


def _sum(parts: Sequence[_Growths]) -> _Growths:
    """Growths of all parts together, over those that tell; one that went back spoils the sum."""
    if len(parts) == 1:
        return parts[0]
    total = []
    for growths in zip(*parts, strict=True):
        told = [growth for growth in growths if growth is not None]
        total.append(None if not told else _BACK if min(told) < 0 else sum(told))
    return total


def _rate(growth: int | None, seconds: float) -> float | None:
    return None if growth is None or growth < 0 else growth / seconds


def _put(series: Sequence[Series], growths: _Growths, seconds: float, more: dict[Series, float]) -> None:
    """Put the rates of the first growths, as many as there are series."""
    for one, growth in zip(series, growths, strict=False):
        if growth is not None and growth >= 0:
            more[one] = growth / seconds


def _put_latency(series: Sequence[Series], growths: _Growths, more: dict[Series, float]) -> None:
    """Put the mean time of a request, where there was one."""
    for one, requests, nanoseconds in zip(series, growths[_OPS:_TIMES], growths[_TIMES:], strict=True):
        if requests is not None and requests > 0 and nanoseconds is not None and nanoseconds >= 0:
            more[one] = nanoseconds / requests / 1e9
