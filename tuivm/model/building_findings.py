"""What is pointed at in a building: overcommitment and missing isolation, with a word on what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tuivm.model.building import Building, Cure, Pool, Resource
from tuivm.model.domain import DomainKey
from tuivm.model.finding import Finding, Severity
from tuivm.model.sharing import Sharing
from tuivm.model.standing import Grade, Standing, some
from tuivm.model.units import size

MANY_VCPUS = 3.0
"""Virtual CPUs for each logical one from which it is worth a warning though nothing is known to wait."""
CROWDED = 25.0
"""Percent of the last five minutes in which somebody waited for a processor: machines feel it."""
SHORT_OF_MEMORY = 10.0
"""Percent of the last five minutes in which somebody waited for memory: the host swaps."""
SLOW_STORE = 40.0
"""Percent of the last five minutes in which somebody waited for a disk."""
FULL_MEMORY = 0.92
"""Share of the host's memory in use."""
FULL_POOL = (0.05, 0.10)
"""Free share of a pool under which it is serious, and worth a warning."""
_NAMED = 4
"""Machines that a finding names."""
_LATELY = "% of the last five minutes somebody waited for"
_GIB = 1 << 30


def findings(
    share: Sharing,
    facts: Building,
    standings: Mapping[DomainKey, Standing],
    names: Mapping[DomainKey, str],
) -> tuple[Finding, ...]:
    """Everything that is to be pointed at, the most serious first, what is alike in the order found."""
    found = [
        *_processors(share, facts),
        *_memory(share, facts),
        *_pools(facts),
        *_walls(standings, names),
        *_host(share, facts),
    ]
    return tuple(sorted(found, key=lambda one: one.severity))


def _processors(share: Sharing, facts: Building) -> Iterator[Finding]:
    large = [one for one in share.shares if one.vcpus > share.cpus > 0]
    if large:
        named = some([one.name for one in large], _NAMED)
        yield Finding(
            Severity.WARNING,
            "processors",
            f"more virtual processors than the host has ({share.cpus}): {named}",
            "give each at most as many as there are: its processors wait for each other",
            tuple(one.key for one in large),
        )
    ratio = share.vcpu_ratio
    waiting = facts.pressure.get(Resource.CPU)
    given = f"{share.vcpus} virtual processors on {share.cpus}"
    if waiting is not None and waiting.some_long >= CROWDED and share.running:
        yield Finding(
            Severity.SERIOUS if waiting.some_long >= 2 * CROWDED else Severity.WARNING,
            "processors",
            f"for {waiting.some_long:.0f} {_LATELY} a processor; {given}",
            "stop or move a machine, give fewer virtual processors, or set a limit (virsh schedinfo)",
        )
    elif ratio is not None and ratio >= MANY_VCPUS:
        yield Finding(
            Severity.WARNING,
            "processors",
            f"{given}: {ratio:.1f} for each",
            "it goes well as long as most of them idle: watch the pressure",
        )
    elif ratio is not None and ratio > 1:
        yield Finding(
            Severity.NOTE, "processors", f"{given}: {ratio:.1f} for each", "usual, where most of them idle"
        )


def _memory(share: Sharing, facts: Building) -> Iterator[Finding]:
    full = share.used is not None and share.memory > 0 and share.used / share.memory >= FULL_MEMORY
    waiting = facts.pressure.get(Resource.MEMORY)
    if waiting is not None and waiting.some_long >= SHORT_OF_MEMORY:
        yield Finding(
            Severity.SERIOUS,
            "memory",
            f"for {waiting.some_long:.0f} {_LATELY} memory: the host swaps",
            "stop or move a machine, or give it less",
        )
    ratio = share.memory_ratio
    given = f"{size(share.given)} given of {size(share.memory)}"
    if ratio is not None and ratio > 1:
        merging = facts.merging
        less = "stop or move a machine, or let balloons take back what is not used"
        if merging is not None and merging.on is False:
            less += "; merging equal pages (KSM) is off"
        yield Finding(
            Severity.SERIOUS if full else Severity.WARNING,
            "memory",
            f"{given}: if all use what they have, the host runs out and its kernel ends one of them",
            less,
        )
    elif full and share.used is not None:
        yield Finding(
            Severity.WARNING,
            "memory",
            f"{size(share.used)} of {size(share.memory)} in use",
            "leave the host some: stop or move a machine, or give it less",
        )
    elif ratio is not None and share.asleep and share.given + share.asleep > share.memory:
        yield Finding(
            Severity.NOTE,
            "memory",
            f"{given}; with the machines that are off it would be {size(share.given + share.asleep)}",
            "not all of them can run at once",
        )


