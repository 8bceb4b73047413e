"""A domain's rule of what is kept of its snapshots: in its ``<metadata>``, so that they go together."""

from __future__ import annotations

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.snapshot import Retention

_NONE = frozenset({libvirt.VIR_ERR_NO_DOMAIN_METADATA, libvirt.VIR_ERR_NO_SUPPORT})


class RetentionRules(Connection):
    """``retention`` and ``set_retention``."""

    def retention(self, key: DomainKey) -> Retention:
        """What is kept; the default where nothing, or nothing sensible, was set. Raises NotFound."""
        from tuivm.xml import retention

        domain = self.handle(key)
        with self.asking(key=key):
            try:
                text = domain.metadata(libvirt.VIR_DOMAIN_METADATA_ELEMENT, retention.NAMESPACE, 0)
            except libvirt.libvirtError as error:
                if error.get_error_code() in _NONE:
                    return Retention()
                raise
        return retention.read(text)

    def set_retention(self, key: DomainKey, retention: Retention) -> None:
        """Keep the rule with the domain, for now and for its next start."""
        from tuivm.xml import retention as xml

        domain = self.handle(key)
        with self.asking("setting what is kept", Capability.SNAPSHOT, key):
            flags = libvirt.VIR_DOMAIN_AFFECT_CONFIG if domain.isPersistent() else 0
            if domain.isActive():
                flags |= libvirt.VIR_DOMAIN_AFFECT_LIVE
            element = xml.write(retention)
            domain.setMetadata(libvirt.VIR_DOMAIN_METADATA_ELEMENT, element, xml.PREFIX, xml.NAMESPACE, flags)
