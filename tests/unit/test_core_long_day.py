"""After ten thousand changes all is as if one had come just now: nothing lost, nothing left over."""

from __future__ import annotations

import pytest

from tests.memory import MemoryHypervisor
from tests.random_changes import MOST, Outside
from tests.recorder import Recorder
from tuivm.core import monitor
from tuivm.core.census import Census
from tuivm.core.history import KEPT
from tuivm.core.session import Session
from tuivm.core.store import Store
from tuivm.model.domain import DomainKey
from tuivm.model.errors import NotFound
from tuivm.model.event import Event
from tuivm.model.inventory import Change, Inventory

CHANGES = 10_000


@pytest.mark.parametrize("seed", [1, 2])
def test_the_books_are_those_of_a_fresh_start(seed: int) -> None:
    hypervisor = MemoryHypervisor(30)
    hypervisor.open()
    outside = Outside(hypervisor, seed)
    named: set[DomainKey] = set()
    told: list[Change] = []
    store = Store(hypervisor.uri, lambda inventory, change: told.append(change))

    def note(event: Event) -> None:
        if event.key is not None:
            named.add(event.key)

    def reread(census: Census, keys: set[DomainKey]) -> None:
        for key in keys:
            try:
                census.put(hypervisor.read_domain(key))
            except NotFound:
                census.remove(key)

    hypervisor.subscribe(note)
    census = Census(1.0, 50)
    census.replace_all(hypervisor.list_domains())
    now = 0.0
    for number in range(CHANGES):
        outside.change()
        if outside.random.random() < 0.3:
            reread(census, named)
            named.clear()
        if number % 20 == 0:
            now += 1.0
            reread(census, census.take_counters(hypervisor.sample(), now))
        if number % 500 == 0:
            census.replace_all(hypervisor.list_domains())
        if outside.random.random() < 0.5:
            store.update(**census.fields())
    fresh = Census(1.0, 50)
    for _ in range(3):
        now += 1.0
        batch = hypervisor.sample()
        for one in (census, fresh):
            one.replace_all(hypervisor.list_domains())
            reread(one, one.take_counters(batch, now))
    store.update(**census.fields())
    assert store.inventory.domains == fresh.fields()["domains"]
    assert store.inventory.samples == fresh.fields()["samples"]
    assert census.histories.keys() <= store.inventory.domains.keys()
    assert len(census.histories) <= MOST
    keys: set[DomainKey] = set()
    for change in told:
        keys = (keys | change.added) - change.removed
    assert keys == store.inventory.domains.keys()
    for key, history in fresh.histories.items():
        for metric in KEPT:
            assert str(census.histories[key].tail(metric, 2)) == str(history.tail(metric, 2))


def test_a_session_in_the_midst_of_it_ends_up_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor, "FULL_LIST_EVERY", 0.2)
    monkeypatch.setattr(monitor, "GATHER", 0.001)
    hypervisor = MemoryHypervisor(30)
    outside = Outside(hypervisor, 3)
    session, recorder = Session(hypervisor, interval=0.02), Recorder()
    session.attach(recorder)
    session.start()
    later = Session(hypervisor, interval=0.02)
    try:
        recorder.wait_inventory(lambda inventory: inventory.domains)
        for number in range(CHANGES):
            outside.change()
            if number % 1000 == 0:
                ticks = hypervisor.calls["sample"]
                recorder.wait(lambda ticks=ticks: hypervisor.calls["sample"] > ticks, "a tick")  # type: ignore[misc]
        expected = {domain.key: domain for domain in hypervisor.list_domains()}
        recorder.wait_inventory(lambda inventory: inventory.domains == expected)
        later.start()
        assert later.wait_ready(20.0)

        def alike() -> bool:
            old, new = session.inventory, later.inventory
            return old.domains == new.domains and old.samples.keys() == new.samples.keys()

        recorder.wait(alike, "the same on both")
        _adds_up(recorder.published)
    finally:
        session.close(timeout=20.0)
        later.close(timeout=20.0)


def _adds_up(published: list[tuple[Inventory, Change]]) -> None:
    """Whoever follows the changes alone knows the same domains as who looks at the inventories."""
    keys: set[DomainKey] = set()
    for inventory, change in published:
        keys = (keys | change.added) - change.removed
        assert keys == inventory.domains.keys()
