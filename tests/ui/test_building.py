"""The host view: what is shared, what keeps machines apart, what is pointed at; and the way to a machine."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.memory import MemoryHypervisor
from tests.memory_building import remote
from tests.memory_machine import GIB
from tests.svg import SvgSnapshots
from tests.ui.app_world import PATIENCE, StillSession, World, living, screen_text, still
from tuivm.config import Config
from tuivm.core import building
from tuivm.model.building import Building, Pool, Unseen
from tuivm.model.domain import State
from tuivm.model.errors import Failed, Unreachable
from tuivm.model.room import Boundary, Plan, Room
from tuivm.ui.building_shares import Look, _Part, stacked
from tuivm.ui.screens.building import BuildingScreen


async def opened(world: World) -> BuildingScreen:
    """The host view, once the host was looked at."""
    await world.pilot.press("h")
    await world.until(lambda: isinstance(world.app.screen, BuildingScreen), "the host view")
    screen = world.app.screen
    assert isinstance(screen, BuildingScreen)
    await world.until(lambda: not screen._looking, "a first look")
    return screen


async def test_what_is_shared_is_shown_and_sorted() -> None:
    async with living(MemoryHypervisor(8), size=(80, 24)) as world:
        await opened(world)
        await world.shows("processors", "12 on 8", "1.5:1", "cpu 6% (5 min 4%)", "on, saves 1.2G")
        await world.shows("default: 58G of 200G free, 420G promised (2.1:1)", "iso: not active")
        assert "memory held ▾" in world.text
        await world.pilot.press("o")
        await world.shows("CPU in use ▾")
        await world.pilot.press("o", "o")
        await world.shows("net/s ▾")
        await world.pilot.press("o")
        await world.shows("memory held ▾")


async def test_enter_goes_to_the_machine_whatever_the_filter_hides() -> None:
    async with living(MemoryHypervisor(8), size=(100, 30)) as world:
        await world.pilot.press("slash", *"mail", "enter")
        await world.until(lambda: len(world.app.main.table.order) == 1, "the filter")
        screen = await opened(world)
        key = world.hypervisor.key("router")
        await world.pilot.press("2")
        walls = screen._pages[1].picks
        for _ in range(20):
            if walls.key == key:
                break
            await world.pilot.press("down")
        assert walls.key == key
        await world.shows("pci 0000:01:00.0")
        await world.pilot.press("enter")
        await world.until(lambda: world.app.main.table.cursor_key == key, "the machine under the cursor")
        assert not world.app.has_dialog


async def test_the_worst_stands_first_and_its_walls_are_told() -> None:
    async with living(MemoryHypervisor(8), size=(80, 24)) as world:
        await opened(world)
        await world.pilot.press("2")
        await world.shows("✗ mail", "emulated", "its process runs as root", "→ set user and group")
        await world.shows("←→ scroll its walls")
        assert "has capabilities of root" not in world.text
        await world.pilot.press("right", "right", "right")
        await world.shows("has capabilities of root")
        await world.pilot.press("left", "shift+up", "left")
        await world.shows("QEMU alone emulates")
        await world.pilot.press("down")
        await world.shows("its screen listens on every address", "its definition says no")
        await world.pilot.press("G")
        await world.shows("it shares default (nat)")


async def test_findings_are_told_with_the_remedy_and_lead_to_the_machine() -> None:
    async with living(MemoryHypervisor(5), size=(80, 24)) as world:
        await opened(world)
        await world.pilot.press("3")
        await world.shows("process runs as root: mail", "fast: 4.0G of 100G free", "→ make it larger")
        await world.pilot.press("enter")
        await world.until(lambda: not world.app.has_dialog)
        assert world.app.main.selected is not None
        assert world.app.main.selected.name == "mail"


async def test_nothing_found_is_said_and_what_was_not_looked_at() -> None:
    hypervisor = MemoryHypervisor(1)
    hypervisor.facts = remote(Building(models=("apparmor",), pools=(), networks=()))
    hypervisor.facts = replace(hypervisor.facts, unseen=(Unseen("pressure", "[b]another machine"),))
    async with living(hypervisor, size=(80, 24)) as world:
        await opened(world)
        await world.shows("pressure   not known", "pools      none")
        await world.pilot.press("3")
        await world.shows(
            "Nothing was found", "What could not be looked at", "? pressure: [b]another machine"
        )


async def test_it_is_looked_at_while_it_is_shown_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "EVERY", 0.2)
    async with living(MemoryHypervisor(3)) as world:
        calls = world.hypervisor.calls
        assert calls["building"] == 0
        await opened(world)
        await world.until(lambda: calls["building"] > 5, "several looks")
        await world.pilot.press("escape")
        await world.until(lambda: not world.app.has_dialog)
        before = calls["building"]
        await asyncio.sleep(1.0)
        assert calls["building"] <= before + 1, "but for one that was under way"
        await opened(world)
        await world.until(lambda: calls["building"] > before, "another look")


async def test_the_first_view_is_there_at_once_and_fills_in() -> None:
    hypervisor = MemoryHypervisor(8)
    hypervisor.rooms_a_look = 3
    real, gates = hypervisor.building, [threading.Event() for _ in range(3)]

    def gated(budget: float) -> Building:
        gates[min(hypervisor.calls["building"], 2)].wait(PATIENCE)
        return real(budget)

    hypervisor.building = gated  # type: ignore[method-assign]
    async with living(hypervisor, size=(80, 24)) as world:
        await world.pilot.press("h")
        await world.shows("12 on 8", "pressure   looking…", "build")
        await world.pilot.press("2")
        await world.shows("Looking at the machines…")
        gates[0].set()
        await world.shows("5 more to be read…")
        for gate in gates:
            gate.set()
        await world.until(lambda: "to be read" not in world.text and "web-1" in world.text, "all of them")


async def test_the_cursor_stays_on_its_machine_when_others_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "EVERY", 0.2)
    async with living(MemoryHypervisor(5), size=(80, 24)) as world:
        screen = await opened(world)
        await world.pilot.press("2", "G")
        picks = screen._pages[1].picks
        key = picks.key
        world.hypervisor.add("aaa [red]x[/red]", state=State.RUNNING)
        await world.shows("aaa [red]x")
        assert picks.key == key
        await world.pilot.press("1")
        world.hypervisor.remove(world.hypervisor.key("web-1"))
        await world.shows_not("web-1")


async def test_a_host_that_does_not_answer_and_one_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "EVERY", 0.2)
    hypervisor = MemoryHypervisor(3)

    def refuse(budget: float) -> Building:
        raise Failed("no \x1b[2J[b]answer")

    async with living(hypervisor, size=(100, 30)) as world:
        await opened(world)
        real, hypervisor.building = hypervisor.building, refuse  # type: ignore[method-assign]
        await world.shows("[b]answer")
        assert "\x1b" not in world.text
        hypervisor.building = real  # type: ignore[method-assign]
        await world.shows_not("[b]answer")
        hypervisor.fault = Unreachable("gone")
        await world.shows("connection lost")
        hypervisor.fault = None
        await world.shows_not("connection lost")


@pytest.mark.parametrize("size", [(40, 10), (60, 18), (139, 60), (163, 32), (164, 32), (300, 80)])
async def test_every_size(size: tuple[int, int]) -> None:
    async with living(MemoryHypervisor(40), size=size) as world:
        await opened(world)
        for page in "123":
            await world.pilot.press(page, "pagedown", "down", "home", "end", "up")
        assert all(len(line) <= size[0] for line in world.text.splitlines())
        await world.pilot.press("tab", "shift+tab", "h")
        await world.until(lambda: not world.app.has_dialog)


async def test_ascii_has_no_other_sign() -> None:
    async with living(MemoryHypervisor(8), size=(80, 24), config=Config(ascii=True)) as world:
        await opened(world)
        for page in "123":
            await world.pilot.press(page)
            await world.pilot.pause(0.1)
            sent = "".join(
                segment.text
                for strip in world.app.screen._compositor.render_strips()
                for segment in strip.apply_filter(
                    world.app._filters[-1], world.app.screen.background_colors[1]
                )
            )
            assert sent.isascii(), {character for character in sent if not character.isascii()}


async def test_without_machines_and_pools_of_odd_names() -> None:
    hypervisor = MemoryHypervisor(0)
    hypervisor.facts = replace(
        hypervisor.facts, pools=(Pool("[b]\x1b[31m" + "x" * 80, True, 10 * GIB, 9 * GIB, None, 4),)
    )
    async with living(hypervisor, size=(80, 24), ready=False) as world:
        await world.until(lambda: world.session.inventory.host is not None, "the host")
        await opened(world)
        await world.shows("No machine runs: nothing is shared.", "volumes being counted", "[b]")
        assert "\x1b" not in world.text
        await world.pilot.press("down", "enter", "2", "enter")
        await world.shows("There are no machines.")


async def test_containers_and_what_cannot_be_read() -> None:
    hypervisor = MemoryHypervisor(2, running=2)
    box, odd = hypervisor.keys()
    hypervisor.rooms[box] = Room(box, True, Plan(virt_type="lxc"), boundary=Boundary.KERNEL)
    hypervisor.rooms[odd] = Room(odd, True, Plan(), problem="the domain XML is [b]long")
    async with living(hypervisor, size=(100, 30)) as world:
        await opened(world)
        await world.pilot.press("2")
        await world.shows("container", "it shares the host's kernel", "no XML")
        await world.pilot.press("down")
        await world.shows("the domain XML is [b]long")


def bar(values: list[float], there: float, **look: bool) -> str:
    parts = [_Part(f"name-{index}", value, "$primary") for index, value in enumerate(values)]
    return stacked(parts, there, 40, Look(80, **look)).plain


def test_bars_are_as_wide_as_told() -> None:
    for values, there in (([], 0), ([0.0], 8), ([1, 2, 3], 8), ([9, 9], 8), ([1e9, 1], 1), ([1] * 500, 8)):
        assert len(bar(values, there)) == 40
        assert len(bar(values, there, edges=True)) == 40
        assert len(bar(values, there, ascii_only=True)) == 40
    assert bar([4, 2], 8).startswith(" name-0")
    assert "name-1" in bar([4, 2], 8)


# Pictures


@asynccontextmanager
async def picture(size: tuple[int, int], config: Config) -> AsyncIterator[Pilot[int]]:
    """The host view of a host that stands still."""
    session = StillSession(MemoryHypervisor(8))
    try:
        async with still(session, size=size, config=config) as pilot:
            await pilot.press("h")
            end = asyncio.get_running_loop().time() + PATIENCE
            while getattr(pilot.app.screen, "_looking", True):
                assert asyncio.get_running_loop().time() < end, screen_text(pilot.app)  # type: ignore[arg-type]
                await pilot.pause(0.02)
            await pilot.pause(0.1)
            yield pilot
    finally:
        session.building.stop()


@pytest.mark.parametrize("theme", ["tuivm-dark", "tuivm-light"])
async def test_pages_at_80x24(theme: str, svg: SvgSnapshots) -> None:
    async with picture((80, 24), Config(ascii=False, theme=theme)) as pilot:
        for page, name in zip("123", ("sharing", "isolation", "findings"), strict=True):
            await pilot.press(page)
            await pilot.pause(0.1)
            svg(pilot.app, name)


@pytest.mark.parametrize("theme", ["tuivm-dark", "tuivm-light"])
async def test_all_at_200x50(theme: str, svg: SvgSnapshots) -> None:
    async with picture((200, 50), Config(ascii=False, theme=theme)) as pilot:
        svg(pilot.app)


async def test_ascii_at_80x24(svg: SvgSnapshots) -> None:
    async with picture((80, 24), Config(ascii=True)) as pilot:
        for page, name in zip("12", ("sharing", "isolation"), strict=True):
            await pilot.press(page)
            await pilot.pause(0.1)
            svg(pilot.app, name)
