"""What a session reads, how often, for whom, and what it remembers of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.memory import MemoryHypervisor
from tests.recorder import Recorder
from tuivm.core import balloons
from tuivm.core.pace import Slowness
from tuivm.core.session import Session
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Failed
from tuivm.model.inventory import Link
from tuivm.model.series import Metric, Series, Window
from tuivm.model.stats import Sample

Start = Callable[..., tuple[Session, Recorder]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start sessions that are closed when the test is over."""
    sessions: list[Session] = []

    def begin(hypervisor: MemoryHypervisor, **settings: object) -> tuple[Session, Recorder]:
        session = Session(hypervisor, **{"interval": 0.05, **settings})  # type: ignore[arg-type]
        sessions.append(session)
        recorder = Recorder()
        session.attach(recorder)
        session.start()
        recorder.wait_inventory(lambda inventory: inventory.link is Link.UP)
        return session, recorder

    yield begin
    for session in sessions:
        session.close(timeout=10.0)


class Keeper:
    """Keeps what it is given, and by which thread."""

    def __init__(self) -> None:
        self.kept: list[tuple[float, Mapping[DomainKey, Sample]]] = []
        self.threads: set[str] = set()

    def put(self, when: float, samples: Mapping[DomainKey, Sample]) -> None:
        self.threads.add(threading.current_thread().name)
        self.kept.append((when, samples))

    def window(self, key: DomainKey, series: Series, start: float, step: float, count: int) -> Window:
        raise AssertionError("nobody asks it here")

    def series_of(self, key: DomainKey, start: float, end: float) -> tuple[Series, ...]:
        raise AssertionError("nobody asks it here")


def test_the_keeper_gets_the_samples_of_every_tick_with_the_time_of_day(start: Start) -> None:
    hypervisor, keeper = MemoryHypervisor(4, running=2), Keeper()
    began = time.time()
    _, recorder = start(hypervisor, keeper=keeper)
    recorder.wait(lambda: len(keeper.kept) >= 5, "five ticks")
    times = [when for when, _ in keeper.kept]
    assert times == sorted(times)
    assert began - 1 < times[0] <= times[-1] < time.time() + 1
    assert all(samples.keys() == set(hypervisor.keys()[:2]) for _, samples in keeper.kept)
    assert keeper.kept[-1][1][hypervisor.keys()[0]].more
    assert keeper.threads == {"tuivm-monitor"}
    hypervisor.fault = Failed("no statistics")
    recorder.wait_inventory(lambda inventory: inventory.link_message == "no statistics")
    count = len(keeper.kept)
    failed = hypervisor.calls["sample"]
    recorder.wait(lambda: hypervisor.calls["sample"] > failed + 3, "more failures")
    assert len(keeper.kept) == count, "a tick that failed has no samples"


def test_what_is_costly_is_read_of_the_selected_and_the_compared_ones(start: Start) -> None:
    hypervisor = MemoryHypervisor(5, running=4)
    session, recorder = start(hypervisor)
    first, second, third = hypervisor.keys()[:3]
    recorder.wait(lambda: hypervisor.calls["sample"], "a tick")
    assert hypervisor.focused == frozenset()
    session.watch(first)
    recorder.wait(lambda: hypervisor.focused == {first}, "the selected one")
    session.focus([second, third])
    recorder.wait(lambda: hypervisor.focused == {first, second, third}, "the compared ones")
    vcpu = Series(Metric.CPU, "0")
    recorder.wait(lambda: vcpu in session.inventory.samples[second].more, "a vCPU")
    assert vcpu not in session.inventory.samples[hypervisor.keys()[3]].more
    session.focus(None)
    recorder.wait(lambda: hypervisor.focused is None, "all of them")
    session.focus(())
    session.watch(None)
    recorder.wait(lambda: hypervisor.focused == frozenset(), "none of them")


def test_the_past_tells_of_the_last_ticks_in_the_time_of_day(start: Start) -> None:
    hypervisor = MemoryHypervisor(2, running=1)
    session, recorder = start(hypervisor, interval=0.2)
    key = hypervisor.keys()[0]
    history = None

    def filled() -> bool:
        nonlocal history
        history = session.history(key)
        return history is not None and len(history) >= 8

    recorder.wait(filled, "eight ticks")
    now = time.time()
    window = session.past.window(key, Series(Metric.CPU), now - 60.0, 1.0, 61)
    assert not window.is_empty
    assert Series(Metric.DISK_READ, "vda") in session.past.series_of(key, now - 60, now)
    assert session.past.window(key, Series(Metric.CPU), now + 100, 1.0, 4).is_empty
    assert session.past.series_of(hypervisor.keys()[1], now - 5, now) == ()


