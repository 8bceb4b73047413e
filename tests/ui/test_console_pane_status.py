"""What the console pane draws and says besides the guest's text."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.geometry import Region

from tests.ui.console_bench import Guest, bench
from tuivm.core.console import ConsoleSession
from tuivm.ui.widgets.console import ConsolePane
from tuivm.ui.widgets.console_status import Part, joined


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (80, "open · Ctrl+] leaves · ●REC · 1,234 lines skipped: too fast · 80x24 · title"),
        (70, "open · Ctrl+] leaves · ●REC · 1,234 lines skipped: too fast · 80x24"),
        (60, "open · Ctrl+] leaves · ●REC · 1,234 lines skipped: too fast"),
        (50, "open · Ctrl+] leaves · ●REC · 1,234 lines skipped"),
        (40, "open · ^] · ●REC · 1,234 lines skipped"),
        (36, "^] · ●REC · 1,234 lines skipped"),
        (24, "^] · ●REC"),
        (3, "^]"),
    ],
)
def test_the_least_important_goes_first(width: int, text: str) -> None:
    parts = [
        Part("open"),
        Part("Ctrl+] leaves", "^]"),
        Part("●REC", "●REC"),
        Part("1,234 lines skipped: too fast", "1,234 lines skipped"),
        Part("80x24"),
        Part("title"),
    ]
    assert joined(parts, width) == text


async def test_what_is_skipped_is_said_in_forty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    async with bench(size=(40, 8)) as b:
        words = "1,234,567 lines skipped: the guest prints faster than can be shown"
        monkeypatch.setattr(ConsoleSession, "message", words)
        b.pane._wake()
        await b.settle(lambda: "1,234,567 lines skipped" in b.status())
        assert b.status() == "open · ^] · 1,234,567 lines skipped"


async def test_a_recording_is_shown(tmp_path: Path) -> None:
    async with bench(size=(40, 8)) as b:
        b.session.recording = tmp_path / "x.cast"
        b.pane._wake()
        await b.settle(lambda: "●REC" in b.status())
        b.pane.ascii_only = True
        b.pane.refresh()
        assert "*REC" in b.status()
        assert b.status().isascii()


async def test_a_note_comes_first_and_a_title_is_harmless() -> None:
    async with bench(size=(80, 8)) as b:
        b.pane.status_note = "ALL TILES"
        await b.prints("\x1b]2;ti\u202etle [red]\x07x")
        await b.settle(lambda: "tle [red]" in b.status())
        assert b.status().startswith("ALL TILES")
        assert "\u202e" not in b.status()


async def test_the_status_line_is_drawn_when_it_changes_and_not_with_each_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with bench() as b:
        await b.prints("x")
        await b.settle(lambda: b.pane._status_now() == b.pane._status)
        drawn: list[Region] = []
        refresh = b.pane.refresh

        def watched(*regions: Region, **options: bool) -> ConsolePane:
            drawn.extend(regions or [Region(0, 0, 40, 8)])
            return refresh(*regions, **options)

        monkeypatch.setattr(b.pane, "refresh", watched)
        for n in range(20):
            await b.prints(f"{n}\r\n")
        status = [region for region in drawn if region.contains(0, 7)]
        assert drawn
        assert status == []


async def test_only_rows_that_changed_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with bench() as b:
        await b.prints("one\r\ntwo\r\nthree\r\n\x1b[2;1H")
        drawn: list[Region] = []
        monkeypatch.setattr(b.pane, "refresh", lambda *regions, **_: drawn.extend(regions))
        await b.prints("2")
        await b.settle(lambda: bool(drawn))
        assert {region.y for region in drawn} == {1}
        assert {region.height for region in drawn} == {1}
        drawn.clear()
        await b.prints("\x1b[H\x1b[2Jall of it")
        await b.settle(lambda: bool(drawn))
        assert drawn[0] == Region(0, 0, 40, 7)


async def test_a_guest_holds_the_drawing_back_but_not_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuivm.ui.widgets.console_display.HOLD", 1000.0)
    async with bench() as b:
        await b.prints("before")
        drawn: list[object] = []
        monkeypatch.setattr(b.pane, "_refresh_rows", lambda *found: drawn.append(found))
        await b.prints("\x1b[?2026h\x1b[Hhalf ")
        await b.pilot.pause(0.2)
        assert drawn == []
        await b.prints("done\x1b[?2026l")
        await b.settle(lambda: bool(drawn))
        drawn.clear()
        monkeypatch.setattr("tuivm.ui.widgets.console_display.HOLD", 0.1)
        await b.prints("\x1b[?2026hnever ended")
        await b.settle(lambda: bool(drawn))


async def test_the_colours_the_guest_chose() -> None:
    async with bench() as b:
        plain = b.pane._painter
        await b.prints("\x1b]4;1;#123456\x07\x1b]11;rgb:01/02/03\x07\x1b]12;#00ff00\x07\x1b[31mr\x1b[m ")
        await b.settle(lambda: b.pane._painter is not plain)
        assert b.style_at(0, 0).color.name == "#123456"
        assert b.style_at(0, 0).bgcolor.name == "#010203"
        assert b.style_at(2, 0).bgcolor.name == "#00ff00"
        await b.prints("\x1b]104\x07\x1b]111\x07\x1b]112\x07")
        await b.settle(lambda: b.style_at(0, 0).bgcolor.name == plain.background)


async def test_the_guest_is_told_the_themes_colours() -> None:
    async with bench() as b:
        b.guest.console.echo = False
        await b.prints("\x1b]11;?\x07")
        ground = b.pane._painter.background.removeprefix("#")
        twice = "/".join(ground[at : at + 2] * 2 for at in (0, 2, 4))
        assert b.sent == f"\x1b]11;rgb:{twice}\x07".encode()


async def test_another_theme_is_drawn_and_told_at_once() -> None:
    async with bench() as b:
        await b.prints("x")
        before = b.style_at(0, 0).bgcolor.name
        b.app.theme = "textual-light"
        await b.settle(lambda: b.style_at(0, 0).bgcolor.name != before)
        b.guest.console.echo = False
        await b.prints("\x1b]11;?\x07")
        ground = b.style_at(0, 0).bgcolor.name.removeprefix("#")
        assert f"rgb:{ground[:2] * 2}/".encode() in b.sent


async def test_rows_have_the_width_of_the_pane_before_it_was_told_of_it() -> None:
    async with bench() as b:
        await b.prints("x" * 80)
        b.pane._width = 20
        crop = Region(0, 0, 40, 8)
        assert {strip.cell_length for strip in b.pane.render_lines(crop)} == {40}


async def test_the_whole_screen_turned_round() -> None:
    async with bench() as b:
        await b.prints("x")
        assert not b.style_at(0, 0).reverse
        await b.prints("\x1b[?5h")
        await b.settle(lambda: bool(b.style_at(0, 0).reverse))
        await b.prints("\x1b[?5l")
        await b.settle(lambda: not b.style_at(0, 0).reverse)


@pytest.mark.parametrize(("shape", "is_block"), [(1, True), (2, True), (3, False), (4, False), (6, False)])
async def test_cursor_shapes(shape: int, is_block: bool) -> None:
    async with bench() as b:
        await b.prints(f"ab\x1b[{shape} q")
        assert bool(b.style_at(2, 0).reverse) is is_block
        assert bool(b.style_at(2, 0).underline) is not is_block


async def test_the_bell_rings_once_and_only_for_who_types() -> None:
    async with bench() as b:
        await b.prints("\x07\x07\x07")
        await b.prints("\x07")
        assert b.app.rung == 1
        b.app.set_focus(None)
        b.pane._rung_at = float("-inf")
        await b.prints("\x07")
        assert b.app.rung == 1


async def test_the_guests_wish_for_the_clipboard_is_only_passed_on() -> None:
    async with bench() as b:
        await b.prints("\x1b]52;c;aGVsbG8=\x07")
        await b.settle(lambda: bool(b.app.told))
        asked = b.app.told[0]
        assert isinstance(asked, ConsolePane.ClipboardAsked)
        assert asked.text == "hello"
        assert asked.control is b.pane
        assert b.app.copied == []


async def test_backspace_as_configured() -> None:
    async with bench() as b:
        b.guest.console.echo = False
        b.pane.backspace = "ctrl-h"
        b.pane.attach(b.session)
        await b.press("backspace", "ctrl+backspace")
        assert b.sent == b"\x08\x7f"


async def test_the_leave_key_itself_can_be_sent() -> None:
    async with bench() as b:
        b.guest.console.echo = False
        b.pane.send_leave_key()
        assert b.sent == b"\x1d"


async def test_nothing_is_typed_behind_the_key_that_leaves() -> None:
    async with bench() as b:
        b.guest.console.echo = False
        await b.pilot.press("a", "ctrl+right_square_bracket", "b")
        assert b.sent == b"a"
        b.app.set_focus(None)
        await b.pilot.pause(0.05)
        b.pane.focus()
        await b.pilot.pause(0.05)
        await b.press("c")
        assert b.sent == b"ac"


async def test_a_pane_without_a_session_bears_everything() -> None:
    async with bench(guest=Guest()) as b:
        b.pane.attach(None)
        b.pane.start_view()
        b.pane.search()
        b.pane.clear()
        b.pane.save_text(Path("/nowhere"))
        b.pane.send_leave_key()
        b.pane.paste_text("x")
        b.pane.scroll_lines(-5)
        b.pane.copy_selection()
        await b.press("x", "enter")
        assert b.status() == "no console"
        assert not b.pane.is_viewing


def test_what_was_cut_takes_the_room_there_is() -> None:
    message = "pasting, 95,583 of 104,287 bytes to go; what you type waits"
    parts = [Part("open"), Part("Ctrl+] leaves", "^]"), Part(message, message[:20] + "…"), Part("80x24")]
    assert joined(parts, 78) == f"open · Ctrl+] leaves · {message[:54]}…"
    assert joined(parts, 30) == f"^] · {message[:24]}…"
