"""Statistics of every domain: one round trip where the driver has bulk statistics, else by domain."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import libvirt

from tuivm.hypervisor import stats
from tuivm.hypervisor.connection import Connection
from tuivm.hypervisor.host import Gauges
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Invalid, NotSupported
from tuivm.model.event import Event, EventKind
from tuivm.model.host import HostLoad
from tuivm.model.stats import Counters

if TYPE_CHECKING:
    from tuivm.model.detail import Description

_ACTIVE = libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE

Record = tuple[libvirt.virDomain, dict[str, Any]]

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

    def sample(self) -> list[Counters]:
        """Counters of the active domains: one round trip, or several a domain without the bulk call.

        What is off has no counters; that it was started, events and the list tell.
        A domain that a long operation holds is not waited for: it tells its state and little else.
        """
        link, connection = self.link(), self.host().connection
        self.hear_all()
        if Capability.BULK_STATS not in self.unsupported():
            with suppress(NotSupported):
                records = self.bulk(link, stats.LIGHT, _ACTIVE)
                return self._from_bulk(connection, records)
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

    def _from_bulk(self, connection: str, records: list[Record]) -> list[Counters]:
        now = time.monotonic()
        found = []
        for domain, record in records:
            key = DomainKey(connection, domain.UUIDString())
            if domain.ID() >= 0 and stats.is_sparse(record):
                with suppress(libvirt.libvirtError):
                    found.append(self._asked(key, domain, now))
                    continue
            found.append(stats.from_record(key, domain, record, now, self._vcpus.get(key.uuid, 0)))
        return found

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
