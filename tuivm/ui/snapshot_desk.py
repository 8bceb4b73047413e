"""Snapshots from the key to the job: what is asked, what is looked up before, which page is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from tuivm.core.ports import Hypervisor
from tuivm.core.verbs import Arguments, Verb
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.errors import HypervisorError
from tuivm.ui.asking import Asking
from tuivm.ui.context import Context
from tuivm.ui.words import stamp

if TYPE_CHECKING:
    from tuivm.core.editing.difference import Difference
    from tuivm.model.detail import Detail
    from tuivm.model.snapshot import DiskChain, Snapshot
    from tuivm.ui.app import TuivmApp
    from tuivm.ui.dialogs.snapshot_form import PlannedDialog

Answer = TypeVar("Answer")
"""What is asked of the hypervisor."""
VERBS = frozenset({"snapshot", "revert", "delete-snapshot", "describe-snapshot", "merge", "set-retention"})
"""Verbs that this desk asks for."""


class SnapshotDesk:
    """What is done with snapshots. Everything slow is asked of the session; nothing here waits."""

    def __init__(self, app: TuivmApp, context: Context) -> None:
        self._app = app
        self._context = context
        self._session = context.session
        self._reading = Asking(app, context.session)
        self._chains: dict[DomainKey, tuple[Detail, tuple[DiskChain, ...]]] = {}

    # Verbs

    def begin(self, wanted: Verb, domain: Domain, snapshot: Snapshot | None) -> bool:
        """Ask for a verb on snapshots; returns whether it is one.

        ``snapshot`` is the one under the cursor; where one is needed and none is chosen, the tab is shown.
        """
        if wanted.id not in VERBS:
            return False
        detail = self._session.detail(domain.key)
        if wanted.needs_snapshot and snapshot is None:
            self._show_tab(wanted, domain, detail)
            return True
        if detail is None:
            # The cursor came here a moment ago. Keys typed meanwhile are for the dialog.
            self._app.hold_keys()
            self._reading.ask(
                "reading its description",
                domain.name,
                lambda hypervisor: hypervisor.detail(domain.key),
                lambda read: self._open(wanted, domain, read, snapshot),
            )
        else:
            self._open(wanted, domain, detail, snapshot)
        return True

    def _open(self, wanted: Verb, domain: Domain, detail: Detail, snapshot: Snapshot | None) -> None:
        """Show the dialog, and look up what it needs to know."""
        dialog = self._dialog(wanted, domain, detail, snapshot)
        self._reading.show(dialog, partial(self._answered, wanted, domain))
        if dialog.NEEDS_FACTS:
            self.ask(lambda hypervisor: hypervisor.snapshot_facts(domain.key), dialog.learn)

    def _answered(self, wanted: Verb, domain: Domain, arguments: Arguments | None) -> None:
        if arguments is not None:
            self._app.desk.run(wanted, domain, arguments)

    def _show_tab(self, wanted: Verb, domain: Domain, detail: Detail | None) -> None:
        """Show the snapshots, of which one is to be chosen first."""
        self._app.main.show_snapshots()
        # What was read of the domain alone is newer than what the list says of it.
        known = detail is not None and not detail.snapshots_error
        if not (detail.snapshots if detail is not None and known else domain.has_snapshots):
            self._tell(wanted, domain, "it has no snapshot")
        else:
            self._app.tell("choose the snapshot first, then press the key again", log=False)

    def _tell(self, wanted: Verb, domain: Domain, why: str) -> None:
        words = f"cannot {wanted.label}: {why}"
        self._app.tell(words, subject=domain.name, severity="warning", log=False)

    def _dialog(
        self, wanted: Verb, domain: Domain, detail: Detail, snapshot: Snapshot | None
    ) -> PlannedDialog:
        from tuivm.ui.dialogs.snapshot_form import Subject

        context = self._context
        subject = Subject(domain, detail, wanted, context.clock, context.ascii_only)
        if wanted.id == "snapshot":
            from tuivm.ui.dialogs.snapshot import TakeSnapshotScreen

            return TakeSnapshotScreen(subject, self._proposed(detail))
        if wanted.id in ("revert", "delete-snapshot") and snapshot is not None:
            from tuivm.ui.dialogs.snapshot_back import DeleteSnapshotScreen, RevertScreen

            screen = RevertScreen if wanted.id == "revert" else DeleteSnapshotScreen
            return screen(subject, snapshot)
        if wanted.id == "merge":
            from tuivm.ui.dialogs.snapshot_merge import MergeScreen

            return MergeScreen(subject, self.chains(domain.key))
        from tuivm.ui.dialogs.snapshot_describe import DescribeSnapshotScreen, RetentionScreen

        if wanted.id == "set-retention" or snapshot is None:
            return RetentionScreen(subject)
        return DescribeSnapshotScreen(subject, snapshot)

    def _proposed(self, detail: Detail) -> str:
        """A name that is not in use."""
        taken = {snapshot.name for snapshot in detail.snapshots}
        proposed = base = f"snap-{stamp(self._context.clock())}"
        number = 2
        while proposed in taken:
            proposed = f"{base}-{number}"
            number += 1
        return proposed

    # Pages

    def show_xml(self, key: DomainKey) -> None:
        """Show all that is known of the snapshot under the cursor."""
        from tuivm.ui.dialogs.snapshot_pages import SnapshotPage

        row = self._app.main.detail.snapshot_row
        if row is None:
            self._app.tell("choose a snapshot first", log=False)
            return
        context = self._context
        page = SnapshotPage(
            row,
            context.clock(),
            self.chains(key),
            context.keymap["snapshot-xml"].keys,
            ascii_only=context.ascii_only,
        )
        self._app.push_screen(page)
        name = row.snapshot.name
        self.ask(lambda hypervisor: hypervisor.snapshot_xml(key, name), page.learn)

    def show_difference(self, key: DomainKey, first: Snapshot | None, second: Snapshot | None) -> None:
        """Show how two snapshots differ, the older one first."""
        if first is None or second is None or first.name == second.name:
            mark = self._context.keymap["mark-snapshot"].key()
            self._app.tell(f"mark the one to compare with first ({mark}), then choose the other", log=False)
            return
        from tuivm.ui.dialogs.snapshot_pages import DifferencePage

        old, new = sorted((first, second), key=lambda one: one.created)
        page = DifferencePage(old, new, self._context.keymap["difference"].keys)
        self._app.push_screen(page)

        def compare(hypervisor: Hypervisor) -> Difference:
            from tuivm.core.editing.difference import difference

            return difference(hypervisor.snapshot_xml(key, old.name), hypervisor.snapshot_xml(key, new.name))

        self.ask(compare, page.learn)

    # Facts

    def chains(self, key: DomainKey) -> tuple[DiskChain, ...]:
        """The images of a domain's disks as they were last read; none before."""
        known = self._chains.get(key)
        return known[1] if known is not None else ()

    def look(self, detail: Detail, then: Callable[[], object]) -> None:
        """Read the images of the domain's disks, unless that was done for this very detail."""
        known = self._chains.get(detail.key)
        if known is not None and known[0] is detail:
            return
        self._chains[detail.key] = detail, known[1] if known is not None else ()

        def learn(chains: tuple[DiskChain, ...] | HypervisorError) -> None:
            if not isinstance(chains, HypervisorError):
                self._chains[detail.key] = detail, chains
                then()

        self.ask(lambda hypervisor: hypervisor.disk_chains(detail.key), learn)

    def ask(
        self, call: Callable[[Hypervisor], Answer], then: Callable[[Answer | HypervisorError], None]
    ) -> None:
        """Ask the hypervisor; ``then`` is called on the screen's thread."""

        def answered(answer: Answer | HypervisorError) -> None:
            self._app.call_later(then, answer)

        self._session.ask(call, answered)
