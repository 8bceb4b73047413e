"""Snapshots: list, take, revert, delete."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import libvirt

from tuivm.hypervisor.agent import Agent
from tuivm.hypervisor.chains import Chains
from tuivm.hypervisor.renaming import ABSENT, Renaming, current_name, lookup, read_snapshot
from tuivm.hypervisor.retention import RetentionRules
from tuivm.hypervisor.sizes import with_sizes
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Invalid, NotSupported
from tuivm.model.line import one_line
from tuivm.model.snapshot import DeleteScope, SnapshotDisk, SnapshotKind

if TYPE_CHECKING:
    from tuivm.model.detail import Disk
    from tuivm.model.snapshot import Snapshot, SnapshotFacts, SnapshotRequest

REVERTS_EXTERNAL = 9_009_000
"""libvirt's version that learned to revert to external snapshots of QEMU guests."""
DELETES_EXTERNAL = 9_000_000
"""The same for deleting them."""
_AFTER: Mapping[str, int] = {
    "": 0,
    "running": libvirt.VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING,
    "paused": libvirt.VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED,
}
_SCOPES: Mapping[DeleteScope | None, int] = {
    None: 0,
    DeleteScope.ONE: 0,
    DeleteScope.TREE: libvirt.VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN,
    DeleteScope.CHILDREN: libvirt.VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY,
}


class Snapshots(Chains, Renaming, RetentionRules, Agent):
    """The snapshot verbs, and what they work on."""

    def snapshots(self, key: DomainKey) -> tuple[Snapshot, ...]:
        """Every snapshot, parents before children, oldest first. Raises NotSupported, NotFound."""
        domain = self.handle(key)
        found = []
        with self.asking("listing snapshots", Capability.SNAPSHOT, key):
            current = current_name(domain)
            for one in domain.listAllSnapshots(0):
                try:
                    found.append(read_snapshot(one, current))
                except Invalid:
                    continue
                except libvirt.libvirtError as error:
                    if error.get_error_code() != ABSENT:  # Another client deleted it since it was listed.
                        raise
        return _family_order(with_sizes(found) if self.is_here() else found)

    def snapshot_names(self, key: DomainKey) -> tuple[str, ...]:
        """Names alone, the current one last; to notice cheaply what another program did."""
        domain = self.handle(key)
        with self.asking("listing snapshots", Capability.SNAPSHOT, key):
            names = sorted(one.getName() for one in domain.listAllSnapshots(0))
            current = current_name(domain) if names else None
        return tuple(name for name in names if name != current) + ((current,) if current else ())

    def take_snapshot(self, key: DomainKey, request: SnapshotRequest) -> Snapshot:
        """Take a snapshot. Raises Invalid for a name in use, and where the request does not fit."""
        from tuivm.xml import create

        create.check_name(request.name)
        domain = self.handle(key)
        with self.asking(f"snapshot {one_line(request.name)}", Capability.SNAPSHOT, key):
            if lookup(domain, request.name) is not None:
                raise Invalid(
                    f"a snapshot named {one_line(request.name)} exists already", "choose another name"
                )
            active = bool(domain.isActive())
            disks = self.disks_of(domain)
            memory_file = _memory_file(request, disks) if active else ""
            # libvirt would write over any file, as root: one that can be seen from here is refused.
            if memory_file and self.host().is_local and os.path.lexists(memory_file):
                raise Invalid(
                    f"{one_line(memory_file)} exists already, where the memory would be written",
                    "choose another name, or move that file away",
                )
            xml = create.snapshot(request, disks, memory_file)
            flags = _flags(request, with_memory=bool(memory_file))
            quiesced = flags & libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE
            try:
                with self.asking_agent(key, domain) if quiesced else nullcontext():
                    made = domain.snapshotCreateXML(xml, flags)
            except libvirt.libvirtError as error:
                raise self._explain(error) from error
            return read_snapshot(made, made.getName())

    def revert_snapshot(self, key: DomainKey, name: str, after: str = "") -> None:
        """Put disk (and memory) back to the snapshot. Raises NotFound."""
        domain = self.handle(key)
        with self.asking(f"snapshot {one_line(name)}", Capability.SNAPSHOT, key):
            found = self.found_snapshot(domain, name)
            if read_snapshot(found, None).external:
                kept = (read_snapshot(one, None) for one in domain.listAllSnapshots(0))
                _let_second_pass([*self.disks_of(domain), *(disk for one in kept for disk in one.disks)])
            domain.revertToSnapshot(found, _AFTER[after])

    def delete_snapshot(
        self, key: DomainKey, name: str, scope: DeleteScope | None = None, *, metadata_only: bool = False
    ) -> None:
        """Delete one snapshot, its tree or its children. Raises NotFound."""
        flags = _SCOPES[scope] | (libvirt.VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY if metadata_only else 0)
        domain = self.handle(key)
        with self.asking(f"snapshot {one_line(name)}", Capability.SNAPSHOT, key):
            found = self.found_snapshot(domain, name)
            try:
                found.delete(flags)
            except libvirt.libvirtError as error:
                raise self._explain(error) from error

    def snapshot_xml(self, key: DomainKey, name: str) -> str:
        """Libvirt's XML of one snapshot, without secrets. Raises NotFound."""
        domain = self.handle(key)
        with self.asking(f"snapshot {one_line(name)}", Capability.SNAPSHOT, key):
            return str(self.found_snapshot(domain, name).getXMLDesc(0))

    def snapshot_facts(self, key: DomainKey) -> SnapshotFacts:
        """What must be known to plan. Raises NotFound."""
        from tuivm.model.snapshot import SnapshotFacts
        from tuivm.xml import read

        domain = self.handle(key)
        chains = self.shared(key, self.disk_chains(key))
        with self.asking(key=key):
            active = bool(domain.isActive())
            version = self.link().getLibVersion() if self.host().hypervisor == "QEMU" else None
            return SnapshotFacts(
                active=active,
                persistent=bool(domain.isPersistent()),
                memory=domain.maxMemory() * 1024,
                chains=chains,
                space=self.room(chains),
                agent=read.agent_problem(domain.XMLDesc(0)) if active else "the domain is off",
                reverts_external=_since(version, REVERTS_EXTERNAL, "revert to"),
                deletes_external=_since(version, DELETES_EXTERNAL, "delete"),
                retention=self.retention(key),
            )

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


