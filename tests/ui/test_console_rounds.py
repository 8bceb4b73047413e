"""Several consoles: their signs in the list, going round them, what they ask of the user."""

from __future__ import annotations

import time

import pytest

from tests.memory import MemoryHypervisor
from tests.memory_console import MemoryConsole
from tests.ui.app_world import World, living
from tuivm.config import Config
from tuivm.core.console import Alert, ConsoleState
from tuivm.model.event import Event, EventKind
from tuivm.ui import console_rounds
from tuivm.ui.dialogs.clipboard import ClipboardScreen
from tuivm.ui.dialogs.consoles import ConsolesScreen


def row_of(world: World, name: str) -> str:
    """The row of a domain as it is drawn."""
    table = world.app.main.table
    index = list(table.order).index(world.hypervisor.key(name))
    return table.render_line(index + 1 - table.scroll_offset.y).text


async def look(world: World, name: str) -> MemoryConsole:
    """Look at a console until it is open."""
    await world.choose(name)
    await world.pilot.press("2")
    await world.shows(f"{name} login:")
    console = world.hypervisor.console_of(world.hypervisor.key(name))
    assert console is not None
    return console


async def test_signs_of_open_new_and_alert_and_what_clears_them() -> None:
    hypervisor = MemoryHypervisor(6, running=6)
    async with living(hypervisor) as world:
        db = await look(world, "db")
        assert "●" in row_of(world, "db")
        assert "●" not in row_of(world, "build")
        await look(world, "build")
        db.receive(b"news\r\n")
        await world.until(lambda: "◆" in row_of(world, "db"), "a sign for new output")
        session = world.session.console(hypervisor.key("db"))
        session.alert = Alert("kernel panic", "error", time.time(), "kernel panic")
        await world.until(lambda: "!" in row_of(world, "db"), "a sign for the alert")
        await world.pilot.press("exclamation_mark")
        await world.until(lambda: world.app.main.table.cursor_key == hypervisor.key("db"))
        await world.shows("news")
        await world.until(lambda: session.alert is None)
        await world.until(lambda: "●" in row_of(world, "db"))


async def test_only_the_row_of_that_console_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    hypervisor = MemoryHypervisor(6, running=6)
    async with living(hypervisor, interval=60) as world:
        db = await look(world, "db")
        await look(world, "build")
        drawn: list[set[object]] = []
        table = world.app.main.table
        refresh = table.refresh_keys
        monkeypatch.setattr(table, "refresh_keys", lambda keys: (drawn.append(set(keys)), refresh(keys)))
        for _ in range(50):
            db.receive(b"line\r\n")
        # News of the openings may come late, too, and on a busy machine as one with that of what was printed:
        # the sign tells that the latter is there.
        await world.until(lambda: "◆" in row_of(world, "db"), "the sign of the console")
        await world.until(lambda: any(hypervisor.key("db") in keys for keys in drawn), "news of the console")
        assert len(drawn) < 10
        assert set().union(*drawn) <= {hypervisor.key("db"), hypervisor.key("build")}


async def test_signs_in_ascii() -> None:
    hypervisor = MemoryHypervisor(6, running=6)
    async with living(hypervisor, config=Config(ascii=True)) as world:
        db = await look(world, "db")
        assert " o " in row_of(world, "db")
        await look(world, "build")
        db.receive(b"x")
        await world.until(lambda: " + " in row_of(world, "db"))
        assert row_of(world, "db").isascii()


async def test_going_round_the_open_consoles() -> None:
    hypervisor = MemoryHypervisor(6, running=6)
    async with living(hypervisor) as world:
        await world.pilot.press("full_stop")
        await world.until(lambda: "no console is open" in world.notices)
        for name in ("db", "mail", "web-1"):
            await look(world, name)
        seen = []
        for key in ("full_stop", "full_stop", "full_stop", "comma", "comma"):
            await world.pilot.press(key)
            selected = world.app.main.selected
            assert selected is not None
            seen.append(selected.name)
            await world.shows(f"{selected.name} login:")
        assert seen == ["db", "mail", "web-1", "mail", "db"]
        assert world.app.main.table.has_focus


async def test_the_list_of_consoles_goes_there_and_closes() -> None:
    hypervisor = MemoryHypervisor(6, running=6)
    async with living(hypervisor) as world:
        db = await look(world, "db")
        await look(world, "mail")
        db.receive(b"more")
        await world.pilot.press("C")
        await world.until(lambda: isinstance(world.app.screen, ConsolesScreen))
        await world.shows("Consoles", "db", "mail", "new output")
        await world.pilot.press("x")
        session = world.session.console(hypervisor.key("db"))
        await world.until(lambda: session.state is ConsoleState.ENDED)
        await world.pilot.press("down", "enter")
        await world.until(lambda: world.app.console_has_keyboard)
        selected = world.app.main.selected
        assert selected is not None
        assert selected.name == "mail"


