"""From a key to a job: may it, what is asked first, and what is told afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tuivm.core.keyboard import BREAK, PRESS
from tuivm.core.verbs import Arguments, Verb, verb
from tuivm.model.domain import Domain
from tuivm.model.job import Job, JobState
from tuivm.ui.context import Context
from tuivm.ui.words import short

if TYPE_CHECKING:
    from tuivm.model.detail import Snapshot
    from tuivm.ui.app import TuivmApp
    from tuivm.ui.keymap import Entry

_NAME_WIDTH = 60
Taker = Callable[[Verb, Domain, "Snapshot | None"], bool]
"""Does a verb on a domain, with the snapshot chosen, in its own way; False for one that is not its own."""


class VerbDesk:
    """Takes the user's wish for one domain, asks what must be asked, and hands it to the session.

    The domain is the one selected when the key was pressed; if it is gone when the answer comes,
    nothing is done and that is said.
    """

    def __init__(self, app: TuivmApp, context: Context) -> None:
        self._app = app
        self._context = context
        self._session = context.session
        self._clock = context.clock
        self.takers: list[Taker] = []
        """Desks that do some verbs in their own way: asked in turn, True where one does it."""

    def ask(
        self, entries: Sequence[Entry], domain: Domain, snapshot: Snapshot | None, *, choose: bool = False
    ) -> None:
        """Do the first of ``entries`` (they share a key) that can be done; else say why the first cannot.

        With ``choose`` a verb that can be done in several ways asks which, even if its key does not.
        """
        unsupported = self._session.inventory.unsupported
        verbs = [entry.verb for entry in entries if entry.verb is not None]
        reasons = [wanted.why_not(domain, unsupported) for wanted in verbs]
        for wanted, reason in zip(verbs, reasons, strict=True):
            if reason is None:
                self._begin(wanted, domain, snapshot, choose=choose)
                return
        self._refuse(verbs[0], domain, reasons[0] or "")

    def offer(self, job: Job) -> None:
        """Offer the verb that a job suggests, asked as always; only a word when another question is open."""
        domain = self._session.inventory.domains.get(job.key)
        wanted = verb(job.suggest)
        if domain is None or wanted.why_not(domain, self._session.inventory.unsupported) is not None:
            return
        if self._app.has_dialog or self._app.is_typing:
            self._app.tell(f"{wanted.label} is what remains", subject=domain.name, severity="warning")
            return
        first = f"{short(job.name, _NAME_WIDTH)} goes on running. "
        self._ask_first(wanted, domain, Arguments(), first, unasked=True)

    def _begin(self, wanted: Verb, domain: Domain, snapshot: Snapshot | None, *, choose: bool) -> None:
        if any(take(wanted, domain, snapshot) for take in self.takers):
            return
        arguments = Arguments()
        from tuivm.ui.verb_forms import form_of  # not loaded until the first list is there

        form = form_of(wanted.id)
        chooses = choose and not (form.is_empty or form.many)
        if wanted.dangerous or form.asks_first or chooses:
            self._ask_first(wanted, domain, arguments)
        else:
            self.run(wanted, domain, arguments)

    def _ask_first(
        self, wanted: Verb, domain: Domain, arguments: Arguments, first: str = "", *, unasked: bool = False
    ) -> None:
        from tuivm.ui.dialogs.form import FormScreen
        from tuivm.ui.questions import of_one

        def answered(answer: Arguments | None) -> None:
            if answer is not None:
                self.run(wanted, domain, answer)

        question = of_one(wanted, domain, arguments, self._session.detail(domain.key), first)
        self._app.push_screen(FormScreen(replace(question, unasked=unasked)), answered)

    def run(self, wanted: Verb, asked: Domain, arguments: Arguments) -> None:
        """Hand it over, unless the domain went or changed so that it cannot be done any more."""
        inventory = self._session.inventory
        domain = self._context.current(inventory.domains.get(asked.key))
        if domain is None:
            self._app.tell("is gone; nothing was done", subject=asked.name, severity="warning")
            return
        reason = wanted.why_not(domain, inventory.unsupported) or wanted.protected(domain, arguments)
        if reason is not None:
            self._refuse(wanted, domain, reason)
            return
        self._session.run(wanted, domain, arguments)

    def _refuse(self, wanted: Verb, domain: Domain, reason: str) -> None:
        self._app.tell(f"cannot {wanted.label}: {reason}", subject=domain.name, severity="warning", log=False)

    def told(self, job: Job) -> None:
        """Tell how a job ended by a notice, unless it is one of many or seen on a console.

        In the log it stands as an event of the session's.
        """
        words, severity = f"{job.label}: {job.message or job.state.value}", "information"
        if job.state is JobState.CANCELLED:
            words, severity = f"{job.label}: cancelled", "warning"
        elif job.state is JobState.FAILED:
            remedy = f" ({job.remedy})" if job.remedy else ""
            if self._app.diagnoses.explains(job):
                jobs = self._context.keymap["jobs"].key(ascii_only=self._context.ascii_only)
                remedy += f" ({jobs} then w tells why)" if jobs else ""
            words, severity = f"{job.label}: {job.message}{remedy}", "error"
        # What keys do is seen on the console, which a notice would lie over.
        if not (job.batch or (job.state is JobState.DONE and job.verb in (PRESS, BREAK))):
            self._app.tell(words, subject=job.name, severity=severity, log=False)
