"""Counters into rates."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.memory import MemoryHypervisor
from tuivm.model.domain import DomainKey, State
from tuivm.model.rates import make_sample
from tuivm.model.series import Metric, Series
from tuivm.model.stats import Counters, DiskCounters, NicCounters, Sample

KEY = DomainKey("test:///default", "u")
BASE = Counters(
    KEY,
    "web-1",
    100.0,
    State.RUNNING,
    id=3,
    vcpus=2,
    cpu_time=5_000_000_000,
    memory=4096,
    disks=(DiskCounters("vda", 1000, 2000), DiskCounters("vdb", 10, 20)),
    nics=(NicCounters("vnet0", 100, 200),),
)


def later(seconds: float = 1.0, **fields: object) -> Counters:
    return replace(BASE, time=BASE.time + seconds, **fields)  # type: ignore[arg-type]


def test_known_counters_give_known_rates() -> None:
    now = later(
        2.0,
        cpu_time=6_000_000_000,
        disks=(DiskCounters("vda", 3000, 2000), DiskCounters("vdb", 10, 220)),
        nics=(NicCounters("vnet0", 400, 200),),
    )
    sample = make_sample(BASE, now)
    totals = Sample(102.0, 25.0, None, 4096, False, 1000.0, 100.0, 150.0, 0.0)
    assert replace(sample, more=totals.more) == totals
    assert sample.more == {
        Series(Metric.MEMORY_GIVEN): 4096,
        Series(Metric.DISK_READ, "vda"): 1000.0,
        Series(Metric.DISK_WRITE, "vda"): 0.0,
        Series(Metric.DISK_READ, "vdb"): 0.0,
        Series(Metric.DISK_WRITE, "vdb"): 100.0,
        Series(Metric.NET_RX, "vnet0"): 150.0,
        Series(Metric.NET_TX, "vnet0"): 0.0,
    }


def test_the_first_reading_has_no_rates() -> None:
    sample = make_sample(None, BASE)
    assert (sample.cpu, sample.disk_read, sample.net_rx) == (None, None, None)
    assert sample.memory_given == 4096


def test_the_emulators_own_threads_do_not_pass_100_and_nonsense_is_a_gap() -> None:
    assert make_sample(BASE, later(cpu_time=7_100_000_000)).cpu == 100.0
    assert make_sample(BASE, later(cpu_time=5_000_000_000 + 10**13)).cpu is None


@pytest.mark.parametrize(
    "now",
    [
        later(id=4, cpu_time=6_000_000_000),
        later(0.0, cpu_time=6_000_000_000),
        later(-5.0, cpu_time=6_000_000_000),
        later(0.001, cpu_time=6_000_000_000),
        later(state=State.OFF),
        later(key=DomainKey("test:///default", "other")),
    ],
    ids=["restarted", "clock stands", "clock back", "too soon", "stopped", "another domain"],
)
def test_readings_that_cannot_be_compared_are_a_gap(now: Counters) -> None:
    sample = make_sample(BASE, now)
    rates = (sample.cpu, sample.disk_read, sample.disk_write, sample.net_rx, sample.net_tx)
    assert rates == (None,) * 5


def test_a_reset_is_a_gap_for_that_counter_alone() -> None:
    sample = make_sample(BASE, later(cpu_time=4, nics=(NicCounters("vnet0", 0, 300),)))
    assert sample.cpu is None
    assert sample.net_rx is None
    assert sample.net_tx == 100.0
    assert sample.disk_read == 0.0


def test_a_disk_that_came_counts_from_then_on_and_none_at_all_is_a_gap() -> None:
    came = later(disks=(*BASE.disks, DiskCounters("vdc", 10**12, 10**12)))
    assert make_sample(BASE, came).disk_read == 0.0
    assert make_sample(BASE, later(disks=())).disk_read is None


@pytest.mark.parametrize(
    ("fields", "used", "guest"),
    [
        ({"guest_available": 1000, "guest_usable": 300, "guest_unused": 100}, 700, True),
        ({"guest_available": 1000, "guest_unused": 100}, 900, True),
        ({"guest_available": 1000, "guest_usable": 5000}, 0, True),
        ({"guest_available": 1000, "rss": 77}, 77, False),
        ({"rss": 77}, 77, False),
        ({}, None, False),
    ],
)
def test_memory_is_the_guests_view_where_it_tells_one(
    fields: dict[str, int], used: int | None, guest: bool
) -> None:
    sample = make_sample(None, replace(BASE, **fields))  # type: ignore[arg-type]
    assert (sample.memory_used, sample.memory_is_guest) == (used, guest)


NUMBER = st.integers(0, 2**63)
READING = st.builds(
    Counters,
    key=st.just(KEY),
    name=st.just("x"),
    time=st.floats(0, 1e9),
    state=st.sampled_from(State),
    id=st.none() | st.integers(1, 3),
    vcpus=st.integers(0, 64),
    cpu_time=st.none() | NUMBER,
    memory=st.none() | NUMBER,
    guest_available=st.none() | NUMBER,
    guest_unused=st.none() | NUMBER,
    guest_usable=st.none() | NUMBER,
    rss=st.none() | NUMBER,
    disks=st.lists(st.builds(DiskCounters, st.sampled_from("ab"), NUMBER, NUMBER), max_size=3).map(tuple),
    nics=st.lists(st.builds(NicCounters, st.sampled_from("ab"), NUMBER, NUMBER), max_size=3).map(tuple),
)


@given(READING, READING)
def test_nothing_is_ever_negative_or_over_100(before: Counters, now: Counters) -> None:
    sample = make_sample(before, now)
    assert sample.cpu is None or 0 <= sample.cpu <= 100
    for value in (sample.memory_used, sample.disk_read, sample.disk_write, sample.net_rx, sample.net_tx):
        assert value is None or value >= 0


def test_the_fake_hypervisors_counters_make_steady_rates() -> None:
    hypervisor = MemoryHypervisor(8)
    hypervisor.open()
    before = hypervisor.sample()
    for _ in range(50):
        now = hypervisor.sample()
        for old, new in zip(before, now, strict=True):
            if new.state.is_active:
                sample = make_sample(old, new)
                assert sample.cpu is not None
                assert sample.disk_write is not None
        before = now
