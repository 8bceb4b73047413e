"""What is known of every job: its latest step, what is under way on a domain, the batches."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tuivm.core.verbs import Arguments, Verb, Work
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.job import Batch, Job, JobState

KEPT = 1000
"""How many jobs that are over are kept for the list."""
BATCHES_KEPT = 20
"""How many batches are kept, each with all of its jobs."""


@dataclass(slots=True, eq=False)
class Task:
    """What is needed to do a job, and to do it again."""

    id: int
    """The job's."""
    verb: Verb
    """What to do."""
    domain: Domain
    """To which domain, as it was when it was asked for."""
    arguments: Arguments
    """With what."""
    work: Work
    """What the verb is handed."""
    run: Callable[[Work], None]
    """What a worker does next for it: the verb, or what the verb left for later."""
    batch: int = 0
    """The batch it belongs to; 0 for none."""
    aborting: bool = False
    """Whether the hypervisor is being asked to end it."""

    @property
    def heavy(self) -> bool:
        """Whether it may take long, so that only some of its kind run at once."""
        return self.stoppable or self.batch != 0

    @property
    def stoppable(self) -> bool:
        """Whether it can be ended while it runs."""
        return self.verb.can_be_ended(self.arguments)


@dataclass(slots=True)
class _Pile:
    """One batch, its jobs by id in the order of the domains."""

    verb: str
    label: str
    jobs: dict[int, Job] = field(default_factory=dict)


class JobBook:
    """Jobs by id. Every method but the constructor is called with the owner's lock held.

    ``tell`` gets every step, ``done`` a job that is over; both only put it in a queue.
    """

    def __init__(self, tell: Callable[[Job], None], done: Callable[[Job], None]) -> None:
        self._tell = tell
        self._done = done
        self._jobs: dict[int, Job] = {}
        self._tasks: dict[int, Task] = {}
        self._under_way: dict[DomainKey, dict[int, Job]] = {}
        self._over: deque[int] = deque()
        self._piles: dict[int, _Pile] = {}

    def add(self, job: Job, task: Task) -> None:
        """Take in a job that is queued."""
        self._tasks[job.id] = task
        self.step(job)

    def open_batch(self, batch: int, verb: str, label: str) -> None:
        """Begin a batch; the jobs that name it are put into it."""
        self._piles[batch] = _Pile(verb, label)
        if len(self._piles) > BATCHES_KEPT:
            over = (old for old in self._piles if old != batch and self.batch(old).is_over)
            oldest = next(over, None)
            if oldest is not None:
                del self._piles[oldest]

    def get(self, job_id: int) -> Job | None:
        """The latest step of a job; None for one that is no longer kept."""
        return self._jobs.get(job_id)

    def task(self, job_id: int) -> Task | None:
        """What a job does; None for one that is no longer kept."""
        return self._tasks.get(job_id)

    def all(self) -> tuple[Job, ...]:
        """Every job kept, oldest first."""
        return tuple(self._jobs.values())

    def under_way(self) -> tuple[Job, ...]:
        """Every job that is not over, oldest first."""
        found = [job for jobs in self._under_way.values() for job in jobs.values()]
        return tuple(sorted(found, key=lambda job: job.id))

    def pending(self, key: DomainKey) -> Job | None:
        """The newest job of this domain that is not over."""
        jobs = self._under_way.get(key)
        return next(reversed(jobs.values())) if jobs else None

    def batch(self, batch: int) -> Batch:
        """A batch as it is now. Raises KeyError for one that is no longer kept."""
        pile = self._piles[batch]
        return Batch(batch, pile.verb, pile.label, tuple(pile.jobs.values()))

    def change(self, job_id: int, **fields: object) -> None:
        """Tell a new step of a job with these fields changed, unless it is over or nothing changes."""
        job = self._jobs.get(job_id)
        if job is None or job.state.is_over:
            return
        changed = replace(job, **fields)  # type: ignore[arg-type]
        if changed != job:
            self.step(changed)

    def finish(self, job_id: int, state: JobState, message: str = "", **fields: object) -> None:
        """Tell the last step of a job; nothing when it was over already."""
        job = self._jobs.get(job_id)
        if job is None or job.state.is_over:
            return
        changes: dict[str, object] = {"progress": None, "cancellable": False, "waiting": False, **fields}
        over = replace(job, state=state, finished=time.time(), message=message, **changes)  # type: ignore[arg-type]
        self.step(over)
        self._done(over)

    def step(self, job: Job) -> None:
        """Keep and tell a step."""
        self._jobs[job.id] = job
        if job.batch in self._piles:
            self._piles[job.batch].jobs[job.id] = job
        under_way = self._under_way.setdefault(job.key, {})
        if job.state.is_over:
            under_way.pop(job.id, None)
            self._over.append(job.id)
            if len(self._over) > KEPT:
                oldest = self._over.popleft()
                del self._jobs[oldest], self._tasks[oldest]
        else:
            under_way[job.id] = job
        if not under_way:
            del self._under_way[job.key]
        self._tell(job)
