"""The verbs: one table, and what each needs and does."""

from __future__ import annotations

import shlex

import pytest

from tests.memory import MemoryHypervisor
from tuivm.core.verbs import LIFECYCLE, SAVING, SETTINGS, VERBS, Arguments, Verb, Work, choose, describe, verb
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.errors import HypervisorError

SNAPSHOT = Arguments("before", "a word")


def domain(state: State, **fields: object) -> Domain:
    return Domain(DomainKey("test:///default", "u"), "web-1", state, autostart=False, **fields)  # type: ignore[arg-type]


ALWAYS = "autostart title description tags lock"
RUNS = "shutdown pause reboot reset force-off save sleep dump nmi"
POSSIBLE = {
    State.RUNNING: RUNS,
    State.BLOCKED: RUNS,
    State.PAUSED: "start resume reset force-off save dump",
    State.STOPPING: RUNS,
    State.OFF: "start rename",
    State.CRASHED: "start rename",
    State.SUSPENDED: "reset force-off save wake dump",
    State.UNKNOWN: f"start {RUNS} rename",
}


@pytest.mark.parametrize("state", State)
def test_what_each_state_allows(state: State) -> None:
    subject = domain(state)
    mine = {v.id for v in (*LIFECYCLE, *SAVING, *SETTINGS) if v.why_not(subject, {}) is None}
    assert mine == set(f"{POSSIBLE[state]} {ALWAYS}".split())
    reasons = [v.why_not(subject, {}) for v in VERBS]
    assert all(reason is None or reason.strip() for reason in reasons)


def test_snapshot_verbs_need_a_snapshot() -> None:
    for id_ in ("revert", "delete-snapshot"):
        assert verb(id_).needs_snapshot
        assert verb(id_).why_not(domain(State.OFF), {}) == "no snapshots"
        assert verb(id_).why_not(domain(State.OFF, has_snapshots=True), {}) is None


def test_autostart_needs_a_domain_that_stays() -> None:
    assert verb("autostart").why_not(domain(State.RUNNING, persistent=False), {}) is not None
    unknown = Domain(DomainKey("t", "u"), "x", State.RUNNING, autostart=None)
    assert verb("autostart").why_not(unknown, {}) is not None


def test_a_missing_capability_is_the_reason() -> None:
    missing = {Capability.SNAPSHOT.value: "this driver has no snapshots"}
    assert verb("snapshot").why_not(domain(State.RUNNING), missing) == "this driver has no snapshots"
    assert verb("shutdown").why_not(domain(State.RUNNING), missing) is None


def test_capital_letters_ask_and_say_what_is_lost() -> None:
    for one in VERBS:
        if one.key:
            assert one.dangerous == (one.key.isupper() or one.key in ("r", "delete")), one.id
        if one.destructive:
            assert one.dangerous, one.id
    transient = domain(State.RUNNING, persistent=False)
    assert "no longer exist" in verb("force-off").loss(transient, Arguments())  # type: ignore[misc]
    assert "'before'" in verb("revert").loss(domain(State.OFF), SNAPSHOT)  # type: ignore[misc]


def test_ids_are_unique_and_only_pause_and_resume_share_a_key() -> None:
    assert len({v.id for v in VERBS}) == len(VERBS)
    # The list of snapshots has keys of its own.
    for apart in (False, True):
        keys = [v.key for v in VERBS if v.needs_snapshot == apart and v.key]
        assert len(keys) - len(set(keys)) == (0 if apart else 1)
    shared = [v.id for v in VERBS if v.key and not v.needs_snapshot]
    shared = [v for v in shared if [verb(w).key for w in shared].count(verb(v).key) > 1]
    assert shared == ["pause", "resume"]
    pair = [verb("pause"), verb("resume")]
    assert choose(pair, domain(State.PAUSED), {}) is verb("resume")
    assert choose(pair, domain(State.RUNNING), {}) is verb("pause")
    assert choose(pair, domain(State.OFF), {}) is verb("pause")
    assert choose([], domain(State.OFF), {}) is None


@pytest.mark.parametrize("chosen", VERBS, ids=lambda v: v.id)
def test_virsh_is_argv_with_the_name_as_one_word(chosen: Verb) -> None:
    hostile = Domain(DomainKey("test:///default", "u"), "$(reboot) --x", State.RUNNING, autostart=True)
    argv = chosen.virsh(hostile, SNAPSHOT)
    assert argv[:3] == ("virsh", "-c", "test:///default")
    assert argv[argv.index("--domain") + 1] == "$(reboot) --x"
    assert shlex.split(shlex.join(argv)) == list(argv)


def test_virsh_follows_the_state() -> None:
    assert "resume" in verb("start").virsh(domain(State.PAUSED), Arguments())
    assert "start" in verb("start").virsh(domain(State.OFF), Arguments())
    assert "--disable" in verb("autostart").virsh(
        Domain(DomainKey("t", "u"), "x", State.OFF, autostart=True), Arguments()
    )
    assert verb("snapshot").virsh(domain(State.OFF), SNAPSHOT)[-4:] == (
        "--name",
        "before",
        "--description",
        "a word",
    )


def test_every_verb_does_its_work() -> None:
    hypervisor = MemoryHypervisor(1, running=0)
    hypervisor.open()
    key = hypervisor.keys()[0]

    def do(id_: str, arguments: Arguments = Arguments()) -> Domain:  # noqa: B008
        verb(id_).run(Work(hypervisor, key, arguments))
        return hypervisor.read_domain(key)

    assert do("start").state is State.RUNNING
    assert do("pause").state is State.PAUSED
    assert do("start").state is State.RUNNING, "start resumes a paused domain"
    assert do("pause").state is State.PAUSED
    assert do("resume").state is State.RUNNING
    before = hypervisor.read_domain(key).autostart
    assert do("autostart").autostart is not before
    assert do("snapshot", SNAPSHOT).has_snapshots
    assert hypervisor.detail(key).snapshots[0].description == "a word"
    do("reboot")
    do("reset")
    assert do("shutdown").state is State.OFF
    assert do("revert", SNAPSHOT).state is State.RUNNING
    assert do("force-off").state is State.OFF
    assert not do("delete-snapshot", SNAPSHOT).has_snapshots
    with pytest.raises(HypervisorError):
        do("force-off")


def test_describe_names_the_object() -> None:
    assert describe(verb("snapshot"), SNAPSHOT) == "take snapshot 'before'"
    assert describe(verb("start"), Arguments()) == "start"
    with pytest.raises(KeyError):
        verb("nonsense")
