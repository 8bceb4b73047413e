"""What is done with a job: ended, done again, its command copied; and what becomes of it when one leaves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tuivm.core.verbs import VERBS
from tuivm.model.job import Job, JobState
from tuivm.ui.context import Context
from tuivm.ui.words import counted, short

if TYPE_CHECKING:
    from tuivm.ui.app import TuivmApp

_NAMED = 4
"""How many jobs a sentence names."""
_WIDTH = 40
_HALVES = frozenset(each.id for each in VERBS if each.undoes)
"""Verbs that take back what they did when they are cancelled."""
_EMBEDDED = "/embed"
"""In the URI of a hypervisor that lives in tuivm's own process."""


class JobDesk:
    """Verbs on domains and files on their way to consoles alike."""

    def __init__(self, app: TuivmApp, context: Context) -> None:
        self._app = app
        self._session = context.session
        self.context = context
        """What every part of the screen shares."""

    def all(self) -> list[Job]:
        """Under way and over, oldest first."""
        return self._app.jobs()

    def cancel(self, job: Job) -> None:
        """End a job early, or say that it is too late."""
        if not (self._app.consoles.transfers.cancel(job.id) or self._session.work.cancel(job.id)):
            how = "is over already" if job.state.is_over else "cannot be cancelled any more"
            self._app.tell(f"{job.label}: {how}", subject=job.name, severity="warning", log=False)

    def retry(self, job: Job) -> Job | None:
        """Do once more what failed or was cancelled; None, and a word why, when that cannot be."""
        again = None
        if job.state not in (JobState.FAILED, JobState.CANCELLED):
            words = "not over yet" if not job.state.is_over else "it was done"
        else:
            again = self._session.work.retry(job.id)
            words = "the domain is gone, or the job is too old"
        if again is None:
            self._app.tell(
                f"{job.label}: not again: {words}", subject=job.name, severity="warning", log=False
            )
        return again

    def copy(self, text: str, what: str) -> None:
        """Copy to the user's clipboard (OSC 52)."""
        if text:
            self._app.copy_to_clipboard(text)
            self._app.tell(f"{what} copied", log=False, seconds=2.5)
        else:
            self._app.tell(f"it has no {what}", severity="warning", log=False)

    def why(self, job: Job) -> None:
        """Look into why a domain did not start; a word where there is nothing to look into."""
        if self._app.diagnoses.explains(job):
            self._app.diagnoses.show(job)
        else:
            self._app.tell(f"{job.label}: only a start that failed is looked into", log=False)

    def lost(self) -> list[str]:
        """What leaving now cuts off or leaves behind."""
        return [f"{line} is cut off." for line in self._app.rounds.unfinished()] + self.left_behind()

    def failures(self) -> int:
        """How many jobs failed."""
        return sum(job.state is JobState.FAILED for job in self.all())

    def left_behind(self) -> list[str]:
        """What becomes of the jobs under way if one leaves now, a sentence each."""
        jobs = self._session.work.under_way()
        running = [job for job in jobs if job.state is JobState.RUNNING and not job.waiting]
        halves = [job for job in running if job.verb in _HALVES]
        running = [job for job in running if job not in halves]
        waiting = [job for job in jobs if job.waiting]
        queued = [job for job in jobs if job.state is JobState.QUEUED]
        host = self._session.inventory.host
        embedded = host is not None and _EMBEDDED in host.connection
        ends = "cut off" if embedded else "left to libvirt, which does not tell tuivm how it ends"
        return [
            *_sentence(halves, "under way", "left half made; cancelled first, what it made is removed"),
            *_sentence(running, "under way", ends),
            *_sentence(waiting, "waiting for its guest", "waited for no longer, and nothing is forced off"),
            *_sentence(queued, "not begun", "given up"),
        ]


def _sentence(jobs: list[Job], state: str, end: str) -> Iterable[str]:
    """``2 jobs under way (save state db, start web-1): left to libvirt``."""
    if jobs:
        names = [f"{short(job.label, _WIDTH)} {short(job.name, _WIDTH)}" for job in jobs[:_NAMED]]
        more = [f"{len(jobs) - _NAMED:,} more"] if len(jobs) > _NAMED else []
        yield f"{counted(len(jobs), 'job')} {state} ({', '.join([*names, *more])}): {end}."
