"""The present screen, drawn again on a fresh terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.terminal import Terminal
from tuivm.terminal.redraw import redraw

PIECES = st.sampled_from(
    [
        *(b"hello world ", b"\r\n", b"\t", b"x" * 19, b"x" * 20, "漢字".encode(), "é".encode(), b"e\xcc\x81"),
        *(b"\x1b[31;1m", b"\x1b[m", b"\x1b[48;2;1;2;3m", b"\x1b[4:3;58:5:3m", b"\x1b[9m", b"\x1b[38;5;200m"),
        *(b"\x1b[5;7H", b"\x1b[9;19H", b"\x1b[K", b"\x1b[J", b"\x1b[2J", b"\x1b[L", b"\x1b[2P", b"\x1bM"),
        *(
            b"\x1b[3;8r",
            b"\x1b[r",
            b"\x1b[?25l",
            b"\x1b[?25h",
            b"\x1b[?7l",
            b"\x1b[?5h",
            b"\x1b[4h",
            b"\x1b[4l",
        ),
        *(b"\x1b(0", b"\x1b(B", b"\x0e", b"\x0f", b"\x1bH", b"\x1b[3g", b"\x1b]2;title\x07", b"\x1b[4 q"),
    ]
)


def picture(terminal: Terminal) -> tuple[object, ...]:
    screen = terminal.screen
    cells = [[(cell.data, cell.pen.style) for cell in row] for row in screen.buffer]
    cursor = (
        screen.cursor.x,
        screen.cursor.y,
        screen.cursor.hidden,
        screen.cursor_shape,
        screen.wrap_pending,
    )
    return cells, cursor, screen.pen.style, (screen.top, screen.bottom), screen.is_alternate, terminal.title


def again(terminal: Terminal) -> Terminal:
    fresh = Terminal(terminal.screen.columns, terminal.screen.lines)
    fresh.feed(redraw(terminal).encode())
    assert fresh.take_replies() == b""
    return fresh


@given(st.lists(PIECES, max_size=40), st.lists(PIECES, max_size=15))
def test_it_looks_the_same_and_goes_on_the_same(before: list[bytes], after: list[bytes]) -> None:
    terminal = Terminal(20, 10)
    terminal.feed(b"".join(before))
    if terminal.screen.wrap_pending and 7 << 5 not in terminal.screen.mode:
        return  # a wrap that waits while lines do not wrap any more: nothing can bring that back
    fresh = again(terminal)
    assert picture(fresh) == picture(terminal)
    for one in (terminal, fresh):
        one.feed(b"".join(after))
    assert fresh.screen.display == terminal.screen.display


@pytest.mark.parametrize(
    "data",
    [
        b"shell$ vi\x1b[?1049h\x1b[2J\x1b[3;3H\x1b[7mtext\x1b[m",
        b"\x1b[31msaved\x1b7\x1b[m\x1b[9;1Helsewhere",
        b"a long line that goes on in the next row \xe6\xbc\xa2 and in the next",
        b"\x1b[?69h\x1b[3;15s\x1b[5;5Hin margins",
        b"\x1b[3;8r\x1b[?6h\x1b[2;2Horigin",
    ],
)
def test_states_that_programs_leave(data: bytes) -> None:
    terminal = Terminal(20, 10)
    terminal.feed(data)
    fresh = again(terminal)
    assert picture(fresh) == picture(terminal)
    for one in (terminal, fresh):
        one.feed(b"more\x1b[?1049l\x1b8again\x1b[?6l\x1b[?69l\x1b[r\x1b[10;1H\r\n\r\nend")
    assert picture(fresh) == picture(terminal)


def test_rows_that_wrapped_still_belong_together() -> None:
    terminal = Terminal(20, 5)
    terminal.feed(b"x" * 50 + b"\r\n" + "漢".encode() * 15)
    fresh = again(terminal)
    assert [row.wrapped for row in fresh.screen.buffer] == [row.wrapped for row in terminal.screen.buffer]
