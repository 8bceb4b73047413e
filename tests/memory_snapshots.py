"""Snapshots of the in-memory fake: a mixin of ``MemoryHypervisor``.

Knobs for a test are the fields of ``hypervisor.machine(key).keeper``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from xml.sax.saxutils import escape

from tests.memory_machine import GIB, Machine
from tests.memory_world import World
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey, State
from tuivm.model.errors import Invalid, NotSupported
from tuivm.model.job import Progress
from tuivm.model.snapshot import (
    DeleteScope,
    DiskChain,
    Layer,
    Retention,
    Snapshot,
    SnapshotDisk,
    SnapshotFacts,
    SnapshotKind,
    SnapshotRequest,
    Space,
)


class MemorySnapshots(World):
    """The fake's ``SnapshotKeeper``."""

    def snapshot_names(self, key: DomainKey) -> tuple[str, ...]:
        with self._call("snapshot_names"):
            tree = self._find(key).tree()
            return tuple(s.name for s in tree if not s.current) + tuple(s.name for s in tree if s.current)

    def take_snapshot(self, key: DomainKey, request: SnapshotRequest) -> Snapshot:
        with self._call("take_snapshot", Capability.SNAPSHOT):
            machine = self._find(key)
            _check(machine, request)
            parent = _current(machine)
            snapshot = _made(machine, request, parent, self.now + len(machine.snapshots))
            if parent is not None:
                machine.snapshots[parent.name] = replace(parent, current=False)
            machine.snapshots[request.name] = snapshot
            machine.domain = replace(machine.domain, has_snapshots=True)
            if snapshot.external:
                machine.keeper.overlays = (*machine.keeper.overlays, snapshot.disks[0].overlay)
            return snapshot

    def revert_snapshot(self, key: DomainKey, name: str, after: str = "") -> None:
        with self._call("revert_snapshot", Capability.SNAPSHOT):
            machine = self._find(key)
            chosen = self._snapshot(machine, name)
            if chosen.external and machine.keeper.reverts_external:
                raise NotSupported(machine.keeper.reverts_external)
            machine.snapshots = {
                other: replace(snapshot, current=other == name)
                for other, snapshot in machine.snapshots.items()
            }
            was_active = machine.domain.state.is_active
            state = chosen.state if chosen.state in ("running", "paused") else ""
            state = after or state
            if state:
                self._boot(machine, State(state), "from snapshot")
        if state:
            self.emit(key, "started (from snapshot)", started=True)
        elif was_active:
            self.power_off(key, "from snapshot")

    def delete_snapshot(
        self, key: DomainKey, name: str, scope: DeleteScope | None = None, *, metadata_only: bool = False
    ) -> None:
        with self._call("delete_snapshot", Capability.SNAPSHOT):
            machine = self._find(key)
            gone = self._snapshot(machine, name)
            names = _below(machine, name) if scope in (DeleteScope.TREE, DeleteScope.CHILDREN) else []
            if scope is not DeleteScope.CHILDREN:
                names.append(name)
            why = machine.keeper.deletes_external
            if why and not metadata_only and any(machine.snapshots[each].external for each in names):
                raise NotSupported(why)
            for each in names:
                _drop(machine, each)
            if not any(one.current for one in machine.snapshots.values()) and machine.snapshots:
                heir = name if scope is DeleteScope.CHILDREN else gone.parent
                if heir in machine.snapshots:
                    machine.snapshots[heir] = replace(machine.snapshots[heir], current=True)
            machine.domain = replace(machine.domain, has_snapshots=bool(machine.snapshots))

    def redefine_snapshot(self, key: DomainKey, name: str, new_name: str, description: str) -> Snapshot:
        with self._call("redefine_snapshot", Capability.SNAPSHOT):
            machine = self._find(key)
            known = self._snapshot(machine, name)
            if new_name != name and new_name in machine.snapshots:
                raise Invalid(f"a snapshot named {new_name} exists already", "choose another name")
            if new_name != name and not known.external:
                raise Invalid("an internal snapshot's name is part of the image", "change its description")
            made = replace(known, name=new_name, description=description)
            machine.snapshots = {
                (new_name if other == name else other): (
                    made
                    if other == name
                    else replace(one, parent=new_name if one.parent == name else one.parent)
                )
                for other, one in machine.snapshots.items()
            }
            return made

    def snapshot_xml(self, key: DomainKey, name: str) -> str:
        with self._call("snapshot_xml", Capability.SNAPSHOT):
            machine = self._find(key)
            return self._snapshot(machine, name).xml or _xml(machine, self._snapshot(machine, name))

    def snapshot_facts(self, key: DomainKey) -> SnapshotFacts:
        with self._call("snapshot_facts", Capability.SNAPSHOT):
            machine = self._find(key)
            keeper = machine.keeper
            return SnapshotFacts(
                machine.domain.state.is_active,
                machine.domain.persistent,
                machine.domain.memory_max,
                _chains(machine),
                _space(machine),
                keeper.agent,
                keeper.reverts_external,
                keeper.deletes_external,
                keeper.retention,
            )

    def disk_chains(self, key: DomainKey) -> tuple[DiskChain, ...]:
        with self._call("disk_chains"):
            return _chains(self._find(key))

    def space(self, key: DomainKey) -> tuple[Space, ...]:
        with self._call("space"):
            return _space(self._find(key))

    def merge_disk(
        self,
        key: DomainKey,
        target: str,
        report: Callable[[Progress], None],
        cancelled: Callable[[], bool],
        *,
        base: str = "",
        pull: bool = False,
    ) -> bool:
        with self._call("merge_disk", Capability.SNAPSHOT):
            keeper = self._active(key).keeper
            if target != "vda" or not keeper.overlays:
                raise Invalid(f"disk '{target}' has no overlay to merge")
        for step in range(keeper.steps + 1):
            if cancelled():
                return False
            report(Progress(100.0 * step / keeper.steps, step, keeper.steps, None, target))
            threading.Event().wait(keeper.pause)
        keeper.overlays = ()
        return True

    def retention(self, key: DomainKey) -> Retention:
        with self._call("retention"):
            return self._find(key).keeper.retention

    def set_retention(self, key: DomainKey, retention: Retention) -> None:
        with self._call("set_retention", Capability.SNAPSHOT):
            self._find(key).keeper.retention = retention


