"""How full the building is: what each machine was given and takes, what there is, ratios and bars.

Pure functions of an inventory.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tuivm.model.domain import Domain, DomainKey
from tuivm.model.inventory import Inventory
from tuivm.model.series import Metric, Series
from tuivm.model.stats import Sample

_RSS = Series(Metric.RSS)


class Order(StrEnum):
    """What the machines of a building are ordered by, the greatest first."""

    MEMORY = "memory"
    """Memory held, else given."""
    CPU = "cpu"
    """Processors used."""
    DISK = "disk"
    """Bytes a second, read and written."""
    NET = "net"
    """Bytes a second, received and sent."""


@dataclass(frozen=True, slots=True)
class Share:
    """One machine that runs: its part of the building."""

    key: DomainKey
    """Whose."""
    name: str
    """Its name; hostile data."""
    vcpus: int
    """Virtual CPUs given."""
    given: int
    """Memory given, bytes."""
    cpu: float | None
    """Processors used, 1.0 for a whole one; None when not known."""
    held: int | None
    """Memory that the host holds for it, bytes; None when not known."""
    disk: float | None
    """Bytes a second, read and written; None when not known."""
    net: float | None
    """Bytes a second, received and sent; None when not known."""
    number: int = 0
    """Its place among those that run, by name: what tells it apart in a picture, whatever the order."""

    def figure(self, order: Order) -> float:
        """What it is ordered by; -1 when not known."""
        found: float | None = {
            Order.MEMORY: self.held if self.held is not None else self.given,
            Order.CPU: self.cpu,
            Order.DISK: self.disk,
            Order.NET: self.net,
        }[order]
        return -1.0 if found is None or math.isnan(found) else float(found)


@dataclass(frozen=True, slots=True)
class Sharing:
    """What there is of a host, and what its machines were given and take of it."""

    total: int
    """Machines."""
    running: int
    """Those that run."""
    cpus: int
    """Logical CPUs of the host; 0 when not known."""
    vcpus: int
    """Virtual CPUs given to those that run."""
    cpu: float | None
    """Processors in use by anybody; None when not known."""
    memory: int
    """Memory of the host, bytes; 0 when not known."""
    given: int
    """Memory given to those that run, bytes."""
    used: int | None
    """Memory in use by anybody, bytes; None when not known."""
    asleep: int
    """Memory that those which are off would be given besides, bytes."""
    shares: tuple[Share, ...]
    """Of those that run, the largest first."""

    @property
    def vcpu_ratio(self) -> float | None:
        """Virtual CPUs for each logical one; None when not known."""
        return self.vcpus / self.cpus if self.cpus > 0 else None

    @property
    def memory_ratio(self) -> float | None:
        """Memory given for each byte there is; None when not known."""
        return self.given / self.memory if self.memory > 0 else None

    @property
    def held(self) -> int:
        """What the host holds for machines, bytes, as far as it is known."""
        return sum(share.held or 0 for share in self.shares)


def sharing(inventory: Inventory) -> Sharing:
    """Add up what machines were given and take."""
    host, load = inventory.host, inventory.load
    active = [domain for domain in inventory.domains.values() if domain.state.is_active]
    active.sort(key=lambda domain: (domain.name, domain.key))
    shares = [
        _share(domain, inventory.samples.get(domain.key), number) for number, domain in enumerate(active)
    ]
    memory = load.memory_total if load is not None and load.memory_total else host.memory if host else 0
    cpus = host.cpus if host is not None else 0
    return Sharing(
        total=len(inventory.domains),
        running=len(active),
        cpus=cpus,
        vcpus=sum(share.vcpus for share in shares),
        cpu=load.cpu / 100 * cpus if load is not None and load.cpu is not None else None,
        memory=memory,
        given=sum(share.given for share in shares),
        used=load.memory_used if load is not None and load.memory_used else None,
        asleep=sum(one.memory for one in inventory.domains.values() if not one.state.is_active),
        shares=ordered(shares, Order.MEMORY),
    )


def _share(domain: Domain, sample: Sample | None, number: int) -> Share:
    cpu = held = disk = net = None
    if sample is not None:
        cpu = None if sample.cpu is None else sample.cpu / 100 * domain.vcpus
        rss = sample.more.get(_RSS)
        if rss is not None and not math.isnan(rss):
            held = int(rss)
        elif not sample.memory_is_guest:
            held = sample.memory_used
        disk = _sum(sample.disk_read, sample.disk_write)
        net = _sum(sample.net_rx, sample.net_tx)
    vcpus, given = max(0, domain.vcpus), max(0, domain.memory)
    return Share(domain.key, domain.name, vcpus, given, cpu, held, disk, net, number)


def _sum(first: float | None, second: float | None) -> float | None:
    known = [value for value in (first, second) if value is not None]
    return sum(known) if known else None


def ordered(shares: Sequence[Share], order: Order) -> tuple[Share, ...]:
    """The greatest first; what is equal by name, so that it does not jump."""
    return tuple(sorted(shares, key=lambda one: _place(one, order)))


def _place(one: Share, order: Order) -> tuple[float, str, DomainKey]:
    return -one.figure(order), one.name, one.key


def loudest(shares: Sequence[Share], order: Order, count: int = 3) -> tuple[Share, ...]:
    """Those that take most; none that take nothing, or of which nothing is known."""
    top = heapq.nsmallest(count, shares, key=lambda one: _place(one, order))
    return tuple(one for one in top if one.figure(order) > 0)


def cells(values: Sequence[float], whole: float, width: int) -> list[int]:
    """How many cells of a bar each value takes whose ``width`` cells stand for ``whole``.

    Each end is rounded to the nearest cell, so that the sum is the rounded sum of all: no error adds up,
    and a value never takes a cell that belongs to another. What is negative or not a number takes none;
    what goes beyond the bar is cut.
    """
    found: list[int] = []
    total, end = 0.0, 0
    for value in values:
        total += value if math.isfinite(value) and value > 0 else 0.0
        share = (1.0 if total >= whole else total / whole) if whole > 0 else 0.0
        reached = max(end, round(share * width))
        found.append(reached - end)
        end = reached
    return found
