"""String bodies: titles are kept, everything else is swallowed and nothing leaks."""

from __future__ import annotations

import pytest

from tests.unit.terminals import make, text
from tuivm.terminal.parser import MAX_STRING
from tuivm.terminal.strings import MAX_TITLE


@pytest.mark.parametrize(
    "data",
    [
        "\x1b]0;title\x07",
        "\x1b]2;title\x1b\\",
        "\x1b]2;title\x9c",
        "\x9d2;title\x07",
        "\x1bktitle\x1b\\",
    ],
)
def test_titles(data: str) -> None:
    terminal = make("a" + data + "b")
    assert terminal.title == "title"
    assert text(terminal) == ["ab"]


def test_an_icon_name_is_no_title() -> None:
    terminal = make("\x1b]1;icon\x07")
    assert (terminal.title, terminal.screen.icon_name) == ("", "icon")


def test_a_title_has_no_controls_and_an_end() -> None:
    assert make("\x1b]2;a\x08\nb\u202ec\x07").title == "abc"
    assert len(make("\x1b]2;" + "x" * 5000 + "\x07").title) == MAX_TITLE


@pytest.mark.parametrize(
    "data",
    [
        "\x1bPq#0;2;0;0;0\x1b\\",
        "\x1b_Gf=24;AAAA\x1b\\",
        "\x1b^private\x1b\\",
        "\x1bXsos\x07still\x1b\\",
        "\x90dcs\x9c",
        "\x98sos\x9c",
        "\x9epm\x9c",
        "\x9fapc\x9c",
        "\x1b]52;c;aGVsbG8=\x07",
        "\x1b]8;;http://example.com\x1b\\",
        "\x1b]1337;File=:AAAA\x07",
        "\x1bPcancelled\x18",
        "\x1b]cancelled\x1a",
    ],
)
def test_bodies_do_not_leak(data: str) -> None:
    for terminal in (make("a" + data + "b"), make("a")):
        if text(terminal) == ["a"]:
            for byte in (data + "b").encode():
                terminal.feed(bytes([byte]))
        assert text(terminal) == ["ab"]
        assert terminal.title == ""


def test_an_escape_sequence_ends_a_string_that_was_left_open() -> None:
    assert text(make("\x1b]0;half a title\x1b[2;1Hx")) == ["", "x"]


def test_a_string_without_end_is_given_up() -> None:
    terminal = make("\x1b]0;" + "x" * 10)
    for _ in range(MAX_STRING // 65536 + 1):
        terminal.feed(b"y" * 65536)
    terminal.feed(b"\r\n\x1b[2J\x1b[Hback")
    assert text(terminal) == ["back"]


def test_the_rest_of_a_sequence_may_come_later() -> None:
    terminal = make()
    for piece in ("\x1b", "[", "2", ";", "3", "H", "x"):
        terminal.feed(piece.encode())
    assert text(terminal) == ["", "  x"]
