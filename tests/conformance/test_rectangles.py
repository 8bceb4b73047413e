"""Rectangles: copy, fill, erase, attributes, checksum (VT420 PRM chapter 5, xterm ctlseqs)."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conformance.cases import ROWS, Case, Expected, check, parametrize, run
from tuivm.terminal import Terminal

A, B, C, D, E = ROWS
BOX = "␛[2;4r␛[?69h␛[3;7s"


def cells(field: str) -> Callable[[Terminal], list[str]]:
    """Return what shows, row by row, where an attribute is set."""

    def look(terminal: Terminal) -> list[str]:
        return [
            "".join("x" if getattr(cell.pen.style, field) else "." for cell in row)
            for row in terminal.screen.buffer
        ]

    return look


def marked(field: str, *rows: str) -> Callable[[Terminal], bool]:
    """Expect an attribute where ``rows`` have an x."""
    return lambda terminal: cells(field)(terminal) == [*rows, *[".........."] * (5 - len(rows))]


def sum_of(text: str, extra: int = 0) -> str:
    """Return the checksum's report of characters."""
    return f"␛P1!~{-(sum(map(ord, text)) + extra) & 0xFFFF:04X}␛\\"


RECTANGLES: dict[str, list[Case]] = {
    "DECCRA: VT420 PRM": [
        ("copies", "▦␛[1;1;2;3;1;4;6;1$v", [A, B, C, "ABCDEabcIJ", "KLMNOklmST"]),
        ("the screen by default", "▦␛[;;;;;1;1$v", ROWS),
        ("to home by default", "▦␛[4;1;5;2$v", ["ABcdefghij", "KLmnopqrst", C, D, E]),
        ("over itself to the right", "▦␛[1;1;1;5;1;1;3;1$v", ["ababcdehij", B, C, D, E]),
        ("over itself downwards", "▦␛[1;1;3;2;1;2;1;1$v", [A, "abmnopqrst", "klwxyz0123", "uvCDEFGHIJ", E]),
        ("over itself upwards", "▦␛[2;1;4;2;1;1;1;1$v", ["klcdefghij", "uvmnopqrst", "ABwxyz0123", D, E]),
        ("beyond the edges is cut", "▦␛[1;1;3;3;1;5;9;1$v", [A, B, C, D, "KLMNOPQRab"]),
        ("a source beyond the edges is cut", "▦␛[4;9;99;99;1;1;1;1$v", ["IJcdefghij", "STmnopqrst", C, D, E]),
        (
            "ends at the margins in origin mode",
            "▦" + BOX + "␛[?6h␛[1;1;3;5;1;2;3;1$v",
            [A, B, "uvwxmno123", "ABCDwxyHIJ", E],
        ),
        ("beyond the corner is the corner", "▦␛[1;1;1;1;1;99;99;1$v", [A, B, C, D, "KLMNOPQRSa"]),
        ("needs level 4", '▦␛[63;1"p␛[1;1;2;3;1;4;6;1$v␛[88$x␛[$z␛[${␛[1;1;5;9;7$r', ROWS),
        ("an impossible source is nothing", "▦␛[3;3;2;2;1;1;1;1$v", ROWS),
        (
            "counts from the margins in origin mode",
            "▦" + BOX + "␛[?6h␛[1;1;1;1;1;2;2;1$v",
            [A, B, "uvwmyz0123", D, E],
        ),
        ("knows no margins", "▦" + BOX + "␛[1;1;1;1;1;5;10;1$v", [A, B, C, D, "KLMNOPQRSa"]),
        ("the cursor stays", "▦␛[3;5H␛[1;1;2;2;1;4;4;1$v", (5, 3)),
        ("the attributes too", "␛[1mab␛[m␛[1;1;1;2;1;2;3$v", marked("bold", "xx........", "..xx......")),
    ],
    "DECFRA: VT420 PRM": [
        ("fills", "▦␛[88;2;2;3;4$x", [A, "kXXXopqrst", "uXXXyz0123", D, E]),
        ("the screen by default", "␛[88$x", ["X" * 10] * 5),
        ("beyond the edges is cut", "▦␛[88;4;9;99;99$x", [A, B, C, "ABCDEFGHXX", "KLMNOPQRXX"]),
        ("control codes are refused", "▦␛[7;1;1;2;2$x", ROWS),
        ("DEL is refused", "▦␛[127;1;1;2;2$x", ROWS),
        ("no code is refused", "▦␛[;1;1;2;2$x", ROWS),
        ("Latin-1", "␛[228;1;1;1;2$x", ["ää"]),
        ("an impossible rectangle is nothing", "▦␛[88;3;3;2;2$x", ROWS),
        (
            "counts from the margins in origin mode",
            "▦" + BOX + "␛[?6h␛[88;1;1;9;2$x",
            [A, "klXXopqrst", "uvXXyz0123", "ABXXEFGHIJ", E],
        ),
        ("knows no margins", "▦" + BOX + "␛[88;1;1;1;2$x", ["XXcdefghij", B, C, D, E]),
        ("beyond the screen is its last cell", "▦␛[88;99;99;99;99$x", [A, B, C, D, "KLMNOPQRSX"]),
        ("with the pen", "␛[1m␛[88;1;1;1;2$x", marked("bold", "xx........")),
        ("the cursor stays", "␛[3;5H␛[88;1;1;2;2$x", (5, 3)),
        ("wide characters at its edges are cut", "漢漢␛[88;1;2;1;3$x", [" XX"]),
    ],
    "DECERA: VT420 PRM": [
        ("erases", "▦␛[2;2;3;4$z", [A, "k   opqrst", "u   yz0123", D, E]),
        ("the screen by default", "▦␛[$z", []),
        ("an impossible rectangle is nothing", "▦␛[3;3;2;2$z", ROWS),
        ("knows no DEC protection", '␛[1"qab␛[$z', []),
        (
            "counts from the margins in origin mode",
            "▦" + BOX + "␛[?6h␛[1;1;1;1$z",
            [A, "kl nopqrst", C, D, E],
        ),
        ("the cursor stays", "␛[3;5H␛[1;1;2;2$z", (5, 3)),
    ],
    "DECSERA: VT420 PRM": [
        ("erases what is not protected", 'ab␛[1"qcd␛[0"qef␛[1;2;1;5${', ["a cd f"]),
        ("the screen by default", 'ab␛[1"qcd␛[0"qef␛[${', ["  cd"]),
        ("knows no ISO protection", "ab␛Vcd␛Wef␛[${", []),
        ("attributes of the protected stay", '␛[1m␛[1"qab␛[0"q␛[${', marked("bold", "xx........")),
    ],
    "DECCARA: VT420 PRM": [
        ("a stream of text by default", "␛[1;9;2;2;1$r", marked("bold", "........xx", "xx........")),
        ("a rectangle with DECSACE 2", "␛[2*x␛[1;2;2;3;1$r", marked("bold", ".xx.......", ".xx.......")),
        (
            "a stream again with DECSACE 1",
            "␛[2*x␛[1*x␛[1;9;2;2;1$r",
            marked("bold", "........xx", "xx........"),
        ),
        (
            "a stream between the margins in origin mode",
            BOX + "␛[?6h␛[1;4;2;2;1$r",
            marked("bold", "..........", ".....xx...", "..xx......"),
        ),
        ("underline", "␛[2*x␛[1;1;1;2;4$r", marked("underscore", "xx........")),
        ("blink", "␛[2*x␛[1;1;1;2;5$r", marked("blink", "xx........")),
        ("reverse", "␛[2*x␛[1;1;1;2;7$r", marked("reverse", "xx........")),
        ("several", "␛[2*x␛[1;1;1;2;1;7$r", marked("reverse", "xx........")),
        ("not bold", "␛[1mabcd␛[2*x␛[1;2;1;3;22$r", marked("bold", "x..x......")),
        ("none is plain", "␛[1mabcd␛[2*x␛[1;2;1;3$r", marked("bold", "x..x......")),
        ("the text stays", "▦␛[1;1;2;2;7$r", ROWS),
        ("the pen stays", "␛[2*x␛[1;1;1;2;1$r␛[3;1Hx", marked("bold", "xx........")),
    ],
    "DECRARA: VT420 PRM": [
        ("turns over", "␛[7mab␛[m␛[2*x␛[1;2;1;3;7$t", marked("reverse", "x.x.......")),
        ("twice is nothing", "␛[2*x␛[1;2;1;3;1$t␛[1;2;1;3;1$t", marked("bold")),
        ("all by 0", "␛[2*x␛[1;1;1;1;0$t", marked("underscore", "x.........")),
        ("a stream by default", "␛[1;10;2;1;1$t", marked("bold", ".........x", "x.........")),
    ],
    "DECRQCRA: VT420 PRM, xterm ctlseqs": [
        ("one character", "A␛[1;1;1;1;1;1*y", sum_of("A")),
        ("several", "ABC␛[1;1;1;1;1;3*y", sum_of("ABC")),
        ("over rows", "AB⏎CD␛[1;1;1;1;2;2*y", sum_of("ABCD")),
        ("a cell nobody wrote is a blank", "␛[1;1;1;1;1;1*y", sum_of(" ")),
        ("an erased cell is a blank", "A␛[1;1H␛[K␛[1;1;1;1;1;1*y", sum_of(" ")),
        ("a cell behind the text is a blank", "A␛[1;1;1;5;1;5*y", sum_of(" ")),
        ("an erased screen is one blank", "▦␛[2J␛[1;1;1;1;5;10*y", sum_of(" ")),
        ("blanks behind are left out", "A␛[1;1;1;1;1;9*y", sum_of("A")),
        ("a blank in colour", "␛[44m␛[K␛[1;1;1;2;1;2*y", sum_of(" ")),
        ("blanks in colour count all", "␛[44m␛[K␛[1;1;1;1;1;3*y", sum_of("   ")),
        ("underlined blanks count all", "␛[4m   ␛[1;1;1;1;1;3*y", sum_of("   ", 0x30)),
        ("the reply is 8-bit when asked", "␛ GA␛[1;1;1;1;1;1*y", "\x901!~FFBF\x9c"),
        ("below level 4 nothing", '␛[63;1"pA␛[1;1;1;1;1;1*y', ""),
        ("the screen by default", "AB␛[1*y", sum_of("AB")),
        ("a written blank", "A B␛[1;1;1;2;1;2*y", sum_of(" ")),
        ("blanks between are left out too", "A B␛[1;1;1;1;1;3*y", sum_of("AB")),
        ("the first blank counts", " A B␛[1;1;1;1;1;4*y", sum_of(" AB")),
        ("bold counts", "␛[1mA␛[1;1;1;1;1;1*y", sum_of("A", 0x80)),
        ("all attributes count", '␛[1;4;5;7;8m␛[1"qA␛[1;1;1;1;1;1*y', sum_of("A", 0xFC)),
        ("an impossible rectangle", "AB␛[1;1;2;2;1;1*y", "␛P1!~0000␛\\"),
        ("its number comes back", "␛[77;1;1;1;1;1*y", "␛P77!~FFE0␛\\"),
        ("a huge number is bounded", "␛[99999999;1;1;1;1;1*y", "␛P65535!~FFE0␛\\"),
        ("counts from the margins in origin mode", "▦" + BOX + "␛[?6h␛[1;1;1;1;1;1*y", sum_of("m")),
        ("XTCHECKSUM 1: not negated", "␛[1#yA␛[1;1;1;1;1;1*y", "␛P1!~0041␛\\"),
        ("XTCHECKSUM 2: no attributes", "␛[2#y␛[1mA␛[1;1;1;1;1;1*y", sum_of("A")),
        ("XTCHECKSUM 4: all blanks", "␛[4#yA␛[1;1;1;1;1;3*y", sum_of("A  ")),
        ("XTCHECKSUM 12: not cells nobody wrote", "␛[12#yA A␛[1;1;1;1;1;9*y", sum_of("A A")),
        ("XTCHECKSUM 16: whole characters", "␛[16#y漢␛[1;1;1;1;1;1*y", sum_of("漢")),
        ("eight bits by default", "漢␛[1;1;1;1;1;1*y", sum_of("\x22")),
    ],
    "XTREPORTSGR: xterm ctlseqs": [
        ("plain", "␛[1;1;1;3#|", "␛[0m"),
        ("what all have", "␛[1;31mab␛[32mc␛[1;1;1;3#|", "␛[0;1m"),
        ("colours", "␛[31;44mab␛[1;1;1;2#|", "␛[0;31;44m"),
        ("nothing in common", "␛[1ma␛[mb␛[1;1;1;2#|", "␛[0m"),
    ],
}


@parametrize(RECTANGLES)
def test_rectangles(fed: str, expected: Expected) -> None:
    check(fed, expected)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["A", " ", "é", "漢", "␛[1m", "␛[m", "␛[44m", "⏎", "␛[3;2H", "␛[X"]), max_size=30
    ),
    st.integers(1, 5),
    st.integers(1, 10),
    st.integers(0, 10),
)
def test_a_checksum_is_the_sum_of_its_cells(pieces: list[str], row: int, left: int, width: int) -> None:
    """Blanks counted (XTCHECKSUM 5), a rectangle's sum is that of its cells one by one."""
    text = "␛[5#y" + "".join(pieces)
    right = min(left + width, 10)
    whole = run(text + f"␛[1;1;{row};{left};{row};{right}*y").take_replies()
    one_by_one = "".join(f"␛[1;1;{row};{x};{row};{x}*y" for x in range(left, right + 1))
    parts = run(text + one_by_one).take_replies().split(b"\x1b\\")[:-1]
    total = sum(int(part.rpartition(b"~")[2], 16) for part in parts)
    assert whole == f"\x1bP1!~{total & 0xFFFF:04X}\x1b\\".encode()
