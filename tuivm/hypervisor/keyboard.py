"""Keys pressed on a domain's own keyboard, and the break of its serial line."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Sequence

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.hypervisor.keycodes import codes
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Failed, NotSupported
from tuivm.model.host import Host

_Monitor = Callable[[libvirt.virDomain, str, int], str]

_MODULE = "libvirt_qemu"
_FIRST_SERIAL = "serial0"
_NO_MODULE = "libvirt-python was built without libvirt_qemu, which sends breaks"


class Keyboard(Connection):
    """``send_keys`` and ``send_break``."""

    def open(self) -> Host:
        """Connect, or connect again; learns whether breaks can be sent."""
        host = super().open()
        if host.hypervisor != "QEMU":
            self.lacks(Capability.SEND_BREAK)
        elif importlib.util.find_spec(_MODULE) is None:
            self._missing.setdefault(Capability.SEND_BREAK, _NO_MODULE)
        return host

    def send_keys(self, key: DomainKey, names: Sequence[str], hold: float = 0.1) -> None:
        """Press keys of the machine's own keyboard together for ``hold`` seconds.

        ``names`` are Linux's (``KEY_LEFTCTRL``). Raises Invalid for an unknown name or a guest that is off,
        NotSupported where the driver has no keyboard.
        """
        pressed = codes(names)
        with self.asking(capability=Capability.SEND_KEYS, key=key):
            self.handle(key).sendKey(
                libvirt.VIR_KEYCODE_SET_LINUX, round(hold * 1000), pressed, len(pressed), 0
            )

    def send_break(self, key: DomainKey, device: str | None = None) -> None:
        """Send a break on the serial line ``device`` (the first without one), through QEMU's monitor.

        QEMU's id of a device is ``char`` and libvirt's alias. Raises NotSupported on any other hypervisor.
        """
        monitor = _monitor()
        if Capability.SEND_BREAK in self.unsupported() or monitor is None:
            raise NotSupported(self.unsupported().get(Capability.SEND_BREAK, _NO_MODULE))
        asked = {"execute": "chardev-send-break", "arguments": {"id": f"char{device or _FIRST_SERIAL}"}}
        with self.asking(capability=Capability.SEND_BREAK, key=key):
            answer = json.loads(monitor(self.handle(key), json.dumps(asked), 0))
        if isinstance(answer, dict) and "error" in answer:
            raise Failed(f"QEMU refused the break: {answer['error'].get('desc', 'no reason given')}")


def _monitor() -> _Monitor | None:
    """Libvirt's way to QEMU's monitor, a module that may be missing."""
    try:
        found: _Monitor = importlib.import_module(_MODULE).qemuMonitorCommand
    except ImportError:
        return None
    return found
