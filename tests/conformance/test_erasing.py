"""What is erased, and what is protected from it (ECMA-48, DEC STD 070 chapter 5, xterm ctlseqs)."""

from __future__ import annotations

from tests.conformance.cases import ROWS, Case, Expected, check, parametrize, rows, run

A, B, C, D, E = ROWS
MIDDLE = "▦␛[3;5H"
BOX = "␛[2;4r␛[?69h␛[3;7s"
DEC = '␛[1"qab␛[0"qcd⏎ef␛[1"qgh␛[0"q⏎ij'
"""``ab`` and ``gh`` are protected by DECSCA."""
ISO = "␛Vab␛Wcd⏎ef␛Vgh␛W⏎ij"
"""The same by SPA and EPA."""

ERASING: dict[str, list[Case]] = {
    "EL: ECMA-48 8.3.41": [
        ("to the end", MIDDLE + "␛[K", [A, B, "uvwx", D, E]),
        ("zero", MIDDLE + "␛[0K", [A, B, "uvwx", D, E]),
        ("from the start, the cursor's cell too", MIDDLE + "␛[1K", [A, B, "     z0123", D, E]),
        ("all", MIDDLE + "␛[2K", [A, B, "", D, E]),
        ("unknown", MIDDLE + "␛[3K", ROWS),
        ("huge", MIDDLE + "␛[99999K", ROWS),
        ("the cursor stays", MIDDLE + "␛[2K", (5, 3)),
        ("knows no margins", "▦" + BOX + "␛[3;5H␛[K", [A, B, "uvwx", D, E]),
        ("outside of the margins", "▦" + BOX + "␛[5;5H␛[2K", [A, B, C, D]),
        ("knows no DEC protection", DEC + "␛[1;1H␛[K", ["", "efgh", "ij"]),
        ("heeds ISO protection", ISO + "␛[1;1H␛[K", ["ab", "efgh", "ij"]),
        ("1 heeds ISO protection", ISO + "␛[2;4H␛[1K", ["abcd", "  gh", "ij"]),
        ("2 heeds ISO protection", ISO + "␛[2;4H␛[2K", ["abcd", "  gh", "ij"]),
        ("DECSCA makes SPA's protection void", ISO + '␛[0"q␛[1;1H␛[K', ["", "efgh", "ij"]),
        ("right half of a wide character", "漢漢␛[1;2H␛[K", []),
        ("left half of a wide character", "漢漢␛[1;3H␛[1K", []),
    ],
    "ED: ECMA-48 8.3.39": [
        ("to the end", MIDDLE + "␛[J", [A, B, "uvwx"]),
        ("zero", MIDDLE + "␛[0J", [A, B, "uvwx"]),
        ("from the start", MIDDLE + "␛[1J", ["", "", "     z0123", D, E]),
        ("all", MIDDLE + "␛[2J", []),
        ("unknown", MIDDLE + "␛[9J", ROWS),
        ("3 is the scrollback alone", MIDDLE + "␛[3J", ROWS),
        ("3 clears the scrollback", "▦⏎⏎␛[3J", lambda terminal: len(terminal.scrollback) == 0),
        ("2 keeps the scrollback", "▦⏎⏎␛[2J", lambda terminal: len(terminal.scrollback) == 2),
        ("the cursor stays", MIDDLE + "␛[2J", (5, 3)),
        ("knows no margins", "▦" + BOX + "␛[3;5H␛[J", [A, B, "uvwx"]),
        ("knows no DEC protection", DEC + "␛[2J", []),
        ("heeds ISO protection", ISO + "␛[2J", ["ab", "  gh"]),
        ("0 heeds ISO protection", ISO + "␛[1;1H␛[J", ["ab", "  gh"]),
        ("1 heeds ISO protection", ISO + "␛[3;2H␛[1J", ["ab", "  gh"]),
        ("with the background", "␛[41m␛[2J", lambda terminal: terminal.screen.buffer[4][9].bg == "red"),
        ("without other attributes", "␛[1;4;7m␛[2J", lambda t: not t.screen.buffer[0][0].reverse),
    ],
    "ECH: ECMA-48 8.3.38": [
        ("default", MIDDLE + "␛[X", [A, B, "uvwx z0123", D, E]),
        ("zero is one", MIDDLE + "␛[0X", [A, B, "uvwx z0123", D, E]),
        ("counts", MIDDLE + "␛[3X", [A, B, "uvwx   123", D, E]),
        ("stops at the edge", MIDDLE + "␛[99X", [A, B, "uvwx", D, E]),
        ("huge", MIDDLE + "␛[99999999X", [A, B, "uvwx", D, E]),
        ("knows no margins", "▦" + BOX + "␛[3;5H␛[5X", [A, B, "uvwx     3", D, E]),
        ("the cursor stays", MIDDLE + "␛[3X", (5, 3)),
        ("knows no DEC protection", DEC + "␛[1;1H␛[9X", ["", "efgh", "ij"]),
        ("heeds ISO protection", ISO + "␛[1;1H␛[9X", ["ab", "efgh", "ij"]),
        ("a wide character cut at both ends", "漢漢漢␛[1;2H␛[4X", []),
    ],
    "DECSEL: DEC STD 070": [
        ("all that is not protected", DEC + "␛[1;1H␛[?2K", ["ab", "efgh", "ij"]),
        ("to the end", DEC + "␛[2;2H␛[?K", ["abcd", "e gh", "ij"]),
        ("from the start", DEC + "␛[2;4H␛[?1K", ["abcd", "  gh", "ij"]),
        ("where nothing is protected", MIDDLE + "␛[?2K", [A, B, "", D, E]),
        ("unknown", DEC + "␛[?3K", ["abcd", "efgh", "ij"]),
        ("heeds ISO protection too", ISO + "␛[1;1H␛[?K", ["ab", "efgh", "ij"]),
    ],
    "DECSED: DEC STD 070": [
        ("all that is not protected", DEC + "␛[?2J", ["ab", "  gh"]),
        ("to the end", DEC + "␛[2;1H␛[?J", ["abcd", "  gh"]),
        ("from the start", DEC + "␛[2;4H␛[?1J", ["ab", "  gh", "ij"]),
        ("where nothing is protected", "▦␛[?2J", []),
        ("unknown", DEC + "␛[?7J", ["abcd", "efgh", "ij"]),
        ("heeds ISO protection too", ISO + "␛[?2J", ["ab", "  gh"]),
        ("protection ends with DECSCA 2", '␛[1"qa␛[2"qb␛[?2J', ["a"]),
        ("protection ends with DECSTR", '␛[1"qa␛[!pb␛[?2J', []),
        ("and comes back with DECSCA", '␛[1"qa␛[!p␛[0"qb␛[?2J', ["a"]),
        ("SGR 0 does not end it", '␛[1"qa␛[mb␛[?2J', ["ab"]),
        ("DECSC keeps it", '␛[1"q␛7␛[0"q␛8a␛[?2J', ["a"]),
        ("writing over it ends it", '␛[1"qab␛[0"q␛[Hx␛[?2J', [" b"]),
    ],
}


@parametrize(ERASING)
def test_erasing(fed: str, expected: Expected) -> None:
    check(fed, expected)


def test_a_line_that_was_erased_no_longer_wraps() -> None:
    terminal = run("0123456789ab␛[1;1H␛[K")
    assert rows(terminal) == ["", "ab"]
    assert not terminal.screen.buffer[0].wrapped
