"""What became of a job of tuivm's, as an event: it stands in the log, and is kept, beside libvirt's own."""

from __future__ import annotations

import time

from tuivm.model.event import Event, EventKind, Severity
from tuivm.model.job import Job, JobState
from tuivm.model.line import one_line

LONGEST = 500
"""Characters of what is said of a result: a line, and a bound on what is kept of it."""
_GRAVE = {JobState.CANCELLED: Severity.WARNING, JobState.FAILED: Severity.ERROR}


def result_of(job: Job) -> Event:
    """The event of a job that is over: what was done to which domain, and how it ended."""
    when = job.finished if job.finished is not None else time.time()
    severity = _GRAVE.get(job.state, Severity.INFORMATION)
    return Event(
        EventKind.RESULT, when, job.key, job.name, said(job, job.remedy), severity=severity, rereads=False
    )


def said(job: Job, remedy: str = "") -> str:
    """How a job ended, in one line without control characters, with what can be done about a failure."""
    words = job.message or job.state.value
    if job.state is JobState.CANCELLED:
        words = "cancelled"
    elif job.state is JobState.FAILED:
        words = f"failed: {words}" + (f" ({remedy})" if remedy else "")
    return one_line(f"{job.label}: {words}", LONGEST)
