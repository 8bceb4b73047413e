"""libvirt's events as the model's: registered on one connection, forwarded from libvirt's event thread.

Callbacks make no libvirt call that goes over the wire: only what the event itself carries is read.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

import libvirt

from tuivm.hypervisor import event_words, words
from tuivm.hypervisor.closing import CloseWatch
from tuivm.hypervisor.event_words import Told, Words
from tuivm.hypervisor.events_host import HOST_EVENTS, HostEvent
from tuivm.model.domain import DomainKey
from tuivm.model.event import Event, EventKind, Severity

_CLOSED = {
    libvirt.VIR_CONNECT_CLOSE_REASON_ERROR: "transport error",
    libvirt.VIR_CONNECT_CLOSE_REASON_EOF: "the daemon went away",
    libvirt.VIR_CONNECT_CLOSE_REASON_KEEPALIVE: "the daemon does not answer",
}
_ALARMING = {
    "crashed (panicked)": "the guest panicked",
    "crashed (crash kernel loaded)": "its crash kernel runs",
}

_KNOWN = 20_000
"""Domains whose identities are remembered at most."""
Started = Callable[[str, int, float], None]


class EventFeed:
    """The event subscriptions of one connection. What the driver has no events for stays silent.

    Those that a row depends on are in force when it is made; the others when :meth:`complete` was called,
    so that a far host's list does not wait for twenty answers more.
    """

    def __init__(
        self,
        link: libvirt.virConnect,
        connection: str,
        sink: Callable[[Event], None],
        lost: Callable[[str], None],
        started: Started,
    ) -> None:
        self._link: libvirt.virConnect | None = link
        self._connection = connection
        self._sink = sink
        self._lost = lost
        self._started = started
        self._known: dict[str, tuple[DomainKey, str]] = {}
        """Identity and name of each domain of which an event came, by its UUID."""
        self._is_complete = False
        self._lock = threading.Lock()
        self._ends: list[Callable[[libvirt.virConnect], object]] = []
        self._watch = CloseWatch(link, self._closed)
        self._register(link, "LIFECYCLE", self._lifecycle)
        for name, tell in event_words.FIRST.items():
            self._register(link, name, self._telling(tell))

    def complete(self) -> None:
        """Subscribe to all that a row does not depend on, too; a second call does nothing. Never raises."""
        link = self._link
        if self._is_complete or link is None:
            return
        self._is_complete = True
        for name, tell in event_words.REST.items():
            self._register(link, name, self._telling(tell))
        for wanted in HOST_EVENTS:
            with suppress(libvirt.libvirtError):
                self._keep(link, wanted.register(link, self._telling_of_host(wanted)), wanted.deregister)

    def close(self) -> None:
        """Take every subscription back, which lets the connection go; never raises."""
        with self._lock:
            link, self._link = self._link, None
            ends, self._ends = self._ends, []
        if link is None:
            return
        for end in ends:
            with suppress(libvirt.libvirtError):
                end(link)
        self._watch.close(link)

    # -- subscribing --------------------------------------------------------------------------

    def _register(self, link: libvirt.virConnect, name: str, callback: Callable[..., None]) -> None:
        """Subscribe to a domain event by the end of its name; nothing where this libvirt has none such."""
        event = getattr(libvirt, f"VIR_DOMAIN_EVENT_ID_{name}", None)
        if event is not None and self._link is not None:
            with suppress(libvirt.libvirtError):
                number = link.domainEventRegisterAny(None, event, callback, None)
                self._keep(link, number, libvirt.virConnect.domainEventDeregisterAny)

    def _keep(
        self, link: libvirt.virConnect, number: int, end: Callable[[libvirt.virConnect, int], object]
    ) -> None:
        """Remember how a subscription ends; one that comes after the feed was closed ends now."""
        with self._lock:
            if self._link is not None:
                self._ends.append(lambda link: end(link, number))
                return
        end(link, number)

    # -- libvirt's event thread ---------------------------------------------------------------

    def _telling(self, tell: Words) -> Callable[..., None]:
        def callback(_link: libvirt.virConnect, domain: libvirt.virDomain, *said: object) -> None:
            self._emit(domain, tell(*said[:-1]))

        return callback

    def _telling_of_host(self, wanted: HostEvent) -> Callable[..., None]:
        def callback(_link: libvirt.virConnect, thing: libvirt.virNetwork, *said: object) -> None:
            told = wanted.tell(*said[:-1])
            if self._link is not None:
                self._sink(_event(told, None, thing.name()))

        return callback

    def _emit(self, domain: libvirt.virDomain, told: Told, flags: Mapping[str, bool] | None = None) -> None:
        if self._link is None:
            return
        key, name = self._who(domain)
        flags = flags or {}
        event = _event(told, key, name, **flags)
        if event.started:
            self._started(key.uuid, domain.ID(), event.time)
        self._sink(event)

    def _who(self, domain: libvirt.virDomain) -> tuple[DomainKey, str]:
        """Whose event it is: the same objects each time, as thousands of events are kept."""
        uuid, name = domain.UUIDString(), domain.name()
        known = self._known.get(uuid)
        if known is None or known[1] != name:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            known = self._known[uuid] = DomainKey(self._connection, uuid), name
        return known

    def _closed(self, reason: int) -> None:
        if self._link is not None and reason != libvirt.VIR_CONNECT_CLOSE_REASON_CLIENT:
            self._lost(_CLOSED.get(reason, "the connection was closed"))

    def _lifecycle(
        self, _link: libvirt.virConnect, domain: libvirt.virDomain, event: int, detail: int, _opaque: object
    ) -> None:
        # Undefining a running domain leaves it there, transient; a rename undefines the old name only.
        gone = (
            event == libvirt.VIR_DOMAIN_EVENT_UNDEFINED
            and detail != libvirt.VIR_DOMAIN_EVENT_UNDEFINED_RENAMED
            and domain.ID() < 0
        )
        flags = {
            "gone": gone,
            "stopped": event == libvirt.VIR_DOMAIN_EVENT_STOPPED,
            "started": event == libvirt.VIR_DOMAIN_EVENT_STARTED,
        }
        self._emit(domain, lifecycle(event, detail), flags)


def lifecycle(event: int, detail: int) -> Told:
    """A lifecycle event with what it is worth: a panic is one, a crash is grave, a pause on an error too."""
    said = words.lifecycle(event, detail)
    kind, severity, notice = EventKind.LIFECYCLE, Severity.INFORMATION, ""
    if said in _ALARMING:
        kind, severity, notice = EventKind.PANIC, Severity.ERROR, "error"
        said = f"{said}: {_ALARMING[said]}"
    elif said in ("stopped (crashed)", "stopped (failed)", "resumed (post-copy failed)"):
        severity = Severity.ERROR
    elif said in (
        "paused (I/O error)",
        "paused (watchdog)",
        "paused (API error)",
        "paused (post-copy failed)",
    ):
        severity = Severity.WARNING
    # Another definition may be in force: a new one, the stored one, a snapshot's.
    return Told(kind, said, severity, notice, rereads=True, relabelled=True)


def _event(told: Told, key: DomainKey | None, name: str, **flags: bool) -> Event:
    return Event(
        told.kind,
        time.time(),
        key,
        name,
        told.detail,
        notice=told.notice,
        relabelled=told.relabelled,
        severity=told.severity,
        rereads=told.rereads,
        topic=told.topic,
        **flags,
    )
