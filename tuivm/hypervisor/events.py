"""libvirt's events as the model's: registered on one connection, forwarded from libvirt's event thread.

Callbacks make no libvirt call that goes over the wire: only what the event itself carries is read.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import libvirt

from tuivm.hypervisor import words
from tuivm.hypervisor.closing import CloseWatch
from tuivm.hypervisor.errors import one_line
from tuivm.model.domain import DomainKey
from tuivm.model.event import Event, EventKind

_CLOSED = {
    libvirt.VIR_CONNECT_CLOSE_REASON_ERROR: "transport error",
    libvirt.VIR_CONNECT_CLOSE_REASON_EOF: "the daemon went away",
    libvirt.VIR_CONNECT_CLOSE_REASON_KEEPALIVE: "the daemon does not answer",
}
_WATCHDOG = ("nothing", "paused", "reset", "powered off", "shut down", "debug", "NMI injected")
_IO_ERROR = ("nothing done", "paused", "reported to the guest")
_AGENT = {1: "guest agent connected", 2: "guest agent disconnected"}
_METADATA = {0: "description changed", 1: "title changed", 2: "metadata changed"}

Started = Callable[[str, int, float], None]


class EventFeed:
    """The event subscriptions of one connection. What the driver has no events for stays silent."""

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
        self._ids: list[int] = []
        self._watch = CloseWatch(link, self._closed)
        self._register(libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, self._lifecycle)
        self._register(libvirt.VIR_DOMAIN_EVENT_ID_REBOOT, self._reboot)
        self._register(libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, self._device_added)
        self._register(libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, self._device_removed)
        self._register(libvirt.VIR_DOMAIN_EVENT_ID_WATCHDOG, self._watchdog)
        self._register(libvirt.VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON, self._io_error)
        self._register(libvirt.VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, self._agent)
        self._register(libvirt.VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, self._metadata)
        self._register(libvirt.VIR_DOMAIN_EVENT_ID_DISK_CHANGE, self._disk_change)
        self._register(libvirt.VIR_DOMAIN_EVENT_ID_TRAY_CHANGE, self._tray_change)

    def close(self) -> None:
        """Take every subscription back, which lets the connection go; never raises."""
        link, self._link = self._link, None
        if link is None:
            return
        for number in self._ids:
            with suppress(libvirt.libvirtError):
                link.domainEventDeregisterAny(number)
        self._watch.close(link)

    def _register(self, event: int, callback: Callable[..., None]) -> None:
        link = self._link
        if link is not None:
            with suppress(libvirt.libvirtError):
                self._ids.append(link.domainEventRegisterAny(None, event, callback, None))

    def _emit(
        self,
        kind: EventKind,
        domain: libvirt.virDomain,
        detail: str,
        *,
        gone: bool = False,
        stopped: bool = False,
        started: bool = False,
        relabelled: bool = False,
    ) -> None:
        if self._link is None:
            return
        key = DomainKey(self._connection, domain.UUIDString())
        now = time.time()
        if started:
            self._started(key.uuid, domain.ID(), now)
        self._sink(
            Event(
                kind,
                now,
                key,
                domain.name(),
                detail,
                gone=gone,
                stopped=stopped,
                started=started,
                relabelled=relabelled,
            )
        )

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
        self._emit(
            EventKind.LIFECYCLE,
            domain,
            words.lifecycle(event, detail),
            gone=gone,
            stopped=event == libvirt.VIR_DOMAIN_EVENT_STOPPED,
            started=event == libvirt.VIR_DOMAIN_EVENT_STARTED,
            relabelled=True,  # Another definition may be in force: a new one, the stored one, a snapshot's.
        )

    def _reboot(self, _link: libvirt.virConnect, domain: libvirt.virDomain, _opaque: object) -> None:
        self._emit(EventKind.REBOOT, domain, "rebooted")

    def _device_added(
        self, _link: libvirt.virConnect, domain: libvirt.virDomain, device: str, _opaque: object
    ) -> None:
        self._emit(EventKind.DEVICE, domain, f"device {one_line(device)} added")

    def _device_removed(
        self, _link: libvirt.virConnect, domain: libvirt.virDomain, device: str, _opaque: object
    ) -> None:
        self._emit(EventKind.DEVICE, domain, f"device {one_line(device)} removed")

    def _watchdog(
        self, _link: libvirt.virConnect, domain: libvirt.virDomain, action: int, _opaque: object
    ) -> None:
        done = _WATCHDOG[action] if 0 <= action < len(_WATCHDOG) else "fired"
        self._emit(EventKind.OTHER, domain, f"watchdog: {done}")

    def _io_error(
        self,
        _link: libvirt.virConnect,
        domain: libvirt.virDomain,
        source: str,
        device: str,
        action: int,
        reason: str,
        _opaque: object,
    ) -> None:
        done = _IO_ERROR[action] if 0 <= action < len(_IO_ERROR) else "unknown action"
        told = one_line(f"{device} {source} {reason}")
        self._emit(EventKind.OTHER, domain, f"I/O error on {told}: {done}")

    def _agent(
        self, _link: libvirt.virConnect, domain: libvirt.virDomain, state: int, _reason: int, _opaque: object
    ) -> None:
        self._emit(EventKind.OTHER, domain, _AGENT.get(state, "guest agent changed"))

    def _metadata(
        self,
        _link: libvirt.virConnect,
        domain: libvirt.virDomain,
        kind: int,
        _uri: str | None,
        _opaque: object,
    ) -> None:
        self._emit(EventKind.OTHER, domain, _METADATA.get(kind, "metadata changed"), relabelled=True)

    def _disk_change(
        self,
        _link: libvirt.virConnect,
        domain: libvirt.virDomain,
        _old: str | None,
        _new: str | None,
        device: str,
        _reason: int,
        _opaque: object,
    ) -> None:
        self._emit(EventKind.DEVICE, domain, f"medium of {one_line(device)} changed")

    def _tray_change(
        self, _link: libvirt.virConnect, domain: libvirt.virDomain, device: str, reason: int, _opaque: object
    ) -> None:
        done = "opened" if reason == libvirt.VIR_DOMAIN_EVENT_TRAY_CHANGE_OPEN else "closed"
        self._emit(EventKind.DEVICE, domain, f"tray of {one_line(device)} {done}")
