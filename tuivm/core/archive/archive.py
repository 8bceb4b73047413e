"""The archive: takes samples and events at once, writes them on its own thread, answers what was."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tuivm.core.archive import events, tiers, windows
from tuivm.core.archive.file import Broken, Newer, Outage
from tuivm.core.archive.lease import Lease
from tuivm.core.archive.pruning import Pruner
from tuivm.core.archive.reader import Known, Reader, of_tail, series_of_tail
from tuivm.core.archive.tail import Tail
from tuivm.core.archive.writer import Writer
from tuivm.core.event_log import MemoryEvents
from tuivm.core.lane import Lane
from tuivm.core.windows import SHORTEST_STEP, empty
from tuivm.model.domain import DomainKey
from tuivm.model.event import Event
from tuivm.model.series import Metric, Series, Window
from tuivm.model.stats import Sample

_LOG = logging.getLogger(__name__)
FLUSH = 5.0
"""Seconds between two writes: what a kill can lose."""
RETRY = 15.0
"""Seconds until a file that could not be used, or that another program writes, is tried again."""
WAITING = 120
"""Most ticks, and ten times as many events, that wait for the thread; the oldest are lost, which is said."""
SIZE = 512 << 20
"""Bytes that the file may have, unless it is said."""
_ORDER = {metric: number for number, metric in enumerate(Metric)}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept."""

    size: int = SIZE
    """Bytes of the file; the oldest goes first."""
    keep: int = tiers.QUARTERS.keep
    """Seconds for which the coarsest tier and events are kept."""


