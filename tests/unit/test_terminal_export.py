"""The whole text of a terminal, plain and with colours."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.terminals import make
from tuivm.terminal import Terminal
from tuivm.terminal.export import as_ansi, as_text
from tuivm.terminal.pen import Style
from tuivm.terminal.row import PADDED


def test_text_is_scrollback_and_screen_without_what_is_empty_below() -> None:
    terminal = make("a  \r\n\r\n0123456789abc\r\n漢e\u0301\r\n\r\nend\r\n")
    assert list(as_text(terminal)) == ["a", "", "0123456789abc", "漢e\u0301", "", "end"]


def test_nothing_at_all() -> None:
    assert list(as_text(make())) == []
    assert list(as_ansi(make())) == []


def test_the_alternate_screen_comes_behind_the_scrollback() -> None:
    terminal = make("0123456789" * 5 + "\x1b[?1049h\x1b[Hvim")
    assert list(as_text(terminal)) == ["0123456789", "vim"]


@pytest.mark.parametrize(
    ("sgr", "expected"),
    [
        ("1", "0;1"),
        ("2;3;4;5;7;8;9;53", "0;2;3;5;7;8;9;53;4"),
        ("4:3", "0;4:3"),
        ("21", "0;4:2"),
        ("31;44", "0;31;44"),
        ("97;100", "0;97;100"),
        ("38;5;9", "0;91"),
        ("38;5;196", "0;38;2;255;0;0"),
        ("48;2;1;2;3", "0;48;2;1;2;3"),
        ("4;58;2;1;2;3", "0;4;58:2::1:2:3"),
        ("4;58:5:1", "0;4;58:5:1"),
    ],
)
def test_every_rendition(sgr: str, expected: str) -> None:
    terminal = make(f"a\x1b[{sgr}mb\x1b[mc")
    assert list(as_ansi(terminal)) == [f"a\x1b[{expected}mb\x1b[mc"]


def test_colours_are_put_back_at_the_end_of_each_line() -> None:
    terminal = make("\x1b[31mabc\r\ndef\r\n0123456789xy", lines=3)
    assert list(as_ansi(terminal)) == [
        "\x1b[0;31mabc\x1b[m",
        "\x1b[0;31mdef\x1b[m",
        "\x1b[0;31m0123456789xy\x1b[m",
    ]


def test_a_background_up_to_the_margin_is_kept() -> None:
    terminal = make("\x1b[44ma\x1b[K\x1b[m\r\nb")
    assert list(as_ansi(terminal)) == ["\x1b[0;44ma" + " " * 9 + "\x1b[m", "b"]


def test_lines_may_be_taken_while_output_goes_on() -> None:
    terminal = make("".join(f"line {n}\r\n" for n in range(10)), scrollback=20)
    lines = as_text(terminal)
    taken = [next(lines), next(lines)]
    terminal.resize(3, 4)
    taken.append(next(lines))
    terminal.resize(10, 4)
    terminal.feed(b"more\r\n" * 17)
    assert terminal.first == 4
    taken += lines
    assert taken == [f"line {n}" for n in (0, 1, 2, *range(4, 10))] + ["more"] * 17


def test_export_with_colours_may_be_taken_while_the_screen_is_cleared() -> None:
    terminal = make("".join(f"\x1b[31mline {n}\r\n" for n in range(10)))
    lines = as_ansi(terminal)
    next(lines)
    terminal.clear()
    assert list(lines) == []


CODES = (
    *(
        "0",
        "1",
        "2",
        "3",
        "4",
        "4:3",
        "5",
        "7",
        "8",
        "9",
        "21",
        "24",
        "53",
        "31",
        "39",
        "44",
        "49",
        "94",
        "103",
    ),
    *("38;5;200", "48;2;9;8;7", "58;5;3", "58:2::1:2:3"),
)
SGRS = st.lists(
    st.sampled_from(CODES),
    min_size=1,
    max_size=3,
).map(lambda codes: f"\x1b[{';'.join(codes)}m")
PIECES = st.one_of(
    st.text(alphabet="ab漢 e\u0301", max_size=15),
    SGRS,
    st.sampled_from(["\r\n", "\r\n", "\x1b[K", "\x1b[2K", "\t", "\x1b[5G", "\x1b[3@", "\x1b[2P", "\x1b[4X"]),
)


def padded(terminal: Terminal) -> set[int]:
    """Numbers of the rows at whose end a wide character did not fit."""
    numbers = range(terminal.first, terminal.end)
    return {number for number in numbers if terminal.line(number).wrapped == PADDED}


def looks(terminal: Terminal, without_last: set[int]) -> list[list[tuple[str, Style]]]:
    """Every cell of scrollback and screen, without blanks as new at the ends."""
    rows = []
    for number in range(terminal.first, terminal.end):
        line = terminal.line(number)
        row = [(cell.data, cell.pen.style) for cell in line.cells()]
        if number in without_last:
            # What shows where a wide character did not fit is no text, though it may be gone by now.
            row[terminal.screen.columns - 1 :] = []
        while row and row[-1] == (" ", Style()):
            row.pop()
        rows.append(row)
    while rows and not rows[-1]:
        rows.pop()
    return rows


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join), st.integers(2, 20))
@example("\x1b[103m\r\n\r\naaaaa\x1b[0m\x1b[K", 2)
def test_what_is_exported_makes_the_same_cells_again(written: str, columns: int) -> None:
    terminal = make(written, columns=columns, scrollback=1000)
    lines = list(as_ansi(terminal))
    assert not any(re.search("[\x00-\x1a\x1c-\x1f\x7f-\x9f]", line) for line in lines)
    assert re.sub(r"\x1b\[[0-9;:]*m", "", "".join(lines)).count("\x1b") == 0
    for line in lines:
        last = re.findall(r"\x1b\[([0-9;:]*)m", line)[-1:]
        assert last in ([], [""])
    again = make("\r\n".join(lines), columns=columns, scrollback=1000)
    gaps = padded(terminal) | padded(again)
    assert looks(again, gaps) == looks(terminal, gaps)
    assert "".join(as_text(again)).replace(" ", "") == "".join(as_text(terminal)).replace(" ", "")
