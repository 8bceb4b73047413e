"""One libvirt connection that can be opened again: handles, errors, and what is known to be missing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace

import libvirt

from tuivm.core.ports import EventSink
from tuivm.hypervisor.errors import translate
from tuivm.hypervisor.events import EventFeed
from tuivm.hypervisor.host import read_host
from tuivm.hypervisor.opening import canonical, open_link
from tuivm.hypervisor.uptime import Uptimes
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.errors import HypervisorError, NotFound, NotSupported, Unreachable
from tuivm.model.event import Event, EventKind, Severity
from tuivm.model.host import Host

_NOUNS: Mapping[Capability, str] = {
    Capability.START: "way to start a domain",
    Capability.SHUTDOWN: "shutdown",
    Capability.REBOOT: "reboot",
    Capability.RESET: "reset",
    Capability.DESTROY: "forced power-off",
    Capability.SUSPEND: "pause",
    Capability.AUTOSTART: "autostart",
    Capability.SNAPSHOT: "snapshots",
    Capability.CONSOLE: "console",
    Capability.ADDRESSES: "guest addresses",
    Capability.SEND_KEYS: "way to press keys",
    Capability.SEND_BREAK: "way to send a break",
    Capability.DEFINE: "way to change a definition",
    Capability.UNDEFINE: "way to remove a definition",
    Capability.SAVE: "saved states",
    Capability.SLEEP: "way to suspend a guest to RAM",
    Capability.THAW: "way to thaw a guest's file systems",
    Capability.WAKE: "way to wake a guest",
    Capability.DUMP: "core dumps",
    Capability.NMI: "way to inject an NMI",
    Capability.RENAME: "way to rename a domain",
    Capability.METADATA: "titles, tags and locks",
    Capability.MEMORY_REPORTS: "way to let guests report their memory",
    Capability.BULK_STATS: "statistics of all domains at once",
}
_WRITING = frozenset(Capability) - {Capability.ADDRESSES, Capability.BULK_STATS}


class Connection:
    """The link to libvirt under a LibvirtHypervisor. Safe to use from several threads.

    The virConnect is never closed by hand: a call under way on another thread would be left with freed
    memory. Its references are dropped, and libvirt-python closes it when the last call has returned.
    """

    def __init__(self, uri: str, *, read_only: bool = False) -> None:
        self.uri = uri
        """The URI asked for."""
        self._read_only = read_only
        self._lock = threading.Lock()
        self._link: libvirt.virConnect | None = None
        self._feed: EventFeed | None = None
        self._host: Host | None = None
        self._handles: dict[str, libvirt.virDomain] = {}
        self._sinks: tuple[EventSink, ...] = ()
        self._missing: dict[Capability, str] = {}
        self._uptimes = Uptimes(local=False)
        self._virt_types: dict[str, str] = {}
        self._transient: frozenset[str] = frozenset()
        if read_only:
            self._missing = dict.fromkeys(_WRITING, "read-only connection")

    def open(self) -> Host:
        """Connect, or connect again. Raises Unreachable, Denied or Invalid with a remedy."""
        self._release()
        link = open_link(self.uri, read_only=self._read_only)
        try:
            host, virt_types = read_host(link, canonical(link.getURI()))
        except libvirt.libvirtError as error:
            raise translate(error, "reading the host") from error
        uptimes = Uptimes(local=host.is_local)
        feed = EventFeed(link, host.connection, self._dispatch, self._lost, uptimes.note)
        with self._lock:
            self._link, self._feed, self._host = link, feed, host
            self._virt_types.update(virt_types)
            self._uptimes = uptimes
        return host

    def close(self) -> None:
        """Disconnect; never raises."""
        self._release()

    def subscribe(self, sink: EventSink) -> None:
        """Send events to ``sink``, on libvirt's event thread; it must not block. Survives re-opening."""
        with self._lock:
            self._sinks = (*self._sinks, sink)

    def hear_all(self) -> None:
        """Subscribe to the events that a first list need not wait for; once a connection."""
        feed = self._feed
        if feed is not None:
            feed.complete()

    def unsupported(self) -> Mapping[Capability, str]:
        """What is known to be missing, with the reason; grows as calls are refused."""
        return dict(self._missing)

    def link(self) -> libvirt.virConnect:
        """The open connection. Raises Unreachable when there is none."""
        link = self._link
        if link is None:
            raise Unreachable(f"not connected to {self.uri}")
        return link

    def host(self) -> Host:
        """The host of the open connection. Raises Unreachable when there is none."""
        host = self._host
        if host is None:
            raise Unreachable(f"not connected to {self.uri}")
        return host

    def is_here(self) -> bool:
        """Whether the host's files are this machine's: a socket may lead elsewhere, its name tells.

        Raises Unreachable when there is no connection.
        """
        host = self.host()
        names = (host.name, socket.gethostname())
        return host.is_local and len({name.partition(".")[0].lower() for name in names}) == 1

    @contextmanager
    def asking(
        self, doing: str = "", capability: Capability | None = None, key: DomainKey | None = None
    ) -> Iterator[None]:
        """Turn a libvirtError in the block into ours, and learn what the driver lacks."""
        try:
            yield
        except libvirt.libvirtError as error:
            ours = translate(error, doing)
            if capability is not None and error.get_error_code() == libvirt.VIR_ERR_NO_SUPPORT:
                ours = NotSupported(self.lacks(capability), code=ours.code)
            if isinstance(ours, NotFound) and key is not None:
                self._handles.pop(key.uuid, None)
            try:
                raise ours from error
            finally:
                # Its traceback holds this frame, and through its callers' frames the connection.
                del ours

    def lacks(self, capability: Capability) -> str:
        """Remember that the driver lacks ``capability``; answers the reason."""
        driver = self._host.hypervisor if self._host else self.uri.partition(":")[0]
        return self._missing.setdefault(capability, f"the {driver} driver has no {_NOUNS[capability]}")

    def handle(self, key: DomainKey, *, fresh: bool = False) -> libvirt.virDomain:
        """The domain's libvirt object, kept between calls: a verb needs no look-up of its own.

        ``fresh`` looks it up again, which also renews the id and name it carries.
        """
        link = self.link()
        known = None if fresh else self._handles.get(key.uuid)
        if known is not None:
            return known
        with self.asking(key=key):
            found = link.lookupByUUIDString(key.uuid)
        with self._lock:
            if self._link is link:
                self._handles[key.uuid] = found
        return found

    def remember(
        self, link: libvirt.virConnect, handles: Mapping[str, libvirt.virDomain], transient: frozenset[str]
    ) -> None:
        """Keep the objects of a full list read through ``link``, and which of them vanish when they stop."""
        with self._lock:
            if self._link is link:
                self._handles = dict(handles)
                self._transient = transient

    def note_transient(self, uuid: str, transient: bool) -> None:
        """Keep whether one domain vanishes when it stops."""
        with self._lock:
            self._transient = self._transient | {uuid} if transient else self._transient - {uuid}

    def forget(self, key: DomainKey) -> None:
        """Drop what is kept of a domain that is no more."""
        with self._lock:
            self._handles.pop(key.uuid, None)
            self._virt_types.pop(key.uuid, None)

    def _release(self) -> None:
        with self._lock:
            feed, self._feed = self._feed, None
            self._link = None
            self._handles = {}
        if feed is not None:
            feed.close()

    def _dispatch(self, event: Event) -> None:
        """Note what an event tells about us, and pass it on. On libvirt's event thread."""
        uuid = event.key.uuid if event.key is not None else ""
        if event.stopped and uuid in self._transient:
            event = replace(event, gone=True)  # No "undefined" follows.
        if event.gone:
            self._handles.pop(uuid, None)
        for sink in self._sinks:
            sink(event)

    def _lost(self, why: str) -> None:
        with suppress(HypervisorError):
            host = self.host()
            words = f"connection lost: {why}"
            lost = Event(EventKind.CONNECTION, time.time(), None, host.name, words, severity=Severity.ERROR)
            self._dispatch(lost)
