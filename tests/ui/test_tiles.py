"""Consoles side by side."""

from __future__ import annotations

import pytest
from textual import events
from textual.screen import ModalScreen

from tests.memory import MemoryHypervisor
from tests.memory_console import MemoryConsole
from tests.ui.app_world import World, living
from tuivm.ui.dialogs.menu import MenuScreen
from tuivm.ui.screens.tiles import TilesScreen


def tiles(world: World) -> TilesScreen:
    screen = world.app.screen
    assert isinstance(screen, TilesScreen)
    return screen


def console(world: World, name: str) -> MemoryConsole:
    found = world.hypervisor.console_of(world.hypervisor.key(name))
    assert found is not None
    return found


async def show(world: World, *names: str) -> TilesScreen:
    """Add domains to the tiles from the list; the last look stays."""
    for index, name in enumerate(names):
        if index:
            await world.pilot.press("escape")
            await world.until(lambda: not world.app.has_dialog)
        await world.choose(name)
        await world.pilot.press("vertical_line")
        await world.until(lambda: isinstance(world.app.screen, TilesScreen))
    await world.shows(*(f"{name} login:" for name in names))
    return tiles(world)


@pytest.fixture
def hypervisor() -> MemoryHypervisor:
    return MemoryHypervisor(6, running=6)


async def test_two_lie_above_each_other_or_side_by_side(hypervisor: MemoryHypervisor) -> None:
    async with living(hypervisor, size=(80, 24)) as world:
        screen = await show(world, "db", "mail")
        first, second = (tile.region for tile in screen._tiles)
        assert first.width == second.width == 80
        assert second.y >= first.bottom
        await world.pilot.resize_terminal(160, 40)
        await world.until(lambda: screen._tiles[1].region.y == screen._tiles[0].region.y)
        assert screen._tiles[1].region.x > screen._tiles[0].region.x


async def test_three_and_four_make_a_grid(hypervisor: MemoryHypervisor) -> None:
    async with living(hypervisor, size=(120, 40)) as world:
        screen = await show(world, "db", "mail", "web-1")
        boxes = [tile.region for tile in screen._tiles]
        assert boxes[0].y == boxes[1].y < boxes[2].y
        assert boxes[2].width == 120
        await world.pilot.press("plus")
        await world.until(lambda: isinstance(world.app.screen, MenuScreen))
        await world.pilot.press("1")
        await world.until(lambda: len(screen._tiles) == 4 and screen._tiles[3].region.area)
        boxes = [tile.region for tile in screen._tiles]
        assert boxes[2].y == boxes[3].y
        assert boxes[2].x < boxes[3].x
        await world.pilot.press("plus")
        await world.until(lambda: "there are 4 tiles" in world.notices)


async def test_enter_types_and_the_leave_key_gives_the_keyboard_back(hypervisor: MemoryHypervisor) -> None:
    async with living(hypervisor) as world:
        await show(world, "db", "mail")
        await world.pilot.press("ctrl+right_square_bracket", "x", "plus")
        await world.until(lambda: isinstance(world.app.screen, MenuScreen))
        await world.pilot.press("escape")
        await world.until(lambda: isinstance(world.app.screen, TilesScreen))
        await world.pilot.press("enter")
        await world.until(lambda: world.app.console_has_keyboard)
        await world.pilot.press("q", "x", "ctrl+q", "tab")
        await world.until(lambda: bytes(console(world, "db").sent) == b"qx\x11\t")
        await world.pilot.press("ctrl+right_square_bracket")
        await world.until(lambda: not world.app.console_has_keyboard)
        await world.pilot.press("ctrl+right_square_bracket")
        await world.until(lambda: world.app.console_has_keyboard)
        await world.until(lambda: bytes(console(world, "db").sent).endswith(b"\x1d"))
        await world.pilot.press("ctrl+right_square_bracket")
        await world.until(lambda: not world.app.console_has_keyboard)
        await world.pilot.press("a", "a", "ctrl+right_square_bracket")
        await world.pilot.pause()
        assert not world.app.console_has_keyboard


async def test_keys_and_pastes_go_to_all_that_are_open(hypervisor: MemoryHypervisor) -> None:
    async with living(hypervisor, size=(120, 40)) as world:
        screen = await show(world, "db", "mail", "build")
        hypervisor.power_off(hypervisor.key("build"), "destroyed")
        await world.until(lambda: not screen._tiles[2].pane.is_open)
        await world.pilot.press("1", "a")
        await world.shows("KEYS GO TO ALL", "not open: gets no keys")
        await world.pilot.press("enter")
        await world.until(lambda: world.app.console_has_keyboard)
        await world.shows("every other key goes to ALL")
        await world.pilot.press("l", "s", "up", "enter")
        world.app.post_message(events.Paste("uname\n"))
        wanted = b"ls\x1b[A\runame\r"
        for name in ("db", "mail"):
            await world.until(lambda name=name: bytes(console(world, name).sent) == wanted, name)
        await world.pilot.press("ctrl+right_square_bracket")
        await world.until(lambda: not world.app.console_has_keyboard)
        await world.pilot.press("a", "enter")
        await world.until(lambda: world.app.console_has_keyboard)
        await world.pilot.press("z")
        await world.until(lambda: bytes(console(world, "db").sent).endswith(b"z"))
        assert not bytes(console(world, "mail").sent).endswith(b"z")


