"""The jobs: what is under way, what was done, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from tuivm.model import units
from tuivm.model.job import Job, JobState
from tuivm.ui.dialogs.sheet import Sheet
from tuivm.ui.text import fit
from tuivm.ui.words import clock, content, short

_LOOKS = {
    JobState.QUEUED: ("…", "waiting", "$muted"),
    JobState.RUNNING: ("▸", "running", "$primary"),
    JobState.DONE: ("✓", "done", "$success"),
    JobState.FAILED: ("✗", "failed", "$error"),
    JobState.CANCELLED: ("-", "cancelled", "$warning"),
}


def job_line(job: Job, now: float) -> Content:
    """One job as it is shown: time, state, elapsed, domain, what, and libvirt's word on it."""
    sign, word, colour = _LOOKS[job.state]
    elapsed = (job.finished if job.finished is not None else now) - job.created
    words = [job.message, f"({job.remedy})" if job.remedy else ""]
    return Content.assemble(
        (clock(job.created), "$muted"),
        f" {sign} ",
        (f"{word:<9}", colour),
        f"{units.duration(elapsed):>5}  ",
        (fit(short(job.name, 24), 16), "bold"),
        "  ",
        content(job.label),
        content("  " + " ".join(part for part in words if part) if any(words) else "", "$muted"),
    )


class JobsScreen(Sheet[None]):
    """The jobs over the whole screen, newest last, with a cursor; Delete or x cancels one that can be."""

    TITLE_TEXT = "Jobs"
    TICKS = True
    HINT = "Esc close   x cancel the job under the cursor"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("delete,x", "cancel", "cancel job", show=False)]

    class CancelAsked(Message):
        """The user wants a job stopped."""

        def __init__(self, job: Job) -> None:
            super().__init__()
            self.job = job
            """Which."""

    def __init__(
        self, jobs: Callable[[], Sequence[Job]], now: Callable[[], float], close_keys: Iterable[str] = ()
    ) -> None:
        super().__init__(close_keys, cursor=True)
        self._jobs = jobs
        self._now = now

    def on_mount(self) -> None:
        """Begin at the newest."""
        self.lines.cursor = max(0, len(self._jobs()) - 1)

    def renew(self) -> None:
        """Show the jobs as they are now."""
        now = self._now()
        lines = [job_line(job, now) for job in self._jobs()]
        self.lines.show(lines or [content("No job yet.", "$muted")])

    def action_cancel(self) -> None:
        """Ask for the job under the cursor to be stopped."""
        if not self.is_mounted:
            # Typed together with the key that opened this page.
            self.call_later(self.action_cancel)
            return
        jobs = self._jobs()
        index = self.lines.cursor
        if 0 <= index < len(jobs):
            self.post_message(self.CancelAsked(jobs[index]))
