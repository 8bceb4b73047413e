"""Control strings: titles, colours, clipboard, and all that is swallowed (ECMA-48 5.6, xterm ctlseqs)."""

from __future__ import annotations

import base64

import pytest

from tests.conformance.cases import Case, Expected, check, parametrize, rows, run
from tuivm.terminal import Terminal
from tuivm.terminal.strings import MAX_CLIPBOARD

TITLES: dict[str, list[Case]] = {
    "OSC 0, 1, 2: xterm ctlseqs": [
        ("both", "␛]0;t\a", {"title": "t", "icon_name": "t"}),
        ("the icon's", "␛]1;t\a", {"title": "", "icon_name": "t"}),
        ("the window's", "␛]2;t\a", {"title": "t", "icon_name": ""}),
        ("ended by ST", "␛]2;t␛\\", {"title": "t"}),
        ("ended by 8-bit ST", "␛]2;t\x9c", {"title": "t"}),
        ("8-bit OSC", "\x9d2;t\a", {"title": "t"}),
        ("empty", "␛]2;t\a␛]2;\a", {"title": ""}),
        ("with semicolons", "␛]2;a;b\a", {"title": "a;b"}),
        ("UTF-8", "␛]2;日本\a", {"title": "日本"}),
        ("cancelled", "␛]2;t\x18", {"title": ""}),
        ("hexadecimal", "␛[>0t␛]2;6162\a", {"title": "ab"}),
        ("hexadecimal, wrong", "␛[>0t␛]2;zz\a", {"title": ""}),
        ("hexadecimal no more", "␛[>0t␛[>0T␛]2;ab\a", {"title": "ab"}),
        ("hexadecimal needs its number", "␛[>t␛]2;6162\a", {"title": "6162"}),
        ("hexadecimal ends with its number", "␛[>0t␛[>2T␛]2;6162\a", {"title": "ab"}),
        ("screen's", "␛kt␛\\", {"title": "t"}),
        ("no number", "␛]t\a", {"title": ""}),
        ("the text goes on", "a␛]2;t\ab", ["ab"]),
    ],
    "swallowed: ECMA-48 5.6, xterm ctlseqs": [
        ("hyperlinks", "␛]8;;http://a␛\\b␛]8;;␛\\", ["b"]),
        ("DECUDK", "␛P0;1|17/41␛\\x", ["x"]),
        ("DECDLD", "␛P1;1;1;0;0;0{ @AAA␛\\x", ["x"]),
        ("sixel", "␛Pq#0;2;0;0;0#0~~␛\\x", ["x"]),
        ("ReGIS", "␛P0pS(E)␛\\x", ["x"]),
        ("SOS", "␛Xabc␛\\x", ["x"]),
        ("PM", "␛^abc␛\\x", ["x"]),
        ("APC", "␛_Gabc␛\\x", ["x"]),
        ("8-bit SOS, PM, APC", "\x98a\x9c\x9eb\x9c\x9fc\x9cx", ["x"]),
        ("BEL does not end APC", "␛_a\ab␛\\x", ["x"]),
        ("BEL in APC does not ring", "␛_a\ab␛\\", lambda terminal: terminal.take_bells() == 0),
        ("unknown OSC", "␛]777;notify;a;b\ax", ["x"]),
        ("unknown DCS", "␛Pzabc␛\\x", ["x"]),
        ("cancelled DCS", "␛Pabc\x18x", ["x"]),
        ("ESC ends a string", "␛]2;t␛[3Cx", ["   x"]),
        ("ST alone is nothing", "␛\\x", ["x"]),
    ],
}


def asked(fed: str, answer: str) -> Case:
    """Return a case of OSC."""
    return (fed, "".join(f"␛]{part}␛\\" for part in fed.split("|")), answer and f"␛]{answer}␛\\")