class Archive:
    """A :class:`~tuivm.core.ports_history.SampleKeeper` and ``EventKeeper`` in one file.

    Before :meth:`start` and without the lease (another program writes this file) it only reads.
    """

    def __init__(
        self,
        path: Path,
        *,
        limits: Limits | None = None,
        role: str = "screen",
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``role`` is the word that other programs are told; ``clock`` tells Unix seconds."""
        limits = limits or Limits()
        self.path = path
        """The file."""
        self.lease = Lease(path, role)
        """The right to write to it."""
        self.problem = ""
        """Why nothing is written though it should be, one line; empty while it is."""
        self._clock = clock
        self._tell: Callable[[str], None] = _LOG.info
        self._name_of: Callable[[DomainKey], str] = lambda _: ""
        self._lock = threading.RLock()
        self._tail = Tail()
        self._ticks: deque[tuple[float, Mapping[DomainKey, Sample]]] = deque(maxlen=WAITING)
        self._events: deque[Event] = deque(maxlen=10 * WAITING)
        self._own = MemoryEvents()
        self._began = clock()
        self._lost = False
        self._given_up = False
        self._only_reads = False
        self._closing = False
        self._idle = threading.Event()
        pruner = Pruner(limits.size, limits.keep, clock, monotonic)
        self._writer = Writer(path, self._tail, self._lock, pruner, lambda key: self._name_of(key))
        self._reader = Reader(path)
        self._lane = Lane("tuivm-archive", self._step)

    # -- life ---------------------------------------------------------------------------------

    def start(self, tell: Callable[[str], None], name_of: Callable[[DomainKey], str]) -> None:
        """Start the thread. It tells ``tell`` one line an outage; ``name_of`` says a domain's name or ''."""
        self._tell = tell
        self._name_of = name_of
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
        self._reader.close()
        return done

    def write_now(self) -> None:
        """Do now what the thread does every few seconds; for who has not started it."""
        self._write()

    # -- the present ----------------------------------------------------------------------------

    def put(self, when: float, samples: Mapping[DomainKey, Sample]) -> None:
        """Take the samples of one tick, made at ``when`` (Unix seconds). Returns at once, never raises."""
        if not self._given_up and not self._only_reads:
            self._lost = self._lost or len(self._ticks) == WAITING
            self._ticks.append((when, samples))

    def keep(self, event: Event) -> None:
        """Take one event. Returns at once, never raises."""
        self._own.keep(event)
        if not self._given_up and not self._only_reads:
            self._events.append(event)

    # -- the past: any thread, may block ------------------------------------------------------------

    def window(self, key: DomainKey, series: Series, start: float, step: float, count: int) -> Window:
        """What is known of ``count`` steps of ``step`` seconds from ``start`` on; gaps where nothing is."""
        if count < 1 or not step >= SHORTEST_STEP or not (math.isfinite(start) and math.isfinite(step)):
            return empty(start, step, count)
        assembly = windows.Assembly(start, step, count)
        if not self._writer.is_open:
            assembly.add(self._reader.tail(key, series))
        with self._lock:
            self._take()
            recent = of_tail(self._tail, key, series)
        assembly.add(recent)
        self._reader.add(assembly, key, series, start, step, start + step * count)
        return assembly.window()

    def series_of(self, key: DomainKey, start: float, end: float) -> tuple[Series, ...]:
        """Every series of which something is known between these Unix seconds, in the order of ``Metric``."""
        found = self._reader.series_of(key, start, end)
        if not self._writer.is_open:
            found |= self._reader.tail_series(key, start, end)
        with self._lock:
            self._take()
            found |= series_of_tail(self._tail, key, start, end)
        return tuple(sorted(found, key=lambda series: (_ORDER[series.metric], series.instance)))

    def kept(
        self, start: float, end: float, key: DomainKey | None = None, limit: int = 1000
    ) -> tuple[Event, ...]:
        """The newest ``limit`` events between these Unix seconds, oldest first; of one domain if ``key``.

        Those of this run are in memory. Another program that writes the file saw most of them, too: of its
        events only those from before are told.
        """
        nothing: tuple[Event, ...] = ()
        own = self._own.kept(start, end, key, limit)
        written = min(end, self._began) if own or self._only_reads else end
        older = self._reader.ask(lambda link: events.read(link, start, written, key, limit), nothing)
        return (*older, *(event for event in own if event not in older))[-limit:] if limit > 0 else nothing

    def domains(self) -> tuple[Known, ...]:
        """Every domain of which something is kept, by the name it had last."""
        return self._reader.domains()

    @property
    def unreadable(self) -> str:
        """Why the last question to the file had no answer, one line; empty when it had."""
        return self._reader.problem

    # -- the archive's thread ---------------------------------------------------------------------

    def _step(self) -> float | None:
        if self._given_up:
            self._idle.set()
            return None
        closing = self._closing
        pause = self._write()
        if closing:
            self._writer.close()
            self.lease.give_back()
            self._given_up = True
            self._idle.set()
            return None
        return pause

    def _write(self) -> float:
        """Open and write; returns the seconds until the next time."""
        if self._given_up:
            return RETRY
        try:
            self._writer.look()
            if not self._writer.is_open and not self._open():
                return RETRY
            with self._lock:
                self._take()
            waiting = tuple(self._events)
            self._writer.write(waiting, self._clock())
        except Newer as error:
            self._give_up(f"the history {self.path} is left alone: {error}")
        except Broken as error:
            return self._begin_anew(error)
        except Outage as error:
            return self._wait(str(error))
        except OSError as error:
            return self._wait(error.strerror or str(error))
        else:
            for event in waiting:
                if self._events and self._events[0] is event:
                    self._events.popleft()
            if self.problem:
                self.problem = ""
                self._tell("the history is written again")
        if self._lost:
            self._lost = False
            _LOG.warning("some samples were lost: the history could not be written as fast as they came")
        return FLUSH

    def _open(self) -> bool:
        """Open the file to write; returns False while another program does."""
        if not self.lease.take():
            process, role = self.lease.holder()
            if not self.problem:
                self.problem = (
                    f"another tuivm ({role or 'program'} {process}) writes the history; this one reads it"
                )
                self._tell(self.problem)
            self._only_reads = True
            self._drop_all()  # the other one has these, too
            return False
        self._only_reads = False
        self._writer.open()
        self._reader.forget()
        return True

    def _take(self) -> None:
        """Put what waits into the tail."""
        while self._ticks:
            self._tail.put(*self._ticks.popleft())

    def _wait(self, why: str) -> float:
        """The file cannot be used now."""
        if not self.problem:
            self.problem = f"the history {self.path} cannot be written: {why}"
            self._tell(self.problem)
        with self._lock:
            self._take()
        if self._writer.bound():
            _LOG.warning("a quarter of an hour of the history is lost: %s", why)
        return RETRY

    def _begin_anew(self, error: Broken) -> float:
        """The file is damaged: it is set aside, and a new one begun."""
        try:
            aside = self._writer.set_aside()
        except Outage as outage:
            return self._wait(str(outage))
        self._reader.forget()
        self._tell(f"the history was damaged ({error}): it is set aside as {aside.name}, a new one is begun")
        return 0.0

    def _give_up(self, why: str) -> None:
        """Nothing will ever be written to this file by this program."""
        self.problem = why
        self._tell(why)
        self._given_up = True
        self._writer.close()
        self.lease.give_back()
        self._drop_all()

    def _drop_all(self) -> None:
        with self._lock:
            self._ticks.clear()
            self._tail.blocks.clear()
        self._events.clear()