async def test_each_terminal_encodes_keys_for_its_own_guest(hypervisor: MemoryHypervisor) -> None:
    async with living(hypervisor) as world:
        await show(world, "db", "mail")
        console(world, "mail").receive(b"\x1b[?1h")
        await world.pilot.press("1", "a", "enter")
        await world.until(lambda: world.app.console_has_keyboard)
        mail = world.session.console(hypervisor.key("mail"))
        await world.until(lambda: mail.terminal.has_mode(1))
        await world.pilot.press("up")
        await world.until(lambda: bytes(console(world, "db").sent) == b"\x1b[A")
        await world.until(lambda: bytes(console(world, "mail").sent) == b"\x1bOA")


async def test_tiles_are_remembered_and_removed(hypervisor: MemoryHypervisor) -> None:
    async with living(hypervisor) as world:
        await show(world, "db", "mail")
        await world.pilot.press("escape")
        await world.until(lambda: not world.app.has_dialog)
        await world.pilot.press("vertical_line")
        await world.shows("db login:", "mail login:")
        await world.pilot.press("x")
        await world.shows_not("mail login:")
        assert console(world, "mail").ended is False
        await world.pilot.press("x")
        await world.until(lambda: not world.app.has_dialog)
        assert world.app.rounds.tiles == []


async def test_the_tile_of_a_domain_that_vanishes_goes(hypervisor: MemoryHypervisor) -> None:
    async with living(hypervisor) as world:
        await show(world, "db", "mail")
        hypervisor.remove(hypervisor.key("db"))
        await world.shows_not("db login:")
        await world.shows("mail login:")
        assert [tile.key for tile in tiles(world)._tiles] == [hypervisor.key("mail")]


async def test_tiles_whose_last_domain_vanishes_under_a_page_go_with_the_page(
    hypervisor: MemoryHypervisor,
) -> None:
    async with living(hypervisor) as world:
        screen = await show(world, "db")
        world.app.push_screen(ModalScreen[None]())
        await world.until(lambda: not screen.is_active)
        key = world.hypervisor.key("db")
        world.hypervisor.remove(key)
        await world.until(lambda: key not in world.app.session.inventory.domains)
        screen.renew()
        for action in ("menu", "type", "turn(1)", "remove", "zoom"):
            await screen.run_action(action)
        world.app.screen.dismiss(None)
        await world.until(lambda: world.app.screen is world.app.main)


async def test_zoom_shows_one_and_arrows_choose(hypervisor: MemoryHypervisor) -> None:
    async with living(hypervisor, size=(160, 40)) as world:
        screen = await show(world, "db", "mail", "web-1")
        await world.pilot.press("up")
        assert screen.tile.key == hypervisor.key("db")
        await world.pilot.press("right")
        assert screen.tile.key == hypervisor.key("mail")
        await world.pilot.press("down")
        assert screen.tile.key == hypervisor.key("web-1")
        await world.pilot.press("tab")
        assert screen.tile.key == hypervisor.key("db")
        await world.pilot.press("z")
        await world.shows_not("mail login:")
        await world.shows("db login:")
        await world.pilot.press("tab")
        await world.shows("mail login:")
        await world.pilot.press("escape")
        await world.shows("db login:", "web-1 login:")


async def test_menu_and_record_are_of_the_chosen_tile(hypervisor: MemoryHypervisor) -> None:
    async with living(hypervisor, size=(120, 40)) as world:
        await show(world, "db", "mail")
        await world.pilot.press("1", "m")
        await world.shows("Console of db")
        await world.pilot.press("t")
        await world.shows("Typed on the serial line")
        await world.pilot.press("h")
        await world.until(lambda: bytes(console(world, "db").sent) == b"\x08")
        await world.until(lambda: isinstance(world.app.screen, TilesScreen))
        await world.pilot.press("2", "ctrl+r")
        mail = world.session.console(hypervisor.key("mail"))
        await world.until(lambda: mail.recording is not None)
        await world.shows("recording")
        await world.pilot.press("ctrl+r")
        await world.until(lambda: mail.recording is None)


async def test_tiles_named_at_the_start_are_typed_on_at_once(hypervisor: MemoryHypervisor) -> None:
    async with living(hypervisor, start=("db", "mail"), ready=False) as world:
        await world.shows("db login:", "mail login:")
        await world.until(lambda: world.app.console_has_keyboard)
        await world.pilot.press("w")
        await world.until(lambda: bytes(console(world, "db").sent) == b"w")
        await world.pilot.press("ctrl+right_square_bracket", "escape")
        await world.until(lambda: not world.app.has_dialog)
        await world.pilot.press("q")
        await world.until(lambda: world.app._exit)


async def test_the_list_shows_its_console_again_after_the_tiles(hypervisor: MemoryHypervisor) -> None:
    async with living(hypervisor) as world:
        await world.choose("db")
        await world.pilot.press("2")
        await world.shows("db login:")
        await show(world, "db", "mail")
        await world.pilot.press("escape")
        await world.until(lambda: not world.app.has_dialog)
        await world.shows("mail login:")
        console(world, "mail").receive(b"[more]")
        await world.shows("[more]")
