"""The console pane with a real session on the in-memory hypervisor."""

from __future__ import annotations

import asyncio
from time import monotonic

import pytest
from textual import events
from textual.widgets import Input

from tests.memory import MemoryHypervisor
from tests.ui.console_bench import KEY, LEAVE, Guest, PaneApp, bench
from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.model.domain import Domain, State
from tuivm.model.errors import Busy, Failed
from tuivm.ui.widgets.console import ConsolePane


async def test_typing_is_echoed() -> None:
    async with bench() as b:
        await b.pilot.press("l", "s", "space", "left_parenthesis", "enter", "x")
        await b.settle(lambda: b.rows()[:2] == ["ls (", "x"])
        assert bytes(b.guest.console.sent) == b"ls (\rx"
        assert b.status().startswith("open · Ctrl+] leaves · 40x7")


async def test_the_terminal_has_the_size_of_the_pane() -> None:
    async with bench() as b:
        assert (b.session.terminal.screen.columns, b.session.terminal.screen.lines) == (40, 7)
        await b.pilot.resize_terminal(60, 20)
        await b.settle(lambda: b.session.terminal.screen.columns == 60)
        assert b.session.terminal.screen.lines == 19


async def test_every_key_is_forwarded() -> None:
    async with bench() as b:
        b.guest.console.echo = False
        keys = ["tab", "shift+tab", "escape", "up", "ctrl+c", "ctrl+q", "ctrl+p", "f1", "s", "question_mark"]
        await b.pilot.press(*keys)
        await b.pilot.pause(0.05)
        sent = b"\t\x1b[Z\x1b\x1b[A\x03\x11\x10\x1bOPs?"
        assert bytes(b.guest.console.sent) == sent
        assert b.app.started == 0
        assert b.app.left == 0
        await b.prints("\x1b[?1h")
        await b.pilot.press("up")
        assert bytes(b.guest.console.sent) == sent + b"\x1bOA"


async def test_the_leave_key_is_kept() -> None:
    async with bench() as b:
        await b.pilot.press(LEAVE)
        assert b.app.left == 1
        assert bytes(b.guest.console.sent) == b""


async def test_the_guests_questions_are_answered() -> None:
    async with bench() as b:
        b.guest.console.echo = False
        await b.prints("$ \x1b[6n")
        assert bytes(b.guest.console.sent) == b"\x1b[1;3R"


async def test_wide_characters_and_tricks_keep_their_columns() -> None:
    async with bench() as b:
        await b.prints("漢字 e\u0301 a\u202eb\u200dc \U0001f468\u200d\U0001f469 ☺\ufe0f|\r\n\x1b]2;ti\x07")
        row = b.rows()[0]
        assert row == "漢字 e\u0301 abc \U0001f468\U0001f469 ☺|"
        assert b.status().endswith("ti")


async def test_colours_are_the_themes() -> None:
    async with bench() as b:
        b.pane.palette = [f"#{index:02x}0000" for index in range(16)]
        await b.prints("\x1b[31mr\x1b[m \x1b[7mi\x1b[m \x1b[38;5;196;2md\x1b[m \x1b[8mh\x1b[m")
        assert b.style_at(0, 0).color.name == "#010000"
        assert b.style_at(2, 0).reverse
        assert b.style_at(4, 0).color.name != "#ff0000"
        assert b.rows()[0] == "r i d"


async def test_the_cursor_is_a_block_with_focus_and_a_line_without() -> None:
    async with bench() as b:
        await b.prints("ab")
        assert b.style_at(2, 0).reverse
        b.app.query_one(Input).display = True
        await b.pilot.pause()
        b.app.query_one(Input).focus()
        await b.pilot.pause(0.05)
        assert not b.style_at(2, 0).reverse
        assert b.style_at(2, 0).underline
        assert "Ctrl+]" not in b.status()
        b.pane.focus()
        await b.prints("\x1b[?25l")
        assert not b.style_at(2, 0).reverse


