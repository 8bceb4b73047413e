"""One connection at work: monitor, jobs, consoles behind one object the screen talks to.

Every method returns at once. What happens is told to the :class:`~tuivm.core.ports.Listener`.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from tuivm.core import keyboard
from tuivm.core.asks import Answer, Asks
from tuivm.core.balloons import Balloons
from tuivm.core.census import Census
from tuivm.core.console import ConsoleSession, TerminalFactory, default_terminal
from tuivm.core.consoles import Consoles
from tuivm.core.event_log import MemoryEvents
from tuivm.core.history import History
from tuivm.core.jobs import Jobs
from tuivm.core.labels import LabelReader
from tuivm.core.lane import Lane
from tuivm.core.monitor import Monitor
from tuivm.core.ports import Hypervisor, Listener
from tuivm.core.ports_history import SampleKeeper
from tuivm.core.readings import Readings
from tuivm.core.recordings import Recordings
from tuivm.core.results import result_of
from tuivm.core.store import Store
from tuivm.core.surroundings import Surroundings
from tuivm.core.thaws import Thaws
from tuivm.core.verbs import Arguments, Verb, verb
from tuivm.core.watcher import Watcher
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.errors import HypervisorError
from tuivm.model.event import Event, EventKind, Severity
from tuivm.model.inventory import Change, Inventory, Link
from tuivm.model.job import Job

if TYPE_CHECKING:
    from tuivm.core.audit import Audit
    from tuivm.core.console_watch import ConsoleWatch
    from tuivm.core.ports_history import EventKeeper
    from tuivm.model.detail import Detail

EVENTS_KEPT = 500
"""How many of the latest events a listener that comes late finds."""
SETTLE = 2.0
"""Seconds a finished verb waits for the domain's row to be read again before it is told as done."""


