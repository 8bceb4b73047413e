"""What is asked and answered (ECMA-48, VT420 PRM, xterm ctlseqs)."""

from __future__ import annotations

import pytest

from tests.conformance.cases import Case, Expected, check, parametrize
from tuivm.terminal import Terminal

BOX = "␛[2;4r␛[?69h␛[3;7s"

REPORTS: dict[str, list[Case]] = {
    "DA1: VT420 PRM, xterm": [
        ("asked", "␛[c", "␛[?64;1;2;6;9;15;16;17;18;21;22;28c"),
        ("zero", "␛[0c", "␛[?64;1;2;6;9;15;16;17;18;21;22;28c"),
        ("DECID", "␛Z", "␛[?64;1;2;6;9;15;16;17;18;21;22;28c"),
        ("DECID, 8 bit", "\x9a", "␛[?64;1;2;6;9;15;16;17;18;21;22;28c"),
        ("other numbers are no question", "␛[1c", ""),
        ("an answer is no question", "␛[?64;1c", ""),
    ],
    "DA2: xterm ctlseqs": [
        ("asked", "␛[>c", "␛[>41;390;0c"),
        ("zero", "␛[>0c", "␛[>41;390;0c"),
        ("other numbers are no question", "␛[>1c", ""),
    ],
    "DA3: VT420 PRM": [
        ("asked", "␛[=c", "␛P!|00000000␛\\"),
        ("zero", "␛[=0c", "␛P!|00000000␛\\"),
        ("other numbers are no question", "␛[=1c", ""),
    ],
    "DSR: ECMA-48 8.3.35": [
        ("well", "␛[5n", "␛[0n"),
        ("place", "␛[3;5H␛[6n", "␛[3;5R"),
        ("place at home", "␛[6n", "␛[1;1R"),
        ("place at the corner", "␛[99;99H␛[6n", "␛[5;10R"),
        ("place while a wrap waits", "0123456789␛[6n", "␛[1;10R"),
        ("place in origin mode", BOX + "␛[?6h␛[2;2H␛[6n", "␛[2;2R"),
        ("unknown", "␛[9n␛[n", ""),
        ("an answer is no question", "␛[0n", ""),
    ],
    "DSR private: VT420 PRM, xterm": [
        ("DECXCPR", "␛[3;5H␛[?6n", "␛[?3;5;1R"),
        ("DECXCPR below level 3 has no page", '␛[62;1"p␛[3;5H␛[?6n', "␛[?3;5R"),
        ("DECXCPR at level 3", '␛[63;1"p␛[3;5H␛[?6n', "␛[?3;5;1R"),
        ("level 1 knows the address alone", '␛[61"p␛[?15n␛[?25n␛[?26n␛[?55n␛[?62n␛[?63;1n␛[?75n␛[?85n', ""),
        ("level 2", '␛[62;1"p␛[?15n␛[?26n␛[?55n␛[?75n', "␛[?13n␛[?27;1n"),
        ("level 3", '␛[63;1"p␛[?26n␛[?56n␛[?85n', "␛[?27;1;0n␛[?57;0n"),
        ("printer", "␛[?15n", "␛[?13n"),
        ("user-defined keys", "␛[?25n", "␛[?20n"),
        ("keyboard", "␛[?26n", "␛[?27;1;0;0n"),
        ("locator", "␛[?53n", "␛[?50n"),
        ("locator as DEC asks", "␛[?55n", "␛[?50n"),
        ("locator's type", "␛[?56n", "␛[?57;0n"),
        ("macro space", "␛[?62n", "␛[0*{"),
        ("memory checksum", "␛[?63;7n", "␛P7!~0000␛\\"),
        ("data integrity", "␛[?75n", "␛[?70n"),
        ("sessions", "␛[?85n", "␛[?83n"),
        ("unknown", "␛[?99n␛[?n", ""),
    ],
    "DECREQTPARM: VT100 user guide": [
        ("asked", "␛[x", "␛[2;1;1;128;128;1;0x"),
        ("one", "␛[1x", "␛[3;1;1;128;128;1;0x"),
        ("others are no question", "␛[2x", ""),
    ],
    "DECRQSS: VT420 PRM, xterm": [
        ("SGR", "␛P$qm␛\\", "␛P1$r0m␛\\"),
        ("SGR, many", "␛[1;2;3;4;5;7;8;9m␛P$qm␛\\", "␛P1$r0;1;4;5;7;8;2;3;9m␛\\"),
        ("SGR, double underline", "␛[21m␛P$qm␛\\", "␛P1$r0;21m␛\\"),
        ("SGR, colours", "␛[31;102m␛P$qm␛\\", "␛P1$r0;31;102m␛\\"),
        ("SGR, true colour", "␛[38;2;1;2;3m␛P$qm␛\\", "␛P1$r0;38:2::1:2:3m␛\\"),
        ("SGR, curly", "␛[4:3m␛P$qm␛\\", "␛P1$r0;4:3m␛\\"),
        ("DECSTBM", "␛[2;4r␛P$qr␛\\", "␛P1$r2;4r␛\\"),
        ("DECSTBM, the screen", "␛P$qr␛\\", "␛P1$r1;5r␛\\"),
        ("DECSLRM", "␛[?69h␛[3;7s␛P$qs␛\\", "␛P1$r3;7s␛\\"),
        ("DECSLRM below level 4", '␛[63;1"p␛P$qs␛\\', "␛P0$r␛\\"),
        ("DECSLPP, at least 24", "␛P$qt␛\\", "␛P1$r24t␛\\"),
        ("DECSCPP", "␛P$q$|␛\\", "␛P1$r10$|␛\\"),
        ("DECSNLS", "␛P$q*|␛\\", "␛P1$r5*|␛\\"),
        ("DECSCA", '␛P$q"q␛\\', '␛P1$r0"q␛\\'),
        ("DECSCA set", '␛[1"q␛P$q"q␛\\', '␛P1$r1"q␛\\'),
        ("DECSCL", '␛P$q"p␛\\', '␛P1$r64;1"p␛\\'),
        ("DECSCUSR", "␛[3 q␛P$q q␛\\", "␛P1$r3 q␛\\"),
        ("DECSACE", "␛P$q*x␛\\", "␛P1$r0*x␛\\"),
        ("DECSACE 1", "␛[1*x␛P$q*x␛\\", "␛P1$r1*x␛\\"),
        ("DECSACE set", "␛[2*x␛P$q*x␛\\", "␛P1$r2*x␛\\"),
        ("unknown", "␛P$qz␛\\", "␛P0$r␛\\"),
        ("nothing", "␛P$q␛\\", "␛P0$r␛\\"),
        ("a text is not repeated", "␛P$qrm -rf /␛\\", "␛P0$r␛\\"),
        ("8-bit DCS and ST", "\x90$qm\x9c", "␛P1$r0m␛\\"),
    ],
    "XTVERSION: xterm ctlseqs": [
        ("asked", "␛[>q", "␛P>|tuivm␛\\"),
        ("zero", "␛[>0q", "␛P>|tuivm␛\\"),
        ("other numbers are no question", "␛[>1q", ""),
    ],
    "XTGETTCAP: xterm ctlseqs": [
        ("colours", "␛P+q436F␛\\", "␛P1+r436F=323536␛\\"),
        ("name", "␛P+q544e␛\\", "␛P1+r544E=787465726D2D323536636F6C6F72␛\\"),
        ("true colour", "␛P+q524742␛\\", "␛P1+r524742=382F382F38␛\\"),
        ("unknown", "␛P+q41414141␛\\", "␛P0+r␛\\"),
        ("no hexadecimal", "␛P+qrm -rf␛\\", "␛P0+r␛\\"),
        ("two", "␛P+q436F;4141␛\\", "␛P1+r436F=323536␛\\␛P0+r␛\\"),
    ],
    "XTWINOPS: xterm ctlseqs": [
        ("state", "␛[11t", "␛[1t"),
        ("place", "␛[13t", "␛[3;0;0t"),
        ("pixels", "␛[14t", "␛[4;80;80t"),
        ("pixels of the screen", "␛[15t", "␛[5;80;80t"),
        ("pixels of a character", "␛[16t", "␛[6;16;8t"),
        ("characters", "␛[18t", "␛[8;5;10t"),
        ("characters of the screen", "␛[19t", "␛[9;5;10t"),
        ("the icon's title is not told", "␛]1;rm -rf /\a␛[20t", ""),
        ("the title is not told", "␛]2;rm -rf /\a␛[21t", ""),
        ("the size is the pane's", "␛[8;50;132t␛[4;600;800t", {"columns": 10, "lines": 5}),
        ("DECSLPP neither", "␛[50t", {"columns": 10, "lines": 5}),
        ("the rest does nothing", "␛[1t␛[2t␛[3;9;9t␛[5t␛[6t␛[7t␛[9;1t␛[10;1t", ""),
        ("an icon", "␛[2t␛[11t␛[1t␛[11t", "␛[2t␛[1t"),
        ("another place", "␛[3;20;30t␛[13t", "␛[3;20;30t"),
        ("a place left out", "␛[3;20;30t␛[3t␛[13t", "␛[3;0;0t"),
        ("maximized it is as large as the screen", "␛[9;1t␛[18t␛[19t", "␛[8;5;10t␛[9;5;10t"),
        ("the third parameter of a push is no matter", "␛]2;a\a␛[22;2;1t␛]2;b\a␛[23;2;1t", {"title": "a"}),
        ("titles are pushed and popped", "␛]2;a\a␛[22t␛]2;b\a␛[23t", {"title": "a"}),
        ("the title alone", "␛]0;a\a␛[22;0t␛]0;b\a␛[23;2t", {"title": "a", "icon_name": "b"}),
        ("the icon's alone", "␛]0;a\a␛[22;0t␛]0;b\a␛[23;1t", {"title": "b", "icon_name": "a"}),
        ("two deep", "␛]2;a\a␛[22t␛]2;b\a␛[22t␛]2;c\a␛[23t␛[23t", {"title": "a"}),
        ("popped from nothing", "␛]2;a\a␛[23t", {"title": "a"}),
    ],
    "S7C1T, S8C1T: ECMA-35": [
        ("CSI", "␛ G␛[5n", "\x9b0n"),
        ("DCS and ST", "␛ G␛[=c", "\x90!|00000000\x9c"),
        ("OSC", "␛ G␛]4;1;?␛\\", "\x9d4;1;rgb:cdcd/0000/0000\x9c"),
        ("7 bit again", "␛ G␛ F␛[5n", "␛[0n"),
        ("8-bit controls are read all the same", "\x9b5n", "␛[0n"),
    ],
    "DECRQUPSS: VT320": [("asked", "␛[&u", "␛P0!u%5␛\\")],
    "DECRQPSR: VT420 PRM": [
        ("tab stops", "␛[2$w", "␛P2$u9␛\\"),
        ("other tab stops", "␛[3g␛[1;4H␛H␛[1;7H␛H␛[2$w", "␛P2$u4/7␛\\"),
        ("and set again", "␛[3g␛P2$t3/5␛\\␛[2$w", "␛P2$u3/5␛\\"),
        ("unknown", "␛[3$w", ""),
    ],
    "XTPUSHSGR, XTPOPSGR: xterm ctlseqs": [
        ("all", "␛[1;31m␛[#{␛[m␛[#}␛P$qm␛\\", "␛P1$r0;1;31m␛\\"),
        ("the other finals", "␛[1;31m␛[#p␛[m␛[#q␛P$qm␛\\", "␛P1$r0;1;31m␛\\"),
        ("some", "␛[1;31m␛[1#{␛[m␛[#}␛P$qm␛\\", "␛P1$r0;1m␛\\"),
        ("the foreground", "␛[1;31m␛[30#{␛[m␛[#}␛P$qm␛\\", "␛P1$r0;31m␛\\"),
        ("two deep", "␛[1m␛[#{␛[3m␛[#{␛[m␛[#}␛[#}␛P$qm␛\\", "␛P1$r0;1m␛\\"),
        ("popped from nothing", "␛[1m␛[#}␛P$qm␛\\", "␛P1$r0;1m␛\\"),
        ("pushed without end", "␛[#{" * 50 + "x", ["x"]),
    ],
    "ENQ: answerback": [("nothing", "\x05", "")],
}


