"""The archive: takes samples and events at once, and has them written by its own thread."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tuivm.core.event_log import MemoryEvents
from tuivm.core.lane import Lane
from tuivm.core.windows import SHORTEST_STEP, empty
from tuivm.model.domain import DomainKey
from tuivm.model.event import Event, EventKind
from tuivm.model.series import Series, Window
from tuivm.model.stats import Sample

if TYPE_CHECKING:
    from tuivm.core.archive.reader import Known
    from tuivm.core.archive.works import Works

PAUSE = 2.0
"""Seconds after the start before anything is loaded or opened: the screen comes first."""
MOST = 120
"""Most ticks, and ten times as many events, that wait to be written; the oldest are lost, which is said."""
SIZE = 512 << 20
"""Bytes that the file may have, unless it is said."""
KEEP = 366 * 86_400
"""Seconds for which the coarsest tier and events are kept, unless it is said."""
Bounds = tuple[int, int]
"""Bytes of the file, and seconds for which the coarsest tier and events are kept."""


class Waiting:
    """What was taken and is not in the file's hands yet. One thread puts, one takes."""

    def __init__(self) -> None:
        self.ticks: deque[tuple[float, Mapping[DomainKey, Sample]]] = deque(maxlen=MOST)
        """When, and the samples; oldest first."""
        self.events: deque[Event] = deque(maxlen=10 * MOST)
        """Oldest first."""
        self.lost = False
        """Whether ticks were lost."""
        self.only_reads = False
        """Whether another program writes the file, and sees the same."""
        self.given_up = False
        """Whether nothing will ever be written."""

    @property
    def wanted(self) -> bool:
        """Whether samples are to be taken."""
        return not self.given_up and not self.only_reads

    def wants(self, event: Event) -> bool:
        """Whether an event is to be taken: who writes the file sees all of them but what this program did."""
        return self.wanted or (not self.given_up and event.kind is EventKind.RESULT)


class Archive:
    """A :class:`~tuivm.core.ports_history.SampleKeeper` and ``EventKeeper`` in one file.

    Before :meth:`start` it only reads. Without the lease (another program writes this file) it does, too, but
    for the results of this program's jobs, which nobody else knows.
    """

    def __init__(
        self,
        path: Path,
        *,
        bounds: Bounds = (SIZE, KEEP),
        role: str = "screen",
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``role`` is the word that other programs are told; ``clock`` tells Unix seconds."""
        self.path = path
        """The file."""
        self._waiting = Waiting()
        self._make: Callable[[], Works] = lambda: _works(path, self._waiting, bounds, role, clock, monotonic)
        self._making = threading.Lock()
        self._works: Works | None = None
        self._hear: tuple[Callable[[str], None], Callable[[DomainKey], str]] = (lambda _: None, lambda _: "")
        self._own = MemoryEvents()
        self._began = clock()
        self._rested = False
        self._closing = False
        self._idle = threading.Event()
        self._lane = Lane("tuivm-archive", self._step)

    # -- life ---------------------------------------------------------------------------------

    def start(self, tell: Callable[[str], None], name_of: Callable[[DomainKey], str]) -> None:
        """Start the thread. It tells ``tell`` one line an outage; ``name_of`` says a domain's name or ''."""
        self._hear = (tell, name_of)
        self._lane.start()
        self._lane.poke()

    def close(self, timeout: float) -> bool:
        """Write what is left and end the thread; returns whether that was done in ``timeout`` seconds."""
        end = time.monotonic() + timeout
        self._closing = True
        self._lane.poke()
        done = self._idle.wait(max(0.0, timeout))
        self._lane.stop()
        self._lane.join(end - time.monotonic())
        return done

    @property
    def works(self) -> Works:
        """What is behind it, made at the first question; that may take a moment."""
        with self._making:
            if self._works is None:
                self._works = self._make()
            return self._works

    # -- the present ----------------------------------------------------------------------------

    def put(self, when: float, samples: Mapping[DomainKey, Sample]) -> None:
        """Take the samples of one tick, made at ``when`` (Unix seconds). Returns at once, never raises."""
        waiting = self._waiting
        if waiting.wanted:
            waiting.lost = waiting.lost or len(waiting.ticks) == MOST
            waiting.ticks.append((when, samples))

    def keep(self, event: Event) -> None:
        """Take one event. Returns at once, never raises."""
        self._own.keep(event)
        if self._waiting.wants(event):
            self._waiting.events.append(event)

    # -- the past: any thread, may block ------------------------------------------------------------

    def window(self, key: DomainKey, series: Series, start: float, step: float, count: int) -> Window:
        """What is known of ``count`` steps of ``step`` seconds from ``start`` on; gaps where nothing is."""
        if count < 1 or not step >= SHORTEST_STEP or not (math.isfinite(start) and math.isfinite(step)):
            return empty(start, step, count)
        return self.works.window(key, series, start, step, count)

    def series_of(self, key: DomainKey, start: float, end: float) -> tuple[Series, ...]:
        """Every series of which something is known between these Unix seconds, in the order of ``Metric``."""
        return self.works.series_of(key, start, end)

    def kept(
        self, start: float, end: float, key: DomainKey | None = None, limit: int = 1000
    ) -> tuple[Event, ...]:
        """The newest ``limit`` events between these Unix seconds, oldest first; of one domain if ``key``.

        Those of this run are in memory. Another program that writes the file saw most of them, too: of its
        events only those from before are told.
        """
        if limit < 1:
            return ()
        own = self._own.kept(start, end, key, limit)
        written = min(end, self._began) if own or self._waiting.only_reads else end
        older = self.works.events(start, written, key, limit)
        return (*older, *(event for event in own if event not in older))[-limit:]

    def domains(self) -> tuple[Known, ...]:
        """Every domain of which something is kept, by the name it had last."""
        return self.works.domains()

    # -- the archive's thread ---------------------------------------------------------------------

    def _step(self) -> float | None:
        if not self._rested and not self._closing:
            self._rested = True
            return PAUSE
        works, closing = self.works, self._closing
        works.tell, works.name_of = self._hear
        pause = works.write()
        if closing:
            self._waiting.given_up = True
            works.close()
            self._idle.set()
        return None if self._waiting.given_up else pause


def _works(
    path: Path,
    waiting: Waiting,
    bounds: Bounds,
    role: str,
    clock: Callable[[], float],
    monotonic: Callable[[], float],
) -> Works:
    from tuivm.core.archive.works import Works

    return Works(path, waiting, bounds, role, clock, monotonic)
