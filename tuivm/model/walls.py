"""The walls of a machine graded: what keeps it in, who its process is, what confines it, who is near."""

from __future__ import annotations

from collections.abc import Iterator

from tuivm.model.building import Building
from tuivm.model.doors import doors
from tuivm.model.room import Boundary, Room
from tuivm.model.standing import Aspect, Grade, Neighbours, Standing, Wall

_NAMED = 3
"""Neighbours that are named."""


def standing(room: Room, name: str, facts: Building, neighbours: Neighbours) -> Standing:
    """Grade the walls of the machine ``name``."""
    if room.problem:
        words = f"its definition cannot be read: {room.problem}"
        return Standing(room, (Aspect(Wall.BOUNDARY, Grade.UNKNOWN, "no XML", words),))
    found = [_boundary(room)]
    if room.boundary is not Boundary.SIMULATED:
        found += [_user(room), _label(room, facts), _seccomp(room)]
    found.append(_network(room, name, facts, neighbours))
    found += doors(room, facts, neighbours)
    return Standing(room, tuple(found))


def _boundary(room: Room) -> Aspect:
    kind = room.plan.virt_type
    if room.boundary is Boundary.HARDWARE:
        word = "KVM" if kind == "kvm" else kind or "hardware"
        return Aspect(Wall.BOUNDARY, Grade.GOOD, word, "the processor keeps it and the host's kernel apart")
    if room.boundary is Boundary.EMULATOR:
        return Aspect(
            Wall.BOUNDARY,
            Grade.WEAK,
            "emulated",
            "QEMU alone emulates its processor, which is not made to keep a guest in",
            "use KVM where the host has it: <domain type='kvm'>",
            "emulation, which QEMU does not count as a security boundary",
        )
    if room.boundary is Boundary.KERNEL:
        return Aspect(
            Wall.BOUNDARY,
            Grade.WEAK,
            "container",
            "it shares the host's kernel: a fault of the kernel is a way out",
            "what must not break out belongs into a virtual machine",
            "containers, which share the host's kernel",
        )
    if room.boundary is Boundary.SIMULATED:
        return Aspect(Wall.BOUNDARY, Grade.NONE, "simulated", "there is no guest: libvirt plays one")
    return Aspect(Wall.BOUNDARY, Grade.UNKNOWN, "?", f"what '{kind}' keeps apart is not known")


def _user(room: Room) -> Aspect:
    """Who the process is on the host: its own word, else the label that libvirt gave it."""
    if room.boundary is Boundary.KERNEL:
        return _container_user(room)
    process = room.process
    uid, name = (process.uid, process.user) if process is not None else _labelled_user(room)
    if uid is None:
        return _not_told(room, Wall.USER, "as whom its process runs")
    if uid == 0:
        return Aspect(
            Wall.USER,
            Grade.MISSING,
            "root",
            "its process runs as root: what breaks out owns the host",
            'set user and group in /etc/libvirt/qemu.conf (user = "libvirt-qemu"), then start it again',
            "process runs as root",
        )
    return Aspect(Wall.USER, Grade.GOOD, name, f"its process runs as {name}, which is not root")


def _container_user(room: Room) -> Aspect:
    uid = room.process.uid if room.process is not None else None
    if room.plan.user_namespace and uid != 0:
        return Aspect(Wall.USER, Grade.GOOD, "mapped", "its root is another user on the host")
    if uid is not None and uid != 0:
        return Aspect(Wall.USER, Grade.GOOD, str(uid), f"its first process is user {uid} on the host")
    return Aspect(
        Wall.USER,
        Grade.MISSING,
        "root",
        "its root is the host's root",
        "give it users of its own: <idmap> in its definition",
        "the container's root is the host's root",
    )


def _labelled_user(room: Room) -> tuple[int | None, str]:
    """User of the ``dac`` label, ``+64055:+64055``; only of a machine that runs."""
    for label in room.plan.labels if room.active else ():
        text = label.label.partition(":")[0].removeprefix("+")
        if label.model == "dac" and text.isascii() and text.isdigit() and len(text) < 11:
            return int(text), f"uid {text}"
    return None, ""