class Session(Readings):
    """The facade. ``interval``, periods and timeouts in seconds, ``history`` in samples per domain."""

    def __init__(
        self,
        hypervisor: Hypervisor,
        *,
        interval: float = 1.0,
        balloon_period: int = 0,
        shutdown_timeout: float = 60.0,
        history: int = 900,
        terminal: TerminalFactory = default_terminal,
        watch: ConsoleWatch | None = None,
        audit: Audit | None = None,
        keeper: SampleKeeper | None = None,
        events: EventKeeper | None = None,
    ) -> None:
        """``watch`` reads consoles, ``audit`` notes what was done; ``keeper`` samples, ``events`` events."""
        self._hypervisor = hypervisor
        self._terminal = terminal
        self._listener: Listener | None = None
        self.began = time.time()
        """Unix seconds when the session was made: what is kept from before is of an earlier run."""
        self.event_log: EventKeeper = MemoryEvents() if events is None else events
        """What happened, also in earlier runs where it is kept so long. Reading it may block."""
        self._latest = MemoryEvents(EVENTS_KEPT)
        self.consoles = Consoles(self._make_console, self._tell_console, self._say_of)
        """The consoles of this connection."""
        self.recordings = Recordings(self._domain, self.tell)
        """The recordings of consoles that are under way."""
        self.audit = audit
        """Where what is done is written down; None for nowhere."""
        self._watch = watch
        if watch is not None:
            self.consoles.on_made.append(watch.made)
        self._ready = threading.Event()
        self._store = Store(hypervisor.uri, self._publish)
        self._census = Census(interval, history)
        self._job_steps: deque[tuple[Job, Event | None]] = deque()
        self._said: deque[Event] = deque()
        self._teller = Lane("tuivm-told", self._tell_own)
        self.work: Jobs = self._make_jobs(shutdown_timeout)
        """The desk of the jobs: to end one early, to try one again, to look at a batch."""
        self._monitor = self._make_monitor(interval, keeper)
        self._looked_at = False
        self._hire(balloon_period)

    def _hire(self, balloon_period: int) -> None:
        """Make what works in the background beside the monitor."""
        self.on_close: list[Callable[[float], object]] = []
        """Called at last when the session is closed, with the seconds that are left."""
        hypervisor, store = self._hypervisor, self._store
        self._asks = Asks(hypervisor)
        self._labels = LabelReader(hypervisor, store, self._monitor.touch)
        self._watcher = Watcher(hypervisor, store, self._tell_detail, self._monitor.lost)
        self._balloons = Balloons(hypervisor, store, balloon_period)
        self._thaws = Thaws(hypervisor, store, self._thaw)

    def _make_monitor(self, interval: float, keeper: SampleKeeper | None) -> Monitor:
        return Monitor(
            self._hypervisor,
            self._store,
            self._census,
            interval=interval,
            on_event=self._take_event,
            on_tick=self._tick,
            on_touched=lambda keys: self._watcher.touched(keys),
            keeper=keeper,
        )

    def _make_jobs(self, shutdown_timeout: float) -> Jobs:
        return Jobs(
            self._hypervisor,
            domain_of=self._domain,
            tell=self._take_job,
            done=self._job_over,
            settle=lambda key: self._monitor.refresh(key, SETTLE),
            shutdown_timeout=shutdown_timeout,
            linked=lambda: self._store.inventory.link is Link.UP,
            around=self._make_surroundings(),
        )

    def _make_surroundings(self) -> Surroundings:
        return Surroundings(
            hear=self.consoles.hear,
            is_asked=lambda key: self.work.waits(key),
            left_frozen=lambda key: self._thaws.later(key),
        )

    # -- life ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to connect, in the background. Once."""
        if self._watch is not None:
            self._watch.begin(self._domain, self.tell)
        if self.audit is not None:
            self.audit.start(self.announce)
        self._teller.start()
        self.work.start()
        self.consoles.start()
        self._balloons.start()
        self._thaws.start()
        self._monitor.start()

    def wait_ready(self, timeout: float | None = None) -> bool:
        """Wait until the first try to connect is over; returns whether it is. Then ``error`` says how."""
        return self._ready.wait(timeout)

    @property
    def error(self) -> HypervisorError | None:
        """Why there is no connection now; None while there is one, or before the first try is over."""
        return self._monitor.error

    def announce(self, message: str) -> None:
        """Tell the screen something that concerns no domain; from any thread but the screen's own."""
        self._take_event(Event(EventKind.OTHER, time.time(), None, "", message, severity=Severity.WARNING))

    def tell(self, event: Event) -> None:
        """Put an event into the log and tell the screen; from any thread but the screen's own."""
        self._take_event(event)

    def attach(self, listener: Listener, *, details: bool = True) -> None:
        """Tell ``listener`` from now on; the present inventory is delivered before this returns.

        Gauges and details are read from the first time on, or without ``details`` from
        :meth:`read_details` on: until somebody looks they would only delay the list.
        """
        with self._store.lock:
            self._listener = listener
            inventory = self._store.inventory
            listener.on_inventory(inventory, Change(added=frozenset(inventory.domains), header=True))
        if details:
            self.read_details()

    def read_details(self) -> None:
        """Begin to read gauges, details and addresses. A second call does nothing."""
        if not self._looked_at:
            self._looked_at = True
            self._watcher.start()
            self._labels.start()

    def detach(self) -> None:
        """Tell nobody from now on: no callback is under way or comes after this returned."""
        with self._store.lock:
            self._listener = None

    def close(self, timeout: float = 2.0) -> None:
        """Close consoles, threads and connection; returns within ``timeout`` though libvirt hangs."""
        end = time.monotonic() + timeout
        # A listener that blocks must not keep the program from leaving: detach without its lock.
        self._listener = None
        seen = () if self._building is None else (self._building,)
        helpers = (self._watcher, *seen, self._asks, self.work, self._labels, self._balloons, self._thaws)
        parts = (self.consoles, *helpers, self._monitor)
        for part in parts[:-1]:
            part.stop()
        self.work.settle(end - time.monotonic())
        self._monitor.stop()
        # Consoles are closed by now: what they printed last is written. A disk that hangs leaves the
        # logs, which may be elsewhere, half of the time.
        self.recordings.close((end - time.monotonic()) / 2)
        if self._watch is not None:
            self._watch.close(end - time.monotonic())
        for part in parts:
            part.join(end - time.monotonic())
        if self.audit is not None:
            self.audit.close(end - time.monotonic())
        self._teller.stop()
        self._teller.join(end - time.monotonic())
        for close in self.on_close:
            close(end - time.monotonic())

    # -- what is known ------------------------------------------------------------------------

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Jobs, oldest first; those long over are dropped."""
        return self.work.all()

    @property
    def events(self) -> tuple[Event, ...]:
        """The latest events, oldest first."""
        return self._latest.kept(0.0, math.inf, limit=EVENTS_KEPT)

    def told(self, keys: Iterable[DomainKey]) -> int:
        """How many events there were of these domains and of the host in this run."""
        return self._latest.count(keys)

    def history(self, key: DomainKey) -> History | None:
        """The samples of a domain; None for one never seen active."""
        return self._census.histories.get(key)

    def detail(self, key: DomainKey) -> Detail | None:
        """The detail last read of a domain, which may be old unless it is watched."""
        return self._watcher.detail(key)

    def watch(self, key: DomainKey | None) -> None:
        """Keep the detail of this domain fresh, and of no other."""
        self._monitor.watched = key
        self._watcher.watch(key)

    # -- what is done -------------------------------------------------------------------------

    def run(self, verb: Verb, domain: Domain, arguments: Arguments | None = None) -> Job:
        """Queue a verb on a domain."""
        return self.work.submit(verb, domain, arguments or Arguments())

    def run_many(self, verb: Verb, domains: Iterable[Domain], arguments: Arguments | None = None) -> int:
        """Queue a verb on many domains, some at once; returns the batch's id (``work.batch`` tells of it)."""
        return self.work.submit_many(verb, domains, lambda _: arguments or Arguments())

    def ask(
        self, call: Callable[[Hypervisor], Answer], then: Callable[[Answer | HypervisorError], object]
    ) -> None:
        """Ask the hypervisor on a worker thread; ``then`` gets the answer or the error, on that thread."""
        self._asks.ask(call, then)

    def pending(self, key: DomainKey) -> Job | None:
        """The newest job of this domain that is not over."""
        return self.work.pending(key)

    def console(self, key: DomainKey) -> ConsoleSession:
        """The console of a domain, made (not opened) at the first call and kept."""
        return self.consoles.get(key)

    def press(self, domain: Domain, names: tuple[str, ...]) -> Job:
        """Press keys of the domain's own keyboard together, by their Linux names (``KEY_LEFTCTRL``)."""
        return self.run(keyboard.press(names), domain)

    def send_break(self, domain: Domain) -> Job:
        """Send a break on the serial line that its console shows."""
        console = self.consoles.find(domain.key)
        return self.run(keyboard.send_break(console.device if console else None), domain)

    # -- worker threads -----------------------------------------------------------------------

    def _domain(self, key: DomainKey) -> Domain | None:
        return self._store.inventory.domains.get(key)

    def _publish(self, inventory: Inventory, change: Change) -> None:
        if inventory.link is not Link.CONNECTING:
            self._ready.set()
        listener = self._listener
        if listener is not None:
            listener.on_inventory(inventory, change)
        self.work.look()
        self.consoles.refresh(change.changed | change.added | change.removed)

    def _take_event(self, event: Event) -> None:
        self.event_log.keep(event)
        self._latest.keep(event)
        with self._store.lock:
            listener = self._listener
            if listener is not None:
                listener.on_event(event)
        if event.started and event.key is not None:
            self.consoles.guest_started(event.key)

    def _tick(self) -> None:
        self._watcher.tick()
        if self._looked_at:
            self._labels.look()
        self._balloons.look()
        self.consoles.refresh()

    def _take_job(self, job: Job) -> None:
        if self.audit is not None:
            self.audit.note(job)
        result = result_of(job) if job.state.is_over else None
        if result is not None:
            # At once: the program may end before anybody is told.
            self.event_log.keep(result)
            self._latest.keep(result)
        self._job_steps.append((job, result))
        self._teller.poke()

    def _tell_own(self) -> None:
        """Tell the listener on a thread of our own: a step or line may come on the screen's thread."""
        while self._said:
            self._take_event(self._said.popleft())
        while self._job_steps:
            job, result = self._job_steps.popleft()
            with self._store.lock:
                listener = self._listener
                if listener is not None:
                    listener.on_job(job)
                    if result is not None:
                        listener.on_event(result)

    def _thaw(self, domain: Domain) -> None:
        """Let a guest go on that a lost connection may have left frozen: a job, as if the user asked."""
        words = "the connection is back: file systems that a snapshot may have left frozen are thawed"
        now = time.time()
        self._take_event(Event(EventKind.AGENT, now, domain.key, domain.name, words, notice="warning"))
        self.run(verb("thaw"), domain)

    def _job_over(self, job: Job) -> None:
        self._monitor.touch(job.key)

    def _tell_detail(self, detail: Detail) -> None:
        listener = self._listener
        if listener is not None:
            listener.on_detail(detail)

    def _make_console(self, key: DomainKey) -> ConsoleSession:
        return ConsoleSession(key, self._hypervisor, self._domain, self._terminal, self._watcher.detail)

    def _tell_console(self, key: DomainKey) -> None:
        with self._store.lock:
            listener = self._listener
            if listener is not None:
                listener.on_console(key)

    def _say_of(self, console: ConsoleSession, text: str) -> None:
        """Put a line about a console into the log."""
        domain = self._domain(console.key)
        name = domain.name if domain is not None else ""
        event = Event(EventKind.CONSOLE, time.time(), console.key, name, text, notice="warning")
        self._said.append(event)
        self._teller.poke()
