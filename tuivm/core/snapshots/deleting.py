"""What deleting snapshots would be: pure functions on what was read before."""

from __future__ import annotations

from tuivm.core.snapshots.parts import and_list, free_at, quoted, room_warning
from tuivm.core.snapshots.reverting import find
from tuivm.core.snapshots.ruin import inside
from tuivm.model.detail import Detail
from tuivm.model.domain import Domain
from tuivm.model.snapshot import DeleteScope, Plan, Snapshot, SnapshotFacts


def plan_delete(
    domain: Domain,
    detail: Detail,
    facts: SnapshotFacts,
    name: str,
    scope: DeleteScope = DeleteScope.ONE,
    *,
    metadata_only: bool = False,
) -> Plan:
    """What deleting the snapshot ``name``, its tree or its children would be."""
    if find(detail, name) is None:
        return Plan("delete", refusal=f"there is no snapshot named {quoted(name)} any more")
    names = names_of(detail, name, scope)
    gone = [one for one in detail.snapshots if one.name in names]
    if not gone:
        return Plan("delete", refusal="it has no children")
    if metadata_only:
        return _forget(gone, names)
    external = [one for one in gone if one.external]
    needed = _to_merge(facts, external) if external else None
    free = free_at(facts, [disk.target for one in external for disk in one.disks]) if external else None
    return Plan(
        _words(gone),
        needed,
        free,
        (_loss(gone),),
        (*_heirs(detail, name, scope), *_memory_files(external), *room_warning(needed, free)),
        _refusal(detail, facts, gone) or _saved(domain, external),
        names,
    )


def names_of(detail: Detail, name: str, scope: DeleteScope) -> tuple[str, ...]:
    """Names of what the scope means, children before their parents."""
    found = [name] if scope is not DeleteScope.CHILDREN else []
    if scope is not DeleteScope.ONE:
        family = {name}
        for one in detail.snapshots:  # parents come before their children
            if one.parent in family and one.name not in family:
                family.add(one.name)
                found.append(one.name)
    return tuple(reversed(found))


def _words(gone: list[Snapshot]) -> str:
    what = f"{len(gone)} snapshots" if len(gone) > 1 else "1 snapshot"
    if any(one.external for one in gone):
        return f"{what}; what an external one's overlay holds is written into the image below it"
    return what


def _loss(gone: list[Snapshot]) -> str:
    names = and_list([quoted(one.name) for one in gone])
    kept = "states" if len(gone) > 1 else "state"
    return f"The {kept} kept in {names} can no longer be reverted to; the domain itself stays as it is."


def _forget(gone: list[Snapshot], names: tuple[str, ...]) -> Plan:
    """Only libvirt's entry goes."""
    warnings = []
    internal = [one.name for one in gone if not one.external]
    if internal:
        told = and_list([quoted(name) for name in internal])
        warnings.append(f"What {told} keeps stays in the image and takes room there, unseen by libvirt.")
    overlays = [path for one in gone for path in _overlays(one)]
    if overlays:
        told = and_list([quoted(path) for path in overlays])
        warnings.append(f"The overlays stay as they are: {told}.")
    loss = f"libvirt forgets {and_list([quoted(one.name) for one in gone])}; no image is touched."
    return Plan("entries alone", losses=(loss,), warnings=(*warnings, *_memory_files(gone)), removes=names)


def _memory_files(gone: list[Snapshot]) -> list[str]:
    files = [quoted(one.memory_file) for one in gone if one.memory_file]
    return [f"The memory may stay behind in {and_list(files)}."] if files else []


def _heirs(detail: Detail, name: str, scope: DeleteScope) -> list[str]:
    children = [one.name for one in detail.snapshots if one.parent == name]
    if scope is not DeleteScope.ONE or not children:
        return []
    told = and_list([quoted(child) for child in children])
    return [f"{told} grew from it and {'stays' if len(children) == 1 else 'stay'}."]


