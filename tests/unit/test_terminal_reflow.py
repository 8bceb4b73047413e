"""Reflow: lines that wrapped are joined and folded at the new width, and nothing is lost."""

from __future__ import annotations

import re
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.terminals import cursor, make, text
from tuivm.terminal import Terminal
from tuivm.terminal.export import as_ansi, as_text
from tuivm.terminal.marks import Mark
from tuivm.terminal.pen import PLAIN, Style
from tuivm.terminal.row import PADDED


def test_a_wrapped_line_is_folded_at_the_new_width_and_back() -> None:
    terminal = make("0123456789abcde\r\nxyz")
    terminal.resize(6, 4)
    assert text(terminal) == ["012345", "6789ab", "cde", "xyz"]
    terminal.resize(20, 4)
    assert text(terminal) == ["0123456789abcde", "xyz"]


def test_hard_line_ends_stay() -> None:
    terminal = make("0123456789\r\nab\r\n")
    terminal.resize(20, 4)
    assert text(terminal) == ["0123456789", "ab"]


def test_lines_of_the_scrollback_are_folded_with_their_colours() -> None:
    terminal = make("ab\x1b[31mcdefghij\x1b[44mklm\x1b[m\r\n" + "\n" * 8)
    terminal.resize(6, 4)
    lines = terminal.scrollback[:3]
    assert [line.text for line in lines] == ["abcdef", "ghijkl", "m"]
    assert [line.wrapped for line in lines] == [1, 1, 0]
    assert (lines[0][1].fg, lines[0][2].fg, lines[1][4].bg) == ("default", "red", "blue")
    terminal.resize(40, 4)
    assert [cell.fg for cell in terminal.scrollback[0].cells()] == ["default"] * 2 + ["red"] * 11


def test_a_line_from_the_scrollback_onto_the_screen_is_one() -> None:
    terminal = make("0123456789" * 5, lines=2)
    assert len(terminal.scrollback) == 3
    terminal.resize(25, 2)
    assert text(terminal) == ["0123456789012345678901234", "5678901234567890123456789"]
    assert len(terminal.scrollback) == 0


def test_wide_characters_are_not_cut() -> None:
    terminal = make("012漢字ab")
    terminal.resize(4, 4)
    assert text(terminal) == ["012", "漢字", "ab"]
    terminal.resize(5, 4)
    assert text(terminal) == ["012漢", "字ab"]
    terminal.resize(20, 4)
    assert text(terminal) == ["012漢字ab"]


def test_the_column_a_wide_character_left_empty_is_no_text_but_a_space_is() -> None:
    padded = make("012345678漢a")
    spaced = make("012345678 漢a")
    for terminal in (padded, spaced):
        assert text(terminal) == ["012345678", "漢a"]
        terminal.resize(20, 4)
    assert text(padded) == ["012345678漢a"]
    assert text(spaced) == ["012345678 漢a"]


def test_a_padded_line_in_the_scrollback() -> None:
    terminal = make("012345678漢a\r\n012345678 漢a" + "\r\n" * 9)
    terminal.resize(20, 4)
    assert [line.text for line in terminal.scrollback[:2]] == ["012345678漢a", "012345678 漢a"]


def test_a_wrap_that_waits_goes_on_waiting_or_is_over() -> None:
    terminal = make("0123456789")
    terminal.resize(5, 4)
    assert cursor(terminal) == (4, 1)
    terminal.resize(12, 4)
    terminal.feed(b"ab")
    assert text(terminal) == ["0123456789ab"]
    terminal.resize(12, 5)
    terminal.feed(b"c")
    assert text(terminal) == ["0123456789ab", "c"]
    terminal.resize(4, 5)
    terminal.feed(b"d")
    assert text(terminal) == ["0123", "4567", "89ab", "cd"]


def test_the_cursor_right_behind_a_full_row_waits_at_the_margin() -> None:
    terminal = make("login:")
    terminal.resize(6, 4)
    assert cursor(terminal) == (5, 0)
    terminal.feed(b"x")
    assert text(terminal) == ["login:", "x"]


