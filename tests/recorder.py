"""A listener that keeps everything it is told, and lets a test wait for what it expects."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from tuivm.model.detail import Detail
from tuivm.model.domain import DomainKey
from tuivm.model.event import Event
from tuivm.model.inventory import Change, Inventory
from tuivm.model.job import Job, JobState

DEADLINE = 20.0
"""Seconds; far more than anything here takes, so that only a real failure reaches it."""

_Found = TypeVar("_Found")


class Recorder:
    """Implements ``core.ports.Listener``; lists grow in the order of the calls."""

    def __init__(self) -> None:
        self.condition = threading.Condition()
        self.published: list[tuple[Inventory, Change]] = []
        self.details: list[Detail] = []
        self.jobs: list[Job] = []
        self.events: list[Event] = []
        self.consoles: list[DomainKey] = []

    def on_inventory(self, inventory: Inventory, change: Change) -> None:
        with self.condition:
            self.published.append((inventory, change))
            self.condition.notify_all()

    def on_detail(self, detail: Detail) -> None:
        with self.condition:
            self.details.append(detail)
            self.condition.notify_all()

    def on_job(self, job: Job) -> None:
        with self.condition:
            self.jobs.append(job)
            self.condition.notify_all()

    def on_event(self, event: Event) -> None:
        with self.condition:
            self.events.append(event)
            self.condition.notify_all()

    def on_console(self, key: DomainKey) -> None:
        with self.condition:
            self.consoles.append(key)
            self.condition.notify_all()

    @property
    def inventory(self) -> Inventory:
        """The latest."""
        return self.published[-1][0]

    def wait(self, look: Callable[[], _Found], what: str = "condition") -> _Found:
        """Wait until ``look()`` is true; returns what it gave. Fails the test after the deadline."""
        end = time.monotonic() + DEADLINE
        with self.condition:
            while not (found := look()):
                assert time.monotonic() < end, f"never seen: {what}"
                # What is looked for need not be something this listener is told: look again soon.
                self.condition.wait(0.02)
        return found

    def wait_inventory(self, good: Callable[[Inventory], object], what: str = "inventory") -> Inventory:
        """Wait for the latest inventory to be as wanted."""
        self.wait(lambda: self.published and good(self.inventory), what)
        return self.inventory

    def wait_job(self, job_id: int, state: JobState | None = None) -> Job:
        """Wait for a job to be over, or in ``state``; returns that step."""

        def found() -> Job | None:
            steps = [job for job in self.jobs if job.id == job_id]
            good = [job for job in steps if (job.state is state if state else job.state.is_over)]
            return good[-1] if good else None

        return self.wait(found, f"job {job_id} {state or 'over'}")  # type: ignore[return-value]
