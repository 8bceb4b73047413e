"""Bookkeeping from what libvirt tells to the next inventory's domains and samples: no threads, no calls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from tuivm.core.history import History
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.rates import make_sample
from tuivm.model.stats import Counters, Sample

_RESTING = frozenset(state for state in State if not state.is_active)
SHORTEST_GAP = 0.5
"""Seconds between two readings below which nothing is taken for missed, however short the interval."""


class Census:
    """Every domain, its latest sample and its history. One thread writes; histories may be read by any.

    Objects that did not change are kept, so that a difference of two inventories is mostly a
    comparison of identities, and a stopped domain costs next to nothing.
    """

    def __init__(self, interval: float, capacity: int) -> None:
        self._interval = interval
        self._capacity = capacity
        self._domains: dict[DomainKey, Domain] = {}
        self._active: set[DomainKey] = set()
        self._samples: dict[DomainKey, Sample] = {}
        self._counters: dict[DomainKey, Counters] = {}
        self._started: dict[DomainKey, float] = {}
        self._read_at: dict[DomainKey, float] = {}
        self._shown_domains: MappingProxyType[DomainKey, Domain] = MappingProxyType({})
        self._shown_samples: MappingProxyType[DomainKey, Sample] = MappingProxyType({})
        self.histories: dict[DomainKey, History] = {}
        """Of every domain that was ever seen active."""

    def fields(self) -> dict[str, Any]:
        """``domains`` and ``samples`` for the next inventory: frozen, the same objects if nothing changed."""
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
            self._domains[domain.key] = domain
            (self._active.discard if domain.state in _RESTING else self._active.add)(domain.key)
        return old is None or old.state is not domain.state or old.id != domain.id

    def remove(self, key: DomainKey) -> bool:
        """Forget a domain; returns whether it was known."""
        for kept in (self._samples, self._counters, self._started, self._read_at, self.histories):
            kept.pop(key, None)
        self._active.discard(key)
        return self._domains.pop(key, None) is not None

    def saw_start(self, key: DomainKey, when: float) -> None:
        """A start was seen at ``when`` (Unix seconds): the uptime where the hypervisor tells none."""
        self._started[key] = when

    def take_counters(self, batch: Iterable[Counters], now: float) -> set[DomainKey]:
        """Take one bulk reading made at ``now`` (monotonic seconds).

        Returns the domains whose row must be re-read to be true: new, gone, renamed, in another state.
        """
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
        doubtful |= self._active.difference(told)
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
            self._domains[key] = replace(domain, vcpus=vcpus, memory=memory, memory_max=memory_max)
        before = self._counters.get(key)
        self._counters[key] = counters
        sample = make_sample(before, counters)
        old = self._samples.get(key)
        if old is not None and _silent(sample) and replace(sample, time=old.time) == old:
            return
        self._samples[key] = sample
        self._remember(key, sample, now)

    def _remember(self, key: DomainKey, sample: Sample, now: float) -> None:
        """Append to the history, with a gap for each reading missed since the last one."""
        history = self.histories.get(key)
        if history is None:
            history = self.histories[key] = History(self._capacity)
        elapsed = now - self._read_at.get(key, now)
        self._read_at[key] = now
        if elapsed > max(1.5 * self._interval, SHORTEST_GAP):
            history.gap(round(elapsed / self._interval) - 1)
        history.append(sample)


def _silent(sample: Sample) -> bool:
    """Whether a sample tells no rate at all, as those of a driver without statistics do."""
    return (
        sample.cpu is None
        and sample.disk_read is None
        and sample.disk_write is None
        and sample.net_rx is None
        and sample.net_tx is None
    )
