"""A job in words and signs: a line of the list, how far it is, and everything that is known of it."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from tuivm.model import units
from tuivm.model.braille import bar
from tuivm.model.job import Job, JobState, Progress
from tuivm.ui.text import fit, plain_lines
from tuivm.ui.words import clock, content, moment, short

_LOOKS = {
    JobState.QUEUED: ("…", ".", "waiting", "$muted"),
    JobState.RUNNING: ("▸", ">", "running", "$primary"),
    JobState.DONE: ("✓", "+", "done", "$success"),
    JobState.FAILED: ("✗", "x", "failed", "$error"),
    JobState.CANCELLED: ("-", "-", "cancelled", "$warning"),
}
_BAR = 10
"""Cells of a bar."""
_LABEL = 12
"""Cells of what a value is."""
_HARD = 2000
"""Characters of a value that are shown."""


def job_line(job: Job, now: float, *, ascii_only: bool = False) -> Content:
    """One job as it is listed: time, state, elapsed, domain, what, how far, and libvirt's word on it."""
    sign, ascii_sign, word, colour = _LOOKS[job.state]
    far = (
        Content.assemble("  ", progress_content(job.progress, ascii_only=ascii_only)) if job.progress else ""
    )
    said = " ".join(part for part in (job.message, f"({job.remedy})" if job.remedy else "") if part)
    return Content.assemble(
        (clock(job.created), "$muted"),
        f" {ascii_sign if ascii_only else sign} ",
        (f"{word:<9}", colour),
        f"{units.duration(elapsed(job, now)):>5}  ",
        (fit(short(job.name, 24), 16), "bold"),
        "  ",
        content(job.label),
        far,
        content(f"  {said}" if said else "", "$muted"),
    )


def elapsed(job: Job, now: float) -> float:
    """Seconds since it began; of one that has not, since it was asked for."""
    begun = job.started if job.started is not None else job.created
    return max(0.0, (job.finished if job.finished is not None else now) - begun)


def progress_content(progress: Progress, *, ascii_only: bool = False) -> Content:
    """A bar where the share is known, and the figures."""
    words = progress_words(progress)
    if progress.percent is None:
        return content(words)
    drawn = bar(progress.percent / 100, _BAR, ascii_only=ascii_only)
    left, right = ("[", "]") if ascii_only else ("▕", "▏")
    return Content.assemble(left, (drawn, "$primary"), f"{right} ", content(words))


def progress_words(progress: Progress) -> str:
    """``37 %, 118M of 320M, 12s left``, of what is known."""
    words = [progress.what] if progress.what else []
    if progress.percent is not None:
        words.append(f"{min(max(progress.percent, 0.0), 100.0):.0f} %")
    if progress.done is not None:
        whole = f" of {units.size(progress.total)}" if progress.total else ""
        words.append(f"{units.size(progress.done)}{whole}")
    if progress.remaining is not None:
        words.append(f"{units.duration(progress.remaining)} left")
    return ", ".join(words)


def job_text(job: Job, now: float, width: int, *, ascii_only: bool = False) -> list[Content]:
    """Everything that is known of a job, in lines of ``width`` cells."""
    lines: list[Content] = []
    for name, value, style in _facts(job, now):
        for index, text in enumerate(plain_lines(value, limit=_HARD) or [""]):
            head = f"{name if index == 0 else '':<{_LABEL}}"
            lines += _folded(head, content(text, style), width)
    if job.progress is not None:
        shown = progress_content(job.progress, ascii_only=ascii_only)
        lines[3:3] = _folded(f"{'Progress':<{_LABEL}}", shown, width)
    return lines


def _facts(job: Job, now: float) -> Iterator[tuple[str, str, str]]:
    """Name, value and style of each."""
    _, _, word, colour = _LOOKS[job.state]
    yield "Domain", job.name, "bold"
    yield "What", job.label, ""
    yield "State", word, colour
    begun = f", begun {clock(job.started)}" if job.started is not None else ""
    ended = f", over {clock(job.finished)}" if job.finished is not None else ""
    yield "Asked for", f"{moment(job.created)}{begun}{ended}", ""
    yield "Took" if job.state.is_over else "Elapsed", units.span(elapsed(job, now)), ""
    if job.message:
        yield "Result" if job.state.is_over else "Now", job.message, ""
    if job.remedy:
        yield "What to do", job.remedy, "$warning"
    if job.error:
        yield "libvirt said", job.error, "$error"
    if job.command:
        yield "Command", job.command, "$accent"


def _folded(head: str, value: Content, width: int) -> list[Content]:
    """The value behind its name, what does not fit below itself."""
    room = max(8, width - _LABEL - 2)
    pieces = value.wrap(room) if value.cell_length > room else [value]
    heads = [head, *(" " * _LABEL for _ in pieces[1:])]
    return [content(f"{start}  ", "$muted") + piece for start, piece in zip(heads, pieces, strict=True)]
