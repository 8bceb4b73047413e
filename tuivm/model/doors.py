"""The doors in a machine's walls: devices, folders and disks of the host, screens, arguments."""

from __future__ import annotations

from collections.abc import Iterator

from tuivm.model.building import Building
from tuivm.model.room import Boundary, Room
from tuivm.model.standing import Aspect, Grade, Neighbours, Wall, some


def doors(room: Room, facts: Building, neighbours: Neighbours) -> Iterator[Aspect]:
    """What lets something through; nothing is said of what is not there."""
    plan = room.plan
    if plan.devices:
        yield _devices(room, facts)
    if plan.folders:
        folders = _folders(room)
        if folders is not None:
            yield folders
    yield from _disks(room, neighbours)
    open_cpu = plan.cpu in ("host-passthrough", "host-model", "maximum")
    may_nest = open_cpu if plan.virtualization is None else plan.virtualization
    if plan.virt_type == "kvm" and facts.nested and may_nest:
        words = "it may run virtual machines of its own: more of KVM can be reached from within"
        yield Aspect(Wall.NESTED, Grade.DOOR, "nested", words)
    if plan.screens:
        yield Aspect(
            Wall.SCREEN,
            Grade.WEAK,
            "screen",
            f"its screen listens on every address of the host: {', '.join(plan.screens)}",
            "let it listen on 127.0.0.1 and come through SSH, or set a password and TLS",
            "screen listens on every address",
        )
    if plan.arguments:
        words = "it hands QEMU arguments that libvirt does not check"
        yield Aspect(Wall.ARGUMENTS, Grade.DOOR, "args", words)


def _devices(room: Room, facts: Building) -> Aspect:
    devices = room.plan.devices
    word = f"{len(devices)} device{'' if len(devices) == 1 else 's'}"
    if room.plan.direct_memory and facts.iommu is False:
        return Aspect(
            Wall.DEVICES,
            Grade.MISSING,
            word,
            f"it has {', '.join(devices)}, which no IOMMU keeps from the host's memory",
            "turn the IOMMU on in the firmware and with intel_iommu=on on the kernel's command line",
            "PCI device of the host without an IOMMU",
        )
    return Aspect(Wall.DEVICES, Grade.DOOR, word, f"it has devices of the host: {', '.join(devices)}")


def _folders(room: Room) -> Aspect | None:
    """Folders of the host. That a container's root is a folder is how containers are made."""
    container = room.boundary is Boundary.KERNEL
    folders = [one for one in room.plan.folders if not (container and one.target == "/")]
    whole = [one for one in room.plan.folders if one.source == "/" and not one.readonly]
    if whole:
        return Aspect(
            Wall.FOLDERS,
            Grade.MISSING,
            "whole host",
            "the whole file system of the host is its to write",
            "give it a folder of its own, or <readonly/>",
            "may write to the whole file system of the host",
        )
    if not folders:
        return None
    told = ", ".join(f"{one.source} ({one.driver}{', read only' if one.readonly else ''})" for one in folders)
    word = f"{len(folders)} folder{'' if len(folders) == 1 else 's'}"
    return Aspect(Wall.FOLDERS, Grade.DOOR, word, f"it sees folders of the host: {told}")


def _disks(room: Room, neighbours: Neighbours) -> Iterator[Aspect]:
    plan = room.plan
    shared = [disk for disk in plan.disks if disk in neighbours.disks]
    if shared:
        yield Aspect(
            Wall.DISKS,
            Grade.WEAK,
            "disk",
            f"{some(neighbours.disks[shared[0]])} write to the same disk: {', '.join(shared)}",
            "give each a disk of its own, or mark it <shareable/> where a cluster needs it",
            "a disk that more than one writes to",
        )
    elif plan.shared_disks:
        words = f"disks marked to be shared: {', '.join(plan.shared_disks)}"
        yield Aspect(Wall.DISKS, Grade.DOOR, "disk", words)