def test_readings_come_slower_on_demand_and_at_once_when_it_is_over(start: Start) -> None:
    hypervisor = MemoryHypervisor(2)
    session, recorder = start(hypervisor, interval=0.1)
    recorder.wait(lambda: hypervisor.calls["sample"] >= 2, "ticks")
    session.set_pace(Slowness.AWAY, 1000.0)
    assert session.pace.words == "every 1000 s"
    # One may have been under way.
    settled = hypervisor.calls["sample"] + 1
    session.set_pace(Slowness.LINK, 2000.0)
    session.set_pace(Slowness.AWAY, None)
    assert session.pace.seconds == 2000.0
    hypervisor.emit(hypervisor.keys()[0], "something happened")
    recorder.wait(lambda: hypervisor.calls["read_domain"], "events are followed as ever")
    assert hypervisor.calls["sample"] <= settled
    session.set_pace(Slowness.LINK, None)
    recorder.wait(lambda: hypervisor.calls["sample"] > settled, "ticks again")
    assert session.pace.words == ""


def test_a_host_that_answers_slowly_is_asked_less(start: Start) -> None:
    hypervisor = MemoryHypervisor(2, delay=0.1)
    session, recorder = start(hypervisor, interval=0.2)
    recorder.wait(lambda: session.pace.reasons == {Slowness.COST}, "a slower pace")
    assert session.pace.seconds == 1.0
    hypervisor.delay = 0.0
    recorder.wait(lambda: not session.pace.reasons, "the pace as configured")


def periods(hypervisor: MemoryHypervisor) -> list[int | None]:
    keys = hypervisor.keys()
    return [hypervisor.machine(key).balloon_period for key in keys]


def test_guests_are_made_to_report_their_memory_at_every_start(start: Start) -> None:
    hypervisor = MemoryHypervisor(5, running=3)
    own, without = hypervisor.keys()[1:3]
    hypervisor.machine(own).balloon_period = 30
    hypervisor.machine(without).balloon_period = None
    _, recorder = start(hypervisor, balloon_period=7)
    recorder.wait(lambda: periods(hypervisor) == [7, 30, None, 0, 0], "the period")
    asked = hypervisor.calls["report_memory"]
    ticks = hypervisor.calls["sample"]
    recorder.wait(lambda: hypervisor.calls["sample"] > ticks + 3, "more ticks")
    assert hypervisor.calls["report_memory"] == asked == 3, "once for each run"
    started = hypervisor.keys()[3]
    hypervisor.start(started)
    recorder.wait(lambda: periods(hypervisor)[3] == 7, "the period of the one started")
    hypervisor.destroy(started)
    hypervisor.machine(started).balloon_period = 0
    hypervisor.start(started)
    recorder.wait(lambda: periods(hypervisor)[3] == 7, "the period after a restart")


def test_no_period_where_none_is_wanted_or_possible(start: Start) -> None:
    hypervisor = MemoryHypervisor(3)
    _, recorder = start(hypervisor, balloon_period=0)
    refusing = MemoryHypervisor(3)
    refusing.refuse[Capability.MEMORY_REPORTS] = "the driver has no way to let guests report their memory"
    _, other = start(refusing, balloon_period=5)
    forbidden = MemoryHypervisor(3)
    forbidden.missing[Capability.MEMORY_REPORTS] = "read-only connection"
    _, third = start(forbidden, balloon_period=5)
    for told, asked, most in ((recorder, hypervisor, 0), (other, refusing, 1), (third, forbidden, 0)):
        told.wait(lambda asked=asked: asked.calls["sample"] >= 5, "ticks")
        assert asked.calls["report_memory"] == most


def test_a_period_that_could_not_be_set_is_tried_again(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(balloons, "RETRY", 0.2)
    hypervisor = MemoryHypervisor(1)
    failures = iter([Failed("busy"), Failed("busy")])
    real = hypervisor.report_memory

    def report(key: DomainKey, seconds: int) -> bool:
        for failure in failures:
            raise failure
        return real(key, seconds)

    monkeypatch.setattr(hypervisor, "report_memory", report)
    _, recorder = start(hypervisor, balloon_period=5)
    recorder.wait(lambda: periods(hypervisor) == [5], "the third try")