def test_a_cursor_behind_the_text_comes_back_to_its_place() -> None:
    terminal = make("$ \x1b[9G")
    terminal.resize(4, 4)
    assert cursor(terminal) == (3, 1)
    terminal.resize(10, 4)
    assert cursor(terminal) == (8, 0)
    assert text(terminal) == ["$"]


def test_the_saved_cursor_stays_on_its_character() -> None:
    terminal = make("0123456789abc\x1b[2;2H\x1b7\x1b[2;4H")
    terminal.resize(4, 5)
    terminal.feed(b"\x1b8X")
    assert text(terminal) == ["0123", "4567", "89aX", "c"]


def test_erased_blanks_make_no_lines() -> None:
    terminal = make("ab\x1b[K\r\n\x1b[2K\r\ncd", columns=20)
    terminal.resize(4, 4)
    assert text(terminal) == ["ab", "", "cd"]


def test_a_coloured_background_stays_as_far_as_it_was_drawn() -> None:
    terminal = make("\x1b[44mab\x1b[K\x1b[m\r\n" + "\n" * 5, columns=10)
    shown = make("\x1b[44mab\x1b[K\x1b[m\r\n", columns=10)
    for columns in (4, 20):
        terminal.resize(columns, 4)
        shown.resize(columns, 4)
    assert [cell.bg for cell in terminal.scrollback[0].cells()] == ["blue"] * 10
    assert [cell.bg for cell in shown.screen.buffer[0]] == ["blue"] * 10 + ["default"] * 10
    assert text(shown) == ["ab"]


def test_lines_inside_left_and_right_margins_are_not_joined() -> None:
    terminal = make("\x1b[?69h\x1b[1;5sabcdefgh\x1b[?69l")
    assert text(terminal) == ["abcde", "fgh"]
    terminal.resize(20, 4)
    assert text(terminal) == ["abcde", "fgh"]


def test_a_line_over_the_whole_scrollback() -> None:
    terminal = make("x" * 1000, scrollback=50)
    for columns in (7, 300, 2, 10):
        terminal.resize(columns, 4)
    assert set("".join(as_text(terminal))) == {"x"}
    assert len(terminal.scrollback) == 7


# For any text and any sizes

WIDE = 2000
"""Columns that hold everything that is written here."""
PIECES = st.one_of(
    st.text(alphabet="abc漢 e\u0301", max_size=30),
    st.integers(1, 60).map(lambda count: "x" * count),
    st.sampled_from(["\r\n", "\r\n", "\r\n", "\x1b[44m", "\x1b[m", "\x1b[K", "\x1b7"]),
)
SIZES = st.tuples(st.integers(2, 30), st.integers(1, 8))
TEXTS = st.tuples(
    st.lists(PIECES, max_size=30).map("".join),
    st.sampled_from(["", "\x1b[1;1H", "\x1b[2;5H", "\x1b[3A"]),
).map("".join)


class Before(NamedTuple):
    terminal: Terminal
    lines: list[str]
    marks: list[tuple[Mark, str]]


def prepare(written: str, size: tuple[int, int]) -> Before:
    terminal = make(written, *size, scrollback=10_000)
    marks = [
        (terminal.mark(number, column), cell.data)
        for number in range(terminal.first, terminal.end)
        for column, cell in enumerate(terminal.line(number).cells())
        if cell.data.strip()
    ]
    return Before(terminal, list(as_text(terminal)), marks)


def check_inside(terminal: Terminal) -> None:
    screen = terminal.screen
    for x, y in ((screen.cursor.x, screen.cursor.y), (screen.saved[0].x, screen.saved[0].y)):
        assert 0 <= x < screen.columns
        assert 0 <= y < screen.lines
    assert len(screen.buffer) == screen.lines
    for row in screen.buffer:
        assert len(row.chars) == len(row.pens) == screen.columns
        assert row.chars[0] != ""


@settings(max_examples=80, deadline=None)
@given(TEXTS, SIZES, st.lists(SIZES, min_size=1, max_size=6))
def test_any_sizes_and_back_leave_text_and_marks(
    written: str, size: tuple[int, int], through: list[tuple[int, int]]
) -> None:
    terminal, lines, marks = prepare(written, size)
    for next_size in through:
        terminal.resize(*next_size)
        check_inside(terminal)
    # A high screen shows what a low one hid.
    terminal.resize(size[0], 100)
    check_inside(terminal)
    assert list(as_text(terminal)) == lines
    for mark, data in marks:
        assert terminal.line(mark.number)[mark.column].data == data


