"""The console tab within the app: who has the keyboard."""

from __future__ import annotations

import pytest

from tests.memory import MemoryHypervisor
from tests.ui.app_world import living
from tuivm.config import Config
from tuivm.ui.widgets.detail import CONSOLE


async def test_typing_reaches_the_guest_and_its_echo_the_screen() -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("c")
        await world.shows("db login:", "leave the console")
        await world.until(lambda: world.app.console_has_keyboard)
        await world.pilot.press(*"whoami")
        await world.shows("db login: whoami")


async def test_no_key_of_the_app_fires_while_the_console_has_the_keyboard() -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("c")
        await world.until(lambda: world.app.console_has_keyboard)
        for key in (
            "q",
            "ctrl+q",
            "ctrl+p",
            "D",
            "slash",
            "colon",
            "question_mark",
            "tab",
            "escape",
            "ctrl+c",
        ):
            await world.pilot.press(key)
        assert not world.app.has_dialog
        assert world.app.main.detail.active == CONSOLE
        console = world.hypervisor.console_of(world.hypervisor.key("db"))
        assert console is not None
        await world.until(lambda: bytes(console.sent).startswith(b"q\x11\x10D/:?\t\x1b\x03"))
        await world.pilot.press("ctrl+right_square_bracket")
        await world.until(lambda: world.app.main.table.has_focus)
        await world.pilot.press("ctrl+q")
        assert world.app._exit


async def test_another_key_may_leave_the_console() -> None:
    async with living(config=Config(ascii=False, keys={"leave-console": "f12"})) as world:
        await world.choose("db")
        await world.pilot.press("c")
        await world.until(lambda: world.app.console_has_keyboard)
        await world.pilot.press("ctrl+right_square_bracket")
        assert world.app.console_has_keyboard
        await world.pilot.press("f12")
        await world.until(lambda: world.app.main.table.has_focus)


async def test_looking_at_the_console_does_not_type_on_it() -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("enter", "2")
        await world.shows("db login:")
        assert not world.app.console_has_keyboard
        await world.pilot.press("tab")
        assert world.app.main.detail.active != CONSOLE


async def test_passing_over_domains_opens_no_console(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuivm.ui.widgets.detail.SETTLE", 4.0)
    hypervisor = MemoryHypervisor(6, running=6)
    async with living(hypervisor) as world:
        await world.pilot.press("2")
        await world.shows("login:")
        opened = hypervisor.calls["open_console"]
        await world.pilot.press("j", "j", "j", "j", "j")
        last = world.app.main.selected
        assert last is not None
        await world.shows(f"{last.name} login:")
        assert hypervisor.calls["open_console"] == opened + 1


async def test_console_of_a_domain_that_is_off_says_so_and_opens_when_it_starts() -> None:
    async with living() as world:
        await world.choose("win11")
        await world.pilot.press("c")
        await world.shows("the guest is off")
        await world.pilot.press("s")
        await world.shows("win11 login:")


async def test_zoom_is_kept_when_the_console_takes_the_keyboard() -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("enter", "z", "c")
        await world.until(lambda: world.app.console_has_keyboard)
        assert world.app.main.is_zoomed
        await world.pilot.press("ctrl+right_square_bracket")
        await world.until(lambda: world.app.main.table.has_focus and world.app.main.table.region.area > 0)
