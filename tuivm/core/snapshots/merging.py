"""What merging a disk's overlays would be: pure functions on what was read before."""

from __future__ import annotations

from pathlib import PurePosixPath

from tuivm.core.snapshots.parts import and_list, free_at, quoted, room_warning
from tuivm.core.snapshots.ruin import inside, ruined_by_writing
from tuivm.model.detail import Detail
from tuivm.model.domain import Domain
from tuivm.model.snapshot import DiskChain, Layer, Plan, Snapshot, SnapshotFacts


def plan_merge(_: Domain, detail: Detail, facts: SnapshotFacts, target: str, *, pull: bool = False) -> Plan:
    """What merging the overlays of the disk ``target`` would be.

    They are committed into the image they were made on; with ``pull`` everything below is copied up into
    the newest one, and nothing below is written.
    """
    chain = next((one for one in facts.chains if one.target == target), None)
    if chain is None:
        return Plan("merge", refusal=f"it has no disk {quoted(target)} that is written")
    if not chain.can_merge:
        return Plan("merge", refusal=f"{target} has no overlay: there is nothing to merge")
    base = merge_base(detail, chain)
    merged = list(chain.layers[: chain.layers.index(base)])
    gone = _gone(detail, chain, merged, pull=pull)
    needed = _needed(chain, base, merged, pull=pull)
    free = free_at(facts, [target])
    refusal = _refusal(facts, base, merged, pull=pull)
    left = [] if pull else [layer.path for layer in merged]
    below = list(chain.layers[1:]) if pull else []
    warnings = [*room_warning(needed, free), *([chain.note] if chain.note else [])]
    if left or below:
        files = [quoted(path) for path in (left or [layer.path for layer in below])]
        why = "; its snapshots need it" if pull and detail.snapshots else ""
        warnings.append(f"No longer used by it afterwards, and left where it is: {and_list(files)}{why}.")
    removes = tuple(one.name for one in gone if _wholly(one, facts, {layer.path for layer in merged}))
    return Plan(
        _words(chain, base, merged, pull=pull), needed, free, _losses(gone), tuple(warnings), refusal, removes
    )


def merge_base(detail: Detail, chain: DiskChain) -> Layer:
    """The image that the overlays of this domain's snapshots lie on; the oldest where none is known.

    What lies below an image of the domain's own (a template) is never merged into: others may build on it.
    """
    overlays = {path for one in detail.snapshots for disk in one.disks for path in disk.overlays}
    known = [index for index, layer in enumerate(chain.layers) if layer.path in overlays]
    return chain.layers[min(max(known) + 1, len(chain.layers) - 1)] if known else chain.layers[-1]


def _gone(detail: Detail, chain: DiskChain, merged: list[Layer], *, pull: bool) -> list[Snapshot]:
    """Snapshots that cannot be reverted to afterwards."""
    overlays = {layer.path for layer in merged}
    on_chain = [
        one
        for one in detail.snapshots
        if any(disk.target == chain.target and overlays & {*disk.overlays} for disk in one.disks)
    ]
    if pull:
        return []  # The images below stay as they are, and snapshots need nothing else.
    below = {layer.path for layer in chain.layers[1 : len(merged) + 1]}
    lost = {one.name for one in [*ruined_by_writing(detail, below), *inside(detail, overlays), *on_chain]}
    return [one for one in detail.snapshots if one.name in lost]


def _wholly(one: Snapshot, facts: SnapshotFacts, merged: set[str]) -> bool:
    """Whether nothing of the snapshot is left in any image in use: then its entry goes too."""
    used = {layer.path for chain in facts.chains for layer in chain.layers} - merged
    return not one.images & used


def _needed(chain: DiskChain, base: Layer, merged: list[Layer], *, pull: bool) -> int | None:
    layers = list(chain.layers[1:]) if pull else merged
    into = chain.layers[0] if pull else base
    sizes = [layer.allocation for layer in layers]
    known = [size for size in sizes if size is not None]
    if len(known) < len(sizes):
        return None
    total = sum(known)
    if into.capacity is not None and into.allocation is not None:
        total = min(total, max(0, into.capacity - into.allocation))
    return total


def _words(chain: DiskChain, base: Layer, merged: list[Layer], *, pull: bool) -> str:
    if pull:
        count = len(chain.layers) - 1
        images = f"{count} images below" if count > 1 else "the image below"
        return f"{chain.target}: {images} copied up into {quoted(PurePosixPath(chain.layers[0].path).name)}"
    overlays = f"{len(merged)} overlays" if len(merged) > 1 else "1 overlay"
    return f"{chain.target}: {overlays} written into {quoted(PurePosixPath(base.path).name)}"


def _losses(gone: list[Snapshot]) -> tuple[str, ...]:
    if not gone:
        return ()
    names = and_list([quoted(one.name) for one in gone])
    kept = "states" if len(gone) > 1 else "state"
    return (f"The {kept} kept in {names} can no longer be reverted to; the present content stays whole.",)


def _refusal(facts: SnapshotFacts, base: Layer, merged: list[Layer], *, pull: bool) -> str:
    if not facts.active:
        return "it is off: libvirt merges while a domain runs; start it (paused is enough)"
    if pull:
        return ""
    for layer in (*merged, base):
        if layer.users:
            return (
                f"{quoted(PurePosixPath(layer.path).name)} is also the base of {and_list(layer.users)}, which"
                " would be destroyed: pull instead, which writes nothing below"
            )
    return ""