@settings(max_examples=50, deadline=None)
@given(TEXTS, SIZES, SIZES)
def test_the_cursor_stays_on_its_character(
    written: str, size: tuple[int, int], other: tuple[int, int]
) -> None:
    terminal = make(written, *size, scrollback=10_000)
    screen = terminal.screen
    before = screen.buffer[screen.cursor.y].chars[screen.cursor.x]
    if before.strip() and not screen.wrap_pending:
        terminal.resize(*other)
        assert screen.buffer[screen.cursor.y].chars[screen.cursor.x] == before
        assert not screen.wrap_pending


LINES = st.lists(
    st.lists(
        st.one_of(
            st.text(alphabet="abc ", max_size=30),
            st.text(alphabet="ab漢e\u0301", max_size=6),
            st.sampled_from(
                ["\x1b[31m", "\x1b[m", "\x1b[1;7m", "\x1b[0;32m", "\x1b[39m", "\x1b[38;2;1;2;3m"]
            ),
        ),
        max_size=6,
    ).map(lambda pieces: "".join(pieces) + "."),
    max_size=25,
)


def looks(terminal: Terminal) -> list[list[tuple[str, Style]]]:
    """Every cell, without the blanks as new at the ends."""
    rows = []
    for number in range(terminal.first, terminal.end):
        line = terminal.line(number)
        row = [(cell.data, cell.pen.style) for cell in line.cells()]
        if line.wrapped == PADDED:
            row[terminal.screen.columns - 1 :] = []
        while row and row[-1] == (" ", PLAIN.style):
            row.pop()
        rows.append(row)
    while rows and not rows[-1]:
        rows.pop()
    return rows


@settings(max_examples=120, deadline=None)
@given(LINES, SIZES, SIZES, SIZES, st.booleans())
def test_folded_lines_are_those_that_a_screen_of_that_width_would_have(
    lines: list[str], size: tuple[int, int], through: tuple[int, int], last: tuple[int, int], whole: bool
) -> None:
    written = "".join(f"{line}\x1b[m\r\n" for line in lines)
    terminal = Terminal(*size)
    # A flood goes another way than a few characters.
    for piece in [written] if whole else re.findall("(?s).{1,7}", written):
        terminal.feed(piece.encode())
    terminal.resize(*through)
    terminal.resize(*last)
    assert looks(terminal) == looks(make(written, *last, scrollback=10_000))


@settings(max_examples=50, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join), SIZES, SIZES)
def test_typing_at_the_end_goes_on_there(written: str, size: tuple[int, int], other: tuple[int, int]) -> None:
    terminals = [make(written, *size, scrollback=10_000) for _ in "12"]
    terminals[0].resize(*other)
    for terminal in terminals:
        terminal.feed(b"Q")
        terminal.resize(size[0], 100)
    assert list(as_text(terminals[0])) == list(as_text(terminals[1]))


@settings(max_examples=50, deadline=None)
@given(TEXTS, SIZES, SIZES)
def test_colours_come_back_too(written: str, size: tuple[int, int], other: tuple[int, int]) -> None:
    terminal = make(written, *size, scrollback=10_000)
    # So wide that nothing is folded: behind a row's end no blanks hang, which are not shown.
    terminal.resize(WIDE, 100)
    before = [line.rstrip() for line in as_ansi(terminal)]
    for columns in (size[0], other[0], size[0], WIDE):
        terminal.resize(columns, 100)
    assert [line.rstrip() for line in as_ansi(terminal)] == before


def test_lines_put_between_the_rows_of_a_wrapped_line_part_them() -> None:
    for written in ("\x1b[2;1H\x1b[L", "\x1b[2;1H\x1b[M", "\x1b[2;4r\x1b[2;1H\x1bM", "\x1b[2;4r\x1b[4;1H\n"):
        terminal = make("0123456789abc\r\nx" + written)
        shown = text(terminal)
        terminal.resize(20, 4)
        assert text(terminal) == shown
