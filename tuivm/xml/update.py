"""Change libvirt XML that was read: elements that are not known here survive."""

from __future__ import annotations

# Parsed by :func:`tuivm.xml.document.parse`; here it is only changed and written.
from xml.etree import ElementTree as ET

from tuivm.model.errors import Invalid
from tuivm.xml.create import check_name, check_text
from tuivm.xml.document import parse


def snapshot(xml: str, name: str, description: str) -> str:
    """A ``<domainsnapshot>`` with another name and description; none when that is empty. Raises Invalid."""
    check_text(description)
    root = parse(xml, "domainsnapshot")
    known = root.find("name")
    if known is not None and known.text != name:
        check_name(name)
        known.text = name
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


def child(xml: str, parent: str) -> str:
    """A ``<domainsnapshot>`` whose parent is called otherwise now. Raises Invalid."""
    root = parse(xml, "domainsnapshot")
    known = root.find("./parent/name")
    if known is None:
        raise Invalid("the snapshot has no parent")
    known.text = parent
    return ET.tostring(root, encoding="unicode")
