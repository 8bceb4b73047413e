"""A clone before it is made, and the verb on the in-memory hypervisor: what is left when something fails."""

from __future__ import annotations

import shlex
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.memory import MemoryHypervisor
from tests.memory_cloning import clone_disk
from tuivm.core import cloning
from tuivm.core.session import Session
from tuivm.core.verbs import Arguments, Work, command, verb
from tuivm.model import naming
from tuivm.model.cloning import CloneDisk, CloneFacts, Made, Way
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.errors import Busy, Cancelled, Failed, HypervisorError, Invalid, Unreachable
from tuivm.model.job import Progress

KEY = DomainKey("qemu:///system", "u")
GIB = 1024**3
MEDIUM = CloneDisk("sda", "/iso/cd.iso", device="cdrom", readonly=True)
SHARED = clone_disk("both", "vdb", shareable=True)


def facts(*disks: CloneDisk, **fields: object) -> CloneFacts:
    return replace(CloneFacts(KEY, "web", disks=disks, taken=frozenset({"web"})), **fields)  # type: ignore[arg-type]


def test_what_is_proposed() -> None:
    found = facts(clone_disk("web"), SHARED, MEDIUM)
    ways = cloning.proposed(found)
    assert ways == {"vda": Way.COPY, "vdb": Way.SHARE, "sda": Way.SHARE}
    chosen = cloning.clone(found, "web-clone", ways)
    assert [(copy.source.target, copy.path) for copy in chosen.copies] == [
        ("vda", "/images/web-clone-vda.qcow2")
    ]
    assert (chosen.shared, chosen.left_out) == ((SHARED, MEDIUM), ())
    assert cloning.ways_of(chosen) == ways
    assert cloning.refusal(found, chosen) == ""


def test_a_name_is_proposed_that_nobody_has() -> None:
    assert cloning.proposed_name("web", ()) == "web-clone"
    assert cloning.proposed_name("web", {"web-clone", "web-clone-1"}) == "web-clone-2"


@given(st.text(min_size=1, max_size=300), st.integers(0, 3))
def test_a_proposed_name_can_be_used(name: str, taken: int) -> None:
    used: set[str] = set()
    for _ in range(taken + 1):
        new = cloning.proposed_name(name, used)
        assert cloning.name_problem(new, used) == ""
        assert len(new.encode(errors="replace")) <= naming.NAME_LONGEST
        used.add(new)


@pytest.mark.parametrize("name", ["", "  ", "a/b", "..", "a\nb", "a\x1b[2J", "x" * 251, "ü" * 126, "web"])
def test_a_name_that_cannot_be_used_is_refused(name: str) -> None:
    found = facts()
    assert cloning.refusal(found, cloning.clone(found, name, {}))


def test_disks_turn_and_one_that_cannot_be_copied_is_never_copied() -> None:
    disk = clone_disk("web")
    assert cloning.turned(disk, Way.COPY) is Way.SHARE
    assert cloning.turned(disk, Way.SHARE) is Way.OMIT
    assert cloning.turned(disk, Way.OMIT) is Way.COPY
    torn = replace(disk, refused="it is encrypted")
    assert cloning.turned(torn, Way.OMIT) is Way.SHARE
    found = facts(torn)
    why = cloning.refusal(found, cloning.clone(found, "x", cloning.proposed(found)))
    assert why == "vda cannot be copied: it is encrypted. Share it, or leave it out."
    assert not cloning.refusal(found, cloning.clone(found, "x", {"vda": Way.OMIT}))


