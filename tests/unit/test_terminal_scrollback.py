"""Scrollback and resizing."""

from __future__ import annotations

import pytest

from tests.unit.terminals import cursor, make, text
from tuivm.terminal import Terminal


def test_lines_are_kept_oldest_first_and_bounded() -> None:
    terminal = make("".join(f"line {n}\r\n" for n in range(50)), scrollback=10)
    assert [line.text for line in terminal.scrollback] == [f"line {n}" for n in range(37, 47)]
    assert terminal.scrollback.total == 47
    assert str(terminal.scrollback[-1]) == "line 46"
    assert [line.text for line in terminal.scrollback[:2]] == ["line 37", "line 38"]


def test_a_line_keeps_its_cells() -> None:
    terminal = make("a\x1b[31mb漢e\u0301\x1b[m c\x1b[44m \x1b[m\r\n\n\n\n")
    line = terminal.scrollback[0]
    assert line.text == "ab漢e\u0301 c "
    assert [cell.data for cell in line] == ["a", "b", "漢", "", "e\u0301", " ", "c", " "]
    assert [line[index].fg for index in (0, 1, 2, 4, 6)] == ["default", "red", "red", "red", "default"]
    assert line[7].bg == "blue"
    assert len(line) == 8


def test_no_scrollback_at_all() -> None:
    assert len(make("a\r\n" * 9, scrollback=0).scrollback) == 0


def test_erase_scrollback() -> None:
    terminal = make("a\r\n" * 9 + "\x1b[3J")
    assert len(terminal.scrollback) == 0
    assert terminal.scrollback.total == 6


def test_wrapped_lines_say_so() -> None:
    terminal = make("0123456789ab\r\n\n\n\n")
    assert [line.wrapped for line in terminal.scrollback] == [True, False]


def test_fewer_lines_keep_the_cursor_line() -> None:
    terminal = make("a\r\nb\r\nc\r\nd")
    terminal.resize(10, 2)
    assert text(terminal) == ["c", "d"]
    assert cursor(terminal) == (1, 1)
    assert [line.text for line in terminal.scrollback] == ["a", "b"]


def test_fewer_lines_take_the_empty_ones_below_first() -> None:
    terminal = make("a\r\nb")
    terminal.resize(10, 2)
    assert text(terminal) == ["a", "b"]
    assert len(terminal.scrollback) == 0


def test_more_lines_come_back_from_the_scrollback() -> None:
    terminal = make("a\r\nb\r\nc\r\nd")
    terminal.resize(10, 2)
    terminal.resize(10, 4)
    assert text(terminal) == ["a", "b", "c", "d"]
    assert cursor(terminal) == (1, 3)


def test_columns_cut_off_come_back() -> None:
    terminal = make("0123456789")
    terminal.resize(4, 4)
    assert text(terminal) == ["0123"]
    assert cursor(terminal) == (3, 0)
    terminal.resize(12, 4)
    assert text(terminal) == ["0123456789"]


def test_erased_columns_do_not_come_back() -> None:
    terminal = make("0123456789")
    terminal.resize(4, 4)
    terminal.feed(b"\r\x1b[K")
    terminal.resize(12, 4)
    assert text(terminal) == []


def test_resizing_through_a_wide_character() -> None:
    terminal = make("012漢")
    terminal.resize(4, 4)
    assert text(terminal) == ["012"]


def test_resizing_in_the_alternate_screen_keeps_the_main_one() -> None:
    terminal = make("a\r\nb\r\nc\r\nd\x1b[?1049h\x1b[4;8Hx")
    terminal.resize(5, 2)
    assert cursor(terminal) == (4, 1)
    terminal.feed(b"\x1b[?1049l")
    assert text(terminal) == ["c", "d"]
    assert cursor(terminal) == (1, 1)


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


def test_dirty_rows() -> None:
    terminal = make("a")
    terminal.screen.dirty.clear()
    terminal.feed(b"b\r\nc")
    assert terminal.screen.dirty == {0, 1}
    terminal.feed(b"\x1b[2J")
    assert terminal.screen.dirty == {0, 1, 2, 3}