async def test_the_leave_key_pressed_twice_reaches_the_guest() -> None:
    async with living() as world:
        db = await look(world, "db")
        await world.pilot.press("c")
        await world.until(lambda: world.app.console_has_keyboard)
        await world.pilot.press("ctrl+right_square_bracket")
        await world.until(lambda: world.app.main.table.has_focus)
        await world.pilot.press("ctrl+right_square_bracket")
        await world.until(lambda: world.app.console_has_keyboard)
        await world.until(lambda: bytes(db.sent) == b"\x1d")


async def test_the_leave_key_is_typed_only_right_behind_itself() -> None:
    async with living() as world:
        db = await look(world, "db")
        await world.pilot.press("2", "ctrl+right_square_bracket", "c")
        await world.until(lambda: world.app.console_has_keyboard)
        await world.pilot.press("ctrl+right_square_bracket")
        await world.until(lambda: world.app.main.table.has_focus)
        await world.pilot.press("ctrl+r", "ctrl+right_square_bracket")
        await world.pilot.pause()
        assert not world.app.console_has_keyboard
        assert bytes(db.sent) == b""
        await world.pilot.press("ctrl+r")


async def test_a_zoomed_console_has_the_terminal_for_itself_and_its_status() -> None:
    async with living(size=(100, 30)) as world:
        await world.choose("db")
        await world.pilot.press("Z")
        await world.until(lambda: world.app.console_has_keyboard)
        pane = world.app.main.detail.console
        assert pane is not None
        await world.until(lambda: (pane.size.width, pane.size.height) == (100, 30), "the whole terminal")
        await world.pilot.press("ctrl+right_square_bracket")
        await world.until(lambda: world.app.main.table.has_focus)
        await world.shows("lab1", "filter")
        await world.pilot.press("ctrl+right_square_bracket")
        await world.until(lambda: (pane.size.width, pane.size.height) == (100, 30), "the zoom again")


async def test_consoles_named_at_the_start_are_there_at_once() -> None:
    hypervisor = MemoryHypervisor(6, running=6)
    async with living(hypervisor, start=("mail",), ready=False) as world:
        await world.shows("mail login:")
        await world.until(lambda: world.app.console_has_keyboard)
        pane = world.app.main.detail.console
        assert pane is not None
        await world.until(lambda: pane.size.height == 30)


async def test_what_consoles_say_is_told_once() -> None:
    async with living() as world:
        key = world.hypervisor.key("db")
        world.hypervisor._send(
            Event(EventKind.CONSOLE, time.time(), key, "db", "login: [b]x[/b]", notice="warning")
        )
        await world.until(lambda: "login: [b]x[/b]" in world.log)
        assert "db: login: [b]x[/b]" in world.notices
        world.hypervisor._send(Event(EventKind.CONSOLE, time.time(), key, "db", "quiet"))
        await world.until(lambda: "quiet" in world.log)
        assert "quiet" not in world.notices


