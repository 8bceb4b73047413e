"""Walls graded, and what is pointed at: every grade by what leads to it."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from tests.memory import MemoryHypervisor
from tests.memory_building import plan, remote
from tuivm.model.building import (
    Building,
    Cure,
    HugePages,
    Merging,
    Pool,
    Pressure,
    Resource,
    Weakness,
)
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.finding import Finding, Severity
from tuivm.model.host import HostLoad
from tuivm.model.inventory import Inventory, Link
from tuivm.model.room import Boundary, Folder, Label, Plan, Process, Room
from tuivm.model.room import Link as Nic
from tuivm.model.standing import Grade, Standing, Wall
from tuivm.model.survey import Survey, survey

GIB = 1 << 30
WELL = Process(7, 64055, "libvirt-qemu", 2, True, 0, "libvirt-x")
FACTS = Building(models=("apparmor",), local=True)


def key(number: int = 1) -> DomainKey:
    return DomainKey("x:///", f"{number:036d}")


def room(number: int = 1, *, active: bool = True, **changes: Any) -> Room:
    """A machine with nothing to be said against it, but for ``changes`` of its plan or room."""
    kept: dict[str, Any] = {
        "virt_type": "kvm",
        "labels": (Label("apparmor", "dynamic", "libvirt-x" if active else ""),),
    }
    own = {"process", "enforced", "seccomp_configured", "boundary", "problem"}
    kept |= {name: value for name, value in changes.items() if name not in own}
    room = Room(key(number), active, Plan(**kept), WELL if active else None, True, None, Boundary.HARDWARE)
    return replace(room, **{name: value for name, value in changes.items() if name in own})


def look(*rooms: Room, facts: Building = FACTS, **inventory: Any) -> Survey:
    domains = {
        one.key: Domain(
            one.key,
            f"m{int(one.key.uuid)}",
            State.RUNNING if one.active else State.OFF,
            vcpus=1,
            memory=GIB,
        )
        for one in rooms
    }
    hypervisor = MemoryHypervisor(0)
    shown: dict[str, Any] = {
        "host": hypervisor.host,
        "load": HostLoad(10.0, 4 * GIB, 32 * GIB),
        "domains": MappingProxyType(domains),
    }
    whole = Inventory("x:///", Link.UP, **(shown | inventory))
    return survey(whole, replace(facts, rooms=MappingProxyType({one.key: one for one in rooms})))


def graded(one: Room, wall: Wall, facts: Building = FACTS) -> tuple[Grade, str]:
    aspect = look(one, facts=facts).standings[one.key].aspect(wall)
    assert aspect is not None
    return aspect.grade, aspect.word


def test_a_sound_machine_has_no_fault() -> None:
    found = look(room())
    assert found.standings[key()].grade is Grade.GOOD
    assert found.findings == ()


@pytest.mark.parametrize(
    ("one", "wall", "grade", "word"),
    [
        (room(boundary=Boundary.EMULATOR), Wall.BOUNDARY, Grade.WEAK, "emulated"),
        (room(boundary=Boundary.KERNEL), Wall.BOUNDARY, Grade.WEAK, "container"),
        (room(boundary=Boundary.UNKNOWN), Wall.BOUNDARY, Grade.UNKNOWN, "?"),
        (room(virt_type="xen"), Wall.BOUNDARY, Grade.GOOD, "xen"),
        (room(problem="no"), Wall.BOUNDARY, Grade.UNKNOWN, "no XML"),
        (room(process=replace(WELL, uid=0, user="root")), Wall.USER, Grade.MISSING, "root"),
        (room(process=None), Wall.USER, Grade.UNKNOWN, "?"),
        (room(process=None, labels=(Label("dac", "dynamic", "+0:+0"),)), Wall.USER, Grade.MISSING, "root"),
        (room(process=None, labels=(Label("dac", "dynamic", "+7:+0"),)), Wall.USER, Grade.GOOD, "uid 7"),
        (room(process=None, labels=(Label("dac", "dynamic", "qemu"),)), Wall.USER, Grade.UNKNOWN, "?"),
        (room(active=False), Wall.USER, Grade.NONE, "-"),
        (
            room(boundary=Boundary.KERNEL, process=replace(WELL, uid=0, user="root")),
            Wall.USER,
            Grade.MISSING,
            "root",
        ),
        (room(boundary=Boundary.KERNEL, process=None), Wall.USER, Grade.MISSING, "root"),
        (room(boundary=Boundary.KERNEL, user_namespace=True), Wall.USER, Grade.GOOD, "mapped"),
        (room(boundary=Boundary.KERNEL, process=replace(WELL, uid=9)), Wall.USER, Grade.GOOD, "9"),
        (room(), Wall.LABEL, Grade.GOOD, "apparmor"),
        (room(labels=(Label("apparmor", "none", ""),)), Wall.LABEL, Grade.WEAK, "off"),
        (room(labels=(Label("", "none", ""),)), Wall.LABEL, Grade.WEAK, "off"),
        (room(enforced=False), Wall.LABEL, Grade.WEAK, "watched"),
        (room(labels=()), Wall.LABEL, Grade.UNKNOWN, "?"),
        (room(active=False), Wall.LABEL, Grade.NONE, "-"),
        (room(process=replace(WELL, seccomp=0)), Wall.SECCOMP, Grade.WEAK, "off"),
        (room(process=None, seccomp_configured=False), Wall.SECCOMP, Grade.WEAK, "off"),
        (room(process=None, seccomp_configured=True), Wall.SECCOMP, Grade.UNKNOWN, "?"),
        (room(process=None), Wall.SECCOMP, Grade.UNKNOWN, "?"),
        (room(active=False), Wall.SECCOMP, Grade.NONE, "-"),
        (room(), Wall.NETWORK, Grade.GOOD, "none"),
        (room(links=(Nic("user", ""),)), Wall.NETWORK, Grade.GOOD, "own"),
        (room(links=(Nic("network", "d", "b", apart=True),)), Wall.NETWORK, Grade.GOOD, "apart"),
        (room(links=(Nic("direct", "eth0"),)), Wall.NETWORK, Grade.DOOR, "eth0"),
        (room(devices=("usb 1:1",)), Wall.DEVICES, Grade.DOOR, "1 device"),
        (room(folders=(Folder("/s", "s", "9p", True),)), Wall.FOLDERS, Grade.DOOR, "1 folder"),
        (room(folders=(Folder("/", "s", "9p", False),)), Wall.FOLDERS, Grade.MISSING, "whole host"),
        (room(shared_disks=("/a",)), Wall.DISKS, Grade.DOOR, "disk"),
        (room(screens=("vnc 0.0.0.0",)), Wall.SCREEN, Grade.WEAK, "screen"),
        (room(arguments=True), Wall.ARGUMENTS, Grade.DOOR, "args"),
    ],
)
def test_each_wall(one: Room, wall: Wall, grade: Grade, word: str) -> None:
    assert graded(one, wall) == (grade, word)


def test_no_security_driver_or_none_that_is_known() -> None:
    assert graded(room(), Wall.LABEL, replace(FACTS, models=())) == (Grade.WEAK, "none")
    assert graded(room(active=False), Wall.LABEL, replace(FACTS, models=None)) == (Grade.UNKNOWN, "?")


def test_a_device_without_an_iommu() -> None:
    one = room(devices=("pci 0000:01:00.0",), direct_memory=True)
    assert graded(one, Wall.DEVICES, replace(FACTS, iommu=False)) == (Grade.MISSING, "1 device")
    assert graded(one, Wall.DEVICES, replace(FACTS, iommu=None)) == (Grade.DOOR, "1 device")
    usb = room(devices=("usb 1:1", "usb 1:2"))
    assert graded(usb, Wall.DEVICES, replace(FACTS, iommu=False)) == (Grade.DOOR, "2 devices")


@pytest.mark.parametrize(
    ("cpu", "named", "host", "nests"),
    [
        ("host-passthrough", None, True, True),
        ("host-model", None, True, True),
        ("custom", None, True, False),
        ("custom", True, True, True),
        ("host-passthrough", False, True, False),
        ("host-passthrough", True, False, False),
        ("host-passthrough", True, None, False),
    ],
)
def test_nesting(cpu: str, named: bool | None, host: bool | None, nests: bool) -> None:
    one = room(cpu=cpu, virtualization=named)
    found = look(one, facts=replace(FACTS, nested=host)).standings[one.key]
    assert (found.aspect(Wall.NESTED) is not None) == nests


def test_a_containers_root_is_no_door_but_the_hosts_is() -> None:
    own = room(boundary=Boundary.KERNEL, folders=(Folder("/r", "/", "bind", False),))
    assert look(own).standings[own.key].aspect(Wall.FOLDERS) is None
    whole = room(boundary=Boundary.KERNEL, folders=(Folder("/", "/", "bind", False),))
    assert graded(whole, Wall.FOLDERS)[0] is Grade.MISSING


def test_neighbours_are_those_of_the_same_bridge() -> None:
    by_network = room(1, links=(Nic("network", "default"),))
    by_bridge = room(2, links=(Nic("bridge", "virbr0", "virbr0"),))
    apart = room(3, links=(Nic("network", "default", "virbr0", apart=True),))
    elsewhere = room(4, links=(Nic("network", "lab", "virbr1"),))
    facts = replace(FACTS, networks=MemoryHypervisor(0).facts.networks)
    found = look(by_network, by_bridge, apart, elsewhere, facts=facts).standings

    def words(one: Room) -> tuple[str, str]:
        aspect = found[one.key].aspect(Wall.NETWORK)
        assert aspect is not None
        return aspect.word, aspect.words

    assert words(by_network) == ("default +1", "it shares default (nat) with m2; no network filter")
    assert words(by_bridge)[0] == "virbr0 +1"
    assert words(elsewhere) == ("lab", "it shares lab (leads nowhere else), so far alone; no network filter")


def test_a_disk_that_two_write_to() -> None:
    one, other = room(1, disks=("/a", "/x")), room(2, disks=("/b", "/x"))
    found = look(one, other)
    aspect = found.standings[one.key].aspect(Wall.DISKS)
    assert aspect is not None
    assert (aspect.grade, aspect.words) == (Grade.WEAK, "m1, m2 write to the same disk: /x")
    assert [(each.topic, each.keys) for each in found.findings] == [("disks", (key(1), key(2)))]


def test_simulated_machines_have_no_walls() -> None:
    found = look(room(boundary=Boundary.SIMULATED, links=(Nic("network", "d"),)))
    assert found.standings[key()].grade is Grade.NONE
    assert found.findings == ()


def test_the_worst_stands_first_and_what_is_alike_is_told_once() -> None:
    bad = replace(WELL, uid=0, user="root")
    rooms = [room(number, process=bad) for number in range(1, 7)] + [room(7), room(8, enforced=False)]
    found = look(*rooms)
    assert [standing.grade for standing in found.standings.values()] == [
        *[Grade.MISSING] * 6,
        Grade.WEAK,
        Grade.GOOD,
    ]
    first, second = found.findings
    assert first.severity is Severity.SERIOUS
    assert first.text == "process runs as root: m1, m2, m3, m4 and 2 more"
    assert first.keys == tuple(key(number) for number in range(1, 7))
    assert (second.severity, second.text) == (Severity.WARNING, "security label not enforced: m8")
    assert all(each.remedy for each in found.findings)


def texts(found: Survey) -> list[tuple[Severity, str]]:
    return [(each.severity, each.topic) for each in found.findings]


def pressed(resource: Resource, share: float) -> Building:
    return replace(FACTS, pressure={resource: Pressure(0.0, share)})


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (FACTS, []),
        (pressed(Resource.CPU, 24.0), []),
        (pressed(Resource.CPU, 25.0), [(Severity.WARNING, "processors")]),
        (pressed(Resource.CPU, 60.0), [(Severity.SERIOUS, "processors")]),
        (pressed(Resource.MEMORY, 10.0), [(Severity.SERIOUS, "memory")]),
        (pressed(Resource.IO, 41.0), [(Severity.WARNING, "disks")]),
        (replace(FACTS, weaknesses=(Weakness("x", Cure.MITIGATED, ""),)), []),
        (
            replace(FACTS, weaknesses=(Weakness("x", Cure.VULNERABLE, ""),)),
            [(Severity.WARNING, "mitigations")],
        ),
        (replace(FACTS, pools=(Pool("p", True, 100, 50, 100),)), []),
        (replace(FACTS, pools=(Pool("p", True, 100, 50, 101),)), [(Severity.WARNING, "pool")]),
        (replace(FACTS, pools=(Pool("p", True, 100, 9, None),)), [(Severity.WARNING, "pool")]),
        (replace(FACTS, pools=(Pool("p", True, 100, 4, 400),)), [(Severity.SERIOUS, "pool")]),
        (replace(FACTS, pools=(Pool("p", True, 0, 0, 0),)), []),
        (replace(FACTS, pools=(Pool("p", False, 0, 0, None),)), [(Severity.NOTE, "pool")]),
        (replace(FACTS, hugepages=(HugePages(1 << 21, 1024, 600),)), [(Severity.NOTE, "huge pages")]),
        (replace(FACTS, hugepages=(HugePages(1 << 21, 1024, 500),)), []),
        (replace(FACTS, merging=Merging(True, 0, 1)), [(Severity.NOTE, "merging")]),
        (replace(FACTS, merging=Merging(False, 0, 1)), []),
    ],
)
def test_what_is_pointed_at_of_a_host(facts: Building, expected: list[tuple[Severity, str]]) -> None:
    assert texts(look(room(1), room(2), facts=facts)) == expected


def given_to(vcpus: int, memory: int, used: int, off: int = 0) -> list[Finding]:
    """Findings of two machines with so much each on 8 processors and 32 GiB, and one that is off."""
    one, two, three = (
        Domain(key(number), f"m{number}", State.RUNNING, vcpus=vcpus, memory=memory) for number in (1, 2, 3)
    )
    rest = replace(three, state=State.OFF, memory=off)
    domains = {each.key: each for each in (one, two, rest)}
    found = look(domains=domains, load=HostLoad(1.0, used, 32 * GIB))
    return list(found.findings)


@pytest.mark.parametrize(
    ("vcpus", "memory", "used", "off", "expected"),
    [
        (4, 8 * GIB, GIB, 0, []),
        (5, 8 * GIB, GIB, 0, [(Severity.NOTE, "processors")]),
        (8, 8 * GIB, GIB, 0, [(Severity.NOTE, "processors")]),
        (16, 8 * GIB, GIB, 0, [(Severity.WARNING, "processors")] * 2),
        (4, 16 * GIB, GIB, 0, []),
        (4, 17 * GIB, GIB, 0, [(Severity.WARNING, "memory")]),
        (4, 17 * GIB, 31 * GIB, 0, [(Severity.SERIOUS, "memory")]),
        (4, 8 * GIB, 31 * GIB, 0, [(Severity.WARNING, "memory")]),
        (4, 8 * GIB, GIB, 17 * GIB, [(Severity.NOTE, "memory")]),
    ],
)
def test_overcommitment(
    vcpus: int, memory: int, used: int, off: int, expected: list[tuple[Severity, str]]
) -> None:
    found = given_to(vcpus, memory, used, off)
    assert [(each.severity, each.topic) for each in found] == expected
    assert all(each.remedy for each in found)


def test_the_fake_is_surveyed_here_and_from_afar() -> None:
    hypervisor = MemoryHypervisor(8)
    hypervisor.open()
    domains = {one.key: one for one in hypervisor.list_domains()}
    facts = hypervisor.building(1.0)
    inventory = Inventory("m", Link.UP, host=hypervisor.host, domains=domains)
    found = survey(inventory, facts)
    assert set(found.standings) == set(domains)
    assert found.findings[0].severity is Severity.SERIOUS
    severities = [each.severity for each in found.findings]
    assert severities == sorted(severities)
    afar = survey(inventory, remote(facts))
    assert [each.what for each in afar.unseen] == ["pressure"]


def test_rooms_of_machines_that_went_are_left_out() -> None:
    found = survey(Inventory("x:///"), replace(FACTS, rooms=MappingProxyType({key(): room()})))
    assert found.standings == {}
    assert isinstance(Standing(room(), ()).grade, Grade)


def test_doors_of_the_fake() -> None:
    hypervisor = MemoryHypervisor(5)
    machine = hypervisor.machine(hypervisor.key("db"))
    one = replace(room(), plan=plan(machine, devices=("usb 1:1",), shared_disks=("/a",)))
    assert [each.wall for each in look(one).standings[one.key].doors] == [Wall.DEVICES, Wall.DISKS]
