"""The events of this run, kept in memory: what keeps them when nothing outlives the program."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable

from tuivm.model.domain import DomainKey
from tuivm.model.event import Event

KEPT = 10_000
"""Events that are kept; of more, the oldest go."""


class MemoryEvents:
    """An :class:`~tuivm.core.ports_history.EventKeeper`. Any thread."""

    def __init__(self, limit: int = KEPT) -> None:
        self._lock = threading.Lock()
        self._events: deque[Event] = deque(maxlen=limit)
        self._counts: dict[DomainKey | None, int] = {}

    def keep(self, event: Event) -> None:
        """Take one event. Returns at once, never raises."""
        with self._lock:
            self._events.append(event)
            self._counts[event.key] = self._counts.get(event.key, 0) + 1

    def count(self, keys: Iterable[DomainKey]) -> int:
        """How many there have been of these domains and of none, also those that went."""
        with self._lock:
            return sum(self._counts.get(key, 0) for key in (None, *keys))

    def kept(
        self, start: float, end: float, key: DomainKey | None = None, limit: int = 1000
    ) -> tuple[Event, ...]:
        """The newest ``limit`` events between these Unix seconds, oldest first; of one domain if ``key``."""
        with self._lock:
            events = tuple(self._events)
        found = [
            event for event in events if start <= event.time <= end and (key is None or event.key == key)
        ]
        found.sort(key=lambda event: event.time)
        return tuple(found[-limit:] if limit > 0 else ())
