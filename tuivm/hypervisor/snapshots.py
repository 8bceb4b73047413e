"""Snapshots: list, take, revert, delete."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.hypervisor.errors import one_line
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Invalid, NotFound, NotSupported

if TYPE_CHECKING:
    from tuivm.model.detail import Snapshot

_ABSENT = libvirt.VIR_ERR_NO_DOMAIN_SNAPSHOT


class Snapshots(Connection):
    """The snapshot verbs, and what they work on."""

    def snapshots(self, key: DomainKey) -> tuple[Snapshot, ...]:
        """Every snapshot, parents before children, oldest first. Raises NotSupported, NotFound."""
        domain = self.handle(key)
        found = []
        with self.asking("listing snapshots", Capability.SNAPSHOT, key):
            current = _current(domain)
            for one in domain.listAllSnapshots(0):
                with suppress(Invalid):
                    found.append(_read(one, current))
        return _family_order(found)

    def snapshot_names(self, key: DomainKey) -> tuple[str, ...]:
        """Names alone, the current one last; to notice cheaply what another program did."""
        domain = self.handle(key)
        with self.asking("listing snapshots", Capability.SNAPSHOT, key):
            names = sorted(one.getName() for one in domain.listAllSnapshots(0))
            current = _current(domain) if names else None
        return tuple(name for name in names if name != current) + ((current,) if current else ())

    def take_snapshot(self, key: DomainKey, name: str, description: str = "") -> Snapshot:
        """Internal snapshot: disk, and memory where it is active. Raises Invalid for a name in use."""
        from tuivm.xml import create

        xml = create.snapshot(name, description)
        domain = self.handle(key)
        with self.asking(f"snapshot {one_line(name)}", Capability.SNAPSHOT, key):
            if _lookup(domain, name) is not None:
                raise Invalid(f"a snapshot named {one_line(name)} exists already", "choose another name")
            try:
                made = domain.snapshotCreateXML(xml, 0)
            except libvirt.libvirtError as error:
                raise self._explain(error) from error
            return _read(made, made.getName())

    def revert_snapshot(self, key: DomainKey, name: str) -> None:
        """Put disk (and memory) back to the snapshot. Raises NotFound."""
        domain = self.handle(key)
        with self.asking(f"snapshot {one_line(name)}", Capability.SNAPSHOT, key):
            domain.revertToSnapshot(self._found(domain, name), 0)

    def delete_snapshot(self, key: DomainKey, name: str) -> None:
        """Delete one snapshot; its children go on with its parent. Raises NotFound."""
        domain = self.handle(key)
        with self.asking(f"snapshot {one_line(name)}", Capability.SNAPSHOT, key):
            found = self._found(domain, name)
            try:
                found.delete(0)
            except libvirt.libvirtError as error:
                raise self._explain(error) from error

    def _found(self, domain: libvirt.virDomain, name: str) -> libvirt.virDomainSnapshot:
        found = _lookup(domain, name)
        if found is None:
            raise NotFound(f"no snapshot named {one_line(name)}", code=_ABSENT)
        return found

    def _explain(self, error: libvirt.libvirtError) -> Exception:
        """What libvirt says of a disk or a name that cannot be used, with what would help."""
        words = one_line(error.get_error_message() or "")
        if "Invalid job ID" in words:  # libvirt 11 makes the name of a QEMU job of it
            remedy = "use letters, digits, '-', '.' and '_' in the name, or stop the domain first"
            return Invalid(
                "QEMU refuses the snapshot's name while the domain runs", remedy, error.get_error_code()
            )
        if "internal" in words and ("unsupported" in words or "not supported" in words):
            return NotSupported(words, "every disk that is written must be qcow2", error.get_error_code())
        return error


def _current(domain: libvirt.virDomain) -> str | None:
    try:
        return domain.snapshotCurrent(0).getName()
    except libvirt.libvirtError as error:
        if error.get_error_code() != _ABSENT:
            raise
        return None


def _lookup(domain: libvirt.virDomain, name: str) -> libvirt.virDomainSnapshot | None:
    try:
        return domain.snapshotLookupByName(name, 0)
    except libvirt.libvirtError as error:
        if error.get_error_code() != _ABSENT:
            raise
        return None


def _read(one: libvirt.virDomainSnapshot, current: str | None) -> Snapshot:
    from tuivm.xml import read  # not loaded until the first list is there

    return read.snapshot(one.getXMLDesc(0), current=one.getName() == current)


def _family_order(found: list[Snapshot]) -> tuple[Snapshot, ...]:
    """Parents before children, and by age among those that are free to come."""
    names = {one.name for one in found}
    waiting = sorted(found, key=lambda one: (one.created, one.name))
    ordered: list[Snapshot] = []
    placed: set[str] = set()
    while waiting:
        ready = [
            one for one in waiting if one.parent is None or one.parent not in names or one.parent in placed
        ]
        # A ring of parents cannot come from libvirt; it must not hang us all the same.
        chosen = ready[0] if ready else waiting[0]
        waiting.remove(chosen)
        ordered.append(chosen)
        placed.add(chosen.name)
    return tuple(ordered)
