"""The session: monitor, events, watching, loss and return."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.memory import MemoryHypervisor
from tests.recorder import Recorder
from tuivm.core import monitor
from tuivm.core.event_log import MemoryEvents
from tuivm.core.ports_history import EventKeeper
from tuivm.core.session import Session
from tuivm.core.verbs import Arguments, verb
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey, State
from tuivm.model.errors import Failed, Invalid, Unreachable
from tuivm.model.event import EventKind
from tuivm.model.host import Kind
from tuivm.model.inventory import Link
from tuivm.model.job import JobState
from tuivm.model.snapshot import SnapshotRequest

Start = Callable[..., tuple[Session, Recorder]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start sessions that are closed, and whose threads have ended, when the test is over."""
    sessions: list[Session] = []
    before = set(threading.enumerate())

    def begin(
        hypervisor: MemoryHypervisor, interval: float = 0.05, events: EventKeeper | None = None
    ) -> tuple[Session, Recorder]:
        session = Session(hypervisor, interval=interval, events=events)
        sessions.append(session)
        recorder = Recorder()
        session.attach(recorder)
        session.start()
        return session, recorder

    yield begin
    for session in sessions:
        session.close(timeout=10.0)
    left = [one.name for one in threading.enumerate() if one.name.startswith("tuivm-") and one not in before]
    assert not left, left


def up(inventory: object) -> bool:
    return inventory.link is Link.UP  # type: ignore[attr-defined]


def state_is(key: DomainKey, state: State) -> Callable[[object], bool]:
    return lambda inventory: key in inventory.domains and inventory.domains[key].state is state  # type: ignore[attr-defined]


def test_the_first_list_takes_two_round_trips_and_is_published_at_once(start: Start) -> None:
    hypervisor = MemoryHypervisor(200, running=20)
    _, recorder = start(hypervisor, interval=1000.0)
    recorder.wait_inventory(up)
    inventory, change = next((i, c) for i, c in recorder.published if up(i))
    assert len(inventory.domains) == 200
    assert inventory.running == 20
    assert change.added == set(hypervisor.keys())
    assert inventory.host is hypervisor.host
    assert (hypervisor.calls["open"], hypervisor.calls["list_domains"]) == (1, 1)
    assert hypervisor.calls["read_domain"] == 0


def test_statistics_are_one_round_trip_a_tick(start: Start) -> None:
    hypervisor = MemoryHypervisor(50, running=10)
    session, recorder = start(hypervisor)
    recorder.wait(lambda: hypervisor.calls["host_load"] >= 5, "five ticks")
    session.close(timeout=10.0)
    ticks = hypervisor.calls["sample"]
    assert 5 <= ticks <= hypervisor.calls["host_load"] + 1
    quiet = {"open", "close", "sample", "host_load", "list_domains"}
    assert hypervisor.calls.keys() == quiet, "nothing else is asked when nothing happens"
    assert hypervisor.calls["list_domains"] <= 2, "a quick list at first, the whole one soon after"


def test_samples_and_history_grow(start: Start) -> None:
    hypervisor = MemoryHypervisor(8)
    session, recorder = start(hypervisor)
    key = hypervisor.key("web-1")
    recorder.wait_inventory(lambda i: key in i.samples and i.samples[key].cpu is not None)
    history = session.history(key)
    assert history is not None
    recorder.wait(lambda: len(history) >= 4, "history")
    assert session.history(hypervisor.key("kiosk")) is None


def test_an_event_shows_without_a_tick_and_reads_only_the_domain_it_names(start: Start) -> None:
    hypervisor = MemoryHypervisor(30, running=3)
    session, recorder = start(hypervisor, interval=1000.0)
    recorder.wait(lambda: hypervisor.calls["host_load"], "the first tick")
    key = hypervisor.keys()[10]
    hypervisor.start(key)
    recorder.wait_inventory(state_is(key, State.RUNNING))
    assert hypervisor.calls["read_domain"] == 1
    assert hypervisor.calls["list_domains"] == 1
    assert [event.detail for event in session.events] == ["started (booted)"]
    assert recorder.events == list(session.events)
    came = hypervisor.add("came")
    recorder.wait_inventory(lambda i: came in i.domains)
    hypervisor.remove(came)
    recorder.wait_inventory(lambda i: came not in i.domains)
    assert recorder.published[-1][1].removed == {came}


def test_a_burst_of_events_is_one_list(start: Start) -> None:
    hypervisor = MemoryHypervisor(100, running=0)
    _, recorder = start(hypervisor, interval=1000.0)
    recorder.wait(lambda: hypervisor.calls["host_load"], "the first tick")
    everyone = hypervisor.keys()
    for key in everyone:
        hypervisor.start(key)
    recorder.wait_inventory(lambda i: i.running == 100)
    assert hypervisor.calls["list_domains"] + hypervisor.calls["read_domain"] < 50