async def test_scrolling_back_stays_put_while_output_goes_on() -> None:
    async with bench() as b:
        await b.prints("".join(f"line {n}\r\n" for n in range(50)))
        assert b.rows()[5] == "line 49"
        await b.pilot.press("shift+pageup")
        await b.pilot.pause(0.05)
        held = b.rows()[:7]
        assert held[0] == "line 38"
        assert "▲ 6 lines back" in b.status()
        await b.prints("more\r\n" * 20)
        assert b.rows()[:7] == held
        assert "▲26 · ▼20" in b.status()
        assert b.pane.is_scrolled
        await b.pilot.press("x")
        await b.settle(lambda: b.rows()[6] == "x")
        assert not b.pane.is_scrolled


async def test_the_wheel_scrolls_back_and_to_the_present() -> None:
    async with bench() as b:
        await b.prints("".join(f"line {n}\r\n" for n in range(50)))
        b.pane.scroll_lines(-3)
        assert b.rows()[0] == "line 41"
        b.pane.scroll_lines(-10_000)
        assert b.rows()[0] == "line 0"
        b.pane.scroll_lines(10_000)
        assert not b.pane.is_scrolled


async def test_the_wheel_presses_cursor_keys_on_the_alternate_screen() -> None:
    async with bench() as b:
        b.guest.console.echo = False
        await b.prints("\x1b[?1049h\x1b[?1h")
        await b.pilot._post_mouse_events([events.MouseScrollUp], b.pane, offset=(2, 2))
        await b.pilot.pause(0.05)
        assert bytes(b.guest.console.sent) == b"\x1bOA" * 3
        await b.prints("\x1b[?1049l" + "line\r\n" * 20)
        await b.pilot._post_mouse_events([events.MouseScrollUp], b.pane, offset=(2, 2))
        await b.pilot.pause(0.05)
        assert b.pane.is_scrolled


async def test_moving_the_cursor_alone_is_drawn() -> None:
    async with bench() as b:
        await b.prints("abc")
        drawn: list[object] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(b.pane, "refresh", lambda *regions, **_: drawn.extend(regions))
            await b.prints("\x1b[2D")
            await b.settle(lambda: bool(drawn))


async def test_other_keys_are_named_when_they_are_rebound() -> None:
    guest = Guest()
    guest.domain = Domain(KEY, "guest", State.OFF)
    async with bench(guest=guest) as b:
        b.pane.leave_keys = frozenset({"f12"})  # type: ignore[misc]
        b.pane.start_key = "Ins"
        assert "Ins starts it" in b.shown()
        assert "F12 leaves" in b.status()
        await b.pilot.press("f12")
        assert b.app.left == 1


async def test_lines_that_are_gone_do_not_stay_in_view() -> None:
    async with bench() as b:
        await b.prints("".join(f"line {n}\r\n" for n in range(20)))
        b.pane.scroll_lines(-1000)
        await b.prints("\x1b[3J")
        assert len(b.rows()) == 8


async def test_paste_is_cleaned_and_bracketed() -> None:
    async with bench() as b:
        b.guest.console.echo = False
        await b.prints("\x1b[?2004h")
        b.pane.post_message(events.Paste("a\nb\x1b"))
        await b.settle(lambda: len(b.guest.console.sent) > 0 and not b.session.paste_left)
        assert bytes(b.guest.console.sent) == b"\x1b[200~a\rb\x1b[201~"


async def test_a_guest_that_is_off_says_what_starts_it() -> None:
    guest = Guest()
    guest.domain = Domain(KEY, "guest", State.OFF)
    async with bench(guest=guest) as b:
        assert "the guest is off: s starts it" in "\n".join(b.rows())
        await b.pilot.press("s")
        assert b.app.started == 1


async def test_the_last_screen_stays_visible_when_the_console_ends() -> None:
    async with bench() as b:
        await b.prints("last words")
        b.pane.grace = 1000.0
        b.guest.console.end(None)
        await b.settle(lambda: b.session.state is ConsoleState.ENDED)
        await b.pilot.pause(0.05)
        assert b.rows()[0] == "last words"
        assert "the console was closed: Enter opens it again" in b.shown()
        # What was being typed when it closed is no command.
        await b.pilot.press("s")
        assert b.app.started == 0
        b.pane._closed_at -= 500
        await b.pilot.press("p")
        b.pane._closed_at -= 600
        await b.pilot.press("s")
        assert b.app.started == 0, "a key within the time makes it longer"
        b.pane.grace = 0.0
        await b.pilot.press("s")
        assert b.app.started == 1
        await b.pilot.press("enter")
        await b.settle(lambda: b.session.state is ConsoleState.OPEN)


