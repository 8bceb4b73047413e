"""What of a domain is to go: choices, order, commands, and what the verb does on the way."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.memory import MemoryHypervisor
from tests.memory_deletion import disk
from tuivm.core import deletion
from tuivm.core.verbs import Arguments, Work, verb
from tuivm.model.deletion import Belongings, Part, PartKind, Removal
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.errors import Denied, Failed, Invalid, NotFound, Unreachable
from tuivm.xml import references


@pytest.fixture(autouse=True)
def _own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


KEY = DomainKey("qemu:///system", "u")
DEFINITION = Part("definition", PartKind.DEFINITION, chosen=True, required=True)


def belongings(*parts: Part) -> Belongings:
    return Belongings(KEY, "db", False, True, (DEFINITION, *parts))


def chain(*ids: str) -> list[Part]:
    """A disk and its backing files, top first."""
    return [
        Part(id_, PartKind.BACKING if index else PartKind.DISK, id_, f"/{id_}", needs=ids[index - 1 : index])
        for index, id_ in enumerate(ids)
    ]


def test_unchoosing_a_file_unchooses_all_below_it() -> None:
    found = belongings(*chain("top", "middle", "base"))
    every = deletion.with_disks(found, deletion.proposed(found))
    assert every == {"definition", "top", "middle", "base"}
    assert deletion.flip(found, every, "middle")[0] == {"definition", "top"}
    assert deletion.flip(found, every, "top")[0] == {"definition"}
    assert deletion.with_disks(found, every) == {"definition"}
    assert deletion.flip(found, every, "nothing")[1]


def test_what_is_refused_is_never_in_a_removal() -> None:
    refused = disk("x", refused="used by y")
    found = belongings(refused)
    assert deletion.removal(found, frozenset({"definition", refused.id})).storage == ()


@given(st.permutations(["top", "middle", "base", "root"]))
def test_what_is_built_on_others_goes_before_these(order: list[str]) -> None:
    parts = {part.id: part for part in chain("top", "middle", "base", "root")}
    removal = Removal(tuple(parts[id_] for id_ in order))
    assert [part.id for part in removal.storage] == ["top", "middle", "base", "root"]


def test_a_ring_does_not_hang() -> None:
    ring = (Part("a", PartKind.DISK, needs=("b",)), Part("b", PartKind.DISK, needs=("a",)))
    assert {part.id for part in Removal(ring).storage} == {"a", "b"}


def test_sizes_that_are_not_known_are_told() -> None:
    one, other = disk("x"), disk("y", "vdb", size=None)
    assert deletion.total(Removal((one,))) == "6.0G"
    assert deletion.total(Removal((one, other))) == "at least 6.0G"
    assert deletion.total(Removal((DEFINITION,))) == ""


def test_the_commands_hold_every_name_as_one_word() -> None:
    hostile = Domain(KEY, "$(reboot) --x", State.RUNNING)
    parts = (DEFINITION, disk("a,b"), Part("x", PartKind.DISK, "vdb", "/tmp/a b;rm", size=1))
    removal = Removal(parts, force_off=True)
    told = [list(words) for words in deletion.commands(hostile, removal)]
    assert told[0][-1] == told[1][5] == "$(reboot) --x"
    assert told[1][-1] == "/var/lib/libvirt/images/a,,b-vda.qcow2"
    assert told[2] == ["rm", "--", "/tmp/a b;rm"]
    assert shlex.split(deletion.pasted(hostile, removal)).count("&&") == 2
    assert "vol-delete" in deletion.commands(Domain(KEY, "t", State.RUNNING, persistent=False), removal)[1]


def test_what_is_lost_is_named() -> None:
    off = Domain(KEY, "db", State.OFF)
    loss = verb("delete").loss
    assert loss is not None
    assert "its disks stay" in loss(off, Arguments())
    assert "/var/lib/libvirt/images/db-vda.qcow2" in loss(off, Arguments(removal=Removal((disk("db"),))))


@pytest.fixture
def memory() -> MemoryHypervisor:
    hypervisor = MemoryHypervisor(1, running=0)
    hypervisor.open()
    key = hypervisor.keys()[0]
    top, middle, base = chain("top", "middle", "base")
    hypervisor.parts[key] = (top, middle, base, disk("other", "vdb"))
    return hypervisor


def everything(hypervisor: MemoryHypervisor) -> Work:
    key = hypervisor.keys()[0]
    found = hypervisor.belongings(key)
    choice = deletion.with_disks(found, deletion.proposed(found))
    return Work(hypervisor, key, Arguments(removal=deletion.removal(found, choice)))


def test_what_stays_keeps_what_it_is_built_on(memory: MemoryHypervisor) -> None:
    memory.unremovable["/middle"] = Denied("no")
    with pytest.raises(Failed) as caught:
        verb("delete").run(everything(memory))
    assert "/base" not in memory.removed
    assert memory.removed == ["definition", "/top", "/var/lib/libvirt/images/other-vdb.qcow2"]
    assert "backing file base (/base): what is built on it was not removed" in caught.value.message


def test_a_connection_lost_in_the_middle_leaves_the_rest(memory: MemoryHypervisor) -> None:
    memory.unremovable["/middle"] = Unreachable("gone")
    with pytest.raises(Failed) as caught:
        verb("delete").run(everything(memory))
    assert memory.removed == ["definition", "/top"]
    assert "not known whether it is gone: backing file middle" in caught.value.full
    assert caught.value.full.count("the connection was lost") == 2


def test_cancelled_between_two_disks(memory: MemoryHypervisor) -> None:
    work = everything(memory)
    remove = memory.remove_storage

    def cancelling(part: Part) -> None:
        remove(part)
        work.cancel()

    memory.remove_storage = cancelling  # type: ignore[method-assign]
    with pytest.raises(Failed, match="cancelled"):
        verb("delete").run(work)
    assert memory.removed == ["definition", "/top"]


def test_a_definition_that_cannot_be_removed_keeps_every_disk(memory: MemoryHypervisor) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise Denied("polkit says no")

    memory.undefine_parts = refuse  # type: ignore[method-assign]
    with pytest.raises(Denied, match="the definition and every disk are still there: polkit says no"):
        verb("delete").run(everything(memory))
    assert memory.removed == []


def test_what_is_gone_already_is_no_failure(memory: MemoryHypervisor) -> None:
    memory.unremovable["/top"] = NotFound("it is gone already")
    work = everything(memory)
    verb("delete").run(work)
    assert "vda" not in work.message.partition("top")[0]
    assert "(gone already)" in work.message


@given(st.text(max_size=300))
def test_any_text_is_refused_or_read(text: str) -> None:
    for read in (references.disks, references.firmware, references.needs, references.mentioned):
        try:
            read(text)
        except Invalid:
            continue


def test_a_path_within_an_argument_of_qemu_is_seen() -> None:
    arguments = (
        "if=none,file=/i/a,,b c.qcow2,id=x",
        '{"filename":"/i/j,s"}',
        "nbd:unix:/run/x.sock",
        "http://a/b",
    )
    values = "".join(f"<q:arg value='{one}'/>" for one in arguments)
    xml = f"<domain xmlns:q='urn:q'><q:commandline>{values}</q:commandline></domain>"
    told = [(one.words, one.path, one.image) for one in references.mentioned(xml)]
    assert told == [("arg", path, True) for path in ("/i/a,b c.qcow2", "/i/j,s", "/run/x.sock")]


def test_every_absolute_path_is_seen_whatever_element_it_stands_in() -> None:
    xml = (
        "<domain><os><kernel>/k</kernel><nvram template='/t'>/n</nvram></os><devices>"
        "<disk type='file'><driver type='qcow2'/>"
        "<source file='/a b'><dataStore><source file='/d'/></dataStore>"
        "</source><backingStore type='file'><format type='raw'/><source file='/b'/></backingStore>"
        "<mirror><source file='/m'/></mirror><target dev='vda'/></disk>"
        "<disk type='volume'><source pool='p' volume='v'/><target dev='vdb'/></disk>"
        "<serial><source path='/s'/></serial></devices><metadata><x y='/meta'/></metadata></domain>"
    )
    told = {(one.words, one.path or f"{one.pool}:{one.volume}") for one in references.mentioned(xml)}
    assert told == {
        ("kernel", "/k"),
        ("nvram", "/t"),
        ("nvram", "/n"),
        ("vda", "/a b"),
        ("vda", "/d"),
        ("vda", "/b"),
        ("vda", "/m"),
        ("vdb", "p:v"),
        ("source", "/s"),
        ("x", "/meta"),
    }
