"""Numbers of lines, and marks that keep their place in the text."""

from __future__ import annotations

import gc

import pytest

from tests.unit.terminals import make
from tuivm.terminal import Terminal
from tuivm.terminal.marks import Mark


def under(terminal: Terminal, mark: Mark) -> str:
    """The character a mark stands on."""
    return terminal.line(mark.number)[mark.column].data


def test_lines_are_numbered_for_ever() -> None:
    terminal = make("".join(f"line {n}\r\n" for n in range(50)), scrollback=10)
    assert (terminal.first, terminal.end) == (37, 51)
    assert [terminal.line(number).text.rstrip() for number in (37, 46, 47, 50)] == [
        "line 37",
        "line 46",
        "line 47",
        "",
    ]
    with pytest.raises(IndexError):
        terminal.line(36)
    with pytest.raises(IndexError):
        terminal.line(51)


def test_a_mark_stays_on_its_line_while_it_scrolls_and_falls_out() -> None:
    terminal = make("abc\r\ndef", scrollback=5)
    mark = terminal.mark(1, 2)
    terminal.feed(b"\r\nx" * 6)
    assert under(terminal, mark) == "f"
    assert mark.place == (1, 2)
    terminal.feed(b"\r\nx" * 3)
    assert mark.lost
    assert mark.number == 1


def test_a_mark_follows_its_character_through_other_widths() -> None:
    terminal = make("0123456789abcdefghi\r\nxyz\r\n", lines=5)
    digit, letter, last = terminal.mark(0, 7), terminal.mark(1, 3), terminal.mark(2, 1)
    for columns in (3, 7, 40, 2, 10):
        terminal.resize(columns, 5)
        assert [under(terminal, mark) for mark in (digit, letter, last)] == ["7", "d", "y"]
    assert [mark.place for mark in (digit, letter, last)] == [(0, 7), (1, 3), (2, 1)]


def test_a_mark_in_the_scrollback_goes_along_with_what_is_folded_above_it() -> None:
    terminal = make("0123456789ab\r\n" + "".join(f"{n}\r\n" for n in range(9)))
    mark = terminal.mark(terminal.first + 3)
    assert under(terminal, mark) == "1"
    terminal.resize(4, 4)
    assert under(terminal, mark) == "1"
    terminal.resize(20, 4)
    assert under(terminal, mark) == "1"


def test_a_mark_behind_the_text_goes_to_the_end_of_its_line() -> None:
    terminal = make("0123456789abcd\r\nx")
    mark = terminal.mark(1, 9)
    terminal.resize(5, 4)
    assert mark.place == (2, 4)


def test_a_mark_on_a_row_that_a_low_screen_hides_comes_back() -> None:
    terminal = make("a\r\nb\r\nc\r\nd\x1b[H")
    mark = terminal.mark(3)
    terminal.resize(10, 2)
    assert mark.number < terminal.end
    terminal.resize(10, 4)
    assert under(terminal, mark) == "d"


def test_marks_on_the_alternate_screen_keep_their_row() -> None:
    terminal = make("a\r\n" * 7 + "0123456789ab\x1b[?1049h\x1b[3;4Hx")
    mark = terminal.mark(terminal.end - 2, 3)
    assert under(terminal, mark) == "x"
    terminal.resize(6, 4)
    assert under(terminal, mark) == "x"
    terminal.resize(30, 9)
    assert under(terminal, mark) == "x"


def test_erasing_the_scrollback_loses_its_marks() -> None:
    terminal = make("a\r\n" * 9)
    above, here = terminal.mark(terminal.first), terminal.mark(terminal.end - 1)
    terminal.feed(b"\x1b[3J")
    assert above.lost
    assert not here.lost


def test_marks_that_nobody_holds_are_forgotten() -> None:
    terminal = make("a")
    held = terminal.mark(0)
    for _ in range(5):
        terminal.mark(0)
    gc.collect()
    assert list(terminal.screen.marks) == [held]
