"""Asking for a new snapshot: its name, and what it is to keep where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget
from textual.widgets import Input

from tuivm.core.snapshots.plan import plan_take
from tuivm.core.verbs import Arguments
from tuivm.model.snapshot import Plan, SnapshotFacts, SnapshotKind, SnapshotRequest
from tuivm.ui.dialogs.snapshot_form import PlannedDialog, Subject, about, entry, field, name_problem
from tuivm.ui.widgets.answers import Answers
from tuivm.ui.widgets.choice import Choice, Option, Toggle, Toggles

_QUIESCE, _MEMORY = "quiesce", "memory"


class TakeSnapshotScreen(PlannedDialog):
    """Name (proposed), description, kind. Enter takes the snapshot, Esc does not."""

    AUTO_FOCUS = "#name"
    PLAN_WORD: ClassVar[str] = "it will be"

    def __init__(self, subject: Subject, proposed: str) -> None:
        super().__init__(subject)
        self._proposed = proposed
        self._taken = {snapshot.name for snapshot in subject.detail.snapshots}
        self._active = subject.domain.state.is_active

    def heading(self) -> str:
        """Of which domain."""
        return f"Take a snapshot of {about(self.about)}"

    def fields(self) -> Iterable[Widget]:
        """Name, words, kind, and what goes with the kind."""
        yield field("name", entry("name", self._proposed))
        yield field("description", entry("description", placeholder="optional"))
        yield field("keep", Choice("kind", self._kinds()))
        yield field("with", Toggles("options", self._options(SnapshotKind.INTERNAL)))
        disks = field("of disks", Toggles("disks", self._disks()))
        disks.display = False
        yield disks

    def answers(self) -> Answers:
        """In the house's words."""
        return Answers("Take snapshot", "Cancel")

    # The fields

    def _kinds(self) -> list[Option]:
        inside = "internal: disk + memory" if self._active else "internal: disk"
        outside = [Option(SnapshotKind.DISK_ONLY, "external: disk only")] if self._active else []
        last = "external: chosen disks" if self._active else "external: disk"
        return [Option(SnapshotKind.INTERNAL, inside), *outside, Option(SnapshotKind.EXTERNAL, last)]

    def _options(self, kind: SnapshotKind) -> list[Option]:
        """What can be asked for beside the disks."""
        off = "" if self._active else "the domain is off"
        agent = self.facts.agent if self.facts is not None else ""
        keeps = "the memory is kept, so nothing is in between"
        memory = off or ("" if kind is SnapshotKind.EXTERNAL else "this kind keeps none")
        with_memory = kind is SnapshotKind.INTERNAL and self._active
        if with_memory:
            memory = "this kind always keeps it"
        quiesce = off or (keeps if with_memory else agent)
        return [
            Toggle(_QUIESCE, "quiesced by the agent", why_not=quiesce),
            Toggle(_MEMORY, "memory", why_not=memory, fixed=with_memory),
        ]

    def _disks(self) -> list[Toggle]:
        disks = self.subject_matter.detail.description.disks
        return [Toggle(disk.target, disk.target, on=True) for disk in disks if disk.written]

    def learned(self) -> None:
        """The agent answers, or not."""
        self._fit_options()

    def on_toggles_changed(self, event: Toggles.Changed) -> None:
        """Another kind has other options."""
        if event.toggles.id == "kind":
            self._fit_options()
        super().on_toggles_changed(event)

    def _fit_options(self) -> None:
        """Grey what the kind does not have; show the disks where they can be chosen."""
        options = self.query_one("#options", Toggles)
        had = {option.value: option.why_not for option in options.options}
        options.set_options(self._options(self._kind))
        if self._kind is SnapshotKind.EXTERNAL and self._active and had.get(_MEMORY):
            options.on |= {_MEMORY}
        several = len(self._disks()) > 1
        row = self.query_one("#disks", Toggles).parent
        if isinstance(row, Widget):
            row.display = several and self._kind is not SnapshotKind.INTERNAL

    # The answer

    @property
    def _kind(self) -> SnapshotKind:
        return SnapshotKind(self.query_one("#kind", Choice).value)

    @property
    def request(self) -> SnapshotRequest:
        """What the form asks for now."""
        kind, on = self._kind, self.query_one("#options", Toggles).on
        chosen = self.query_one("#disks", Toggles).on
        every = {disk.value for disk in self._disks()}
        some = kind is not SnapshotKind.INTERNAL and chosen != every
        return SnapshotRequest(
            self._text("name"),
            self._text("description"),
            kind,
            memory=_MEMORY in on or kind is SnapshotKind.INTERNAL,
            quiesce=_QUIESCE in on,
            disks=tuple(disk.value for disk in self._disks() if disk.value in chosen) if some else (),
        )

    def _text(self, id_: str) -> str:
        return self.query_one(f"#{id_}", Input).value.strip()

    def arguments(self) -> Arguments:
        """The request; name and description beside it, for the job's label."""
        request = self.request
        return Arguments(snapshot=request.name, description=request.description, request=request)

    def problem(self) -> str:
        """What is wrong with the name, or that no disk is chosen."""
        problem = name_problem(self._text("name"), self._taken)
        if problem:
            self.query_one("#name", Input).focus()
        elif self._kind is not SnapshotKind.INTERNAL and not self.query_one("#disks", Toggles).on:
            problem = "Of which disk?"
        return problem

    def plan(self, facts: SnapshotFacts) -> Plan | None:
        """What it would be."""
        matter = self.subject_matter
        return plan_take(matter.domain, matter.detail, facts, self.request)
