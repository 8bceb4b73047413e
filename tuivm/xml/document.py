"""libvirt's XML as a tree, the facts that are asked before all else, and what it can hold.

Text in it comes from guests, users and other programs. A document type is refused, so no entity is ever
expanded, and so is a text beyond :data:`LIMIT`. Loads little: the first list waits for it.
"""

from __future__ import annotations

import re

# ``parse`` refuses a document type before the parser sees the text: no entity, no expansion.
from xml.etree import ElementTree as ET

from tuivm.model.errors import Invalid

LIMIT = 8 * 1024 * 1024
"""Longest XML that is read, characters."""

_FOREIGN = {
    "qemu": "http://libvirt.org/schemas/domain/qemu/1.0",
    "lxc": "http://libvirt.org/schemas/domain/lxc/1.0",
    "libosinfo": "http://libosinfo.org/xmlns/libvirt/domain/1.0",
}
_DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY)")
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def parse(text: str, root: str) -> ET.Element:
    """The document's root element, which must be ``root``. Raises Invalid."""
    if len(text) > LIMIT:
        raise Invalid(f"the {root} XML is longer than {LIMIT} characters")
    if _DECLARATION.search(text):
        raise Invalid(f"the {root} XML carries a document type, which libvirt never writes")
    try:
        element = ET.fromstring(text)  # noqa: S314
    except (ET.ParseError, ValueError) as error:
        raise Invalid(f"the {root} XML cannot be read: {error}") from error
    if element.tag != root:
        raise Invalid(f"expected <{root}> XML, found <{element.tag}>")
    return element


def written(root: ET.Element) -> str:
    """A domain's tree as text, with the prefixes that libvirt and others write."""
    for prefix, uri in _FOREIGN.items():
        ET.register_namespace(prefix, uri)
    return ET.tostring(root, encoding="unicode")


def storable(text: str, what: str) -> str:
    """The text, which libvirt will write into XML. Raises Invalid for what XML cannot hold.

    libvirt does not look: a name with a control character makes a file that it cannot read again.
    """
    if _FORBIDDEN.search(text):
        raise Invalid(f"a {what} cannot hold control characters")
    return text


def virt_type(xml: str) -> str:
    """The ``type`` of a domain: ``kvm``, ``qemu``, ``lxc``, ``test``... Raises Invalid."""
    return parse(xml, "domain").get("type", "")


def accelerated(capabilities: str) -> bool:
    """Whether libvirt's capabilities offer KVM guests; that it works is proved by running one."""
    root = parse(capabilities, "capabilities")
    return any(one.get("type") == "kvm" for one in root.findall("./guest/arch/domain"))
