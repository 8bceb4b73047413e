"""The host's own files in ``/proc`` and ``/sys``: what only somebody on the host itself can know."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from tuivm.hypervisor.processes import read
from tuivm.model import hostfiles
from tuivm.model.building import Merging, Pressure, Resource, Weakness

_SECCOMP = re.compile(r"^\s*seccomp_sandbox\s*=\s*(-?\d)\s*(?:#.*)?$", re.MULTILINE)
_KSM = ("run", "pages_shared", "pages_sharing")


class HostFiles:
    """Reads them anew at every call; nothing here raises. The folders are those of another root in tests."""

    def __init__(self, proc: Path = Path("/proc"), sys: Path = Path("/sys")) -> None:
        self.proc = proc
        """Where ``/proc`` is."""
        self._sys = sys

    def pressure(self) -> Mapping[Resource, Pressure]:
        """What machines waited for; what is missing is not told by this kernel."""
        found = {}
        for resource in Resource:
            told = hostfiles.pressure(read(self.proc / "pressure" / resource.value))
            if told is not None:
                found[resource] = told
        return MappingProxyType(found)

    def load(self) -> tuple[float, float, float] | None:
        """The load average."""
        return hostfiles.load_average(read(self.proc / "loadavg"))

    def merging(self) -> Merging | None:
        """What memory merging saves."""
        folder = self._sys / "kernel" / "mm" / "ksm"
        return hostfiles.merging({name: read(folder / name) for name in _KSM}, os.sysconf("SC_PAGE_SIZE"))

    def weaknesses(self) -> tuple[Weakness, ...]:
        """Those of the processor that the kernel knows of, by name."""
        names: list[str] = []
        folder = self._sys / "devices" / "system" / "cpu" / "vulnerabilities"
        with suppress(OSError):
            names = sorted(path.name for path in folder.iterdir())
        return tuple(hostfiles.weakness(name, read(folder / name)) for name in names)

    def nested(self) -> bool | None:
        """Whether KVM lets guests run guests; None without such a module."""
        for module in ("kvm_intel", "kvm_amd"):
            told = hostfiles.switch(read(self._sys / "module" / module / "parameters" / "nested"))
            if told is not None:
                return told
        return None


def configured_seccomp(connection: str, environ: Mapping[str, str]) -> bool | None:
    """Whether QEMU's configuration of that connection asks for a filter of system calls; None if not known.

    Without a word in it the filter is on (libvirt 4.3 and later, with a QEMU of 2.11 and later).
    """
    parts = urlsplit(connection)
    if parts.scheme.partition("+")[0] != "qemu" or parts.query:
        return None  # A socket or root of its own has a configuration of its own.
    path = Path("/etc/libvirt/qemu.conf")
    if parts.path == "/session":
        home = environ.get("XDG_CONFIG_HOME") or f"{environ.get('HOME', '')}/.config"
        path = Path(home, "libvirt", "qemu.conf")
    try:
        text = path.read_text("utf-8", "replace")
    except FileNotFoundError:
        return True
    except OSError:
        return None
    said = _SECCOMP.findall(text)
    return not said or said[-1] != "0"
