"""The screen after ten thousand changes of the inventory is the one of a fresh start."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from tests.memory import MemoryHypervisor
from tests.random_changes import Outside
from tests.ui.app_world import StillSession, still
from tests.ui.world import lines
from tuivm.core.census import Census
from tuivm.core.store import Store
from tuivm.model.column import SortColumn
from tuivm.model.domain import DomainKey
from tuivm.model.inventory import Change, Inventory, Link
from tuivm.ui.app import TuivmApp

CHANGES = 10_000
SORTS = (SortColumn.NAME, SortColumn.CPU, SortColumn.MEMORY, SortColumn.STATE)


class Bare(StillSession):
    """A session without a past: two that came at different times differ in it and in nothing else."""

    def history(self, key: DomainKey) -> None:
        return None

    def detail(self, key: DomainKey) -> None:
        return None


@asynccontextmanager
async def screen(hypervisor: MemoryHypervisor) -> AsyncIterator[tuple[TuivmApp, Pilot[int]]]:
    async with still(Bare(hypervisor, seconds=1), size=(200, 80)) as pilot:
        app = pilot.app
        assert isinstance(app, TuivmApp)
        yield app, pilot


def picture(app: TuivmApp, sort: SortColumn) -> tuple[list[DomainKey], list[str]]:
    """The list ordered by a column, its cursor on the first row."""
    app.main.sort_by(sort)
    table = app.main.table
    assert table.move_to(table.order[0])
    return list(table.order), lines(table)


async def test_the_same_screen_as_after_a_fresh_start() -> None:
    hypervisor = MemoryHypervisor(20)
    outside = Outside(hypervisor, 4)
    published: list[tuple[Inventory, Change]] = []
    store = Store(hypervisor.uri, lambda inventory, change: published.append((inventory, change)))
    census = Census(1.0, 10)
    now = 0.0

    def read() -> None:
        """Bring the books up to date, as a tick and a list do."""
        nonlocal now
        now += 1.0
        census.take_counters(hypervisor.sample(), now)
        census.replace_all(hypervisor.list_domains())
        store.update(link=Link.UP, host=hypervisor.host, **census.fields())

    async with screen(hypervisor) as (app, pilot):
        shown = Change()
        app.main.show(Inventory(hypervisor.uri), Change(removed=frozenset(app.session.inventory.domains)))
        done = 0
        while done < CHANGES:
            burst = outside.random.choice((1, 2, 5, 30))
            for _ in range(burst):
                outside.change()
            done += burst
            read()
            if published and outside.random.random() < 0.7:
                for _, change in published:
                    shown = shown.merge(change)
                app.main.show(published[-1][0], shown)
                published.clear()
                shown = Change()
                if outside.random.random() < 0.05:
                    app.main.sort_by(outside.random.choice(SORTS))
                    await pilot.pause()
        read()
        read()
        for _, change in published:
            shown = shown.merge(change)
        app.main.show(store.inventory, shown)
        await pilot.pause()
        old = [picture(app, sort) for sort in SORTS]
    async with screen(MemoryHypervisor(1)) as (app, pilot):
        app.main.show(Inventory(hypervisor.uri), Change(removed=frozenset(app.session.inventory.domains)))
        app.main.show(store.inventory, Change(added=frozenset(store.inventory.domains), header=True))
        await pilot.pause()
        new = [picture(app, sort) for sort in SORTS]
    assert len(store.inventory.domains) > 10
    assert all(one.name in "".join(new[0][1]) for one in store.inventory.domains.values())
    for (old_order, old_lines), (new_order, new_lines) in zip(old, new, strict=True):
        assert old_order == new_order
        assert old_lines == new_lines
