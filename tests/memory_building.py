"""The building of the in-memory fake: a host with a load, pools and networks, and rooms of several kinds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from tests.memory_machine import GIB, MIB, Machine
from tests.memory_world import World
from tuivm.model.building import (
    Building,
    Cell,
    Cure,
    HugePages,
    Merging,
    Network,
    Pool,
    Pressure,
    Resource,
    Unseen,
    Weakness,
)
from tuivm.model.domain import DomainKey
from tuivm.model.room import Boundary, Folder, Label, Link, Plan, Process, Room

CAPABILITIES = 0x1FFFFFFFFFF
"""What root may do."""

_FACTS = Building(
    load=(1.92, 1.41, 0.88),
    pressure=MappingProxyType(
        {
            Resource.CPU: Pressure(6.4, 4.2),
            Resource.MEMORY: Pressure(0.0, 0.0),
            Resource.IO: Pressure(11.3, 7.9, 2.5),
        }
    ),
    merging=Merging(True, 300 * MIB, 1200 * MIB),
    pools=(
        Pool("default", True, 200 * GIB, 58 * GIB, 420 * GIB, 12),
        Pool("fast", True, 100 * GIB, 4 * GIB, 96 * GIB, 3),
        Pool("iso", False, 0, 0, None),
    ),
    cells=(Cell(0, 4, 16 * GIB, 5 * GIB), Cell(1, 4, 16 * GIB, 9 * GIB)),
    hugepages=(HugePages(2 * MIB, 1024, 900),),
    weaknesses=(
        Weakness("meltdown", Cure.NONE_NEEDED, "Not affected"),
        Weakness("spec_store_bypass", Cure.VULNERABLE, "Vulnerable"),
        Weakness("spectre_v2", Cure.MITIGATED, "Mitigation: Retpolines"),
    ),
    nested=True,
    iommu=True,
    models=("apparmor",),
    networks=(Network("default", "virbr0", "nat", True), Network("lab", "virbr1", "", True)),
    local=True,
)


class MemoryBuilding(World):
    """Implements ``core.ports_building``.

    Knobs: ``facts`` (the host), ``rooms`` (a machine's room, else one of the usual kinds by its number),
    ``rooms_a_look`` (how many are read at a look; None for all).
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.facts = _FACTS
        self.rooms: dict[DomainKey, Room] = {}
        self.rooms_a_look: int | None = None
        self._seen_rooms: set[DomainKey] = set()

    def building(self, budget: float) -> Building:
        with self._call("building"):
            waiting = [key for key in self._machines if key not in self._seen_rooms]
            self._seen_rooms.update(waiting[: self.rooms_a_look])
            rooms = {
                key: self.rooms.get(key) or _room(machine)
                for key, machine in self._machines.items()
                if key in self._seen_rooms
            }
            unread = len(self._machines) - len(rooms)
            return replace(self.facts, host=self.host, rooms=MappingProxyType(rooms), unread=unread)


def remote(facts: Building = _FACTS) -> Building:
    """The same host as seen from another machine."""
    return replace(
        facts,
        load=None,
        pressure=MappingProxyType({}),
        weaknesses=(),
        nested=None,
        local=False,
        unseen=(Unseen("pressure", "only the host itself tells: tuivm runs on another machine"),),
    )


def plan(machine: Machine, **changes: Any) -> Plan:
    """A machine on the default network, confined."""
    active = machine.domain.state.is_active
    label = f"libvirt-{machine.domain.key.uuid}" if active else ""
    usual = Plan(
        virt_type="kvm",
        labels=(
            Label("apparmor", "dynamic", label),
            Label("dac", "dynamic", "+64055:+64055" if active else ""),
        ),
        links=(Link("network", "default", "virbr0" if active else "", filtered=machine.index % 2 == 0),),
        disks=(machine.image,),
        cpu="host-model",
    )
    return replace(usual, **changes)


def _plans(machine: Machine) -> Iterator[Plan]:
    """The kinds of room there are, in the order of the machines."""
    yield plan(machine, cpu="custom")
    yield plan(
        machine,
        devices=("pci 0000:01:00.0", "usb 1d6b:0002"),
        direct_memory=True,
        links=(Link("network", "default", "virbr0"), Link("network", "lab", "virbr1")),
    )
    yield plan(machine, folders=(Folder("/srv/build [b]", "src", "virtiofs", False),), cpu="host-passthrough")
    yield plan(machine, labels=(Label("apparmor", "none", ""),), screens=("vnc 0.0.0.0:5903",))
    yield plan(machine, virt_type="qemu", links=(Link("user", ""),))


def _room(machine: Machine) -> Room:
    plans = list(_plans(machine))
    chosen = plans[machine.index % len(plans)]
    active = machine.domain.state.is_active
    emulated = chosen.virt_type == "qemu"
    process = Process(
        4000 + machine.index,
        0 if emulated else 64055,
        "root" if emulated else "libvirt-qemu",
        0 if emulated else 2,
        True,
        CAPABILITIES if emulated else 0,
        f"libvirt-{machine.domain.key.uuid}",
    )
    return Room(
        machine.domain.key,
        active,
        chosen,
        process if active else None,
        True if active else None,
        True,
        Boundary.EMULATOR if emulated else Boundary.HARDWARE,
    )
