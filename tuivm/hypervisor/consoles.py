"""Consoles, on a libvirt connection of their own: a stalled one must not hold up statistics and verbs."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable

import libvirt

from tuivm.core.ports import Console
from tuivm.hypervisor import eventloop
from tuivm.hypervisor.closing import CloseWatch
from tuivm.hypervisor.connection import Connection
from tuivm.hypervisor.opening import open_link
from tuivm.hypervisor.streams import StreamConsole
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.errors import HypervisorError, Invalid, NotSupported, Unreachable


class Consoles(Connection):
    """``open_console``."""

    def __init__(self, uri: str, *, read_only: bool = False) -> None:
        super().__init__(uri, read_only=read_only)
        self._opening_lock = threading.Lock()
        self._consoles_lock = threading.Lock()
        self._streams_link: libvirt.virConnect | None = None
        self._streams_watch: CloseWatch | None = None
        self._open_consoles: set[StreamConsole] = set()
        self._drained = False

    def open_console(
        self,
        key: DomainKey,
        *,
        on_data: Callable[[bytes], None],
        on_end: Callable[[HypervisorError | None], None],
        device: str | None = None,
        force: bool = False,
    ) -> Console:
        """Open the serial console ``device`` (the first without one).

        Raises Busy when another session has it and not ``force``, Invalid when the guest is off or has no
        console, NotSupported where the driver has none. ``on_data`` and ``on_end`` are called on libvirt's
        event thread and must not block; ``on_end`` once, with None when the guest closed it, and not at all
        after the console's own ``close``.
        """
        self.link()
        if Capability.CONSOLE in self.unsupported():
            raise NotSupported(self.unsupported()[Capability.CONSOLE])
        link = self._console_link()
        flags = libvirt.VIR_DOMAIN_CONSOLE_FORCE if force else 0
        with self.asking(capability=Capability.CONSOLE, key=key):
            domain = link.lookupByUUIDString(key.uuid)
            stream = link.newStream(libvirt.VIR_STREAM_NONBLOCK)
            try:
                domain.openConsole(device, stream, flags)
            except libvirt.libvirtError as error:
                if error.get_error_code() != libvirt.VIR_ERR_OPERATION_INVALID:
                    raise
                raise Invalid(
                    "the guest is off: it has no console now", "start it", error.get_error_code()
                ) from error
            console = StreamConsole(stream, on_data, on_end, self._ended)
            with self._consoles_lock:
                self._open_consoles.add(console)
                if not self._drained:
                    self._drained = True
                    eventloop.on_flood(self._drain)
            try:
                console.listen()
            except libvirt.libvirtError:
                console.close()
                raise
        return console

    def close(self) -> None:
        """Disconnect, consoles first; never raises. Whoever still has one is told that it ended.

        This is also what follows on the loss of the other connection, which may be noticed first.
        """
        with self._consoles_lock:
            consoles = tuple(self._open_consoles)
        for console in consoles:
            console.end(Unreachable("the connection was lost"))
        self._drop_console_link(None)
        super().close()

    def _console_link(self) -> libvirt.virConnect:
        """The connection of the consoles, opened when it is first needed and again after a loss.

        It is opened under a lock of its own: the event thread never waits for that one.
        """
        with self._opening_lock:
            link = self._streams_link
            if link is not None and _alive(link):
                return link
            link = open_link(self.uri, read_only=self._read_only)
            lost = weakref.ref(link)
            watch = CloseWatch(link, lambda _reason: self._console_link_lost(lost()))
            with self._consoles_lock:
                self._streams_link, self._streams_watch = link, watch
            return link

    def _console_link_lost(self, link: libvirt.virConnect | None) -> None:
        """On libvirt's event thread: the streams of a lost connection do not all notice by themselves."""
        with self._consoles_lock:
            consoles = tuple(self._open_consoles)
        for console in consoles:
            console.end(Unreachable("the connection was lost"))
        threading.Thread(
            target=self._drop_console_link, args=(link,), name="console-link", daemon=True
        ).start()

    def _drop_console_link(self, only: libvirt.virConnect | None) -> None:
        """Let the console connection go; ``only`` when it still is that one."""
        with self._consoles_lock:
            link = self._streams_link
            if link is None or (only is not None and link is not only):
                return
            watch = self._streams_watch
            self._streams_link = self._streams_watch = None
        if watch is not None:
            watch.close(link)

    def _drain(self) -> None:
        """In a flood: read every console. On libvirt's event thread."""
        for console in tuple(self._open_consoles):
            console.drain()

    def _ended(self, console: StreamConsole) -> None:
        with self._consoles_lock:
            self._open_consoles.discard(console)


def _alive(link: libvirt.virConnect) -> bool:
    try:
        return bool(link.isAlive())
    except libvirt.libvirtError:
        return False