class TestClipboard:
    """A guest's OSC 52."""

    async def test_no_is_the_default_and_the_text_is_shown_safely(self) -> None:
        async with living() as world:
            key = world.hypervisor.key("db")
            world.app.rounds.clipboard_asked(key, "\x1b[31mrm -rf /\n[b]bold[/b]\x07" + "x" * 5000)
            await world.until(lambda: isinstance(world.app.screen, ClipboardScreen))
            await world.shows("db wants to set your clipboard", "rm -rf /", "[b]bold[/b]", "5,0")
            assert "\x1b" not in world.text
            await world.pilot.press("enter")
            await world.until(lambda: not world.app.has_dialog)
            assert world.app.clipboard == ""

    async def test_once_and_always(self) -> None:
        async with living() as world:
            key, other = world.hypervisor.key("db"), world.hypervisor.key("build")
            world.app.rounds.clipboard_asked(key, "one")
            await world.pilot.press("y")
            await world.until(lambda: world.app.clipboard == "one")
            world.app.rounds.clipboard_asked(key, "two")
            await world.pilot.press("a")
            await world.until(lambda: world.app.clipboard == "two")
            world.app.rounds.clipboard_asked(key, "three")
            await world.until(lambda: world.app.clipboard == "three")
            world.app.rounds.clipboard_asked(other, "four")
            await world.until(lambda: isinstance(world.app.screen, ClipboardScreen))
            await world.pilot.press("escape")
            await world.until(lambda: not world.app.has_dialog)
            assert world.app.clipboard == "three"

    async def test_never_over_another_question_and_one_at_a_time(self) -> None:
        async with living() as world:
            await world.choose("db")
            await world.pilot.press("D")
            await world.shows("Force off")
            key = world.hypervisor.key("db")
            for _ in range(100):
                world.app.rounds.clipboard_asked(key, "text")
            await world.pilot.pause()
            assert len(world.app.screen_stack) == 2
            assert not isinstance(world.app.screen, ClipboardScreen)
            await world.pilot.press("escape")
            await world.until(lambda: not world.app.has_dialog)
            for _ in range(100):
                world.app.rounds.clipboard_asked(key, "text")
            await world.until(lambda: isinstance(world.app.screen, ClipboardScreen))
            assert len(world.app.screen_stack) == 2

    async def test_a_guest_that_was_refused_is_not_heard_for_a_while(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = [1000.0]
        monkeypatch.setattr(console_rounds, "monotonic", lambda: now[0])
        async with living() as world:
            key, other = world.hypervisor.key("db"), world.hypervisor.key("build")
            world.app.rounds.clipboard_asked(key, "one")
            await world.until(lambda: isinstance(world.app.screen, ClipboardScreen))
            await world.pilot.press("n")
            await world.until(lambda: not world.app.has_dialog)
            world.app.rounds.clipboard_asked(key, "two")
            assert not world.app.has_dialog
            world.app.rounds.clipboard_asked(other, "three")
            await world.until(lambda: isinstance(world.app.screen, ClipboardScreen))
            before = len(world.app.happened.book.entries)
            for _ in range(100):
                world.app.rounds.clipboard_asked(other, "four")
            assert len(world.app.happened.book.entries) == before + 1
            await world.pilot.press("y")
            await world.until(lambda: world.app.clipboard == "three")
            now[0] += 31.0
            world.app.rounds.clipboard_asked(key, "five")
            await world.until(lambda: isinstance(world.app.screen, ClipboardScreen))


async def test_the_console_of_a_domain_that_is_gone_is_not_another_one() -> None:
    async with living() as world:
        db = await look(world, "db")
        key = world.hypervisor.key("db")
        world.hypervisor.remove(key)
        await world.until(lambda: key not in world.app.session.inventory.domains)
        await world.pilot.press("C")
        await world.shows("(gone)")
        screen = world.app.screen
        assert isinstance(screen, ConsolesScreen)
        screen.lines.cursor = [console.key for console in screen._shown].index(key)
        await world.pilot.press("enter")
        await world.until(lambda: "that domain is gone" in world.notices)
        assert not world.app.console_has_keyboard
        assert not db.sent


async def test_looking_back_from_the_list_leads_back_to_the_list() -> None:
    async with living() as world:
        db = await look(world, "db")
        await world.pilot.press("v")
        pane = world.app.main.detail.console
        assert pane is not None
        await world.until(lambda: pane.is_viewing and world.app.console_has_keyboard)
        await world.shows("COPY MODE", "search", "q leave")
        await world.pilot.press("slash", "q")
        await world.shows("Enter search", "Esc back")
        await world.pilot.press("escape")
        await world.shows("COPY MODE", "q leave")
        await world.pilot.press("k", "q")
        await world.until(lambda: world.app.main.table.has_focus)
        assert not pane.is_viewing
        await world.pilot.press("c")
        await world.until(lambda: world.app.console_has_keyboard)
        await world.pilot.press("ctrl+right_square_bracket")
        await world.until(lambda: world.app.main.table.has_focus)
        await world.pilot.press("v")
        await world.until(lambda: pane.is_viewing)
        await world.pilot.press("q")
        await world.until(lambda: not pane.is_viewing)
        assert world.app.console_has_keyboard
        assert bytes(db.sent) == b""


async def test_no_notice_lies_over_the_console_that_it_is_about() -> None:
    async with living() as world:
        await look(world, "db")
        for name, text in (("db", "seen"), ("build", "unseen")):
            key = world.hypervisor.key(name)
            world.hypervisor._send(Event(EventKind.CONSOLE, time.time(), key, name, text, notice="error"))
        await world.until(lambda: "unseen" in world.notices)
        assert "db|seen" in world.log
        assert "db: seen" not in world.notices


async def test_the_guest_itself_asks_for_the_clipboard() -> None:
    async with living() as world:
        db = await look(world, "db")
        db.receive(b"\x1b]52;c;aGVsbG8=\x07")
        await world.until(lambda: isinstance(world.app.screen, ClipboardScreen))
        await world.shows("db wants to set your clipboard", "hello")
        await world.pilot.press("y")
        await world.until(lambda: world.app.clipboard == "hello")
