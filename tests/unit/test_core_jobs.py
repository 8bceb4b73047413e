"""Verbs as jobs: order, failures, shutdowns that are ignored, cancelling."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.memory import MemoryHypervisor
from tests.recorder import Recorder
from tuivm.core import job_book
from tuivm.core.jobs import Jobs
from tuivm.core.session import Session
from tuivm.core.verbs import Arguments, Verb, Work, verb
from tuivm.model.domain import Domain, State
from tuivm.model.errors import Unreachable
from tuivm.model.inventory import Link
from tuivm.model.job import Job, JobState


class Office:
    """Jobs on a fake hypervisor, with verbs that wait until the test lets them go on."""

    def __init__(self, workers: int = 4, shutdown_timeout: float = 60.0) -> None:
        self.hypervisor = MemoryHypervisor(6, running=6)
        self.hypervisor.open()
        self.told = Recorder()
        self.over: list[Job] = []
        self.went: list[str] = []
        self.gate = threading.Event()
        self.jobs = Jobs(
            self.hypervisor,
            domain_of=lambda key: self.hypervisor.machine(key).domain,
            tell=self.told.on_job,
            settle=lambda key: None,
            done=self.over.append,
            shutdown_timeout=shutdown_timeout,
            workers=workers,
        )
        self.jobs.start()

    def domain(self, index: int = 0) -> Domain:
        return self.hypervisor.read_domain(self.hypervisor.keys()[index])

    def slow(self, name: str) -> Verb:
        """A verb that begins, notes so, and ends when the gate opens."""

        def run(work: Work) -> None:
            self.went.append(name)
            assert self.gate.wait(20.0)

        return replace(verb("reset"), id=name, run=run)

    def waiting(self) -> list[Job]:
        """The steps told of shutdowns that wait for their guest."""
        return [job for job in self.told.jobs if job.message == "waiting for the guest"]

    def submit(self, chosen: Verb, index: int = 0) -> Job:
        return self.jobs.submit(chosen, self.domain(index), Arguments())


@pytest.fixture
def office() -> Iterator[Office]:
    made = Office()
    yield made
    made.gate.set()
    made.jobs.stop()
    assert made.jobs.join(20.0)


def test_a_job_goes_through_its_states_in_order(office: Office) -> None:
    job = office.submit(verb("pause"))
    assert job.state is JobState.QUEUED
    done = office.told.wait_job(job.id)
    assert [step.state for step in office.told.jobs] == [JobState.QUEUED, JobState.RUNNING, JobState.DONE]
    assert done.finished is not None
    assert done.finished >= done.created
    assert office.domain().state is State.PAUSED
    assert office.over == [done]
    assert office.jobs.all() == (done,)
    assert office.jobs.pending(done.key) is None


def test_one_domains_verbs_run_one_after_the_other_and_others_do_not_wait(office: Office) -> None:
    first, second = office.submit(office.slow("first")), office.submit(office.slow("second"))
    other = office.submit(office.slow("other"), 1)
    office.told.wait_job(first.id, JobState.RUNNING)
    office.told.wait_job(other.id, JobState.RUNNING)
    office.told.wait(lambda: len(office.went) >= 2, "two at work")
    assert sorted(office.went) == ["first", "other"]
    pending = office.jobs.pending(first.key)
    assert pending is not None
    assert pending.id == second.id, "the newest"
    office.gate.set()
    office.told.wait_job(second.id)
    assert office.went.index("first") < office.went.index("second")


def test_the_pool_is_bounded(office: Office) -> None:
    for index in range(6):
        office.submit(office.slow(str(index)), index)
    office.told.wait(lambda: len(office.went) == 4, "four at work")
    names = [thread.name for thread in threading.enumerate() if thread.name.startswith("tuivm-job-")]
    assert len(names) == 4
    assert sum(job.state is JobState.QUEUED for job in office.jobs.all()) == 2
    office.gate.set()
    office.told.wait(lambda: len(office.over) == 6, "all done")


def test_libvirts_own_words_and_remedy_arrive(office: Office) -> None:
    domain = office.domain()
    office.hypervisor.fault = Unreachable("cannot connect", "start libvirtd")
    failed = office.told.wait_job(office.jobs.submit(verb("pause"), domain, Arguments()).id)
    assert (failed.state, failed.message, failed.remedy) == (
        JobState.FAILED,
        "cannot connect",
        "start libvirtd",
    )


def test_a_bug_is_a_failed_job_and_the_worker_goes_on(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    def run(work: Work) -> None:
        raise ZeroDivisionError("oh")

    with caplog.at_level(logging.ERROR, "tuivm.jobs"):
        failed = office.told.wait_job(office.submit(replace(verb("reset"), run=run)).id)
    assert failed.state is JobState.FAILED
    assert "ZeroDivisionError" in failed.message
    assert "ZeroDivisionError" in caplog.text
    assert office.told.wait_job(office.submit(verb("pause")).id).state is JobState.DONE


def test_a_queued_job_can_be_cancelled_a_running_one_not(office: Office) -> None:
    first, second, third = (office.submit(office.slow(name)) for name in ("a", "b", "c"))
    office.told.wait_job(first.id, JobState.RUNNING)
    assert not office.jobs.cancel(first.id)
    assert office.jobs.cancel(second.id)
    assert not office.jobs.cancel(second.id)
    assert not office.jobs.cancel(999)
    office.gate.set()
    assert office.told.wait_job(third.id).state is JobState.DONE
    assert office.told.wait_job(second.id).state is JobState.CANCELLED
    assert office.went == ["a", "c"]


def test_jobs_long_over_are_dropped(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_book, "KEPT", 3)
    jobs = [office.submit(verb("reset"), index % 6) for index in range(8)]
    office.told.wait(lambda: len(office.over) == 8, "all over")
    assert len(office.jobs.all()) == 3
    assert [job.id for job in jobs] == list(range(1, 9))


def test_a_shutdown_is_done_when_the_guest_is_off(office: Office) -> None:
    key = office.hypervisor.keys()[0]
    office.hypervisor.machine(key).ignores_shutdown = True
    job = office.submit(verb("shutdown"))
    waiting = office.told.wait(lambda: [j for j in office.told.jobs if j.message == "waiting for the guest"])[
        -1
    ]
    assert waiting.state is JobState.RUNNING
    office.hypervisor.power_off(key)
    office.jobs.look()
    assert office.told.wait_job(job.id).state is JobState.DONE


def test_waiting_shutdowns_hold_no_worker_and_do_not_block_force_off(office: Office) -> None:
    for index, key in enumerate(office.hypervisor.keys()):
        office.hypervisor.machine(key).ignores_shutdown = True
        office.submit(verb("shutdown"), index)
    office.told.wait(
        lambda: sum(j.message == "waiting for the guest" for j in office.told.jobs) == 6, "six waits"
    )
    force = office.submit(verb("force-off"), 2)
    assert office.told.wait_job(force.id).state is JobState.DONE
    office.jobs.look()
    assert office.told.wait_job(3).state is JobState.DONE
    assert sum(job.state is JobState.RUNNING for job in office.jobs.all()) == 5
    assert office.jobs.cancel(1)
    assert office.told.wait_job(1).state is JobState.CANCELLED


def test_a_shutdown_that_is_ignored_says_so_and_offers_force_off() -> None:
    office = Office(shutdown_timeout=0.1)
    office.hypervisor.machine(office.hypervisor.keys()[0]).ignores_shutdown = True
    failed = office.told.wait_job(office.submit(verb("shutdown")).id)
    assert failed.state is JobState.FAILED
    assert "not reacted" in failed.message
    assert failed.suggest == "force-off"
    office.jobs.stop()
    assert office.jobs.join(20.0)


def test_through_the_session_a_shutdown_ends_by_the_event() -> None:
    hypervisor = MemoryHypervisor(3, running=3)
    session, told = Session(hypervisor, interval=1000.0), Recorder()
    session.attach(told)
    session.start()
    told.wait_inventory(lambda inventory: inventory.link is Link.UP)
    key = hypervisor.keys()[1]
    hypervisor.machine(key).ignores_shutdown = True
    job = session.run(verb("shutdown"), session.inventory.domains[key])
    told.wait(lambda: [j for j in told.jobs if j.message == "waiting for the guest"], "waiting")
    pending = session.pending(key)
    assert pending is not None
    assert pending.id == job.id
    hypervisor.power_off(key)
    assert told.wait_job(job.id).message == "the guest is off"
    assert session.jobs[-1].state is JobState.DONE
    session.close(timeout=20.0)
