"""A domain's rule of what is kept of its snapshots: an element of its own in the domain's ``<metadata>``."""

from __future__ import annotations

from dataclasses import fields
from xml.etree import ElementTree as ET

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Invalid
from tuivm.model.snapshot import Retention
from tuivm.xml.document import parse

NAMESPACE = "https://tuivm.org/xmlns/snapshots/1"
"""Of the element ``snapshots``, whose attributes are the fields of :class:`Retention`."""
_PREFIX = "tuivm-snapshots"
_LARGEST = 100_000


class RetentionRules(Connection):
    """``retention`` and ``set_retention``."""

    def retention(self, key: DomainKey) -> Retention:
        """What is kept; the default where nothing, or nothing sensible, was set. Raises NotFound."""
        domain = self.handle(key)
        with self.asking(key=key):
            try:
                text = domain.metadata(libvirt.VIR_DOMAIN_METADATA_ELEMENT, NAMESPACE, 0)
            except libvirt.libvirtError as error:
                if error.get_error_code() in (libvirt.VIR_ERR_NO_DOMAIN_METADATA, libvirt.VIR_ERR_NO_SUPPORT):
                    return Retention()
                raise
        try:
            root = parse(text, "snapshots")
        except Invalid:
            return Retention()
        plain = Retention()
        told = {each.name: _number(root.get(each.name), getattr(plain, each.name)) for each in fields(plain)}
        return Retention(**told)

    def set_retention(self, key: DomainKey, retention: Retention) -> None:
        """Keep the rule with the domain, for now and for its next start."""
        root = ET.Element("snapshots")
        for each in fields(Retention):
            root.set(each.name, str(getattr(retention, each.name)))
        domain = self.handle(key)
        with self.asking("setting what is kept", Capability.SNAPSHOT, key):
            flags = libvirt.VIR_DOMAIN_AFFECT_CONFIG if domain.isPersistent() else 0
            if domain.isActive():
                flags |= libvirt.VIR_DOMAIN_AFFECT_LIVE
            text = ET.tostring(root, encoding="unicode")
            domain.setMetadata(libvirt.VIR_DOMAIN_METADATA_ELEMENT, text, _PREFIX, NAMESPACE, flags)


def _number(text: str | None, default: int) -> int:
    if text is None or not (text.isascii() and text.isdigit() and len(text) < 7):
        return default
    return min(int(text), _LARGEST)
