"""Being told that a connection was lost, without keeping it for ever."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import cast

import libvirt


class CloseWatch:
    """Calls ``tell`` with the reason when ``link`` is closed; on libvirt's event thread.

    libvirt-python never frees what ``registerCloseCallback`` was given, and that includes the connection it
    was called on. So it is called on this object, which carries the connection's C handle and no more.
    """

    def __init__(self, link: libvirt.virConnect, tell: Callable[[int], None]) -> None:
        self._o = link._o  # noqa: SLF001
        self._tell: Callable[[int], None] | None = tell
        with suppress(libvirt.libvirtError):
            # Refused by drivers that cannot lose their connection.
            libvirt.virConnect.registerCloseCallback(cast(libvirt.virConnect, self), _nothing, None)

    def close(self, link: libvirt.virConnect) -> None:
        """Tell no more, and let ``link`` go; never raises."""
        self._tell = None
        self._o = None
        with suppress(libvirt.libvirtError):
            link.unregisterCloseCallback()

    def _dispatchCloseCallback(self, reason: int, _data: object) -> None:  # noqa: N802
        """What libvirt-python calls on the connection."""
        if self._tell is not None:
            self._tell(reason)


def _nothing(_link: libvirt.virConnect, _reason: int, _opaque: object) -> None:
    """Stands where the callback would: the watch is told instead."""
