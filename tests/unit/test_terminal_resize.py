"""Resizing: what goes to the scrollback, what comes back, and where the cursors stand."""

from __future__ import annotations

import pytest

from tests.unit.terminals import cursor, make, text
from tuivm.terminal import Terminal
from tuivm.terminal.export import as_text


def above(terminal: Terminal) -> list[str]:
    return [line.text for line in terminal.scrollback]


def test_fewer_lines_keep_the_cursor_line() -> None:
    terminal = make("a\r\nb\r\nc\r\nd")
    terminal.resize(10, 2)
    assert text(terminal) == ["c", "d"]
    assert cursor(terminal) == (1, 1)
    assert above(terminal) == ["a", "b"]


def test_fewer_lines_take_the_empty_ones_below_first() -> None:
    terminal = make("a\r\nb")
    terminal.resize(10, 2)
    assert text(terminal) == ["a", "b"]
    assert above(terminal) == []


def test_coloured_rows_below_count_as_empty_and_come_back() -> None:
    terminal = make("\x1b[44m\x1b[2Ja\r\nb")
    terminal.resize(10, 2)
    assert text(terminal) == ["a", "b"]
    terminal.resize(10, 4)
    assert [row[0].bg for row in terminal.screen.buffer] == ["blue"] * 4


def test_more_lines_come_back_from_the_scrollback() -> None:
    terminal = make("a\r\nb\r\nc\r\nd")
    terminal.resize(10, 2)
    terminal.resize(10, 4)
    assert text(terminal) == ["a", "b", "c", "d"]
    assert cursor(terminal) == (1, 3)
    assert terminal.first == 0


def test_more_lines_than_there_are() -> None:
    terminal = make("a\r\nb\r\nc\r\nd\r\ne")
    terminal.resize(10, 9)
    assert text(terminal) == ["a", "b", "c", "d", "e"]
    assert cursor(terminal) == (1, 4)
    assert len(terminal.screen.buffer) == 9


def test_text_below_the_cursor_is_pushed_up_as_far_as_the_cursor_lets_it() -> None:
    terminal = make("a\r\nb\r\nc\r\nd\x1b[2;1H")
    terminal.resize(10, 2)
    assert text(terminal) == ["b", "c"]
    assert cursor(terminal) == (0, 0)
    assert above(terminal) == ["a"]
    terminal.resize(10, 4)
    assert text(terminal) == ["a", "b", "c", "d"]
    assert cursor(terminal) == (0, 1)


def test_what_had_no_room_below_is_gone_once_the_screen_scrolled() -> None:
    terminal = make("a\r\nb\r\nc\r\nd\x1b[H")
    terminal.resize(10, 2)
    terminal.feed(b"x\r\ny\r\nz")
    terminal.resize(10, 4)
    assert text(terminal) == ["x", "y", "z"]


def test_what_had_no_room_below_stays_when_only_the_shown_rows_change() -> None:
    terminal = make("a\r\nb\r\nc\r\nd\x1b[H")
    terminal.resize(10, 2)
    terminal.feed(b"x\r\ny")
    terminal.resize(10, 4)
    assert text(terminal) == ["x", "y", "c", "d"]


def test_the_full_screen_stays_full_when_lines_become_fewer_by_joining() -> None:
    terminal = make("one\r\ntwo\r\nthree\r\n0123456789$ ")
    assert above(terminal) == ["one"]
    terminal.resize(20, 4)
    assert text(terminal) == ["one", "two", "three", "0123456789$"]
    assert cursor(terminal) == (12, 3)


def test_a_cleared_screen_takes_nothing_back_when_it_becomes_wider() -> None:
    terminal = make("a\r\nb\r\nc\r\nd\r\ne\x1b[H\x1b[2J$ ")
    terminal.resize(20, 4)
    assert text(terminal) == ["$"]
    assert above(terminal) == ["a"]


def test_resizing_in_the_alternate_screen_keeps_the_main_one() -> None:
    terminal = make("a\r\nb\r\nc\r\nd\x1b[?1049h\x1b[4;8Hx")
    terminal.resize(5, 2)
    assert cursor(terminal) == (4, 1)
    terminal.feed(b"\x1b[?1049l")
    assert text(terminal) == ["c", "d"]
    assert cursor(terminal) == (1, 1)


