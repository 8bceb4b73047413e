"""VT52 mode (VT100 user guide, VT220 PRM)."""

from __future__ import annotations

from tests.conformance.cases import ROWS, Case, Expected, check, parametrize, run

A, B, C, D, E = ROWS
ON = "␛[?2l"

VT52: dict[str, list[Case]] = {
    "VT52: VT220 PRM": [
        ("up", "␛[3;5H" + ON + "␛A", (5, 2)),
        ("down", "␛[3;5H" + ON + "␛B", (5, 4)),
        ("right", "␛[3;5H" + ON + "␛C", (6, 3)),
        ("left", "␛[3;5H" + ON + "␛D", (4, 3)),
        ("stops at the edges", ON + "␛A␛D", (1, 1)),
        ("home", "␛[3;5H" + ON + "␛H", (1, 1)),
        ("address", ON + '␛Y"$', (5, 3)),
        ("address and text", ON + '␛Y"$xy', ["", "", "    xy"]),
        ("address too large", ON + "␛Y~~", (10, 5)),
        ("reverse index", "▦␛[H" + ON + "␛I", ["", A, B, C, D]),
        ("erase to the end of the line", "▦␛[3;5H" + ON + "␛K", [A, B, "uvwx", D, E]),
        ("erase to the end of the screen", "▦␛[3;5H" + ON + "␛J", [A, B, "uvwx"]),
        ("graphics", ON + "␛Fq␛Gq", ["─q"]),
        ("who it is", ON + "␛Z", "␛/Z"),
        ("keypad", ON + "␛=", lambda terminal: terminal.has_mode(66)),
        ("keypad off", ON + "␛=␛>", lambda terminal: not terminal.has_mode(66)),
        ("and ANSI again", ON + "␛<␛[3;5H", (5, 3)),
        ("ANSI again: ESC D is index", ON + "␛<a␛D", (2, 2)),
        ("in ANSI mode ESC A is nothing", "␛[3;5H␛A", (5, 3)),
        ("in ANSI mode ESC Y is nothing", "␛Y!!", ["!!"]),
        ("the mode is reset", ON + "␛<␛[?2$p", "␛[?2;1$y"),
    ],
}


@parametrize(VT52)
def test_vt52(fed: str, expected: Expected) -> None:
    check(fed, expected)


def test_an_address_in_pieces() -> None:
    terminal = run(ON)
    for piece in (b"\x1b", b"Y", b'"', b"$x"):
        terminal.feed(piece)
    assert (terminal.screen.cursor.x, terminal.screen.cursor.y) == (5, 2)
