"""A locked domain: what it refuses, whoever locked it and when; and labels read in the background."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.memory import MemoryHypervisor
from tests.recorder import Recorder
from tuivm.commands.acting import act
from tuivm.core.protection import perform
from tuivm.core.session import Session
from tuivm.core.verbs import LIFECYCLE, SAVING, SETTINGS, Arguments, Verb, Work, verb
from tuivm.core.verbs.verb import LOCKED
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.errors import Denied
from tuivm.model.job import JobState
from tuivm.model.labels import Labels

MINE = (*LIFECYCLE, *SAVING, *SETTINGS)
DESTRUCTIVE = ("reset", "force-off", "discard-saved", "nmi")
OPTIONS = {"start": "discard-saved", "dump": "crash"}
NONE = Arguments()


def options(*names: str) -> Arguments:
    return Arguments(options=frozenset(names))


def locked(state: State, **fields: object) -> Domain:
    return Domain(DomainKey("t", "u"), "x", state, locked=True, saved=True, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("id_", DESTRUCTIVE)
def test_destructive_verbs_refuse_a_locked_domain(id_: str) -> None:
    domain = locked(State.RUNNING)
    assert verb(id_).why_not(domain, {}) == LOCKED
    assert verb(id_).why_not(replace(domain, locked=False), {}) is None


@pytest.mark.parametrize("chosen", [one for one in MINE if not one.destructive], ids=lambda one: one.id)
def test_the_others_do_not(chosen: Verb) -> None:
    for state in State:
        domain = locked(state)
        assert chosen.why_not(domain, {}) != LOCKED
        assert chosen.protected(domain, NONE) is None


@pytest.mark.parametrize(("id_", "option"), OPTIONS.items())
def test_a_switch_can_make_a_verb_destructive(id_: str, option: str) -> None:
    domain = locked(State.OFF)
    assert verb(id_).protected(domain, options("paused")) is None
    assert verb(id_).protected(domain, options(option)) == LOCKED
    assert verb(id_).lost(domain, NONE) == ""
    assert "lost" in verb(id_).lost(domain, options(option))


def test_a_transient_domain_that_is_locked_is_not_even_shut_down() -> None:
    assert verb("shutdown").why_not(locked(State.RUNNING, persistent=False), {}) == LOCKED
    assert verb("shutdown").why_not(locked(State.RUNNING), {}) is None


def test_a_state_that_does_not_allow_it_is_the_better_reason() -> None:
    assert verb("reset").why_not(locked(State.OFF), {}) == "not running"


def hypervisor() -> tuple[MemoryHypervisor, DomainKey]:
    made = MemoryHypervisor(1, running=1)
    made.open()
    return made, made.keys()[0]


def test_the_job_asks_anew_whether_it_is_locked() -> None:
    made, key = hypervisor()
    made.change(key, locked=True)  # By another program: no row says so yet.
    with pytest.raises(Denied, match="locked") as caught:
        perform(verb("force-off"), Work(made, key, NONE))
    assert caught.value.remedy
    assert made.read_domain(key).state is State.RUNNING
    perform(verb("pause"), Work(made, key, NONE))
    perform(verb("shutdown"), Work(made, key, NONE))
    made.set_locked(key, False)
    perform(verb("force-off"), Work(made, key, NONE))
    assert made.read_domain(key).state is State.OFF
    made.change(key, locked=True, saved=True)
    with pytest.raises(Denied):
        perform(verb("start"), Work(made, key, options("discard-saved")))
    assert made.read_domain(key).saved
    perform(verb("start"), Work(made, key, NONE))


def test_what_destroys_nothing_asks_for_no_lock() -> None:
    made, key = hypervisor()
    perform(verb("pause"), Work(made, key, NONE))
    assert made.calls["labels"] == 0


def test_a_locked_domain_refuses_as_a_job() -> None:
    made, key = hypervisor()
    session, told = Session(made, interval=1000.0), Recorder()
    session.attach(told)
    session.start()
    try:
        told.wait_inventory(lambda inventory: key in inventory.domains)
        domain = session.inventory.domains[key]
        made.change(key, locked=True)
        job = session.run(verb("reset"), domain)
        told.wait(lambda: any(one.id == job.id and one.state.is_over for one in session.jobs), "its end")
        over = next(one for one in session.jobs if one.id == job.id)
        assert (over.state, over.message) == (JobState.FAILED, LOCKED)
        assert made.calls["reset"] == 0
    finally:
        session.close()


def test_a_graceful_force_off_of_the_command_line_waits_to_force_it() -> None:
    made, key = hypervisor()
    made.machine(key).ignores_shutdown = True
    session = Session(made, interval=1000.0, shutdown_timeout=0.1)
    session.start()
    try:
        assert session.wait_ready(20.0)
        task = (session.inventory.domains[key], options("graceful"))
        (result,) = act(session, verb("force-off"), [task], until_off=False)
        assert result.result == "done"
        assert made.read_domain(key).state is State.OFF
    finally:
        session.close()


class Slow(MemoryHypervisor):
    """A hypervisor whose lists tell no labels until these were read, as libvirt's."""

    def __init__(self, count: int) -> None:
        super().__init__(count, running=0)
        self.hidden = {key: Labels(f"title {number}", ("t",), True) for number, key in enumerate(self.keys())}
        self.asked: list[DomainKey] = []

    def unlabelled(self) -> tuple[DomainKey, ...]:
        return tuple(key for key in self.hidden if key not in self.asked)

    def labels(self, key: DomainKey) -> Labels:
        with self._call("labels"):
            found = self.hidden[key]
            self.asked.append(key)
            self.change(key, title=found.title, tags=found.tags, locked=found.locked)
            return found


def test_labels_are_read_behind_the_list_each_once_and_the_rows_follow() -> None:
    made, told = Slow(30), Recorder()
    session = Session(made, interval=0.1)
    session.attach(told)
    session.start()
    try:
        told.wait(lambda: len(session.inventory.domains) == 30, "the list")
        told.wait(lambda: all(one.locked for one in session.inventory.domains.values()), "the labels")
        assert {one.title for one in session.inventory.domains.values()} == {f"title {n}" for n in range(30)}
        assert made.calls["labels"] == 30
    finally:
        session.close()


def test_nobody_looks_nobody_asks() -> None:
    made, told = Slow(3), Recorder()
    session = Session(made, interval=0.02)
    session.attach(told, details=False)
    session.start()
    try:
        told.wait(lambda: made.calls["sample"] > 5, "some ticks")
        assert made.asked == []
        session.read_details()
        told.wait(lambda: len(made.asked) == 3, "the labels")
    finally:
        session.close()
