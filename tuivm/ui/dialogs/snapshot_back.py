"""Asking before going back to a snapshot, and before deleting one: what would be lost stands there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from tuivm.core.snapshots.plan import plan_delete, plan_revert
from tuivm.core.verbs import Arguments
from tuivm.model.snapshot import DeleteScope, Plan, Snapshot, SnapshotFacts
from tuivm.ui.dialogs.snapshot_form import Subject, SureDialog, about, field
from tuivm.ui.snapshot_words import state_word
from tuivm.ui.widgets.choice import Choice, Option, Toggle, Toggles

_SAFETY, _METADATA = "safety", "metadata-only"
_SCOPES = {DeleteScope.ONE: "", DeleteScope.TREE: "children", DeleteScope.CHILDREN: "children-only"}
"""The verb's option for each scope."""


class RevertScreen(SureDialog):
    """Go back to a snapshot: running, paused or as it was; by default after a safety snapshot."""

    def __init__(self, subject: Subject, snapshot: Snapshot) -> None:
        super().__init__(subject)
        self._snapshot = snapshot

    def heading(self) -> str:
        """To which snapshot."""
        return f"Revert '{about(self._snapshot.name)}': {about(self.about)}?"

    def fields(self) -> Iterable[Widget]:
        """What happens first, and what the domain does afterwards."""
        word = state_word(self._snapshot)
        taken = "off" if word in ("live", "-") else word
        yield field("first", Toggles("first", [Toggle(_SAFETY, "a safety snapshot", on=True)]))
        after = [
            Option("", f"as it was: {taken}"),
            Option("running", "running"),
            Option("paused", "paused"),
        ]
        yield field("afterwards", Choice("after", after))

    def arguments(self) -> Arguments:
        """The snapshot and the switches."""
        after = self.query_one("#after", Choice).value
        options = self.query_one("#first", Toggles).on | ({after} if after else set())
        return Arguments(snapshot=self._snapshot.name, options=frozenset(options))

    def plan(self, facts: SnapshotFacts) -> Plan | None:
        """What is lost, and whether it can be."""
        matter, chosen = self.subject_matter, self.arguments()
        return plan_revert(
            matter.domain,
            matter.detail,
            facts,
            self._snapshot.name,
            after=self.query_one("#after", Choice).value,
            safety=_SAFETY in chosen.options,
        )


class DeleteSnapshotScreen(SureDialog):
    """Delete a snapshot, what grew from it, or both."""

    PLAN_WORD: ClassVar[str] = "it removes"

    def __init__(self, subject: Subject, snapshot: Snapshot) -> None:
        super().__init__(subject)
        self._snapshot = snapshot
        self._children = any(one.parent == snapshot.name for one in subject.detail.snapshots)

    def heading(self) -> str:
        """Which snapshot."""
        return f"Delete snapshot '{about(self._snapshot.name)}': {about(self.about)}?"

    def fields(self) -> Iterable[Widget]:
        """What goes with it."""
        alone = "" if self._children else "nothing grew from it"
        scopes = [
            Option(DeleteScope.ONE, "this one"),
            Option(DeleteScope.TREE, "with all that grew from it", alone),
            Option(DeleteScope.CHILDREN, "only what grew from it", alone),
        ]
        yield field("delete", Choice("scope", scopes))
        yield field("", Toggles("how", [Toggle(_METADATA, "forget it, leave the files")]))

    @property
    def _scope(self) -> DeleteScope:
        return DeleteScope(self.query_one("#scope", Choice).value)

    def problem(self) -> str:
        """That nothing grew from it."""
        why = self.query_one("#scope", Choice).why_not
        return f"Not now: {why}." if why else ""

    def arguments(self) -> Arguments:
        """The snapshot and the switches."""
        option = _SCOPES[self._scope]
        options = self.query_one("#how", Toggles).on | ({option} if option else set())
        return Arguments(snapshot=self._snapshot.name, options=frozenset(options))

    def plan(self, facts: SnapshotFacts) -> Plan | None:
        """Which go, and which files stay behind."""
        matter = self.subject_matter
        return plan_delete(
            matter.domain,
            matter.detail,
            facts,
            self._snapshot.name,
            self._scope,
            metadata_only=_METADATA in self.query_one("#how", Toggles).on,
        )
