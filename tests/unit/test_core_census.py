"""Bookkeeping: what libvirt tells becomes the next inventory."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.memory import MemoryHypervisor
from tuivm.core.census import Census
from tuivm.core.store import diff
from tuivm.model.domain import DomainKey, State
from tuivm.model.inventory import Inventory
from tuivm.model.series import Metric
from tuivm.model.stats import Counters


def ready(count: int = 4, running: int = 2) -> tuple[MemoryHypervisor, Census]:
    hypervisor = MemoryHypervisor(count, running=running)
    hypervisor.open()
    census = Census(1.0, 100)
    census.replace_all(hypervisor.list_domains())
    return hypervisor, census


def cpu(census: Census, key: DomainKey) -> str:
    """The CPU history: one sign a sample, a dot where there is none."""
    return "".join("." if math.isnan(value) else "x" for value in census.histories[key].tail(Metric.CPU, 100))


def test_unchanged_rows_are_the_same_objects_and_stopped_domains_have_no_history() -> None:
    hypervisor, census = ready()
    census.take_counters(hypervisor.sample(), 1.0)
    before = Inventory("t", **census.fields())
    census.replace_all(hypervisor.list_domains())
    assert census.take_counters(hypervisor.sample(), 2.0) == set()
    after = Inventory("t", **census.fields())
    assert after.domains is before.domains
    assert diff(before, after).changed == set(hypervisor.keys()[:2])
    assert census.histories.keys() == set(hypervisor.keys()[:2])
    assert Inventory("t", **census.fields()).samples is after.samples


def test_a_missed_reading_is_a_gap_of_its_length() -> None:
    hypervisor, census = ready()
    key = hypervisor.keys()[0]
    for now in (1.0, 2.0, 3.1, 6.0, 7.0):
        census.take_counters(hypervisor.sample(), now)
    assert cpu(census, key) == ".xx..xx"
    assert census.histories[key].tail(Metric.MEMORY, 1)[0] > 0


def test_off_and_on_again_is_a_gap_and_no_spike() -> None:
    hypervisor, census = ready()
    key = hypervisor.keys()[0]
    for now in (1.0, 2.0):
        census.take_counters(hypervisor.sample(), now)
    hypervisor.destroy(key)
    doubtful = census.take_counters(hypervisor.sample(), 3.0)
    assert doubtful == {key}
    assert census.put(hypervisor.read_domain(key))
    assert key not in census.fields()["samples"]
    hypervisor.start(key)
    assert key in census.take_counters(hypervisor.sample(), 4.0)
    census.put(hypervisor.read_domain(key))
    for now in (5.0, 6.0):
        census.take_counters(hypervisor.sample(), now)
    values = census.histories[key].tail(Metric.CPU, 100)
    assert all(math.isnan(value) or 0 <= value <= 100 for value in values)
    assert cpu(census, key).startswith(".x.")
    assert cpu(census, key).endswith("x")


def test_restart_between_two_readings_is_seen_by_the_id() -> None:
    hypervisor, census = ready()
    key = hypervisor.keys()[0]
    census.take_counters(hypervisor.sample(), 1.0)
    hypervisor.destroy(key)
    hypervisor.start(key)
    assert census.take_counters(hypervisor.sample(), 2.0) == {key}
    assert census.fields()["samples"][key].cpu is None


def test_doubt_falls_on_what_came_went_or_was_renamed() -> None:
    hypervisor, census = ready()
    went, renamed = hypervisor.keys()[0], hypervisor.keys()[3]
    came = hypervisor.add("came", quiet=True)
    hypervisor.remove(went, quiet=True)
    hypervisor.change(renamed, name="other")
    assert census.take_counters(hypervisor.sample(), 1.0) == {went, renamed, came}


def test_the_balloon_moves_the_row_without_a_re_read() -> None:
    hypervisor, census = ready()
    key = hypervisor.keys()[0]
    hypervisor.change(key, memory=123 * 1024)
    assert census.take_counters(hypervisor.sample(), 1.0) == set()
    assert census.fields()["domains"][key].memory == 123 * 1024


def test_uptime_is_that_of_the_start_seen_where_the_hypervisor_tells_none() -> None:
    hypervisor, census = ready()
    key = hypervisor.keys()[3]
    silent = replace(hypervisor.read_domain(key), started=None)
    census.saw_start(key, 777.0)
    census.put(replace(silent, state=State.RUNNING, id=50))
    assert census.fields()["domains"][key].started == 777.0
    census.put(replace(silent, state=State.PAUSED, id=50))
    assert census.fields()["domains"][key].started == 777.0
    census.put(silent)
    census.put(replace(silent, state=State.RUNNING, id=51))
    assert census.fields()["domains"][key].started is None, "this start was not seen"


def test_a_driver_that_tells_no_statistics_publishes_no_row_for_the_clock_alone() -> None:
    hypervisor, census = ready()
    bare = [
        Counters(c.key, c.name, c.time, c.state, c.reason, c.id, c.vcpus, memory=c.memory)
        for c in hypervisor.sample()
    ]
    census.take_counters(bare, 1.0)
    first = census.fields()
    census.take_counters([replace(c, time=c.time + 1) for c in bare], 2.0)
    assert census.fields()["samples"] is first["samples"]


def test_a_domain_that_is_removed_leaves_nothing_behind() -> None:
    hypervisor, census = ready()
    key = hypervisor.keys()[0]
    census.take_counters(hypervisor.sample(), 1.0)
    assert census.remove(key)
    assert not census.remove(key)
    assert key not in census.histories
    assert census.fields()["samples"].keys() == {hypervisor.keys()[1]}


def test_a_stopped_domain_need_not_be_told_of_but_one_that_ran_is_missed() -> None:
    hypervisor, census = ready(4, 2)
    told = hypervisor.sample()
    assert census.take_counters(told[:2], 1.0) == set()
    assert census.take_counters(told[:1], 2.0) == {hypervisor.keys()[1]}


def test_a_slower_pace_is_no_gap_but_a_reading_missed_at_it_is() -> None:
    hypervisor, census = ready()
    key = hypervisor.keys()[0]
    for now, apart in ((1.0, 1.0), (2.0, 1.0), (5.1, 3.0), (8.0, 3.0), (14.0, 3.0), (15.0, 3.0), (16.0, 1.0)):
        census.take_counters(hypervisor.sample(), now, apart)
    assert cpu(census, key) == ".x" + "xxx" + "xxx" + ".....x" + "x" + "x"


def test_where_very_many_run_less_is_kept_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuivm.core.census.ROWS", 300)
    monkeypatch.setattr("tuivm.core.census.LEAST", 10)
    hypervisor, census = ready(20, 20)
    for now in range(150):
        census.take_counters(hypervisor.sample(), float(now))
    assert {len(history) for history in census.histories.values()} == {15}
    for key in hypervisor.keys()[3:]:
        census.remove(key)
        hypervisor.remove(key, quiet=True)
    for now in range(150, 400):
        census.take_counters(hypervisor.sample(), float(now))
    assert {len(history) for history in census.histories.values()} == {100}
    assert set(cpu(census, hypervisor.keys()[0])) == {"x"}


def test_a_reading_that_was_cut_short_is_one_gap_and_not_two() -> None:
    hypervisor, census = ready()
    key = hypervisor.keys()[0]
    for now in range(1, 7):
        told = hypervisor.sample()
        if now in (3, 4, 5):
            told = [replace(one, disks=(), balloon_time=None) if one.key == key else one for one in told]
        census.take_counters(told, float(now))
        if now == 2:
            steady = census.fields()["samples"][key].disk_read
    reads = census.histories[key].tail(Metric.DISK_READ, 10)
    assert [math.isnan(value) for value in reads] == [True, False, True, True, True, True]
    assert cpu(census, key) == ".xxxxx"
    for now in (7, 8, 9):
        told = hypervisor.sample()
        if now == 8:
            told = [replace(one, disks=()) if one.key == key else one for one in told]
        census.take_counters(told, float(now))
    reads = census.histories[key].tail(Metric.DISK_READ, 3)
    assert [math.isnan(value) for value in reads] == [False, True, False]
    assert reads[-1] == pytest.approx(steady, rel=0.5), "over two seconds, of two seconds"


def test_where_very_many_run_only_those_in_focus_are_told_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuivm.core.census.WHOLE", 5)
    hypervisor, census = ready(8, 8)
    chosen = hypervisor.keys()[3]
    for now in range(4):
        census.take_counters(hypervisor.sample([chosen]), float(now), None, {chosen})
    samples = census.fields()["samples"]
    assert [key for key in hypervisor.keys() if samples[key].more] == [chosen]  # noqa: SIM118
    assert all(sample.cpu is not None and sample.disk_write is not None for sample in samples.values())
    census.take_counters(hypervisor.sample(None), 4.0, None, None)
    assert all(sample.more for sample in census.fields()["samples"].values())
