"""The verbs on a domain's life, and making and unmaking domains."""

from __future__ import annotations

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey

_UNDEFINE_ALL = (
    libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
    | libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
    | libvirt.VIR_DOMAIN_UNDEFINE_NVRAM
)
_REFUSED_FLAGS = frozenset(
    {libvirt.VIR_ERR_NO_SUPPORT, libvirt.VIR_ERR_INVALID_ARG, libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED}
)


class Lifecycle(Connection):
    """Start, stop, pause and so on. Every method is one round trip on a domain that the list has shown."""

    def start(self, key: DomainKey) -> None:
        """Boot, or restore from managed save. A paused domain is not started but resumed."""
        with self.asking(capability=Capability.START, key=key):
            self.handle(key).create()

    def shutdown(self, key: DomainKey) -> None:
        """Ask the guest to shut down; returns before it has."""
        with self.asking(capability=Capability.SHUTDOWN, key=key):
            self.handle(key).shutdown()

    def reboot(self, key: DomainKey) -> None:
        """Ask the guest to reboot; returns before it has."""
        with self.asking(capability=Capability.REBOOT, key=key):
            self.handle(key).reboot(0)

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
                if error.get_error_code() not in _REFUSED_FLAGS:
                    raise
                domain.undefine()  # A driver that keeps none of these.
        self.forget(key)
