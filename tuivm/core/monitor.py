"""Keeps the inventory true: one thread per connection merges a clock tick with libvirt's events.

Connect, one full list, publish; then a tick every ``interval`` (one ``sample()`` call), and between
ticks the domains that an event named are re-read and published at once. A tick that takes longer
than the interval drops the ticks it slept through, and slows the ticks that follow (:mod:`tuivm.core.pace`).
Changes that send no event (``virsh autostart``, a snapshot) come with a full list every ten seconds.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from types import MappingProxyType

from tuivm.core.census import Census
from tuivm.core.flood import Flood
from tuivm.core.joined import Joined
from tuivm.core.pace import SHARE, Pacer, Slowness
from tuivm.core.past import RecentPast
from tuivm.core.ports import Hypervisor
from tuivm.core.ports_history import Past, SampleKeeper
from tuivm.core.store import Store
from tuivm.model.domain import DomainKey
from tuivm.model.errors import HypervisorError, NotFound, NotSupported, Unreachable
from tuivm.model.event import Event, EventKind
from tuivm.model.host import Host, as_seen
from tuivm.model.inventory import Link
from tuivm.model.stats import Counters

_log = logging.getLogger("tuivm.monitor")

BACKOFF = (1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 5.0, 10.0)
"""Seconds before each new try to connect; the last one repeats."""
FULL_LIST_EVERY = 10.0
"""Seconds between full lists, for what changes without an event."""
GATHER = 0.03
"""Seconds to wait after an event for those that come with it (a start is two or three)."""
MANY = 8
"""More domains than this to re-read are one full list instead."""


class Monitor:
    """The thread. What it learns goes to ``store``; what happened to the callbacks, on its thread."""

    def __init__(
        self,
        hypervisor: Hypervisor,
        store: Store,
        census: Census,
        *,
        interval: float,
        on_event: Callable[[Event], None],
        on_tick: Callable[[], None],
        on_touched: Callable[[frozenset[DomainKey]], None],
        keeper: SampleKeeper | None = None,
    ) -> None:
        self._hypervisor = hypervisor
        self._store = store
        self._census = census
        self.pacer = Pacer(interval)
        """How far apart ticks are."""
        recent = RecentPast(census.histories)
        self.past: Past = recent if keeper is None else Joined(recent, keeper)
        """What is known of the samples: in memory, and kept."""
        self.focus: frozenset[DomainKey] | None = frozenset()
        """The domains whose costly figures are read at every tick; None for all of them."""
        self.watched: DomainKey | None = None
        """One more of them."""
        self._keeper = keeper
        self._on_event = on_event
        self._on_tick = on_tick
        self._on_touched = on_touched
        self._condition = threading.Condition(threading.RLock())
        self._events = Flood()
        self._asked: set[DomainKey] = set()
        self._tickets = 0
        self._served = 0
        self._lost: HypervisorError | None = None
        self.error: HypervisorError | None = None
        """Why there is no connection now; None while there is one, or before the first try is over."""
        self._stopped = False
        self._listed_at = 0.0
        self._list_every = 0.0
        self._repaced = False
        self._host: Host | None = None
        self._thread = threading.Thread(target=self._run, name="tuivm-monitor", daemon=True)
        hypervisor.subscribe(self._take_event)

    # -- any thread ---------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to connect, in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; it closes the connection. Returns at once."""
        with self._condition:
            self._stopped = True
            self._condition.notify_all()

    def join(self, timeout: float) -> bool:
        """Wait for the thread to end; returns whether it has."""
        if self._thread.is_alive():
            self._thread.join(max(0.0, timeout))
        return not self._thread.is_alive()

    def touch(self, key: DomainKey) -> None:
        """Re-read a domain soon: something was done to it that may send no event."""
        with self._condition:
            self._asked.add(key)
            self._tickets += 1
            self._condition.notify_all()

    def refresh(self, key: DomainKey, timeout: float) -> None:
        """Re-read a domain and wait until its row is published, at most ``timeout`` seconds."""
        with self._condition:
            self.touch(key)
            ticket = self._tickets
            self._condition.wait_for(lambda: self._served >= ticket or self._stopped, timeout)

    def lost(self, error: HypervisorError) -> None:
        """Another thread found the connection gone."""
        with self._condition:
            self._lost = error
            self._condition.notify_all()

    def set_pace(self, why: Slowness, seconds: float | None) -> None:
        """Want ticks at least so many seconds apart as long as that reason holds; None when it is over."""
        with self._condition:
            if self.pacer.ask(why, seconds):
                self._repaced = True
                self._condition.notify_all()

    def _take_event(self, event: Event) -> None:
        with self._condition:
            self._events.put(event, time.monotonic())
            if self._events:
                self._condition.notify_all()

    # -- the monitor's thread -------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._keep_connected()
        finally:
            if not self._stopped:
                # A fault of our own ends this thread; rows that no longer move must not look alive.
                fault = "tuivm no longer watches: a fault of its own, told in its log; start it again"
                self._store.update(link=Link.LOST, link_message=fault)

    def _keep_connected(self) -> None:
        attempt = 0
        while not self._stopped:
            try:
                self._connect()
                attempt = 0
                self._serve()
            except HypervisorError as error:
                pause = BACKOFF[min(attempt, len(BACKOFF) - 1)]
                attempt += 1
                self._lose(error, pause)
        with self._condition:
            held = self._events.rest()
        for event in held:
            self._on_event(event)
        self._hypervisor.close()

    def _connect(self) -> None:
        with self._condition:
            self._lost = None
        self._host = self._hypervisor.open()
        touched = self._list_all(quick=True)
        self.error = None
        self._publish(host=self._host)
        self._on_touched(frozenset(touched | self._census.fields()["domains"].keys()))

    def _lose(self, error: HypervisorError, pause: float) -> None:
        _log.info("connection lost: %s", error)
        if self._stopped:
            return
        self.error = error
        message = f"{error}; trying again in {pause:g} s"
        self._store.update(link=Link.LOST, link_message=message)
        self._hypervisor.close()
        with self._condition:
            self._condition.wait_for(lambda: self._stopped, pause)

    def _serve(self) -> None:
        self.pacer.restart()
        while True:
            events, asked, ticket = self._await()
            if self._stopped:
                return
            if events or asked:
                if any(event.kind is EventKind.CONNECTION for event in events):
                    self.pacer.restart()
                self._handle(events, asked)
                with self._condition:
                    self._served = ticket
                    self._condition.notify_all()
            if time.monotonic() >= self.pacer.due:
                self._tick()
                self.pacer.plan()

    def _await(self) -> tuple[list[Event], set[DomainKey], int]:
        """Sleep until the tick is due or something happened; raises what another thread found."""
        with self._condition:
            something = self._condition.wait_for(self._has_news, max(0.0, self.pacer.due - time.monotonic()))
            if something and self._repaced:
                self._repaced = False
            elif something and not self._stopped and self._lost is None:
                self._condition.wait_for(lambda: self._stopped, GATHER)
            if self._lost is not None:
                raise self._lost
            if self._stopped:
                return [], set(), 0
            events, asked = self._events.take(time.monotonic()), self._asked
            self._asked = set()
            return events, asked, self._tickets

    def _has_news(self) -> bool:
        return bool(self._events or self._asked or self._lost or self._stopped or self._repaced)

    def _handle(self, events: Iterable[Event], asked: set[DomainKey]) -> None:
        keys = set(asked)
        for event in events:
            if event.key is not None and event.rereads:
                keys.add(event.key)
            if event.key is not None and event.started:
                self._census.saw_start(event.key, event.time)
            self._on_event(event)
        if keys:
            self._reread(keys)
            self._publish()
            self._on_touched(frozenset(keys))

    def _tick(self) -> None:
        problem, touched = "", set()
        self.pacer.begin()
        try:
            focus = self._in_focus()
            batch = self._hypervisor.sample(focus)
        except Unreachable:
            raise
        except NotSupported:
            touched |= self._list_all()
        except HypervisorError as error:
            problem = str(error)
        else:
            self.pacer.end()
            touched |= self._take(batch, focus)
        finally:
            self.pacer.end()
        self._publish(link_message=problem)
        if touched:
            self._on_touched(frozenset(touched))
        self._on_tick()

    def _in_focus(self) -> frozenset[DomainKey] | None:
        watched = () if self.watched is None else (self.watched,)
        return None if self.focus is None else self.focus.union(watched)

    def _take(self, batch: Iterable[Counters], focus: frozenset[DomainKey] | None) -> set[DomainKey]:
        """Take one reading; returns the domains that are not what they were."""
        now = time.monotonic()
        doubtful = self._census.take_counters(batch, now, self.pacer.apart, focus)
        if self._keeper is not None:
            self._keeper.put(self._census.clock.unix(now), self._census.fields()["samples"])
        if now - self._listed_at >= max(FULL_LIST_EVERY, self._list_every) or len(doubtful) > MANY:
            return doubtful | self._list_all()
        if doubtful:
            self._reread(doubtful)
        return doubtful

    def _list_all(self, *, quick: bool = False) -> set[DomainKey]:
        began = time.monotonic()
        touched = self._census.replace_all(self._hypervisor.list_domains(quick=quick))
        self._listed_at = time.monotonic()
        # A host that takes long to list is listed less often.
        self._list_every = SHARE * (self._listed_at - began)
        if quick:
            # What a quick list left out is made good at the second tick.
            self._listed_at -= FULL_LIST_EVERY - self.pacer.seconds / 2
        return touched

    def _reread(self, keys: Iterable[DomainKey]) -> None:
        """Bring the rows of these domains up to date; what cannot be read keeps its last known row."""
        wanted = list(keys)
        if len(wanted) > MANY:
            self._list_all()
            return
        for key in wanted:
            try:
                self._census.put(self._hypervisor.read_domain(key))
            except NotFound:
                self._census.remove(key)
            except Unreachable:
                raise
            except HypervisorError as error:
                _log.info("cannot read %s: %s", key.uuid, error)

    def _publish(self, **fields: object) -> None:
        told = {capability.value: reason for capability, reason in self._hypervisor.unsupported().items()}
        known = self._store.inventory.unsupported
        unsupported = known if known == told else MappingProxyType(told)
        fields.setdefault("link_message", "")
        shown = self._census.fields()
        if self._host is not None and shown["domains"] is not self._store.inventory.domains:
            active = (one.virt_type for one in shown["domains"].values() if one.state.is_active)
            fields["host"] = as_seen(self._host, active)
        self._store.update(link=Link.UP, unsupported=unsupported, **fields, **shown)
