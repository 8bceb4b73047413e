"""Control functions: movement, margins, erasing, inserting, rectangles."""

from __future__ import annotations

import pytest

from tests.unit.terminals import cursor, make, text

FULL = "aaaaa\r\nbbbbb\r\nccccc\r\nddddd"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("\x1b[3;5H", (4, 2)),
        ("\x1b[3;5f", (4, 2)),
        ("\x1b[H", (0, 0)),
        ("\x1b[;5H", (4, 0)),
        ("\x1b[99;99H", (9, 3)),
        ("\x1b[3;5H\x1b[A", (4, 1)),
        ("\x1b[3;5H\x1b[9A", (4, 0)),
        ("\x1b[3;5H\x1b[0B", (4, 3)),
        ("\x1b[3;5H\x1b[e", (4, 3)),
        ("\x1b[3;5H\x1b[2C", (6, 2)),
        ("\x1b[3;5H\x1b[99a", (9, 2)),
        ("\x1b[3;5H\x1b[3D", (1, 2)),
        ("\x1b[3;5H\x1b[99D", (0, 2)),
        ("\x1b[3;5H\x1b[2E", (0, 3)),
        ("\x1b[3;5H\x1b[F", (0, 1)),
        ("\x1b[3;5H\x1b[8G", (7, 2)),
        ("\x1b[3;5H\x1b[8`", (7, 2)),
        ("\x1b[3;5H\x1b[2d", (4, 1)),
        ("\x1b[3;5H\x1bM", (4, 1)),
        ("\x1b[3;5H\x1bD", (4, 3)),
        ("\x1b[3;5H\x1bE", (0, 3)),
        ("\x1b[3;5H\x85", (0, 3)),
        ("\x9b3;5H", (4, 2)),
        ("\x1b[00000000000003;5H", (4, 2)),
        ("\x1b[3;5;7;9H", (4, 2)),
        ("\x1b[" + "9" * 400 + "H", (0, 3)),
        ("\x1b[3;5H\x1b7\x1b[H\x1b8", (4, 2)),
        ("\x1b[3;5H\x1b[s\x1b[H\x1b[u", (4, 2)),
        ("\x1b8", (0, 0)),
    ],
)
def test_movement(data: str, expected: tuple[int, int]) -> None:
    assert cursor(make(data)) == expected


def test_controls_inside_a_sequence_are_worked() -> None:
    terminal = make("ab\x1b[2\x08;1\rHx")
    assert text(terminal) == ["ab", "x"]


@pytest.mark.parametrize("end", ["\x18", "\x1a"])
def test_cancel_ends_a_sequence(end: str) -> None:
    assert text(make(f"\x1b[3{end}Ax")) == ["Ax"]


def test_an_escape_inside_a_sequence_begins_another() -> None:
    assert cursor(make("\x1b[3\x1b[2;2H")) == (1, 1)


UNKNOWN = (
    *("\x1b[?4m", "\x1b[?5n", "\x1b[>4;2m", "\x1b[9J", "\x1b[ 0q", "\x1b[1 2m", "\x1b[<u", "\x1b[=5u"),
    *("\x1b[1:2H", "\x1b[" + "1;" * 2000 + "m", "\x1b#3", "\x1b%G", "\x1b F", "\x1b[12$}", "\x1b[22;0;0t"),
)


@pytest.mark.parametrize("data", UNKNOWN)
def test_what_is_unknown_leaves_nothing(data: str) -> None:
    terminal = make(data + "x")
    assert text(terminal) == ["x"]
    assert terminal.take_replies() == b""


def test_margins_scroll_alone() -> None:
    terminal = make(FULL + "\x1b[2;3r\x1b[3;1H\nX")
    assert text(terminal) == ["aaaaa", "ccccc", "X", "ddddd"]
    assert terminal.screen.margins == (1, 2)
    assert len(terminal.scrollback) == 0


def test_margins_of_one_line_are_refused() -> None:
    terminal = make("\x1b[2;2r")
    assert terminal.screen.margins is None


def test_margins_reset() -> None:
    terminal = make("\x1b[2;3r\x1b[r")
    assert terminal.screen.margins is None


def test_vertical_movement_stops_at_the_margins() -> None:
    assert cursor(make("\x1b[2;3r\x1b[2;1H\x1b[9A")) == (0, 1)
    assert cursor(make("\x1b[2;3r\x1b[2;1H\x1b[9B")) == (0, 2)
    assert cursor(make("\x1b[2;3r\x1b[4;1H\x1b[9B")) == (0, 3)


def test_origin_mode_counts_from_the_margins() -> None:
    terminal = make("\x1b[2;3r\x1b[?6h")
    assert cursor(terminal) == (0, 1)
    terminal.feed(b"\x1b[9;3H\x1b[6n")
    assert cursor(terminal) == (2, 2)
    assert terminal.take_replies() == b"\x1b[2;3R"
    terminal.feed(b"\x1b[1d")
    assert cursor(terminal) == (2, 1)


