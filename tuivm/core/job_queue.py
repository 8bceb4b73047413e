"""What waits to be done: one domain's tasks one after the other, and heavy ones only some at once."""

from __future__ import annotations

from collections import deque

from tuivm.core.job_book import Task
from tuivm.model.domain import DomainKey


class TaskQueue:
    """Every method is called with the owner's lock held.

    Light tasks go first, and ``heavy_limit`` leaves workers to them: a verb on one domain does not wait for
    two hundred others, nor for four memories on their way to a disk.
    """

    def __init__(self, heavy_limit: int) -> None:
        self._limit = heavy_limit
        self._heavy_now = 0
        self._lines: dict[DomainKey, deque[Task]] = {}
        self._light: deque[DomainKey] = deque()
        self._heavy: deque[DomainKey] = deque()

    @property
    def ready(self) -> int:
        """How many tasks could be taken now."""
        return len(self._light) + min(len(self._heavy), max(0, self._limit - self._heavy_now))

    def put(self, task: Task) -> None:
        """Append a task to its domain's line."""
        line = self._lines.get(task.domain.key)
        if line is None:
            self._lines[task.domain.key] = line = deque()
            line.append(task)
            self._ready(task)
        else:
            line.append(task)

    def waits(self, key: DomainKey) -> bool:
        """Whether a task of this domain waits for its turn. Without the lock, too."""
        return bool(self._lines.get(key))

    def take(self) -> Task | None:
        """The next task; its domain's line stands still until :meth:`done`. None when none can be taken."""
        if self._light:
            return self._lines[self._light.popleft()].popleft()
        if self._heavy and self._heavy_now < self._limit:
            self._heavy_now += 1
            return self._lines[self._heavy.popleft()].popleft()
        return None

    def done(self, task: Task) -> None:
        """A task that was taken is done: the next of its domain may be taken."""
        if task.heavy:
            self._heavy_now -= 1
        line = self._lines[task.domain.key]
        if line:
            self._ready(line[0])
        else:
            del self._lines[task.domain.key]

    def remove(self, task: Task) -> bool:
        """Take a task out of its line; returns whether it still stood there."""
        line = self._lines.get(task.domain.key)
        if line is None or task not in line:
            return False
        key = task.domain.key
        first = line[0] is task
        waits = (self._heavy if task.heavy else self._light) if first else None
        line.remove(task)
        if waits is not None and key in waits:
            waits.remove(key)
            if line:
                self._ready(line[0])
            else:
                del self._lines[key]
        return True

    def _ready(self, task: Task) -> None:
        (self._heavy if task.heavy else self._light).append(task.domain.key)
