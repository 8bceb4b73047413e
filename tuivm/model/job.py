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
class Progress:
    """How far something is; what is not known is None."""

    percent: float | None = None
    """0 to 100."""
    done: int | None = None
    """Bytes."""
    total: int | None = None
    """Bytes, those done among them."""
    remaining: float | None = None
    """Seconds it will still take."""
    what: str = ""
    """Which part of it, in a word or two (``memory``, ``vda``); empty when it has one part."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What libvirt does with a domain that takes long, whichever program asked for it."""

    what: str
    """In a word or two: ``migration``, ``backup``, ``dump``."""
    progress: Progress | None = None
    """How far it is; None when that is not told."""


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
    progress: Progress | None = None
    """How far it is, while it runs and that is known."""
    cancellable: bool = False
    """Whether it can be ended early in the state it is in."""
    error: str = ""
    """What libvirt said, in full, perhaps of several lines; empty unless it failed."""
    command: str = ""
    """The virsh command that does the same, quoted for a shell."""
    waiting: bool = False
    """Whether libvirt did its part and the guest is waited for."""
    batch: int = 0
    """Id that the jobs of one bulk action share; 0 for a job of its own."""
    started: float | None = None
    """Unix seconds when a worker began with it; None while it is queued."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One verb on many domains: what became of each."""

    id: int
    """Counts up from 1 within the program's run."""
    verb: str
    """The verb's id."""
    label: str
    """The verb's label with its object, as of every job in it."""
    jobs: tuple[Job, ...]
    """Its jobs as they are now, in the order of the domains."""

    def count(self, *states: JobState) -> int:
        """How many of its jobs are in one of ``states``."""
        return sum(job.state in states for job in self.jobs)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of any of them."""
        return all(job.state.is_over for job in self.jobs)

    @property
    def failed(self) -> tuple[Job, ...]:
        """Those that failed or were cancelled: what can be tried again."""
        return tuple(job for job in self.jobs if job.state in (JobState.FAILED, JobState.CANCELLED))