COLOURS: dict[str, list[Case]] = {
    "OSC 4: xterm ctlseqs": [
        asked("4;1;?", "4;1;rgb:cdcd/0000/0000"),
        asked("4;16;?", "4;16;rgb:0000/0000/0000"),
        asked("4;231;?", "4;231;rgb:ffff/ffff/ffff"),
        asked("4;255;?", "4;255;rgb:eeee/eeee/eeee"),
        asked("4;1;rgb:12/34/56|4;1;?", "4;1;rgb:1212/3434/5656"),
        asked("4;1;rgb:1234/5678/9abc|4;1;?", "4;1;rgb:1212/5656/9a9a"),
        asked("4;1;rgb:f/8/0|4;1;?", "4;1;rgb:ffff/8888/0000"),
        asked("4;1;rgba:12/34/56/ff|4;1;?", "4;1;rgb:1212/3434/5656"),
        asked("4;1;#123|4;1;?", "4;1;rgb:1010/2020/3030"),
        asked("4;1;#123456|4;1;?", "4;1;rgb:1212/3434/5656"),
        asked("4;1;#123456789|4;1;?", "4;1;rgb:1212/4545/7878"),
        asked("4;1;#123456789abc|4;1;?", "4;1;rgb:1212/5656/9a9a"),
        asked("4;1;orange|4;1;?", "4;1;rgb:ffff/a5a5/0000"),
        asked("4;1;rgbi:1/0/1|4;1;?", "4;1;rgb:ffff/0000/ffff"),
        asked("4;1;nonsense|4;1;?", "4;1;rgb:cdcd/0000/0000"),
        asked("4;1;rgb:1/2|4;1;?", "4;1;rgb:cdcd/0000/0000"),
        asked("4;999;?", ""),
        asked("4;x;?", ""),
        asked("4;1", ""),
        asked("4;1;red;2;blue|4;2;?", "4;2;rgb:0000/0000/ffff"),
    ],
    "OSC 104: xterm ctlseqs": [
        asked("4;1;#fff|104;1|4;1;?", "4;1;rgb:cdcd/0000/0000"),
        asked("4;1;#fff|104|4;1;?", "4;1;rgb:cdcd/0000/0000"),
        asked("4;1;#fff|104;2|4;1;?", "4;1;rgb:f0f0/f0f0/f0f0"),
        asked("4;1;#fff|104;x;9999|4;1;?", "4;1;rgb:f0f0/f0f0/f0f0"),
    ],
    "OSC 5: xterm ctlseqs": [
        asked("5;0;#123456|5;0;?", "5;0;rgb:1212/3434/5656"),
        asked("5;0;#123456|4;256;?", "4;256;rgb:1212/3434/5656"),
        asked("5;0;#123456|105;0|5;0;?", "5;0;rgb:e5e5/e5e5/e5e5"),
        asked("5;0;#123456|105|5;0;?", "5;0;rgb:e5e5/e5e5/e5e5"),
        asked("5;9;?", ""),
    ],
    "OSC 10 to 19: xterm ctlseqs": [
        asked("10;?", "10;rgb:e5e5/e5e5/e5e5"),
        asked("11;?", "11;rgb:0000/0000/0000"),
        *(asked(f"{n};#123456|{n};?", f"{n};rgb:1212/3434/5656") for n in range(10, 20)),
        *(
            asked(
                f"{n};#123456|1{n};|{n};?",
                f"{n};rgb:{'/'.join(['0000' if n in (11, 14, 16, 19) else 'e5e5'] * 3)}",
            )
            for n in range(10, 20)
        ),
        asked("10;#123456;#654321|11;?", "11;rgb:6565/4343/2121"),
        asked("10;nonsense|10;?", "10;rgb:e5e5/e5e5/e5e5"),
        asked("20;?", ""),
    ],
}
MORE: dict[str, list[Case]] = {
    "OSC colours": [
        ("BEL ends the answer to BEL", "␛]4;1;?\a", "␛]4;1;rgb:cdcd/0000/0000\a"),
        ("two at once", "␛]4;0;?;1;?\a", "␛]4;0;rgb:0000/0000/0000\a␛]4;1;rgb:cdcd/0000/0000\a"),
        ("RIS brings them back", "␛]4;1;#fff\a␛c␛]4;1;?\a", "␛]4;1;rgb:cdcd/0000/0000\a"),
        ("XTPUSHCOLORS", "␛]4;1;#fff\a␛[#P␛]4;1;#000\a␛[#Q␛]4;1;?\a", "␛]4;1;rgb:f0f0/f0f0/f0f0\a"),
        ("XTREPORTCOLORS", "␛[#R␛[#P␛[#P␛[#R␛[#Q␛[#R", "␛[?0;0#Q␛[?2;2#Q␛[?1;1#Q"),
        ("XTPOPCOLORS of nothing", "␛[#Q␛]4;1;?\a", "␛]4;1;rgb:cdcd/0000/0000\a"),
    ],
}


@parametrize(TITLES)
def test_titles_and_swallowed_strings(fed: str, expected: Expected) -> None:
    check(fed, expected)


@parametrize(COLOURS | MORE)
def test_colours(fed: str, expected: Expected) -> None:
    check(fed, expected)


def test_what_the_painter_reads_of_colours() -> None:
    terminal = run("␛]4;1;#102030\a␛]10;#112233;#445566;#778899\a")
    colours = terminal.colours
    assert colours.palette == {1: "102030"}
    assert (colours.foreground, colours.background, colours.cursor) == ("112233", "445566", "778899")
    before = colours.revision
    terminal.feed(b"\x1b]104\a\x1b]110\a")
    assert colours.revision > before
    assert (colours.palette, colours.foreground) == ({}, None)


def test_a_theme_is_what_the_guest_is_told() -> None:
    terminal = Terminal()
    terminal.colours.theme([f"{n:02x}" * 3 for n in range(16)], "abcdef", "fedcba")
    terminal.feed(b"\x1b]4;5;?\a\x1b]10;?;?\a")
    expected = "\x1b]4;5;rgb:0505/0505/0505\a\x1b]10;rgb:abab/cdcd/efef\a\x1b]11;rgb:fefe/dcdc/baba\a"
    assert terminal.take_replies().decode() == expected
    with pytest.raises(ValueError, match="16"):
        terminal.colours.theme(["000000"], "abcdef", "fedcba")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("c;aGVsbG8=", "hello"),
        (";aGVsbG8=", "hello"),
        ("p;aGVsbG8=", "hello"),
        ("c;5pel5pys", "日本"),
        ("c;?", None),
        ("c;", None),
        ("c", None),
        ("c;!!!", None),
        ("c;aGVsbG8", None),
    ],
)
def test_clipboard(body: str, text: str | None) -> None:
    terminal = run(f"␛]52;{body}\a")
    assert terminal.take_clipboard() == text
    assert terminal.take_clipboard() is None
    assert terminal.take_replies() == b""


def test_the_clipboard_is_bounded() -> None:
    terminal = Terminal()
    full = base64.b64encode(b"x" * MAX_CLIPBOARD)
    terminal.feed(b"\x1b]52;c;" + full + b"\a")
    assert terminal.take_clipboard() == "x" * MAX_CLIPBOARD
    terminal.feed(b"\x1b]52;c;" + base64.b64encode(b"x" * (MAX_CLIPBOARD + 9)) + b"\aback")
    assert terminal.take_clipboard() is None
    assert rows(terminal) == ["back"]
