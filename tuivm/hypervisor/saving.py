"""Saved states, another boot device for once, sleep, thawing, dumps, NMI, and another name."""

from __future__ import annotations

import os

import libvirt

from tuivm.hypervisor.agent import Agent
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Invalid, NotFound
from tuivm.model.line import one_line
from tuivm.xml.document import storable

_DUMP_OPTIONS = {
    "memory-only": libvirt.VIR_DUMP_MEMORY_ONLY,
    "live": libvirt.VIR_DUMP_LIVE,
    "crash": libvirt.VIR_DUMP_CRASH,
    "reset": libvirt.VIR_DUMP_RESET,
}
_SLEEP_TARGETS = {
    "mem": libvirt.VIR_NODE_SUSPEND_TARGET_MEM,
    "disk": libvirt.VIR_NODE_SUSPEND_TARGET_DISK,
    "hybrid": libvirt.VIR_NODE_SUSPEND_TARGET_HYBRID,
}
_WHOLE = libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE
_NAME_LIMIT = 247
"""Bytes of a domain's name: with ``.xml.new`` behind it, it is the name of a file."""


class Saving(Agent):
    """The verbs that write memory to a file, and those that need more than one call."""

    def boot_once(
        self, key: DomainKey, device: str, *, paused: bool = False, discard_saved: bool = False
    ) -> None:
        """Boot a domain that is off from another device, until it is off again.

        libvirt keeps the stored definition of a persistent domain beside the one that it runs by when it is
        created from XML with the same name and UUID (``virDomainCreateXML``), and goes back to it when the
        domain stops; nothing is written over, whatever crashes in between.
        """
        from tuivm.xml.boot import boot_once

        domain = self.handle(key)
        with self.asking("boot once", Capability.START, key):
            if not domain.isPersistent():
                raise Invalid("a transient domain is not there to be booted")
            if domain.isActive():
                raise Invalid("it is already running", "shut it down first")
            xml = boot_once(domain.XMLDesc(_WHOLE), device)
            if domain.hasManagedSaveImage(0):
                if not discard_saved:
                    # Restored later, its memory would meet disks that went on without it.
                    raise Invalid("it has a saved state", "restore it, or discard the saved state")
                domain.managedSaveRemove(0)
            started = self.link().createXML(xml, libvirt.VIR_DOMAIN_START_PAUSED if paused else 0)
            if not started.isPersistent():
                # It was undefined meanwhile: what runs now nobody asked for.
                started.destroy()
                raise NotFound("it was undefined meanwhile; nothing was started")

    def save(self, key: DomainKey, *, paused: bool = False) -> None:
        """Managed save: memory to disk, then off; ``paused`` for a later restore that does not run on."""
        with self.asking(capability=Capability.SAVE, key=key):
            self.handle(key).managedSave(libvirt.VIR_DOMAIN_SAVE_PAUSED if paused else 0)

    def discard_saved(self, key: DomainKey) -> None:
        """Remove the managed save image. Raises Invalid without one."""
        with self.asking(capability=Capability.SAVE, key=key):
            domain = self.handle(key)
            if not domain.hasManagedSaveImage(0):
                raise Invalid("it has no saved state")
            domain.managedSaveRemove(0)

    def sleep(self, key: DomainKey, target: str = "mem") -> None:
        """Have the guest's agent suspend it to ``mem``, ``disk`` or ``hybrid``. Raises Invalid."""
        if target not in _SLEEP_TARGETS:
            raise Invalid(f"there is no sleep '{one_line(target)}'", f"one of {', '.join(_SLEEP_TARGETS)}")
        with self.asking(capability=Capability.SLEEP, key=key):
            domain = self.handle(key)
            with self.asking_agent(key, domain):
                domain.pMSuspendForDuration(_SLEEP_TARGETS[target], 0, 0)

    def thaw(self, key: DomainKey) -> int:
        """Have the guest's agent thaw its file systems; returns how many were frozen, 0 for none.

        A frozen agent refuses every other question, and does so at once: an answer like any.
        """
        with self.asking(capability=Capability.THAW, key=key):
            domain = self.handle(key)
            with self.asking_agent(key, domain):
                return domain.fsThaw()

    def wake(self, key: DomainKey) -> None:
        """Wake a guest that sleeps in RAM."""
        with self.asking(capability=Capability.WAKE, key=key):
            self.handle(key).pMWakeup(0)

    def dump(self, key: DomainKey, path: str, options: frozenset[str] = frozenset()) -> None:
        """Write memory to a file of the hypervisor's host. Raises Invalid where a file is in the way.

        libvirt would write over any file, as root: one that can be seen from here is refused.
        """
        if not path.startswith("/") or path.endswith("/"):
            raise Invalid("a dump needs the whole path of a file", "begin it with /")
        storable(path, "path")
        if self.host().is_local and os.path.lexists(path):
            raise Invalid(f"{one_line(path)} exists already", "choose another file")
        flags = sum(_DUMP_OPTIONS[option] for option in options if option in _DUMP_OPTIONS)
        with self.asking("dump", Capability.DUMP, key):
            self.handle(key).coreDumpWithFormat(path, libvirt.VIR_DOMAIN_CORE_DUMP_FORMAT_RAW, flags)

    def inject_nmi(self, key: DomainKey) -> None:
        """A non-maskable interrupt, as the button of a server does."""
        with self.asking(capability=Capability.NMI, key=key):
            self.handle(key).injectNMI(0)

    def rename(self, key: DomainKey, name: str) -> None:
        """Give a domain that is off another name. Raises Invalid for one that cannot be used."""
        _check_name(name)
        with self.asking("rename", Capability.RENAME, key):
            self.handle(key).rename(name, 0)
        self.handle(key, fresh=True)  # The object kept carries the old name.


def _check_name(name: str) -> None:
    """Raise Invalid for a name that libvirt would refuse, or take and not be able to read again."""
    storable(name, "name")
    if not name.strip():
        raise Invalid("a domain needs a name")
    if "\n" in name or "\t" in name:
        raise Invalid("a domain's name is one line")
    if "/" in name or name in (".", ".."):
        raise Invalid("a domain's name cannot hold a slash")
    if len(name.encode()) > _NAME_LIMIT:
        raise Invalid(f"the name is too long: {len(name.encode())} bytes", f"give at most {_NAME_LIMIT}")
