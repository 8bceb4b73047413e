"""Statistics of every domain: one round trip where the driver has bulk statistics, else by domain."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import libvirt

from tuivm.hypervisor import stats
from tuivm.hypervisor.connection import Connection
from tuivm.hypervisor.host import Gauges
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey, State
from tuivm.model.errors import Invalid, NotSupported
from tuivm.model.event import Event, EventKind
from tuivm.model.host import HostLoad
from tuivm.model.stats import CostlyCounters, Counters

if TYPE_CHECKING:
    from tuivm.model.detail import Description

STALE = 90.0
"""Seconds after which a running guest's report of its memory is none any more."""
COSTLY_EVERY = 10
"""At one in so many readings, what is costly is read of every domain."""
_ACTIVE = libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE

Record = tuple[libvirt.virDomain, dict[str, Any]]


class _Reading(NamedTuple):
    """What one bulk answer says of one domain."""

    domain: libvirt.virDomain
    record: dict[str, Any]
    time: float
    """Monotonic seconds when it was read."""


_REFUSED_FLAG = frozenset(
    {libvirt.VIR_ERR_INVALID_ARG, libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED, libvirt.VIR_ERR_NO_SUPPORT}
)


class Sampling(Connection):
    """``sample`` and ``host_load``."""

    def __init__(self, uri: str, *, read_only: bool = False) -> None:
        super().__init__(uri, read_only=read_only)
        self._gauges = Gauges()
        self._nowait = libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT
        self._vcpus: dict[str, int] = {}
        self._descriptions: dict[tuple[str, int], Description] = {}
        self._costly: dict[str, tuple[int, CostlyCounters]] = {}
        """By UUID: the id of the run it is of, and the last reading."""
        self._ticks = 0
        self._whole: set[str] = set()
        """UUIDs of domains whose emulator answered once."""
        self._reports: dict[str, tuple[int, float]] = {}
        """By UUID: when the guest last reported its memory (Unix seconds), and since when that is known."""

    def sample(self, focus: Collection[DomainKey] | None = ()) -> list[Counters]:
        """Counters of the active domains: one round trip, or several a domain without the bulk call.

        What is costly is read of the domains in ``focus`` in one more (None: of all, in the same), and of all
        at every so many calls. What is off has no counters; that it was started, events and the list tell.
        A domain that a long operation holds is not waited for: it tells its state and little else.
        """
        link, connection = self.link(), self.host().connection
        self.hear_all()
        if Capability.BULK_STATS not in self.unsupported():
            with suppress(NotSupported):
                return self._from_bulk(link, connection, focus)
        with self.asking("reading statistics"):
            domains = link.listAllDomains(0)
        return self._one_by_one(connection, domains)

    def host_load(self) -> HostLoad:
        """The host's gauges: psutil for this machine, libvirt's node statistics for another."""
        return self._gauges.read(self.link(), self.host())

    def _dispatch(self, event: Event) -> None:
        if event.key is not None and event.kind is EventKind.DEVICE:
            uuid = event.key.uuid
            for known in [one for one in tuple(self._descriptions) if one[0] == uuid]:
                self._descriptions.pop(known, None)
        super()._dispatch(event)

    def bulk(self, link: libvirt.virConnect, groups: int, which: int = 0) -> list[Record]:
        """``groups`` of statistics of the domains that the flags ``which`` select, 0 for all.

        Raises NotSupported where the driver has no bulk call.
        """
        with self.asking("reading statistics", Capability.BULK_STATS):
            if self._nowait:
                try:
                    return link.getAllDomainStats(groups, self._nowait | which)
                except libvirt.libvirtError as error:
                    if error.get_error_code() not in _REFUSED_FLAG:
                        raise
                    self._nowait = 0  # An older daemon, or a driver that never waits.
            return link.getAllDomainStats(groups, which)

    def _from_bulk(
        self, link: libvirt.virConnect, connection: str, focus: Collection[DomainKey] | None
    ) -> list[Counters]:
        self._ticks += 1
        everyone = focus is None or self._ticks % COSTLY_EVERY == 0
        groups = stats.LIGHT | stats.COSTLY if everyone else stats.LIGHT
        began = time.monotonic()
        records = self.bulk(link, groups, _ACTIVE)
        # libvirt goes from one domain to the next: each was read when its share of the time was over.
        share = (time.monotonic() - began) / max(1, len(records))
        readings = {
            domain.UUIDString(): _Reading(domain, record, began + share * place)
            for place, (domain, record) in enumerate(records, 1)
        }
        self._ask_again(link, groups, readings)
        if everyone:
            self._forget_all_but(readings)
        elif focus:
            self._look_closer(link, [readings[key.uuid].domain for key in focus if key.uuid in readings])
        return [
            self._counted(DomainKey(connection, uuid), reading, everyone=everyone)
            for uuid, reading in readings.items()
        ]

    def _counted(self, key: DomainKey, reading: _Reading, *, everyone: bool) -> Counters:
        domain, record, now = reading
        number = domain.ID()
        if number >= 0 and stats.is_sparse(record):
            with suppress(libvirt.libvirtError):
                return self._asked(key, domain, now)
        if everyone:
            self._costly[key.uuid] = (number, stats.costly_of(record, now))
        run, costly = self._costly.get(key.uuid, (number, None))
        vcpus = self._vcpus.get(key.uuid, 0)
        counters = stats.from_record(key, domain, record, now, vcpus, costly if run == number else None)
        return stats.without_report(counters) if self._is_stale(counters) else counters

    def _ask_again(self, link: libvirt.virConnect, groups: int, readings: dict[str, _Reading]) -> None:
        """Ask once more for the domains of which somebody else was asking just then.

        libvirt answers one question of an emulator at a time, and it is told not to wait.
        """
        busy = []
        for uuid, reading in readings.items():
            if stats.is_whole(reading.record):
                self._whole.add(uuid)
            elif uuid in self._whole and reading.domain.ID() >= 0:
                busy.append(reading.domain)
        if busy:
            with suppress(libvirt.libvirtError):
                for domain, record in link.domainListGetStats(busy, groups, self._nowait):
                    readings[domain.UUIDString()] = _Reading(domain, record, time.monotonic())

    def _forget_all_but(self, readings: Mapping[str, _Reading]) -> None:
        """Drop what is kept of domains that run no more, and what is read anew."""
        self._costly = {}
        self._whole &= readings.keys()
        self._reports = {uuid: report for uuid, report in self._reports.items() if uuid in readings}

    def _is_stale(self, counters: Counters) -> bool:
        """Whether what a guest reported of its memory is long past, though it runs.

        A balloon without a period tells for ever what its driver said when it was loaded.
        """
        reported, uuid, now = counters.balloon_time, counters.key.uuid, counters.time
        if reported is None:
            return False
        known = self._reports.get(uuid)
        if known is None and self.host().is_local:
            known = self._reports[uuid] = (reported, now - max(0.0, time.time() - reported))
        if known is None or known[0] != reported or counters.state is not State.RUNNING:
            self._reports[uuid] = (reported, now)
            return False
        return now - known[1] > STALE

    def _look_closer(self, link: libvirt.virConnect, domains: list[libvirt.virDomain]) -> None:
        """Read what is costly of these domains; what cannot be read now stays as it was."""
        if not domains:
            return  # An empty list would mean all of them.
        with suppress(libvirt.libvirtError):
            for domain, record in link.domainListGetStats(domains, stats.COSTLY, self._nowait):
                costly = stats.costly_of(record, time.monotonic())
                self._costly[domain.UUIDString()] = (domain.ID(), costly)

    def _one_by_one(self, connection: str, domains: list[libvirt.virDomain]) -> list[Counters]:
        now = time.monotonic()
        found = []
        present = {(domain.UUIDString(), domain.ID()) for domain in domains}
        for gone in [one for one in tuple(self._descriptions) if one not in present]:
            self._descriptions.pop(gone, None)
        for domain in domains:
            with suppress(libvirt.libvirtError):  # It went meanwhile: the next list tells.
                found.append(self._asked(DomainKey(connection, domain.UUIDString()), domain, now))
        if domains and not found:
            self.link_check()
        return found

    def link_check(self) -> None:
        """Raise Unreachable when the daemon does not answer any more."""
        link = self.link()
        with self.asking("reading statistics"):
            link.getLibVersion()

    def _asked(self, key: DomainKey, domain: libvirt.virDomain, now: float) -> Counters:
        from tuivm.model.detail import Description
        from tuivm.xml import read

        number = domain.ID()
        known = Description() if number < 0 else self._descriptions.get((key.uuid, number))
        if known is None:
            known = Description()
            with suppress(Invalid):
                known = read.description(domain.XMLDesc(0))
            self._descriptions[key.uuid, number] = known
        return stats.from_calls(key, domain, known, now)
