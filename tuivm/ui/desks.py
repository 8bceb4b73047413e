"""An app with its desks: each does one kind of thing that the user wishes.

What nobody wishes for in the first moment is loaded when it is first wished for, or in a quiet moment.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

from tuivm.ui.context import Context
from tuivm.ui.log_desk import LogDesk
from tuivm.ui.pacing import PacedApp
from tuivm.ui.snapshot_desk import SnapshotDesk
from tuivm.ui.verb_desk import VerbDesk

if TYPE_CHECKING:
    from tuivm.core.verbs import Verb
    from tuivm.model.detail import Snapshot
    from tuivm.model.domain import Domain
    from tuivm.ui.app import TuivmApp
    from tuivm.ui.bulk_desk import BulkDesk
    from tuivm.ui.clone_desk import CloneDesk
    from tuivm.ui.deletion_desk import DeletionDesk
    from tuivm.ui.diagnosis_desk import DiagnosisDesk
    from tuivm.ui.edit_desk import EditDesk
    from tuivm.ui.job_desk import JobDesk


class DeskApp(PacedApp, inherit_bindings=False):
    """What is done, and by whom."""

    context: Context

    @property
    def _whole(self) -> TuivmApp:
        """The app that this is a part of."""
        return cast("TuivmApp", self)

    def set_desks_up(self) -> None:
        """Set up those that the first picture needs."""
        self.happened: LogDesk = LogDesk(self._whole, self.context)
        """What happened, and what is done with it."""
        self.desk: VerbDesk = VerbDesk(self._whole, self.context)
        """What is done with a domain."""
        self.snapshots: SnapshotDesk = SnapshotDesk(self._whole, self.context)
        """What is done with snapshots."""
        self.desk.takers.append(self.snapshots.begin)
        self.desk.takers.append(self._take)

    def _take(self, wanted: Verb, domain: Domain, snapshot: Snapshot | None) -> bool:
        """Do a verb that has a desk of its own."""
        if wanted.id == "edit":
            return self.edits.take(wanted, domain, snapshot)
        if wanted.id == "clone":
            return self.clones.take(wanted, domain, snapshot)
        return wanted.id == "delete" and self.deletions.take(wanted, domain, snapshot)

    @cached_property
    def bulk(self) -> BulkDesk:
        """What is done with several."""
        from tuivm.ui.bulk_desk import BulkDesk

        return BulkDesk(self._whole, self.context)

    @cached_property
    def work(self) -> JobDesk:
        """What is done with a job."""
        from tuivm.ui.job_desk import JobDesk

        return JobDesk(self._whole, self.context)

    @cached_property
    def edits(self) -> EditDesk:
        """What is done with definitions."""
        from tuivm.ui.edit_desk import EditDesk

        return EditDesk(self._whole, self.context)

    @cached_property
    def deletions(self) -> DeletionDesk:
        """What is deleted."""
        from tuivm.ui.deletion_desk import DeletionDesk

        return DeletionDesk(self._whole, self.context)

    @cached_property
    def diagnoses(self) -> DiagnosisDesk:
        """What tells why a domain does not start."""
        from tuivm.ui.diagnosis_desk import DiagnosisDesk

        return DiagnosisDesk(self._whole, self.context)

    @cached_property
    def clones(self) -> CloneDesk:
        """What is cloned."""
        from tuivm.ui.clone_desk import CloneDesk

        return CloneDesk(self._whole, self.context)
