"""What became of a job, as an event."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.core.results import LONGEST, result_of
from tuivm.model.domain import DomainKey
from tuivm.model.event import Event, EventKind, Severity
from tuivm.model.job import Job, JobState
from tuivm.model.markers import Sign, of_events

KEY = DomainKey("qemu:///system", "u-1")
JOB = Job(1, "start", "start", KEY, "web", JobState.DONE, finished=50.0)


@pytest.mark.parametrize(
    ("job", "severity", "said"),
    [
        (JOB, Severity.INFORMATION, "start: done"),
        (replace(JOB, message="the guest is off"), Severity.INFORMATION, "start: the guest is off"),
        (
            replace(JOB, state=JobState.CANCELLED, message="cancelled before it began"),
            Severity.WARNING,
            "start: cancelled",
        ),
        (
            replace(JOB, state=JobState.FAILED, message="no such disk", error="no such disk\nat all"),
            Severity.ERROR,
            "start: failed: no such disk",
        ),
        (
            replace(JOB, state=JobState.FAILED, message="it is locked", remedy="unlock it"),
            Severity.ERROR,
            "start: failed: it is locked (unlock it)",
        ),
    ],
)
def test_how_it_ended(job: Job, severity: Severity, said: str) -> None:
    event = result_of(job)
    assert (event.kind, event.time, event.key, event.name) == (EventKind.RESULT, 50.0, KEY, "web")
    assert (event.severity, event.detail, event.notice, event.rereads) == (severity, said, "", False)


@given(st.text(max_size=2000), st.text(max_size=2000), st.sampled_from(list(JobState)))
def test_whatever_is_said_is_one_line_that_is_not_long(label: str, message: str, state: JobState) -> None:
    event = result_of(replace(JOB, label=label, message=message, remedy=message, state=state))
    assert event.detail.isprintable()
    assert len(event.detail) <= LONGEST


def test_only_what_failed_is_marked_and_not_as_a_fault_of_the_domain() -> None:
    failed = result_of(replace(JOB, state=JobState.FAILED, message="no"))
    own = Event(EventKind.LIFECYCLE, 50.0, KEY, "web", "started (booted)", started=True)
    markers = of_events([own, result_of(JOB), result_of(replace(JOB, state=JobState.CANCELLED)), failed])
    assert [(one.sign, one.text) for one in markers] == [
        (Sign.START, "started (booted)"),
        (Sign.OTHER, "start: failed: no"),
    ]
