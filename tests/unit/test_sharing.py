"""How full the building is: sums, ratios, orders and bars."""

from __future__ import annotations

import math
from dataclasses import replace
from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from tests.memory import MemoryHypervisor
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.host import Host, HostLoad, Kind
from tuivm.model.inventory import Inventory, Link
from tuivm.model.series import Metric, Series
from tuivm.model.sharing import Order, Share, cells, loudest, ordered, sharing
from tuivm.model.stats import Sample

GIB = 1 << 30
HOST = Host("x:///", "h", "QEMU", "1", "1", Kind.TYPE1, "KVM", 8, 32 * GIB, is_local=True)


def key(number: int) -> DomainKey:
    return DomainKey("x:///", f"{number:036d}")


def inventory(*domains: Domain, samples: dict[DomainKey, Sample] | None = None) -> Inventory:
    return Inventory(
        "x:///",
        Link.UP,
        host=HOST,
        load=HostLoad(50.0, 16 * GIB, 30 * GIB),
        domains=MappingProxyType({one.key: one for one in domains}),
        samples=MappingProxyType(samples or {}),
    )


def test_what_runs_is_added_up() -> None:
    run = Domain(key(1), "a", State.RUNNING, vcpus=4, memory=8 * GIB)
    paused = Domain(key(2), "b", State.PAUSED, vcpus=8, memory=4 * GIB)
    off = Domain(key(3), "c", State.OFF, vcpus=16, memory=2 * GIB)
    sample = Sample(1.0, cpu=50.0, memory_used=GIB, disk_read=1.0, disk_write=2.0, net_rx=3.0)
    found = sharing(inventory(run, paused, off, samples={run.key: sample}))
    assert (found.total, found.running, found.vcpus, found.cpus) == (3, 2, 12, 8)
    assert (found.given, found.memory, found.used, found.asleep) == (12 * GIB, 30 * GIB, 16 * GIB, 2 * GIB)
    assert found.vcpu_ratio == 1.5
    assert found.memory_ratio == 12 / 30
    assert found.cpu == 4.0
    assert found.held == GIB
    first = next(share for share in found.shares if share.name == "a")
    assert (first.cpu, first.held, first.disk, first.net) == (2.0, GIB, 3.0, 3.0)
    second = next(share for share in found.shares if share.name == "b")
    assert (second.cpu, second.held, second.disk, second.net) == (None, None, None, None)


def test_the_guests_own_view_is_not_what_the_host_holds() -> None:
    run = Domain(key(1), "a", State.RUNNING, vcpus=1, memory=8 * GIB)
    guest = Sample(1.0, memory_used=GIB, memory_is_guest=True)
    assert sharing(inventory(run, samples={run.key: guest})).shares[0].held is None
    told = replace(guest, more={Series(Metric.RSS): 5.0 * GIB})
    assert sharing(inventory(run, samples={run.key: told})).shares[0].held == 5 * GIB
    gap = replace(guest, more={Series(Metric.RSS): math.nan})
    assert sharing(inventory(run, samples={run.key: gap})).shares[0].held is None


def test_without_a_host_nothing_is_made_up() -> None:
    found = sharing(Inventory("x:///"))
    assert (found.vcpu_ratio, found.memory_ratio, found.cpu, found.used) == (None, None, None, None)
    assert found.shares == ()


def share(number: int, cpu: float | None) -> Share:
    return Share(key(number), f"n{number}", 1, GIB, cpu, None, None, None)


def test_the_loudest_first_and_what_is_equal_by_name() -> None:
    shares = [share(3, 1.0), share(1, None), share(2, 1.0), share(4, 0.0), share(5, math.nan), share(6, 2.0)]
    assert [one.name for one in ordered(shares, Order.CPU)] == ["n6", "n2", "n3", "n4", "n1", "n5"]
    assert [one.name for one in loudest(shares, Order.CPU, 5)] == ["n6", "n2", "n3"]
    assert loudest(shares, Order.DISK) == ()


def test_the_fake_has_shares() -> None:
    hypervisor = MemoryHypervisor(8)
    hypervisor.open()
    domains = {one.key: one for one in hypervisor.list_domains()}
    found = sharing(Inventory("m", Link.UP, host=hypervisor.host, domains=domains))
    assert found.running == len(found.shares) == 5


ODD = st.floats(allow_nan=True, allow_infinity=True)
SOUND = st.floats(min_value=0, max_value=1e15)


@given(st.lists(ODD), ODD, st.integers(0, 300))
def test_a_bar_is_never_overfull_and_no_part_negative(values: list[float], whole: float, width: int) -> None:
    found = cells(values, whole, width)
    assert len(found) == len(values)
    assert all(count >= 0 for count in found)
    assert sum(found) <= width


@given(st.lists(SOUND, min_size=1, max_size=50), st.integers(1, 300))
def test_a_bar_of_all_parts_is_full(values: list[float], width: int) -> None:
    whole = sum(values)
    if whole > 0:
        found = cells(values, whole, width)
        assert sum(found) == width
        for value, count in zip(values, found, strict=True):
            assert abs(count - value / whole * width) <= 1.001
