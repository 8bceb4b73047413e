"""From a key to a batch of jobs: what is done to all the marked domains, asked once, told once."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from tuivm.core.selection import Selection, sort_out
from tuivm.core.verbs import Arguments
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.job import Batch, JobState
from tuivm.ui.bulk_forms import form_of_many, proposed, why_alone
from tuivm.ui.context import Context
from tuivm.ui.marks import Marks
from tuivm.ui.words import counted

if TYPE_CHECKING:
    from tuivm.ui.app import TuivmApp
    from tuivm.ui.keymap import Entry

_KEPT = 50
"""Batches that can be looked at again."""


class BulkDesk:
    """Takes the user's wish for the marked domains; they stay marked, so that the next wish can follow."""

    def __init__(self, app: TuivmApp, context: Context) -> None:
        self._app = app
        self._context = context
        self._session = context.session
        self.batches: list[int] = []
        """Ids of what was done to several, oldest first."""
        self._under_way: set[int] = set()

    # What is asked

    def ask(self, entries: Sequence[Entry], domains: Sequence[Domain], shown: Container[DomainKey]) -> None:
        """Do the first of ``entries`` (they share a key) that any of ``domains`` allows, after a question."""
        verbs = [entry.verb for entry in entries if entry.verb is not None]
        many = [wanted for wanted in verbs if not why_alone(wanted)]
        if not many:
            why = why_alone(verbs[0])
            self._say(f"{verbs[0].label} is for one domain at a time ({why}): Esc clears the marks")
            return
        unsupported = self._session.inventory.unsupported
        sorted_out = [sort_out(wanted, domains, unsupported) for wanted in many]
        selection = next((each for each in sorted_out if each.able), sorted_out[0])
        if selection.able:
            self._ask(selection, shown)
        else:
            self._refuse(selection)

    def _ask(self, selection: Selection, shown: Container[DomainKey]) -> None:
        from tuivm.ui.dialogs.form import FormScreen
        from tuivm.ui.questions import of_many

        def answered(arguments: Arguments | None) -> None:
            if arguments is not None:
                self._run(selection, arguments)

        text = proposed(selection.verb.id, self._context.clock())
        self._app.push_screen(FormScreen(of_many(selection, shown, text)), answered)

    def _run(self, asked: Selection, arguments: Arguments) -> None:
        """Hand over those that are still there and that it can still be done to; tell of the others."""
        inventory = self._session.inventory
        present = [
            found
            for domain in asked.able
            if (found := self._context.current(inventory.domains.get(domain.key))) is not None
        ]
        now = sort_out(asked.verb, present, inventory.unsupported).with_options(arguments)
        agreed = asked.with_options(arguments)
        missing = len(agreed.able) - len(now.able)
        if missing:
            self._say(f"{asked.verb.label}: {counted(missing, 'domain')} changed meanwhile and left out")
        if now.able:
            given = form_of_many(asked.verb.id).becomes(arguments)
            self.follow(self._session.run_many(asked.verb, now.able, given))

    def _refuse(self, selection: Selection) -> None:
        from tuivm.ui.questions import reasons

        marked = count = len(selection.unable)
        words = "the one marked" if count == 1 else f"none of the {marked:,} marked"
        self._say(f"{words} can {selection.verb.label}: {reasons(selection)}")

    def _say(self, words: str) -> None:
        self._app.tell(words, severity="warning", log=False)

    # What became of it

    def follow(self, batch: int | None) -> None:
        """Tell once it is over; None for nothing to do."""
        if batch is not None:
            self.batches = [*self.batches, batch][-_KEPT:]
            self._under_way.add(batch)

    def news(self, batches: set[int]) -> None:
        """Jobs of these batches took a step: tell of those that are over."""
        for id_ in batches & self._under_way:
            batch = self._session.work.batch(id_)
            if batch is None or batch.is_over:
                self._under_way.discard(id_)
            if batch is not None and batch.is_over:
                self._tell(batch)

    def _tell(self, batch: Batch) -> None:
        done, total = batch.count(JobState.DONE), len(batch.jobs)
        words = [f"{batch.label}: {done:,} of {counted(total, 'domain')} done"]
        words += [
            f"{count:,} {state.value}"
            for state in (JobState.FAILED, JobState.CANCELLED)
            if (count := batch.count(state))
        ]
        key = self._context.keymap["results"].key(ascii_only=self._context.ascii_only)
        hint = f" ({key} shows them)" if key and done < total else ""
        self._app.tell(", ".join(words) + hint, severity="information" if done == total else "warning")

    def show(self) -> None:
        """Show what became of each domain of the last batch."""
        if not self.batches:
            self._say("nothing was done to several domains yet: Space marks them")
            return
        from tuivm.ui.dialogs.results import ResultsScreen

        self._app.push_screen(ResultsScreen(self, self._context, self._context.keymap["results"].keys))

    def batch(self, index: int) -> Batch | None:
        """One of :attr:`batches` as it is now; None when its jobs are no longer kept."""
        return self._session.work.batch(self.batches[index])

    def retry(self, batch: Batch) -> bool:
        """Do once more what failed or was cancelled; False when there is nothing of it."""
        again = self._session.work.retry_failed(batch.id)
        self.follow(again)
        return again is not None

    def cancel(self, batch: Batch) -> int:
        """Cancel what can be of it; returns how many jobs."""
        return self._session.work.cancel_batch(batch.id)

    def mark_failed(self, batch: Batch, marks: Marks) -> int:
        """Mark those that failed and no others; returns how many."""
        keys = {job.key for job in batch.failed} & self._session.inventory.domains.keys()
        turned = marks.remove(set(marks) - keys) | marks.add(keys)
        self._app.main.show_marks(turned)
        return len(keys)
