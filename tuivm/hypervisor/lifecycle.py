"""The verbs on a domain's life, and making and unmaking domains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext

import libvirt

from tuivm.hypervisor.agent import Agent
from tuivm.hypervisor.errors import REFUSED_FLAGS
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Invalid, NotSupported

_UNDEFINE_ALL = (
    libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
    | libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
    | libvirt.VIR_DOMAIN_UNDEFINE_NVRAM
)

_AGENT = "agent"
_OBEYED = ("End of file from agent socket", "agent disappeared while executing command")
"""What libvirt says of an agent that went away after it had been told; not of one that was not there."""
SHUTDOWN_MODES: Mapping[str, int] = {
    "acpi": libvirt.VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN,
    "agent": libvirt.VIR_DOMAIN_SHUTDOWN_GUEST_AGENT,
    "initctl": libvirt.VIR_DOMAIN_SHUTDOWN_INITCTL,
    "signal": libvirt.VIR_DOMAIN_SHUTDOWN_SIGNAL,
    "paravirt": libvirt.VIR_DOMAIN_SHUTDOWN_PARAVIRT,
}
"""The ways to ask a guest to shut down, as virsh names them."""
REBOOT_MODES: Mapping[str, int] = {
    "acpi": libvirt.VIR_DOMAIN_REBOOT_ACPI_POWER_BTN,
    "agent": libvirt.VIR_DOMAIN_REBOOT_GUEST_AGENT,
    "initctl": libvirt.VIR_DOMAIN_REBOOT_INITCTL,
    "signal": libvirt.VIR_DOMAIN_REBOOT_SIGNAL,
    "paravirt": libvirt.VIR_DOMAIN_REBOOT_PARAVIRT,
}
"""The ways to ask a guest to reboot."""


class Lifecycle(Agent):
    """Start, stop, pause and so on, each on a domain that the list has shown."""

    def start(self, key: DomainKey, *, paused: bool = False, discard_saved: bool = False) -> None:
        """Boot, or restore from managed save; with ``discard_saved`` boot, and that state is gone.

        Raises NotSupported where the driver cannot start a domain ``paused``.
        """
        with self.asking(capability=Capability.START, key=key):
            domain = self.handle(key)
            if discard_saved and not domain.isActive() and domain.hasManagedSaveImage(0):
                domain.managedSaveRemove(0)
            if not paused:
                domain.create()
                return
            try:
                domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
            except libvirt.libvirtError as error:
                if error.get_error_code() not in REFUSED_FLAGS:
                    raise
                driver = self.host().hypervisor
                raise NotSupported(f"the {driver} driver cannot start a domain paused") from None

    def shutdown(self, key: DomainKey, mode: str = "") -> None:
        """Ask the guest to shut down; returns before it has. ``mode`` is one of :data:`SHUTDOWN_MODES`."""
        flags = _mode(mode, SHUTDOWN_MODES)
        with self.asking(capability=Capability.SHUTDOWN, key=key):
            domain = self.handle(key)
            flags = flags or self._past_agent(key, domain, SHUTDOWN_MODES)
            with self._obeying_agent(key, domain) if mode == _AGENT else nullcontext():
                domain.shutdownFlags(flags) if flags else domain.shutdown()

    def reboot(self, key: DomainKey, mode: str = "") -> None:
        """Ask the guest to reboot; returns before it has. ``mode`` is one of :data:`REBOOT_MODES`."""
        flags = _mode(mode, REBOOT_MODES)
        with self.asking(capability=Capability.REBOOT, key=key):
            domain = self.handle(key)
            flags = flags or self._past_agent(key, domain, REBOOT_MODES)
            with self._obeying_agent(key, domain) if mode == _AGENT else nullcontext():
                domain.reboot(flags)

    @contextmanager
    def _obeying_agent(self, key: DomainKey, domain: libvirt.virDomain) -> Iterator[None]:
        """Limit what is asked in the block. An agent that obeys may be gone before it has answered."""
        with self.asking_agent(key, domain):
            try:
                yield
            except libvirt.libvirtError as error:
                if not any(sign in (error.get_error_message() or "") for sign in _OBEYED):
                    raise

    def _past_agent(self, key: DomainKey, domain: libvirt.virDomain, modes: Mapping[str, int]) -> int:
        """The flag for ACPI where libvirt, left to choose, would wait for a silent agent; none elsewhere."""
        return modes["acpi"] if self.agent_hangs(key, domain) else 0

    def reset(self, key: DomainKey) -> None:
        """Hard reset, as the button does."""
        with self.asking(capability=Capability.RESET, key=key):
            self.handle(key).reset(0)

    def destroy(self, key: DomainKey) -> None:
        """Force off, as pulling the cord does."""
        with self.asking(capability=Capability.DESTROY, key=key):
            self.handle(key).destroy()

    def suspend(self, key: DomainKey) -> None:
        """Pause the vCPUs."""
        with self.asking(capability=Capability.SUSPEND, key=key):
            self.handle(key).suspend()

    def resume(self, key: DomainKey) -> None:
        """Let the vCPUs go on."""
        with self.asking(capability=Capability.SUSPEND, key=key):
            self.handle(key).resume()

    def set_autostart(self, key: DomainKey, enabled: bool) -> None:
        """Start with the host, or not. Raises Invalid for a transient domain."""
        with self.asking(capability=Capability.AUTOSTART, key=key):
            self.handle(key).setAutostart(int(enabled))

    def define(self, xml: str) -> DomainKey:
        """Define a persistent domain. Raises Invalid when libvirt refuses the XML."""
        with self.asking("defining a domain"):
            domain = self.link().defineXML(xml)
        return DomainKey(self.host().connection, domain.UUIDString())

    def undefine(self, key: DomainKey) -> None:
        """Undefine a domain that is off, with its snapshot metadata, saved state and NVRAM."""
        domain = self.handle(key)
        with self.asking(key=key):
            try:
                domain.undefineFlags(_UNDEFINE_ALL)
            except libvirt.libvirtError as error:
                if error.get_error_code() not in REFUSED_FLAGS:
                    raise
                domain.undefine()  # A driver that keeps none of these.
        self.forget(key)


def _mode(mode: str, known: Mapping[str, int]) -> int:
    """Libvirt's flag of a way to ask; none for its own choice. Raises Invalid."""
    if mode and mode not in known:
        raise Invalid(f"there is no mode '{mode}'", f"one of {', '.join(known)}")
    return known.get(mode, 0)
