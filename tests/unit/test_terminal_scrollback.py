"""Scrollback."""

from __future__ import annotations

from tests.unit.terminals import make


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


def test_dirty_rows() -> None:
    terminal = make("a")
    terminal.screen.dirty.clear()
    terminal.feed(b"b\r\nc")
    assert terminal.screen.dirty == {0, 1}
    terminal.feed(b"\x1b[2J")
    assert terminal.screen.dirty == {0, 1, 2, 3}
