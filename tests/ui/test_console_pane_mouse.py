"""The mouse on the console pane: it selects, copies and scrolls, or goes to a guest that asked for it."""

from __future__ import annotations

import pytest
from textual import events
from textual.events import MouseDown, MouseMove, MouseUp
from textual.widgets import Input

from tests.ui.console_bench import Bench, bench

TEXT = "alpha beta gamma\r\nsecond /usr/bin/env line\r\nthird\r\n"


async def drag(b: Bench, start: tuple[int, int], *ways: tuple[int, int], **keys: bool) -> None:
    await b.mouse(MouseDown, *start, **keys)
    for way in ways:
        await b.mouse(MouseMove, *way, **keys)
    await b.mouse(MouseUp, *ways[-1], **keys)
    await b.press()


async def click(b: Bench, x: int, y: int) -> None:
    await b.mouse(MouseDown, x, y)
    await b.mouse(MouseUp, x, y)
    await b.press()


def later(b: Bench) -> None:
    """The next press is no second one."""
    now = b.pane._mouse.clock()
    b.pane._mouse.clock = lambda: now + 10


def still(b: Bench) -> None:
    """Presses follow each other at once, however slow this machine is."""
    b.pane._mouse.clock = lambda: 1.0


async def test_a_drag_selects_and_copies() -> None:
    async with bench() as b:
        b.guest.console.echo = False
        await b.prints(TEXT)
        await b.mouse(MouseDown, 6, 0)
        await b.mouse(MouseMove, 8, 0)
        await b.mouse(MouseMove, 5, 1)
        assert b.marked(0)[0][0].startswith("beta gamma")
        assert [text for text, _ in b.marked(1)] == ["second"]
        await b.mouse(MouseUp, 5, 1)
        await b.press()
        assert b.app.copied == ["beta gamma\nsecond"]
        # It stays marked until something else is done.
        assert b.marked(1)
        await b.press("x")
        assert not b.marked(1)
        assert b.sent == b"x"


async def test_a_drag_backwards() -> None:
    async with bench() as b:
        await b.prints(TEXT)
        await drag(b, (5, 1), (6, 0))
        assert b.app.copied == ["beta gamma\nsecond"]


async def test_a_click_selects_nothing() -> None:
    async with bench() as b:
        await b.prints(TEXT)
        await drag(b, (5, 1), (6, 0))
        later(b)
        await click(b, 3, 0)
        assert len(b.app.copied) == 1
        assert not b.marked(0)


async def test_two_presses_take_a_word_and_three_a_line() -> None:
    async with bench() as b:
        still(b)
        await b.prints(TEXT)
        await click(b, 10, 1)
        await click(b, 10, 1)
        assert b.app.copied == ["/usr/bin/env"]
        await click(b, 10, 1)
        assert b.app.copied[-1] == "second /usr/bin/env line"


async def test_a_drag_of_words() -> None:
    async with bench() as b:
        still(b)
        await b.prints(TEXT)
        await click(b, 7, 0)
        await drag(b, (7, 0), (1, 0))
        assert b.app.copied[-1] == "alpha beta"
        later(b)
        await click(b, 7, 0)
        await drag(b, (7, 0), (12, 0))
        assert b.app.copied[-1] == "beta gamma"


async def test_a_drag_beyond_the_edge_scrolls() -> None:
    async with bench() as b:
        await b.prints("".join(f"line {n}\r\n" for n in range(50)))
        await b.mouse(MouseDown, 3, 2)
        await b.mouse(MouseMove, 0, -1)
        await b.settle(lambda: b.pane.view is not None and b.pane.view.top < 40)
        await b.mouse(MouseUp, 0, -1)
        await b.press()
        lines = b.app.copied[0].split("\n")
        assert lines[-1] == "line"
        assert len(lines) > 5
        # It goes back to the present by itself: it came from there.
        assert not b.pane.is_scrolled


async def test_the_view_is_held_while_it_is_dragged_over() -> None:
    async with bench() as b:
        await b.prints("".join(f"line {n}\r\n" for n in range(50)))
        await b.mouse(MouseDown, 0, 0)
        await b.prints("more\r\n" * 5)
        await b.mouse(MouseMove, 6, 0)
        await b.mouse(MouseUp, 6, 0)
        await b.press()
        assert b.app.copied == ["line 44"]


async def test_copy_modes_cursor_goes_where_is_clicked() -> None:
    async with bench() as b:
        await b.prints(TEXT)
        b.pane.start_view()
        await click(b, 6, 0)
        await b.press("v", "e", "y")
        assert b.app.copied == ["beta"]


async def test_a_guest_that_asked_gets_the_mouse() -> None:
    async with bench() as b:
        b.guest.console.echo = False
        await b.prints(TEXT + "\x1b[?1002h\x1b[?1006h")
        await drag(b, (4, 1), (5, 1), (5, 1), (100, -3))
        assert b.sent == b"\x1b[<0;5;2M\x1b[<32;6;2M\x1b[<32;40;1M\x1b[<0;40;1m"
        await b.mouse(MouseMove, 9, 2)
        await b.pilot._post_mouse_events([events.MouseScrollDown], b.pane, offset=(2, 2))
        await b.press()
        assert b.sent.endswith(b"m\x1b[<65;3;3M")
        assert b.app.copied == []


async def test_shift_overrides() -> None:
    async with bench() as b:
        b.guest.console.echo = False
        await b.prints(TEXT + "\x1b[?1003h\x1b[?1006h")
        await drag(b, (0, 0), (4, 0), shift=True)
        assert b.app.copied == ["alpha"]
        assert b.sent == b""


async def test_no_mouse_reaches_a_guest_that_is_not_typed_on() -> None:
    async with bench() as b:
        b.guest.console.echo = False
        await b.prints(TEXT + "\x1b[?1003h\x1b[?1006h")
        b.pane.start_view()
        await drag(b, (0, 0), (4, 0))
        assert b.app.copied == ["alpha"]
        b.guest.console.end(None)
        await b.pilot.pause(0.1)
        await drag(b, (0, 0), (3, 0))
        assert b.sent == b""


async def test_the_status_line_is_no_place_to_press() -> None:
    async with bench() as b:
        await b.prints(TEXT)
        await drag(b, (0, 7), (5, 7))
        assert b.app.copied == []


async def test_focus_is_told_to_a_guest_that_wants_it() -> None:
    async with bench() as b:
        b.guest.console.echo = False
        other = b.app.query_one(Input)
        other.display = True
        await b.pilot.pause()
        other.focus()
        await b.pilot.pause(0.05)
        b.pane.focus()
        await b.pilot.pause(0.05)
        assert b.sent == b""
        await b.prints("\x1b[?1004h")
        other.focus()
        await b.pilot.pause(0.05)
        b.pane.focus()
        await b.pilot.pause(0.05)
        assert b.sent == b"\x1b[O\x1b[I"


@pytest.mark.parametrize("size", [(12, 1), (3, 2), (1, 1)])
async def test_tiny_panes(size: tuple[int, int]) -> None:
    async with bench(size=size) as b:
        await b.prints(TEXT)
        await drag(b, (0, 0), (50, 50), (-1, -1))
        await click(b, 0, 0)
        await click(b, 0, 0)
        assert len(b.rows()) == size[1]
