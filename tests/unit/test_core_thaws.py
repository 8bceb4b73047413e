"""Guests that a lost connection may have left frozen: said, and let go when that can be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.memory import MemoryHypervisor
from tests.recorder import Recorder
from tuivm.core import monitor, thaws
from tuivm.core.audit import Audit
from tuivm.core.session import Session
from tuivm.core.surroundings import Surroundings
from tuivm.core.verbs import Arguments, Work, verb
from tuivm.model.domain import DomainKey, State
from tuivm.model.errors import HypervisorError, Invalid, NotSupported, Unreachable
from tuivm.model.inventory import Link
from tuivm.model.job import Job, JobState, Operation
from tuivm.model.snapshot import SnapshotKind, SnapshotRequest

LOST = "End of file while reading data"
AGENT = (
    "<domain type='kvm'><devices><channel type='unix'>"
    "<target type='virtio' name='org.qemu.guest_agent.0' state='{}'/></channel></devices></domain>"
)


def quiesced(*, quiesce: bool = True) -> Arguments:
    request = SnapshotRequest("x", kind=SnapshotKind.DISK_ONLY, memory=False, quiesce=quiesce)
    return Arguments(snapshot="x", request=request)


class Place:
    """A session on a fake whose snapshots break off and leave the guest frozen."""

    def __init__(self, folder: Path) -> None:
        self.hypervisor = MemoryHypervisor(2, running=2)
        self.key = self.hypervisor.keys()[0]
        self.machine = self.hypervisor.machine(self.key)
        self.machine.xml = AGENT.format("connected")
        self.machine.keeper.agent = ""
        self.audit = Audit(folder / "audit.log")
        self.session, self.told = Session(self.hypervisor, interval=0.05, audit=self.audit), Recorder()
        self.session.attach(self.told)
        self.session.start()
        self.told.wait_inventory(lambda inventory: self.key in inventory.domains)

    def lose(self, key: DomainKey, request: SnapshotRequest) -> None:
        """What a snapshot is when the daemon ends in it."""
        self.machine.frozen = 2
        self.hypervisor.fault = Unreachable("not connected")
        raise Unreachable(LOST, code=38)

    def break_off(self) -> Job:
        """Take a quiesced snapshot; the connection is gone afterwards."""
        self.hypervisor.take_snapshot = self.lose  # type: ignore[method-assign, assignment]
        job = self.session.run(verb("snapshot"), self.session.inventory.domains[self.key], quiesced())
        over = self.told.wait_job(job.id)
        self.told.wait_inventory(lambda inventory: inventory.link is Link.LOST, "the loss")
        return over

    def thawed(self) -> list[Job]:
        return [job for job in self.session.jobs if job.verb == "thaw" and job.state.is_over]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr(thaws, "LOOK", 0.02)
    monkeypatch.setattr(monitor, "BACKOFF", (0.05,))
    made = Place(tmp_path)
    yield made
    made.hypervisor.fault = None
    made.session.close(20.0)


def test_what_may_be_frozen_is_said_and_thawed_when_the_connection_is_back(place: Place) -> None:
    failed = place.break_off()
    assert (failed.state, failed.message) == (
        JobState.FAILED,
        f"{LOST}; the guest's file systems may still be frozen",
    )
    assert failed.remedy.startswith("they are thawed once the connection is back; by hand: virsh -c ")
    assert place.machine.frozen == 2
    place.hypervisor.fault = None
    (thawed,) = place.told.wait(place.thawed, "the thawing")
    assert (thawed.key, thawed.state, thawed.message) == (place.key, JobState.DONE, "2 file systems thawed")
    assert place.machine.frozen == 0
    (event,) = [one for one in place.told.events if "left frozen" in one.detail]
    assert (event.key, event.notice) == (place.key, "warning")
    assert place.audit.close(20.0)
    lines = [json.loads(line) for line in place.audit.path.read_text().splitlines()]
    assert [(line["verb"], line["result"]) for line in lines][-2:] == [("thaw", "begun"), ("thaw", "done")]
    assert lines[-1]["message"] == "2 file systems thawed"


@pytest.mark.parametrize("waits_for", ["the snapshot", "the agent"])
def test_it_waits_for_the_agent_and_not_to_spoil_a_snapshot_still_being_taken(
    place: Place, monkeypatch: pytest.MonkeyPatch, waits_for: str
) -> None:
    looked: list[str] = []
    under_way: list[Operation | None] = [Operation("snapshot", None)]

    def operation(key: DomainKey) -> Operation | None:
        looked.append(key.uuid)
        return under_way[0]

    def detail(key: DomainKey) -> object:
        looked.append(key.uuid)
        return place.machine.detail()

    if waits_for == "the agent":
        place.machine.xml = AGENT.format("disconnected")
        monkeypatch.setattr(place.hypervisor, "detail", detail)
    else:
        monkeypatch.setattr(place.hypervisor, "operation", operation)
    # The plan of a snapshot asks the agent too; that one is of the fake's own facts.
    place.break_off()
    place.hypervisor.fault = None
    place.told.wait(lambda: len(looked) > 5, "several looks")
    assert place.thawed() == []
    assert place.machine.frozen == 2
    under_way[0] = None
    place.machine.xml = AGENT.format("connected")
    place.told.wait(place.thawed, "the thawing")
    assert place.machine.frozen == 0


def test_an_agent_that_never_comes_is_a_job_that_says_so(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thaws, "AGENT", 0.1)

    def refuse(_: DomainKey) -> int:
        raise Invalid("argument unsupported: QEMU guest agent is not configured", code=74)

    monkeypatch.setattr(place.hypervisor, "thaw", refuse)
    place.break_off()
    place.machine.xml = AGENT.format("disconnected")
    place.hypervisor.fault = None
    (over,) = place.told.wait(place.thawed, "the try")
    assert over.state is JobState.FAILED
    assert "guest agent is not configured" in over.message


def test_a_guest_that_is_off_by_then_is_left_alone(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.break_off()
    left = place.session._thaws._left
    assert place.key in left
    place.hypervisor.power_off(place.key)
    place.hypervisor.fault = None
    place.told.wait(lambda: not left, "its giving up")
    assert place.thawed() == []
    assert place.hypervisor.calls["thaw"] == 0


def test_a_connection_lost_while_it_is_thawed_is_tried_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = place.hypervisor.thaw

    def lose_once(key: DomainKey) -> int:
        monkeypatch.setattr(place.hypervisor, "thaw", real)
        raise Unreachable(LOST, code=38)

    monkeypatch.setattr(place.hypervisor, "thaw", lose_once)
    place.break_off()
    place.hypervisor.fault = None
    place.told.wait(lambda: len(place.thawed()) == 2, "the second try")
    assert [job.state for job in place.thawed()] == [JobState.FAILED, JobState.DONE]
    assert place.machine.frozen == 0


@pytest.mark.parametrize(
    ("error", "quiesce"),
    [
        (Unreachable("not connected"), True),
        (Unreachable(LOST, code=38), False),
        (NotSupported("no such thing", code=3), True),
    ],
)
def test_nothing_is_said_where_nothing_was_frozen_or_libvirt_lives(
    error: HypervisorError, quiesce: bool
) -> None:
    hypervisor = MemoryHypervisor(1, running=1)
    hypervisor.open()
    key = hypervisor.keys()[0]
    hypervisor.machine(key).keeper.agent = ""
    hypervisor.take_snapshot = raising(error)  # type: ignore[method-assign]
    left: list[DomainKey] = []
    around = replace(Surroundings(), left_frozen=left.append)
    with pytest.raises(HypervisorError) as raised:
        verb("snapshot").run(Work(hypervisor, key, quiesced(quiesce=quiesce), None, around))
    assert "frozen" not in str(raised.value)
    assert left == []


def raising(error: HypervisorError) -> Callable[..., None]:
    def raises(*_: object) -> None:
        raise error

    return raises


@pytest.mark.parametrize(
    ("frozen", "said"),
    [(0, "no file system was frozen"), (1, "1 file system thawed"), (3, "3 file systems thawed")],
)
def test_by_hand_it_says_how_many_there_were(frozen: int, said: str) -> None:
    hypervisor = MemoryHypervisor(1, running=1)
    hypervisor.open()
    key = hypervisor.keys()[0]
    hypervisor.machine(key).frozen = frozen
    work = Work(hypervisor, key, Arguments())
    verb("thaw").run(work)
    assert work.message == said
    domain = hypervisor.read_domain(key)
    assert verb("thaw").virsh(domain, Arguments())[-3:] == ("domfsthaw", "--domain", domain.name)
    assert "backup" in verb("thaw").lost(domain, Arguments())
    assert verb("thaw").why_not(replace(domain, state=State.OFF), {}) == "not running"
