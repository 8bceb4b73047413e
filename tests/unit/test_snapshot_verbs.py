"""The verbs on snapshots as jobs do them, on the machine in memory, and the commands that do the same."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from tests.memory import MemoryHypervisor
from tuivm.core.verbs import VERBS, Arguments, Work, verb
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Cancelled, Failed, HypervisorError, Invalid, NotFound
from tuivm.model.job import Progress
from tuivm.model.snapshot import DeleteScope, Retention, SnapshotKind, SnapshotRequest

EXTERNAL = SnapshotKind.EXTERNAL


@pytest.fixture
def world() -> MemoryHypervisor:
    made = MemoryHypervisor(2, running=1)
    made.open()
    return made


@pytest.fixture
def key(world: MemoryHypervisor) -> DomainKey:
    return world.keys()[0]


def do(world: MemoryHypervisor, key: DomainKey, verb_id: str, arguments: Arguments) -> Work:
    made = Work(world, key, arguments)
    verb(verb_id).run(made)
    return made


def take(
    world: MemoryHypervisor, key: DomainKey, name: str, kind: SnapshotKind = SnapshotKind.INTERNAL
) -> str:
    return do(world, key, "snapshot", Arguments(request=SnapshotRequest(name, kind=kind))).message


def names(world: MemoryHypervisor, key: DomainKey) -> list[str]:
    return [one.name for one in world.detail(key).snapshots]


def test_a_name_alone_is_enough(world: MemoryHypervisor, key: DomainKey) -> None:
    made = do(world, key, "snapshot", Arguments(snapshot="x", description="words"))
    (one,) = world.detail(key).snapshots
    assert (one.name, one.description, one.kind) == ("x", "words", "disk+memory")
    assert made.message == "taken: disk+memory"


def test_what_the_plan_refuses_is_not_asked_of_libvirt(world: MemoryHypervisor, key: DomainKey) -> None:
    take(world, key, "x")
    for request in (SnapshotRequest("x"), SnapshotRequest("y", kind=EXTERNAL, quiesce=True)):
        with pytest.raises(Invalid):
            do(world, key, "snapshot", Arguments(request=request))
    assert world.calls["take_snapshot"] == 1
    for chosen in ("revert", "delete-snapshot"):
        with pytest.raises(Invalid, match="no snapshot named 'gone'"):
            do(world, key, chosen, Arguments(snapshot="gone"))
    assert world.calls["revert_snapshot"] == world.calls["delete_snapshot"] == 0


def test_no_revert_without_its_safety_snapshot(
    world: MemoryHypervisor, key: DomainKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(world, key, "x")

    def fail(*_: object) -> None:
        raise Failed("No space left on device", "free some")

    monkeypatch.setattr(world, "take_snapshot", fail)
    with pytest.raises(Failed, match="nothing was reverted: the safety snapshot failed: No space") as told:
        do(world, key, "revert", Arguments(snapshot="x", options=frozenset({"safety"})))
    assert told.value.remedy == "free some"
    assert world.calls["revert_snapshot"] == 0


def test_a_revert_that_fails_tells_where_the_present_is(
    world: MemoryHypervisor, key: DomainKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(world, key, "x")

    def fail(*_: object) -> None:
        raise Failed("operation failed")

    monkeypatch.setattr(world, "revert_snapshot", fail)
    with pytest.raises(Failed) as told:
        do(world, key, "revert", Arguments(snapshot="x", options=frozenset({"safety"})))
    assert "the state before is in 'before-revert-" in told.value.remedy
    assert len(names(world, key)) == 2


def test_cancelled_after_the_safety_snapshot_it_does_not_revert(
    world: MemoryHypervisor, key: DomainKey
) -> None:
    take(world, key, "x")
    made = Work(world, key, Arguments(snapshot="x", options=frozenset({"safety"})))
    made.cancel()
    with pytest.raises(Cancelled):
        verb("revert").run(made)
    assert world.calls["revert_snapshot"] == 0


def test_running_or_paused_not_both(world: MemoryHypervisor, key: DomainKey) -> None:
    take(world, key, "x")
    do(world, key, "revert", Arguments(snapshot="x", options=frozenset({"paused"})))
    assert world.read_domain(key).state.value == "paused"
    with pytest.raises(Invalid, match="not both"):
        do(world, key, "revert", Arguments(snapshot="x", options=frozenset({"paused", "running"})))
    both = frozenset({"children", "children-only"})
    with pytest.raises(Invalid, match="not both"):
        do(world, key, "delete-snapshot", Arguments(snapshot="x", options=both))


def test_what_a_rule_lets_go_goes_when_one_is_taken(world: MemoryHypervisor, key: DomainKey) -> None:
    for name in "abc":
        take(world, key, name)
    do(world, key, "set-retention", Arguments(retention=Retention(keep=2)))
    assert names(world, key) == ["a", "b", "c"]
    assert take(world, key, "d") == "taken: disk+memory; expired: 'a' and 'b'"
    assert names(world, key) == ["c", "d"]
    with pytest.raises(Invalid, match="no rule"):
        do(world, key, "set-retention", Arguments())


def test_what_was_done_is_told_as_done_though_nobody_can_look_for_expired_ones(
    world: MemoryHypervisor, key: DomainKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = itertools.count()
    facts = world.snapshot_facts

    def once(of: DomainKey) -> object:
        if next(asked):
            raise Failed("cannot acquire state change lock")
        return facts(of)

    monkeypatch.setattr(world, "snapshot_facts", once)
    told = "taken: disk+memory; what has expired cannot be told: cannot acquire state change lock"
    assert take(world, key, "x") == told
    assert names(world, key) == ["x"]


def test_the_state_gone_back_to_does_not_expire(world: MemoryHypervisor, key: DomainKey) -> None:
    world.machine(key).keeper.retention = Retention(keep=1, safety_keep=1)
    safety = frozenset({"safety"})
    take(world, key, "x")
    do(world, key, "revert", Arguments(snapshot="x", options=safety))
    (before,) = (one.name for one in world.detail(key).snapshots if one.safety)
    do(world, key, "revert", Arguments(snapshot=before, options=safety))
    assert len(names(world, key)) == 3
    assert before in names(world, key)


def test_what_was_deleted_before_an_error_is_told(
    world: MemoryHypervisor, key: DomainKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        take(world, key, name, EXTERNAL)
    really = world.delete_snapshot

    def fail(key: DomainKey, name: str, *more: object, **named: object) -> None:
        if name == "a":
            raise Failed("No space left on device")
        really(key, name, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(world, "delete_snapshot", fail)
    with pytest.raises(Failed) as told:
        do(world, key, "delete-snapshot", Arguments(snapshot="a", options=frozenset({"children"})))
    assert str(told.value) == "deleted 'c' and 'b'; then: No space left on device"
    assert names(world, key) == ["a"]


def test_nothing_of_a_locked_domain_expires(world: MemoryHypervisor, key: DomainKey) -> None:
    world.machine(key).keeper.retention = Retention(keep=1)
    take(world, key, "a")
    world.change(key, locked=True)
    assert "kept as the domain is locked" in take(world, key, "b")
    assert names(world, key) == ["a", "b"]


def test_what_cannot_be_deleted_stays_and_is_told(world: MemoryHypervisor, key: DomainKey) -> None:
    world.machine(key).keeper.deletes_external = "libvirt 8 cannot"
    world.machine(key).keeper.retention = Retention(keep=1)
    take(world, key, "a", EXTERNAL)
    assert "expired but kept: 'a': libvirt 8 cannot" in take(world, key, "b", EXTERNAL)
    assert names(world, key) == ["a", "b"]


def test_external_ones_are_deleted_one_by_one_children_first(
    world: MemoryHypervisor, key: DomainKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        take(world, key, name, EXTERNAL)
    asked: list[tuple[str, DeleteScope | None]] = []
    monkeypatch.setattr(
        world, "delete_snapshot", lambda key, name, scope=None, **_: asked.append((name, scope))
    )
    do(world, key, "delete-snapshot", Arguments(snapshot="b", options=frozenset({"children"})))
    assert asked == [("c", None), ("b", None)]


def test_a_merge_tells_how_far_it_is_and_drops_the_entries(world: MemoryHypervisor, key: DomainKey) -> None:
    for name in "ab":
        take(world, key, name, EXTERNAL)
    seen: list[Progress] = []
    made = Work(world, key, Arguments(), lambda told, _: seen.append(told) if told else None)
    verb("merge").run(made)
    assert [told.percent for told in seen] == [0.0, 25.0, 50.0, 75.0, 100.0]
    assert names(world, key) == []
    assert "left behind" in made.message
    with pytest.raises(Invalid, match="no disk of it has an overlay"):
        do(world, key, "merge", Arguments())


def test_a_cancelled_merge_keeps_all(world: MemoryHypervisor, key: DomainKey) -> None:
    take(world, key, "a", EXTERNAL)
    made = Work(world, key, Arguments(device="vda"))
    made.cancel()
    with pytest.raises(Cancelled):
        verb("merge").run(made)
    assert names(world, key) == ["a"]
    assert len(world.disk_chains(key)[0].layers) == 2


def test_a_new_name_alone_keeps_the_words(world: MemoryHypervisor, key: DomainKey) -> None:
    request = SnapshotRequest("a", "words", EXTERNAL)
    do(world, key, "snapshot", Arguments(request=request))
    do(world, key, "describe-snapshot", Arguments(snapshot="a", text="b"))
    (one,) = world.detail(key).snapshots
    assert (one.name, one.description) == ("b", "words")
    do(world, key, "describe-snapshot", Arguments(snapshot="b", description=""))
    assert world.detail(key).snapshots[0].description == ""


def test_a_domain_that_is_gone_is_told_by_every_verb(world: MemoryHypervisor, key: DomainKey) -> None:
    world.remove(key)
    arguments = Arguments(snapshot="x", retention=Retention())
    for chosen in VERBS:
        if chosen.capability.value == "snapshot":
            with pytest.raises(NotFound):
                do(world, key, chosen.id, arguments)


def test_hypervisor_errors_are_one_line(world: MemoryHypervisor, key: DomainKey) -> None:
    with pytest.raises(HypervisorError) as told:
        take(world, key, "two\nlines")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("verb_id", "arguments", "words"),
    [
        ("snapshot", Arguments(snapshot="a b"), "snapshot-create-as --domain web-1 --name a b"),
        (
            "snapshot",
            Arguments(
                request=SnapshotRequest(
                    "x", "w", SnapshotKind.DISK_ONLY, quiesce=True, disks=("vda",), left_out=("vdb",)
                )
            ),
            (
                "snapshot-create-as --domain web-1 --name x --description w --disk-only --quiesce --atomic"
                " --diskspec vda,snapshot=external --diskspec vdb,snapshot=no"
            ),
        ),
        (
            "snapshot",
            Arguments(request=SnapshotRequest("x", kind=EXTERNAL, memory_file="/a,b.mem")),
            "snapshot-create-as --domain web-1 --name x --memspec file=/a,,b.mem,snapshot=external --atomic",
        ),
        (
            "revert",
            Arguments(snapshot="x", options=frozenset({"paused", "safety"})),
            "snapshot-revert --domain web-1 --paused --snapshotname x",
        ),
        (
            "delete-snapshot",
            Arguments(snapshot="-x", options=frozenset({"children", "metadata-only"})),
            "snapshot-delete --domain web-1 --children --metadata --snapshotname -x",
        ),
        (
            "describe-snapshot",
            Arguments(snapshot="x", text="y"),
            "snapshot-edit --domain web-1 --snapshotname x --rename",
        ),
        (
            "merge",
            Arguments(device="vdb"),
            "blockcommit --domain web-1 --path vdb --shallow --active --pivot",
        ),
        (
            "merge",
            Arguments(options=frozenset({"pull"})),
            "blockpull --domain web-1 --path vda --wait",
        ),
        (
            "set-retention",
            Arguments(retention=Retention(keep=5)),
            (
                "metadata --domain web-1 --uri https://tuivm.org/xmlns/snapshots/1 --key tuivm-snapshots"
                ' --live --config --set <snapshots keep="5" days="0" safety_keep="3" safety_days="14" />'
            ),
        ),
    ],
)
def test_the_command_that_does_the_same(
    world: MemoryHypervisor, key: DomainKey, verb_id: str, arguments: Arguments, words: str
) -> None:
    argv = verb(verb_id).virsh(replace(world.read_domain(key), name="web-1"), arguments)
    assert argv[:3] == ("virsh", "-c", "memory:///default")
    assert " ".join(argv[3:]) == words