def test_a_storm_of_events_that_change_no_row_reads_nothing_and_is_one_line(start: Start) -> None:
    hypervisor = MemoryHypervisor(200, running=200)
    session, recorder = start(hypervisor, interval=0.05)
    recorder.wait_inventory(up)
    recorder.wait(lambda: hypervisor.calls["sample"], "the first tick")
    before, everyone = hypervisor.calls["read_domain"] + hypervisor.calls["list_domains"], hypervisor.keys()
    for _ in range(20):
        for key in everyone:
            hypervisor.emit(key, "balloon", EventKind.BALLOON, topic="balloon", rereads=False)
    recorder.wait(lambda: len(session.events) >= 200, "the first of each")
    assert len(session.events) == 200
    assert hypervisor.calls["read_domain"] + hypervisor.calls["list_domains"] - before <= 1
    session.close()
    counted = sum(event.count for event in session.event_log.kept(0.0, time.time() + 1, limit=10_000))
    assert counted == 4000, "what was held back is kept at the end"


def test_what_keeps_events_is_given_every_one(start: Start) -> None:
    class Keeper(MemoryEvents):
        """One of somebody else's."""

    keeper = Keeper()
    hypervisor = MemoryHypervisor(2)
    session, recorder = start(hypervisor, events=keeper)
    recorder.wait_inventory(up)
    hypervisor.emit(hypervisor.keys()[0], "rebooted", EventKind.REBOOT)
    recorder.wait(lambda: recorder.events, "the event")
    assert session.event_log is keeper
    assert keeper.kept(session.began, time.time() + 1) == tuple(recorder.events)


def test_a_change_without_event_shows_with_the_next_full_list(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor, "FULL_LIST_EVERY", 0.1)
    hypervisor = MemoryHypervisor(3)
    _, recorder = start(hypervisor)
    recorder.wait_inventory(up)
    key = hypervisor.keys()[1]
    hypervisor.change(key, autostart=True, has_snapshots=True)
    recorder.wait_inventory(lambda i: i.domains[key].autostart and i.domains[key].has_snapshots)


def test_a_change_of_state_without_event_shows_with_the_next_tick(start: Start) -> None:
    hypervisor = MemoryHypervisor(3)
    _, recorder = start(hypervisor)
    key = hypervisor.key("web-1")
    recorder.wait_inventory(state_is(key, State.RUNNING))
    hypervisor.change(key, state=State.CRASHED, reason="panicked", id=None)
    recorder.wait_inventory(lambda i: state_is(key, State.CRASHED)(i) and key not in i.samples)


def test_lost_and_back(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor, "BACKOFF", (0.1, 0.2))
    hypervisor = MemoryHypervisor(4)
    _, recorder = start(hypervisor)
    recorder.wait_inventory(lambda i: i.samples)
    before = recorder.inventory
    hypervisor.fault = Unreachable("the daemon went away", "start libvirtd")
    lost = recorder.wait_inventory(lambda i: i.link is Link.LOST)
    assert "the daemon went away" in lost.link_message
    assert "start libvirtd" in lost.link_message
    assert "trying again in" in lost.link_message
    assert "\n" not in lost.link_message
    assert lost.domains.keys() == before.domains.keys(), "rows stay, stale"
    tries = hypervisor.calls["open"]
    recorder.wait(lambda: hypervisor.calls["open"] >= tries + 2, "new tries")
    hypervisor.remove(hypervisor.keys()[0], quiet=True)
    hypervisor.fault = None
    back = recorder.wait_inventory(up)
    assert back.link_message == ""
    assert len(back.domains) == 3


def test_what_cannot_be_reached_at_first_is_told_and_tried_again(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor, "BACKOFF", (0.1,))
    hypervisor = MemoryHypervisor(1)
    hypervisor.fault = Invalid("no such driver 'x'", "check the URI")
    _, recorder = start(hypervisor)
    lost = recorder.wait_inventory(lambda i: i.link is Link.LOST)
    assert lost.link_message.startswith("no such driver 'x' (check the URI)")
    hypervisor.fault = None
    recorder.wait_inventory(up)


def test_a_failed_tick_is_said_and_forgotten(start: Start) -> None:
    hypervisor = MemoryHypervisor(2)
    _, recorder = start(hypervisor)
    recorder.wait_inventory(lambda i: i.samples)
    hypervisor.fault = Failed("cannot read cgroup")
    odd = recorder.wait_inventory(lambda i: i.link_message == "cannot read cgroup")
    assert odd.link is Link.UP
    hypervisor.fault = None
    recorder.wait_inventory(lambda i: i.link_message == "")


