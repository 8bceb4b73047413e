"""From a start that failed to the page that tells why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuivm.core.diagnosis import STARTS
from tuivm.model.diagnosis import StartFacts
from tuivm.model.errors import HypervisorError
from tuivm.model.job import Job, JobState

if TYPE_CHECKING:
    from tuivm.ui.app import TuivmApp
    from tuivm.ui.context import Context


class DiagnosisDesk:
    """Shows why a domain does not start: by itself when its start failed, and again from the job."""

    def __init__(self, app: TuivmApp, context: Context) -> None:
        self._app = app
        self._context = context

    def told(self, job: Job) -> bool:
        """Show the page for a start that failed, which says it all; False where it is only to be told.

        That is where it was one of many, where something else is open, and where the user is typing.
        """
        if not self.explains(job) or job.batch or self._app.has_dialog or self._app.is_typing:
            return False
        self.show(job)
        return True

    def explains(self, job: Job) -> bool:
        """Whether the page has something to say about a job."""
        return job.state is JobState.FAILED and job.verb in STARTS

    def show(self, job: Job) -> None:
        """Show the page, and look for the reason meanwhile."""
        from tuivm.ui.dialogs.diagnosis import DiagnosisScreen

        screen = DiagnosisScreen(job, ascii_only=self._context.ascii_only)

        def answer(found: StartFacts | HypervisorError) -> None:
            self._app.call_later(screen.learn, found)

        self._app.push_screen(screen)
        self._context.session.ask(lambda hypervisor: hypervisor.start_facts(job.key), answer)
