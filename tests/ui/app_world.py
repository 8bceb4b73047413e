"""What the tests of the app share: a live app on the in-memory hypervisor, and a still one for pictures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType

from textual.pilot import Pilot

from tests.memory import MemoryHypervisor
from tuivm.config import Config, State
from tuivm.core.history import History
from tuivm.core.past import RecentPast
from tuivm.core.ports import Listener
from tuivm.core.ports_history import EventKeeper, Past
from tuivm.core.session import Session
from tuivm.model.detail import Detail
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.event import Event
from tuivm.model.inventory import Change, Inventory, Link
from tuivm.model.job import Job
from tuivm.model.rates import make_sample
from tuivm.ui.app import TuivmApp

PATIENCE = 20.0
"""Seconds after which a test gives up waiting; generous, for a busy machine."""
NOW = 1_790_000_000.0
"""A moment that stands still: 2026-09-21 14:13:20 UTC."""


@dataclass
class World:
    """A running app and all around it."""

    app: TuivmApp
    pilot: Pilot[int]
    hypervisor: MemoryHypervisor
    session: Session
    remembered: list[State] = field(default_factory=list)

    async def until(self, true: Callable[[], object], what: str = "") -> None:
        """Wait until ``true``; fail when patience ends."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while not true():
            assert loop.time() < end, f"waited in vain for {what or true}\n{self.text}"
            await self.pilot.pause(0.02)
        await self.pilot.pause()

    @property
    def text(self) -> str:
        """The screen as plain lines."""
        return screen_text(self.app)

    async def shows(self, *words: str) -> None:
        """Wait until every one of ``words`` is on the screen."""
        await self.until(lambda: all(word in self.text for word in words), f"{words} on the screen")

    async def shows_not(self, word: str) -> None:
        """Wait until ``word`` is not on the screen."""
        await self.until(lambda: word not in self.text, f"{word!r} gone")

    async def choose(self, name: str) -> None:
        """Put the cursor on a domain."""
        key = self.hypervisor.key(name)
        await self.until(lambda: self.app.main.table.move_to(key), f"{name} in the list")
        await self.pilot.pause()

    def domain(self, name: str) -> Domain:
        """The domain as the hypervisor has it."""
        return self.hypervisor.machine(self.hypervisor.key(name)).domain

    @property
    def log(self) -> str:
        """Every line of the log."""
        return "\n".join(f"{entry.name}|{entry.detail}" for entry in self.app.happened.book.entries)

    @property
    def notices(self) -> str:
        """Every notice on the screen."""
        return "\n".join(notice.message for notice in self.app._notifications)


def screen_text(app: TuivmApp) -> str:
    """The screen as plain lines."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


@asynccontextmanager
async def living(
    hypervisor: MemoryHypervisor | None = None,
    *,
    size: tuple[int, int] = (100, 30),
    config: Config | None = None,
    notices: Sequence[str] = (),
    interval: float = 0.1,
    shutdown_timeout: float = 60.0,
    ready: bool = True,
    start: Sequence[str] = (),
    events: EventKeeper | None = None,
) -> AsyncIterator[World]:
    """A live app, opened on the consoles of ``start``; everything is closed afterwards.

    ``events`` keeps what happened, beyond the app's end.
    """
    hypervisor = hypervisor or MemoryHypervisor(5)
    session = Session(hypervisor, interval=interval, shutdown_timeout=shutdown_timeout, events=events)
    session.start()
    remembered: list[State] = []
    keys = [hypervisor.key(name) for name in start]
    if keys:
        assert session.wait_ready(PATIENCE)
    app = TuivmApp(session, config or Config(ascii=False), notices, start=keys, remember=remembered.append)
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            world = World(app, pilot, hypervisor, session, remembered)
            if ready:
                await world.until(lambda: app.main.selected is not None, "a first list")
            yield world
    finally:
        hypervisor.delay = 0.0
        session.close()


class StillSession(Session):
    """A session of which nothing moves: two minutes of samples, taken beforehand, and no thread at all."""

    def __init__(self, hypervisor: MemoryHypervisor, *, seconds: int = 120) -> None:
        super().__init__(hypervisor)
        self._still = hypervisor
        self._histories: dict[DomainKey, History] = {}
        host = hypervisor.open()
        before = {}
        samples = {}
        for second in range(1 - seconds, 1):
            for counters in hypervisor.sample():
                if not counters.state.is_active:
                    continue
                sample = make_sample(before.get(counters.key), counters)
                before[counters.key] = counters
                samples[counters.key] = sample
                self._histories.setdefault(counters.key, History()).append(sample, NOW + second)
        domains = {domain.key: domain for domain in hypervisor.list_domains()}
        self.still = Inventory(
            hypervisor.uri,
            Link.UP,
            host=host,
            load=hypervisor.host_load(),
            domains=MappingProxyType(domains),
            samples=MappingProxyType(samples),
        )

    @property
    def inventory(self) -> Inventory:
        return self.still

    @property
    def past(self) -> Past:
        return RecentPast(self._histories)

    @property
    def jobs(self) -> tuple[Job, ...]:
        return ()

    @property
    def events(self) -> tuple[Event, ...]:
        return ()

    def attach(self, listener: Listener, *, details: bool = True) -> None:
        listener.on_inventory(self.still, Change(added=frozenset(self.still.domains), header=True))

    def read_details(self) -> None:
        pass

    def detach(self) -> None:
        pass

    def history(self, key: DomainKey) -> History | None:
        return self._histories.get(key)

    def pending(self, key: DomainKey) -> Job | None:
        return None

    def watch(self, key: DomainKey | None) -> None:
        pass

    def detail(self, key: DomainKey) -> Detail | None:
        return self._still.detail(key)


@asynccontextmanager
async def still(
    session: StillSession, *, size: tuple[int, int], config: Config | None = None, note: str = ""
) -> AsyncIterator[Pilot[int]]:
    """An app on a session that stands still, with a clock that does too: the same picture every time."""
    app = TuivmApp(
        session, config or Config(ascii=False), note=note, clock=lambda: NOW, remember=lambda state: None
    )
    try:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await pilot.pause(0.1)
            yield pilot
    finally:
        session.close()
