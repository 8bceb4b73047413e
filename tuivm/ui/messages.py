"""What the widgets and the app tell each other, and the mailbox that worker threads write to."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.message import Message

from tuivm.model.domain import DomainKey
from tuivm.model.event import Event
from tuivm.model.inventory import Change, Inventory
from tuivm.model.job import Job

if TYPE_CHECKING:
    from tuivm.model.detail import Detail

_EVENTS_KEPT = 1000
"""Events that may wait for the screen; older ones are dropped (the session keeps its own log)."""


@dataclass(slots=True)
class News:
    """Everything that came since the screen last looked."""

    inventory: Inventory | None = None
    """The newest inventory; None when none came."""
    change: Change = field(default_factory=Change)
    """Its difference from the last one the screen saw."""
    details: dict[DomainKey, Detail] = field(default_factory=dict)
    """The newest detail of each domain that was read."""
    jobs: dict[int, Job] = field(default_factory=dict)
    """The newest step of each job that moved, by its id."""
    consoles: set[DomainKey] = field(default_factory=set)
    """Domains whose console has something new: a sign, an alert, a recording, a step of a transfer."""
    events: deque[Event] = field(default_factory=lambda: deque(maxlen=_EVENTS_KEPT))
    """What happened, oldest first."""


class NewsArrived(Message, bubble=False):
    """The mailbox is no longer empty. One waits at a time, however many publishes there were."""


class Mailbox:
    """The session's :class:`~tuivm.core.ports.Listener`: gathers, and rings once.

    ``on_*`` are called on worker threads and never touch a widget; ``take`` is called on the UI thread.
    """

    def __init__(self, ring: Callable[[], object]) -> None:
        self._ring = ring
        self._lock = threading.Lock()
        self._news: News | None = None

    def take(self) -> News:
        """Empty the mailbox."""
        with self._lock:
            news, self._news = self._news, None
        return news or News()

    def on_inventory(self, inventory: Inventory, change: Change) -> None:
        """Keep the newest inventory and what all the publishes since the last look changed."""
        with self._lock:
            news, ring = self._open()
            news.inventory = inventory
            news.change = news.change.merge(change)
        if ring:
            self._ring()

    def on_detail(self, detail: Detail) -> None:
        """Keep the newest detail of that domain."""
        with self._lock:
            news, ring = self._open()
            news.details[detail.key] = detail
        if ring:
            self._ring()

    def on_job(self, job: Job) -> None:
        """Keep the newest step of that job."""
        with self._lock:
            news, ring = self._open()
            news.jobs[job.id] = job
        if ring:
            self._ring()

    def on_event(self, event: Event) -> None:
        """Keep the event for the log."""
        with self._lock:
            news, ring = self._open()
            news.events.append(event)
        if ring:
            self._ring()

    def on_console(self, key: DomainKey) -> None:
        """Keep whose console has something new."""
        with self._lock:
            news, ring = self._open()
            news.consoles.add(key)
        if ring:
            self._ring()

    def _open(self) -> tuple[News, bool]:
        """The news under way, and whether it is the first of it (then the screen must be told)."""
        if self._news is None:
            self._news = News()
            return self._news, True
        return self._news, False
