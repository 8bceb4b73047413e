"""What is asked of libvirt at a tick, and what is made of answers that lack something."""

from __future__ import annotations

import time
from typing import Any

import libvirt
import pytest

from tuivm.hypervisor import sampling, stats
from tuivm.hypervisor.sampling import Sampling
from tuivm.model.domain import DomainKey
from tuivm.model.host import Host, Kind
from tuivm.model.stats import Counters, VcpuCounters

URI = "fake:///system"
WHOLE = {
    "state.state": 1,
    "cpu.time": 1,
    "balloon.current": 1024,
    "balloon.rss": 10,
    "balloon.available": 1000,
    "balloon.usable": 400,
    "block.count": 1,
    "block.0.name": "vda",
    "block.0.rd.bytes": 1,
    "block.0.wr.bytes": 1,
}
CUT_SHORT = {
    "state.state": 1,
    "cpu.time": 1,
    "balloon.current": 1024,
    "block.count": 1,
    "block.0.name": "vda",
}
COSTLY = {
    "vcpu.current": 2,
    "vcpu.maximum": 3,
    "vcpu.0.time": 5,
    "vcpu.0.wait": 1,
    "vcpu.0.delay": 2,
    "vcpu.2.time": 7,
    "dirtyrate.calc_status": libvirt.VIR_DOMAIN_DIRTYRATE_MEASURED,
    "dirtyrate.megabytes_per_second": 3,
}


class Domain:
    """A virDomain that runs."""

    def __init__(self, name: str) -> None:
        self.number = int(name)

    def name(self) -> str:
        return f"vm-{self.number}"

    def UUIDString(self) -> str:  # noqa: N802 - libvirt's own name
        return str(self.number)

    def ID(self) -> int:  # noqa: N802 - libvirt's own name
        return self.number


class Link:
    """A virConnect that tells what a test wants, and remembers what it was asked."""

    def __init__(self) -> None:
        self.domains = [Domain("1"), Domain("2")]
        self.bulk: dict[str, dict[str, Any]] = {"1": dict(WHOLE), "2": dict(WHOLE)}
        self.again: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[tuple[str, ...], int]] = []

    def getAllDomainStats(  # noqa: N802 - libvirt's own name
        self, groups: int, flags: int
    ) -> list[tuple[Domain, dict[str, Any]]]:
        self.asked.append((("all",), groups))
        return [(domain, {**self.bulk[domain.UUIDString()], **self._more(groups)}) for domain in self.domains]

    def domainListGetStats(  # noqa: N802 - libvirt's own name
        self, domains: list[Domain], groups: int, flags: int
    ) -> list[tuple[Domain, dict[str, Any]]]:
        self.asked.append((tuple(domain.UUIDString() for domain in domains), groups))
        return [
            (domain, {**self.again.get(domain.UUIDString(), {}), **self._more(groups)}) for domain in domains
        ]

    def _more(self, groups: int) -> dict[str, Any]:
        return COSTLY if groups & libvirt.VIR_DOMAIN_STATS_VCPU else {}


class Faked(Sampling):
    """Sampling on a link that is none."""

    def __init__(self) -> None:
        super().__init__(URI)
        self.fake = Link()

    def link(self) -> libvirt.virConnect:
        return self.fake  # type: ignore[return-value]

    def host(self) -> Host:
        return Host(URI, "h", "QEMU", "1", "1", Kind.TYPE2, "", 2, 1 << 30, is_local=True)


@pytest.fixture
def faked() -> Faked:
    return Faked()


def key(number: int) -> DomainKey:
    return DomainKey(URI, str(number))


def by_number(counters: list[Counters]) -> dict[str, Counters]:
    return {one.key.uuid: one for one in counters}


def test_one_call_a_tick_and_one_more_for_those_in_focus(faked: Faked) -> None:
    first = by_number(faked.sample())
    assert [one.costly for one in first.values()] == [None, None]
    second = by_number(faked.sample([key(2), key(9)]))
    assert faked.fake.asked == [(("all",), stats.LIGHT), (("all",), stats.LIGHT), (("2",), stats.COSTLY)]
    assert second["1"].costly is None
    costly = second["2"].costly
    assert costly is not None
    assert costly.vcpus == (VcpuCounters(0, 5, 2), VcpuCounters(2, 7, None))
    assert costly.dirty_rate == 3 << 20
    assert by_number(faked.sample())["2"].costly is costly, "the last reading is kept, with its time"
    faked.fake.domains[1].number = 3
    faked.fake.bulk["3"] = dict(WHOLE)
    assert by_number(faked.sample())["3"].costly is None


def test_all_of_them_are_in_one_call_and_now_and_then_at_any_rate(faked: Faked) -> None:
    everyone = by_number(faked.sample(None))
    assert all(one.costly is not None for one in everyone.values())
    for _ in range(sampling.COSTLY_EVERY):
        faked.sample()
    assert len(faked.fake.asked) == sampling.COSTLY_EVERY + 1
    assert [groups for _, groups in faked.fake.asked].count(stats.LIGHT | stats.COSTLY) == 2


def test_a_dirty_rate_that_was_never_measured_is_none() -> None:
    assert stats.costly_of({**COSTLY, "dirtyrate.calc_status": 0}, 1.0).dirty_rate is None
    assert stats.costly_of({}, 1.0).vcpus == ()


def test_a_domain_that_was_busy_is_asked_once_more(faked: Faked) -> None:
    faked.sample()
    faked.fake.bulk["1"] = dict(CUT_SHORT)
    faked.fake.again["1"] = dict(WHOLE)
    told = by_number(faked.sample())
    assert faked.fake.asked[-1] == (("1",), stats.LIGHT)
    assert [disk.name for disk in told["1"].disks] == ["vda"]
    assert told["1"].rss == 10 * 1024
    faked.fake.again["1"] = dict(CUT_SHORT)
    assert by_number(faked.sample())["1"].disks == (), "still busy"


def test_a_domain_that_never_tells_more_is_not_asked_again(faked: Faked) -> None:
    faked.fake.bulk = {"1": dict(CUT_SHORT), "2": dict(CUT_SHORT)}
    for _ in range(3):
        faked.sample()
    assert [who for who, _ in faked.fake.asked] == [("all",)] * 3


def test_a_report_of_long_ago_is_none_unless_the_guest_is_paused(faked: Faked) -> None:
    now = int(time.time())
    faked.fake.bulk["1"]["balloon.last-update"] = now - 1000
    faked.fake.bulk["2"]["balloon.last-update"] = now
    told = by_number(faked.sample())
    assert (told["1"].guest_available, told["2"].guest_available) == (None, 1000 * 1024)
    assert told["1"].rss is not None
    faked.fake.bulk["1"]["state.state"] = libvirt.VIR_DOMAIN_PAUSED
    assert by_number(faked.sample())["1"].guest_available == 1000 * 1024
    faked.fake.bulk["1"]["state.state"] = libvirt.VIR_DOMAIN_RUNNING
    assert by_number(faked.sample())["1"].guest_available == 1000 * 1024, "it may report soon"


def test_each_domain_has_the_time_at_which_libvirt_came_to_it(faked: Faked) -> None:
    before = time.monotonic()
    first, second = faked.sample()
    assert before <= first.time <= second.time <= time.monotonic()
