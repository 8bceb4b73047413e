"""Asking before a disk's images are made one."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget

from tuivm.core.snapshots.plan import plan_merge
from tuivm.core.verbs import Arguments
from tuivm.model.snapshot import DiskChain, Plan, SnapshotFacts
from tuivm.ui.dialogs.snapshot_form import Subject, SureDialog, about, field
from tuivm.ui.snapshot_words import chain_lines
from tuivm.ui.widgets.choice import Choice, Option

_PULL = "pull"


class MergeScreen(SureDialog):
    """Which disk, and which way: down into its oldest image, or up into the one that is written."""

    def __init__(self, subject: Subject, chains: tuple[DiskChain, ...] = ()) -> None:
        """``chains`` are those known already; they are read again."""
        super().__init__(subject)
        self._chains = chains

    def heading(self) -> str:
        """Of which domain."""
        return f"Merge the images of a disk: {about(self.about)}?"

    def fields(self) -> Iterable[Widget]:
        """The disk, the way."""
        yield field("disk", Choice("disk", self._disks(), self._first()))
        ways = [Option("", "down into the base (commit)"), Option(_PULL, "up into the newest (pull)")]
        yield field("which way", Choice("way", ways))

    def _disks(self) -> list[Option]:
        chains = {chain.target: chain for chain in self._known}
        disks = [disk.target for disk in self.subject_matter.detail.description.disks if disk.written]
        return [
            Option(target, target, "" if self._can(chains.get(target)) else "it has one image only")
            for target in disks
        ]

    def _can(self, chain: DiskChain | None) -> bool:
        return chain is None or chain.can_merge

    def _first(self) -> int:
        disks = self._disks()
        return next((index for index, option in enumerate(disks) if not option.why_not), 0)

    @property
    def _known(self) -> tuple[DiskChain, ...]:
        return self.facts.chains if self.facts is not None else self._chains

    def learned(self) -> None:
        """The chains are known."""
        self.query_one("#disk", Choice).set_options(self._disks())

    def more(self, width: int) -> list[Content]:
        """The images of the disk chosen."""
        target = self.query_one("#disk", Choice).value
        chosen = [chain for chain in self._known if chain.target == target]
        return chain_lines(chosen, width, ascii_only=self.subject_matter.ascii_only)

    def problem(self) -> str:
        """That there is nothing to merge."""
        disk = self.query_one("#disk", Choice)
        if not disk.value:
            return "There is no disk to merge."
        return f"Not now: {disk.why_not}." if disk.why_not else ""

    def arguments(self) -> Arguments:
        """The disk and the way."""
        way = self.query_one("#way", Choice).value
        return Arguments(
            device=self.query_one("#disk", Choice).value, options=frozenset({way} if way else ())
        )

    def plan(self, facts: SnapshotFacts) -> Plan | None:
        """Which snapshots lose their images, how much is copied."""
        chosen, matter = self.arguments(), self.subject_matter
        pull = _PULL in chosen.options
        return plan_merge(matter.domain, matter.detail, facts, chosen.device, pull=pull)
