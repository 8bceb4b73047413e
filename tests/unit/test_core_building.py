"""The watch: it looks while it is wanted, tells what it finds, and hurries only while something is unread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.memory import MemoryHypervisor
from tuivm.core import building
from tuivm.core.building import BuildingWatch
from tuivm.model.errors import Denied, HypervisorError, Unreachable
from tuivm.model.inventory import Inventory, Link
from tuivm.model.survey import Survey

PATIENCE = 20.0


class World:
    """A watch on the fake, and what it told."""

    def __init__(self, count: int = 8) -> None:
        self.hypervisor = MemoryHypervisor(count)
        self.hypervisor.open()
        domains = {one.key: one for one in self.hypervisor.list_domains()}
        self.inventory = Inventory("m", Link.UP, host=self.hypervisor.host, domains=domains)
        self.told: list[Survey | HypervisorError] = []
        self.lost: list[HypervisorError] = []
        self.watch = BuildingWatch(self.hypervisor, lambda: self.inventory, self.lost.append)

    def until(self, true: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end
            time.sleep(0.01)


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.hypervisor.released.set()
    world.watch.stop()
    assert world.watch.join(PATIENCE)


def test_nothing_is_asked_before_it_is_wanted(world: World) -> None:
    assert world.hypervisor.calls["building"] == 0


def test_it_tells_a_survey_and_rests_between(world: World) -> None:
    world.watch.watch(world.told.append)
    world.until(lambda: world.told)
    first = world.told[0]
    assert isinstance(first, Survey)
    assert len(first.standings) == 8
    time.sleep(0.2)
    assert len(world.told) == 1, "the next look comes after seconds"


def test_it_hurries_while_something_is_unread_and_tells_not_each_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "TELL_EVERY", 3600.0)
    world.hypervisor.rooms_a_look = 1
    world.watch.watch(world.told.append)
    world.until(lambda: [one for one in world.told if isinstance(one, Survey) and not one.facts.unread])
    first, last = world.told[0], world.told[-1]
    assert isinstance(first, Survey)
    assert isinstance(last, Survey)
    assert len(world.told) == 2
    assert (len(first.standings), first.facts.unread) == (1, 7)
    assert (len(last.standings), last.facts.unread) == (8, 0)
    assert world.hypervisor.calls["building"] == 8


def test_what_did_not_change_is_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "EVERY", 0.01)
    rooms = world.hypervisor.building(1.0).rooms
    real = world.hypervisor.building
    monkeypatch.setattr(world.hypervisor, "building", lambda budget: replace(real(budget), rooms=rooms))
    world.watch.watch(world.told.append)
    world.until(lambda: len(world.told) >= 3)
    first, second = world.told[:2]
    assert isinstance(first, Survey)
    assert isinstance(second, Survey)
    assert second.standings is first.standings
    assert second is not first


def test_errors_are_told_and_a_lost_connection_besides(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "EVERY", 0.01)
    world.hypervisor.fault = Denied("no")
    world.watch.watch(world.told.append)
    world.until(lambda: world.told)
    assert isinstance(world.told[0], Denied)
    assert world.lost == []
    world.hypervisor.fault = Unreachable("gone")
    world.until(lambda: world.lost)
    world.hypervisor.fault = None
    world.until(lambda: isinstance(world.told[-1], Survey))


def test_without_a_connection_nothing_is_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "RETRY", 0.01)
    connected = world.inventory
    world.inventory = replace(connected, link=Link.LOST)
    world.watch.watch(world.told.append)
    time.sleep(0.1)
    assert world.hypervisor.calls["building"] == 0
    world.inventory = connected
    world.until(lambda: world.told)


def test_after_a_rest_nothing_is_told(world: World) -> None:
    world.hypervisor.delay = 30.0
    world.watch.watch(world.told.append)
    world.until(lambda: world.hypervisor.calls["building"])
    world.watch.rest()
    world.hypervisor.delay = 0.0
    world.hypervisor.released.set()
    others: list[Survey | HypervisorError] = []
    world.watch.watch(others.append)
    world.until(lambda: others)
    assert world.told == []


def test_a_hanging_host_keeps_nobody_waiting() -> None:
    world = World()
    world.hypervisor.delay = 30.0
    world.watch.watch(world.told.append)
    world.until(lambda: world.hypervisor.calls["building"])
    before = time.monotonic()
    world.watch.stop()
    assert not world.watch.join(0.05)
    assert time.monotonic() - before < 5
    world.hypervisor.released.set()
    assert world.watch.join(PATIENCE)
    assert "tuivm-building" not in {thread.name for thread in threading.enumerate()}