def test_attach_delivers_everything_and_detach_ends_it(start: Start) -> None:
    hypervisor = MemoryHypervisor(3)
    session, first = start(hypervisor)
    first.wait_inventory(up)
    late = Recorder()
    session.attach(late)
    inventory, change = late.published[0]
    assert change.added == inventory.domains.keys() == set(hypervisor.keys())
    assert change.header
    session.detach()
    count = len(late.published)
    recorded = hypervisor.calls["sample"]
    first.wait(lambda: hypervisor.calls["sample"] > recorded + 2, "more ticks")
    assert len(late.published) == count


def test_what_is_published_adds_up(start: Start) -> None:
    hypervisor = MemoryHypervisor(6)
    session, recorder = start(hypervisor, interval=0.02)
    recorder.wait_inventory(up)
    for number in range(10):
        key = hypervisor.add(f"new-{number}")
        hypervisor.start(key)
        if number % 2:
            hypervisor.destroy(key)
            hypervisor.remove(key)
    recorder.wait_inventory(lambda i: len(i.domains) == 11 and i.running >= 5 + 3)
    session.detach()
    keys: set[DomainKey] = set()
    for inventory, change in recorder.published:
        assert change
        assert not change.added & keys
        assert change.removed <= keys
        keys = (keys | change.added) - change.removed
        assert change.changed <= keys
        assert keys == inventory.domains.keys()


def test_the_watched_detail_is_read_at_once_and_after_events(start: Start) -> None:
    hypervisor = MemoryHypervisor(4)
    session, recorder = start(hypervisor, interval=1000.0)
    recorder.wait_inventory(up)
    key = hypervisor.key("win11")
    session.watch(key)
    recorder.wait(lambda: recorder.details and recorder.details[-1].key == key, "detail")
    assert session.detail(key) == recorder.details[-1]
    assert recorder.details[-1].addresses == ()
    hypervisor.start(key)
    recorder.wait(lambda: recorder.details[-1].addresses, "addresses after the start")
    assert recorder.details[-1].description.consoles[0].alias == "serial0"
    hypervisor.destroy(key)
    recorder.wait(lambda: not recorder.details[-1].addresses, "no addresses when off")
    session.watch(None)
    assert session.detail(key) is not None


def test_a_detail_that_could_not_be_read_comes_later(start: Start) -> None:
    hypervisor = MemoryHypervisor(2)
    session, recorder = start(hypervisor)
    recorder.wait_inventory(up)
    hypervisor.fault = Failed("busy just now")
    key = hypervisor.key("db")
    tried = hypervisor.calls["detail"]
    session.watch(key)
    recorder.wait(lambda: hypervisor.calls["detail"] >= tried + 2, "a second try")
    assert session.detail(key) is None
    hypervisor.fault = None
    recorder.wait(lambda: session.detail(key), "detail")


def test_a_snapshot_made_elsewhere_shows_without_reading_xml_each_tick(start: Start) -> None:
    hypervisor = MemoryHypervisor(2)
    session, recorder = start(hypervisor)
    recorder.wait_inventory(up)
    key = hypervisor.key("db")
    session.watch(key)
    recorder.wait(lambda: hypervisor.calls["snapshot_names"] >= 4, "polling")
    reads = hypervisor.calls["detail"]
    hypervisor.take_snapshot(key, SnapshotRequest("one"))
    recorder.wait(lambda: [s.name for s in recorder.details[-1].snapshots] == ["one"], "snapshot")
    hypervisor.take_snapshot(key, SnapshotRequest("two"))
    recorder.wait(lambda: len(recorder.details[-1].snapshots) == 2, "second snapshot")
    hypervisor.delete_snapshot(key, "one")
    recorder.wait(lambda: [s.name for s in recorder.details[-1].snapshots] == ["two"], "deletion")
    assert hypervisor.calls["detail"] <= reads + 5


def test_what_is_refused_is_learnt_and_shown(start: Start) -> None:
    hypervisor = MemoryHypervisor(2)
    hypervisor.refuse[Capability.SNAPSHOT] = "this driver has no snapshots"
    session, recorder = start(hypervisor, interval=1000.0)
    recorder.wait_inventory(up)
    key = hypervisor.key("db")
    job = session.run(verb("snapshot"), session.inventory.domains[key], Arguments("one"))
    assert recorder.wait_job(job.id).message == "this driver has no snapshots"
    inventory = recorder.wait_inventory(lambda i: i.unsupported)
    assert inventory.unsupported == {"snapshot": "this driver has no snapshots"}
    assert verb("snapshot").why_not(inventory.domains[key], inventory.unsupported)


