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

    def told(self, job: Job) -> None:
        """Show the page for a start that failed, unless it was one of many or something else is open."""
        if self.explains(job) and not job.batch and not self._app.has_dialog:
            self.show(job)

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
