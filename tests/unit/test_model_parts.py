"""Rates of vCPUs, disks and interfaces: known counters, and whatever may happen between two readings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.model import parts
from tuivm.model.domain import DomainKey, State
from tuivm.model.rates import make_sample
from tuivm.model.series import Metric, Series
from tuivm.model.stats import CostlyCounters, Counters, DiskCounters, NicCounters, VcpuCounters

KEY = DomainKey("test:///default", "u")
SECOND = 1_000_000_000
BASE = Counters(KEY, "web-1", 100.0, State.RUNNING, id=3, vcpus=2)
DISK = DiskCounters("vda", 0, 0, read_requests=10, write_requests=4, read_time=0, write_time=0)
NIC = NicCounters("vnet0", 0, 0, 0, 0, 0, 0)


def told(before: Counters, now: Counters, metric: Metric, instance: str = "") -> float | None:
    """One figure of the sample that two readings make."""
    return make_sample(before, now).more.get(Series(metric, instance))


def test_requests_and_their_mean_time() -> None:
    other = replace(DISK, name="vdb", read_requests=0)
    before = replace(BASE, disks=(DISK, other))
    busy = replace(DISK, read_requests=30, read_time=SECOND // 10, write_time=5)
    now = replace(BASE, time=102.0, disks=(busy, replace(other, read_requests=20, read_time=SECOND)))
    assert told(before, now, Metric.DISK_READ_OPS, "vda") == 10.0
    assert told(before, now, Metric.DISK_READ_OPS) == 20.0
    assert told(before, now, Metric.DISK_READ_LATENCY, "vda") == pytest.approx(0.005)
    assert told(before, now, Metric.DISK_READ_LATENCY, "vdb") == pytest.approx(0.05)
    assert told(before, now, Metric.DISK_READ_LATENCY) == pytest.approx(0.0275)
    assert told(before, now, Metric.DISK_WRITE_LATENCY, "vda") is None, "there was no request"
    assert told(before, now, Metric.DISK_WRITE_OPS) == 0.0
    assert told(before, now, Metric.DISK_FLUSH_OPS) is None, "not told"


def test_packets_and_those_lost() -> None:
    before = replace(BASE, nics=(NIC,))
    now = replace(BASE, time=101.0, nics=(replace(NIC, rx_packets=7, tx_packets=2, rx_lost=3),))
    assert told(before, now, Metric.NET_RX_PACKETS, "vnet0") == 7.0
    assert told(before, now, Metric.NET_TX_PACKETS) == 2.0
    assert told(before, now, Metric.NET_RX_LOST) == 3.0


def test_each_vcpu_by_the_time_of_its_own_reading() -> None:
    before = replace(BASE, costly=CostlyCounters(50.0, (VcpuCounters(0, 0, 0), VcpuCounters(2, 0))))
    later = CostlyCounters(
        60.0, (VcpuCounters(0, 5 * SECOND, SECOND), VcpuCounters(1, SECOND), VcpuCounters(2, SECOND))
    )
    now = replace(BASE, time=101.0, costly=later)
    assert told(before, now, Metric.CPU, "0") == 50.0
    assert told(before, now, Metric.CPU_WAIT, "0") == 10.0
    assert told(before, now, Metric.CPU_WAIT) == 10.0
    assert told(before, now, Metric.CPU, "1") is None, "it came just now"
    assert told(before, now, Metric.CPU, "2") == 10.0
    assert told(now, replace(now, time=102.0), Metric.CPU, "0") is None, "not read anew"


def test_user_and_system_are_shares_of_all_vcpus() -> None:
    before = replace(BASE, cpu_user=0, cpu_system=5)
    now = replace(BASE, time=101.0, cpu_user=SECOND, cpu_system=1)
    assert told(before, now, Metric.CPU_USER) == 50.0
    assert told(before, now, Metric.CPU_SYSTEM) is None


def test_gauges_are_told_at_once() -> None:
    now = replace(
        BASE, memory=5, rss=6, guest_cache=7, costly=CostlyCounters(1.0, dirty_rate=8), balloon_time=9
    )
    assert make_sample(None, now).more == {
        Series(Metric.MEMORY_GIVEN): 5,
        Series(Metric.MEMORY_CACHE): 7,
        Series(Metric.RSS): 6,
        Series(Metric.DIRTY_RATE): 8,
    }


def test_swapping_is_spread_over_the_time_between_two_reports() -> None:
    before = replace(BASE, swap_in=0, swap_out=100, balloon_time=1000)
    same = replace(before, time=101.0)
    now = replace(BASE, time=102.0, swap_in=5000, swap_out=0, balloon_time=1005)
    assert told(before, same, Metric.SWAP_IN) is None, "the guest did not report anew"
    assert told(same, now, Metric.SWAP_IN) == 1000.0
    assert told(same, now, Metric.SWAP_OUT) is None, "the guest was rebooted"
    assert told(replace(before, balloon_time=None), now, Metric.SWAP_IN) is None


def test_a_part_without_a_name_counts_in_the_sum_alone() -> None:
    nameless = DiskCounters("", 0, 0, read_requests=10)
    before = replace(BASE, disks=(nameless,))
    now = replace(BASE, time=101.0, disks=(replace(nameless, read_requests=20),))
    assert make_sample(before, now).more == {
        Series(Metric.DISK_READ_OPS): 10.0,
    }


# Whatever happens to a domain whose parts never do more than this:
SPEED = 1000
"""Bytes, requests or packets a second."""
LATENCY = 1_000_000
"""Nanoseconds."""


@dataclass
class Guest:
    """A domain as libvirt would tell of it; the parts work at ``speed`` while time passes."""

    clock: float = 100.0
    id: int = 1
    devices: dict[str, int] = field(default_factory=lambda: {"a": 10**15})
    order: bool = False
    came: int = 0

    def happen(self, what: str, seconds: float, speed: int) -> None:
        """Let something happen, then time pass."""
        match what:
            case "reset":
                self.devices = dict.fromkeys(self.devices, 0)
            case "restart":
                self.id += 1
                self.devices = dict.fromkeys(self.devices, 0)
            case "come":
                self.came += 1
                self.devices[f"d{self.came}"] = 10**12
            case "go":
                self.devices.pop(next(iter(self.devices), ""), None)
            case "turn":
                self.order = not self.order
        self.clock += seconds
        self.devices = {name: count + int(seconds * speed) for name, count in self.devices.items()}

    def read(self) -> Counters:
        """Read all counters."""
        devices = [
            DiskCounters(name, n, n, None, None, n, n, n * LATENCY, n * LATENCY, n, n * LATENCY)
            for name, n in self.devices.items()
        ]
        nics = [NicCounters(name, n, n, n, n, n, n) for name, n in self.devices.items()]
        if self.order:
            devices.reverse()
        vcpus = tuple(
            VcpuCounters(number, n * LATENCY, n * LATENCY) for number, n in enumerate(self.devices.values())
        )
        return Counters(
            KEY,
            "x",
            self.clock,
            State.RUNNING,
            id=self.id,
            vcpus=len(self.devices),
            cpu_time=sum(self.devices.values()) * LATENCY,
            disks=tuple(devices),
            nics=tuple(nics),
            costly=CostlyCounters(self.clock, vcpus),
        )


HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(["nothing", "reset", "restart", "come", "go", "turn", "missed"]),
        st.floats(0.05, 100.0),
        st.integers(0, SPEED),
    ),
    max_size=30,
)


@given(HAPPENINGS)
def test_no_spike_and_nothing_negative_whatever_happens(happenings: list[tuple[str, float, int]]) -> None:
    guest = Guest()
    before = guest.read()
    for what, seconds, speed in happenings:
        guest.happen(what, seconds, speed)
        if what == "missed":
            continue
        now = guest.read()
        sample = make_sample(before, now)
        count = len(guest.devices)
        for series, value in sample.more.items():
            most = SPEED * (1 if series.instance else count)
            if "latency" in series.metric:
                most = LATENCY / 1e9
            elif series.metric in (Metric.CPU, Metric.CPU_WAIT):
                most = 100
            assert 0 <= value <= most * 1.0001 + 1 / seconds, (series, value)
        assert make_sample(before, now, whole=False) == replace(sample, more={})
        for total in (sample.disk_read, sample.disk_write, sample.net_rx, sample.net_tx):
            assert total is None or 0 <= total <= SPEED * count * 1.0001 + count / seconds
        if now.id != before.id:
            assert not [series for series in sample.more if series.metric not in (Metric.RSS,)]
        before = now


@given(HAPPENINGS)
def test_parts_are_the_sum_when_nothing_came_or_went(happenings: list[tuple[str, float, int]]) -> None:
    guest = Guest(devices={"a": 5, "b": 7, "c": 0})
    before = guest.read()
    for what, seconds, speed in happenings:
        guest.happen("turn" if what in ("come", "go") else what, seconds, speed)
        now = guest.read()
        more = make_sample(before, now).more
        total = more.get(Series(Metric.DISK_READ_OPS))
        each = [more.get(Series(Metric.DISK_READ_OPS, name)) for name in guest.devices]
        told = [value for value in each if value is not None]
        if total is None:
            assert len(told) < len(each), "a sum is told when every part is"
        else:
            assert total == pytest.approx(sum(told))
            assert len(told) == len(each), "a part that went back spoils the sum"
        before = now


def test_percent_of_nonsense_is_a_gap() -> None:
    assert parts.percent(0, 10**12, 1.0) is None
    assert parts.percent(0, 2 * SECOND, 1.0) == 100.0
    assert parts.percent(5, 4, 1.0) is None
    assert parts.percent(5, 6, 0.0) is None