def _label(room: Room, facts: Building) -> Aspect:
    if facts.models is None:
        return _not_told(room, Wall.LABEL, "which security drivers there are", always=True)
    models = " and ".join(facts.models)
    mine = [one for one in room.plan.labels if one.model != "dac"]
    if not models:
        return Aspect(
            Wall.LABEL,
            Grade.WEAK,
            "none",
            "no security driver confines it",
            "install AppArmor or SELinux, and leave security_driver in qemu.conf to its default",
            "no security label, as libvirt uses neither AppArmor nor SELinux",
        )
    if any(one.type == "none" for one in mine):
        return Aspect(
            Wall.LABEL,
            Grade.WEAK,
            "off",
            f"{models} would confine it, but its definition says no",
            "take <seclabel type='none'> out of its definition",
            "security label turned off",
        )
    labels = [one for one in mine if one.label]
    if labels and room.enforced is not False:
        label = labels[0]
        return Aspect(Wall.LABEL, Grade.GOOD, label.model, f"{label.model} confines it: {label.label}")
    if labels:
        return Aspect(
            Wall.LABEL,
            Grade.WEAK,
            "watched",
            f"{labels[0].model} only writes down what it should forbid",
            "let it enforce: aa-enforce, or setenforce 1",
            "security label not enforced",
        )
    if room.active:
        return _not_told(room, Wall.LABEL, "its label")
    return Aspect(Wall.LABEL, Grade.NONE, "-", f"{models} will confine it when it starts")


def _seccomp(room: Room) -> Aspect:
    told = room.process.seccomp if room.process is not None else None
    if told:
        return Aspect(Wall.SECCOMP, Grade.GOOD, "on", "its system calls are filtered")
    container = room.boundary is Boundary.KERNEL
    if told == 0 or (told is None and room.active and room.seccomp_configured is False and not container):
        return Aspect(
            Wall.SECCOMP,
            Grade.WEAK,
            "off",
            "no filter keeps its process from any system call",
            "" if container else "set seccomp_sandbox = 1 in qemu.conf, then start it again",
            "no filter of system calls",
        )
    if told is None and room.active and room.seccomp_configured and not container:
        words = "whether its system calls are filtered is not known; QEMU's configuration asks for it"
        return Aspect(Wall.SECCOMP, Grade.UNKNOWN, "?", words)
    return _not_told(room, Wall.SECCOMP, "whether its system calls are filtered")


def _not_told(room: Room, wall: Wall, what: str, *, always: bool = False) -> Aspect:
    """What is not known of a machine that runs; of one that is off there is nothing to know."""
    if room.active or always:
        return Aspect(wall, Grade.UNKNOWN, "?", f"{what} is not known")
    return Aspect(wall, Grade.NONE, "-", "it is off")


def segments(room: Room, facts: Building) -> Iterator[tuple[str, str]]:
    """Where each interface is connected to others, and that place's name: by bridge, else by network."""
    bridges = {one.name: one.bridge for one in facts.networks or () if one.bridge}
    for link in room.plan.links:
        if link.kind in ("user", "", "hostdev", "null") or link.apart:
            continue
        place = link.bridge or (bridges.get(link.source) if link.kind == "network" else "") or link.source
        if place:
            yield place, link.source or place


def _mode(name: str, facts: Building) -> str:
    """Where a virtual network leads, in brackets; empty for what is none."""
    found = next((one for one in facts.networks or () if one.name == name), None)
    return f" ({found.forward or 'leads nowhere else'})" if found is not None else ""


def _network(room: Room, name: str, facts: Building, neighbours: Neighbours) -> Aspect:
    links = room.plan.links
    if not links:
        return Aspect(Wall.NETWORK, Grade.GOOD, "none", "it has no network")
    places = dict(segments(room, facts))
    if not places:
        own = all(link.kind == "user" for link in links)
        word, words = ("own", "its network is its own") if own else ("apart", "its ports are kept apart")
        return Aspect(Wall.NETWORK, Grade.GOOD, word, words)
    parts = []
    count = 0
    for place, shown in places.items():
        there = neighbours.segments.get(place, ())
        others = max(0, len(there) - 1)
        count += others
        # Of thousands only the few that are named are looked at.
        few = [other for other in there[: _NAMED + 1] if other != name][:_NAMED]
        more = f" and {others - len(few)} more" if others > len(few) else ""
        whom = f" with {', '.join(few)}{more}" if others else ", so far alone"
        parts.append(f"{shown}{_mode(shown, facts)}{whom}")
    first = next(iter(places.values()))
    word = f"{first} +{count}" if count else first
    guarded = "" if any(link.filtered for link in links) else "; no network filter"
    return Aspect(Wall.NETWORK, Grade.DOOR, word, f"it shares {'; '.join(parts)}{guarded}")
