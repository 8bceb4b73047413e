"""Write new libvirt XML. Values are set through the tree, so that a name may hold any character XML can."""

from __future__ import annotations

import re

# Only writes; nothing from outside is parsed here.
from xml.etree import ElementTree as ET

from tuivm.model.errors import Invalid

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def snapshot(name: str, description: str = "") -> str:
    """A ``<domainsnapshot>`` to create: disk, and memory where the domain runs. Raises Invalid."""
    if not name.strip():
        raise Invalid("a snapshot needs a name")
    if "/" in name or name in (".", ".."):
        raise Invalid(f"a snapshot's name cannot hold a slash: {name}")
    if "\n" in name:
        raise Invalid("a snapshot's name is one line")
    for text in (name, description):
        if _FORBIDDEN.search(text):
            raise Invalid("a snapshot's name and description cannot hold control characters")
    root = ET.Element("domainsnapshot")
    ET.SubElement(root, "name").text = name
    if description:
        ET.SubElement(root, "description").text = description
    return ET.tostring(root, encoding="unicode")
