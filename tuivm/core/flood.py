"""Events between libvirt's thread and the monitor's: bounded, and those that repeat themselves counted.

A guest whose disk is broken reports a thousand errors a second, and two hundred balloons change once a
second each. The first event of a topic goes on at once. Those of the same topic that follow are counted,
and told as one when the burst is over (nothing came for ``QUIET`` seconds), or while it goes on after
``FIRST`` seconds, twice that, and so on up to ``LONGEST``. Nothing is lost: the counts add up.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, replace
from operator import itemgetter

from tuivm.model.domain import DomainKey
from tuivm.model.event import Event, EventKind

QUIET = 3.0
"""Seconds without a further event after which a burst is over."""
FIRST = 10.0
"""Seconds after which a burst that goes on is told for the first time."""
LONGEST = 640.0
"""Seconds between two lines of a burst that does not end."""
TOPICS = 4096
"""Topics remembered at a time: of more, the one that is longest silent is told early."""

_Topic = tuple[EventKind, DomainKey | None, str, str]


@dataclass(slots=True)
class _Burst:
    """What is known of a topic."""

    told: float
    """When it was told last, in seconds of the clock given."""
    last: float
    """When the last event came."""
    span: float = FIRST
    """Seconds from ``told`` after which it is told again while it goes on."""
    held: Event | None = None
    """The newest event that was not told, with the count of all of them; None for none."""
    number: int = 0
    """Which event that was, counted from the first there ever was."""

    @property
    def due(self) -> float:
        """When the burst is to be told or forgotten."""
        over = self.last + QUIET
        return over if self.held is None else min(over, self.told + self.span)


class Flood:
    """The queue. Not locked: whoever shares it between threads holds a lock around each call.

    ``now`` is seconds of a clock that never goes back.
    """

    def __init__(self) -> None:
        self._ready: deque[tuple[int, Event]] = deque()
        self._number = 0
        self._bursts: OrderedDict[_Topic, _Burst] = OrderedDict()

    def __bool__(self) -> bool:
        """Whether something is to be told at once."""
        return bool(self._ready)

    def put(self, event: Event, now: float) -> None:
        """Take an event."""
        self._number += 1
        if not event.topic:
            self._ready.append((self._number, event))
            return
        topic = (event.kind, event.key, event.name if event.key is None else "", event.topic)
        burst = self._bursts.get(topic)
        if burst is None or (burst.held is None and now >= burst.due):
            self._bursts[topic] = _Burst(now, now)
            self._ready.append((self._number, event))
        else:
            count = event.count + (burst.held.count if burst.held is not None else 0)
            burst.held = replace(event, count=count)
            burst.last, burst.number = now, self._number
        self._bursts.move_to_end(topic)
        if len(self._bursts) > TOPICS:
            self._tell(self._bursts.popitem(last=False)[1])

    def take(self, now: float) -> list[Event]:
        """Empty the queue, with what is due of the bursts, in the order in which it came."""
        if self._bursts:
            self._look(now)
        events = sorted(self._ready, key=itemgetter(0))
        self._ready.clear()
        return [event for _, event in events]

    def rest(self) -> list[Event]:
        """Empty the queue with all that was held back: nothing comes any more."""
        for burst in self._bursts.values():
            self._tell(burst)
        self._bursts.clear()
        return self.take(0.0)

    def _look(self, now: float) -> None:
        for topic, burst in [one for one in self._bursts.items() if one[1].due <= now]:
            over = now >= burst.last + QUIET
            self._tell(burst)
            if over:
                del self._bursts[topic]
            else:
                burst.told, burst.span = now, min(2 * burst.span, LONGEST)

    def _tell(self, burst: _Burst) -> None:
        if burst.held is not None:
            self._ready.append((burst.number, burst.held))
            burst.held = None
