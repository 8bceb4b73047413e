"""The console's menu: what it does, what it asks first, why it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.memory import MemoryHypervisor
from tests.memory_console import MemoryConsole
from tests.ui.app_world import World, living
from tuivm.core.console import ConsoleState
from tuivm.model.capability import Capability
from tuivm.model.job import JobState
from tuivm.ui.dialogs.menu import MenuScreen
from tuivm.ui.widgets.detail import CONSOLE


async def opened(world: World, name: str = "db") -> MemoryConsole:
    """The console tab shown, connected, the list with the keyboard."""
    await world.choose(name)
    await world.pilot.press("2")
    key = world.hypervisor.key(name)
    await world.until(lambda: world.session.console(key).state is ConsoleState.OPEN, "an open console")
    await world.shows(f"{name} login:")
    console = world.hypervisor.console_of(key)
    assert console is not None
    return console


async def menu(world: World, *letters: str) -> None:
    """Open the menu and press letters, each once its menu is there."""
    await world.pilot.press("m")
    await world.until(lambda: isinstance(world.app.screen, MenuScreen), "the menu")
    for letter in letters:
        before = world.app.screen
        await world.until(lambda: world.app.screen.is_mounted, "the menu's entries")
        await world.pilot.press(letter)
        await world.until(lambda before=before: world.app.screen is not before, f"{letter} to do something")


async def test_the_menu_shows_the_console_and_everything_of_it() -> None:
    async with living(size=(80, 24)) as world:
        await world.choose("db")
        await menu(world)
        assert world.app.main.detail.active == CONSOLE
        await world.shows("Console of db", "Ctrl+Alt+Del", "Magic SysRq", "Break", "Log of this")
        await world.pilot.press("escape")
        await world.until(lambda: not world.app.has_dialog)


async def test_dangerous_keys_are_asked_and_no_is_the_default() -> None:
    async with living() as world:
        await opened(world)
        machine = world.hypervisor.machine(world.hypervisor.key("db"))
        await menu(world, "d")
        await world.shows("Send Ctrl+Alt+Del to db?", "what it has", "virsh", "send-key")
        await world.pilot.press("enter")
        await world.until(lambda: not world.app.has_dialog)
        assert machine.pressed == []
        await menu(world, "d")
        await world.pilot.press("y")
        await world.until(lambda: machine.pressed)
        assert machine.pressed == [("KEY_LEFTCTRL", "KEY_LEFTALT", "KEY_DELETE")]


async def test_sysrq_asks_only_for_what_costs_something() -> None:
    async with living() as world:
        await opened(world)
        machine = world.hypervisor.machine(world.hypervisor.key("db"))
        await menu(world, "q", "s")
        await world.until(lambda: machine.pressed)
        assert machine.pressed == [("KEY_LEFTALT", "KEY_SYSRQ", "KEY_S")]
        await menu(world, "q", "b")
        await world.shows("SysRq b", "reboots at once")
        await world.pilot.press("n")
        await world.until(lambda: not world.app.has_dialog)
        assert len(machine.pressed) == 1


async def test_keys_of_virtual_terminals_and_break() -> None:
    async with living() as world:
        await opened(world)
        machine = world.hypervisor.machine(world.hypervisor.key("db"))
        await menu(world, "k", "v", "b")
        await world.until(lambda: machine.pressed)
        assert machine.pressed == [("KEY_LEFTCTRL", "KEY_LEFTALT", "KEY_F11")]
        await menu(world, "b")
        await world.until(lambda: machine.breaks)


async def test_what_a_terminal_loses_is_typed_as_bytes() -> None:
    async with living() as world:
        console = await opened(world)
        await menu(world, "t", "h")
        await menu(world, "t", "k", "5")
        await menu(world, "z")
        screen = world.session.console(world.hypervisor.key("db")).terminal.screen
        size = b" stty rows %d cols %d\r" % (screen.lines, screen.columns)
        await world.until(lambda: bytes(console.sent) == b"\x08\x1bOu" + size, bytes(console.sent).decode())


async def test_escape_goes_back_one_menu() -> None:
    async with living() as world:
        await opened(world)
        await menu(world, "t", "k")
        await world.shows("The application keypad")
        await world.pilot.press("escape")
        await world.shows("Console of db")
        await world.pilot.press("escape")
        await world.until(lambda: not world.app.has_dialog)


async def test_after_the_leave_key_a_sent_key_leads_back_to_the_console() -> None:
    async with living() as world:
        await opened(world)
        await world.pilot.press("c")
        await world.until(lambda: world.app.console_has_keyboard)
        await world.pilot.press("ctrl+right_square_bracket")
        await world.until(lambda: world.app.main.table.has_focus)
        await menu(world, "t", "n")
        await world.until(lambda: world.app.console_has_keyboard, "the keyboard back")
        await world.pilot.press("ctrl+right_square_bracket")
        await world.until(lambda: world.app.main.table.has_focus)
        await world.pilot.press("2")
        await menu(world, "t", "n")
        await world.until(lambda: not world.app.has_dialog)
        assert world.app.main.table.has_focus


async def test_what_is_not_possible_says_why() -> None:
    hypervisor = MemoryHypervisor(5)
    hypervisor.missing[Capability.SEND_KEYS] = "this hypervisor presses no keys"
    async with living(hypervisor, size=(120, 40)) as world:
        await world.choose("win11")
        await menu(world)
        await world.shows("this hypervisor presses no keys", "the console is not open (off)")
        await world.pilot.press("d")
        await world.until(lambda: "presses no keys" in world.notices)
        assert isinstance(world.app.screen, MenuScreen)


async def test_choosing_a_device_opens_that_one() -> None:
    hypervisor = MemoryHypervisor(5)
    hypervisor.machine(hypervisor.key("db")).serials = 2
    async with living(hypervisor) as world:
        await opened(world)
        await world.until(lambda: len(world.session.console(hypervisor.key("db")).devices) == 2)
        await menu(world, "e")
        await world.shows("serial1", "it is shown already")
        await world.pilot.press("2")

        def device() -> str | None:
            console = hypervisor.console_of(hypervisor.key("db"))
            return console.device if console is not None else None

        await world.until(lambda: device() == "serial1", "serial1 open")


async def test_listening_and_hanging_up() -> None:
    async with living() as world:
        await opened(world)
        session = world.session.console(world.hypervisor.key("db"))
        await menu(world, "l")
        await world.until(lambda: session.listening)
        await menu(world, "h")
        await world.until(lambda: session.state is ConsoleState.ENDED)


async def test_a_busy_console_is_taken_only_after_a_question() -> None:
    hypervisor = MemoryHypervisor(5)
    async with living(hypervisor) as world:
        key = hypervisor.key("db")
        other = hypervisor.open_console(key, on_data=lambda data: None, on_end=lambda error: None)
        await world.choose("db")
        await world.pilot.press("2")
        session = world.session.console(key)
        await world.until(lambda: session.state is ConsoleState.BUSY)
        await menu(world, "g")
        await world.shows("Take the console of db?", "loses it", "--force")
        await world.pilot.press("y")
        await world.until(lambda: session.state is ConsoleState.OPEN)
        other.close()


async def test_a_file_is_asked_for_shown_as_a_job_and_cancelled(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    async with living(size=(100, 40)) as world:
        await opened(world)
        await menu(world, "f")
        await world.shows("Send a file to db")
        await world.pilot.press(*str(tmp_path / "nothing"), "enter")
        await world.shows("There is no such file.")
        await world.pilot.press("ctrl+u", *f"{tmp_path}/no", "tab")
        await world.shows("notes.txt")
        await world.pilot.press("enter")
        session = world.session.console(world.hypervisor.key("db"))
        await world.until(lambda: session.transfer is not None, "a transfer")
        await world.pilot.press("J")
        await world.shows("send notes.txt", "running")
        await world.pilot.press("x")
        await world.shows("cancelled")
        assert [job.state for job in world.app.jobs() if job.verb == "send-file"] == [JobState.CANCELLED]


async def test_quitting_in_the_middle_of_a_paste_asks() -> None:
    async with living() as world:
        await opened(world)
        session = world.session.console(world.hypervisor.key("db"))
        session.paste("x" * 200_000)
        await world.until(lambda: session.paste_left)
        await world.pilot.press("q")
        await world.shows("Leave tuivm?", "db: a paste with", "cut off")
        await world.pilot.press("enter")
        await world.until(lambda: not world.app.has_dialog)
        await menu(world, "p")
        await world.until(lambda: not session.paste_left)
        await world.pilot.press("q")
        await world.until(lambda: world.app._exit)


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_every_letter_of_every_menu_is_its_own(size: tuple[int, int]) -> None:
    async with living(size=size) as world:
        await opened(world)
        for path in ((), ("k",), ("q",), ("t",), ("c",), ("k", "v"), ("k", "f"), ("t", "k")):
            await menu(world, *path)
            screen = world.app.screen
            assert isinstance(screen, MenuScreen)
            await world.until(lambda screen=screen: screen._entries)
            letters = [entry.letter for entry in screen._entries]
            assert len(set(letters)) == len(letters), path
            while world.app.has_dialog:
                screen = world.app.screen
                await world.pilot.press("escape")
                await world.until(lambda screen=screen: world.app.screen is not screen)
