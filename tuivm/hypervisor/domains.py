"""The list of domains, one domain's row, and its detail."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import libvirt

from tuivm.hypervisor import stats, words
from tuivm.hypervisor.metadata import Metadata
from tuivm.hypervisor.processes import Active
from tuivm.hypervisor.sampling import Record, Sampling
from tuivm.hypervisor.snapshots import Snapshots
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.errors import HypervisorError, NotSupported
from tuivm.xml.document import virt_type

if TYPE_CHECKING:
    from tuivm.model.detail import Address, Detail

_NO_FLAG = frozenset(
    {
        libvirt.VIR_ERR_NO_SUPPORT,
        libvirt.VIR_ERR_INVALID_ARG,
        libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED,
        libvirt.VIR_ERR_OPERATION_UNSUPPORTED,
    }
)
_UNKNOWN_FLAG = 1 << 30
_AT_ONCE = 250
"""Domains of a list that are read without giving way to other threads."""
_WAY = 0.0005
"""Seconds of giving way: a thread that waits for the interpreter, as the screen's does, gets it then."""
_NO_KEY = 0xFFFF


class Domains(Sampling, Snapshots, Metadata):
    """``list_domains``, ``read_domain``, ``detail`` and ``addresses``."""

    def __init__(self, uri: str, *, read_only: bool = False) -> None:
        super().__init__(uri, read_only=read_only)
        self._refused_filters: set[int] = set()
        self._probed = False
        self._listed: dict[str, tuple[tuple[object, ...], Domain]] = {}

    def list_domains(self, *, quick: bool = False) -> list[Domain]:
        """Every domain, in six round trips whatever their number.

        A driver without bulk statistics (LXC), or whose bulk statistics tell the state alone (the test
        driver, which is in this process), is asked up to three more things about each domain. ``quick``
        leaves start times out.
        """
        link = self.link()
        with self.asking("listing domains"):
            domains = link.listAllDomains(0)
            autostart = self._filtered(link, libvirt.VIR_CONNECT_LIST_DOMAINS_AUTOSTART)
            transient = self._filtered(link, libvirt.VIR_CONNECT_LIST_DOMAINS_TRANSIENT)
            saved = self._filtered(link, libvirt.VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE)
            snapshots = self._filtered(link, libvirt.VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT)
        handles = {domain.UUIDString(): domain for domain in domains}
        self.remember(link, handles, transient or frozenset())
        if domains:
            self._probe(link, domains[0])
        records = self._records(link)
        started = {} if quick else self._started(domains)
        found = []
        for number, (uuid, domain) in enumerate(handles.items()):
            if number % _AT_ONCE == 0 and not quick:
                time.sleep(_WAY)
            with suppress(libvirt.libvirtError):  # It went while the list was read.
                found.append(
                    self._domain(
                        uuid,
                        domain,
                        records.get(uuid),
                        autostart=None if autostart is None else uuid in autostart,
                        persistent=transient is None or uuid not in transient,
                        saved=saved is not None and uuid in saved,
                        has_snapshots=snapshots is not None and uuid in snapshots,
                        started=started.get(uuid),
                    )
                )
        if len(self._listed) > len(handles):
            self._listed = {uuid: kept for uuid, kept in self._listed.items() if uuid in handles}
        return found

    def read_domain(self, key: DomainKey) -> Domain:
        """One domain, re-read. Raises NotFound."""
        link = self.link()
        domain = self.handle(key, fresh=True)
        with self.asking(key=key):
            if key.uuid not in self._virt_types:
                with suppress(HypervisorError):
                    self._virt_types[key.uuid] = virt_type(domain.XMLDesc(0))
            if not self.labels_known(key.uuid):
                with suppress(HypervisorError):
                    self.labels(key)
            persistent = _told(domain.isPersistent) is not False
            self.note_transient(key.uuid, not persistent)
            return self._domain(
                key.uuid,
                domain,
                self._record(link, domain),
                autostart=_told(domain.autostart),
                persistent=persistent,
                saved=bool(_told(domain.hasManagedSaveImage)),
                has_snapshots=bool(_told(domain.snapshotNum)),
                started=self._started([domain]).get(key.uuid),
            )

    def detail(self, key: DomainKey) -> Detail:
        """XML, description and snapshots of one domain (no addresses). Raises NotFound."""
        from tuivm.model.detail import Detail  # these are not loaded until the first list is there
        from tuivm.xml import read

        domain = self.handle(key)
        with self.asking(key=key):
            xml = domain.XMLDesc(0)
        description = read.description(xml)
        self._virt_types[key.uuid] = description.virt_type
        self.note_labels(key.uuid, xml)
        try:
            return Detail(key, xml, description, self.snapshots(key))
        except HypervisorError as error:
            return Detail(key, xml, description, snapshots_error=str(error))

    def addresses(self, key: DomainKey) -> tuple[Address, ...]:
        """Addresses by DHCP lease, then guest agent, then ARP. May take seconds."""
        from tuivm.hypervisor.addresses import read_addresses

        domain = self.handle(key)
        with self.asking(key=key, capability=Capability.ADDRESSES):
            return read_addresses(domain, lambda: self.glancing_at_agent(key, domain))

    def _filtered(self, link: libvirt.virConnect, flag: int) -> frozenset[str] | None:
        """UUIDs of the domains that ``flag`` selects; None where the driver does not know the flag."""
        if flag in self._refused_filters:
            return None
        try:
            return frozenset(domain.UUIDString() for domain in link.listAllDomains(flag))
        except libvirt.libvirtError as error:
            if error.get_error_code() not in _NO_FLAG:
                raise
            self._refused_filters.add(flag)
            return None

    def _probe(self, link: libvirt.virConnect, domain: libvirt.virDomain) -> None:
        """Learn once, by questions that change nothing, what the driver lacks.

        For console and keyboard the question is a flag and a key that do not exist: a driver that has the
        thing refuses these.
        """
        if self._probed:
            return
        self._probed = True
        with suppress(HypervisorError), self.asking(capability=Capability.SNAPSHOT):
            domain.snapshotNum(0)
        with suppress(HypervisorError), self.asking(capability=Capability.AUTOSTART):
            domain.autostart()
        with suppress(HypervisorError), self.asking(capability=Capability.SEND_KEYS):
            domain.sendKey(libvirt.VIR_KEYCODE_SET_LINUX, 1, [_NO_KEY], 1, 0)
        with suppress(HypervisorError), self.asking(capability=Capability.CONSOLE):
            stream = link.newStream(libvirt.VIR_STREAM_NONBLOCK)
            domain.openConsole(None, stream, _UNKNOWN_FLAG)
            stream.abort()

    def _records(self, link: libvirt.virConnect) -> Mapping[str, dict[str, Any]]:
        if Capability.BULK_STATS in self.unsupported():
            return {}
        with suppress(NotSupported):
            return {domain.UUIDString(): record for domain, record in self.bulk(link, stats.LISTING)}
        return {}

    def _record(self, link: libvirt.virConnect, domain: libvirt.virDomain) -> dict[str, Any] | None:
        found: list[Record] = []
        with suppress(libvirt.libvirtError):
            found = link.domainListGetStats([domain], stats.LISTING, self._nowait)
        return found[0][1] if found else None

    def _started(self, domains: list[libvirt.virDomain]) -> Mapping[str, float | None]:
        active = [Active(one.UUIDString(), one.ID(), one.name()) for one in domains if one.ID() >= 0]
        return self._uptimes.of(active)

    def _domain(
        self,
        uuid: str,
        domain: libvirt.virDomain,
        record: dict[str, Any] | None,
        *,
        autostart: bool | None,
        persistent: bool,
        saved: bool,
        has_snapshots: bool,
        started: float | None,
    ) -> Domain:
        """Put together what is known of a domain: the same object as last time while nothing changed."""
        state, why = _state(domain, record)
        sizes = _sizes(domain, record, state)
        self._vcpus[uuid] = sizes[0]
        labels, virt_type = self.labels_kept(uuid), self._virt_types.get(uuid, "")
        name, number, connection = domain.name(), domain.ID(), self.host().connection
        flags = (autostart, persistent, saved, has_snapshots, started)
        facts = (connection, name, number, state, why, sizes, flags, virt_type, labels)
        if (known := self._listed.get(uuid)) is not None and known[0] == facts:
            return known[1]
        made = Domain(
            key=DomainKey(connection, uuid),
            name=name,
            state=state,
            reason=words.reason(state, why),
            id=number if number >= 0 else None,
            vcpus=sizes[0],
            memory=sizes[1],
            memory_max=sizes[2],
            autostart=autostart,
            persistent=persistent,
            saved=saved,
            has_snapshots=has_snapshots,
            started=started if state.is_active else None,
            virt_type=virt_type,
            title=labels.title,
            tags=labels.tags,
            locked=labels.locked,
            agent_problem=labels.agent_problem,
        )
        self._listed[uuid] = (facts, made)
        return made


def _state(domain: libvirt.virDomain, record: dict[str, Any] | None) -> tuple[State, int]:
    """Power state, and its reason as libvirt numbers it: from the record, else asked for."""
    if record is None or "state.state" not in record:
        of, why = domain.state(0)
        return words.state(of), why
    return words.state(record["state.state"]), record.get("state.reason", 0)


def _sizes(domain: libvirt.virDomain, record: dict[str, Any] | None, state: State) -> tuple[int, int, int]:
    """vCPUs, memory given and maximum memory (bytes): from the record, else asked for."""
    if record is not None and "balloon.current" in record and "vcpu.current" in record:
        given = record["balloon.current"]
        return record["vcpu.current"], given * stats.KIB, record.get("balloon.maximum", given) * stats.KIB
    _, maximum, given, vcpus, _ = domain.info()
    if record is None and state.is_active:
        # LXC's info tells what is used, not what was given.
        given = stats.memory_of(domain).get("actual", given)
    return vcpus, given * stats.KIB, maximum * stats.KIB


def _told(call: Any) -> bool | None:
    """The answer of a question as yes or no; None where the driver does not know it."""
    try:
        return bool(call())
    except libvirt.libvirtError as error:
        if error.get_error_code() in _NO_FLAG:
            return None
        raise