def test_reverse_index_scrolls_down_at_the_top_margin() -> None:
    assert text(make(FULL + "\x1b[2;3r\x1b[2;1H\x1bM")) == ["aaaaa", "", "bbbbb", "ddddd"]


def test_scroll_up_and_down() -> None:
    terminal = make(FULL + "\x1b[2S")
    assert text(terminal) == ["ccccc", "ddddd"]
    terminal.feed(b"\x1b[T")
    assert text(terminal) == ["", "ccccc", "ddddd"]
    assert len(terminal.scrollback) == 2


def test_side_margins() -> None:
    terminal = make(FULL + "\x1b[?69h\x1b[2;4s\x1b[2;2Hxyzw")
    assert text(terminal) == ["aaaaa", "bxyzb", "cwccc", "ddddd"]
    terminal.feed(b"\x1b[S")
    assert text(terminal) == ["axyza", "bwccb", "cdddc", "d   d"]
    terminal.feed(b"\x1b[?69l\x1b[2;4s\x1b[1;5Hq")
    assert text(terminal)[0] == "axyzq"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("\x1b[K", ["aaaaa", "bb", "ccccc", "ddddd"]),
        ("\x1b[1K", ["aaaaa", "   bb", "ccccc", "ddddd"]),
        ("\x1b[2K", ["aaaaa", "", "ccccc", "ddddd"]),
        ("\x1b[J", ["aaaaa", "bb"]),
        ("\x1b[1J", ["", "   bb", "ccccc", "ddddd"]),
        ("\x1b[2J", []),
        ("\x1b[X", ["aaaaa", "bb bb", "ccccc", "ddddd"]),
        ("\x1b[99X", ["aaaaa", "bb", "ccccc", "ddddd"]),
        ("\x1b[2P", ["aaaaa", "bbb", "ccccc", "ddddd"]),
        ("\x1b[99P", ["aaaaa", "bb", "ccccc", "ddddd"]),
        ("\x1b[2@", ["aaaaa", "bb  bbb", "ccccc", "ddddd"]),
        ("\x1b[99@", ["aaaaa", "bb", "ccccc", "ddddd"]),
        ("\x1b[L", ["aaaaa", "", "bbbbb", "ccccc"]),
        ("\x1b[99L", ["aaaaa"]),
        ("\x1b[M", ["aaaaa", "ccccc", "ddddd"]),
        ("\x1b[99M", ["aaaaa"]),
        ("\x1b['}", ["aa aaa", "bb bbb", "cc ccc", "dd ddd"]),
        ("\x1b['~", ["aaaa", "bbbb", "cccc", "dddd"]),
        ("\x1b[2;2;3;4$z", ["aaaaa", "b   b", "c   c", "ddddd"]),
        ("\x1b[88;2;2;3;4$x", ["aaaaa", "bXXXb", "cXXXc", "ddddd"]),
        ("\x1b[2;2;3;4;1;1;1;1$v", ["bbbaa", "cccbb", "ccccc", "ddddd"]),
        ("\x1b#8", ["EEEEEEEEEE"] * 4),
    ],
)
def test_erasing_and_inserting(data: str, expected: list[str]) -> None:
    assert text(make(FULL + "\x1b[2;3H" + data)) == expected


def test_deleted_lines_do_not_go_to_the_scrollback() -> None:
    assert len(make(FULL + "\x1b[H\x1b[2M").scrollback) == 0


def test_lines_are_not_inserted_outside_the_margins() -> None:
    assert text(make(FULL + "\x1b[1;2r\x1b[4;1H\x1b[L"))[3] == "ddddd"


def test_erasing_takes_the_background_colour_alone() -> None:
    terminal = make("\x1b[31;44;1;7m\x1b[K")
    cell = terminal.screen.buffer[0][5]
    assert (cell.data, cell.fg, cell.bg, cell.bold, cell.reverse) == (" ", "default", "blue", False, False)


def test_lines_that_scroll_in_take_the_background_colour() -> None:
    terminal = make("\x1b[44m\n\n\n\n")
    assert terminal.screen.buffer[3][9].bg == "blue"
    assert terminal.screen.buffer[2][9].bg == "default"


def test_protected_characters_outlive_selective_erase() -> None:
    assert text(make('ab\x1b[1"qcd\x1b[0"qef\x1b[?2K')) == ["  cd"]
    assert text(make('ab\x1b[1"qcd\x1b[2"qef\x1b[H\x1b[?J')) == ["  cd"]
    assert text(make('ab\x1b[1"qcd\x1b[K\x1b[2K')) == []


def test_copying_half_a_wide_character_leaves_a_blank() -> None:
    terminal = make("漢x\x1b[1;2;1;3;1;2;1;1$v")
    assert [cell.data for cell in terminal.screen.buffer[1][:2]] == [" ", "x"]
