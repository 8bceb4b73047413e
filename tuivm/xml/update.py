"""Change libvirt XML that was read: elements that are not known here survive."""

from __future__ import annotations

# Parsed by :func:`tuivm.xml.document.parse`; here it is only changed and written.
from xml.etree import ElementTree as ET

from tuivm.xml.create import check_text
from tuivm.xml.document import parse


def snapshot(xml: str, description: str) -> str:
    """A ``<domainsnapshot>`` with another description; none when it is empty. Raises Invalid."""
    check_text(description)
    root = parse(xml, "domainsnapshot")
    element = root.find("description")
    if element is None and description:
        element = ET.Element("description")
        root.insert(1, element)
    if element is not None:
        if description:
            element.text = description
        else:
            root.remove(element)
    return ET.tostring(root, encoding="unicode")
