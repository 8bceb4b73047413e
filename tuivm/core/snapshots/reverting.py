"""What a revert would be: pure functions on what was read before."""

from __future__ import annotations

from tuivm.core.snapshots.parts import and_list, quoted
from tuivm.core.snapshots.ruin import ruined_by_writing
from tuivm.core.snapshots.taking import plan_take
from tuivm.model.detail import Detail
from tuivm.model.domain import Domain
from tuivm.model.snapshot import Plan, Snapshot, SnapshotFacts, SnapshotKind, SnapshotRequest


def plan_revert(
    domain: Domain, detail: Detail, facts: SnapshotFacts, name: str, after: str = "", *, safety: bool = True
) -> Plan:
    """What going back to the snapshot ``name`` would be, ``after`` which it is ``running`` or ``paused``.

    With ``safety`` the present state is kept in a snapshot of its own first.
    """
    chosen = find(detail, name)
    if chosen is None:
        return Plan("revert", refusal=f"there is no snapshot named {quoted(name)} any more")
    first = plan_take(domain, detail, facts, safety_request(chosen, "before-revert")) if safety else None
    left = _left_behind(detail, chosen)
    ruined = _ruined(detail, chosen)
    refusal = _refusal(domain, facts, chosen) or _stale(facts, chosen)
    if not refusal and first is None:
        refusal = _deletes_what_is_needed(detail, chosen)
    if not refusal and first is not None:
        refusal = _unsafe(first, left, chosen)
    return Plan(
        _words(chosen, after),
        first.needed if first else None,
        first.free if first else None,
        tuple(_losses(facts, safety=safety, left=left, ruined=ruined)),
        (*(first.warnings if first else ()), *_differences(detail, chosen)),
        refusal,
    )


def safety_request(chosen: Snapshot, name: str) -> SnapshotRequest:
    """The snapshot that keeps the present state of what reverting to ``chosen`` changes."""
    kind = SnapshotKind.EXTERNAL if chosen.external else SnapshotKind.INTERNAL
    disks = tuple(disk.target for disk in chosen.disks if disk.place in ("internal", "external"))
    return SnapshotRequest(name, f"taken before reverting to {chosen.name}", kind, disks=disks)


def find(detail: Detail, name: str) -> Snapshot | None:
    """The snapshot of that name."""
    return next((one for one in detail.snapshots if one.name == name), None)


def _words(chosen: Snapshot, after: str) -> str:
    what = "disks and memory" if chosen.memory else "disks"
    was = chosen.state if chosen.state in ("running", "paused") else "off"
    state = after or was
    booted = " (booted anew: the snapshot holds no memory)" if after and not chosen.memory else ""
    then = {"running": "it runs", "paused": "it is paused", "off": "it is off"}[state]
    return f"{what} go back to {quoted(chosen.name)}; afterwards {then}{booted}"


def _refusal(domain: Domain, facts: SnapshotFacts, chosen: Snapshot) -> str:
    if domain.saved:
        return "it has a saved state, which fits only the disks of now: restore or discard that first"
    if chosen.external and facts.reverts_external:
        return (
            f"{facts.reverts_external}. Way out: what it kept is in the image below its overlay; to keep the"
            " present state instead, merge the overlay"
        )
    if chosen.mixed:
        return "some of its disks are internal and others external: libvirt cannot revert to it"
    return ""


