"""One tick: its time, and how many calls to libvirt it makes, with 20 of 200 domains running."""

from __future__ import annotations

import statistics
import sys
import time

import libvirt

from tests.benchmarks.building import DOMAINS, RUNNING, building
from tuivm.hypervisor import connect

TICKS = 50


def main() -> int:
    """Measure and print; 1 when a tick took more than one call for statistics."""
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
        hypervisor.sample()
        calls = 0
        spans, processor = [], time.process_time()
        for _ in range(TICKS):
            before = time.perf_counter()
            counters = hypervisor.sample()
            spans.append(time.perf_counter() - before)
        processor = (time.process_time() - processor) / TICKS
        hypervisor.close()
    libvirt.virConnect.getAllDomainStats = bulk  # type: ignore[method-assign]
    print(f"one sample with {RUNNING} of {DOMAINS} running: {1e3 * statistics.median(spans):.1f} ms")
    print(f"of which this process' own {1e3 * processor:.1f} ms")
    print(f"bulk calls a tick {calls / TICKS:g}, to be 1")
    return int(calls != TICKS or len(counters) != RUNNING)


if __name__ == "__main__":
    sys.exit(main())