def test_room_is_counted_together_where_it_is_one() -> None:
    one, two = clone_disk("web", free=10 * GIB), clone_disk("web", "vdb", free=10 * GIB)
    found = facts(one, two)
    why = cloning.refusal(found, cloning.clone(found, "x", {}))
    assert why == "Space is short in pool default: the copies take about 12G, 10G is free."
    found = facts(one, replace(two, room="device 2"))
    assert not cloning.refusal(found, cloning.clone(found, "x", {}))
    assert cloning.total(cloning.clone(found, "x", {})).count("10G free") == 2
    found = facts(replace(one, needed=None))
    chosen = cloning.clone(found, "x", {})
    assert "not known whether there is room" in " ".join(cloning.remarks(found, chosen))


def test_what_is_to_be_known_is_told() -> None:
    disk = clone_disk("web", below=("/i/base", "/i/old"), names=frozenset({"x-vda.qcow2"}))
    found = facts(disk, clone_disk("w", "vdb"), MEDIUM, saved=True, notes=("Both have a folder.",))
    chosen = cloning.clone(found, "x", {"vda": Way.COPY, "vdb": Way.SHARE, "sda": Way.SHARE})
    told = " ".join(cloning.remarks(found, chosen))
    for words in (
        "Both write to vdb",
        "built on 2 images",
        "There is x-vda.qcow2 in pool default already: the copy is x-vda-1.qcow2.",
        "after a power cut",
        "Both have a folder.",
    ):
        assert words in told
    assert "sda" not in told


NAMES = st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=255)


@given(NAMES, NAMES, NAMES, st.integers(1, 3))
def test_copies_have_names_of_their_own_that_can_be(original: str, name: str, last: str, count: int) -> None:
    disks = [
        clone_disk(original, f"vd{number}", volume=last, names=frozenset({last})) for number in range(count)
    ]
    found = replace(facts(*disks), name=original)
    copies = cloning.clone(found, name, {}).copies
    names = {copy.name for copy in copies}
    assert len(names) == count
    assert last not in names
    assert all(len(one.encode()) <= 255 and "/" not in one for one in names)


@pytest.mark.parametrize(
    ("volume", "named"),
    [
        ("web.qcow2", "new.qcow2"),
        ("web-data.img", "new-data.img"),
        ("webmail.img", "new-vda.img"),
        ("disk", "new-vda"),
        ("web", "new"),
        (".hidden", "new-vda"),
        ("a.much-longer-end", "new-vda"),
    ],
)
def test_a_copy_is_called_after_the_clone(volume: str, named: str) -> None:
    found = facts(clone_disk("web", volume=volume))
    assert cloning.clone(found, "new", {}).copies[0].name == named


def test_the_commands_are_what_one_would_type() -> None:
    loose = clone_disk("web", "vdd", pool="", volume="", path="/srv/a b.img", format="raw", folder="/srv")
    found = facts(clone_disk("web"), loose, clone_disk("w", "vdc"), SHARED, clone_disk("o", "vde"), MEDIUM)
    ways = cloning.proposed(found) | {"vdc": Way.SHARE, "vde": Way.OMIT}
    domain = Domain(KEY, "--web $(x)", State.OFF)
    chosen = cloning.clone(found, "new one", ways)
    told = command(verb("clone"), domain, Arguments(text="new one", clone=chosen)).split(" && ")
    assert [shlex.split(one) for one in told] == [
        [
            *("virsh", "-c", "qemu:///system", "vol-clone", "--pool", "default"),
            *("--vol", "web-vda.qcow2", "--newname", "new one-vda.qcow2"),
        ],
        ["qemu-img", "convert", "-f", "raw", "-O", "raw", "/srv/a b.img", "/srv/new one-vdd.img"],
        [
            *("virt-clone", "--connect", "qemu:///system", "--original=--web $(x)", "--name=new one"),
            *("--preserve-data", "--file=/images/new one-vda.qcow2", "--file=/srv/new one-vdd.img"),
            *("--skip-copy=vdc", "--skip-copy=vde"),
        ],
        [
            *("virsh", "-c", "qemu:///system", "detach-disk", "--domain", "new one"),
            *("--target", "vde", "--config"),
        ],
    ]


# -- the verb ---------------------------------------------------------------------------------


