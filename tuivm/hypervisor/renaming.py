"""Looking snapshots up, and describing and renaming them: libvirt takes their XML anew."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Invalid, NotFound
from tuivm.model.line import one_line

if TYPE_CHECKING:
    from tuivm.model.snapshot import Snapshot

ABSENT = libvirt.VIR_ERR_NO_DOMAIN_SNAPSHOT


class Renaming(Connection):
    """``redefine_snapshot`` and what it works on."""

    def redefine_snapshot(self, key: DomainKey, name: str, new_name: str, description: str) -> Snapshot:
        """Give it another description, another name or both. Raises NotFound, Invalid."""
        from tuivm.xml import update

        domain = self.handle(key)
        with self.asking(f"snapshot {one_line(name)}", Capability.SNAPSHOT, key):
            found = self.found_snapshot(domain, name)
            current = current_name(domain)
            renamed = new_name != name
            _check_repeatable(found, *(found.listAllChildren(0) if renamed else ()))
            if renamed:
                _check_renamable(domain, found, new_name)
            xml = update.snapshot(_whole(found), new_name, description)
            made = _redefine(domain, xml, current=current == name)
            if renamed:
                self._hand_over(domain, found, made, current)
            return read_snapshot(made, current_name(domain))

    def _hand_over(
        self,
        domain: libvirt.virDomain,
        old: libvirt.virDomainSnapshot,
        new: libvirt.virDomainSnapshot,
        current: str | None,
    ) -> None:
        """Give the old entry's children to the new one, then drop the old entry: no image is touched.

        Until that is done both entries stand for the same images, so that nothing is lost in between.
        """
        from tuivm.xml import update

        for child in old.listAllChildren(0):
            xml = update.child(_whole(child), new.getName())
            _redefine(domain, xml, current=child.getName() == current)
        old.delete(libvirt.VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY)
        if current == old.getName() and current_name(domain) != new.getName():
            with suppress(Invalid):
                _redefine(domain, _whole(new), current=True)

    def found_snapshot(self, domain: libvirt.virDomain, name: str) -> libvirt.virDomainSnapshot:
        """The snapshot of that name. Raises NotFound, lets libvirtError through."""
        found = lookup(domain, name)
        if found is None:
            raise NotFound(f"no snapshot named {one_line(name)}", code=ABSENT)
        return found


def _check_repeatable(*entries: libvirt.virDomainSnapshot) -> None:
    """Refuse where libvirt would forget part of an entry that it takes anew.

    That is the image made by going back: later libvirt would delete another in its place, unseen.
    """
    for entry in entries:
        known = read_snapshot(entry, None)
        if any(disk.reverted for disk in known.disks):
            raise Invalid(
                f"{one_line(known.name)} was gone back to, and libvirt would forget the image made then",
                "delete what grew from it first, or leave its words as they are",
            )


def _check_renamable(domain: libvirt.virDomain, found: libvirt.virDomainSnapshot, new_name: str) -> None:
    from tuivm.xml.create import check_name

    check_name(new_name)
    if lookup(domain, new_name) is not None:
        raise Invalid(f"a snapshot named {one_line(new_name)} exists already", "choose another name")
    known = read_snapshot(found, None)
    if not known.external or known.mixed:
        raise Invalid(
            "an internal snapshot cannot be renamed: its name is part of the image",
            "change its description instead",
        )


def _whole(found: libvirt.virDomainSnapshot) -> str:
    """Its XML with secrets: what libvirt takes anew must not lose them."""
    return found.getXMLDesc(libvirt.VIR_DOMAIN_SNAPSHOT_XML_SECURE)


def _redefine(domain: libvirt.virDomain, xml: str, *, current: bool) -> libvirt.virDomainSnapshot:
    flags = libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE
    return domain.snapshotCreateXML(
        xml, flags | libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT if current else flags
    )


def current_name(domain: libvirt.virDomain) -> str | None:
    """Name of the snapshot that the present state grew from. Lets libvirtError through."""
    try:
        return domain.snapshotCurrent(0).getName()
    except libvirt.libvirtError as error:
        if error.get_error_code() != ABSENT:
            raise
        return None


def lookup(domain: libvirt.virDomain, name: str) -> libvirt.virDomainSnapshot | None:
    """The snapshot of that name, if there is one. Lets libvirtError through."""
    try:
        return domain.snapshotLookupByName(name, 0)
    except libvirt.libvirtError as error:
        if error.get_error_code() != ABSENT:
            raise
        return None


def read_snapshot(one: libvirt.virDomainSnapshot, current: str | None) -> Snapshot:
    """Read one. Raises Invalid, lets libvirtError through."""
    from tuivm.xml import read  # not loaded until the first list is there

    return read.snapshot(one.getXMLDesc(0), current=one.getName() == current)