def _check(machine: Machine, request: SnapshotRequest) -> None:
    if request.name in machine.snapshots:
        raise Invalid(f"a snapshot named {request.name} exists already", "choose another name", 71)
    if not request.name or "/" in request.name:
        raise Invalid(f"invalid snapshot name '{request.name}'", code=27)
    if request.quiesce and machine.keeper.agent:
        raise Invalid(machine.keeper.agent)
    if request.disks and request.disks != ("vda",):
        raise Invalid(f"no disk that is written is called {', '.join(request.disks)}")


def _made(machine: Machine, request: SnapshotRequest, parent: Snapshot | None, created: float) -> Snapshot:
    active = machine.domain.state.is_active
    external = request.kind is not SnapshotKind.INTERNAL
    memory = active and not (external and not request.memory) and request.kind is not SnapshotKind.DISK_ONLY
    state = machine.domain.state.value if active else "shutoff"
    overlay = f"/var/lib/libvirt/images/{machine.name}.{request.name}" if external else ""
    snapshot = Snapshot(
        request.name,
        created,
        "disk-snapshot" if external and active and not memory else state,
        parent.name if parent else None,
        current=True,
        description=request.description,
        memory=memory,
        external=external,
        disks=(SnapshotDisk("vda", "external" if external else "internal", machine.image, overlay),),
        memory_file=f"{overlay}.mem" if external and memory else "",
        size=GIB if memory else None,
    )
    return replace(snapshot, xml=_xml(machine, snapshot))


def _xml(machine: Machine, snapshot: Snapshot) -> str:
    place = "external" if snapshot.external else "internal"
    kept = place if snapshot.memory else "no"
    parent = (
        f"  <parent>\n    <name>{escape(snapshot.parent)}</name>\n  </parent>\n" if snapshot.parent else ""
    )
    inner = "".join(f"  {line}\n" for line in (machine.xml or machine.default_xml()).splitlines())
    return (
        f"<domainsnapshot>\n  <name>{escape(snapshot.name)}</name>\n"
        f"  <description>{escape(snapshot.description)}</description>\n"
        f"  <state>{snapshot.state}</state>\n{parent}"
        f"  <creationTime>{int(snapshot.created)}</creationTime>\n"
        f"  <memory snapshot='{kept}'/>\n"
        f"  <disks>\n    <disk name='vda' snapshot='{place}'/>\n  </disks>\n{inner}</domainsnapshot>\n"
    )


def _below(machine: Machine, name: str) -> list[str]:
    """All that grew from it, the youngest first."""
    found: list[str] = []
    for one in machine.tree():
        if one.parent == name or one.parent in found:
            found.append(one.name)
    return found[::-1]


def _drop(machine: Machine, name: str) -> None:
    gone = machine.snapshots.pop(name)
    for other, snapshot in machine.snapshots.items():
        if snapshot.parent == name:
            machine.snapshots[other] = replace(snapshot, parent=gone.parent)


def _base(machine: Machine) -> str:
    return f"/var/lib/libvirt/images/{machine.name}.qcow2"


def _chains(machine: Machine) -> tuple[DiskChain, ...]:
    base = _base(machine)
    internal = tuple(one.name for one in machine.tree() if not one.external)
    layers = [Layer(path, "qcow2", 20 * GIB, GIB) for path in reversed(machine.keeper.overlays)]
    return (DiskChain("vda", (*layers, Layer(base, "qcow2", 20 * GIB, 6 * GIB, snapshots=internal))),)


def _space(machine: Machine) -> tuple[Space, ...]:
    return (Space("/var/lib/libvirt/images", machine.keeper.free, ("vda",)),)


def _current(machine: Machine) -> Snapshot | None:
    return next((snapshot for snapshot in machine.snapshots.values() if snapshot.current), None)