def world(*disks: CloneDisk) -> tuple[MemoryHypervisor, DomainKey]:
    hypervisor = MemoryHypervisor(0, names=["web"], running=0)
    hypervisor.open()
    key = hypervisor.key("web")
    if disks:
        hypervisor.clone_disks[key] = disks
    return hypervisor, key


TWO = (clone_disk("web"), clone_disk("web", "vdb", stoppable=True))


def clone(hypervisor: MemoryHypervisor, key: DomainKey, **ways: Way) -> list[Progress | str]:
    """Clone it as it is proposed; returns what was told meanwhile."""
    told: list[Progress | str] = []
    found = hypervisor.clone_facts(key)
    chosen = cloning.clone(found, "new", cloning.proposed(found) | ways)
    work = Work(
        hypervisor, key, Arguments(text="new", clone=chosen), lambda how, say: told.append(how or say)
    )
    verb("clone").run(work)
    return told


def test_copies_then_the_definition_with_the_sum_of_progress() -> None:
    hypervisor, key = world(*TWO, MEDIUM)
    hypervisor.copied_bytes = (3 * GIB, 9 * GIB)
    told = clone(hypervisor, key)
    assert hypervisor.copies == ["/images/new-vda.qcow2", "/images/new-vdb.qcow2"]
    percents = [one.percent for one in told if isinstance(one, Progress)]
    assert percents == [25.0, 75.0, 50.0, 75.0, 99.0, 99.0]
    assert told[-1] == "'new' is defined: vda is /images/new-vda.qcow2, vdb is /images/new-vdb.qcow2"
    assert [domain.name for domain in hypervisor.list_domains()] == ["web", "new"]


def test_without_arguments_everything_is_copied_under_a_free_name() -> None:
    hypervisor, key = world()
    verb("clone").run(Work(hypervisor, key, Arguments()))
    assert hypervisor.copies == ["/images/web-clone-vda.qcow2"]


@pytest.mark.parametrize("error", [Failed("no space left [b]"), Unreachable("gone", code=38)])
def test_a_failure_in_the_middle_leaves_nothing(error: HypervisorError) -> None:
    hypervisor, key = world(*TWO)
    hypervisor.uncopyable["vdb"] = error
    with pytest.raises(type(error), match="; what was copied is removed"):
        clone(hypervisor, key)
    assert hypervisor.copies == []
    assert hypervisor.clones == []


def test_what_cannot_be_removed_again_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    hypervisor, key = world(*TWO)
    hypervisor.uncopyable["vdb"] = Failed("no space")

    def refuse(made: object) -> None:
        raise Failed("read-only file system")

    monkeypatch.setattr(hypervisor, "discard_copy", refuse)
    with pytest.raises(Failed) as told:
        clone(hypervisor, key)
    assert "/images/new-vda.qcow2 is left behind: read-only file system" in str(told.value)


def test_a_name_taken_meanwhile_and_a_bug_leave_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    hypervisor, key = world(*TWO)
    real = hypervisor.define_new

    def late(xml: str) -> DomainKey:
        hypervisor.add("new")
        return real(xml)

    monkeypatch.setattr(hypervisor, "define_new", late)
    with pytest.raises(Busy, match="another client made a domain named 'new' meanwhile; what was copied"):
        clone(hypervisor, key)
    assert hypervisor.copies == []

    def bug(xml: str) -> DomainKey:
        raise ZeroDivisionError

    hypervisor, key = world(*TWO)
    monkeypatch.setattr(hypervisor, "define_new", bug)
    with pytest.raises(ZeroDivisionError):
        clone(hypervisor, key)
    assert hypervisor.copies == []


