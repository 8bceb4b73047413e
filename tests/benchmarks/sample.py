"""One tick: its time, how many calls to libvirt it makes, and how it grows with the domains.

Measured on 20 of 200 domains that run. What libvirt needs for how many running ones is asked of parts of
them; what this process needs is measured on its answer, repeated under other names.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import libvirt

from tests.benchmarks.building import DOMAINS, RUNNING, building
from tuivm.core.census import Census
from tuivm.core.history import History
from tuivm.hypervisor import LibvirtHypervisor, connect, stats
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.stats import Counters

TICKS = 50
RUNNERS = (20, 40, 80, 160)
RESTING = (0, 180, 1800)
LINEAR_BAR = 1.5
"""Cost of eight times as many running domains, as a part of eight times the cost."""
RESTING_BAR = 1.25
"""Cost with 1,800 stopped domains, as a part of that with none."""
HISTORY_BAR = 24.0
"""MiB that the histories of 200 running domains may take when they are full."""

Record = tuple[libvirt.virDomain, dict[str, object]]


def ticks_of(hypervisor: LibvirtHypervisor, focus: tuple[DomainKey, ...] | None) -> tuple[float, float]:
    """Milliseconds of a tick: on the clock (median), and of this process' own time (mean)."""
    spans, processor = [], time.process_time()
    for _ in range(TICKS):
        before = time.perf_counter()
        hypervisor.sample(focus)
        spans.append(time.perf_counter() - before)
    return 1e3 * statistics.median(spans), 1e3 * (time.process_time() - processor) / TICKS


def own_cost(turn: Callable[[int], object], rounds: int = 200) -> float:
    """Milliseconds of this process' time that one turn takes, the least of three measurements."""
    found, number = [], 0
    for _ in range(3):
        begin = time.process_time()
        for _ in range(rounds):
            number += 1
            turn(number)
        found.append(1e3 * (time.process_time() - begin) / rounds)
    return min(found)


def bookkeeping(records: list[Record], running: int, resting: int) -> tuple[Census, Callable[[int], object]]:
    """A census of so many domains, and what it does at a tick with libvirt's answer, parsing included."""
    census = Census(1.0, 900)
    keys = [DomainKey("bench", f"running-{number}") for number in range(running)]
    chosen = [records[number % len(records)] for number in range(running)]
    for key, (domain, _) in zip(keys, chosen, strict=True):
        census.put(Domain(key, domain.name(), State.RUNNING, id=domain.ID(), vcpus=1))
    for number in range(resting):
        census.put(Domain(DomainKey("bench", f"resting-{number}"), f"off-{number}", State.OFF))

    def turn(number: int) -> object:
        batch: list[Counters] = []
        for key, (domain, record) in zip(keys, chosen, strict=True):
            counters = stats.from_record(key, domain, record, float(number), 1)
            batch.append(replace(counters, cpu_time=number * 10_000_000, balloon_time=number))
        census.take_counters(batch, float(number))
        return census.fields()

    return census, turn


def growth(records: list[Record]) -> bool:
    """Print how the cost of a tick grows; whether a bar was missed."""
    costs = {running: own_cost(bookkeeping(records, running, 0)[1]) for running in RUNNERS}
    shown = ", ".join(f"{running}: {cost:.2f}" for running, cost in costs.items())
    linear = costs[RUNNERS[-1]] / costs[RUNNERS[0]] / (RUNNERS[-1] / RUNNERS[0])
    print(f"this process' time by running domains, ms: {shown}; {linear:.2f} of linear, under {LINEAR_BAR}")
    idle = {resting: own_cost(bookkeeping(records, RUNNING, resting)[1]) for resting in RESTING}
    shown = ", ".join(f"{resting}: {cost:.2f}" for resting, cost in idle.items())
    more = idle[RESTING[-1]] / idle[RESTING[0]]
    print(
        f"beside {RUNNING} running ones by stopped ones, ms: {shown}; {more:.2f} times, under {RESTING_BAR}"
    )
    return linear >= LINEAR_BAR or more >= RESTING_BAR


def remembered(records: list[Record]) -> bool:
    """Print what the past of 200 running domains takes in memory; whether that is too much."""
    census, turn = bookkeeping(records, 200, 0)
    for number in range(1, 1001):
        turn(number)
    size = sum(_size(history) for history in census.histories.values()) / 2**20
    rows = len(next(iter(census.histories.values())))
    print(f"histories of 200 running domains, {rows} rows each: {size:.1f} MiB, under {HISTORY_BAR}")
    return size >= HISTORY_BAR


def _size(history: History) -> int:
    rings = [history._times, *history._columns.values()]
    return sum(ring.__sizeof__() for ring in rings)


def by_parts(link: libvirt.virConnect, records: list[Record]) -> None:
    """Print what libvirt needs for how many of the running domains."""
    shown = []
    for count in (5, 10, 20):
        domains = [domain for domain, _ in records[:count]]
        spans = []
        for _ in range(20):
            before = time.perf_counter()
            link.domainListGetStats(domains, stats.LIGHT, 0)
            spans.append(time.perf_counter() - before)
        shown.append(f"{count}: {1e3 * statistics.median(spans):.1f}")
    print(f"libvirt's time by running domains, ms: {', '.join(shown)}")


def main() -> int:
    """Measure and print; 1 when a tick took more than one call for statistics, or grows too fast."""
    calls = 0
    bulk = libvirt.virConnect.getAllDomainStats

    def counted(self: libvirt.virConnect, *args: int) -> object:
        nonlocal calls
        calls += 1
        return bulk(self, *args)

    libvirt.virConnect.getAllDomainStats = counted  # type: ignore[method-assign,assignment]
    with building() as uri:
        hypervisor = connect(uri)
        hypervisor.open()
        hypervisor.list_domains()
        counters = hypervisor.sample()
        calls = 0
        for words, focus in (
            ("one sample", ()),
            ("with what is costly of one", (counters[0].key,)),
            ("with what is costly of all", None),
        ):
            span, own = ticks_of(hypervisor, focus)
            print(f"{words}, {RUNNING} of {DOMAINS} running: {span:.1f} ms, this process' own {own:.1f} ms")
        per_tick = calls / TICKS / 3
        print(f"bulk calls a tick {per_tick:g}, to be 1")
        link = hypervisor.link()
        records = bulk(link, stats.LIGHT, libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE)
        by_parts(link, records)
        missed = growth(records) | remembered(records)
        hypervisor.close()
    libvirt.virConnect.getAllDomainStats = bulk  # type: ignore[method-assign]
    return int(per_tick != 1 or len(counters) != RUNNING or missed)


if __name__ == "__main__":
    sys.exit(main())
