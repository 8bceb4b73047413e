"""Tags and the lock in a domain's ``<metadata>``, and its title: read, and changed in place.

The tags are in ``<tuivm xmlns="https://tuivm.org/xmlns/domain/1">``, a ``<tag>`` for each; what else stands
in it is kept. The lock is an element of its own, ``<lock xmlns="https://tuivm.org/xmlns/lock/1"/>``: libvirt
replaces an element whole, and of two clients, one that tags and one that locks, none must undo the other.
A ``<locked/>`` among the tags counts as a lock too. libvirt hands an element out alone without its namespace,
within the domain's XML with it (https://libvirt.org/formatdomain.html#general-metadata).
"""

from __future__ import annotations

from collections.abc import Sequence

# Only trees that ``parse`` read are looked at and changed here.
from xml.etree import ElementTree as ET

from tuivm.model.labels import Labels
from tuivm.xml.document import parse

NAMESPACE = "https://tuivm.org/xmlns/domain/1"
"""What the element of the tags belongs to."""
ELEMENT = "tuivm"
"""Its name, and the prefix that libvirt is told to write."""
LOCK_NAMESPACE = "https://tuivm.org/xmlns/lock/1"
"""What the lock belongs to."""
LOCK_PREFIX = "tuivm-lock"
"""The prefix that libvirt is told to write before its name."""
LOCK = "<lock/>"
"""The lock."""


def from_domain(xml: str) -> Labels:
    """What people wrote on the domain that this XML describes. Raises Invalid."""
    if NAMESPACE not in xml and LOCK_NAMESPACE not in xml and "<title" not in xml:
        return Labels()
    root = parse(xml, "domain")
    title = (root.findtext("title") or "").strip()
    element = root.find(f"./metadata/{{{NAMESPACE}}}{ELEMENT}")
    locked = root.find(f"./metadata/{{{LOCK_NAMESPACE}}}lock") is not None or _has_lock(element)
    return Labels(title, _tags(element), locked)


def description(xml: str) -> str:
    """The description in a domain's XML, perhaps of several lines; empty without one. Raises Invalid."""
    return (parse(xml, "domain").findtext("description") or "").strip() if "<description" in xml else ""


def with_tags(element: str | None, tags: Sequence[str]) -> str:
    """The element with these tags alone. Raises Invalid."""
    root = _root(element)
    for child in [child for child in root if _local(child) == "tag"]:
        root.remove(child)
    for tag in tags:
        ET.SubElement(root, "tag").text = tag
    return _text(root)


def without_lock(element: str | None) -> str | None:
    """The element of the tags without a lock in it; None where there is none to take out. Raises Invalid."""
    root = _root(element)
    found = [child for child in root if _local(child) == "locked"]
    for child in found:
        root.remove(child)
    return _text(root) if found else None


def is_empty(element: str) -> bool:
    """Whether nothing stands in the element, so that it need not be kept. Raises Invalid."""
    root = _root(element)
    return len(root) == 0 and not root.attrib and not (root.text or "").strip()


def _root(element: str | None) -> ET.Element:
    return parse(element, ELEMENT) if element else ET.Element(ELEMENT)


def _text(root: ET.Element) -> str:
    return ET.tostring(root, encoding="unicode")


def _local(element: ET.Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _tags(element: ET.Element | None) -> tuple[str, ...]:
    found = [] if element is None else [child.text or "" for child in element if _local(child) == "tag"]
    return tuple(dict.fromkeys(tag.strip() for tag in found if tag.strip()))


def _has_lock(element: ET.Element | None) -> bool:
    return element is not None and any(_local(child) == "locked" for child in element)
