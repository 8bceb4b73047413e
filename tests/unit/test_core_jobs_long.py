"""Jobs that take long and many at once: measured, ended early, done again, in batches that leave room."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.unit.test_core_jobs import Office
from tuivm.core import asks as asks_module
from tuivm.core import job_watch
from tuivm.core.asks import Asks
from tuivm.core.verbs import Arguments, Verb, Work, verb
from tuivm.core.verbs.verb import LOCKED
from tuivm.model.domain import State
from tuivm.model.errors import Cancelled, Failed, HypervisorError, NotSupported, Unreachable
from tuivm.model.job import Job, JobState, Progress

MEASURED = Progress(percent=40.0, done=4, total=10, remaining=3.0)


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(job_watch, "POLL", 0.01)
    monkeypatch.setattr(job_watch, "ABORT_AGAIN", 0.01)
    made = Office()
    yield made
    made.gate.set()
    made.jobs.stop()
    assert made.jobs.join(20.0)


def now(office: Office, job: Job) -> Job:
    """The job's latest step that was told; the recorder's lock is held where it waits for one."""
    return next(one for one in reversed(office.told.jobs) if one.id == job.id)


def saving(office: Office) -> Verb:
    """A measured verb, which ends with an error when it is aborted."""

    def run(work: Work) -> None:
        office.went.append("save")
        office.hypervisor.progress[work.key] = MEASURED
        while not office.gate.wait(0.005):
            if work.key in office.hypervisor.aborted:
                raise Failed("operation aborted: canceled by client")

    return replace(verb("reset"), id="long", run=run, measured=True)


def test_a_measured_job_tells_how_far_it_is_and_its_command(office: Office) -> None:
    job = office.submit(saving(office))
    assert job.command.startswith("virsh -c ")
    office.told.wait(lambda: now(office, job).progress == MEASURED, "progress")
    assert now(office, job).cancellable
    assert now(office, job).started is not None
    office.gate.set()
    over = office.told.wait_job(job.id)
    assert (over.state, over.progress, over.cancellable) == (JobState.DONE, None, False)


def test_a_measured_job_is_ended_by_the_hypervisor(office: Office) -> None:
    job = office.submit(saving(office))
    office.told.wait(lambda: now(office, job).progress, "progress")
    assert office.jobs.cancel(job.id)
    assert office.jobs.cancel(job.id), "asked again it is still on its way"
    over = office.told.wait_job(job.id)
    assert (over.state, over.message) == (JobState.CANCELLED, "operation aborted: canceled by client")
    assert over.error == over.message
    assert office.hypervisor.aborted == [job.key]


def test_an_end_asked_for_before_libvirt_has_begun_comes_all_the_same(office: Office) -> None:
    begun = threading.Event()
    inner = saving(office)

    def run(work: Work) -> None:
        assert begun.wait(20.0)
        inner.run(work)

    job = office.submit(replace(inner, run=run))
    office.told.wait_job(job.id, JobState.RUNNING)
    assert office.jobs.cancel(job.id)
    office.told.wait(lambda: office.hypervisor.calls["abort_job"] > 1, "a second try")
    begun.set()
    assert office.told.wait_job(job.id).state is JobState.CANCELLED


def test_a_hypervisor_that_ends_nothing_says_so_and_the_job_goes_on(office: Office) -> None:
    office.hypervisor.abort_refusal = NotSupported("this driver ends nothing", code=3)
    job = office.submit(saving(office))
    office.told.wait(lambda: now(office, job).progress, "progress")
    assert office.jobs.cancel(job.id)
    office.told.wait(lambda: "cannot be cancelled: this driver" in now(office, job).message, "the refusal")
    assert now(office, job).cancellable
    office.gate.set()
    assert office.told.wait_job(job.id).state is JobState.DONE


def test_an_interruptible_verb_ends_itself_and_one_that_came_through_is_done(office: Office) -> None:
    def run(work: Work) -> None:
        work.report(Progress(percent=10.0))
        if work.pause(20.0):
            raise Cancelled("stopped after a tenth; nothing was changed")

    ended = office.submit(replace(verb("reset"), run=run, interruptible=True))
    office.told.wait(lambda: now(office, ended).progress, "progress")
    assert office.jobs.cancel(ended.id)
    over = office.told.wait_job(ended.id)
    assert (over.state, over.message) == (JobState.CANCELLED, "stopped after a tenth; nothing was changed")

    def go_on(work: Work) -> None:
        work.pause(20.0)

    through = office.submit(replace(verb("reset"), run=go_on, interruptible=True))
    office.told.wait_job(through.id, JobState.RUNNING)
    assert office.jobs.cancel(through.id)
    assert office.told.wait_job(through.id).state is JobState.DONE, "it was done, whatever was wished"


def test_a_connection_lost_in_the_middle_is_no_cancel_and_not_known(office: Office) -> None:
    def run(work: Work) -> None:
        work.pause(20.0)
        raise Unreachable("End of file while reading data", code=38)

    job = office.submit(replace(verb("reset"), run=run, interruptible=True))
    office.told.wait_job(job.id, JobState.RUNNING)
    office.jobs.cancel(job.id)
    over = office.told.wait_job(job.id)
    assert over.state is JobState.FAILED
    assert "not known whether it was done" in over.remedy


def test_libvirts_words_are_kept_whole(office: Office) -> None:
    def run(work: Work) -> None:
        error = Failed("one line", "do this")
        error.full = "first line\nsecond line"
        raise error

    over = office.told.wait_job(office.submit(replace(verb("reset"), run=run)).id)
    assert (over.message, over.remedy, over.error) == ("one line", "do this", "first line\nsecond line")


def test_a_guest_waited_for_when_the_connection_went_is_not_said_to_have_ignored_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office = Office(shutdown_timeout=0.1)
    monkeypatch.setattr(office.jobs, "_linked", lambda: False)
    office.hypervisor.machine(office.hypervisor.keys()[0]).ignores_shutdown = True
    over = office.told.wait_job(office.submit(verb("shutdown")).id)
    assert over.state is JobState.FAILED
    assert over.message.startswith("not known whether the guest reacted")
    assert not over.suggest
    office.jobs.stop()
    assert office.jobs.join(20.0)


def test_a_graceful_force_off_asks_first_and_cuts_the_power_then() -> None:
    office = Office(shutdown_timeout=0.1)
    key = office.hypervisor.keys()[0]
    office.hypervisor.machine(key).ignores_shutdown = True
    graceful = Arguments(options=frozenset({"graceful"}))
    over = office.told.wait_job(office.jobs.submit(verb("force-off"), office.domain(), graceful).id)
    assert over.state is JobState.DONE
    assert "not reacted" in over.message
    assert office.domain().state is State.OFF
    assert office.hypervisor.calls["shutdown"] == office.hypervisor.calls["destroy"] == 1
    steps = [job for job in office.told.jobs if job.waiting]
    assert steps
    assert "forced off after 0.1 s" in steps[0].message
    office.jobs.stop()
    assert office.jobs.join(20.0)


def test_a_domain_locked_while_it_is_waited_for_is_not_forced_off() -> None:
    office = Office(shutdown_timeout=0.2)
    key = office.hypervisor.keys()[0]
    office.hypervisor.machine(key).ignores_shutdown = True
    job = office.jobs.submit(verb("force-off"), office.domain(), Arguments(options=frozenset({"graceful"})))
    office.told.wait(lambda: now(office, job).waiting, "waiting")
    office.hypervisor.set_locked(key, True)
    over = office.told.wait_job(job.id)
    assert (over.state, over.message) == (JobState.FAILED, LOCKED)
    assert office.hypervisor.calls["destroy"] == 0
    office.jobs.stop()
    assert office.jobs.join(20.0)


def test_a_graceful_force_off_that_is_called_off_forces_nothing(office: Office) -> None:
    office.hypervisor.machine(office.hypervisor.keys()[0]).ignores_shutdown = True
    job = office.jobs.submit(verb("force-off"), office.domain(), Arguments(options=frozenset({"graceful"})))
    office.told.wait(lambda: now(office, job).waiting, "waiting")
    assert office.jobs.cancel(job.id)
    assert office.told.wait_job(job.id).state is JobState.CANCELLED
    assert office.hypervisor.calls["destroy"] == 0


def test_a_batch_runs_three_at_a_time_and_leaves_a_worker(office: Office) -> None:
    domains = [office.domain(index) for index in range(5)]
    batch = office.jobs.submit_many(office.slow("bulk"), domains, lambda domain: Arguments())
    office.told.wait(lambda: len(office.went) == 3, "three")
    single = office.submit(verb("pause"), 5)
    assert office.told.wait_job(single.id).state is JobState.DONE
    known = office.jobs.batch(batch)
    assert known is not None
    assert [job.name for job in known.jobs] == [domain.name for domain in domains]
    assert (known.count(JobState.RUNNING), known.count(JobState.QUEUED), known.is_over) == (3, 2, False)
    assert office.jobs.cancel_batch(batch) == 2
    office.gate.set()
    office.told.wait(lambda: len(office.over) == 6, "the end")
    known = office.jobs.batch(batch)
    assert known is not None
    assert known.is_over
    assert office.went == ["bulk"] * 3


def test_what_failed_of_a_batch_is_tried_again_and_only_that(office: Office) -> None:
    domains = [office.domain(index) for index in range(4)]
    office.hypervisor.suspend(domains[1].key)

    def run(work: Work) -> None:
        if office.hypervisor.read_domain(work.key).state is State.PAUSED:
            raise Failed("paused")

    batch = office.jobs.submit_many(replace(verb("reset"), run=run), domains, lambda domain: Arguments())
    office.told.wait(lambda: len(office.over) == 4, "the end")
    known = office.jobs.batch(batch)
    assert known is not None
    assert [job.name for job in known.failed] == [domains[1].name]
    office.hypervisor.resume(domains[1].key)
    again = office.jobs.retry_failed(batch)
    assert again is not None
    office.told.wait(lambda: len(office.over) == 5, "the end")
    second = office.jobs.batch(again)
    assert second is not None
    assert [(job.name, job.state) for job in second.jobs] == [(domains[1].name, JobState.DONE)]
    assert office.jobs.retry_failed(again) is None
    assert office.jobs.batch(99) is None
    assert office.jobs.cancel_batch(99) == 0


def test_a_job_is_done_again_with_what_it_was_given(office: Office) -> None:
    office.hypervisor.fault = Unreachable("gone for a moment")
    asked = Arguments(options=frozenset({"paused"}))
    first = office.jobs.submit(
        verb("reset"), office.hypervisor.machine(office.hypervisor.keys()[0]).domain, asked
    )
    assert office.told.wait_job(first.id).state is JobState.FAILED
    office.hypervisor.fault = None
    again = office.jobs.retry(first.id)
    assert again is not None
    assert again.id != first.id
    assert office.told.wait_job(again.id).state is JobState.DONE
    assert office.jobs.retry(999) is None


def test_questions_are_answered_with_facts_or_errors_and_none_after_the_end(office: Office) -> None:
    asks = Asks(office.hypervisor)
    answers: list[object] = []
    key = office.hypervisor.keys()[0]
    asks.ask(lambda hypervisor: hypervisor.read_domain(key).name, answers.append)
    office.told.wait(lambda: answers, "an answer")
    office.hypervisor.fault = Unreachable("nobody there")
    asks.ask(lambda hypervisor: hypervisor.read_domain(key).name, answers.append)
    office.told.wait(lambda: len(answers) == 2, "an error")
    assert answers[0] == office.hypervisor.machine(key).name
    assert isinstance(answers[1], HypervisorError)
    assert answers[1].__traceback__ is None
    asks.stop()
    asks.ask(lambda hypervisor: "late", answers.append)
    assert asks.join(20.0)
    assert len(answers) == 2


def test_questions_that_hang_keep_nobody_longer_than_was_said(office: Office) -> None:
    asks = Asks(office.hypervisor)
    let_go = threading.Event()
    hanging = threading.Barrier(asks_module.THREADS + 1)

    def hang(_: object) -> bool:
        hanging.wait(20.0)
        return let_go.wait(20.0)

    for _ in range(asks_module.THREADS):
        asks.ask(hang, lambda _: None)
    hanging.wait(20.0)
    asks.stop()
    waits: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "join", lambda _, timeout: waits.append(timeout))
        patch.setattr(asks_module.time, "monotonic", iter((0.0, 0.0, 4.0, 9.0)).__next__)
        assert not asks.join(6.0)
    assert waits == [6.0, 2.0, 0.0]
    let_go.set()
    assert asks.join(20.0)
