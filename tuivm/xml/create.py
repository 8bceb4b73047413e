"""Write new libvirt XML. Values are set through the tree, so that a name may hold any character XML can."""

from __future__ import annotations

from collections.abc import Sequence

# Only writes; nothing from outside is parsed here.
from xml.etree import ElementTree as ET

from tuivm.model.detail import Disk
from tuivm.model.errors import Invalid
from tuivm.model.snapshot import SnapshotKind, SnapshotRequest
from tuivm.xml.document import storable

LONGEST_NAME = 200
"""Bytes. libvirt names a file of its own by it, and an overlay: a longer one fails when half is done."""


def snapshot(request: SnapshotRequest, disks: Sequence[Disk] = (), memory_file: str = "") -> str:
    """A ``<domainsnapshot>`` to create. Raises Invalid.

    ``disks`` are the domain's: where the request chooses among them, the others are left out by name.
    ``memory_file`` is where an external snapshot of an active domain keeps its memory.
    https://libvirt.org/formatsnapshot.html
    """
    check_name(request.name)
    check_text(request.description)
    root = ET.Element("domainsnapshot")
    ET.SubElement(root, "name").text = request.name
    if request.description:
        ET.SubElement(root, "description").text = request.description
    if request.kind is not SnapshotKind.INTERNAL:
        kept = {"snapshot": "external", "file": memory_file} if memory_file else {"snapshot": "no"}
        ET.SubElement(root, "memory", kept)
    if request.disks or request.kind is not SnapshotKind.INTERNAL:
        _choose(root, request, disks)
    return ET.tostring(root, encoding="unicode")


def _choose(root: ET.Element, request: SnapshotRequest, disks: Sequence[Disk]) -> None:
    place = "internal" if request.kind is SnapshotKind.INTERNAL else "external"
    written = [disk.target for disk in disks if disk.written]
    unknown = [target for target in request.disks if target not in written]
    if unknown:
        raise Invalid(
            f"no disk that is written is called {', '.join(unknown)}", f"there is {', '.join(written)}"
        )
    parent = ET.SubElement(root, "disks")
    for disk in disks:
        taken = disk.written and (not request.disks or disk.target in request.disks)
        ET.SubElement(parent, "disk", {"name": disk.target, "snapshot": place if taken else "no"})


def check_name(name: str) -> None:
    """Raise Invalid for a name that no snapshot can have."""
    if not name.strip():
        raise Invalid("a snapshot needs a name")
    if "/" in name:
        raise Invalid("a snapshot's name cannot hold a slash")
    if name.startswith("."):
        raise Invalid("a snapshot's name cannot begin with a dot")
    if any(char in name for char in "\n\r\t"):
        raise Invalid("a snapshot's name is one line")
    if len(name.encode(errors="replace")) > LONGEST_NAME:
        raise Invalid(f"a snapshot's name has at most {LONGEST_NAME} bytes")
    check_text(name)


def check_text(text: str) -> None:
    """Raise Invalid for a name or description with characters that XML cannot hold."""
    storable(text, "snapshot's name and description")
