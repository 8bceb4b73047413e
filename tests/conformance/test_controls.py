"""Single controls, lines going up and down, wrapping (ECMA-48, DEC STD 070, xterm ctlseqs)."""

from __future__ import annotations

from tests.conformance.cases import ROWS, Case, Expected, check, parametrize

A, B, C, D, E = ROWS
LINES = "␛[2;4r"
SIDES = "␛[?69h␛[3;7s"
BOX = LINES + SIDES
WRAP = "␛[?45h"
"""Reverse wrap in a wrapped line."""
ALWAYS = "␛[?1045h"
"""Reverse wrap anywhere."""

CONTROLS: dict[str, list[Case]] = {
    "BS: ECMA-48 8.3.5": [
        ("moves", "abc\b", (3, 1)),
        ("stops at the edge", "a\b\b\b", (1, 1)),
        ("does not go up a line", "0123456789ab\b\b\b", (1, 2)),
        ("stops at the left margin", SIDES + "␛[1;4H\b\b\b", (3, 1)),
        ("goes to the edge from left of the margin", SIDES + "␛[1;2H\b\b\b", (1, 1)),
        ("from a pending wrap", "0123456789\b", (9, 1)),
        ("does not erase", "abc\b", ["abc"]),
    ],
    "XTREVWRAP: xterm ctlseqs, mode 45": [
        ("BS goes to the wrapped line", WRAP + "0123456789a\b\b", (10, 1)),
        ("BS stays where no line was wrapped", WRAP + "a⏎\b\b", (1, 2)),
        ("BS in the first line", WRAP + "\b", (1, 1)),
        ("BS takes the pending wrap first", WRAP + "0123456789\b", (10, 1)),
        ("CUB goes over lines", WRAP + "0123456789" * 2 + "abc␛[14D", (10, 1)),
        ("CUB stops where no line was wrapped", WRAP + "ab⏎0123456789c␛[99D", (1, 2)),
        ("only with autowrap", WRAP + "0123456789a␛[?7l\b\b\b", (1, 2)),
        ("to the right margin", WRAP + SIDES + "␛[1;3Habcdef\b\b", (7, 1)),
    ],
    "XTREVWRAP2: xterm ctlseqs, mode 1045": [
        ("to any line", ALWAYS + "a⏎\b", (10, 1)),
        ("from the top to the bottom", ALWAYS + "\b", (10, 5)),
        ("from the top margin to the bottom margin", ALWAYS + LINES + "␛[2;1H\b", (10, 4)),
        ("CUB over lines", ALWAYS + "␛[3;3H␛[13D", (10, 1)),
        ("between the side margins", ALWAYS + SIDES + "␛[3;3H\b", (7, 2)),
        ("only with autowrap", ALWAYS + "␛[?7l␛[2;1H\b", (1, 2)),
        ("from left of the side margins on to the edge", ALWAYS + SIDES + "␛[3;1H␛[7D", (1, 2)),
        ("off again", ALWAYS + "␛[?1045l␛[2;1H\b", (1, 2)),
    ],
    "CR: ECMA-48 8.3.15": [
        ("to the edge", "abc\r", (1, 1)),
        ("to the left margin", SIDES + "␛[1;6H\r", (3, 1)),
        ("to the left margin from right of the box", SIDES + "␛[1;9H\r", (3, 1)),
        ("to the edge from left of the margin", SIDES + "␛[1;2H\r", (1, 1)),
        ("to the margin in origin mode", SIDES + "␛[?6h␛[1;2H\r", (3, 1)),
        ("ends a pending wrap", "0123456789\r!", ["!123456789"]),
    ],
    "LF, VT, FF: ECMA-48 8.3.74": [
        ("LF keeps the column", "abc\n", (4, 2)),
        ("VT is as LF", "abc\x0b", (4, 2)),
        ("FF is as LF", "abc\x0c", (4, 2)),
        ("scrolls at the bottom", "▦\n", [B, C, D, E]),
        ("scrolls at the bottom margin", "▦" + LINES + "␛[4;1H\n", [A, C, D, "", E]),
        ("VT scrolls too", "▦" + LINES + "␛[4;1H\x0b", [A, C, D, "", E]),
        ("stays at the bottom below the margin", "▦" + LINES + "␛[5;1H\n", ROWS),
        ("moves above the margin", LINES + "␛[1;1H\n", (1, 2)),
        ("scrolls inside the box", "▦" + BOX + "␛[4;3H\n", [A, "klwxyz0rst", "uvCDEFG123", "AB     HIJ", E]),
        ("does not scroll left of the box", "▦" + BOX + "␛[4;1H\n", ROWS),
        ("does not scroll right of the box", "▦" + BOX + "␛[4;9H\n", ROWS),
        ("stays there", BOX + "␛[4;9H\n", (9, 4)),
        ("newline mode", "␛[20habc\n", (1, 2)),
        ("newline mode for VT", "␛[20habc\x0b", (1, 2)),
        ("newline mode with a margin", "␛[20h" + SIDES + "␛[1;5H\n", (3, 2)),
        ("newline mode right of the box does not scroll", "▦" + BOX + "␛[20h␛[4;9H\n", ROWS),
        (
            "but the next one does",
            "▦" + BOX + "␛[20h␛[4;9H\n\n",
            [A, "klwxyz0rst", "uvCDEFG123", "AB     HIJ", E],
        ),
        ("newline mode off again", "␛[20h␛[20labc\n", (4, 2)),
        ("ends a pending wrap", "0123456789\n!", ["0123456789", "         !"]),
    ],
    "IND: DEC STD 070": [
        ("moves", "abc␛D", (4, 2)),
        ("8 bit", "abc\x84", (4, 2)),
        ("scrolls at the bottom", "▦␛D", [B, C, D, E]),
        ("scrolls at the margin", "▦" + LINES + "␛[4;1H␛D", [A, C, D, "", E]),
        ("does not scroll outside of the box", "▦" + BOX + "␛[4;1H␛D", ROWS),
        ("newline mode makes no difference", "␛[20habc␛D", (4, 2)),
    ],
    "RI: ECMA-48 8.3.104": [
        ("moves", "␛[2;4H␛M", (4, 1)),
        ("8 bit", "␛[2;4H\x8d", (4, 1)),
        ("scrolls at the top", "▦␛[H␛M", ["", A, B, C, D]),
        ("scrolls at the margin", "▦" + LINES + "␛[2;1H␛M", [A, "", B, C, E]),
        ("stays at the top above the margin", "▦" + LINES + "␛[1;1H␛M", ROWS),
        ("moves below the margin", LINES + "␛[5;1H␛M", (1, 4)),
        ("scrolls inside the box", "▦" + BOX + "␛[2;3H␛M", [A, "kl     rst", "uvmnopq123", "ABwxyz0HIJ", E]),
        ("does not scroll outside of the box", "▦" + BOX + "␛[2;9H␛M", ROWS),
    ],
    "NEL: ECMA-48 8.3.86": [
        ("right of the box does not scroll", "▦" + BOX + "␛[4;9H␛E", ROWS),
        ("but goes to the margin", "▦" + BOX + "␛[4;9H␛E", (3, 4)),
        ("moves", "abc␛E", (1, 2)),
        ("8 bit", "abc\x85", (1, 2)),
        ("to the left margin", SIDES + "␛[1;5H␛E", (3, 2)),
        ("to the edge from left of the margin", SIDES + "␛[1;2H␛E", (1, 2)),
        ("scrolls", "▦␛E", [B, C, D, E]),
        ("scrolls at the margin", "▦" + LINES + "␛[4;5H␛E", [A, C, D, "", E]),
    ],
    "DECAWM: DEC STD 070, xterm ctlseqs mode 7": [
        ("wraps", "0123456789ab", ["0123456789", "ab"]),
        ("the wrap waits", "0123456789", (10, 1)),
        ("and is no column of its own", "0123456789␛[6n", "␛[1;10R"),
        ("scrolls", "▦!", [B, C, D, E, "!"]),
        ("off: the last character stays at the edge", "␛[?7l0123456789ab", ["012345678b"]),
        ("off: the cursor stays there", "␛[?7l0123456789ab", (10, 1)),
        ("switched off while a wrap waits", "0123456789␛[?7lab", ["012345678b"]),
        ("at the right margin", SIDES + "␛[1;3Habcdefg", ["  abcde", "  fg"]),
        ("off at the right margin", "␛[?7l" + SIDES + "␛[1;3Habcdefg", ["  abcdg"]),
        ("from left of the margin to the right margin", SIDES + "abcdefghi", ["abcdefg", "  hi"]),
        ("right of the margin at the edge", SIDES + "␛[1;8Habcd", ["       abc", "  d"]),
        ("scrolls inside the margins", "▦" + LINES + "␛[4;10H!?", [A, C, "ABCDEFGHI!", "?", E]),
        ("does not scroll below the margins", "▦" + LINES + "␛[5;10H!?", [A, B, C, D, "?LMNOPQRS!"]),
        ("scrolls inside the box", "▦" + BOX + "␛[4;7H!?", [A, "klwxyz0rst", "uvCDEF!123", "AB?    HIJ", E]),
        ("erasing ends the wait", "0123456789␛[K!", ["012345678!"]),
        ("ECH ends the wait", "0123456789␛[X!", ["012345678!"]),
        ("DCH ends the wait", "0123456789␛[P!", ["012345678!"]),
        ("ICH ends the wait", "0123456789␛[@!", ["012345678!"]),
        ("SGR does not", "0123456789␛[1m!", ["0123456789", "!"]),
        ("DECSC keeps it", "0123456789␛7␛[H␛8!", ["0123456789", "!"]),
        ("a wide character wraps whole", "012345678漢", ["012345678", "漢"]),
        ("a wide character at the edge", "01234567漢!", ["01234567漢", "!"]),
        ("a wrap goes on waiting while autowrap is off", "0123456789␛[?7l␛[?7h!", ["0123456789", "!"]),
        ("and comes to wait then", "␛[?7l0123456789␛[?7h!", ["0123456789", "!"]),
        ("but nothing wraps then", "0123456789␛[?7l!", ["012345678!"]),
        ("and a movement ends it", "␛[?7l0123456789␛[?7h␛[1;10H!", ["012345678!"]),
        ("a mark belongs to the last column then", "␛[?7l0123456789\u0301", ["0123456789\u0301"]),
        ("a wide character without autowrap finds no room", "␛[?7l012345678漢", ["012345678"]),
        ("nor at the edge", "␛[?7l0123456789漢", ["0123456789"]),
        ("but before it", "␛[?7l01234567漢", ["01234567漢"]),
        ("a combining mark stays while a wrap waits", "0123456789\u0301", ["0123456789\u0301"]),
    ],
    "C0: ECMA-48 5.2, inside of sequences": [
        ("BS inside", "ab␛[\bC!", ["ab!"]),
        ("CR inside", "ab␛[\r2C!", ["ab!"]),
        ("CAN ends", "␛[2\x18A", ["A"]),
        ("SUB ends", "␛[2\x1aA", ["A"]),
        ("ESC begins anew", "␛[2␛[3Gx", ["  x"]),
        ("NUL is nothing", "a\0b", ["ab"]),
        ("DEL is nothing", "a\x7fb", ["ab"]),
        ("ENQ is not answered", "a\x05b", ""),
        ("XON, XOFF are nothing", "a\x11\x13b", ["ab"]),
        (
            "BEL is counted",
            "a\a\ab",
            lambda terminal: terminal.take_bells() == 2 == 2 + terminal.take_bells(),
        ),
    ],
}


@parametrize(CONTROLS)
def test_controls(fed: str, expected: Expected) -> None:
    check(fed, expected)
