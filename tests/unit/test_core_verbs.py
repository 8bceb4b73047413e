"""The verbs: one table, and what each needs and does."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.memory import MemoryHypervisor
from tuivm.core.verbs import LIFECYCLE, SAVING, SETTINGS, VERBS, Arguments, Verb, Work, choose, describe, verb
from tuivm.core.verbs.verb import Later
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.errors import HypervisorError, Invalid

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


def test_what_is_loaded_later_is_there() -> None:
    later = [chosen.run for chosen in VERBS if isinstance(chosen.run, Later)]
    assert later
    assert all(callable(one.find()) for one in later)


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
    if chosen.id == "clone":  # virsh has none.
        assert argv[:4] == ("virt-clone", "--connect", "test:///default", "--original=$(reboot) --x")
    else:
        assert argv[:3] == ("virsh", "-c", "test:///default")
        assert argv[argv.index("--domain") + 1] == "$(reboot) --x"
    assert shlex.split(shlex.join(argv)) == list(argv)


@given(st.text(), st.text(max_size=9), st.text(max_size=9), st.sampled_from(State), st.booleans())
def test_no_word_of_a_user_breaks_the_command_or_the_name_of_a_job(
    text: str, name: str, mode: str, state: State, locked: bool
) -> None:
    subject = Domain(DomainKey(name, text), name, state, tags=("a", "b"), locked=locked)
    given_ = Arguments(text, text, mode=mode, text=text, device=mode)
    for one in VERBS:
        for chosen in (frozenset[str](), frozenset(one.options)):
            arguments = replace(given_, options=chosen)
            argv = one.virsh(subject, arguments)
            assert shlex.split(shlex.join(argv)) == list(argv), one.id
            assert "\n" not in describe(one, arguments)
            assert len(describe(one, arguments)) < 80
            assert isinstance(one.lost(subject, arguments), str)
            one.why_not(subject, {})


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


def test_every_verb_beyond_starting_and_stopping_does_its_work() -> None:
    hypervisor = MemoryHypervisor(1, running=1)
    hypervisor.open()
    key = hypervisor.keys()[0]
    machine = hypervisor.machine(key)

    def do(id_: str, *options: str, **fields: str) -> Domain:
        work = Work(hypervisor, key, Arguments(options=frozenset(options), **fields))  # type: ignore[arg-type]
        verb(id_).run(work)
        said.append(work.message)
        return hypervisor.read_domain(key)

    said: list[str] = []
    assert do("save").saved
    assert do("restore", "paused").state is State.PAUSED
    with pytest.raises(Invalid, match="off"):
        do("start", device="cdrom")
    assert do("resume").state is State.RUNNING
    assert do("sleep").state is State.SUSPENDED
    assert do("wake").state is State.RUNNING
    do("nmi")
    do("dump", "memory-only", text="/var/a\nb")
    assert (machine.nmis, machine.dumps) == (1, ["/var/a\nb"])
    assert said[-1] == "written to /var/a b on the hypervisor's host"
    do("dump", text="/srv/")
    assert machine.dumps[-1] == f"/srv/{machine.domain.name}.core"
    assert verb("dump").virsh(machine.domain, Arguments(text="/srv/"))[-1] == machine.dumps[-1]
    with pytest.raises(Invalid, match="live, or"):
        do("dump", "crash", "live", text="/x")
    do("reboot", mode="agent")
    do("save")
    assert not do("discard-saved").saved
    with pytest.raises(Invalid, match="no saved state"):
        do("restore")
    with pytest.raises(Invalid):
        do("start", device="fd")
    assert do("start", "paused", device="cdrom").state is State.PAUSED
    assert machine.booted_from == "cdrom"
    assert "until it is off" in said[-1]
    do("force-off")
    hypervisor.missing[Capability.SEND_KEYS] = "no keyboard"
    do("start", device="firmware")
    assert "Esc" in said[-1]
    do("shutdown", mode="acpi")
    assert hypervisor.modes == ["agent", "acpi"]
    assert do("autostart", "on").autostart
    assert do("autostart", "on").autostart
    assert not do("autostart", "off").autostart
    assert do("rename", text="[b] new").name == "[b] new"
    assert do("title", text="t").title == "t"
    do("description", text="d")
    assert machine.description == "d"
    assert do("tags", text="a, b,a").tags == ("a", "b")
    assert do("lock").locked
    assert not do("unlock").locked


def test_forcing_off_gracefully_asks_first_and_cuts_the_power_only_when_that_fails() -> None:
    hypervisor = MemoryHypervisor(1, running=1)
    hypervisor.open()
    key = hypervisor.keys()[0]
    work = Work(hypervisor, key, Arguments(options=frozenset({"graceful"})))
    hypervisor.machine(key).ignores_shutdown = True
    verb("force-off").run(work)
    assert hypervisor.read_domain(key).state is State.RUNNING
    assert work.waits_for_off
    assert work.otherwise is not None
    work.otherwise(work)
    assert hypervisor.read_domain(key).state is State.OFF
    hypervisor.start(key)
    hypervisor.missing[Capability.SHUTDOWN] = "cannot be asked"
    again = Work(hypervisor, key, Arguments(options=frozenset({"graceful"})))
    verb("force-off").run(again)
    assert hypervisor.read_domain(key).state is State.OFF
    assert not again.waits_for_off


def test_describe_names_the_object() -> None:
    assert describe(verb("snapshot"), SNAPSHOT) == "take snapshot 'before'"
    assert describe(verb("start"), Arguments()) == "start"
    assert describe(verb("rename"), Arguments(text="a\n b")) == "rename 'a b'"
    assert describe(verb("start"), Arguments(device="cdrom")) == "start from cdrom"
    assert describe(verb("start"), Arguments(device="firmware")) == "start into firmware setup"
    assert len(describe(verb("description"), Arguments(text="x" * 500))) < 60
    with pytest.raises(KeyError):
        verb("nonsense")
