"""A still app whose domains have a past of three days, and in which some things happened."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from tests.graph_world import CurvedPast, fill
from tests.memory import MemoryHypervisor
from tests.ui.app_world import NOW, PATIENCE, StillSession
from tuivm.config import Config
from tuivm.core.ports_history import Past
from tuivm.model.domain import DomainKey
from tuivm.model.event import Event, EventKind
from tuivm.model.snapshot import SnapshotRequest
from tuivm.ui.app import TuivmApp
from tuivm.ui.screens.graphs import GraphScreen
from tuivm.ui.widgets.board import GraphBoard
from tuivm.ui.widgets.overview import OverviewTab

DAYS = 3
"""Days of the past."""


class PastSession(StillSession):
    """Eight domains; db has snapshots, was off for a minute, and got a device."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        hypervisor = MemoryHypervisor(8, names=names, now=NOW - 86_400)
        hypervisor.open()
        self.db = hypervisor.keys()[1]
        hypervisor.take_snapshot(self.db, SnapshotRequest("before update"))
        super().__init__(hypervisor)
        self.curves = CurvedPast(NOW - DAYS * 86_400, NOW + 0.5)
        for number, (key, domain) in enumerate(self.still.domains.items()):
            if number != 3:
                fill(self.curves, key, number, domain.vcpus, domain.memory)
        self.seen = [
            self._event(NOW - 4000, "started (booted)", started=True),
            self._event(NOW - 260, "stopped (destroyed)", stopped=True),
            self._event(NOW - 200, "started (booted)", started=True),
            self._event(NOW - 90, "device [b]vdb removed", EventKind.DEVICE),
        ]
        for event in self.seen:
            self.event_log.keep(event)
        self.focused: list[tuple[DomainKey, ...] | None] = []

    def _event(self, when: float, detail: str, kind: EventKind = EventKind.LIFECYCLE, **flags: bool) -> Event:
        return Event(kind, when, self.db, "db", detail, **flags)

    @property
    def past(self) -> Past:
        return self.curves

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(self.seen)

    def focus(self, keys: object) -> None:
        self.focused.append(None if keys is None else tuple(keys))  # type: ignore[arg-type]


class Shown:
    """A running app and its graphs."""

    def __init__(self, app: TuivmApp, pilot: Pilot[int], session: PastSession, clock: list[float]) -> None:
        self.app = app
        self.pilot = pilot
        self.session = session
        self.clock = clock
        """Unix seconds now, which a test may move on."""

    @property
    def screen(self) -> GraphScreen:
        screen = self.app.screen
        assert isinstance(screen, GraphScreen)
        return screen

    @property
    def board(self) -> GraphBoard:
        return self.screen.board

    async def press(self, *keys: str) -> None:
        """Press keys and wait until what they ask for is drawn."""
        await self.pilot.press(*keys)
        await self.settled()

    async def overview(self) -> GraphBoard:
        """The graphs beside the list, once they are drawn."""
        board = self.app.main.query_one(OverviewTab).board
        for _ in range(int(PATIENCE / 0.02)):
            await self.pilot.pause(0.02)
            if board.is_settled:
                break
        return board

    async def settled(self) -> None:
        """Wait until the picture is that of what is wished, with everything read."""
        for _ in range(int(PATIENCE / 0.02)):
            await self.pilot.pause(0.02)
            if not isinstance(self.app.screen, GraphScreen) or self.board.is_settled:
                break
        else:
            raise AssertionError("nothing was drawn")
        await self.pilot.pause()


@asynccontextmanager
async def shown(
    *,
    size: tuple[int, int] = (80, 24),
    config: Config | None = None,
    names: Sequence[str] = (),
    domain: str = "db",
    session: PastSession | None = None,
) -> AsyncIterator[Shown]:
    """The app with the cursor on a domain of the list."""
    session = session or PastSession(names)
    clock = [NOW]
    app = TuivmApp(
        session, config or Config(ascii=False), clock=lambda: clock[0], remember=lambda state: None
    )
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        key = next(key for key, each in session.still.domains.items() if each.name == domain)
        app.main.table.move_to(key)
        await pilot.pause(0.1)
        yield Shown(app, pilot, session, clock)
