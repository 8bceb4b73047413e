"""Selections: their text, what is shown of them, and the word or line at a place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.terminals import make
from tuivm.terminal import Terminal
from tuivm.terminal.selection import Kind, Selection, line_at, spans_on, text_of, word_at


def select(
    terminal: Terminal, anchor: tuple[int, int], head: tuple[int, int], kind: Kind = Kind.CHARACTERS
) -> Selection:
    return Selection(terminal.mark(*anchor), terminal.mark(*head), kind)


@pytest.mark.parametrize(
    ("anchor", "head", "expected"),
    [
        ((0, 1), (0, 2), "bc"),
        ((0, 2), (0, 1), "bc"),
        ((0, 4), (1, 1), "e f\nxy"),
        ((1, 1), (0, 4), "e f\nxy"),
        ((0, 0), (3, 9), "abcde f\nxyz\n\nq"),
        ((2, 0), (2, 9), ""),
        ((0, 5), (0, 9), " f"),
        ((0, 7), (1, 0), "\nx"),
    ],
)
def test_characters(anchor: tuple[int, int], head: tuple[int, int], expected: str) -> None:
    terminal = make("abcde f  \r\nxyz\r\n\r\nq")
    assert text_of(terminal, select(terminal, anchor, head)) == expected


def test_wrapped_lines_are_joined_without_a_break() -> None:
    terminal = make("0123456789abc\r\nx")
    assert text_of(terminal, select(terminal, (0, 8), (2, 0))) == "89abc\nx"
    assert text_of(terminal, select(terminal, (0, 8), (0, 9))) == "89"


def test_blanks_at_the_margin_of_a_wrapped_line_are_kept() -> None:
    terminal = make("01234567  abc" + "\r\n" * 6)
    assert text_of(terminal, select(terminal, (0, 6), (1, 2))) == "67  abc"


def test_wide_characters_are_taken_whole_and_marks_stay() -> None:
    terminal = make("a漢字e\u0301b")
    assert text_of(terminal, select(terminal, (0, 2), (0, 3))) == "漢字"
    assert spans_on(terminal, select(terminal, (0, 2), (0, 3)), 0) == (1, 5)
    assert text_of(terminal, select(terminal, (0, 5), (0, 5))) == "e\u0301"
    assert text_of(terminal, select(terminal, (0, 2), (0, 3), Kind.BLOCK)) == "漢字"


def test_a_wide_character_over_the_margin() -> None:
    terminal = make("012345678漢a\r\n")
    assert text_of(terminal, select(terminal, (0, 7), (1, 3))) == "78漢a"


def test_lines_are_whole_with_all_their_rows() -> None:
    terminal = make("first\r\n0123456789abc\r\nlast")
    chosen = select(terminal, (1, 5), (1, 5), Kind.LINES)
    assert text_of(terminal, chosen) == "0123456789abc"
    assert [spans_on(terminal, chosen, number) for number in range(4)] == [None, (0, 10), (0, 10), None]
    assert text_of(terminal, select(terminal, (2, 0), (0, 3), Kind.LINES)) == "first\n0123456789abc"


def test_a_block_is_a_rectangle() -> None:
    terminal = make("abcdef\r\nxy\r\n\r\n012345")
    chosen = select(terminal, (3, 1), (0, 3), Kind.BLOCK)
    assert text_of(terminal, chosen) == "bcd\ny\n\n123"
    assert [spans_on(terminal, chosen, number) for number in range(5)] == [(1, 4)] * 4 + [None]


def test_a_block_does_not_join_wrapped_lines() -> None:
    terminal = make("0123456789abc")
    assert text_of(terminal, select(terminal, (0, 1), (1, 2), Kind.BLOCK)) == "12\nbc"


def test_spans_of_characters() -> None:
    terminal = make("abc\r\ndef\r\nghi")
    chosen = select(terminal, (0, 1), (2, 1))
    assert [spans_on(terminal, chosen, number) for number in range(4)] == [(1, 10), (0, 10), (0, 2), None]


def test_a_selection_stays_on_its_text_while_it_scrolls_and_is_folded() -> None:
    terminal = make("abc def ghi jkl\r\n")
    chosen = select(terminal, (0, 4), (1, 0))
    terminal.feed(b"x\r\n" * 20)
    assert text_of(terminal, chosen) == "def ghi"
    for columns in (5, 40, 2):
        terminal.resize(columns, 4)
        assert text_of(terminal, chosen) == "def ghi"


def test_what_fell_out_is_left_out() -> None:
    terminal = make("".join(f"line {n}\r\n" for n in range(9)), scrollback=3)
    assert terminal.first == 3
    chosen = select(terminal, (0, 2), (4, 3))
    assert text_of(terminal, chosen) == "line 3\nline"
    assert spans_on(terminal, chosen, 1) is None
    gone = select(terminal, (0, 2), (1, 3))
    assert len(text_of(terminal, gone)) <= 1


def test_places_outside_are_bounded() -> None:
    terminal = make("abc")
    assert text_of(terminal, select(terminal, (0, 1), (99, 99))) == "bc\n\n\n"
    assert text_of(terminal, word_at(terminal, 99, 99)) == ""


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (0, "see"),
        (3, "  "),
        (4, "  "),
        (5, "/etc/rc.d/x-1_y"),
        (19, "/etc/rc.d/x-1_y"),
        (20, ","),
        (21, "漢字"),
        (24, "漢字"),
        (25, "("),
        (26, "a@b.c"),
        (39, ""),
    ],
)
def test_the_word_at_a_place(column: int, expected: str) -> None:
    terminal = make("see  /etc/rc.d/x-1_y,漢字(a@b.c)", columns=40)
    assert text_of(terminal, word_at(terminal, 0, column)) == expected


def test_a_word_over_the_margin() -> None:
    terminal = make("see 0123456789abc def")
    for place in ((0, 6), (1, 0), (1, 6)):
        assert text_of(terminal, word_at(terminal, *place)) == "0123456789abc"


def test_a_word_without_an_end_is_bounded() -> None:
    terminal = make("x" * 10_000, scrollback=2000)
    assert 0 < len(text_of(terminal, word_at(terminal, 500, 3))) < 2000


def test_the_line_at_a_place() -> None:
    terminal = make("first\r\n0123456789abc")
    assert text_of(terminal, line_at(terminal, 2, 1)) == "0123456789abc"
    assert text_of(terminal, line_at(terminal, 0)) == "first"


def test_the_alternate_screen_is_not_joined_to_the_scrollback() -> None:
    terminal = make("0123456789" * 6 + "\x1b[?1049h\x1b[Hvim")
    last = terminal.scrollback.total - 1
    assert text_of(terminal, line_at(terminal, last)).endswith("0123456789")
    assert text_of(terminal, select(terminal, (last, 8), (last + 1, 2))) == "89\nvim"


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.text(alphabet="ab漢 ", max_size=25), min_size=1, max_size=10),
    st.integers(2, 12),
    st.sampled_from(list(Kind)),
    st.tuples(st.integers(0, 30), st.integers(0, 15)),
    st.tuples(st.integers(0, 30), st.integers(0, 15)),
)
def test_any_selection(
    lines: list[str], columns: int, kind: Kind, anchor: tuple[int, int], head: tuple[int, int]
) -> None:
    terminal = make("\r\n".join(lines), columns=columns, lines=3, scrollback=1000)
    chosen = select(terminal, anchor, head, kind)
    text = text_of(terminal, chosen)
    shown = ""
    for number in range(terminal.first, terminal.end):
        span = spans_on(terminal, chosen, number)
        if span:
            cells = terminal.line(number).cells()
            assert not cells[span[0] :] or cells[span[0]].data
            assert span[1] >= len(cells) or cells[span[1]].data
            shown += "".join(cell.data for cell in cells[span[0] : span[1]])
    assert text.replace("\n", "").replace(" ", "") == shown.replace(" ", "")
    assert not any(line.endswith(" ") for line in text.split("\n")[:-1])
