"""Margins, origin mode and the saved cursor (DEC STD 070 chapter 5, VT420 PRM, xterm ctlseqs)."""

from __future__ import annotations

from tests.conformance.cases import Case, Expected, check, parametrize

LINES = "␛[2;4r"
SIDES = "␛[?69h␛[3;7s"
BOX = LINES + SIDES

MARGINS: dict[str, list[Case]] = {
    "DECSTBM: DEC STD 070": [
        ("sets", LINES, {"margins": (1, 3)}),
        ("cursor home", "␛[3;5H" + LINES, (1, 1)),
        ("default is the screen", LINES + "␛[r", {"margins": None}),
        ("zeros are the screen", LINES + "␛[0;0r", {"margins": None}),
        ("first left out", "␛[;3r", {"top": 0, "bottom": 2}),
        ("second left out", "␛[2r", {"top": 1, "bottom": 4}),
        ("too large is the last line", "␛[2;99r", {"top": 1, "bottom": 4}),
        ("one line is refused", LINES + "␛[3;3r", {"margins": (1, 3)}),
        ("upside down is refused", LINES + "␛[4;2r", {"margins": (1, 3)}),
        ("beyond the screen is refused", LINES + "␛[9;12r", {"margins": (1, 3)}),
        ("refused leaves the cursor", LINES + "␛[3;5H␛[3;3r", (5, 3)),
        ("home in origin mode", "␛[?6h" + LINES, (1, 2)),
        ("keeps the side margins", SIDES + LINES, {"left": 2, "right": 6}),
        ("two lines are enough", "␛[2;3r", {"margins": (1, 2)}),
    ],
    "DECSLRM: VT420 PRM": [
        ("sets", SIDES, {"left": 2, "right": 6}),
        ("cursor home", "␛[?69h␛[3;5H␛[3;7s", (1, 1)),
        ("default is the screen", SIDES + "␛[s", {"left": 0, "right": 9}),
        ("first left out", SIDES + "␛[;7s", {"left": 0, "right": 6}),
        ("second left out", SIDES + "␛[3s", {"left": 2, "right": 9}),
        ("too large is the last column", SIDES + "␛[2;99s", {"left": 1, "right": 9}),
        ("one column is refused", SIDES + "␛[4;4s", {"left": 2, "right": 6}),
        ("the wrong way round is refused", SIDES + "␛[7;3s", {"left": 2, "right": 6}),
        ("home in origin mode", LINES + "␛[?69h␛[?6h␛[3;7s", (3, 2)),
        ("without DECLRMM it saves the cursor", "␛[3;5H␛[s␛[H␛[u", (5, 3)),
        ("DECLRMM reset takes the margins away", SIDES + "␛[?69l", {"left": 0, "right": 9}),
        ("DECLRMM reset leaves the cursor", SIDES + "␛[3;5H␛[?69l", (5, 3)),
        ("set again they are at the edges", SIDES + "␛[?69l␛[?69h", {"left": 0, "right": 9}),
        ("not at level 3", '␛[63;1"p' + SIDES, {"left": 0, "right": 9}),
        ("at level 4", '␛[64;1"p' + SIDES, {"left": 2, "right": 6}),
    ],
    "DECOM: DEC STD 070": [
        ("set goes to the margins' corner", BOX + "␛[5;9H␛[?6h", (3, 2)),
        ("reset goes home", BOX + "␛[?6h␛[2;2H␛[?6l", (1, 1)),
        ("addresses count from the corner", BOX + "␛[?6h␛[1;1Hx", ["", "  x"]),
        ("and stay inside", BOX + "␛[?6h␛[9;9Hx", ["", "", "", "      x"]),
        ("the cursor's report counts too", BOX + "␛[?6h␛[2;3H␛[6n", "␛[2;3R"),
        ("and the one with the page", BOX + "␛[?6h␛[2;3H␛[?6n", "␛[?2;3;1R"),
        ("without margins it is the screen", "␛[?6h␛[5;10H", (10, 5)),
        ("movement stays inside", BOX + "␛[?6h␛[9B␛[9C", (7, 4)),
        ("new margins go to the new corner", "␛[?6h␛[2;2H␛[3;5r", (1, 3)),
    ],
    "DECSC, DECRC: DEC STD 070": [
        ("the place", "␛[3;5H␛7␛[H␛8", (5, 3)),
        ("nothing saved is home", "␛[3;5H␛8", (1, 1)),
        ("saved once, restored often", "␛[3;5H␛7␛[H␛8␛[H␛8", (5, 3)),
        ("the last save counts", "␛[3;5H␛7␛[2;2H␛7␛[H␛8", (2, 2)),
        ("the pen", "␛[1m␛7␛[m␛8x", lambda terminal: terminal.screen.buffer[0][0].bold),
        ("nothing saved is a plain pen", "␛[1m␛8x", lambda terminal: not terminal.screen.buffer[0][0].bold),
        ("the character set", "␛(0␛7␛(B␛8q", ["─"]),
        ("the shift", "\x0e␛7\x0f␛8q", ["─"]),
        ("origin mode", BOX + "␛[?6h␛7␛[?6l␛8␛[1;1H", (3, 2)),
        ("no origin mode", BOX + "␛7␛[?6h␛8␛[1;1H", (1, 1)),
        ("nothing saved resets origin mode", BOX + "␛[?6h␛8␛[1;1H", (1, 1)),
        ("a pending wrap", "0123456789␛7\r␛8!", ["0123456789", "!"]),
        ("not autowrap", "␛[?7l␛7␛[?7h␛80123456789ab", ["0123456789", "ab"]),
        ("not insert mode", "␛[4h␛7␛[4l␛8", lambda terminal: 4 not in terminal.screen.mode),
        ("SCOSC and SCORC are the same", "␛[3;5H␛[s␛[H␛8", (5, 3)),
        ("a place outside of new margins in origin mode", "␛[?6h␛[5;9H␛7␛[2;3r␛8", (9, 3)),
        ("a place above new margins in origin mode", "␛[?6h␛[1;2H␛7␛[3;5r␛8", (2, 1)),
        ("1048", "␛[3;5H␛[?1048h␛[H␛[?1048l", (5, 3)),
        ("each screen has its own", "␛[2;2H␛7␛[?47h␛[4;4H␛7␛[?47l␛8", (2, 2)),
        ("the other screen's is not touched", "␛[2;2H␛7␛[?47h␛[4;4H␛8", (1, 1)),
    ],
}


@parametrize(MARGINS)
def test_margins(fed: str, expected: Expected) -> None:
    check(fed, expected)
