"""What is known of every domain's walls: read once, kept until an event names the domain or its id is new."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import libvirt

from tuivm.hypervisor import processes
from tuivm.hypervisor.errors import translate
from tuivm.hypervisor.hostfiles import configured_seccomp
from tuivm.hypervisor.processes import PROC, Active
from tuivm.model.domain import DomainKey
from tuivm.model.errors import HypervisorError, Invalid, NotFound, Unreachable
from tuivm.model.host import Host, Kind
from tuivm.model.line import one_line
from tuivm.model.room import Boundary, Plan, Process, Room
from tuivm.xml import isolation

RENEW_AFTER = 60.0
"""Seconds after which a domain is looked at again though no event named it: some drivers send none."""
RENEWED = 8
"""Domains that are renewed so at one look, at most."""

_BOUNDARIES: Mapping[str, Boundary] = {
    "kvm": Boundary.HARDWARE,
    "xen": Boundary.HARDWARE,
    "hvf": Boundary.HARDWARE,
    "hyperv": Boundary.HARDWARE,
    "qemu": Boundary.EMULATOR,
    "lxc": Boundary.KERNEL,
    "openvz": Boundary.KERNEL,
    "test": Boundary.SIMULATED,
}
_OF_KINDS: Mapping[Kind, Boundary] = {
    Kind.TYPE1: Boundary.HARDWARE,
    Kind.CONTAINER: Boundary.KERNEL,
    Kind.SIMULATED: Boundary.SIMULATED,
}
"""Where the domain's own type says nothing."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A room, and of which life of the domain it is."""

    id: int
    room: Room
    when: float


class Rooms:
    """The rooms of one connection. ``drop`` may be called on any thread, ``look`` on one at a time."""

    def __init__(self, host: Host, *, local: bool, proc: Path = PROC) -> None:
        self._host = host
        self._local = local
        self._proc = proc
        self._kept: dict[str, _Kept] = {}
        self._dropped: set[str] = set()
        self._shown: Mapping[DomainKey, Room] = MappingProxyType({})
        self._seccomp = configured_seccomp(host.connection, os.environ) if local else None

    def drop(self, uuid: str) -> None:
        """Something happened to the domain: it is read again at the next look."""
        self._dropped.add(uuid)

    def look(
        self, domains: Iterable[libvirt.virDomain], end: float, *, confined: bool
    ) -> tuple[Mapping[DomainKey, Room], int]:
        """Every room known at ``end`` (monotonic seconds) of these domains, and how many are left unread.

        At least one is read. ``confined`` tells whether libvirt has a security driver that can be asked
        whether it enforces. Raises Unreachable.
        """
        present = {one.UUIDString(): one for one in domains}
        for gone in self._kept.keys() - present.keys():
            del self._kept[gone]
        self._dropped &= present.keys()
        waiting = self._waiting(present)
        pids = self._pids([present[uuid] for uuid in waiting])
        for count, uuid in enumerate(waiting):
            if count and time.monotonic() >= end:
                break
            self._read(uuid, present[uuid], pids.get(uuid, []), confined=confined)
        left = sum(1 for uuid, one in present.items() if self._is_stale(uuid, one))
        rooms = {kept.room.key: kept.room for kept in self._kept.values()}
        if rooms != self._shown:
            self._shown = MappingProxyType(rooms)
        return self._shown, left

    def _is_stale(self, uuid: str, domain: libvirt.virDomain) -> bool:
        kept = self._kept.get(uuid)
        return kept is None or kept.id != domain.ID() or uuid in self._dropped

    def _waiting(self, present: Mapping[str, libvirt.virDomain]) -> list[str]:
        """What is to be read: new and changed ones, the active first, then a few that are old."""
        stale = [uuid for uuid, one in present.items() if self._is_stale(uuid, one)]
        stale.sort(key=lambda uuid: present[uuid].ID() < 0)
        before = time.monotonic() - RENEW_AFTER
        old = sorted((kept.when, uuid) for uuid, kept in self._kept.items() if kept.when < before)
        known = set(stale)
        return stale + [uuid for _, uuid in old[:RENEWED] if uuid not in known]

    def _pids(self, domains: list[libvirt.virDomain]) -> dict[str, list[int]]:
        active = [Active(one.UUIDString(), one.ID(), one.name()) for one in domains if one.ID() >= 0]
        found: dict[str, list[int]] = {}
        if active and self._local:
            for uuid, pid in processes.find(active, self._proc):
                found.setdefault(uuid, []).append(pid)
        return found

    def _read(self, uuid: str, domain: libvirt.virDomain, pids: list[int], *, confined: bool) -> None:
        # What an event says from now on is not in what is read.
        self._dropped.discard(uuid)
        key, number = DomainKey(self._host.connection, uuid), domain.ID()
        try:
            room = self._room(key, domain, pids, confined=confined and number >= 0)
        except libvirt.libvirtError as error:
            ours = translate(error)
            if isinstance(ours, Unreachable):
                raise ours from error
            if isinstance(ours, NotFound):
                self._kept.pop(uuid, None)
                return
            room = Room(key, number >= 0, Plan(), problem=str(ours))
        except HypervisorError as error:
            room = Room(key, number >= 0, Plan(), problem=one_line(str(error)))
        # A process that was not there yet is looked for again soon.
        missed = self._local and room.active and room.process is None
        self._kept[uuid] = _Kept(number, room, time.monotonic() - RENEW_AFTER * missed)

    def _room(self, key: DomainKey, domain: libvirt.virDomain, pids: list[int], *, confined: bool) -> Room:
        """Raises libvirtError, and Invalid for XML that cannot be read."""
        plan = isolation.plan(domain.XMLDesc(0))
        boundary = _BOUNDARIES.get(plan.virt_type) or _OF_KINDS.get(self._host.kind, Boundary.UNKNOWN)
        return Room(
            key,
            domain.ID() >= 0,
            plan,
            self._process(boundary, pids),
            _enforced(domain) if confined else None,
            self._seccomp,
            boundary,
        )

    def _process(self, boundary: Boundary, pids: list[int]) -> Process | None:
        """Its process; None where two claim to be it: anybody may write what he likes into a command line."""
        pids = processes.eldest(pids, self._proc)
        if len(pids) != 1:
            return None
        if boundary is not Boundary.KERNEL:
            return processes.describe(pids[0], self._proc)
        inside = processes.first_child(pids[0], self._proc)
        return processes.describe(inside, self._proc) if inside is not None else None


def _enforced(domain: libvirt.virDomain) -> bool | None:
    """Whether one of its labels is enforced; None where the driver does not tell."""
    with suppress(libvirt.libvirtError, Invalid):
        labels = [(label, enforcing) for label, enforcing in domain.securityLabelList() if label]
        # Of the users' own labels (``+64055:+64055``) nothing is enforced by a driver.
        confining = [bool(enforcing) for label, enforcing in labels if not label.startswith("+")]
        return any(confining) if confining else None
    return None
