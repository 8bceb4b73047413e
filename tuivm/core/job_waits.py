"""Jobs that are done only when their domain is off; they wait for that without holding a thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from tuivm.core.job_book import Task
from tuivm.model.domain import Domain, DomainKey


@dataclass(slots=True)
class _Wait:
    """One that waits."""

    task: Task
    domain_id: int | None
    """The domain's id when it was asked: another one means that it went off and was started again."""
    deadline: float
    """Monotonic seconds."""


class OffWaits:
    """Those that wait. Every method is called with the owner's lock held."""

    def __init__(self, domain_of: Callable[[DomainKey], Domain | None], timeout: float) -> None:
        self._domain_of = domain_of
        self._timeout = timeout
        self._waits: dict[int, _Wait] = {}

    def __bool__(self) -> bool:
        """Whether any waits."""
        return bool(self._waits)

    def add(self, task: Task, domain_id: int | None) -> None:
        """Wait for the domain of ``task``, whose id was ``domain_id`` before it was asked."""
        self._waits[task.id] = _Wait(task, domain_id, time.monotonic() + self._timeout)

    def remove(self, job_id: int) -> bool:
        """Wait no more; returns whether it waited."""
        return self._waits.pop(job_id, None) is not None

    def check(self) -> tuple[list[Task], list[Task], float | None]:
        """Take out those whose domain is off and those whose time is over; and seconds until the next is."""
        now = time.monotonic()
        off = [wait for wait in self._waits.values() if self._is_off(wait)]
        late = [wait for wait in self._waits.values() if wait not in off and now >= wait.deadline]
        for wait in (*off, *late):
            del self._waits[wait.task.id]
        nearest = min((wait.deadline for wait in self._waits.values()), default=None)
        left = None if nearest is None else max(0.0, nearest - time.monotonic())
        return [wait.task for wait in off], [wait.task for wait in late], left

    def _is_off(self, wait: _Wait) -> bool:
        domain = self._domain_of(wait.task.domain.key)
        if domain is None or not domain.state.is_active:
            return True
        return wait.domain_id is not None and domain.id is not None and domain.id != wait.domain_id