async def test_a_busy_console_is_taken_by_f() -> None:
    guest = Guest()
    guest.fault = Busy("Active console session exists for this domain")
    async with bench(guest=guest) as b:
        assert "another session has the console: press f to take it" in b.shown()
        assert not guest.forced
        await b.pilot.press("f")
        await b.settle(lambda: b.session.state is ConsoleState.OPEN)
        assert guest.forced


async def test_enter_tries_a_busy_console_again_without_force() -> None:
    guest = Guest()
    guest.fault = Busy("Active console session exists for this domain")
    async with bench(guest=guest) as b:
        await b.pilot.press("enter")
        await b.settle(lambda: b.session.state is ConsoleState.BUSY)
        guest.fault = None
        await b.pilot.press("enter")
        await b.settle(lambda: b.session.state is ConsoleState.OPEN)
        assert not guest.forced


async def test_a_failure_shows_libvirts_words_and_no_control() -> None:
    guest = Guest()
    guest.fault = Failed("no \x1b[31m[red]such[/red] device")
    async with bench(size=(100, 8), guest=guest) as b:
        shown = "\n".join(b.rows())
        assert "Enter tries again" in shown
        assert "[red]such[/red]" in shown
        assert "\x1b" not in shown


async def test_attaching_another_console() -> None:
    async with bench() as b:
        await b.prints("first")
        other = Guest()
        session = ConsoleSession(KEY, other, lambda _: other.domain)  # type: ignore[arg-type]
        b.pane.attach(session)
        assert b.session.wake is None
        await b.settle(lambda: session.state is ConsoleState.OPEN)
        other.console.receive(b"second")
        await b.settle(lambda: b.rows()[0] == "second")
        b.pane.attach(None)
        assert b.status() == "no console"
        await b.pilot.press("x")
        session.close()


@pytest.mark.parametrize("size", [(20, 3), (20, 1), (4, 2), (1, 1), (40, 10)])
async def test_tiny_panes(size: tuple[int, int]) -> None:
    async with bench(size=size) as b:
        await b.prints("漢字 hello\r\n\x1b[5;50Hx\x1b[2;2H")
        assert len(b.rows()) == size[1]
        await b.pilot.press("shift+pageup", "a")
        b.guest.console.end(None)
        await b.settle(lambda: b.session.state is ConsoleState.ENDED)
        assert len(b.rows()) == size[1]


async def test_the_clock_stands_still_without_output(monkeypatch: pytest.MonkeyPatch) -> None:
    async with bench() as b:
        await b.prints("x")
        await b.settle(lambda: b.pane._pump._alarm is None or b.pane._pump._alarm.when() < monotonic())
        drawn: list[object] = []
        monkeypatch.setattr(b.pane, "_draw", lambda: drawn.append(1))
        await b.pilot.pause(0.2)
        assert drawn == []


async def test_a_flood_lets_the_keyboard_through() -> None:
    async with bench() as b:
        b.guest.console.echo = False
        for _ in range(200):
            b.guest.console.receive(b"flood of some text on a line\r\n" * 200)
        await b.pilot.press(LEAVE)
        assert b.app.left == 1
        await b.settle(lambda: len(b.session.backlog) == 0)
        await b.settle(lambda: b.rows()[5].startswith("flood"))


async def test_many_wakes_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    async with bench() as b:
        await b.settle(lambda: not b.pane._pump._is_rung)
        rung: list[object] = []
        monkeypatch.setattr(asyncio.get_running_loop(), "call_soon_threadsafe", rung.append)
        for _ in range(100):
            b.pane._wake()
        monkeypatch.undo()
        assert len(rung) == 1


async def test_the_memory_hypervisors_console_works_too() -> None:
    hypervisor = MemoryHypervisor(1)
    hypervisor.open()
    domain = hypervisor.list_domains()[0]
    session = ConsoleSession(domain.key, hypervisor, lambda _: domain)
    app = PaneApp()
    async with app.run_test(size=(60, 10)) as pilot:
        pane = app.query_one(ConsolePane)
        pane.attach(session)
        for _ in range(100):
            await pilot.pause(0.02)
            if "login" in pane.render_line(2).text:
                break
        assert "login" in pane.render_line(2).text
    session.close()
