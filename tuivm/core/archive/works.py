"""Behind the archive: the file, its writer and reader, and what to do when it cannot be used.

Made when it is first needed, as it takes more to load than the start of the program has time for.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tuivm.core.archive import beside, events
from tuivm.core.archive.file import Broken, Newer, Outage
from tuivm.core.archive.lease import Lease
from tuivm.core.archive.pruning import Pruner
from tuivm.core.archive.reader import Known, Reader, of_tail, series_of_tail
from tuivm.core.archive.tail import Tail
from tuivm.core.archive.windows import Assembly
from tuivm.core.archive.writer import Writer
from tuivm.model.domain import DomainKey
from tuivm.model.event import Event
from tuivm.model.series import Metric, Series, Window

if TYPE_CHECKING:
    from tuivm.core.archive.archive import Bounds, Waiting

_LOG = logging.getLogger(__name__)
FLUSH = 5.0
"""Seconds between two writes: what a kill can lose."""
RETRY = 15.0
"""Seconds until a file that could not be used, or that another program writes, is tried again."""
_ORDER = {metric: number for number, metric in enumerate(Metric)}


class Works:
    """:meth:`write`, :meth:`close` by one thread; questions by any thread, and they may block."""

    def __init__(
        self,
        path: Path,
        waiting: Waiting,
        bounds: Bounds,
        role: str,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``waiting`` is what the archive has taken; it says how much is kept by ``bounds``."""
        self.path = path
        """The file."""
        self.lease = Lease(path, role)
        """The right to write to it."""
        self.problem = ""
        """Why nothing is written though it should be, one line; empty while it is."""
        self.tell: Callable[[str], None] = _LOG.info
        """Hears one line an outage."""
        self.name_of: Callable[[DomainKey], str] = lambda _: ""
        """Says a domain's name, or ''."""
        self._clock = clock
        self._lock = threading.RLock()
        self._tail = Tail()
        self._gone = 0
        self._said_lost = False
        self._waiting = waiting
        pruner = Pruner(bounds[0], bounds[1], clock, monotonic)
        self._writer = Writer(path, self._tail, self._lock, pruner, lambda key: self.name_of(key))
        self._reader = Reader(path)

    # -- the thread that writes -----------------------------------------------------------------

    def write(self) -> float:
        """Open and write; returns the seconds until the next time."""
        if self._waiting.given_up:
            return RETRY
        try:
            self._writer.look()
            if not self._is_worth_a_file():
                return FLUSH
            if not self._writer.is_open and not self._open():
                return RETRY
            with self._lock:
                self._take()
            waiting = tuple(self._waiting.events)
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
            self._written(waiting)
            if self.problem:
                self.problem = ""
                gap = f"; {self._gone / 60:.0f} minutes of it are lost" if self._gone else ""
                self.tell(f"the history is written again{gap}")
                self._gone = 0
        if self._waiting.lost and not self._said_lost:
            self._said_lost = True
            self.tell("samples are lost: the history cannot be written as fast as they come")
        return FLUSH

    def _is_worth_a_file(self) -> bool:
        """Whether there is a file, or something of a domain to make one for: a wrong address makes none."""
        waiting = self._waiting
        of_domains = any(event.key is not None for event in waiting.events)
        return bool(of_domains or waiting.ticks or self._tail.blocks) or self.path.exists()

    def _open(self) -> bool:
        """Open the file to write; returns False while another program does."""
        if not self.lease.take():
            process, role = self.lease.holder()
            if not self.problem:
                whose = f"{role or 'program'} {process}"
                self.problem = (
                    f"another tuivm ({whose}) writes the history; this one does when that has ended"
                )
                self.tell(self.problem)
            self._waiting.only_reads = True
            self._drop_all()
            self._write_beside()
            return False
        self._waiting.only_reads = False
        self._writer.open()
        self._reader.forget()
        return True

    def _write_beside(self) -> None:
        """Append what only this program knows to the file that another one writes; later where that fails."""
        own = tuple(self._waiting.events)
        if own and beside.append(self.path, own):
            self._written(own)

    def _written(self, done: Sequence[Event]) -> None:
        """Events are in the file. Of those that waited the oldest may have gone meanwhile."""
        for event in done:
            if self._waiting.events and self._waiting.events[0] is event:
                self._waiting.events.popleft()

    def _take(self) -> None:
        """Put what waits into the tail."""
        while self._waiting.ticks:
            self._tail.put(*self._waiting.ticks.popleft())

    def _wait(self, why: str) -> float:
        """The file cannot be used now."""
        if not self.problem:
            self.problem = f"the history {self.path} cannot be written: {why}"
            self.tell(self.problem)
        with self._lock:
            self._take()
        self._gone += self._writer.bound()
        return RETRY

    def _begin_anew(self, error: Broken) -> float:
        """The file is damaged: it is set aside, and a new one begun."""
        try:
            aside = self._writer.set_aside()
        except Outage as outage:
            return self._wait(str(outage))
        self._reader.forget()
        self.tell(f"the history was damaged ({error}): it is set aside as {aside.name}, a new one is begun")
        return 0.0

    def _give_up(self, why: str) -> None:
        """Nothing will ever be written to this file by this program."""
        self.problem = why
        self.tell(why)
        self._waiting.given_up = True
        self._writer.close()
        self.lease.give_back()
        self._drop_all()

    def _drop_all(self) -> None:
        """Let go what another program has, too, or nobody will ever write."""
        waiting = self._waiting
        with self._lock:
            waiting.ticks.clear()
            self._tail.blocks.clear()
        for _ in range(len(waiting.events)):
            # Others may append meanwhile: those wait behind.
            event = waiting.events.popleft()
            if waiting.wants(event):
                waiting.events.append(event)

    def close(self) -> None:
        """Let the file go, for others to write. Never raises."""
        self._writer.close()
        self.lease.give_back()
        self._reader.close()

    # -- questions ----------------------------------------------------------------------------------

    def window(self, key: DomainKey, series: Series, start: float, step: float, count: int) -> Window:
        """As :meth:`Archive.window`, of a window that makes sense."""
        assembly = Assembly(start, step, count)
        if not self._writer.is_open:
            assembly.add(self._reader.tail(key, series))
        with self._lock:
            self._take()
            recent = of_tail(self._tail, key, series)
        assembly.add(recent)
        self._reader.add(assembly, key, series, start, step, start + step * count)
        return assembly.window()

    def series_of(self, key: DomainKey, start: float, end: float) -> tuple[Series, ...]:
        """As :meth:`Archive.series_of`."""
        found = self._reader.series_of(key, start, end)
        if not self._writer.is_open:
            found |= self._reader.tail_series(key, start, end)
        with self._lock:
            self._take()
            found |= series_of_tail(self._tail, key, start, end)
        return tuple(sorted(found, key=lambda series: (_ORDER[series.metric], series.instance)))

    def events(self, start: float, end: float, key: DomainKey | None, limit: int) -> tuple[Event, ...]:
        """The newest events in the file between these Unix seconds, oldest first."""
        nothing: tuple[Event, ...] = ()
        return self._reader.ask(lambda link: events.read(link, start, end, key, limit), nothing)

    def domains(self) -> tuple[Known, ...]:
        """Every domain of which something is kept, by the name it had last."""
        return self._reader.domains()

    @property
    def unreadable(self) -> str:
        """Why the last question to the file had no answer, one line; empty when it had."""
        return self._reader.problem
