"""A verb under way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tuivm.model.domain import DomainKey


class JobState(StrEnum):
    """Life of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Job:
    """One verb on one domain. Each step of its life is a new Job with the same id."""

    id: int
    """Counts up from 1 within the program's run."""
    verb: str
    """The verb's id (``force-off``)."""
    label: str
    """The verb's label with its object (``take snapshot 'before-update'``)."""
    key: DomainKey
    """The domain."""
    name: str
    """The domain's name when the job was made."""
    state: JobState = JobState.QUEUED
    """Where it is."""
    created: float = 0.0
    """Unix seconds."""
    finished: float | None = None
    """Unix seconds; None while under way."""
    message: str = ""
    """What is being waited for, the result, or libvirt's error; one line."""
    remedy: str = ""
    """What to do about a failure; empty when nothing is known."""
    suggest: str = ""
    """Id of a verb to offer next (``force-off`` after an ignored shutdown); empty for none."""
