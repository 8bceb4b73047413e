"""Bookkeeping from what libvirt tells to the next inventory's domains and samples: no threads, no calls."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from tuivm.core.clock import Clock
from tuivm.core.history import History
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.rates import make_sample
from tuivm.model.stats import Counters, Sample

_RESTING = frozenset(state for state in State if not state.is_active)
SHORTEST_GAP = 0.5
"""Seconds between two readings below which nothing is taken for missed, however short the interval."""
ROWS = 120_000
"""Samples kept of all domains together: where very many run, fewer are kept of each."""
WHOLE = 1000
"""Where more domains than this are active, the parts are made out of those in focus alone."""
LEAST = 60
"""Samples kept of each domain, however many run."""


class Census:
    """Every domain, its latest sample and its history. One thread writes; histories may be read by any.

    Objects that did not change are kept, so that a difference of two inventories is mostly a
    comparison of identities, and a stopped domain costs next to nothing.
    """

    def __init__(self, interval: float, capacity: int, clock: Clock | None = None) -> None:
        """``interval`` in seconds, ``capacity`` in samples of that length per domain."""
        self.clock = clock or Clock()
        """Makes Unix seconds of the times in the histories."""
        self._offset = lambda: self.clock.offset
        self._interval = interval
        self._most = self._capacity = capacity
        self._domains: dict[DomainKey, Domain] = {}
        self._active: set[DomainKey] = set()
        """Those of them that are active: a tick looks at no other."""
        self._moved = False
        """Whether a row was changed since they were shown."""
        self._samples: dict[DomainKey, Sample] = {}
        self._counters: dict[DomainKey, Counters] = {}
        self._started: dict[DomainKey, float] = {}
        self._read_at: dict[DomainKey, float] = {}
        """Steady seconds."""
        self._apart = interval
        self._focus: Container[DomainKey] | None = None
        self._shown_domains: MappingProxyType[DomainKey, Domain] = MappingProxyType({})
        self._shown_samples: MappingProxyType[DomainKey, Sample] = MappingProxyType({})
        self.histories: dict[DomainKey, History] = {}
        """Of every domain that was ever seen active."""

    def fields(self) -> dict[str, Any]:
        """``domains`` and ``samples`` for the next inventory: frozen, the same objects if nothing changed."""
        if self._moved:
            self._moved = False
            if self._shown_domains != self._domains:
                self._shown_domains = MappingProxyType(dict(self._domains))
        if self._shown_samples != self._samples:
            self._shown_samples = MappingProxyType(dict(self._samples))
        return {"domains": self._shown_domains, "samples": self._shown_samples}

    def known(self, key: DomainKey) -> Domain | None:
        """The domain as last told."""
        return self._domains.get(key)

    def replace_all(self, domains: Iterable[Domain]) -> set[DomainKey]:
        """Take a full list; returns the domains whose power state, id or existence changed."""
        touched = set()
        listed = {domain.key: domain for domain in domains}
        for key in self._domains.keys() - listed.keys():
            self.remove(key)
            touched.add(key)
        for domain in listed.values():
            if self.put(domain):
                touched.add(domain.key)
        return touched

    def put(self, domain: Domain) -> bool:
        """Take one domain; returns whether its power state, id or existence changed."""
        old = self._domains.get(domain.key)
        if old is domain and domain.state in _RESTING:
            return False
        if not domain.state.is_active:
            self._started.pop(domain.key, None)
            self._samples.pop(domain.key, None)
            self._counters.pop(domain.key, None)
        elif domain.started is None:
            if old is not None and old.id != domain.id and old.state.is_active:
                self._started.pop(domain.key, None)
            domain = replace(domain, started=self._started.get(domain.key))
        if old != domain:
            self._set(domain)
        return old is None or old.state is not domain.state or old.id != domain.id

    def remove(self, key: DomainKey) -> bool:
        """Forget a domain; returns whether it was known."""
        for kept in (self._samples, self._counters, self._started, self._read_at, self.histories):
            kept.pop(key, None)
        self._active.discard(key)
        self._moved = True
        return self._domains.pop(key, None) is not None

    def _set(self, domain: Domain) -> None:
        self._domains[domain.key] = domain
        self._moved = True
        if domain.state.is_active:
            self._active.add(domain.key)
        else:
            self._active.discard(domain.key)

    def saw_start(self, key: DomainKey, when: float) -> None:
        """A start was seen at ``when`` (Unix seconds): the uptime where the hypervisor tells none."""
        self._started[key] = when

    def take_counters(
        self,
        batch: Iterable[Counters],
        now: float,
        apart: float | None = None,
        focus: Container[DomainKey] | None = (),
    ) -> set[DomainKey]:
        """Take one bulk reading made at ``now`` (monotonic seconds).

        ``focus`` are the domains whose parts are wanted, however many there are; None for all.
        ``apart`` is how many seconds readings are meant to be apart now, if not the interval: a reading that
        tells of several intervals counts for all of them, and is no gap.
        Returns the domains whose row must be re-read to be true: new, gone, renamed, in another state.
        """
        self.clock.look()
        self._apart = max(self._interval, apart or 0.0)
        self._make_room()
        self._focus = None if len(self._active) <= WHOLE else focus
        doubtful = set()
        told = []
        for counters in batch:
            key = counters.key
            domain = self._domains.get(key)
            if domain is None:
                doubtful.add(key)
                continue
            told.append(key)
            if self._differs(domain, counters):
                doubtful.add(key)
            if counters.state not in _RESTING or domain.state not in _RESTING:
                self._follow(domain, counters, now)
        # A stopped domain need not be told of; one that ran has stopped or is gone.
        doubtful.update(self._active.difference(told))
        return doubtful

    def _differs(self, domain: Domain, counters: Counters) -> bool:
        return (
            (counters.state is not domain.state and counters.state is not State.UNKNOWN)
            or counters.name != domain.name
            or (counters.id is not None and counters.id != domain.id)
        )

    def _follow(self, domain: Domain, counters: Counters, now: float) -> None:
        """Bring an active domain's row and history up to the counters."""
        key = counters.key
        if not counters.state.is_active:
            self._samples.pop(key, None)
            self._counters.pop(key, None)
            return
        vcpus = counters.vcpus or domain.vcpus
        memory = domain.memory if counters.memory is None else counters.memory
        memory_max = counters.memory_max or domain.memory_max
        if (vcpus, memory, memory_max) != (domain.vcpus, domain.memory, domain.memory_max):
            self._set(replace(domain, vcpus=vcpus, memory=memory, memory_max=memory_max))
        before = self._counters.get(key)
        if not _is_cut_short(before, counters, 2.5 * self._apart):
            self._counters[key] = counters
        sample = make_sample(before, counters, whole=self._focus is None or key in self._focus)
        old = self._samples.get(key)
        if old is not None and _silent(sample) and replace(sample, time=old.time) == old:
            return
        self._samples[key] = sample
        self._remember(key, sample, now)

    def _remember(self, key: DomainKey, sample: Sample, now: float) -> None:
        """Append to the history, with a gap for each reading missed since the last one."""
        history = self.histories.get(key)
        if history is None:
            history = self.histories[key] = History(
                self._capacity, interval=self._interval, offset=self._offset
            )
        when = self.clock.steady(now)
        elapsed = when - self._read_at.get(key, when)
        self._read_at[key] = when
        rows = 1
        if elapsed > max(1.5 * self._apart, SHORTEST_GAP):
            history.gap(round(elapsed / self._interval) - 1, when - self._interval)
        elif self._apart > self._interval:
            rows = max(1, round(elapsed / self._interval))
        history.append(sample, when, rows)

    def _make_room(self) -> None:
        """Keep less of each domain when there are very many, more again when there are few."""
        capacity = max(min(LEAST, self._most), min(self._most, ROWS // max(1, len(self.histories))))
        if capacity < self._capacity * 0.8 or (capacity > self._capacity and capacity == self._most):
            self._capacity = capacity
            for history in self.histories.values():
                history.resize(capacity)


def _is_cut_short(before: Counters | None, now: Counters, limit: float) -> bool:
    """Whether a reading lacks what the one before it had: the emulator was busy.

    Then the next one counts from before it, so that one gap does not become two; unless that is longer ago
    than ``limit`` seconds.
    """
    if before is None or before.id != now.id or now.time - before.time >= limit:
        return False
    return bool(before.disks and not now.disks) or bool(before.balloon_time and not now.balloon_time)


def _silent(sample: Sample) -> bool:
    """Whether a sample tells no rate at all, as those of a driver without statistics do."""
    return (
        sample.cpu is None
        and sample.disk_read is None
        and sample.disk_write is None
        and sample.net_rx is None
        and sample.net_tx is None
    )
