"""Copy mode of the console pane: looking back, searching, selecting, copying."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from textual import events

from tests.ui.console_bench import LEAVE, Bench, bench
from tuivm import paths
from tuivm.core.console import ConsoleState
from tuivm.ui.widgets.console import ConsolePane

LINES = "".join(f"line {n}\r\n" for n in range(50))


async def start(b: Bench, text: str = LINES) -> None:
    b.guest.console.echo = False
    await b.prints(text)
    b.pane.start_view()
    await b.press()


async def copied(b: Bench) -> str:
    await b.settle(lambda: bool(b.app.told))
    assert isinstance(b.app.told[-1], ConsolePane.Copied)
    return b.app.copied[-1]


async def test_no_key_reaches_the_guest_in_copy_mode() -> None:
    async with bench() as b:
        await start(b)
        assert b.pane.is_viewing
        assert b.pane.has_keyboard
        assert not b.pane.is_typing
        assert b.status().startswith("COPY MODE")
        await b.press("x", "f5", "ctrl+z", "tab", "1", "j")
        assert b.sent == b""
        await b.press("q")
        assert not b.pane.is_viewing
        await b.press("x")
        assert b.sent == b"x"


async def test_the_leave_key_leaves_from_copy_mode_too() -> None:
    async with bench() as b:
        await start(b)
        await b.press(LEAVE)
        assert b.app.left == 1
        assert b.pane.is_viewing


@pytest.mark.parametrize(
    ("keys", "top", "place"),
    [
        ((), 44, (50, 0)),
        (("k",), 44, (49, 0)),
        (("1", "0", "k"), 40, (40, 0)),
        (("g",), 0, (0, 0)),
        (("g", "G"), 44, (49, 0)),
        (("pageup",), 38, (44, 0)),
        (("ctrl+b", "ctrl+f"), 44, (50, 0)),
        (("ctrl+u",), 40, (46, 0)),
        (("ctrl+u", "ctrl+d"), 44, (50, 0)),
        (("H",), 44, (44, 0)),
        (("M",), 44, (47, 0)),
        (("L",), 44, (50, 0)),
        (("k", "dollar_sign"), 44, (49, 6)),
        (("k", "dollar_sign", "k"), 44, (48, 39)),
        (("k", "dollar_sign", "0"), 44, (49, 0)),
        (("k", "w"), 44, (49, 5)),
        (("k", "w", "w"), 44, (50, 0)),
        (("k", "b"), 44, (48, 5)),
        (("k", "e", "e"), 44, (49, 6)),
        (("k", "3", "l", "h"), 44, (49, 2)),
        (("K",), 43, (49, 0)),
        (("ctrl+p", "alt+v"), 38, (43, 0)),
    ],
)
async def test_moves(keys: tuple[str, ...], top: int, place: tuple[int, int]) -> None:
    async with bench() as b:
        await start(b)
        await b.press(*keys)
        copy = b.pane._copy
        assert copy is not None
        assert (copy.view.top, copy.place) == (top, place)


async def test_the_view_stays_put_while_output_goes_on_and_through_a_change_of_size() -> None:
    async with bench() as b:
        await start(b)
        held = b.rows()[:6]
        await b.prints("more\r\n" * 20)
        assert b.rows()[:6] == held
        assert "▼20" in b.status()
        await b.pilot.resize_terminal(60, 9)
        await b.settle(lambda: b.pane.view_height == 8)
        assert b.rows()[:6] == held
        await b.press("q")
        assert b.rows()[6] == "more"
        assert not b.pane.is_scrolled


async def test_copying_characters_lines_and_blocks() -> None:
    async with bench() as b:
        await start(b, "alpha beta\r\ngamma delta\r\n\x1b[31mepsilon\x1b[m zeta\r\n")
        await b.press("g", "w", "v", "j", "e")
        assert b.status().startswith("COPY MODE")
        assert b.marked(0)
        await b.press("y")
        assert await copied(b) == "beta\ngamma delta"
        assert not b.pane.is_viewing
        b.pane.start_view()
        await b.press("g", "V", "j", "enter")
        await b.settle(lambda: len(b.app.copied) == 2)
        assert b.app.copied[1] == "alpha beta\ngamma delta"
        b.pane.start_view()
        await b.press("g", "l", "ctrl+v", "2", "j", "2", "l", "y")
        await b.settle(lambda: len(b.app.copied) == 3)
        assert b.app.copied[2] == "lph\namm\npsi"
        await b.settle(lambda: len(b.app.told) == 3)
        told = b.app.told[2]
        assert isinstance(told, ConsolePane.Copied)
        path = paths.state_dir() / "last-copy.txt"
        assert (told.length, told.path) == (11, path)
        assert told.words == f"copied 11 characters; also in {path}"
        assert path.read_text() == "lph\namm\npsi"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_copy_that_finds_no_file_is_a_copy_all_the_same(tmp_path: Path) -> None:
    async with bench() as b:
        paths.state_dir().parent.mkdir(parents=True)
        paths.state_dir().write_text("no folder")
        await start(b, "x" * 200_000)
        await b.press("g", "V", "y")
        assert len(await copied(b)) > 1000
        told = b.app.told[0]
        assert isinstance(told, ConsolePane.Copied)
        assert told.path is None
        assert "not in a file" in told.words
        assert "more than many terminals take" in told.words


async def test_the_shape_can_be_changed_and_the_ends_swapped() -> None:
    async with bench() as b:
        await start(b, "alpha beta\r\ngamma\r\n")
        await b.press("g", "w", "space", "h", "h", "o", "l", "y")
        assert await copied(b) == "a be"
        b.pane.start_view()
        await b.press("g", "v", "V", "y")
        await b.settle(lambda: len(b.app.copied) == 2)
        assert b.app.copied[1] == "alpha beta"
        b.pane.start_view()
        await b.press("g", "v", "v", "y")
        assert "nothing is selected" in b.status()
        assert b.pane.is_viewing


async def test_escape_ends_one_thing_after_the_other() -> None:
    async with bench() as b:
        await start(b)
        await b.press("slash")
        await b.write("line 4")
        await b.press("enter", "v")
        for selected, searched, viewing in ((False, True, True), (False, False, True), (False, False, False)):
            await b.press("escape")
            copy = b.pane._copy
            assert copy is not None
            assert (copy.selection is not None, bool(copy.search.pattern)) == (selected, searched)
            assert b.pane.is_viewing is viewing


async def test_every_hit_is_marked_and_the_one_that_is_gone_to_stands_out() -> None:
    async with bench(size=(80, 8)) as b:
        await start(b)
        await b.press("question_mark")
        await b.write("line 4[0-9]")
        assert b.rows()[-1].startswith("?line 4[0-9]")
        await b.press("enter")
        assert "hit 10 of 10" in b.status()
        assert b.marked(5)[0][0] in ("l", "line 49")
        colours = {y: b.marked(y)[-1][1] for y in range(6)}
        assert len(set(colours.values())) == 2
        assert colours[5] != colours[4]
        await b.press("n")
        assert "hit 9 of 10" in b.status()
        await b.press("N")
        assert "hit 10 of 10" in b.status()
        await b.press("N")
        assert "hit 1 of 10, from the other end" in b.status()
        assert b.rows()[0] == "line 40"


async def test_a_search_that_finds_nothing_and_a_bad_pattern_say_so() -> None:
    async with bench(size=(80, 8)) as b:
        await start(b)
        await b.press("slash")
        await b.write("nowhere")
        assert "not found: nowhere" in b.rows()[-1]
        await b.press("enter")
        assert "not found: nowhere" in b.status()
        await b.press("slash")
        await b.write("line (")
        row = b.rows()[-1]
        assert row.startswith("/line (")
        assert len(row.split()) > 3
        # The same characters as plain text are a pattern like any other.
        await b.press("ctrl+r")
        assert "not found: line (" in b.rows()[-1]
        await b.press("escape")
        assert "found" not in b.status()


async def test_the_prompt_is_a_line_with_a_history() -> None:
    async with bench(size=(80, 8)) as b:
        await start(b)
        for pattern in ("line 1", "line 2"):
            await b.press("slash")
            await b.write(pattern)
            await b.press("enter")
        await b.press("slash", "up", "up")
        assert b.rows()[-1].startswith("/line 1 ")
        await b.press("down", "down", "down")
        assert b.rows()[-1].startswith("/ ")
        await b.write("abc def")
        await b.press("ctrl+w", "home", "delete", "end", "left", "backspace", "left", "right")
        assert b.rows()[-1].startswith("/b ")
        b.pane.post_message(events.Paste("pa\nste"))
        await b.press()
        assert b.rows()[-1].startswith("/bpaste ")
        await b.press("ctrl+u", "ctrl+k")
        assert b.rows()[-1].startswith("/ ")
        await b.press("enter")
        assert "hit" in b.status()
        assert b.sent == b""


async def test_escape_in_the_prompt_goes_back_to_where_it_was() -> None:
    async with bench() as b:
        await start(b)
        before = b.rows()[:7]
        await b.press("question_mark")
        await b.write("line 3")
        assert b.rows()[:7] != before
        await b.press("escape")
        assert b.rows()[:7] == before


async def test_a_search_goes_on_with_what_is_printed() -> None:
    async with bench(size=(60, 8)) as b:
        await start(b)
        await b.press("question_mark")
        await b.write("needle")
        await b.press("enter")
        assert "not found" in b.status()
        await b.prints("a needle\r\n")
        await b.settle(lambda: "1 hit" in b.status())
        await b.press("n")
        assert "hit 1 of 1" in b.status()


async def test_the_word_under_the_cursor_is_searched_for() -> None:
    async with bench(size=(60, 8)) as b:
        await start(b, "one two\r\ntwo (three)\r\ntwo\r\n")
        await b.press("g", "w", "asterisk")
        assert "hit 2 of 3" in b.status()
        await b.press("number_sign")
        assert "hit 1 of 3" in b.status()


async def test_what_is_looked_at_stays_when_the_console_ends() -> None:
    async with bench() as b:
        await start(b)
        held = b.rows()[:7]
        b.guest.console.end(None)
        await b.settle(lambda: b.session.state is ConsoleState.ENDED)
        await b.pilot.pause(0.05)
        assert b.rows()[:7] == held
        assert b.pane.has_keyboard
        await b.press("q")
        assert "closed" in b.shown()


async def test_the_menus_search_asks_at_once() -> None:
    async with bench() as b:
        await b.prints(LINES)
        b.pane.search()
        await b.press()
        assert b.rows()[-1].startswith("?")


@pytest.mark.parametrize("size", [(20, 3), (12, 1), (3, 2), (1, 1)])
async def test_copy_mode_in_tiny_panes(size: tuple[int, int]) -> None:
    async with bench(size=size) as b:
        await start(b, "漢字 漢字\r\n" * 20)
        await b.press("l", "l", "v", "k", "slash")
        await b.write("漢字漢字漢字")
        assert len(b.rows()) == size[1]
        await b.press("enter", "h", "dollar_sign", "w", "b", "H", "L", "ctrl+v", "pageup")
        assert len(b.rows()) == size[1]


async def test_lines_that_fall_out_under_the_cursor() -> None:
    async with bench() as b:
        await start(b)
        await b.press("g", "v", "j", "j")
        await b.prints("\x1b[3J")
        await b.press("k", "j", "w", "slash")
        await b.write("x")
        await b.press("enter", "y")
        assert len(b.rows()) == 8


async def test_saving_writes_a_new_file_for_the_user_alone(tmp_path: Path) -> None:
    async with bench() as b:
        await b.prints("plain\r\n\x1b[31mred\x1b[m\r\n")
        text, ansi = tmp_path / "x.txt", tmp_path / "x.ansi"
        b.pane.save_text(text)
        await b.settle(lambda: len(b.app.told) == 1)
        b.pane.save_ansi(ansi)
        await b.settle(lambda: len(b.app.told) == 2)
        assert text.read_text() == "plain\nred\n"
        assert "\x1b[0;31mred" in ansi.read_text()
        assert stat.S_IMODE(text.stat().st_mode) == 0o600
        b.pane.save_text(text)
        await b.settle(lambda: len(b.app.told) == 3)
        b.pane.save_text(tmp_path / "none" / "x")
        await b.settle(lambda: len(b.app.told) == 4)
        told = [event for event in b.app.told if isinstance(event, ConsolePane.Notice)]
        assert told[0].text == f"saved 2 lines to {text}"
        assert (told[2].text, told[2].severity) == (
            f"{text}: not saved: there is such a file already",
            "error",
        )
        assert "No such file" in told[3].text
        assert text.read_text() == "plain\nred\n"


async def test_clearing() -> None:
    async with bench() as b:
        await b.prints(LINES + "$ ")
        b.pane.clear_scrollback()
        await b.press()
        assert len(b.session.terminal.scrollback) == 0
        assert b.rows()[5] == "line 49"
        b.pane.clear()
        await b.press()
        assert b.rows()[0] == "$"
