"""libvirt's storage XML: a volume's shape read, new volumes and pools written.

https://libvirt.org/formatstorage.html
"""

from __future__ import annotations

from dataclasses import dataclass

# Only writes; what is read goes through :func:`tuivm.xml.document.parse`.
from xml.etree import ElementTree as ET

from tuivm.xml.document import parse, storable

_PERMISSIONS = ("owner", "group", "mode")
_NEWEST = "1.1"
"""Version of qcow2 that every QEMU since 1.7 makes; libvirt's own default is older."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a volume is like, and a copy of it will be."""

    format: str = ""
    """Image format; empty where none is told."""
    compat: str = ""
    """Version of a qcow2 image; empty where none is told."""
    encrypted: bool = False
    """Whether it is encrypted."""
    permissions: tuple[tuple[str, str], ...] = ()
    """Owner, group and mode of its file, as libvirt writes them."""


def shape(xml: str) -> Shape:
    """The shape of a ``<volume>``. Raises Invalid."""
    root = parse(xml, "volume")
    form = root.find("./target/format")
    found = [
        (tag, text)
        for tag in _PERMISSIONS
        if (text := (root.findtext(f"./target/permissions/{tag}") or "").strip())
    ]
    return Shape(
        form.get("type", "") if form is not None else "",
        (root.findtext("./target/compat") or "").strip(),
        root.find(".//encryption") is not None,
        tuple(found),
    )


def volume(name: str, capacity: int, like: Shape) -> str:
    """A ``<volume>`` of ``capacity`` bytes that takes no more room than what is in it. Raises Invalid."""
    root = ET.Element("volume")
    ET.SubElement(root, "name").text = storable(name, "volume's name")
    ET.SubElement(root, "capacity", {"unit": "bytes"}).text = str(capacity)
    ET.SubElement(root, "allocation", {"unit": "bytes"}).text = "0"
    target = ET.SubElement(root, "target")
    if like.format:
        ET.SubElement(target, "format", {"type": like.format})
    if like.format == "qcow2":
        ET.SubElement(target, "compat").text = like.compat or _NEWEST
    if like.permissions:
        permissions = ET.SubElement(target, "permissions")
        for tag, text in like.permissions:
            ET.SubElement(permissions, tag).text = text
    return ET.tostring(root, encoding="unicode")


def folder_pool(name: str, folder: str) -> str:
    """A ``<pool>`` of the files in a folder. Raises Invalid."""
    root = ET.Element("pool", {"type": "dir"})
    ET.SubElement(root, "name").text = storable(name, "pool's name")
    ET.SubElement(ET.SubElement(root, "target"), "path").text = storable(folder, "folder's name")
    return ET.tostring(root, encoding="unicode")
