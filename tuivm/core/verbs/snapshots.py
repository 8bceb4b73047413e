"""The verbs on snapshots."""

from __future__ import annotations

from tuivm.core.verbs import snapshot_virsh, states, thawing, virsh
from tuivm.core.verbs.verb import Arguments, Later, Verb
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain

_WORK = "tuivm.core.verbs.snapshot_work"


def _lose_since(domain: Domain, arguments: Arguments) -> str:
    if "safety" in arguments.options:
        return f"It goes back to '{arguments.snapshot}'; how it is now is kept in a snapshot taken first."
    also = " and what is in its memory now" if domain.state.is_active else ""
    return f"Everything written to its disks since the snapshot '{arguments.snapshot}'{also} is lost."


def _lose_snapshot(_: Domain, arguments: Arguments) -> str:
    name = f"the snapshot '{arguments.snapshot}'"
    if "metadata-only" in arguments.options:
        return f"libvirt forgets {name}; no image is touched."
    if "children-only" in arguments.options:
        return f"The states kept in all that grew from {name} are lost; the domain itself stays as it is."
    what = f"{name} and all that grew from it" if "children" in arguments.options else name
    return f"The state kept in {what} is lost; the domain itself stays as it is."


def _lose_overlays(_: Domain, arguments: Arguments) -> str:
    disk = f"the disk {arguments.device}" if arguments.device else "its disks"
    if "pull" in arguments.options:
        return f"Nothing: {disk} becomes independent of the images below, which takes room."
    return f"The external snapshots of {disk} can no longer be reverted to; its present content stays whole."


def _lose_expired(_: Domain, arguments: Arguments) -> str:
    return "Snapshots that the rule does not keep are deleted now." if "apply" in arguments.options else ""


def _lose_stillness(_: Domain, __: Arguments) -> str:
    return "What another program froze, for a backup for example, is written to again: its copy is not whole."


SNAPSHOTS: tuple[Verb, ...] = (
    Verb(
        "snapshot",
        "t",
        "take snapshot",
        "Keep the state of the disks, and of memory when it runs, to come back to.",
        Capability.SNAPSHOT,
        states.anything,
        Later(_WORK, "take"),
        snapshot_virsh.take,
        measured=True,
    ),
    Verb(
        "revert",
        "r",
        "revert",
        "Put disks and memory back to the chosen snapshot.",
        Capability.SNAPSHOT,
        states.has_snapshots,
        Later(_WORK, "revert"),
        snapshot_virsh.revert,
        _lose_since,
        needs_snapshot=True,
        options=("running", "paused", "safety"),
        destructive=True,
    ),
    Verb(
        "delete-snapshot",
        "delete",
        "delete snapshot",
        "Delete the chosen snapshot; snapshots made after it stay.",
        Capability.SNAPSHOT,
        states.has_snapshots,
        Later(_WORK, "delete"),
        snapshot_virsh.delete,
        _lose_snapshot,
        needs_snapshot=True,
        options=("children", "children-only", "metadata-only"),
        destructive=True,
    ),
    Verb(
        "describe-snapshot",
        "e",
        "describe snapshot",
        "Give the chosen snapshot another description, or another name where that is possible.",
        Capability.SNAPSHOT,
        states.has_snapshots,
        Later(_WORK, "describe"),
        snapshot_virsh.describe,
        needs_snapshot=True,
    ),
    Verb(
        "merge",
        "M",
        "merge overlays",
        "Write what external snapshots' overlays hold into one image, while the domain runs.",
        Capability.SNAPSHOT,
        states.exists,
        Later(_WORK, "merge"),
        snapshot_virsh.merge,
        _lose_overlays,
        options=("pull",),
        interruptible=True,
        destructive=True,
    ),
    Verb(
        "set-retention",
        "n",
        "snapshot rule",
        "Say how many snapshots are kept, and for how long; older ones go when a new one is taken.",
        Capability.SNAPSHOT,
        states.anything,
        Later(_WORK, "set_retention"),
        snapshot_virsh.set_retention,
        options=("apply",),
        destructive_options=frozenset({"apply"}),
        option_loss=_lose_expired,
    ),
    Verb(
        "thaw",
        "",
        "thaw file systems",
        "Let a guest go on that was left with frozen file systems, by its agent.",
        Capability.THAW,
        states.asks_agent,
        thawing.thaw,
        virsh.plain("domfsthaw"),
        _lose_stillness,
    ),
)
