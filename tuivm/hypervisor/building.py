"""The building: one look at the host, and at the walls around its machines."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.hypervisor.hostfiles import HostFiles
from tuivm.hypervisor.rooms import Rooms
from tuivm.hypervisor.stores import LACKS, Stores, reason
from tuivm.model import building as model
from tuivm.model.building import Cell, HugePages, Merging, Network, Pool, Unseen
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Invalid
from tuivm.model.host import Kind
from tuivm.model.room import Room
from tuivm.xml import isolation

FRAME_EVERY = 30.0
"""Seconds between two looks at what hardly changes: topology, networks, weaknesses of the processor."""
_KIB = 1024
_PAGE = 4 * _KIB
_ELSEWHERE = "only the host itself tells: tuivm runs on another machine"
_SIMULATED = "there is no such host: libvirt plays one"


@dataclass(frozen=True, slots=True)
class _Frame:
    """What hardly changes."""

    when: float
    facts: model.Building
    pages: tuple[tuple[int, int], ...]
    """Size in KiB, how many were set aside."""
    problem: str
    """Why there are no networks; empty when there are."""


class Lookout:
    """Looks at the host of a connection, and keeps what was read of its machines."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._files = HostFiles()
        self._frame: _Frame | None = None
        self._rooms: Rooms | None = None
        self._stores = Stores()
        self._looked_through: libvirt.virConnect | None = None

    def look(self, budget: float) -> model.Building:
        """Look at the host, and for about ``budget`` seconds at its machines. Raises Unreachable."""
        end = time.monotonic() + budget
        link, here = self._connection.link(), self._connection.is_here()
        if self._looked_through is not link or self._rooms is None:
            self._frame, self._stores = None, Stores()
            self._rooms = Rooms(self._connection.host(), local=here)
            self._looked_through = link
        frame = self._frame
        with self._connection.asking("looking at the host"):
            if frame is None or time.monotonic() - frame.when >= FRAME_EVERY:
                frame = self._frame = self._read_frame(link, here=here)
            rooms, unread = self._rooms.look(link.listAllDomains(0), end, confined=bool(frame.facts.models))
            pools, volumes = self._stores.look(link, end)
        return self._facts(link, frame, rooms, pools, unread + volumes, here=here)

    def _facts(
        self,
        link: libvirt.virConnect,
        frame: _Frame,
        rooms: Mapping[DomainKey, Room],
        pools: tuple[Pool, ...] | None,
        unread: int,
        *,
        here: bool,
    ) -> model.Building:
        files = self._files
        facts = replace(
            frame.facts,
            host=self._connection.host(),
            load=files.load() if here else None,
            pressure=files.pressure() if here else {},
            merging=files.merging() if here else _merging(link),
            pools=pools,
            cells=_cells(link, frame.facts.cells),
            hugepages=_hugepages(link, frame),
            rooms=rooms,
            unread=unread,
            local=here,
        )
        simulated = self._connection.host().kind is Kind.SIMULATED
        unseen = _unseen(facts, _SIMULATED if simulated else _ELSEWHERE, self._stores.problem, frame.problem)
        return replace(facts, unseen=unseen)

    def _read_frame(self, link: libvirt.virConnect, *, here: bool) -> _Frame:
        host = None
        capabilities = ""
        with suppress(libvirt.libvirtError, Invalid):
            capabilities = link.getCapabilities()
            host = isolation.host(capabilities)
        networks, problem = _networks(link)
        facts = model.Building(
            cells=host.cells if host is not None else (),
            weaknesses=self._files.weaknesses() if here else (),
            nested=self._files.nested() if here else None,
            iommu=host.iommu if host is not None else None,
            models=host.confining if host is not None and host.models else None,
            networks=networks,
        )
        pages = isolation.huge_pages(capabilities) if host is not None else ()
        return _Frame(time.monotonic(), facts, pages, problem)

    def drop(self, uuid: str) -> None:
        """Read that machine anew at the next look."""
        if self._rooms is not None:
            self._rooms.drop(uuid)


def _unseen(facts: model.Building, elsewhere: str, pools: str, networks: str) -> tuple[Unseen, ...]:
    """What is not known, and why: ``elsewhere`` for the files of a host that is not this machine."""
    here = "the kernel of this host does not tell" if facts.local else elsewhere
    missing = [
        ("load", facts.load is None, here),
        ("pressure", not facts.pressure, here),
        ("memory merging", facts.merging is None, here if facts.local else LACKS),
        ("mitigations of the processor", not facts.weaknesses, here),
        ("storage pools", facts.pools is None, pools),
        ("networks", facts.networks is None, networks),
        ("security drivers", facts.models is None, LACKS),
        ("system call filters and users of processes", not facts.local, elsewhere),
    ]
    return tuple(Unseen(what, why) for what, lacking, why in missing if lacking)


def _networks(link: libvirt.virConnect) -> tuple[tuple[Network, ...] | None, str]:
    """The networks by name; or None, and why."""
    try:
        found = link.listAllNetworks(0)
    except libvirt.libvirtError as error:
        return None, reason(error)
    networks = []
    for one in found:
        with suppress(libvirt.libvirtError, Invalid):
            networks.append(isolation.network(one.XMLDesc(0), active=bool(one.isActive())))
    return tuple(sorted(networks, key=lambda network: network.name)), ""


def _merging(link: libvirt.virConnect) -> Merging | None:
    """``virNodeGetMemoryParameters``; it counts pages, which are taken for 4 KiB."""
    with suppress(libvirt.libvirtError):
        told = link.getMemoryParameters(0)
        if "shm_pages_sharing" in told:
            shared, saved = told.get("shm_pages_shared", 0), told["shm_pages_sharing"]
            return Merging(None, int(shared) * _PAGE, int(saved) * _PAGE)
    return None


def _cells(link: libvirt.virConnect, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """With the memory that is free in each now, where there is more than one."""
    if len(cells) > 1:
        with suppress(libvirt.libvirtError):
            last = max(cell.id for cell in cells)
            free = link.getCellsFreeMemory(0, last + 1)
            if len(free) == len(cells):
                return tuple(replace(one, free=int(left)) for one, left in zip(cells, free, strict=True))
    return cells


def _hugepages(link: libvirt.virConnect, frame: _Frame) -> tuple[HugePages, ...]:
    sizes = [size for size, _ in frame.pages]
    if not sizes:
        return ()
    free: dict[int, int] = {}
    with suppress(libvirt.libvirtError):
        cells = frame.facts.cells
        told = link.getFreePages(sizes, cells[0].id if cells else 0, max(1, len(cells)))
        for counts in told.values():
            for size, count in counts.items():
                free[size] = free.get(size, 0) + int(count)
    return tuple(HugePages(size * _KIB, total, min(total, free.get(size, 0))) for size, total in frame.pages)
