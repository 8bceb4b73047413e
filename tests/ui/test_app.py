"""The main screen: what it shows, how it is moved about in, and what it does when the world changes."""

from __future__ import annotations

import asyncio

import pytest

from tests.memory import MemoryHypervisor
from tests.ui.app_world import living
from tuivm.config import Config
from tuivm.model.domain import State
from tuivm.model.errors import Unreachable
from tuivm.model.event import EventKind
from tuivm.ui.widgets.detail import CONSOLE, INFO, OVERVIEW, SNAPSHOTS

SIZES = [(80, 24), (200, 50), (40, 10), (20, 5)]


async def test_list_details_and_footer_are_shown() -> None:
    async with living() as world:
        await world.choose("db")
        await world.shows(
            "lab1", "web-1", "1 Overview", "192.168.122.11", "cpu", "memory", "S shut down", "? help"
        )


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_can_be_used(size: tuple[int, int]) -> None:
    async with living(size=size) as world:
        for key in ("down", "enter", "tab", "tab", "escape", "escape", "z", "z", "question_mark", "escape"):
            await world.pilot.press(key)
        assert world.app.main.selected is not None
        assert world.app.screen is world.app.main


async def test_layout_follows_the_width() -> None:
    async with living(size=(80, 24)) as world:
        main = world.app.main
        assert main.detail.region.y > main.table.region.y
        await world.pilot.resize_terminal(160, 40)
        await world.until(lambda: main.detail.region.x > main.table.region.x, "details beside the list")
        await world.pilot.resize_terminal(50, 12)
        await world.until(lambda: not main.detail.display or not main.detail.region.area, "the list alone")


async def test_enter_shows_the_details_where_there_is_room_for_one() -> None:
    async with living(size=(50, 12)) as world:
        await world.choose("db")
        await world.pilot.press("enter")
        await world.shows("1 Overview", "running")
        await world.pilot.press("escape")
        await world.until(lambda: world.app.main.table.has_focus)
        await world.shows("web-1", "db")


async def test_escape_goes_back_one_layer_at_a_time() -> None:
    async with living() as world:
        main, press = world.app.main, world.pilot.press
        await press("slash", *"b", "enter")
        await press("enter", "z")
        assert main.is_zoomed
        assert main.details_focused
        await press("question_mark")
        assert world.app.has_dialog
        await press("escape")
        assert not world.app.has_dialog
        assert main.is_zoomed
        await press("escape")
        assert not main.is_zoomed
        assert main.details_focused
        await press("escape")
        assert main.table.has_focus
        assert main.query_text
        await press("escape")
        assert not main.query_text
        assert len(main.table.order) == 5


async def test_zoom_gives_the_screen_to_the_pane_in_use() -> None:
    async with living() as world:
        main = world.app.main
        await world.pilot.press("z")
        assert not main.detail.region.area
        await world.pilot.press("z", "enter", "z")
        await world.until(lambda: main.details_focused and not main.table.region.area, "the details alone")


async def test_tabs_by_number_tab_and_brackets() -> None:
    async with living() as world:
        detail, press = world.app.main.detail, world.pilot.press
        seen = []
        for key in ("3", "4", "1", "tab", "right_square_bracket", "left_square_bracket", "shift+tab"):
            await press(key)
            seen.append(detail.active)
        assert seen == [SNAPSHOTS, INFO, OVERVIEW, CONSOLE, SNAPSHOTS, CONSOLE, OVERVIEW]
        assert world.app.main.table.has_focus


async def test_info_shows_devices_addresses_and_xml() -> None:
    async with living(size=(100, 60)) as world:
        await world.choose("db")
        await world.pilot.press("4")
        await world.shows("vda", "/var/lib/libvirt/images/db.qcow2", "52:54:00", "<domain", "Isolation")


