"""Text: where characters land, how they wrap, what wide and combining ones do."""

from __future__ import annotations

import pytest

from tests.unit.terminals import cursor, make, text


def test_text_lands_at_the_cursor() -> None:
    terminal = make("ab\r\ncd")
    assert text(terminal) == ["ab", "cd"]
    assert cursor(terminal) == (2, 1)


def test_a_linefeed_alone_keeps_the_column() -> None:
    assert text(make("ab\ncd")) == ["ab", "  cd"]


def test_newline_mode_returns_the_carriage() -> None:
    assert text(make("\x1b[20hab\ncd")) == ["ab", "cd"]


def test_the_wrap_waits_for_the_next_character() -> None:
    terminal = make("0123456789")
    assert cursor(terminal) == (9, 0)
    terminal.feed(b"a")
    assert text(terminal) == ["0123456789", "a"]
    assert terminal.screen.buffer[0].wrapped


def test_a_return_forgets_the_waiting_wrap() -> None:
    assert text(make("0123456789\rX")) == ["X123456789"]


def test_backspace_from_a_waiting_wrap_goes_to_the_column_before() -> None:
    assert text(make("0123456789\x08X")) == ["01234567X9"]


def test_cpr_at_a_waiting_wrap_is_the_last_column() -> None:
    assert make("0123456789\x1b[6n").take_replies() == b"\x1b[1;10R"


def test_without_autowrap_the_last_column_is_overwritten() -> None:
    terminal = make("\x1b[?7l0123456789abc")
    assert text(terminal) == ["012345678c"]
    assert cursor(terminal) == (9, 0)


def test_reverse_wrap_goes_back_to_the_wrapped_line() -> None:
    assert text(make("\x1b[?45h0123456789ab\x08\x08\x08X")) == ["012345678X", "ab"]


def test_insert_mode_shifts_the_line() -> None:
    assert text(make("abc\r\x1b[4hXY\x1b[4lZ")) == ["XYZbc"]


def test_text_scrolls_at_the_bottom() -> None:
    terminal = make("a\r\nb\r\nc\r\nd\r\ne")
    assert text(terminal) == ["b", "c", "d", "e"]
    assert [line.text for line in terminal.scrollback] == ["a"]


def test_a_wide_character_takes_two_columns() -> None:
    terminal = make("a漢b")
    assert text(terminal) == ["a漢b"]
    assert [cell.data for cell in terminal.screen.buffer[0][:4]] == ["a", "漢", "", "b"]
    assert cursor(terminal) == (4, 0)


def test_a_wide_character_does_not_hang_over_the_margin() -> None:
    assert text(make("012345678漢")) == ["012345678", "漢"]


def test_a_wide_character_on_a_screen_of_one_column_is_left_out() -> None:
    assert text(make("漢a", columns=1)) == ["a"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("漢字\rx", "x 字"),
        ("漢字\x1b[2Gx", " x字"),
        ("漢字\x1b[2Gxy", " xy"),
        ("漢字\x1b[2G\x1b[K", ""),
        ("漢字\x1b[2G\x1b[1K", "  字"),
        ("漢字\x1b[2G\x1b[@", "   字"),
        ("漢字\x1b[2G\x1b[P", " 字"),
        ("漢字\x1b[2G\x1b[X", "  字"),
    ],
)
def test_half_a_wide_character_becomes_blank(data: str, expected: str) -> None:
    assert text(make(data)) == ([expected] if expected else [])


def test_combining_marks_join_the_character_before() -> None:
    terminal = make("e\u0301x")
    assert [cell.data for cell in terminal.screen.buffer[0][:2]] == ["e\u0301", "x"]


def test_a_combining_mark_joins_a_wide_character() -> None:
    assert make("漢\u0301").screen.buffer[0][0].data == "漢\u0301"


def test_a_combining_mark_at_a_waiting_wrap_joins_the_last_column() -> None:
    assert make("0123456789\u0301").screen.buffer[0][9].data == "9\u0301"


