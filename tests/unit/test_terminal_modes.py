"""Modes, screens, pens and what is answered."""

from __future__ import annotations

import pytest

from tests.unit.terminals import cursor, make, text
from tuivm.terminal import modes
from tuivm.terminal.screen import MAX_REPLIES


@pytest.mark.parametrize("mode", [47, 1047, 1049])
def test_the_alternate_screen(mode: int) -> None:
    terminal = make(f"main\x1b[?{mode}h")
    assert text(terminal) == []
    terminal.feed(b"\x1b[Hvi" + b"\n" * 9)
    assert len(terminal.scrollback) == 0
    terminal.feed(f"\x1b[?{mode}l".encode())
    assert text(terminal)[0] == "main"
    assert not terminal.screen.is_alternate


def test_1049_restores_the_cursor_and_clears() -> None:
    terminal = make("abc\x1b[?1049h\x1b[4;4Hxyz\x1b[?1049l")
    assert cursor(terminal) == (3, 0)
    terminal.feed(b"\x1b[?1049h")
    assert text(terminal) == []


def test_1049_twice_keeps_the_first_cursor() -> None:
    assert cursor(make("abc\x1b[?1049h\x1b[4;4H\x1b[?1049h\x1b[2;2H\x1b[?1049l")) == (3, 0)


def test_47_keeps_what_was_there() -> None:
    assert text(make("\x1b[?47hold\x1b[?47l\x1b[?47h")) == ["old"]
    assert text(make("\x1b[?1047hold\x1b[?1047l\x1b[?1047h")) == []


def test_each_screen_has_its_saved_cursor() -> None:
    terminal = make("\x1b[2;2H\x1b7\x1b[?47h\x1b[4;4H\x1b7\x1b[H\x1b8")
    assert cursor(terminal) == (3, 3)
    terminal.feed(b"\x1b[?47l\x1b8")
    assert cursor(terminal) == (1, 1)


def test_1048_saves_and_restores() -> None:
    assert cursor(make("\x1b[2;2H\x1b[?1048h\x1b[H\x1b[?1048l")) == (1, 1)


def test_saved_cursor_brings_pen_charset_and_origin_back() -> None:
    terminal = make("\x1b[31m\x1b(0\x1b7\x1b[m\x1b(B\x1b8q")
    cell = terminal.screen.buffer[0][0]
    assert (cell.data, cell.fg) == ("─", "red")


def test_soft_reset() -> None:
    terminal = make("ab\x1b[2;3r\x1b[4h\x1b[?1;6;25l\x1b[?7l\x1b[31m\x1b(0\x1b[!pq")
    assert terminal.screen.margins is None
    assert modes.IRM not in terminal.screen.mode
    assert modes.DECAWM in terminal.screen.mode
    assert not terminal.screen.cursor.hidden
    assert terminal.screen.pen.style.fg == "default"
    assert "q" in text(terminal)[0]


@pytest.mark.parametrize("number", [1, 1000, 1002, 1003, 1004, 1006, 2004, 2026, 45, 66])
def test_modes_are_remembered(number: int) -> None:
    terminal = make(f"\x1b[?{number}h\x1b[?{number}$p")
    assert terminal.has_mode(number)
    assert terminal.take_replies() == f"\x1b[?{number};1$y".encode()
    terminal.feed(f"\x1b[?{number}l\x1b[?{number}$p".encode())
    assert not terminal.has_mode(number)
    assert terminal.take_replies() == f"\x1b[?{number};2$y".encode()


def test_one_mouse_mode_resets_the_others() -> None:
    terminal = make("\x1b[?1000h\x1b[?1003h")
    assert not terminal.has_mode(1000)
    assert terminal.has_mode(1003)


def test_unknown_modes_are_said_to_be_unknown() -> None:
    terminal = make("\x1b[?31337h\x1b[?31337$p\x1b[99$p\x1b[4$p")
    assert terminal.take_replies() == b"\x1b[?31337;0$y\x1b[99;0$y\x1b[4;2$y"


def test_keypad_modes() -> None:
    assert make("\x1b=").has_mode(66)
    assert not make("\x1b=\x1b>").has_mode(66)


def test_cursor_visibility_and_shape() -> None:
    terminal = make("\x1b[?25l\x1b[4 q")
    assert terminal.screen.cursor.hidden
    assert terminal.screen.cursor_shape == 4
    terminal.feed(b"\x1b[?25h\x1b[0 q\x1b[77 q")
    assert not terminal.screen.cursor.hidden
    assert terminal.screen.cursor_shape == 1


