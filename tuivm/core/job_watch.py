"""Jobs while they run: how far they are, asked of the hypervisor, and their end before their time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

from tuivm.core.attempt import attempt
from tuivm.core.job_book import Task
from tuivm.core.lane import Lane
from tuivm.core.ports import Hypervisor
from tuivm.model.errors import HypervisorError, Invalid
from tuivm.model.job import Progress

POLL = 0.5
"""Seconds between two looks at what is measured."""
ABORT_AGAIN = 0.2
"""Seconds until an operation that had not begun yet is asked to end once more."""
ABORT_TRIES = 25
"""How often it is asked."""


class JobWatch:
    """Watches the measured tasks that are told to it by :meth:`begin`, until :meth:`end`.

    ``progress`` hears how far a task is, ``refused`` why the hypervisor would not end one; both on threads
    of their own.
    """

    def __init__(
        self,
        hypervisor: Hypervisor,
        progress: Callable[[Task, Progress], None],
        refused: Callable[[Task, HypervisorError], None],
    ) -> None:
        self._hypervisor = hypervisor
        self._progress = progress
        self._refused = refused
        self._running: dict[int, Task] = {}
        self._lane = Lane("tuivm-progress", self._look)

    def start(self) -> None:
        """Begin."""
        self._lane.start()

    def stop(self) -> None:
        """Look no more. Returns at once."""
        self._running.clear()
        self._lane.stop()

    def join(self, timeout: float) -> bool:
        """Wait for the thread to end; returns whether it has."""
        return self._lane.join(timeout)

    def begin(self, task: Task) -> None:
        """A task runs from now on."""
        if task.verb.measured:
            self._running[task.id] = task
            self._lane.poke()

    def end(self, task: Task) -> None:
        """A task runs no more."""
        self._running.pop(task.id, None)

    def abort(self, task: Task) -> None:
        """Have the hypervisor end the operation of a task that runs. Returns at once; once for each task."""
        name = f"tuivm-abort-{task.id}"
        threading.Thread(target=self._abort, args=(task,), name=name, daemon=True).start()

    def _look(self) -> float | None:
        for task in tuple(self._running.values()):
            found = attempt(partial(self._hypervisor.job_progress, task.domain.key), "a look at a job")
            # An operation that cannot be looked at now is looked at again; how it ends is told by itself.
            if isinstance(found, Progress) and task.id in self._running:
                self._progress(task, found)
        return POLL if self._running else None

    def _abort(self, task: Task) -> None:
        for _ in range(ABORT_TRIES):
            if task.id not in self._running:
                return
            error = attempt(partial(self._hypervisor.abort_job, task.domain.key), "ending a job")
            if error is None:
                return
            if not isinstance(error, Invalid):
                break
            time.sleep(ABORT_AGAIN)  # It has not begun yet, or is over in a moment.
        if error is not None and task.id in self._running:
            self._refused(task, error)