def _refusal(detail: Detail, facts: SnapshotFacts, gone: list[Snapshot]) -> str:
    names = {one.name for one in gone}
    external = [one for one in gone if one.external]
    if external and facts.deletes_external:
        return f"{facts.deletes_external}: merge its overlay, or let libvirt forget the entry alone"
    parents = {one.name: one for one in detail.snapshots}
    for one in external:
        parent = parents.get(one.parent or "")
        if parent is not None and not parent.external:
            return (
                f"{quoted(one.name)} is external and grew from {quoted(parent.name)}, which is internal:"
                " libvirt cannot delete it; merge its overlay instead"
            )
        if any(chain.layers[-1].path in _overlays(one) for chain in facts.chains if chain.layers):
            return (
                f"nothing lies below the overlay of {quoted(one.name)} any more: there is nothing to merge;"
                " let libvirt forget the entry alone"
            )
        lost = [each.name for each in inside(detail, _overlays(one)) if each.name not in names]
        if lost:
            told = and_list([quoted(each) for each in lost])
            return f"the overlay of {quoted(one.name)} holds {told}, which would be lost: delete that first"
        why = _held_by_heirs(detail, facts, one, names)
        if why:
            return why
    return _elsewhere(facts, gone)


def _held_by_heirs(detail: Detail, facts: SnapshotFacts, one: Snapshot, gone: set[str]) -> str:
    """Why an external snapshot cannot go from under what grew from it; empty when it can.

    libvirt merges its overlay into the image below, which is one way only: on the way to the present state
    (qemuSnapshotDeleteValidate in libvirt's qemu_snapshot.c, from 9.9 on; before, it cannot come to this).
    """
    heirs = [each.name for each in detail.snapshots if each.parent == one.name and each.name not in gone]
    if not heirs:
        return ""
    told, name = and_list([quoted(each) for each in heirs]), quoted(one.name)
    if len(heirs) > 1:
        return (
            f"{name} is external, and {told} grew from it: libvirt cannot merge it for several;"
            " delete all but one of them first, or all with it"
        )
    if not facts.active:
        return (
            f"{name} is external and has children: libvirt deletes it only while the domain"
            " runs; start it, or delete the children first"
        )
    current = next((each.name for each in detail.snapshots if each.current), None)
    if current is not None and current not in names_of(detail, one.name, DeleteScope.CHILDREN):
        return (
            f"{name} is external, and the present state did not come by way of {told}, which grew from it:"
            f" libvirt cannot delete it; delete {told} first, or both together"
        )
    return ""


def _saved(domain: Domain, external: list[Snapshot]) -> str:
    """A saved state names the images of its time, of which an overlay would be gone."""
    if not (domain.saved and external):
        return ""
    return "it has a saved state, which goes on with the present images: restore or discard that first"


def _elsewhere(facts: SnapshotFacts, gone: list[Snapshot]) -> str:
    """A running domain's internal snapshots in an image below the one that is written cannot be deleted."""
    tops = {chain.target: chain.layers[0].path for chain in facts.chains if chain.layers}
    for one in gone:
        for disk in one.disks:
            top = tops.get(disk.target, disk.source)
            if facts.active and disk.place == "internal" and disk.source and disk.source != top:
                return (
                    f"{quoted(one.name)} lies in an image below an overlay: libvirt deletes it only while"
                    " the domain is off, or after the overlay is merged"
                )
    return ""


def _overlays(one: Snapshot) -> list[str]:
    return [path for disk in one.disks for path in disk.overlays]


def _to_merge(facts: SnapshotFacts, external: list[Snapshot]) -> int | None:
    """Bytes that merging their overlays may add to the images below."""
    sizes = {layer.path: layer.allocation for chain in facts.chains for layer in chain.layers}
    total = 0
    for disk in (disk for one in external for disk in one.disks if disk.overlays):
        known = [size for path in disk.overlays if (size := sizes.get(path)) is not None]
        if not known:
            return None
        total += sum(known)
    return total
