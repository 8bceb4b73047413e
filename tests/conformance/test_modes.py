"""Modes, screens, levels and resets (DEC STD 070, VT420 and VT510 manuals, xterm ctlseqs)."""

from __future__ import annotations

import pytest

from tests.conformance.cases import ROWS, Case, Expected, check, parametrize, run

A, B, C, D, E = ROWS
BOX = "␛[2;4r␛[?69h␛[3;7s"

MODES: dict[str, list[Case]] = {
    "47: xterm ctlseqs": [
        ("shows the other screen", "main␛[?47h", []),
        ("and the first one again", "main␛[?47hother␛[?47l", ["main"]),
        ("keeps what was there", "␛[?47hother␛[?47l␛[?47h", ["other"]),
        ("the cursor stays", "␛[3;5H␛[?47h", (5, 3)),
        ("set twice is once", "main␛[?47h␛[?47h␛[?47l", ["main"]),
        ("nothing goes to the scrollback", "␛[?47h▦⏎⏎", lambda terminal: len(terminal.scrollback) == 0),
    ],
    "1047: xterm ctlseqs": [
        ("shows the other screen", "main␛[?1047h", []),
        ("clears it when it is left", "␛[?1047hother␛[?1047l␛[?47h", []),
        ("does not clear the first one", "main␛[?1047l", ["main"]),
        ("the cursor stays", "␛[3;5H␛[?1047h␛[2;2H␛[?1047l", (2, 2)),
    ],
    "1049: xterm ctlseqs": [
        ("shows the other screen", "main␛[?1049h", []),
        ("clears it when it is entered", "␛[?47hother␛[?47l␛[?1049h", []),
        ("brings the cursor back", "␛[3;5H␛[?1049h␛[2;2H␛[?1049l", (5, 3)),
        ("the cursor stays when it is entered", "␛[3;5H␛[?1049h", (5, 3)),
        ("brings the pen back", "␛[?1049h␛[1m␛[?1049lx", lambda t: not t.screen.buffer[0][0].bold),
        ("entered twice it keeps both cursors", "␛[3;5H␛[?1049h␛[2;2H␛[?1049h␛[H␛[?1049l", (5, 3)),
        ("left twice", "␛[3;5H␛[?1049h␛[?1049l␛[?1049l", (5, 3)),
    ],
    "1046: xterm ctlseqs": [
        ("forbids the other screen", "main␛[?1046l␛[?47h", ["main"]),
        ("forbids 1049", "main␛[?1046l␛[?1049h␛[?47$p", "␛[?47;2$y"),
        ("leaves the other screen", "main␛[?47h␛[?1046l", ["main"]),
        ("and allows it again", "main␛[?1046l␛[?1046h␛[?47h", []),
    ],
    "DECCOLM: DEC STD 070, xterm mode 40": [
        ("ignored unless allowed", "▦␛[?3h", ROWS),
        ("clears", "▦␛[?40h␛[?3h", []),
        ("homes", "␛[3;5H␛[?40h␛[?3h", (1, 1)),
        ("resets the margins", BOX + "␛[?40h␛[?3h", {"margins": None, "left": 0, "right": 9}),
        ("side margins can still be set", BOX + "␛[?40h␛[?3h␛[?69$p", "␛[?69;1$y"),
        ("the size is the pane's", "␛[?40h␛[?3h", {"columns": 10, "lines": 5}),
        ("reset clears too", "␛[?40h␛[?3h▦␛[?3l", []),
        ("DECNCSM keeps the text", '␛[65;1"p␛[?95h␛[?40h▦␛[?3h', ROWS),
        ("DECNCSM needs level 5", '␛[64;1"p␛[?95h␛[?40h▦␛[?3h', []),
    ],
    "XTSAVE, XTRESTORE: xterm ctlseqs": [
        ("brings set back", "␛[?1h␛[?1s␛[?1l␛[?1r␛[?1$p", "␛[?1;1$y"),
        ("brings reset back", "␛[?1s␛[?1h␛[?1r␛[?1$p", "␛[?1;2$y"),
        ("several", "␛[?1;2004h␛[?1;2004s␛[?1;2004l␛[?1;2004r␛[?1$p␛[?2004$p", "␛[?1;1$y␛[?2004;1$y"),
        ("origin mode goes home", "␛[2;3r␛[?6h␛[?6s␛[?6l␛[3;3H␛[?6r", (1, 2)),
        ("the screen", "␛[?47h␛[?47s␛[?47l␛[?47r", {"is_alternate": True}),
        ("the cursor", "␛[3;5H␛[?1048s␛[H␛[?1048r", (5, 3)),
        ("unknown ones", "␛[?31337s␛[?31337rx", ["x"]),
    ],
    "DECSTR: VT220 PRM, xterm": [
        ("the text stays", "▦␛[!p", ROWS),
        ("the cursor stays", "␛[3;5H␛[!p", (5, 3)),
        ("the margins go", BOX + "␛[!p", {"margins": None, "left": 0, "right": 9}),
        ("DECLRMM goes", BOX + "␛[!p␛[?69$p", "␛[?69;2$y"),
        ("insert mode goes", "␛[4h␛[!p␛[4$p", "␛[4;2$y"),
        ("origin mode goes", "␛[?6h␛[!p␛[?6$p", "␛[?6;2$y"),
        ("application cursor keys go", "␛[?1h␛[!p␛[?1$p", "␛[?1;2$y"),
        ("the application keypad goes", "␛=␛[!p␛[?66$p", "␛[?66;2$y"),
        ("autowrap comes", "␛[?7l␛[!p␛[?7$p", "␛[?7;1$y"),
        ("reverse wrap goes", "␛[?45;1045h␛[!p␛[?45$p␛[?1045$p", "␛[?45;2$y␛[?1045;2$y"),
        ("the cursor is seen", "␛[?25l␛[!p␛[?25$p", "␛[?25;1$y"),
        ("the pen is plain", "␛[1;31m␛[!p␛P$qm␛\\", "␛P1$r0m␛\\"),
        ("the saved cursor is home", "␛[3;5H␛7␛[!p␛8", (1, 1)),
        ("the character sets are ASCII", "␛(0␛[!pq", ["q"]),
        ("the shift is in", "\x0e␛[!pq", ["q"]),
        ("newline mode stays", "␛[20h␛[!p␛[20$p", "␛[20;1$y"),
        ("bracketed paste stays", "␛[?2004h␛[!p␛[?2004$p", "␛[?2004;1$y"),
        ("the screen stays", "␛[?47h␛[!p", {"is_alternate": True}),
        ("the title stays", "␛]2;t\a␛[!p", {"title": "t"}),
    ],
    "RIS: ECMA-48 8.3.105, xterm": [
        ("the text goes", "▦␛c", []),
        ("the cursor goes home", "␛[3;5H␛c", (1, 1)),
        ("the margins go", BOX + "␛c", {"margins": None, "left": 0, "right": 9}),
        ("the main screen", "␛[?1049h␛c", {"is_alternate": False}),
        ("the other screen is empty", "␛[?47hx␛c␛[?47h", []),
        ("the pen is plain", "␛[1m␛c␛P$qm␛\\", "␛P1$r0m␛\\"),
        ("bracketed paste goes", "␛[?2004h␛c␛[?2004$p", "␛[?2004;2$y"),
        ("mouse modes go", "␛[?1003;1006h␛c␛[?1003$p␛[?1006$p", "␛[?1003;2$y␛[?1006;2$y"),
        ("insert mode goes", "␛[4h␛c␛[4$p", "␛[4;2$y"),
        ("newline mode goes", "␛[20h␛c␛[20$p", "␛[20;2$y"),
        ("autowrap comes", "␛[?7l␛c␛[?7$p", "␛[?7;1$y"),
        ("the saved cursor is home", "␛[3;5H␛7␛c␛8", (1, 1)),
        ("the character sets are ASCII", "␛(0␛cq", ["q"]),
        ("the level is 4", '␛[61"p␛c␛P$q"p␛\\', '␛P1$r64;1"p␛\\'),
        ("replies are 7 bit", "␛ G␛c␛[5n", "␛[0n"),
        ("the cursor's shape is a block", "␛[5 q␛c", {"cursor_shape": 1}),
        ("the title stays", "␛]2;t\a␛c", {"title": "t"}),
    ],
    "DECSCL: VT420 PRM, xterm": [
        ("level 1", '␛[61"p␛P$q"p␛\\', '␛P1$r61;1"p␛\\'),
        ("level 2, 7 bit", '␛[62;1"p␛P$q"p␛\\', '␛P1$r62;1"p␛\\'),
        ("level 3", '␛[63;1"p␛P$q"p␛\\', '␛P1$r63;1"p␛\\'),
        ("8 bit by 0", '␛[64;0"p␛[5n', "\x9b0n"),
        ("8 bit by 2", '␛[64;2"p␛[5n', "\x9b0n"),
        ("8 bit by default", '␛[62"p␛[5n', "\x9b0n"),
        ("level 1 is 7 bit by default", '␛[61"p␛[5n', "␛[0n"),
        ("level 1 is 7 bit", '␛[61;2"p␛[5n', "␛[0n"),
        ("unknown levels are ignored", '␛[60"p␛[77"p␛P$q"p␛\\', '␛P1$r64;1"p␛\\'),
        ("resets softly", '␛[4h␛[64;1"p␛[4$p', "␛[4;2$y"),
        ("no mode reports at level 2", '␛[62;1"p␛[4$p␛[?1$p', ""),
        ("mode reports at level 3", '␛[63;1"p␛[4$p', "␛[4;2$y"),
        ("no 8-bit replies at level 1", '␛[61"p␛ G␛[5n', "␛[0n"),
    ],
    "DECRQM: VT420 PRM": [
        ("unknown", "␛[999$p", "␛[999;0$y"),
        ("unknown private", "␛[?9999$p", "␛[?9999;0$y"),
        ("nothing asked", "␛[$p", "␛[0;0$y"),
        ("huge", "␛[?99999999$p", "␛[?65535;0$y"),
        ("the alternate screen by any number", "␛[?1049h␛[?47$p␛[?1047$p", "␛[?47;1$y␛[?1047;1$y"),
        ("KAM", "␛[2h␛[2$p␛[2l␛[2$p", "␛[2;1$y␛[2;2$y"),
        ("SRM is set at the start", "␛[12$p␛[12l␛[12$p", "␛[12;1$y␛[12;2$y"),
        ("DECANM is set", "␛[?2$p", "␛[?2;1$y"),
        ("DECCOLM when allowed", "␛[?40h␛[?3h␛[?3$p", "␛[?3;1$y"),
        ("DECCOLM when not allowed", "␛[?3h␛[?3$p", "␛[?3;2$y"),
        ("Tektronix mode never", "␛[?38h␛[?38$p", "␛[?38;4$y"),
    ],
    "mouse: xterm ctlseqs": [
        ("one protocol at a time", "␛[?1000h␛[?1002h␛[?1000$p␛[?1002$p", "␛[?1000;2$y␛[?1002;1$y"),
        ("one form at a time", "␛[?1005h␛[?1006h␛[?1005$p␛[?1006$p", "␛[?1005;2$y␛[?1006;1$y"),
        ("a form is reset by its own number", "␛[?1006h␛[?1005l␛[?1006$p", "␛[?1006;1$y"),
        ("and then there is none", "␛[?1006h␛[?1006l␛[?1006$p", "␛[?1006;2$y"),
        ("any reset switches off", "␛[?1002h␛[?1000l␛[?1002$p", "␛[?1002;2$y"),
    ],
    "DECSCUSR: VT510, xterm": [
        ("default", "␛[4 q␛[ q", {"cursor_shape": 1}),
        ("zero", "␛[4 q␛[0 q", {"cursor_shape": 1}),
        *((f"shape {n}", f"␛[{n} q", {"cursor_shape": n}) for n in range(1, 7)),
        ("unknown", "␛[4 q␛[7 q", {"cursor_shape": 4}),
    ],
}
SWITCHES = (
    *(1, 4, 5, 6, 7, 8, 9, 10, 12, 18, 19, 25, 40, 41, 42, 44, 45, 66, 67, 69, 80, 1000, 1002, 1003, 1004),
    *(
        1005,
        1006,
        1007,
        1010,
        1011,
        1015,
        1016,
        1034,
        1035,
        1036,
        1039,
        1040,
        1042,
        1043,
        1045,
        1046,
        2004,
        2026,
    ),
)


@parametrize(MODES)
def test_modes(fed: str, expected: Expected) -> None:
    check(fed, expected)


@pytest.mark.parametrize("number", SWITCHES)
def test_private_modes_are_set_and_reset(number: int) -> None:
    check(f"␛[?{number}h␛[?{number}$p", f"␛[?{number};1$y")
    check(f"␛[?{number}h␛[?{number}l␛[?{number}$p", f"␛[?{number};2$y")


@pytest.mark.parametrize("number", [4, 20])
def test_modes_of_the_standard_are_set_and_reset(number: int) -> None:
    check(f"␛[{number}h␛[{number}$p␛[{number}l␛[{number}$p", f"␛[{number};1$y␛[{number};2$y")


@pytest.mark.parametrize("number", [1, 5, 7, 10, 11, 13, 14, 15, 16, 17, 18, 19])
def test_modes_that_are_always_reset(number: int) -> None:
    check(f"␛[{number}h␛[{number}$p", f"␛[{number};4$y")


def test_many_modes_at_once() -> None:
    terminal = run("␛[?1;25;2004;1004;99999h␛[?25l")
    assert all(terminal.has_mode(number) for number in (1, 2004, 1004))
    assert not terminal.has_mode(25)
