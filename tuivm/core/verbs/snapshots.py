"""The verbs on snapshots."""

from __future__ import annotations

from tuivm.core.verbs import states, virsh
from tuivm.core.verbs.verb import Arguments, Verb, Work
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain
from tuivm.model.snapshot import SnapshotRequest


def _take(work: Work) -> None:
    arguments = work.arguments
    request = arguments.request or SnapshotRequest(arguments.snapshot, arguments.description)
    work.hypervisor.take_snapshot(work.key, request)


def _lose_since(domain: Domain, arguments: Arguments) -> str:
    also = " and what is in its memory now" if domain.state.is_active else ""
    return f"Everything written to its disks since the snapshot '{arguments.snapshot}'{also} is lost."


def _lose_snapshot(_: Domain, arguments: Arguments) -> str:
    return f"The state kept in the snapshot '{arguments.snapshot}' is lost; the domain itself stays as it is."


SNAPSHOTS: tuple[Verb, ...] = (
    Verb(
        "snapshot",
        "t",
        "take snapshot",
        "Keep the state of the disks, and of memory when it runs, to come back to.",
        Capability.SNAPSHOT,
        states.anything,
        _take,
        virsh.with_snapshot("snapshot-create-as", "--name"),
    ),
    Verb(
        "revert",
        "r",
        "revert",
        "Put disks and memory back to the chosen snapshot.",
        Capability.SNAPSHOT,
        states.has_snapshots,
        lambda work: work.hypervisor.revert_snapshot(work.key, work.arguments.snapshot),
        virsh.with_snapshot("snapshot-revert", "--snapshotname"),
        _lose_since,
        needs_snapshot=True,
    ),
    Verb(
        "delete-snapshot",
        "delete",
        "delete snapshot",
        "Delete the chosen snapshot; snapshots made after it stay.",
        Capability.SNAPSHOT,
        states.has_snapshots,
        lambda work: work.hypervisor.delete_snapshot(work.key, work.arguments.snapshot),
        virsh.with_snapshot("snapshot-delete", "--snapshotname"),
        _lose_snapshot,
        needs_snapshot=True,
    ),
)
