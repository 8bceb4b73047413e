"""Verbs under way: a bounded pool of daemon threads, one domain's verbs one after the other.

Each step of a job's life is a new :class:`~tuivm.model.job.Job`, told to the listener in order. A
shutdown that libvirt accepted stays RUNNING without holding a thread until the guest is off; other
verbs on that domain may then run, so that forcing it off is possible.

A daemon serves five calls of one client at a time (``max_client_requests`` of libvirtd.conf) and reads no
further word from it, not even a keepalive, while they are under way. So long ones are three at most.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from tuivm.core.attempt import attempt
from tuivm.core.job_book import JobBook, Task
from tuivm.core.job_queue import TaskQueue
from tuivm.core.job_waits import OffWaits
from tuivm.core.job_watch import JobWatch
from tuivm.core.lane import Lane
from tuivm.core.ports import Hypervisor
from tuivm.core.protection import perform
from tuivm.core.surroundings import NOTHING, Surroundings
from tuivm.core.verbs import Arguments, Verb, Work, command, describe
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.errors import Cancelled, HypervisorError, Unreachable
from tuivm.model.job import Batch, Job, JobState, Progress

HEAVY = 3
"""How many of the workers long verbs and those of batches may have at once."""
_REACTED = "the guest reacted to the shutdown: the connection was lost while it was waited for"


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
        linked: Callable[[], bool] = lambda: True,
        around: Surroundings = NOTHING,
    ) -> None:
        """``linked`` tells whether what ``domain_of`` answers is the present; verbs are handed ``around``."""
        self._hypervisor = hypervisor
        self._domain_of = domain_of
        self._settle = settle
        self._linked = linked
        self._around = around
        self._shutdown_timeout = shutdown_timeout
        self._workers = workers
        self._ids = itertools.count(1)
        self._batches = itertools.count(1)
        self._condition = threading.Condition(threading.RLock())
        self._book = JobBook(tell, done)
        self._queue = TaskQueue(min(HEAVY, max(1, workers - 1)))
        self._waits = OffWaits(domain_of, shutdown_timeout)
        self._watch = JobWatch(hypervisor, self._measured, self._not_ended)
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._stopped = False
        self._waiter = Lane("tuivm-shutdowns", self._check_waits)

    # -- any thread ---------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to watch over what is under way; workers are started as they are needed."""
        for part in (self._waiter, self._watch):
            part.start()

    def submit(self, verb: Verb, domain: Domain, arguments: Arguments) -> Job:
        """Queue a verb; returns at once with the queued job."""
        with self._condition:
            return self._submit(verb, domain, arguments)

    def submit_many(
        self, verb: Verb, domains: Iterable[Domain], arguments_of: Callable[[Domain], Arguments]
    ) -> int:
        """Queue a verb on many domains as one batch; returns its id at once."""
        wanted = [(domain, arguments_of(domain)) for domain in domains]
        label = describe(verb, wanted[0][1]) if wanted else verb.label
        with self._condition:
            batch = next(self._batches)
            self._book.open_batch(batch, verb.id, label)
            for domain, arguments in wanted:
                self._submit(verb, domain, arguments, batch)
            return batch

    def retry(self, job_id: int) -> Job | None:
        """Queue what a job did once more; None when it is not known any more, or its domain is gone."""
        with self._condition:
            task = self._book.task(job_id)
            domain = self._domain_of(task.domain.key) if task is not None else None
            if task is None or domain is None:
                return None
            return self._submit(task.verb, domain, task.arguments)

    def retry_failed(self, batch: int) -> int | None:
        """Queue what failed or was cancelled of a batch as a new one; None when there is nothing of it."""
        with self._condition:
            known = self.batch(batch)
            tasks = [self._book.task(job.id) for job in known.failed] if known is not None else []
            again = [(task, self._domain_of(task.domain.key)) for task in tasks if task is not None]
            left = [(task, domain) for task, domain in again if domain is not None]
            if not left:
                return None
            arguments = {domain.key: task.arguments for task, domain in left}
            domains = [domain for _, domain in left]
            return self.submit_many(left[0][0].verb, domains, lambda domain: arguments[domain.key])

    def cancel(self, job_id: int) -> bool:
        """End a job early; returns whether that can be: then it is over, or soon is, or says why not."""
        with self._condition:
            job, task = self._book.get(job_id), self._book.task(job_id)
            if job is None or task is None or job.state.is_over:
                return False
            if self._waits.remove(job_id):
                self._cancelled(job, "no longer waited for; the guest may still shut down")
            elif self._queue.remove(task):
                begun = "before it was forced" if job.state is JobState.RUNNING else "before it began"
                self._cancelled(job, f"cancelled {begun}")
            elif task.stoppable and not task.aborting:
                task.aborting = True
                self._book.change(job_id, message="cancelling", cancellable=False)
                task.work.cancel()
                if task.verb.measured:
                    self._watch.abort(task)
            else:
                return task.aborting
            return True

    def cancel_batch(self, batch: int) -> int:
        """Cancel what can be of a batch; returns how many jobs that were."""
        with self._condition:
            known = self.batch(batch)
            return sum(self.cancel(job.id) for job in known.jobs) if known is not None else 0

    def pending(self, key: DomainKey) -> Job | None:
        """The newest job of this domain that is not over."""
        with self._condition:
            return self._book.pending(key)

    def waits(self, key: DomainKey) -> bool:
        """Whether a verb waits for its turn on this domain. Cheap."""
        return self._queue.waits(key)

    def all(self) -> tuple[Job, ...]:
        """Every job kept, oldest first."""
        with self._condition:
            return self._book.all()

    def under_way(self) -> tuple[Job, ...]:
        """Every job that is not over, oldest first."""
        with self._condition:
            return self._book.under_way()

    def batch(self, batch: int) -> Batch | None:
        """A batch as it is now; None when it is no longer kept."""
        with self._condition:
            try:
                return self._book.batch(batch)
            except KeyError:
                return None

    def look(self) -> None:
        """The inventory changed: a waiting shutdown may be done. May be called with any lock held."""
        if self._waits:
            self._waiter.poke()

    def stop(self) -> None:
        """Let the threads end after what they are at; queued jobs never begin. Returns at once.

        What takes back what it did is cancelled.
        """
        with self._condition:
            self._stopped = True
            for task in self._undoing():
                task.work.cancel()
            self._condition.notify_all()
        for part in (self._waiter, self._watch):
            part.stop()

    def settle(self, timeout: float) -> bool:
        """Wait for what takes back what it did, for which it needs the connection; returns whether it has."""
        with self._condition:
            return self._condition.wait_for(lambda: not self._undoing(), max(0.0, timeout))

    def _undoing(self) -> list[Task]:
        """What is being done and is taken back when it is cancelled. Under the lock."""
        running = [job.id for job in self._book.under_way() if job.state is JobState.RUNNING]
        return [task for id_ in running if (task := self._book.task(id_)) is not None and task.verb.undoes]

    def join(self, timeout: float) -> bool:
        """Wait for the threads to end; returns whether they have."""
        end = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        ended = [part.join(end - time.monotonic()) for part in (self._waiter, self._watch)]
        return all(ended) and not any(thread.is_alive() for thread in self._threads)

    # -- workers ------------------------------------------------------------------------------

    def _hire(self) -> None:
        if self._idle < self._queue.ready and len(self._threads) < self._workers and not self._stopped:
            name = f"tuivm-job-{len(self._threads) + 1}"
            thread = threading.Thread(target=self._work, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()
        self._condition.notify()

    def _work(self) -> None:
        while (task := self._next()) is not None:
            self._do(task)
            with self._condition:
                self._queue.done(task)
                self._condition.notify_all()

    def _next(self) -> Task | None:
        with self._condition:
            self._idle += 1
            self._condition.wait_for(lambda: self._queue.ready or self._stopped)
            self._idle -= 1
            task = None if self._stopped else self._queue.take()
            if task is not None:
                job = self._book.get(task.id)
                began = job.started if job is not None and job.started is not None else time.time()
                self._watch.begin(task)
                self._book.change(task.id, state=JobState.RUNNING, started=began, cancellable=task.stoppable)
            return task

    def _do(self, task: Task) -> None:
        key = task.domain.key
        present = self._domain_of(key) or task.domain
        task.work.waits_for_off = False
        error = attempt(partial(task.run, task.work), f"verb {task.verb.id}")
        self._watch.end(task)
        if error is not None:
            self._fail(task, error)
        elif task.work.waits_for_off:
            self._await_off(task, present)
        else:
            # Whoever hears that it is done must see the domain as it is now.
            self._settle(key)
            with self._condition:
                self._book.finish(task.id, JobState.DONE, task.work.message)

    def _fail(self, task: Task, error: HypervisorError) -> None:
        remedy = error.remedy
        if isinstance(error, Unreachable) and error.code is not None and not remedy:
            remedy = "it is not known whether it was done: look at the domain once the connection is back"
        wanted = task.aborting and not isinstance(error, Unreachable)
        with self._condition:
            self._book.finish(
                task.id,
                JobState.CANCELLED if wanted or isinstance(error, Cancelled) else JobState.FAILED,
                error.message,
                remedy=remedy,
                error=error.full or error.message,
            )

    # -- shutdowns that are waited for ----------------------------------------------------------

    def _await_off(self, task: Task, domain: Domain) -> None:
        forced = f"; forced off after {self._shutdown_timeout:g} s" if task.work.otherwise else ""
        with self._condition:
            self._waits.add(task, domain.id)
            self._book.change(
                task.id, message=f"waiting for the guest{forced}", cancellable=True, waiting=True
            )
        self._waiter.poke()

    def _check_waits(self) -> float | None:
        """Finish what waited for a guest that is off or that took too long; returns the next deadline."""
        with self._condition:
            off, late, left = self._waits.check()
            for task in off:
                self._book.finish(task.id, JobState.DONE, "the guest is off")
            for task in late:
                self._out_of_time(task)
        return left

    def _out_of_time(self, task: Task) -> None:
        words = f"the guest has not reacted to the shutdown within {self._shutdown_timeout:g} s"
        if not self._linked():
            remedy = "whether the guest is off shows when the connection is back"
            self._book.finish(task.id, JobState.FAILED, f"not known whether {_REACTED}", remedy=remedy)
            return
        if task.work.otherwise is None:
            remedy = "force it off, or look at its console"
            self._book.finish(task.id, JobState.FAILED, words, remedy=remedy, suggest="force-off")
            return
        # It may have been locked while the guest was waited for.
        task.run = partial(perform, replace(task.verb, run=task.work.otherwise))
        task.work.otherwise = None
        task.work.message = f"{words}: forced off"
        self._book.change(task.id, message=words, waiting=False)
        self._queue.put(task)
        self._hire()

    # -- while they run -------------------------------------------------------------------------

    def _reported(self, job_id: int, progress: Progress | None, words: str) -> None:
        fields: dict[str, object] = {}
        if progress is not None:
            fields["progress"] = progress
        if words:
            fields["message"] = words
        with self._condition:
            self._book.change(job_id, **fields)

    def _measured(self, task: Task, progress: Progress) -> None:
        self._reported(task.id, progress, "")

    def _not_ended(self, task: Task, error: HypervisorError) -> None:
        with self._condition:
            task.aborting = False
            self._book.change(task.id, message=f"cannot be cancelled: {error.message}", cancellable=True)

    # -- inside, with the lock held -------------------------------------------------------------

    def _submit(self, verb: Verb, domain: Domain, arguments: Arguments, batch: int = 0) -> Job:
        job = Job(
            next(self._ids),
            verb.id,
            describe(verb, arguments),
            domain.key,
            domain.name,
            created=time.time(),
            cancellable=True,
            command=command(verb, domain, arguments),
            batch=batch,
        )
        work = Work(
            self._hypervisor,
            domain.key,
            arguments,
            lambda progress, words: self._reported(job.id, progress, words),
            self._around,
        )
        task = Task(job.id, verb, domain, arguments, work, partial(perform, verb), batch)
        self._book.add(job, task)
        self._queue.put(task)
        self._hire()
        return job

    def _cancelled(self, job: Job, message: str) -> None:
        self._book.finish(job.id, JobState.CANCELLED, message)