def test_the_main_screen_is_folded_while_the_alternate_one_is_shown() -> None:
    terminal = make("0123456789abc\x1b[?1049h\x1b[Hprogram")
    terminal.resize(5, 4)
    assert text(terminal) == ["progr"]
    terminal.feed(b"\x1b[?1049l")
    assert text(terminal) == ["01234", "56789", "abc"]
    assert cursor(terminal) == (3, 2)


def test_the_alternate_screen_is_cropped_and_what_was_hidden_comes_back() -> None:
    terminal = make("\x1b[?1049h0123456789\x1b[2;1Habc漢d")
    terminal.resize(4, 4)
    assert text(terminal) == ["0123", "abc"]
    terminal.resize(12, 4)
    assert text(terminal)[0] == "0123456789"


def test_erased_columns_of_the_alternate_screen_do_not_come_back() -> None:
    terminal = make("\x1b[?1049h0123456789")
    terminal.resize(4, 4)
    terminal.feed(b"\r\x1b[K")
    terminal.resize(12, 4)
    assert text(terminal) == []


def test_a_wrap_that_waits_in_the_alternate_screen_goes_on_waiting() -> None:
    terminal = make("\x1b[?1049h0123456789")
    terminal.resize(10, 3)
    terminal.feed(b"x")
    assert text(terminal) == ["0123456789", "x"]


def test_margins_go_to_the_edges() -> None:
    terminal = make("\x1b[2;3r")
    terminal.resize(20, 8)
    assert terminal.screen.margins is None
    terminal.feed(b"\x1b[99;99H\x1b[6n")
    assert terminal.take_replies() == b"\x1b[8;20R"


@pytest.mark.parametrize(("columns", "lines"), [(0, 0), (-5, 3), (1, 1), (10**9, 10**9)])
def test_absurd_sizes_are_bounded(columns: int, lines: int) -> None:
    terminal = Terminal(columns, lines)
    terminal.feed("a漢\r\n\x1b[5;5Hb\x1b[2J".encode())
    terminal.resize(lines, columns)
    terminal.feed("a漢\r\n\x1b[5;5Hb\x1b[3P\x1b[2@\x1b[L".encode())
    assert len(terminal.screen.buffer) == terminal.screen.lines
    assert terminal.screen.columns * terminal.screen.lines <= 500_000


def test_a_single_column_and_back() -> None:
    terminal = make("ab cd\r\ne漢f\r\n", columns=8, lines=6)
    terminal.resize(1, 6)
    assert {len(row) for row in terminal.screen.buffer} == {1}
    terminal.resize(8, 6)
    assert next(as_text(terminal)) == "ab cd"


def test_a_full_scrollback_drops_the_oldest() -> None:
    terminal = make("".join(f"{n:08}\r\n" for n in range(8)), scrollback=5)
    assert (terminal.first, len(terminal.scrollback)) == (0, 5)
    terminal.resize(4, 4)
    assert above(terminal) == ["0000", "0004", "0000", "0005", "0000"]


def test_no_scrollback_at_all() -> None:
    terminal = make("0123456789\r\nabc", scrollback=0)
    terminal.resize(3, 3)
    assert text(terminal) == ["678", "9", "abc"]
    terminal.resize(10, 3)
    assert text(terminal) == ["6789", "abc"]


def test_every_row_is_to_be_drawn_again() -> None:
    terminal = make("a")
    terminal.screen.dirty.clear()
    terminal.resize(10, 3)
    assert terminal.screen.dirty == {0, 1, 2}


def test_clear_leaves_the_line_of_the_cursor() -> None:
    terminal = make("a\r\nb\r\nc\r\nd\r\ne\r\n0123456789$ ")
    mark = terminal.mark(terminal.end - 1, 1)
    old = terminal.mark(terminal.end - 3)
    terminal.clear()
    assert text(terminal) == ["0123456789", "$"]
    assert cursor(terminal) == (2, 1)
    assert above(terminal) == []
    assert old.lost
    assert not mark.lost
    assert terminal.line(mark.number).text[mark.column - 1] == "$"


def test_clear_in_the_alternate_screen_clears_the_scrollback_alone() -> None:
    terminal = make("a\r\n" * 8 + "\x1b[?1049h\x1b[2;2Hx")
    terminal.clear()
    assert text(terminal) == ["", " x"]
    assert above(terminal) == []


def test_clear_scrollback() -> None:
    terminal = make("a\r\n" * 8)
    terminal.clear_scrollback()
    assert above(terminal) == []
    assert text(terminal) == ["a", "a", "a"]
    assert (terminal.first, terminal.end) == (5, 9)