def test_132_columns_clear_only_where_allowed() -> None:
    assert text(make("abc\x1b[?3h")) == ["abc"]
    terminal = make("abc\x1b[?40h\x1b[?3h")
    assert text(terminal) == []
    assert terminal.screen.columns == 10


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("\x1b[c", "\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c"),
        ("\x1b[0c", "\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c"),
        ("\x1bZ", "\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c"),
        ("\x1b[>c", "\x1b[>41;390;0c"),
        ("\x1b[=c", "\x1bP!|00000000\x1b\\"),
        ("\x1b[5n", "\x1b[0n"),
        ("\x1b[2;3H\x1b[6n", "\x1b[2;3R"),
        ("\x1b[2;3H\x1b[?6n", "\x1b[?2;3;1R"),
        ("\x1b[?15n", "\x1b[?13n"),
        ("\x1b[18t", "\x1b[8;4;10t"),
        ("\x1b[19t", "\x1b[9;4;10t"),
        ("\x1b[>q", "\x1bP>|tuivm\x1b\\"),
        ("\x1bP$qm\x1b\\", "\x1bP1$r0m\x1b\\"),
        ("\x1b[1;4:3;38;5;1;48;2;1;2;3m\x1bP$qm\x1b\\", "\x1bP1$r0;1;4:3;31;48:2::1:2:3m\x1b\\"),
        ("\x1b[2;3r\x1bP$qr\x1b\\", "\x1bP1$r2;3r\x1b\\"),
        ("\x1b[3 q\x1bP$q q\x1b\\", "\x1bP1$r3 q\x1b\\"),
        ("\x1bP$qecho\x1b\\", "\x1bP0$r\x1b\\"),
        ("\x1b[x", "\x1b[2;1;1;128;128;1;0x"),
    ],
)
def test_questions_are_answered(asked: str, answer: str) -> None:
    assert make(asked).take_replies() == answer.encode()


@pytest.mark.parametrize(
    "asked",
    ["\x1b[21t", "\x1b[20t", "\x05", "\x1b]52;c;?\x07", "\x1b]0;?\x07", "\x1b[1c"],
)
def test_what_could_type_into_the_guest_is_not_answered(asked: str) -> None:
    assert make("\x1b]0;rm -rf /\x07" + asked).take_replies() == b""


def test_replies_are_bounded_and_taken_once() -> None:
    terminal = make("\x1b[6n" * 20_000)
    assert 0 < len(terminal.take_replies()) <= MAX_REPLIES
    assert terminal.take_replies() == b""
    terminal.feed(b"\x1b[5n")
    assert terminal.take_replies() == b"\x1b[0n"


@pytest.mark.parametrize(
    ("sgr", "field", "value"),
    [
        ("1", "bold", True),
        ("2", "dim", True),
        ("3", "italics", True),
        ("4", "underline", 1),
        ("4:3", "underline", 3),
        ("4:0", "underscore", False),
        ("21", "underline", 2),
        ("5", "blink", True),
        ("7", "reverse", True),
        ("8", "conceal", True),
        ("9", "strikethrough", True),
        ("53", "overline", True),
        ("31", "fg", "red"),
        ("33", "fg", "brown"),
        ("91", "fg", "brightred"),
        ("105", "bg", "brightmagenta"),
        ("38;5;1", "fg", "red"),
        ("38;5;9", "fg", "brightred"),
        ("48;5;196", "bg", "ff0000"),
        ("38;5;244", "fg", "808080"),
        ("38:5:21", "fg", "0000ff"),
        ("38;2;1;2;3", "fg", "010203"),
        ("38:2:1:2:3", "fg", "010203"),
        ("38:2::1:2:3", "fg", "010203"),
        ("58:5:2", "underline_color", "green"),
        ("1;38;5;300", "fg", "default"),
        ("38;2;1;2", "fg", "default"),
        ("38;2;1;2;999", "fg", "default"),
        ("1;;31", "bold", False),
        ("38;5;2;1", "bold", True),
        ("1;2;22", "dim", False),
        ("31;39", "fg", "default"),
    ],
)
def test_sgr(sgr: str, field: str, value: object) -> None:
    cell = make(f"\x1b[{sgr}mx").screen.buffer[0][0]
    assert getattr(cell.pen.style, field) == value


def test_the_cell_is_a_pyte_char() -> None:
    cell = make("\x1b[1;31;44mx").screen.buffer[0][0]
    assert cell == ("x", "red", "blue", True, False, False, False, False, False)
    assert make("\x1b[1;31mx").screen.cursor.attrs.fg == "red"


def test_a_rainbow_of_pens_is_bounded() -> None:
    from tuivm.terminal.pen import CACHED_PENS, Pen

    terminal = make()
    for index in range(3 * CACHED_PENS):
        terminal.feed(b"\x1b[38;2;%d;%d;7mx" % (index % 256, index // 256))
    assert len(Pen._known) <= CACHED_PENS + 1
    assert make("x ").screen.buffer[0][1] is make().screen.buffer[0][1]