def test_a_combining_mark_with_nothing_before_is_left_out() -> None:
    assert text(make("\u0301a")) == ["a"]


def test_marks_on_one_cell_are_bounded() -> None:
    assert len(make("e" + "\u0301" * 1000).screen.buffer[0][0].data) < 20


def test_zero_width_characters_do_not_end_the_run() -> None:
    assert [
        row.replace("\u200b", "").replace("\u200d", "").replace("\ufe0f", "")
        for row in text(make("a\u200bb\u200dc\ufe0fd"))
    ] == ["abcd"]


def test_what_is_no_utf8_becomes_the_replacement_character() -> None:
    assert text(make(b"a\xffb\xc3")) == ["a\ufffdb"]


def test_utf8_is_read_across_pieces() -> None:
    terminal = make()
    for byte in "é漢".encode():
        terminal.feed(bytes([byte]))
    assert text(terminal) == ["é漢"]


def test_nul_and_del_do_nothing() -> None:
    assert text(make("a\0\x7fb")) == ["ab"]


@pytest.mark.parametrize("start", ["\x1b(0", "\x1b)0\x0e", "\x1b*0\x1bn", "\x1b+0\x1bo"])
def test_line_drawing_also_in_utf8(start: str) -> None:
    assert text(make(start + "lqkx")) == ["┌─┐│"]


def test_line_drawing_ends() -> None:
    assert text(make("\x1b(0q\x1b(Bq\x0eq\x0fq")) == ["─q─q"]


@pytest.mark.parametrize(("shift", "slot"), [("\x1bN", "*"), ("\x1bO", "+"), ("\x8e", "*"), ("\x8f", "+")])
def test_a_single_shift_is_for_one_character(shift: str, slot: str) -> None:
    assert text(make(f"\x1b{slot}0{shift}qq")) == ["─q"]


def test_the_british_set_has_a_pound_sign() -> None:
    assert text(make("\x1b(A#")) == ["£"]


def test_tabs() -> None:
    terminal = make("a\tb", columns=20)
    assert text(terminal) == ["a       b"]
    terminal.feed(b"\r\x1b[3g\tX")
    assert cursor(terminal) == (19, 0)


def test_tab_stops_are_set_and_cleared() -> None:
    terminal = make("\x1b[4G\x1bH\r\tX\r\x1b[4G\x1b[g\r\tY", columns=20)
    assert text(terminal) == ["   X    Y"]


def test_tabs_forward_and_back() -> None:
    terminal = make("\x1b[2I", columns=40)
    assert cursor(terminal) == (16, 0)
    terminal.feed(b"ab\x1b[Z")
    assert cursor(terminal) == (16, 0)
    terminal.feed(b"\x1b[9Z")
    assert cursor(terminal) == (0, 0)


def test_repeat() -> None:
    assert text(make("x\x1b[3b")) == ["xxxx"]
    assert text(make("漢\x1b[b")) == ["漢漢"]
    assert text(make("\x1b[5b")) == []


def test_repeat_is_bounded_by_the_screen() -> None:
    terminal = make("x\x1b[65535b", columns=3, lines=2)
    assert text(terminal) == ["xxx", "x"]
    assert len(terminal.scrollback) == 1


def test_reset_keeps_the_scrollback() -> None:
    terminal = make("a\r\n" * 6 + "\x1b[31m\x1b[?25l\x1bcx")
    assert text(terminal) == ["x"]
    assert len(terminal.scrollback) == 3
    assert terminal.screen.buffer[0][0].fg == "default"
    assert not terminal.screen.cursor.hidden


def test_a_prompt_that_asks_for_the_cursor_stands_behind_lines() -> None:
    # Matched wrongly by Python before 3.11.5 when the lines were repeated possessively.
    terminal = make("echo 7\r\n7\r\nshell:~# \x1b[6n", columns=20)
    assert text(terminal) == ["echo 7", "7", "shell:~#"]
    assert terminal.take_replies() == b"\x1b[3;10R"