@parametrize(REPORTS)
def test_reports(fed: str, expected: Expected) -> None:
    check(fed, expected)


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"\x1b G\x9b5n", b"\x9b0n"),
        (b'\x1b[64;0"p\x9b5n', b"\x9b0n"),
        (b"\x1b G\x90$qr\x9c", b"\x901$r1;5r\x9c"),
        (b"\x1b G\x9d4;1;?\x9c", b"\x9d4;1;rgb:cdcd/0000/0000\x9c"),
        (b"\x9b5n", b""),
        (b"\x1b G\x1b F\x9b5n", b""),
        (b'\x1b G\x1b[64;1"p\x9b5n', b""),
        (b"\x1b G\x1bc\x9b5n", b""),
        (b"\x1b G\xc3\xa4\x9b5n", b"\x9b0n"),
    ],
)
def test_single_bytes_are_controls_once_the_guest_wants_8_bit_ones(data: bytes, answer: bytes) -> None:
    for size in (len(data), 1, 2, 3):
        terminal = Terminal(10, 5)
        for at in range(0, len(data), size):
            terminal.feed(data[at : at + size])
        assert terminal.take_replies() == answer


def test_other_bytes_that_are_no_utf_8_are_seen() -> None:
    terminal = Terminal(10, 1)
    terminal.feed(b"a\x9bb\xffc\xe2\x96d")
    assert terminal.screen.display == ["a\ufffdb\ufffdc\ufffdd   "]