async def test_filter_narrows_while_typing_and_counts() -> None:
    async with living() as world:
        await world.pilot.press("slash", *"db")
        await world.shows("1 of 5")
        assert [world.app.session.inventory.domains[key].name for key in world.app.main.table.order] == ["db"]
        await world.pilot.press("enter")
        assert world.app.main.table.has_focus
        await world.shows("1 of 5")
        await world.pilot.press("escape")
        assert len(world.app.main.table.order) == 5
        await world.shows_not("1 of 5")


async def test_filter_without_a_match_says_so() -> None:
    async with living() as world:
        await world.pilot.press("slash", *"zzz")
        await world.shows("No domain matches the filter.", "0 of 5")


async def test_sort_by_keys_palette_and_header() -> None:
    async with living(MemoryHypervisor(4, running=4), interval=3600) as world:
        main = world.app.main

        def names() -> list[str]:
            return [world.session.inventory.domains[key].name for key in main.table.order]

        assert names() == sorted(names())
        await world.pilot.press("O")
        assert names() == sorted(names(), reverse=True)
        await world.pilot.click(main.table, offset=(9, 0))
        assert names() == sorted(names())
        await world.pilot.press("colon", *"sort by vcpus", "enter")
        await world.until(lambda: names()[0] == "win11", "the one with 8 vCPUs first")


async def test_cursor_stays_on_its_domain_when_the_order_changes() -> None:
    async with living() as world:
        await world.choose("mail")
        world.hypervisor.add("aaa", state=State.RUNNING)
        await world.shows("aaa")
        assert world.app.main.selected is not None
        assert world.app.main.selected.name == "mail"


async def test_hostile_names_are_only_text() -> None:
    names = ["[red]x[/red]", "$(reboot)", "[@click=app.quit]q[/]", "a\x1b[31mb\x07\u202ec"]
    async with living(MemoryHypervisor(4, names=names, running=4)) as world:
        await world.shows("[red]x[/red]", "$(reboot)", "[@click=app.q")
        assert "\x1b" not in world.text
        assert "\u202e" not in world.text
        for name in names:
            await world.choose(name)
            for key in ("4", "3", "1", "D"):
                await world.pilot.press(key)
            shown = name if name.isprintable() else "b"
            await world.shows(f"Force off: {shown}" if name.isprintable() else "Force off: a")
            await world.pilot.press("escape", "colon")
            await world.until(lambda: world.app.has_dialog)
            await world.pilot.press("escape")
            await world.until(lambda: not world.app.has_dialog)
        await world.choose("[red]x[/red]")
        await world.pilot.press("a")
        await world.until(lambda: "[red]x[/red]: autostart" in world.notices)
        await world.pilot.press("L")
        await world.shows("[red]x[/red]  autostart")


async def test_empty_host_says_what_to_do_next() -> None:
    async with living(MemoryHypervisor(0), ready=False) as world:
        await world.shows("no virtual machine", "virt-install", "virt-manager", "tuivm demo")
        for key in ("S", "enter", "c", "3", "t", "question_mark", "escape", "slash", "escape"):
            await world.pilot.press(key)
        world.hypervisor.add("first")
        await world.shows("first")


async def test_lost_link_is_a_banner_and_comes_back() -> None:
    async with living() as world:
        world.hypervisor.fault = Unreachable("the daemon does not answer")
        await world.shows("! Connection lost: the daemon does not answer")
        await world.shows("web-1", "not up to date")
        world.hypervisor.fault = None
        await world.shows_not("Connection lost")
        await world.until(lambda: "connected again" in world.notices)
        assert "connection lost: the daemon does not answer" in world.log


async def test_domain_undefined_elsewhere_while_selected() -> None:
    async with living(MemoryHypervisor(5, names=["a", "b", "c", "d", "e"])) as world:
        await world.choose("b")
        world.hypervisor.remove(world.hypervisor.key("b"))
        await world.until(lambda: len(world.app.main.table.order) == 4)
        assert world.app.main.selected is not None
        assert world.app.main.selected.name == "c"
        await world.until(lambda: "b|undefined" in world.log)


