"""Where the cursor goes (ECMA-48 8.3, DEC STD 070 chapter 5, xterm ctlseqs)."""

from __future__ import annotations

from tests.conformance.cases import Case, Expected, check, parametrize

AT = "␛[3;5H"
"""Cursor in the middle of a screen of 10 by 5."""
LINES = "␛[2;4r"
"""Top margin 2, bottom margin 4."""
SIDES = "␛[?69h␛[3;7s"
"""Left margin 3, right margin 7."""
BOX = LINES + SIDES
"""Both."""

MOVES: dict[str, list[Case]] = {
    "CUU: ECMA-48 8.3.22": [
        ("default", AT + "␛[A", (5, 2)),
        ("zero is one", AT + "␛[0A", (5, 2)),
        ("counts", AT + "␛[2A", (5, 1)),
        ("stops at the top", AT + "␛[99A", (5, 1)),
        ("huge", AT + "␛[999999999999A", (5, 1)),
        ("stops at the top margin from inside", LINES + "␛[4;5H␛[9A", (5, 2)),
        ("stops at the top margin from below", LINES + "␛[5;5H␛[9A", (5, 2)),
        ("goes to the top from above the margin", LINES + "␛[1;5H␛[9A", (5, 1)),
        ("side margins make no difference", SIDES + "␛[3;1H␛[9A", (1, 1)),
        ("ends a pending wrap", "0123456789␛[2;1H0123456789␛[A!", ["012345678!", "0123456789"]),
    ],
    "CUD: ECMA-48 8.3.19": [
        ("default", AT + "␛[B", (5, 4)),
        ("zero is one", AT + "␛[0B", (5, 4)),
        ("counts", AT + "␛[2B", (5, 5)),
        ("stops at the bottom", AT + "␛[99B", (5, 5)),
        ("stops at the bottom margin from inside", LINES + "␛[3;5H␛[9B", (5, 4)),
        ("stops at the bottom margin from above", LINES + "␛[1;5H␛[9B", (5, 4)),
        ("goes to the bottom from below the margin", "␛[2;3r␛[4;5H␛[9B", (5, 5)),
        ("does not scroll", "▦␛[9B", ["abcdefghij", "klmnopqrst", "uvwxyz0123", "ABCDEFGHIJ", "KLMNOPQRST"]),
    ],
    "CUF: ECMA-48 8.3.20": [
        ("default", AT + "␛[C", (6, 3)),
        ("zero is one", AT + "␛[0C", (6, 3)),
        ("counts", AT + "␛[3C", (8, 3)),
        ("stops at the edge", AT + "␛[99C", (10, 3)),
        ("stops at the right margin from inside", SIDES + AT + "␛[99C", (7, 3)),
        ("stops at the right margin from the left", SIDES + "␛[3;1H␛[99C", (7, 3)),
        ("goes to the edge from right of the margin", SIDES + "␛[3;8H␛[99C", (10, 3)),
        ("does not wrap", "0123456789␛[C!", ["012345678!"]),
    ],
    "CUB: ECMA-48 8.3.18": [
        ("default", AT + "␛[D", (4, 3)),
        ("zero is one", AT + "␛[0D", (4, 3)),
        ("counts", AT + "␛[3D", (2, 3)),
        ("stops at the edge", AT + "␛[99D", (1, 3)),
        ("stops at the left margin from inside", SIDES + AT + "␛[99D", (3, 3)),
        ("stops at the left margin from the right", SIDES + "␛[3;9H␛[99D", (3, 3)),
        ("goes to the edge from left of the margin", SIDES + "␛[3;2H␛[99D", (1, 3)),
        ("from a pending wrap", "0123456789␛[D", (9, 1)),
    ],
    "CNL: ECMA-48 8.3.12": [
        ("default", AT + "␛[E", (1, 4)),
        ("zero is one", AT + "␛[0E", (1, 4)),
        ("counts", AT + "␛[2E", (1, 5)),
        ("stops at the bottom", AT + "␛[99E", (1, 5)),
        ("stops at the bottom margin", BOX + AT + "␛[99E", (3, 4)),
        ("from left of the margin to the edge", BOX + "␛[3;2H␛[E", (1, 4)),
    ],
    "CPL: ECMA-48 8.3.13": [
        ("default", AT + "␛[F", (1, 2)),
        ("zero is one", AT + "␛[0F", (1, 2)),
        ("counts", AT + "␛[2F", (1, 1)),
        ("stops at the top", AT + "␛[99F", (1, 1)),
        ("stops at the top margin", BOX + AT + "␛[99F", (3, 2)),
    ],
    "CHA: ECMA-48 8.3.9": [
        ("default", AT + "␛[G", (1, 3)),
        ("zero is one", AT + "␛[0G", (1, 3)),
        ("goes", AT + "␛[8G", (8, 3)),
        ("stops at the edge", AT + "␛[99G", (10, 3)),
        ("knows no margins", SIDES + AT + "␛[9G", (9, 3)),
        ("counts from the margin in origin mode", BOX + "␛[?6h␛[2;2H␛[4G", (6, 3)),
        ("stops at the margin in origin mode", BOX + "␛[?6h␛[2;2H␛[9G", (7, 3)),
    ],
    "HPA: ECMA-48 8.3.57": [
        ("default", AT + "␛[`", (1, 3)),
        ("goes", AT + "␛[8`", (8, 3)),
        ("stops at the edge", AT + "␛[99`", (10, 3)),
        ("counts from the margin in origin mode", BOX + "␛[?6h␛[2;2H␛[4`", (6, 3)),
    ],
    "HPR: ECMA-48 8.3.59": [
        ("default", AT + "␛[a", (6, 3)),
        ("zero is one", AT + "␛[0a", (6, 3)),
        ("counts", AT + "␛[3a", (8, 3)),
        ("stops at the edge", AT + "␛[99a", (10, 3)),
        ("knows no margins", SIDES + AT + "␛[99a", (10, 3)),
        ("stops at the margin in origin mode", BOX + "␛[?6h␛[2;2H␛[9a", (7, 3)),
    ],
    "VPA: ECMA-48 8.3.158": [
        ("default", AT + "␛[d", (5, 1)),
        ("zero is one", AT + "␛[0d", (5, 1)),
        ("goes", AT + "␛[4d", (5, 4)),
        ("stops at the bottom", AT + "␛[99d", (5, 5)),
        ("knows no margins", LINES + AT + "␛[5d", (5, 5)),
        ("counts from the margin in origin mode", BOX + "␛[?6h␛[1;2H␛[2d", (4, 3)),
        ("stops at the margin in origin mode", BOX + "␛[?6h␛[1;2H␛[9d", (4, 4)),
    ],
    "VPR: ECMA-48 8.3.160": [
        ("default", AT + "␛[e", (5, 4)),
        ("zero is one", AT + "␛[0e", (5, 4)),
        ("stops at the bottom", AT + "␛[99e", (5, 5)),
        ("knows no margins", LINES + AT + "␛[99e", (5, 5)),
        ("stops at the margin in origin mode", BOX + "␛[?6h␛[9e", (3, 4)),
    ],
    "HPB, VPB: ECMA-48 8.3.58, 8.3.159": [
        ("left", AT + "␛[2j", (3, 3)),
        ("up", AT + "␛[2k", (5, 1)),
    ],
    "CUP: ECMA-48 8.3.21": [
        ("default", AT + "␛[H", (1, 1)),
        ("zeros are ones", AT + "␛[0;0H", (1, 1)),
        ("goes", "␛[3;5H", (5, 3)),
        ("first left out", "␛[;5H", (5, 1)),
        ("second left out", AT + "␛[2H", (1, 2)),
        ("stops at the corner", "␛[99;99H", (10, 5)),
        ("huge", "␛[4294967297;4294967297H", (10, 5)),
        ("too many", "␛[3;5;7;9H", (5, 3)),
        ("leading zeros", "␛[003;0005H", (5, 3)),
        ("knows no margins", BOX + "␛[5;9H", (9, 5)),
        ("counts from the margins in origin mode", BOX + "␛[?6h␛[2;2H", (4, 3)),
        ("stops at the margins in origin mode", BOX + "␛[?6h␛[9;9H", (7, 4)),
        ("ends a pending wrap", "0123456789␛[1;10H!", ["012345678!"]),
        ("8 bit", "\x9b3;5H", (5, 3)),
        ("colons are no parameters", AT + "␛[1:2H", (5, 3)),
        ("an intermediate character makes another function", AT + "␛[1;1$H", (5, 3)),
        ("a private character makes another function", AT + "␛[?1;1H", (5, 3)),
    ],
    "HVP: ECMA-48 8.3.63": [
        ("default", AT + "␛[f", (1, 1)),
        ("goes", "␛[3;5f", (5, 3)),
        ("stops at the corner", "␛[99;99f", (10, 5)),
        ("counts from the margins in origin mode", BOX + "␛[?6h␛[2;2f", (4, 3)),
    ],
}
TABS: dict[str, list[Case]] = {
    "HT: ECMA-48 8.3.60": [
        ("to the first stop", "\t", (9, 1)),
        ("to the edge when there is no stop", "\t\t\t", (20, 1)),
        ("stays at the edge", "\t\t\t\t", (20, 1)),
        ("stops at the right margin", "␛[?69h␛[3;12s\t\t", (12, 1)),
        ("from right of the margin to the edge", "␛[?69h␛[3;12s␛[1;14H\t\t\t", (20, 1)),
        ("leaves a pending wrap", "01234567890123456789\t!", ["01234567890123456789", "!"]),
        ("with xterm's fix for more", "␛[?41h01234567890123456789\t!", ["01234567890123456789", "        !"]),
    ],
    "CHT: ECMA-48 8.3.10": [
        ("default", "␛[I", (9, 1)),
        ("zero is one", "␛[0I", (9, 1)),
        ("counts", "␛[2I", (17, 1)),
        ("stops at the edge", "␛[99I", (20, 1)),
        ("stops at the right margin", "␛[?69h␛[3;12s␛[9I", (12, 1)),
    ],
    "CBT: ECMA-48 8.3.7": [
        ("default", "␛[1;20H␛[Z", (17, 1)),
        ("zero is one", "␛[1;20H␛[0Z", (17, 1)),
        ("counts", "␛[1;20H␛[2Z", (9, 1)),
        ("stops at the edge", "␛[1;20H␛[9Z", (1, 1)),
        ("from a stop to the one before", "␛[1;17H␛[Z", (9, 1)),
        ("knows no margin", "␛[?69h␛[3;12s␛[1;8H␛[Z", (1, 1)),
        ("knows no margin in origin mode either", "␛[?69h␛[3;12s␛[?6h␛[1;6H␛[Z", (1, 1)),
    ],
    "HTS: ECMA-48 8.3.62": [
        ("sets a stop", "␛[1;4H␛H\r\t", (4, 1)),
        ("8 bit", "␛[1;4H\x88\r\t", (4, 1)),
        ("holds for every line", "␛[1;4H␛H␛[4;1H\t", (4, 4)),
    ],
    "TBC: ECMA-48 8.3.154": [
        ("this one", "␛[1;9H␛[g\r\t", (17, 1)),
        ("this one by zero", "␛[1;9H␛[0g\r\t", (17, 1)),
        ("all", "␛[3g\t", (20, 1)),
        ("unknown", "␛[1;9H␛[7g\r\t", (9, 1)),
        ("where there is none", "␛[1;8H␛[g\r\t", (9, 1)),
        ("come back with RIS", "␛[3g␛c\t", (9, 1)),
        ("stay away with DECSTR", "␛[3g␛[!p\t", (20, 1)),
    ],
}


@parametrize(MOVES)
def test_moves(fed: str, expected: Expected) -> None:
    check(fed, expected)


@parametrize(TABS)
def test_tabs(fed: str, expected: Expected) -> None:
    check(fed, expected, columns=20)