@pytest.mark.parametrize("stays", [True, False])
def test_a_connection_lost_while_it_is_defined(monkeypatch: pytest.MonkeyPatch, stays: bool) -> None:
    """Nobody said whether it was defined: looked at where that can be, else its disks are kept."""
    hypervisor, key = world(*TWO)

    def lost(xml: str) -> DomainKey:
        raise Unreachable("the daemon went away", code=38)

    monkeypatch.setattr(hypervisor, "define_new", lost)
    monkeypatch.setattr(hypervisor, "reconnected", lambda seconds: stays)
    with pytest.raises(HypervisorError) as told:
        clone(hypervisor, key)
    if stays:
        assert hypervisor.copies == []
    else:
        assert len(hypervisor.copies) == 2
        assert "not known whether it is defined; its disks were kept: /images/new-vda.qcow2" in str(
            told.value
        )


@pytest.mark.parametrize("change", ["start", "write"])
def test_one_that_was_started_or_written_meanwhile_is_not_cloned(
    monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    hypervisor, key = world(*TWO)
    real = hypervisor.copy_disk

    def meanwhile(*arguments: Any) -> Made:
        made = real(*arguments)
        if change == "write":
            hypervisor.clone_disks[key] = (replace(TWO[0], stamp="written"), TWO[1])
        elif not hypervisor.read_domain(key).state.is_active:
            hypervisor.start(key)
        return made

    monkeypatch.setattr(hypervisor, "copy_disk", meanwhile)
    with pytest.raises(Busy, match="meanwhile"):
        clone(hypervisor, key)
    assert (hypervisor.copies, hypervisor.clones) == ([], [])


def test_nothing_is_done_when_it_is_no_longer_what_was_shown() -> None:
    hypervisor, key = world(*TWO)
    found = hypervisor.clone_facts(key)
    chosen = cloning.clone(found, "new", {})
    work = Work(hypervisor, key, Arguments(clone=chosen))
    for disks in (
        (TWO[0],),
        (replace(TWO[0], path="/else"), TWO[1]),
        (replace(TWO[0], stamp="x"), TWO[1]),
        (replace(TWO[0], names=frozenset({"new-vda.qcow2"})), TWO[1]),
        (replace(TWO[0], free=1), TWO[1]),
    ):
        hypervisor.clone_disks[key] = disks
        with pytest.raises(HypervisorError, match="nothing was copied"):
            verb("clone").run(work)
    hypervisor.clone_disks[key] = TWO
    hypervisor.add("new")
    with pytest.raises(Invalid, match="there is a domain named 'new' already"):
        verb("clone").run(work)
    assert hypervisor.calls["copy_disk"] == 0


def test_cancelled_between_disks_and_within_one() -> None:
    hypervisor, key = world(*TWO)
    work = Work(hypervisor, key, Arguments())
    work.cancel()
    with pytest.raises(Cancelled):
        verb("clone").run(work)
    assert hypervisor.calls["copy_disk"] == 0


def test_when_it_can_be_cloned() -> None:
    wanted = verb("clone")
    assert wanted.why_not(Domain(KEY, "x", State.OFF), {}) is None
    assert wanted.why_not(Domain(KEY, "x", State.OFF, locked=True), {}) is None
    assert "off" in str(wanted.why_not(Domain(KEY, "x", State.PAUSED), {}))
    assert "transient" in str(wanted.why_not(Domain(KEY, "x", State.OFF, persistent=False), {}))
    assert not wanted.dangerous


def test_a_program_that_ends_takes_back_what_can_be_stopped() -> None:
    hypervisor, key = world(replace(TWO[0], stoppable=True))
    hypervisor.copying.clear()
    session = Session(hypervisor, interval=1000.0)
    session.start()
    assert session.wait_ready(20.0)
    session.run(verb("clone"), session.inventory.domains[key], Arguments())
    deadline = time.monotonic() + 20.0
    while not hypervisor.copies:
        assert time.monotonic() < deadline, "the copy did not begin"
        time.sleep(0.01)
    session.close(timeout=20.0)
    assert hypervisor.copies == []
