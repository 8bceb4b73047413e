"""The seam of snapshots: what core needs of a hypervisor for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from tuivm.model.domain import DomainKey
from tuivm.model.job import Progress

if TYPE_CHECKING:
    from tuivm.model.snapshot import (
        DeleteScope,
        DiskChain,
        Retention,
        Snapshot,
        SnapshotFacts,
        SnapshotRequest,
        Space,
    )


class SnapshotKeeper(Protocol):
    """Snapshots of domains. Every method may block, and raises a HypervisorError."""

    def snapshot_names(self, key: DomainKey) -> tuple[str, ...]:
        """Names alone, one round trip, current one last; to notice changes made elsewhere cheaply."""

    def take_snapshot(self, key: DomainKey, request: SnapshotRequest) -> Snapshot:
        """Take a snapshot. Raises Invalid when the name exists."""

    def revert_snapshot(self, key: DomainKey, name: str, after: str = "") -> None:
        """Put disk (and memory) back to the snapshot.

        ``after`` is ``running`` or ``paused``, or empty for the state that the snapshot was taken in.
        """

    def delete_snapshot(
        self, key: DomainKey, name: str, scope: DeleteScope | None = None, *, metadata_only: bool = False
    ) -> None:
        """Delete one snapshot (then its children go on with its parent), or its tree, or its children.

        ``metadata_only`` makes libvirt forget and leaves every image as it is.
        """

    def redefine_snapshot(self, key: DomainKey, name: str, new_name: str, description: str) -> Snapshot:
        """Give it another name, another description or both. Raises Invalid where the name cannot change."""

    def snapshot_xml(self, key: DomainKey, name: str) -> str:
        """Libvirt's XML of one snapshot."""

    def snapshot_facts(self, key: DomainKey) -> SnapshotFacts:
        """What must be known to plan: chains, room, agent, what this libvirt can. May take a second."""

    def disk_chains(self, key: DomainKey) -> tuple[DiskChain, ...]:
        """Per disk the image that is written and those below it, with sizes where they can be known."""

    def space(self, key: DomainKey) -> tuple[Space, ...]:
        """Free bytes at each place where disks of the domain lie."""

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
        """Commit the overlays of a running domain's disk into ``base``, or pull all below into the newest.

        ``base`` is the path of an image of the chain; empty for the oldest. Returns whether it was done:
        when it was cancelled, or ended early, the chain is as it was and nothing is lost.
        """

    def retention(self, key: DomainKey) -> Retention:
        """What is kept of its snapshots; the default where nothing was set."""

    def set_retention(self, key: DomainKey, retention: Retention) -> None:
        """Keep the rule with the domain."""