def _deletes_what_is_needed(detail: Detail, chosen: Snapshot) -> str:
    """Why going back without a snapshot of the present would destroy another one.

    Having gone back to an external snapshot libvirt (qemuSnapshotRevertExternalFinish, 9.10 to 11 at least)
    deletes the overlays of the current one unseen: also those that others lie on, when the entry of what grew
    from it is gone. Without a current one it crashes. The safety snapshot is current, and nothing lies on it.
    """
    if not chosen.external:
        return ""
    wayout = "revert with a safety snapshot, which keeps libvirt from it"
    current = next((one for one in detail.snapshots if one.current), None)
    if current is None:
        return f"no snapshot is the current one, which makes libvirt's daemon crash: {wayout}"
    later = [disk.reverted for disk in current.disks if disk.reverted]
    doomed = set(later or [disk.overlay for disk in current.disks if disk.overlay])
    needing = [
        one.name for one in detail.snapshots if doomed & {disk.source for disk in one.disks if disk.source}
    ]
    if not needing:
        return ""
    return f"libvirt would delete an image that {and_list(map(quoted, needing))} lies on: {wayout}"


def _stale(facts: SnapshotFacts, chosen: Snapshot) -> str:
    """Whether an image is known not to hold the snapshot any more."""
    layers = {layer.path: layer for chain in facts.chains for layer in chain.layers}
    for disk in chosen.disks:
        layer = layers.get(disk.source)
        if disk.place != "internal" or layer is None:
            continue
        if layer.missing:
            return f"the image of {disk.target} is not there any more: {quoted(layer.path)}"
        if layer.snapshots is not None and chosen.name not in layer.snapshots:
            return f"the image of {disk.target} does not hold it any more: {quoted(layer.path)}"
    return ""


def _unsafe(first: Plan, left: list[str], chosen: Snapshot) -> str:
    if left and not chosen.external:
        return (
            f"a safety snapshot would lie in {and_list([quoted(path) for path in left])}, which is of no use"
            " once the image below goes back: merge the overlay first, or revert without a safety snapshot"
        )
    return f"no safety snapshot can be taken: {first.refusal}" if first.refusal else ""


def _left_behind(detail: Detail, chosen: Snapshot) -> list[str]:
    """Images in use now that the domain leaves when an internal snapshot of another image is loaded."""
    then = {disk.target: disk.source for disk in chosen.disks if disk.place == "internal" and disk.source}
    return [
        disk.source
        for disk in detail.description.disks
        if disk.written and disk.target in then and then[disk.target] != disk.source
    ]


def _ruined(detail: Detail, chosen: Snapshot) -> list[str]:
    if chosen.external:
        return []
    images = {disk.source for disk in chosen.disks if disk.place == "internal" and disk.source}
    return [one.name for one in ruined_by_writing(detail, images) if one.name != chosen.name]


def _losses(facts: SnapshotFacts, *, safety: bool, left: list[str], ruined: list[str]) -> list[str]:
    found = []
    if not safety:
        also = " and what is in its memory now" if facts.active else ""
        found.append(f"Everything written to its disks since{also} is lost.")
    if left:
        files = and_list([quoted(path) for path in left])
        found.append(f"What {files} holds is lost: the file stays behind, on an image that changes below it.")
    if ruined:
        names = and_list([quoted(name) for name in ruined])
        found.append(f"The states kept by {names} are lost: their overlays lie on the image that goes back.")
    return found


def _differences(detail: Detail, chosen: Snapshot) -> list[str]:
    now = {disk.target for disk in detail.description.disks if disk.written}
    then = {disk.target for disk in chosen.disks}
    found = []
    added = sorted(now - then) if chosen.disks else []
    if added:
        found.append(f"{and_list(added)} was added since: the definition goes back too, and is without it.")
    images = {disk.target: disk.source for disk in detail.description.disks}
    left_out = [disk for disk in chosen.disks if disk.place == "no" and disk.target in now]
    same = [disk.target for disk in left_out if disk.source in ("", images[disk.target])]
    other = [disk.target for disk in left_out if disk.target not in same]
    if same:
        found.append(f"{and_list(same)} is not in it and stays as it is now.")
    if other:
        found.append(f"{and_list(other)} is not in it, and goes back to the image that it had.")
    if chosen.disks and not chosen.memory and chosen.state == "disk-snapshot":
        found.append("It was taken while the guest ran, without memory: it boots as after a power cut.")
    return found
