"""The jobs: what is under way, what was done, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from tuivm.model.job import Job
from tuivm.ui.dialogs.sheet import Sheet
from tuivm.ui.job_desk import JobDesk
from tuivm.ui.job_words import job_line, job_text
from tuivm.ui.words import content, counted


class JobsScreen(Sheet[None]):
    """The jobs over the whole screen, newest last, with a cursor."""

    TITLE_TEXT = "Jobs"
    TICKS = True
    HINT = "Enter more   x cancel   r again   w why   y copy command   Esc close"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "more", show=False),
        Binding("delete,x", "cancel", "cancel job", show=False),
        Binding("r", "retry", "do again", show=False),
        Binding("w", "why", "why it failed", show=False),
        Binding("y", "copy", "copy the command", show=False),
    ]

    def __init__(self, desk: JobDesk, close_keys: Iterable[str] = ()) -> None:
        super().__init__(close_keys, cursor=True)
        self._desk = desk
        self._shown: list[Job] = []
        self._drawn: dict[int, tuple[Job, Content]] = {}

    def on_mount(self) -> None:
        """Begin at the newest."""
        self.lines.cursor = max(0, len(self._desk.all()) - 1)

    def renew(self) -> None:
        """Show the jobs as they are now; the cursor stays on its job."""
        before = self._chosen
        self._shown = self._desk.all()
        self.lines.show([self._line(job) for job in self._shown] or [content("No job yet.", "$muted")])
        if len(self._drawn) > 2 * len(self._shown) + 100:
            self._drawn.clear()
        if before is not None:
            ids = [job.id for job in self._shown]
            if before.id in ids:
                self.lines.cursor = ids.index(before.id)

    def _line(self, job: Job) -> Content:
        """Its line; one that will not change any more is drawn once."""
        known = self._drawn.get(job.id)
        if known is not None and known[0] is job:
            return known[1]
        context = self._desk.context
        line = job_line(job, context.clock(), ascii_only=context.ascii_only)
        if job.state.is_over:
            self._drawn[job.id] = (job, line)
        return line

    @property
    def _chosen(self) -> Job | None:
        index = self.lines.cursor
        return self._shown[index] if 0 <= index < len(self._shown) else None

    def _soon(self, action: str) -> Job | None:
        """The job under the cursor; None, and later, for a key typed with the one that opened the page."""
        if not self.is_mounted:
            self.call_later(self.run_action, action)
            return None
        return self._chosen

    def action_open(self) -> None:
        """Show everything about the job under the cursor."""
        chosen = self._soon("open")
        if chosen is not None:
            self.app.push_screen(JobScreen(self._desk, chosen))

    def action_cancel(self) -> None:
        """End the job under the cursor."""
        chosen = self._soon("cancel")
        if chosen is not None:
            self._desk.cancel(chosen)
            self.renew()

    def action_retry(self) -> None:
        """Do the job under the cursor once more."""
        chosen = self._soon("retry")
        if chosen is not None and self._desk.retry(chosen) is not None:
            self.renew()
            self.lines.cursor = len(self._shown) - 1

    def action_why(self) -> None:
        """Look into why the domain of the job under the cursor did not start."""
        chosen = self._soon("why")
        if chosen is not None:
            self._desk.why(chosen)

    def action_copy(self) -> None:
        """Copy the virsh command of the job under the cursor."""
        chosen = self._soon("copy")
        if chosen is not None:
            self._desk.copy(chosen.command, "command")


class JobScreen(Sheet[None]):
    """Everything about one job: how far it is, libvirt's error in full, what to do, the virsh command."""

    TITLE_TEXT = "Job"
    TICKS = True
    HINT = "x cancel   r again   w why   y copy command   E copy error   Esc back"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete,x", "cancel", "cancel job", show=False),
        Binding("r", "retry", "do again", show=False),
        Binding("w", "why", "why it failed", show=False),
        Binding("y", "copy", "copy the command", show=False),
        Binding("E", "copy_error", "copy the error", show=False),
    ]

    def __init__(self, desk: JobDesk, job: Job, close_keys: Iterable[str] = ()) -> None:
        super().__init__(close_keys)
        self._desk = desk
        self._job = job

    def on_resize(self) -> None:
        """Long lines are broken to the width."""
        self.call_after_refresh(self.renew)

    def renew(self) -> None:
        """Show what is known of it now."""
        self._job = next((job for job in self._desk.all() if job.id == self._job.id), self._job)
        context = self._desk.context
        width = self.lines.size.width or self.app.size.width
        lines = job_text(self._job, context.clock(), width, ascii_only=context.ascii_only)
        batch = context.session.work.batch(self._job.batch)
        if batch is not None:
            words = f"one of {counted(len(batch.jobs), 'domain')} that this was asked for at once"
            lines.append(content(words, "$muted"))
        self.lines.show(lines)

    def action_cancel(self) -> None:
        """End it."""
        self._desk.cancel(self._job)
        self.renew()

    def action_retry(self) -> None:
        """Do it once more, and show that."""
        again = self._desk.retry(self._job)
        if again is not None:
            self._job = again
            self.renew()

    def action_why(self) -> None:
        """Look into why its domain did not start."""
        self._desk.why(self._job)

    def action_copy(self) -> None:
        """Copy the virsh command that does the same."""
        self._desk.copy(self._job.command, "command")

    def action_copy_error(self) -> None:
        """Copy what libvirt said."""
        self._desk.copy(self._job.error, "error")
