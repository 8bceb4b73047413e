"""Characters, lines and columns put in and taken out, scrolling (ECMA-48, DEC STD 070, xterm ctlseqs)."""

from __future__ import annotations

from tests.conformance.cases import ROWS, Case, Expected, check, parametrize

A, B, C, D, E = ROWS
MIDDLE = "▦␛[3;5H"
LINES = "␛[2;4r"
SIDES = "␛[?69h␛[3;7s"
BOX = LINES + SIDES
INSIDE = "▦" + BOX + "␛[3;5H"

INSERTING: dict[str, list[Case]] = {
    "ICH: ECMA-48 8.3.64": [
        ("default", MIDDLE + "␛[@", [A, B, "uvwx yz012", D, E]),
        ("zero is one", MIDDLE + "␛[0@", [A, B, "uvwx yz012", D, E]),
        ("counts", MIDDLE + "␛[3@", [A, B, "uvwx   yz0", D, E]),
        ("more than there is", MIDDLE + "␛[99@", [A, B, "uvwx", D, E]),
        ("to the right margin", INSIDE + "␛[@", [A, B, "uvwx yz123", D, E]),
        ("more than the margin", INSIDE + "␛[99@", [A, B, "uvwx   123", D, E]),
        ("left of the margins nothing", "▦" + BOX + "␛[3;2H␛[2@", ROWS),
        ("right of the margins nothing", "▦" + BOX + "␛[3;9H␛[@", ROWS),
        ("above the margins", "▦" + BOX + "␛[1;5H␛[@", ["abcd efhij", B, C, D, E]),
        ("the cursor stays", MIDDLE + "␛[3@", (5, 3)),
        ("a wide character at the edge is cut", "12345678漢␛[H␛[@", [" 12345678"]),
        ("a wide character under the cursor is cut", "漢x␛[1;2H␛[@", ["   x"]),
    ],
    "DCH: ECMA-48 8.3.26": [
        ("default", MIDDLE + "␛[P", [A, B, "uvwxz0123", D, E]),
        ("zero is one", MIDDLE + "␛[0P", [A, B, "uvwxz0123", D, E]),
        ("counts", MIDDLE + "␛[3P", [A, B, "uvwx123", D, E]),
        ("more than there is", MIDDLE + "␛[99P", [A, B, "uvwx", D, E]),
        ("to the right margin", INSIDE + "␛[P", [A, B, "uvwxz0 123", D, E]),
        ("more than the margin", INSIDE + "␛[99P", [A, B, "uvwx   123", D, E]),
        ("left of the margins nothing", "▦" + BOX + "␛[3;2H␛[2P", ROWS),
        ("right of the margins nothing", "▦" + BOX + "␛[3;9H␛[P", ROWS),
        ("the cursor stays", MIDDLE + "␛[3P", (5, 3)),
        ("half a wide character", "漢漢x␛[1;2H␛[P", [" 漢x"]),
    ],
    "IL: ECMA-48 8.3.67": [
        ("default", MIDDLE + "␛[L", [A, B, "", C, D]),
        ("zero is one", MIDDLE + "␛[0L", [A, B, "", C, D]),
        ("counts", MIDDLE + "␛[2L", [A, B, "", "", C]),
        ("more than there is", MIDDLE + "␛[99L", [A, B]),
        ("the cursor goes to the edge", MIDDLE + "␛[L", (1, 3)),
        ("to the bottom margin", "▦" + LINES + "␛[3;5H␛[L", [A, B, "", C, E]),
        ("more than the margin", "▦" + LINES + "␛[3;5H␛[99L", [A, B, "", "", E]),
        ("in the box", INSIDE + "␛[L", [A, B, "uv     123", "ABwxyz0HIJ", E]),
        ("in the box to the left margin", INSIDE + "␛[L", (3, 3)),
        ("above the margins nothing", "▦" + LINES + "␛[1;1H␛[L", ROWS),
        ("below the margins nothing", "▦" + LINES + "␛[5;1H␛[L", ROWS),
        ("left of the box nothing", "▦" + BOX + "␛[3;2H␛[L", ROWS),
        ("right of the box nothing", "▦" + BOX + "␛[3;8H␛[L", ROWS),
        ("outside the cursor stays", "▦" + BOX + "␛[3;8H␛[L", (8, 3)),
        ("a wide character across the margin is cut", "␛[2;2H漢x" + BOX + "␛[2;3H␛[L", ["", "", "   x"]),
    ],
    "DL: ECMA-48 8.3.32": [
        ("default", MIDDLE + "␛[M", [A, B, D, E]),
        ("zero is one", MIDDLE + "␛[0M", [A, B, D, E]),
        ("counts", MIDDLE + "␛[2M", [A, B, E]),
        ("more than there is", MIDDLE + "␛[99M", [A, B]),
        ("the cursor goes to the edge", MIDDLE + "␛[M", (1, 3)),
        ("to the bottom margin", "▦" + LINES + "␛[3;5H␛[M", [A, B, D, "", E]),
        ("in the box", INSIDE + "␛[M", [A, B, "uvCDEFG123", "AB     HIJ", E]),
        ("above the margins nothing", "▦" + LINES + "␛[1;1H␛[M", ROWS),
        ("below the margins nothing", "▦" + LINES + "␛[5;1H␛[M", ROWS),
        ("beside the box nothing", "▦" + BOX + "␛[3;8H␛[M", ROWS),
        ("nothing goes to the scrollback", "▦␛[H␛[M", lambda terminal: len(terminal.scrollback) == 0),
    ],
    "IRM: ECMA-48 7.2.10": [
        ("inserts", MIDDLE + "␛[4h!?", [A, B, "uvwx!?yz01", D, E]),
        ("replaces again", MIDDLE + "␛[4h!␛[4l?", [A, B, "uvwx!?z012", D, E]),
        ("to the right margin", INSIDE + "␛[4h!", [A, B, "uvwx!yz123", D, E]),
        ("right of the side margins replaces", "▦" + BOX + "␛[3;9H␛[4h!", [A, B, "uvwxyz01!3", D, E]),
        ("left of the side margins too", "▦" + BOX + "␛[3;1H␛[4h!", [A, B, "!vwxyz0123", D, E]),
        ("wraps", "▦␛[3;10H␛[4h!?", [A, B, "uvwxyz012!", "?ABCDEFGHI", E]),
        ("wide", MIDDLE + "␛[4h漢", [A, B, "uvwx漢yz01", D, E]),
    ],
    "REP: ECMA-48 8.3.103": [
        ("default", "a␛[b", ["aa"]),
        ("zero is one", "a␛[0b", ["aa"]),
        ("counts", "a␛[3b", ["aaaa"]),
        ("wraps", "a␛[11b", ["aaaaaaaaaa", "aa"]),
        ("in the margins", SIDES + "␛[1;3Ha␛[6b", ["  aaaaa", "  aa"]),
        ("nothing before", "␛[3b", []),
        ("after an attribute", "a␛[1m␛[2b", ["aaa"]),
        ("nothing after a movement", "ab␛[3;5H␛[2b", ["ab"]),
        ("once", "a␛[b␛[5b", ["aa"]),
        ("nothing after CR", "ab\r␛[2b", ["ab"]),
        ("at the edge without autowrap", "␛[?7l0123456789␛[2b", ["0123456789"]),
        ("after a pending wrap", "0123456789␛[2b", ["0123456789", "99"]),
        ("of a line drawing character", "␛(0q␛[2b", ["───"]),
        ("of a wide character", "漢␛[b", ["漢漢"]),
        ("huge", "a␛[99999b", ["a" * 10] * 4 + ["a"]),
    ],
    "SU: ECMA-48 8.3.147": [
        ("default", MIDDLE + "␛[S", [B, C, D, E]),
        ("zero is one", MIDDLE + "␛[0S", [B, C, D, E]),
        ("counts", MIDDLE + "␛[3S", [D, E]),
        ("huge", MIDDLE + "␛[99S", []),
        ("the cursor stays", MIDDLE + "␛[2S", (5, 3)),
        ("between the margins", "▦" + LINES + "␛[S", [A, C, D, "", E]),
        ("in the box", "▦" + BOX + "␛[S", [A, "klwxyz0rst", "uvCDEFG123", "AB     HIJ", E]),
        (
            "from outside of the box",
            "▦" + BOX + "␛[5;9H␛[S",
            [A, "klwxyz0rst", "uvCDEFG123", "AB     HIJ", E],
        ),
        ("with the background", "␛[44m␛[S", lambda terminal: terminal.screen.buffer[4][0].bg == "blue"),
    ],
    "SD: ECMA-48 8.3.113": [
        ("default", MIDDLE + "␛[T", ["", A, B, C, D]),
        ("zero is one", MIDDLE + "␛[0T", ["", A, B, C, D]),
        ("counts", MIDDLE + "␛[3T", ["", "", "", A, B]),
        ("huge", MIDDLE + "␛[99T", []),
        ("the other final", MIDDLE + "␛[2^", ["", "", A, B, C]),
        ("between the margins", "▦" + LINES + "␛[T", [A, "", B, C, E]),
        ("in the box", "▦" + BOX + "␛[T", [A, "kl     rst", "uvmnopq123", "ABwxyz0HIJ", E]),
        ("five parameters are the mouse's", MIDDLE + "␛[1;1;1;2;3T", ROWS),
    ],
    "SL: ECMA-48 8.3.121": [
        ("default", "▦␛[ @", [row[1:] for row in ROWS]),
        ("counts", "▦␛[3 @", [row[3:] for row in ROWS]),
        ("huge", "▦␛[99 @", []),
        ("in the box", "▦" + BOX + "␛[ @", [A, "klnopq rst", "uvxyz0 123", "ABDEFG HIJ", E]),
    ],
    "SR: ECMA-48 8.3.135": [
        ("default", "▦␛[ A", [" " + row[:-1] for row in ROWS]),
        ("counts", "▦␛[3 A", ["   " + row[:-3] for row in ROWS]),
        ("in the box", "▦" + BOX + "␛[ A", [A, "kl mnoprst", "uv wxyz123", "AB CDEFHIJ", E]),
    ],
    "DECIC: VT420 PRM": [
        ("default", MIDDLE + "␛['}", [row[:4] + " " + row[4:9] for row in ROWS]),
        ("zero is one", MIDDLE + "␛[0'}", [row[:4] + " " + row[4:9] for row in ROWS]),
        ("counts", MIDDLE + "␛[2'}", [row[:4] + "  " + row[4:8] for row in ROWS]),
        ("huge", MIDDLE + "␛[99'}", [row[:4] for row in ROWS]),
        ("in the box", INSIDE + "␛['}", [A, "klmn oprst", "uvwx yz123", "ABCD EFHIJ", E]),
        ("outside of the box nothing", "▦" + BOX + "␛[1;5H␛['}", ROWS),
        ("the cursor stays", INSIDE + "␛['}", (5, 3)),
    ],
    "DECDC: VT420 PRM": [
        ("default", MIDDLE + "␛['~", [row[:4] + row[5:] for row in ROWS]),
        ("counts", MIDDLE + "␛[2'~", [row[:4] + row[6:] for row in ROWS]),
        ("huge", MIDDLE + "␛[99'~", [row[:4] for row in ROWS]),
        ("in the box", INSIDE + "␛['~", [A, "klmnpq rst", "uvwxz0 123", "ABCDFG HIJ", E]),
        ("outside of the box nothing", "▦" + BOX + "␛[3;9H␛['~", ROWS),
    ],
    "DECBI: VT420 PRM": [
        ("moves", MIDDLE + "␛6", (4, 3)),
        ("scrolls at the edge", "▦␛[3;1H␛6", [" " + row[:-1] for row in ROWS]),
        ("and stays", "▦␛[3;1H␛6", (1, 3)),
        ("scrolls at the margin", "▦" + BOX + "␛[3;3H␛6", [A, "kl mnoprst", "uv wxyz123", "AB CDEFHIJ", E]),
        ("moves left of the margin", "▦" + BOX + "␛[3;2H␛6", (1, 3)),
        ("stops at the edge left of the margin", "▦" + BOX + "␛[3;1H␛6", ROWS),
        ("does not scroll above the margins", "▦" + BOX + "␛[1;3H␛6", ROWS),
    ],
    "DECFI: VT420 PRM": [
        ("moves", MIDDLE + "␛9", (6, 3)),
        ("scrolls at the edge", "▦␛[3;10H␛9", [row[1:] for row in ROWS]),
        ("scrolls at the margin", "▦" + BOX + "␛[3;7H␛9", [A, "klnopq rst", "uvxyz0 123", "ABDEFG HIJ", E]),
        ("and stays", "▦" + BOX + "␛[3;7H␛9", (7, 3)),
        ("moves right of the margin", "▦" + BOX + "␛[3;8H␛9", (9, 3)),
        ("stops at the edge right of the margin", "▦" + BOX + "␛[3;10H␛9", ROWS),
        ("does not scroll below the margins", "▦" + BOX + "␛[5;7H␛9", ROWS),
        ("needs level 4", "▦␛[63;1\"p␛[3;10H␛9␛[1'}␛[1'~", ROWS),
    ],
    "DECALN: DEC STD 070": [
        ("fills", "ab␛#8", ["E" * 10] * 5),
        ("cursor home", MIDDLE + "␛#8", (1, 1)),
        ("margins away", BOX + "␛#8", {"margins": None, "left": 0, "right": 9}),
        ("side margins can still be set", BOX + "␛#8␛[?69$p", "␛[?69;1$y"),
        ("origin mode goes", BOX + "␛[?6h␛#8␛[?6$p", "␛[?6;2$y"),
        ("the pen is plain", "␛[1;31m␛#8␛P$qm␛\\", "␛P1$r0m␛\\"),
        ("without attributes", "␛[1;41m␛#8", lambda terminal: terminal.screen.buffer[0][0].bg == "default"),
    ],
}


@parametrize(INSERTING)
def test_inserting(fed: str, expected: Expected) -> None:
    check(fed, expected)