def _pools(facts: Building) -> Iterator[Finding]:
    for pool in facts.pools or ():
        if not pool.active:
            yield Finding(
                Severity.NOTE, "pool", f"{pool.name} is not active", "virsh pool-start, if it is needed"
            )
        elif pool.capacity > 0:
            yield from _pool(pool)


def _pool(pool: Pool) -> Iterator[Finding]:
    left = pool.free / pool.capacity
    words = f"{pool.name}: {size(pool.free)} of {size(pool.capacity)} free"
    if left < FULL_POOL[1]:
        yield Finding(
            Severity.SERIOUS if left < FULL_POOL[0] else Severity.WARNING,
            "pool",
            f"{words}; when it is full, guests stop with an I/O error",
            "make it larger, move a volume, or remove old snapshots and images",
        )
    elif pool.ratio is not None and pool.ratio > 1:
        yield Finding(
            Severity.WARNING,
            "pool",
            f"{words}, but its volumes may grow to {size(pool.promised)}: {pool.ratio:.1f} for each byte",
            "watch it; guests stop with an I/O error when it is full",
        )


def _walls(standings: Mapping[DomainKey, Standing], names: Mapping[DomainKey, str]) -> Iterator[Finding]:
    """What machines have in common, each once."""
    grouped: dict[tuple[Grade, str, str, str], list[DomainKey]] = {}
    for key, standing in standings.items():
        for one in standing.aspects:
            if one.finding:
                group = (one.grade, one.wall.value, one.finding, one.remedy)
                grouped.setdefault(group, []).append(key)
    for (grade, wall, words, remedy), keys in grouped.items():
        running = any(standings[key].room.active for key in keys)
        severity = Severity.SERIOUS if grade is Grade.MISSING and running else Severity.WARNING
        called = sorted(keys, key=lambda key: (names[key], key))
        text = f"{words}: {some([names[key] for key in called], _NAMED)}"
        yield Finding(severity, wall, text, remedy, tuple(called))


def _host(share: Sharing, facts: Building) -> Iterator[Finding]:
    open_to = [one.name for one in facts.weaknesses if one.cure is Cure.VULNERABLE]
    if open_to:
        yield Finding(
            Severity.WARNING,
            "mitigations",
            f"the processor is vulnerable: {some(open_to, _NAMED)}; a guest may read what is others'",
            "update kernel and microcode, and take mitigations=off from the kernel's command line",
        )
    waiting = facts.pressure.get(Resource.IO)
    if waiting is not None and waiting.some_long >= SLOW_STORE:
        yield Finding(
            Severity.WARNING,
            "disks",
            f"for {waiting.some_long:.0f} {_LATELY} a disk",
            "look who is loudest, and set a limit (virsh blkdeviotune) or another pool",
        )
    merging = facts.merging
    if merging is not None and merging.on and merging.saved and share.running > 1:
        yield Finding(
            Severity.NOTE,
            "merging",
            f"equal pages are kept once, which saves {size(merging.saved)}; by its timing a guest can tell"
            " what another has in memory",
            "where guests do not trust each other: <nosharepages/>",
        )
    for pages in facts.hugepages:
        idle = pages.size * pages.free
        if idle >= _GIB and pages.free * 2 > pages.total:
            yield Finding(
                Severity.NOTE,
                "huge pages",
                f"{size(idle)} set aside in pages of {size(pages.size)} that nobody uses",
                "give them back (vm.nr_hugepages), or let a machine use them: <hugepages/>",
            )
