"""What became of each of several domains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Static

from tuivm.model.job import Batch, Job, JobState
from tuivm.ui.context import Context
from tuivm.ui.dialogs.sheet import Sheet
from tuivm.ui.job_words import job_line
from tuivm.ui.words import content, counted

if TYPE_CHECKING:
    from tuivm.ui.app import TuivmApp
    from tuivm.ui.bulk_desk import BulkDesk

_ORDER: Mapping[JobState, int] = {
    JobState.FAILED: 0,
    JobState.CANCELLED: 1,
    JobState.RUNNING: 2,
    JobState.QUEUED: 3,
    JobState.DONE: 4,
}


class ResultsScreen(Sheet[None]):
    """A line for each domain, those that failed first. ``r`` tries them again, ``m`` marks them."""

    TITLE_TEXT = "Results"
    HINT = "Enter more   r failed again   m mark failed   x cancel rest   [ ] others   Esc close"
    TICKS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "more", show=False),
        Binding("r", "retry", "try again", show=False),
        Binding("m", "mark", "mark the failed", show=False),
        Binding("x,delete", "cancel", "cancel the rest", show=False),
        Binding("left_square_bracket,left", "step(-1)", "earlier", show=False),
        Binding("right_square_bracket,right", "step(1)", "later", show=False),
    ]

    def __init__(self, desk: BulkDesk, context: Context, close_keys: Iterable[str] = ()) -> None:
        super().__init__(close_keys, cursor=True)
        self._desk = desk
        self._shared = context
        self._at = len(desk.batches) - 1
        self._shown: list[Job] = []

    @property
    def _batch(self) -> Batch | None:
        self._at = max(0, min(self._at, len(self._desk.batches) - 1))
        return self._desk.batch(self._at) if self._desk.batches else None

    def renew(self) -> None:
        """Show what is known of each now."""
        title = next(iter(self.query(".title").results(Static)), None)
        if title is None:
            return
        batch = self._batch
        if batch is None:
            title.update(content(f"Results {self._place}"))
            self._shown = []
            self.lines.show([content("What became of it is no longer kept.", "$muted")])
            return
        title.update(content(f"{batch.label.capitalize()}: {self._summary(batch)}   {self._place}"))
        now = self._shared.clock()
        self._shown = sorted(batch.jobs, key=lambda job: _ORDER[job.state])
        ascii_only = self._shared.ascii_only
        self.lines.show([job_line(job, now, ascii_only=ascii_only) for job in self._shown])

    @property
    def _place(self) -> str:
        count = len(self._desk.batches)
        return f"{self._at + 1}/{count}" if count > 1 else ""

    def _summary(self, batch: Batch) -> str:
        words = [counted(len(batch.jobs), "domain")]
        for state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.RUNNING, JobState.QUEUED):
            count = batch.count(state)
            if count:
                words.append(f"{count:,} {state.value}")
        return ", ".join(words)

    def action_open(self) -> None:
        """Show everything about the job under the cursor."""
        from tuivm.ui.dialogs.jobs import JobScreen

        index = self.lines.cursor
        if 0 <= index < len(self._shown):
            app: TuivmApp = self.app  # type: ignore[assignment]
            app.push_screen(JobScreen(app.work, self._shown[index]))

    def action_step(self, step: int) -> None:
        """Show what was done before, or after."""
        self._at = max(0, min(self._at + step, len(self._desk.batches) - 1))
        self.renew()

    def action_retry(self) -> None:
        """Do once more what failed."""
        batch = self._batch
        if batch is not None and self._desk.retry(batch):
            self._at = len(self._desk.batches) - 1
            self.renew()
        else:
            self.notify("there is nothing to try again", severity="warning", markup=False)

    def action_mark(self) -> None:
        """Mark those that failed, and go back to the list."""
        batch = self._batch
        if batch is None or not batch.failed:
            self.notify("none of them failed", severity="warning", markup=False)
            return
        app: TuivmApp = self.app  # type: ignore[assignment]
        self._desk.mark_failed(batch, app.main.marks)
        self.dismiss(None)

    def action_cancel(self) -> None:
        """Cancel what is not done yet."""
        batch = self._batch
        if batch is None or not self._desk.cancel(batch):
            self.notify("nothing of it can be cancelled", severity="warning", markup=False)
        self.renew()
