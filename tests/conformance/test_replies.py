"""Nothing the guest sends comes back to it as text of its own choosing.

Whatever is fed, the answers are words of one small grammar: fixed forms with numbers in them.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conformance.cases import run
from tuivm.terminal import Terminal
from tuivm.terminal.screen import MAX_REPLIES

N = r"\d{1,5}"
COLOUR = r"rgb:[0-9a-f]{4}/[0-9a-f]{4}/[0-9a-f]{4}"
SGR = r"0(?:;[0-9:]{1,24})*"
FORMS = (
    *(r"\[\?64;1;2;6;9;15;16;17;18;21;22;28c", r"\[>41;390;0c", r"P!\|00000000\x1b\\", r"P>\|tuivm\x1b\\"),
    *(r"\[0n", rf"\[{N};{N}R", rf"\[\?{N};{N}(?:;1)?R", r"\[\?(?:13|20|27;1;0;0|50|57;0|70|83)n", r"\[0\*\{"),
    *(rf"P{N}!~[0-9A-F]{{4}}\x1b\\", rf"\[\??{N};[0-4]\$y", rf"\[(?:1|2|[3-9];{N};{N})t"),
    *(r"\[[23];1;1;128;128;1;0x", r"P0!u%5\x1b\\", r"P2\$u[0-9/]*\x1b\\", r"/Z", rf"\[{SGR}m"),
    *(r"P0\$r\x1b\\", rf"P1\$r(?:{SGR}m|{N};{N}[rs]|{N}(?:t| q|\"q|\*x|\*\||\$\|)|6[1-5];[01]\"p)\x1b\\"),
    rf"\[\?{N};{N}#Q",
    *(r"P0\+r\x1b\\", r"P1\+r[0-9A-F]{4,12}=[0-9A-F]{2,28}\x1b\\"),
    *(rf"\][45];{N};{COLOUR}(?:\a|\x1b\\)", rf"\]1[0-9];{COLOUR}(?:\a|\x1b\\)"),
)
GRAMMAR = re.compile("(?:\x1b(?:" + "|".join(FORMS) + "))*", re.ASCII)
"""All that may ever be answered, with 7-bit controls."""

SECRET = "rm -rf /"
"""What a guest would like to have typed."""
ATTEMPTS = (
    *("␛]0;§\a␛[20t␛[21t", "␛]1;§\a␛[20t", "␛[>2t␛]2;§\a␛[>1t␛[21t", "␛P$q§␛\\", "␛P$q§m␛\\", "␛P+q§␛\\"),
    *("␛P+q726d␛\\", "\x05", "␛P1$t§␛\\", "␛[1$w", "␛]52;c;cm0=\a␛]52;c;?\a", "␛]4;1;§\a␛]4;1;?\a"),
    *(
        "␛]10;§\a␛]10;?\a",
        "␛]4;1;?;§;?\a",
        "␛(§␛[1$w",
        "␛[§n",
        "␛]§\a",
        "␛P§␛\\",
        "␛_§␛\\",
        "␛^§␛\\",
        "␛X§␛\\",
    ),
    *(
        "§␛[1;1;1;1;1;80*y",
        "␛]8;;§␛\\x␛]8;;␛\\",
        "␛]7;§\a␛]7;?\a",
        "␛]l§\a",
        "␛]L§\a␛[20t",
        "␛]50;§\a␛]50;?\a",
    ),
    *(
        "␛]3;A=§\a␛]3;?A\a",
        "␛]60\a␛]61\a",
        "␛[>1;§q",
        "␛[?63;§n",
        "␛P0;1|17/726d0d␛\\",
        "␛[22t␛]2;§\a␛[23t␛[21t",
    ),
    *(
        "§␛[i␛[?1i",
        "␛]1337;ReportCellSize\a",
        "␛]1337;ReportVariable=§\a",
        "␛[?996n",
        "␛]99;i=§:p=?;\a",
        "␛_Ga=q;§␛\\",
    ),
)


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_no_answer_holds_what_the_guest_wrote(attempt: str) -> None:
    for text in (SECRET, "a\r", "reboot\n"):
        replies = run(attempt.replace("§", text)).take_replies().decode("latin-1")
        assert GRAMMAR.fullmatch(replies), replies
        assert text not in replies
        assert "\r" not in replies
        assert "\n" not in replies


PIECES = (
    *(
        "\x1b[",
        "\x1b]",
        "\x1bP",
        "\x1b\\",
        "\a",
        "$q",
        "+q",
        "?",
        ";",
        "$",
        "*",
        "#",
        '"',
        " ",
        "!",
        "&",
        "'",
    ),
    *("0", "1", "4", "10", "52", "99999", "436F", "m", "n", "c", "t", "y", "p", "q", "r", "x", "w", "u", "|"),
    *(
        "\x1b(0",
        "\x1bZ",
        "\x05",
        SECRET,
        "rgb:1/2/3",
        "\x1b[?6n",
        "\x1b[>c",
        "\x1b[2;1;1;1;1;3*y",
        "\x1b[?2l",
    ),
    *(
        "\x1b[31m",
        "\x1b[1;38;2;1;2;3m",
        "\x1b[#{",
        "\x1b]4;1;?\a",
        "\x1b]10;?\a",
        "\x1b[?1$p",
        "\x1b[1;1;1;1#|",
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_every_answer_is_of_a_known_form(pieces: list[str]) -> None:
    replies = run("".join(pieces)).take_replies().decode("latin-1")
    assert GRAMMAR.fullmatch(replies), replies


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_noise_is_answered_in_known_forms(data: bytes) -> None:
    terminal = Terminal(10, 5)
    terminal.feed(data)
    replies = terminal.take_replies().decode("latin-1")
    if not terminal.screen.device.eight_bit:
        assert GRAMMAR.fullmatch(replies), replies


@pytest.mark.parametrize(
    "question", ["␛[6n", "␛[c", "␛]4;1;?\a", "␛P$qm␛\\", "␛[1;1;1;1;5;10*y", "␛P+q436F␛\\"]
)
def test_answers_are_bounded(question: str) -> None:
    assert len(run(question * 20_000).take_replies()) <= MAX_REPLIES