async def test_keys_move_the_cursor_while_libvirt_sleeps() -> None:
    hypervisor = MemoryHypervisor(5)
    async with living(hypervisor) as world:
        hypervisor.delay = 5.0
        await asyncio.sleep(0.3)
        loop = asyncio.get_running_loop()
        before = world.app.main.table.cursor_key
        began = loop.time()
        await world.pilot.press("j")
        took = loop.time() - began
        assert world.app.main.table.cursor_key != before
        # A call that slept on the UI thread would have taken five seconds.
        assert took < 2.5
        await world.pilot.press("a", "S", "escape", "t", "escape", "1", "2", "3", "4")
        assert loop.time() - began < 5.0


async def test_notices_of_the_configuration_are_shown_and_logged() -> None:
    async with living(notices=["config.toml, line 3: [oops] is no key"]) as world:
        await world.shows("config.toml, line 3: [oops] is no key")
        assert "line 3: [oops] is no key" in world.log


async def test_event_of_the_program_itself_is_a_notice() -> None:
    async with living() as world:
        world.session.announce("the demonstration's guest does not start")
        await world.until(lambda: "guest does not start" in world.notices)


async def test_events_of_others_are_in_the_log() -> None:
    async with living() as world:
        world.hypervisor.emit(world.hypervisor.key("db"), "device vdb removed", EventKind.DEVICE)
        await world.pilot.press("L")
        await world.shows("Log", "db  device vdb removed")
        await world.pilot.press("L")
        assert not world.app.has_dialog


async def test_a_long_line_of_the_log_is_read_to_its_end() -> None:
    async with living(MemoryHypervisor(2), size=(80, 24)) as world:
        world.hypervisor.emit(world.hypervisor.key("db"), "word " * 30 + "the reason", EventKind.DEVICE)
        await world.pilot.press("L")
        await world.shows("Log", "the reason")


async def test_theme_is_switched_and_remembered() -> None:
    async with living() as world:
        assert world.app.theme == "tuivm-dark"
        await world.pilot.press("T", *"tuivm-light", "enter")
        await world.until(lambda: world.app.theme == "tuivm-light")
        await world.until(lambda: [state.theme for state in world.remembered] == ["tuivm-light"])


async def test_configured_theme_is_used_and_an_unknown_one_said() -> None:
    async with living(config=Config(theme="contrast", ascii=False)) as world:
        assert world.app.theme == "tuivm-contrast"
    async with living(config=Config(theme="[no]such", ascii=False)) as world:
        assert world.app.theme == "tuivm-dark"
        await world.until(lambda: "there is no theme '[no]such'" in world.notices)


async def test_every_theme_there_is_can_be_drawn() -> None:
    async with living() as world:
        for name in world.app.theme_choices():
            world.app.choose_theme(name)
            await world.pilot.pause()
            assert "web-1" in world.text


async def test_ascii_only() -> None:
    async with living(config=Config(ascii=True)) as world:
        await world.choose("db")
        await world.shows("db", "1 Overview")
        for key in ("3", "4", "1"):
            await world.pilot.press(key)
        drawn = world.text
        assert all(ord(char) < 128 for char in drawn), {char for char in drawn if ord(char) > 127}


async def test_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with living() as world:
        await world.shows("run", "pau", "off", "web-1")


async def test_quit_keys() -> None:
    for key in ("q", "ctrl+q"):
        async with living() as world:
            await world.pilot.press(key)
            await world.until(lambda world=world: not world.app.is_running or world.app._exit)
            assert world.app.return_value == 0


async def test_ctrl_q_leaves_a_dialog_too_and_ctrl_c_says_how_to_quit() -> None:
    async with living() as world:
        await world.pilot.press("ctrl+c")
        await world.until(lambda: "leaves tuivm" in world.notices)
        await world.pilot.press("question_mark", "ctrl+q")
        assert world.app._exit