def test_autostart_set_by_a_job_shows_although_there_is_no_event(start: Start) -> None:
    hypervisor = MemoryHypervisor(2)
    session, recorder = start(hypervisor, interval=1000.0)
    recorder.wait_inventory(up)
    key = hypervisor.key("db")
    assert session.inventory.domains[key].autostart is False
    session.run(verb("autostart"), session.inventory.domains[key])
    recorder.wait_inventory(lambda i: i.domains[key].autostart)


def test_nothing_waits_for_a_hypervisor_that_sleeps() -> None:
    hypervisor = MemoryHypervisor(3, delay=0.0)
    session = Session(hypervisor, interval=0.05)
    recorder = Recorder()
    session.attach(recorder)
    session.start()
    recorder.wait_inventory(up)
    key = hypervisor.keys()[0]
    domain = session.inventory.domains[key]
    hypervisor.delay = 60.0
    asleep = hypervisor.calls["sample"]
    recorder.wait(lambda: hypervisor.calls["sample"] > asleep, "a tick that hangs")
    begun = time.monotonic()
    session.watch(key)
    session.run(verb("pause"), domain)
    waiting = session.run(verb("resume"), domain)
    assert session.work.cancel(waiting.id)
    assert session.pending(key) is not None
    console = session.console(key)
    console.open()
    console.send(b"x")
    console.pump()
    console.close()
    _ = session.inventory, session.jobs, session.events, session.detail(key), session.history(key)
    session.detach()
    session.close(timeout=0.5)
    took = time.monotonic() - begun
    hypervisor.released.set()
    # One sleeping call alone would take 60 s.
    assert took < 30.0


def test_close_before_start_and_twice() -> None:
    session = Session(MemoryHypervisor(1))
    session.close()
    session.close()


def test_ticks_that_were_slept_through_are_dropped(start: Start) -> None:
    hypervisor = MemoryHypervisor(2, delay=0.0)
    _, recorder = start(hypervisor, interval=0.02)
    recorder.wait_inventory(lambda i: i.samples)
    hypervisor.delay = 0.3
    recorder.wait(lambda: len(recorder.published) > 0, "something")
    before = hypervisor.calls["sample"]
    begun = time.monotonic()
    recorder.wait(lambda: hypervisor.calls["sample"] >= before + 3, "three slow ticks")
    hypervisor.delay = 0.0
    took = time.monotonic() - begun
    assert hypervisor.calls["sample"] - before <= took / 0.25 + 2, "no burst of ticks to catch up"


def test_what_the_running_domains_use_corrects_what_the_host_could_use(start: Start) -> None:
    hypervisor = MemoryHypervisor(2, running=0)
    _, recorder = start(hypervisor, interval=1000.0)
    recorder.wait_inventory(up)
    first, second = hypervisor.keys()
    hypervisor.change(first, virt_type="qemu")
    hypervisor.start(first)
    recorder.wait_inventory(lambda i: i.host.kind is Kind.TYPE2 and i.host.acceleration == "emulation")
    hypervisor.change(second, virt_type="kvm")
    hypervisor.start(second)
    recorder.wait_inventory(lambda i: i.host.kind is Kind.TYPE1 and i.host.acceleration == "KVM")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_our_own_does_not_leave_rows_that_look_alive(start: Start) -> None:
    hypervisor = MemoryHypervisor(2)
    _, recorder = start(hypervisor)
    recorder.wait_inventory(up)
    hypervisor.fault = ZeroDivisionError("not libvirt's")
    recorder.wait_inventory(lambda i: i.link is Link.LOST and "no longer watches" in i.link_message)


def test_who_hears_that_a_verb_is_done_sees_the_domain_as_it_is(start: Start) -> None:
    hypervisor = MemoryHypervisor(1, running=1)
    session, recorder = start(hypervisor, interval=1000.0)
    recorder.wait_inventory(up)
    (key,) = hypervisor.keys()
    # Nobody tells of the pause: no event, and no tick for a long time.
    hypervisor.emit = lambda *args, **kwargs: None  # type: ignore[method-assign]
    seen = []
    session.attach(recorder)
    tell = recorder.on_job
    recorder.on_job = lambda job: (seen.append((job.state, session.inventory.domains[key].state)), tell(job))  # type: ignore[method-assign]
    session.run(verb("pause"), session.inventory.domains[key])
    recorder.wait(lambda: any(job.state is JobState.DONE for job in session.jobs), "the pause")
    recorder.wait(lambda: seen and seen[-1][0] is JobState.DONE, "the job to be told")
    assert seen[-1] == (JobState.DONE, State.PAUSED)
