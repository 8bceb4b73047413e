"""A console's output as plain lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.core.console_text import LONGEST_LINE, Lines

PIECES = st.sampled_from(
    [
        *(b"hello", b"\r\n", b"\n", b"\r", b"\b", b"\t", b"\x00", b"\xff", b"login: ", b"[31m", b"]0;t"),
        *(b"\x1b[31m", b"\x1b[K", b"\x1b[2J\x1b[H", b"\x1b(0", b"\x1b", b"\x1b[", b"\x1b[5C", b"\xc2\x9b1m"),
        *(b"\x1b]0;title\x07", b"\x1b]0;t\x1b\\", b"\x1bPabc\x1b\\", b"\x1b]8;;x", b"\x18", b"\x07", b"\x0c"),
        *("é".encode(), "漢".encode(), "漢".encode()[:2]),
    ]
)


def fed(*pieces: bytes) -> tuple[list[str], str]:
    lines = Lines()
    found = [line for piece in pieces for line in lines.feed(piece)]
    return found, lines.partial


@pytest.mark.parametrize(
    ("data", "lines", "partial"),
    [
        (b"one\r\ntwo\r\n\r\nthree", ["one", "two", ""], "three"),
        (b"\x1b[0;32m  OK  \x1b[0m Started\r\n", ["  OK   Started"], ""),
        (b"\x1b]0;a title\x07$ \x1b[?2004h", [], "$ "),
        (b"10%\r20%\r100%\r\n", ["100%"], ""),
        (b"long text\r\x1b[Kshort\r\n", ["short"], ""),
        (b"long text\rshort\r\n", ["shorttext"], ""),
        (b"abcX\b \bY", [], "abcY"),
        (b"\x1b[2J\x1b[Hone\x1b[5;1Htwo\r\n", ["one", "two"], ""),
        (b"a\x1bP1$r0m\x1b\\b\x1b_x\x1b\\c\x1b^y\x9c\x1b\\d\n", ["abcd"], ""),
        (b"\x1b]52;c;aGVsbG8\x1b[31mred\n", ["red"], ""),
        (b"tab\there\x07\x00\n", ["tab\there"], ""),
        ("漢字 é\n".encode(), ["漢字 é"], ""),
        (b"\xff\xfe\n", ["��"], ""),
        (b"trailing   \r\n", ["trailing"], ""),
        (b"\x1bc\x1b7\x1b8\x1b=fresh\n", ["fresh"], ""),
    ],
)
def test_lines(data: bytes, lines: list[str], partial: str) -> None:
    assert fed(data) == (lines, partial)


@given(st.lists(PIECES, max_size=25).map(b"".join), st.data())
def test_cut_anywhere_it_is_the_same(data: bytes, draw: st.DataObject) -> None:
    cuts = sorted(draw.draw(st.lists(st.integers(0, len(data)), max_size=6)))
    pieces = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    assert fed(*pieces) == fed(data)


@given(st.lists(PIECES | st.binary(max_size=10), max_size=30))
def test_nothing_that_a_terminal_obeys_is_left(pieces: list[bytes]) -> None:
    lines, partial = fed(*pieces)
    for line in (*lines, partial):
        assert not {char for char in line if char < " " and char != "\t"}
        assert not {char for char in line if "\x7f" <= char <= "\x9f"}


def test_a_line_without_an_end_is_bounded() -> None:
    lines, partial = fed(*[b"x" * 1000] * 100)
    assert (lines, len(partial)) == ([], LONGEST_LINE)
    assert [len(line) for line in fed(b"x" * 100_000 + b"\n")[0]] == [LONGEST_LINE]


def test_a_string_without_an_end_does_not_swallow_for_ever() -> None:
    lines = Lines()
    assert lines.feed(b"\x1b]0;" + b"x" * 1000) == []
    for _ in range(400):
        lines.feed(b"x" * 1000)
    assert lines.feed(b"\nKernel panic\n")[-1] == "Kernel panic"


def test_a_long_string_that_ends_is_left_out() -> None:
    assert fed(b"a\x1b]52;c;", *[b"x" * 1000] * 100, b"\x1b", b"\\b\n") == (["ab"], "")


def test_after_a_reset_it_begins_a_new_line() -> None:
    lines = Lines()
    lines.feed(b"half a li\x1b[3")
    lines.reset()
    assert lines.feed(b"whole\n") == ["whole"]