def _flags(request: SnapshotRequest, *, with_memory: bool) -> int:
    if request.kind is SnapshotKind.INTERNAL:
        return 0
    flags = int(libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC)
    if not with_memory:
        flags |= libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY
    if request.quiesce:
        flags |= libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE
    return flags


def _memory_file(request: SnapshotRequest, disks: Sequence[Disk]) -> str:
    """Where an external snapshot keeps the memory; empty when it keeps none."""
    if request.kind is not SnapshotKind.EXTERNAL or not request.memory:
        return ""
    if request.memory_file:
        return request.memory_file
    files = [disk.source for disk in disks if disk.written and disk.source.startswith("/")]
    if not files:
        raise Invalid("there is no file of a disk to put the memory beside", "choose a file for the memory")
    return f"{PurePosixPath(files[0])}.{request.name}.mem"


def _let_second_pass(disks: Sequence[Disk | SnapshotDisk]) -> None:
    """Wait out the second in which a revert to an external snapshot made one of the images.

    libvirt names such an image by the second; a second one of that name fails, after the guest was stopped.
    """
    images = [disk.source for disk in disks]
    images += [path for disk in disks if isinstance(disk, SnapshotDisk) for path in disk.overlays]
    for image in images:
        suffix = image.rpartition(".")[2]
        if suffix.isascii() and suffix.isdigit() and len(suffix) < 12:
            ahead = int(suffix) + 1 - time.time()
            if 0 < ahead <= 1:
                time.sleep(ahead)


def _since(version: int | None, needed: int, doing: str) -> str:
    """Why this libvirt cannot do it to external snapshots; empty when it can, or is no QEMU's."""
    if version is None or version >= needed:
        return ""
    return f"libvirt {_dotted(version)} cannot {doing} external snapshots ({_dotted(needed)} can)"


def _dotted(version: int) -> str:
    return f"{version // 1_000_000}.{version // 1000 % 1000}.{version % 1000}"


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
