"""A domain's stored definition: read with its secrets, and put back validated."""

from __future__ import annotations

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Invalid

_WHOLE = libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE
_TRANSIENT = "transient: it has no definition"


class Editing(Connection):
    """``definition`` and ``redefine``."""

    def definition(self, key: DomainKey) -> str:
        """The stored definition with its secrets. Raises NotFound, Denied; Invalid for a transient domain."""
        domain = self.handle(key, fresh=True)
        with self.asking(key=key):
            if not domain.isPersistent():
                raise Invalid(_TRANSIENT)
            return domain.XMLDesc(_WHOLE)

    def redefine(self, key: DomainKey, xml: str, *, validate: bool = True) -> None:
        """Store ``xml`` as the definition of ``key``. Raises Invalid when libvirt refuses it."""
        domain = self.handle(key, fresh=True)
        with self.asking(key=key):
            if not domain.isPersistent():
                # Defining it would make the domain one that stays, which nobody asked for.
                raise Invalid(_TRANSIENT)
        with self.asking(capability=Capability.DEFINE, key=key):
            try:
                self.link().defineXMLFlags(xml, libvirt.VIR_DOMAIN_DEFINE_VALIDATE if validate else 0)
            except libvirt.libvirtError as error:
                if not validate or not _knows_no_flag(error):
                    raise
                self.link().defineXML(xml)  # A driver without a schema to hold it against.


def _knows_no_flag(error: libvirt.libvirtError) -> bool:
    """Whether the driver refused the flag itself, not the XML."""
    code = error.get_error_code()
    if code == libvirt.VIR_ERR_NO_SUPPORT:
        return True
    words = error.get_error_message() or ""
    return code == libvirt.VIR_ERR_INVALID_ARG and "unsupported flags" in words
