"""What a snapshot to be taken would be, need and change. Pure functions on what was read before."""

from __future__ import annotations

from tuivm.core.snapshots.parts import (
    MIB,
    and_list,
    disks_named,
    free_at,
    kinds,
    quoted,
    room_warning,
)
from tuivm.model.detail import Detail, Disk
from tuivm.model.domain import Domain
from tuivm.model.errors import Invalid
from tuivm.model.snapshot import Plan, SnapshotFacts, SnapshotKind, SnapshotRequest
from tuivm.xml.create import check_name, check_text

_OVERHEAD = MIB
"""Bytes that the tables of a new snapshot or overlay take."""

_EXTERNAL_ON_INTERNAL = (
    "Kinds are being mixed: to go back to its internal snapshots the new overlay must be merged first."
)
_INTERNAL_ON_EXTERNAL = (
    "Kinds are being mixed: the internal snapshot lies in the newest overlay and is lost when that is merged."
)


def plan_take(domain: Domain, detail: Detail, facts: SnapshotFacts, request: SnapshotRequest) -> Plan:
    """What taking it would be. ``domain`` is the list's row, ``facts`` were asked of the hypervisor."""
    external = request.kind is not SnapshotKind.INTERNAL
    memory = with_memory(facts, request)
    disks = disks_named(detail, request.disks)
    refusal = _refusal(detail, facts, request, disks) or _saved(domain, external=external)
    needed = (facts.memory if memory else 0) + _OVERHEAD * max(1, len(disks))
    free = free_at(facts, [disk.target for disk in disks])
    warnings = [
        *room_warning(needed, free),
        *_mixing(detail, external=external),
        *_partial(detail, request, disks),
        *_manners(domain, detail, facts, request, memory=memory),
    ]
    return Plan(_words(facts, request, disks, memory=memory), needed, free, (), tuple(warnings), refusal)


def with_memory(facts: SnapshotFacts, request: SnapshotRequest) -> bool:
    """Whether the memory will be in it."""
    if not facts.active or request.kind is SnapshotKind.DISK_ONLY:
        return False
    return request.kind is SnapshotKind.INTERNAL or request.memory


def _words(facts: SnapshotFacts, request: SnapshotRequest, disks: list[Disk], *, memory: bool) -> str:
    names = and_list([disk.target for disk in disks]) or "no disk"
    what = f"{names} and memory" if memory else f"{names} alone" if facts.active else names
    if request.kind is SnapshotKind.INTERNAL:
        return f"internal: {what}, kept in the disk's own file"
    return f"external: {what}; what is written from now on goes to new overlay files"


def _refusal(detail: Detail, facts: SnapshotFacts, request: SnapshotRequest, disks: list[Disk]) -> str:
    try:
        check_name(request.name)
        check_text(request.description)
    except Invalid as error:
        return str(error)
    if any(one.name == request.name for one in detail.snapshots):
        return f"a snapshot named {quoted(request.name)} exists already: choose another name"
    unknown = set(request.disks) - {disk.target for disk in disks}
    if unknown:
        return f"no disk that is written is called {and_list(sorted(unknown))}"
    if not disks and not (facts.active and request.kind is SnapshotKind.INTERNAL):
        return "it has no disk that is written: there is nothing to keep"
    return _quiescing(facts, request) or _formats(request, disks)


def _saved(domain: Domain, *, external: bool) -> str:
    """A saved state names the images of its time: restored later, it would write below the overlay."""
    if not (domain.saved and external):
        return ""
    return "it has a saved state, which goes on with the present image: restore or discard that first"


def _quiescing(facts: SnapshotFacts, request: SnapshotRequest) -> str:
    if not request.quiesce:
        return ""
    if not facts.active:
        return "it is off: there is nothing to quiesce"
    if with_memory(facts, request):
        return "only a snapshot without memory can be quiesced: choose disks alone, external"
    return f"it cannot be quiesced: {facts.agent}" if facts.agent else ""


def _formats(request: SnapshotRequest, disks: list[Disk]) -> str:
    if request.kind is SnapshotKind.INTERNAL:
        raw = [disk.target for disk in disks if disk.format not in ("qcow2", "")]
        if raw:
            return f"{and_list(raw)} cannot hold internal snapshots (only qcow2 can): take an external one"
        return ""
    placeless = [disk.target for disk in disks if disk.kind != "file"]
    if placeless:
        return f"{and_list(placeless)} is no file: libvirt has no place for an overlay; leave it out"
    return ""


def _mixing(detail: Detail, *, external: bool) -> list[str]:
    known = kinds(detail)
    if external and "internal" in known:
        return [_EXTERNAL_ON_INTERNAL]
    if not external and "external" in known:
        return [_INTERNAL_ON_EXTERNAL]
    return []


def _partial(detail: Detail, request: SnapshotRequest, disks: list[Disk]) -> list[str]:
    left = [disk.target for disk in detail.description.disks if disk.written and disk not in disks]
    if not request.disks or not left:
        return []
    return [f"{and_list(left)} is left out: reverting leaves what is written there as it is then."]


def _manners(
    domain: Domain, detail: Detail, facts: SnapshotFacts, request: SnapshotRequest, *, memory: bool
) -> list[str]:
    found = []
    if facts.active and memory:
        found.append("The guest stands still while its memory is written.")
    if facts.active and not memory and not request.quiesce:
        found.append("It will be as after a power cut: what the guest has not written yet is not in it.")
    if request.kind is SnapshotKind.INTERNAL and detail.description.firmware == "efi":
        found.append("It boots by UEFI: older libvirt refuses internal snapshots of such a domain.")
    if domain.saved and not facts.active:
        found.append("The saved state is not in it: restored later, it fits only the disks of now.")
    if not domain.persistent:
        found.append("It is transient: libvirt forgets the snapshot when it stops.")
    if request.kind is not SnapshotKind.INTERNAL and facts.reverts_external:
        found.append(f"{facts.reverts_external.capitalize()}; merging it into the disk works.")
    return found
