"""Verbs under way: a bounded pool of daemon threads, one domain's verbs one after the other.

Each step of a job's life is a new :class:`~tuivm.model.job.Job`, told to the listener in order. A
shutdown that libvirt accepted stays RUNNING without holding a thread until the guest is off; other
verbs on that domain may then run, so that forcing it off is possible.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from tuivm.core.lane import Lane
from tuivm.core.ports import Hypervisor
from tuivm.core.verbs import Arguments, Verb, Work, describe
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.errors import HypervisorError
from tuivm.model.job import Job, JobState

_log = logging.getLogger("tuivm.jobs")

KEPT = 200
"""How many jobs that are over are kept for the list."""
WAITS_FOR_OFF = "shutdown"
"""Id of the verb that is done only when the domain is off."""


@dataclass(slots=True)
class _Task:
    """What is needed to do a job."""

    id: int
    verb: Verb
    domain: Domain
    arguments: Arguments


@dataclass(slots=True)
class _Wait:
    """A shutdown that libvirt accepted."""

    key: DomainKey
    domain_id: int | None
    deadline: float
    """Monotonic seconds."""


class Jobs:
    """``tell`` gets every step of every job, ``done`` a job that is over.

    Both are called in order, on any thread, with a lock held: they must only put it in a queue.
    """

    def __init__(
        self,
        hypervisor: Hypervisor,
        *,
        domain_of: Callable[[DomainKey], Domain | None],
        tell: Callable[[Job], None],
        done: Callable[[Job], None],
        settle: Callable[[DomainKey], None],
        shutdown_timeout: float = 60.0,
        workers: int = 4,
    ) -> None:
        self._hypervisor = hypervisor
        self._domain_of = domain_of
        self._tell = tell
        self._done = done
        self._settle = settle
        self._shutdown_timeout = shutdown_timeout
        self._workers = workers
        self._ids = itertools.count(1)
        self._condition = threading.Condition(threading.RLock())
        self._jobs: dict[int, Job] = {}
        self._under_way: dict[DomainKey, dict[int, Job]] = {}
        self._over: deque[int] = deque()
        self._queues: dict[DomainKey, deque[_Task]] = {}
        self._ready: deque[DomainKey] = deque()
        self._waits: dict[int, _Wait] = {}
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._stopped = False
        self._waiter = Lane("tuivm-shutdowns", self._check_waits)

    # -- any thread ---------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to watch over shutdowns; workers are started as they are needed."""
        self._waiter.start()

    def submit(self, verb: Verb, domain: Domain, arguments: Arguments) -> Job:
        """Queue a verb; returns at once with the queued job."""
        label = describe(verb, arguments)
        with self._condition:
            job = Job(next(self._ids), verb.id, label, domain.key, domain.name, created=time.time())
            self._step(job)
            queue = self._queues.get(domain.key)
            if queue is None:
                self._queues[domain.key] = queue = deque()
                self._ready.append(domain.key)
            queue.append(_Task(job.id, verb, domain, arguments))
            self._hire()
            self._condition.notify()
            return job

    def cancel(self, job_id: int) -> bool:
        """Cancel a job that is queued, or that only waits for its guest; returns whether it was."""
        with self._condition:
            job = self._jobs.get(job_id)
            if job is None or job.state.is_over:
                return False
            if self._waits.pop(job_id, None) is not None:
                self._finish(job, JobState.CANCELLED, "no longer waited for; the guest may still shut down")
                return True
            for queue in self._queues.values():
                for task in queue:
                    if task.id == job_id:
                        queue.remove(task)
                        self._finish(job, JobState.CANCELLED, "cancelled before it began")
                        return True
            return False

    def pending(self, key: DomainKey) -> Job | None:
        """The newest job of this domain that is not over."""
        with self._condition:
            jobs = self._under_way.get(key)
            return next(reversed(jobs.values())) if jobs else None

    def all(self) -> tuple[Job, ...]:
        """Every job kept, oldest first."""
        with self._condition:
            return tuple(self._jobs.values())

    def look(self) -> None:
        """The inventory changed: a waiting shutdown may be done. May be called with any lock held."""
        if self._waits:
            self._waiter.poke()

    def stop(self) -> None:
        """Let the threads end after what they are at; queued jobs never begin. Returns at once."""
        with self._condition:
            self._stopped = True
            self._condition.notify_all()
        self._waiter.stop()

    def join(self, timeout: float) -> bool:
        """Wait for the threads to end; returns whether they have."""
        end = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        return self._waiter.join(end - time.monotonic()) and not any(t.is_alive() for t in self._threads)

    # -- workers ------------------------------------------------------------------------------

    def _hire(self) -> None:
        if self._idle < len(self._ready) and len(self._threads) < self._workers and not self._stopped:
            name = f"tuivm-job-{len(self._threads) + 1}"
            thread = threading.Thread(target=self._work, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while True:
            with self._condition:
                self._idle += 1
                self._condition.wait_for(lambda: self._ready or self._stopped)
                self._idle -= 1
                if self._stopped:
                    return
                key = self._ready.popleft()
                queue = self._queues[key]
                task = queue.popleft() if queue else None
                if task is not None:
                    self._step(replace(self._jobs[task.id], state=JobState.RUNNING))
            if task is not None:
                self._do(task)
            with self._condition:
                if queue:
                    self._ready.append(key)
                    self._condition.notify()
                else:
                    del self._queues[key]

    def _do(self, task: _Task) -> None:
        key = task.domain.key
        present = self._domain_of(key) or task.domain
        try:
            task.verb.run(Work(self._hypervisor, key, task.arguments))
        except HypervisorError as error:
            self._fail(task.id, error.message, error.remedy)
        except Exception as error:  # noqa: BLE001 - the one place where a bug becomes a failed job
            _log.exception("verb %s failed", task.verb.id)
            self._fail(task.id, f"internal error: {type(error).__name__}: {error}", "see tuivm's log")
        else:
            if task.verb.id == WAITS_FOR_OFF:
                self._await_off(task.id, present)
            else:
                # Whoever hears that it is done must see the domain as it is now.
                self._settle(key)
                with self._condition:
                    self._finish(self._jobs[task.id], JobState.DONE)

    def _fail(self, job_id: int, message: str, remedy: str) -> None:
        with self._condition:
            self._finish(self._jobs[job_id], JobState.FAILED, message, remedy)

    # -- shutdowns that are waited for ----------------------------------------------------------

    def _await_off(self, job_id: int, domain: Domain) -> None:
        with self._condition:
            deadline = time.monotonic() + self._shutdown_timeout
            self._waits[job_id] = _Wait(domain.key, domain.id, deadline)
            self._step(replace(self._jobs[job_id], message="waiting for the guest"))
        self._waiter.poke()

    def _check_waits(self) -> float | None:
        """Finish the shutdowns whose guest is off or that took too long; returns the next deadline."""
        now = time.monotonic()
        with self._condition:
            for job_id, wait in list(self._waits.items()):
                job = self._jobs[job_id]
                if self._is_off(wait):
                    del self._waits[job_id]
                    self._finish(job, JobState.DONE, "the guest is off")
                elif now >= wait.deadline:
                    del self._waits[job_id]
                    self._finish(
                        job,
                        JobState.FAILED,
                        f"the guest has not reacted to the shutdown within {self._shutdown_timeout:g} s",
                        "force it off, or look at its console",
                        "force-off",
                    )
            nearest = min((wait.deadline for wait in self._waits.values()), default=None)
        return None if nearest is None else max(0.0, nearest - time.monotonic())

    def _is_off(self, wait: _Wait) -> bool:
        domain = self._domain_of(wait.key)
        if domain is None or not domain.state.is_active:
            return True
        return wait.domain_id is not None and domain.id is not None and domain.id != wait.domain_id

    # -- inside, with the lock held -------------------------------------------------------------

    def _finish(
        self, job: Job, state: JobState, message: str = "", remedy: str = "", suggest: str = ""
    ) -> None:
        over = replace(
            job, state=state, finished=time.time(), message=message, remedy=remedy, suggest=suggest
        )
        self._step(over)
        self._done(over)

    def _step(self, job: Job) -> None:
        self._jobs[job.id] = job
        under_way = self._under_way.setdefault(job.key, {})
        if job.state.is_over:
            under_way.pop(job.id, None)
            self._over.append(job.id)
            if len(self._over) > KEPT:
                del self._jobs[self._over.popleft()]
        else:
            under_way[job.id] = job
        if not under_way:
            del self._under_way[job.key]
        self._tell(job)
