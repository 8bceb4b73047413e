"""Hostile input: nothing raises, the cursor stays inside, and how the stream was cut makes no difference."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks.captures import MADE
from tests.benchmarks.cuts import cut_everywhere, mutated, same_in_all_pieces
from tests.unit.terminals import make, text
from tuivm.terminal import Terminal

VIM = (
    b"\x1b[?1049h\x1b[22;0;0t\x1b[>4;2m\x1b[?1h\x1b=\x1b[?2004h\x1b[1;24r\x1b[?12h\x1b[?12l\x1b[22;2t"
    b'\x1b[27m\x1b[23m\x1b[29m\x1b[m\x1b[H\x1b[2J\x1b[?25l\x1b[24;1H"f" 3L, 9B\x1b[2;1H\xe2\x96\xbd\x1b[6n'
    b"\x1b[2;1H  \x1b[3;1H\x1bPzz\x1b\\\x1b[0%m\x1b[6n\x1b[3;1H           \x1b[1;1H\x1b[>c\x1b[1;1Hhello\r\n"
    b"\x1b[94m~\x1b[3;1H~\x1b[m\x1b[24;9H1,1\x1b[11CAll\x1b[1;1H\x1b[?25h\x1b[?4m\x1b[2;4r\x1b[2;1H\x1bM"
    b"\x1b[1;24r\x1b[?1l\x1b>\x1b[?2004l\x1b[?1049l\x1b[23;0;0t\x1b[?25h\x1b[>4;m"
)
"""vim comes and goes under xterm-256color."""
DIALOG = (
    b"\x1b(B\x1b)0\x1b[m\x0f\x1b[2;2H\x0elqqqk\x0f\r\n\x0ex\x0f a \x0ex\x0f\x1b[4;2H\x0emqqqj\x0f"
    b"\x1b[38;2;255;100;0mx\x1b[48:5:22my\x1b[0;1;2;3;4;7mz\x1b[m\r 10%\r 99%\x1b[K\r\n\xe6\xbc\xa2"
    b"\x08\x08\x08X\xe6\xbc\xa2\x1b[1@\x1b[2P\x1b[3X\xcc\x81e\xcc\x81\xe2\x80\x8d\xef\xb8\x8f\x1b]0;t\x07"
    b"\x1b]8;;u\x1b\\"
)
"""A box under vt220, colours, a progress bar, wide characters, strings."""
REGIONS = (
    b"\x1b[?69h\x1b[2;5s\x1b[2;3r\x1b[?6hab\xe6\xbc\xa2cdefgh\x1b[S\x1b[2T\x1b[L\x1b[M\x1b['}\x1b['~"
    b"\x1b[1;1;2;2;1;2;3;1$v\x1b[65;1;1;3;3$x\x1b[?6l\x1b[?69l\x1b[r\x1b#8\x1b[!p\x1b[4hins\x1b[4l"
    b"\x1b[20b\x1bc"
)
"""Margins and rectangles."""
LINES = b"".join(b"%d: %s\r\n" % (n, b"x" * (n % 30)) for n in range(40)) + b"\x1b[31mred\r\n" * 9
"""A flood of lines."""
CAPTURES = (LINES, VIM, DIALOG, REGIONS)
WORDS = """
    \x1b[ \x1b \xe6\xbc\xa2 e\xcc\x81 \xe2\x80\x8d \xf0\x9f\x98\x80 \xff \x9b \xc2\x9b 0 1 9
    99999 ; : ? ! $ ' abc
    \x1b\\ \x1b(0 \x1bN \x1b[?1049h \x1b[?1049l \x1b[?69h \x1b[?6h \x1b[?7l \x1b[4h \x1b[2;3r \x1b[2;4s
    \x1b[31m \x1b[44m
"""
CONTROLS = b"ABCDEFGHIJKLMPSTXZ@`abcdefghlmnpqrstuvx}~ \n\r\t\x08\x0e\x0f\x18\x05\x7f]P\x07"
PIECES = (
    *(word.encode("latin-1") for word in WORDS.replace("\n", " ").split(" ") if word),
    *(bytes([code]) for code in CONTROLS),
)
HOSTILE = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=80).map(b"".join),
    st.tuples(
        st.sampled_from(CAPTURES), st.lists(st.tuples(st.integers(0, 600), st.binary(max_size=3)), max_size=8)
    ).map(lambda pair: mutate(*pair)),
)


def mutate(data: bytes, edits: list[tuple[int, bytes]]) -> bytes:
    """Replace single bytes of a capture by a few others, or none."""
    for place, new in edits:
        data = data[:place] + new + data[place + 1 :]
    return data


def state(terminal: Terminal) -> tuple[Any, ...]:
    screen = terminal.screen
    return (
        screen.display,
        [[cell.pen.style for cell in row] for row in screen.buffer],
        [row.wrapped for row in screen.buffer],
        (screen.cursor.x, screen.cursor.y, screen.wrap_pending, screen.cursor.hidden),
        screen.mode,
        screen.margins,
        [line.text for line in terminal.scrollback],
        bytes(screen.replies),
        terminal.title,
    )


def check(terminal: Terminal) -> None:
    """What holds whatever the guest sends."""
    screen = terminal.screen
    assert 0 <= screen.cursor.x < screen.columns
    assert 0 <= screen.cursor.y < screen.lines
    assert 0 <= screen.top <= screen.bottom < screen.lines
    assert 0 <= screen.left <= screen.right < screen.columns
    for rows in (screen.buffer, screen.other):
        assert len(rows) == screen.lines
        assert all(len(row) == screen.columns for row in rows)
    assert screen.dirty <= set(range(screen.lines))
    assert not any(ord(character) < 32 for row in screen.display for character in row)


@settings(max_examples=150, deadline=None)
@given(HOSTILE, st.integers(1, 13), st.integers(1, 5))
def test_nothing_raises_and_the_cursor_stays_inside(data: bytes, columns: int, lines: int) -> None:
    terminal = make(data, columns, lines)
    check(terminal)
    terminal.take_replies()
    terminal.resize(lines * 3, columns)
    check(terminal)
    terminal.feed(data)
    check(terminal)


@settings(max_examples=150, deadline=None)
@given(HOSTILE, st.lists(st.integers(1, 9), min_size=1, max_size=10))
def test_pieces_make_the_same_screen(data: bytes, sizes: list[int]) -> None:
    whole = make(data, 12, 5)
    pieces = Terminal(12, 5, 100)
    position = turn = 0
    while position < len(data):
        size = sizes[turn % len(sizes)]
        pieces.feed(data[position : position + size])
        position += size
        turn += 1
    assert state(pieces) == state(whole)


def test_every_capture_cut_at_every_byte() -> None:
    for capture in CAPTURES:
        whole = state(make(capture, 20, 6))
        for cut in range(len(capture)):
            terminal = make(capture[:cut], 20, 6)
            terminal.feed(capture[cut:])
            assert state(terminal) == whole


@pytest.mark.parametrize("name", MADE)
def test_made_captures_cut_at_every_byte(name: str) -> None:
    source = random.Random(2)
    data = b"".join(MADE[name](source, number).encode() + b"\r\n" for number in range(8))
    assert cut_everywhere(data[:500]) == []


def test_random_and_mutated_input_whole_in_pieces_and_byte_by_byte() -> None:
    assert same_in_all_pieces(random.Random(3).randbytes(15_000))
    assert same_in_all_pieces(mutated([*CAPTURES], 15_000))


@settings(max_examples=100, deadline=None)
@given(HOSTILE)
def test_wide_characters_are_never_torn(data: bytes) -> None:
    for row in make(data, 12, 5).screen.buffer:
        for x, cell in enumerate(row):
            if not cell.data:
                assert x > 0
                assert row[x - 1].data


def test_the_vim_capture_leaves_the_shell_as_it_was() -> None:
    terminal = make(b"$ vim\r\n" + VIM + b"$ ", 30, 24)
    assert text(terminal) == ["$ vim", "$"]
    assert terminal.take_replies() == b"\x1b[2;2R\x1b[3;1R\x1b[>41;390;0c"


def test_huge_counts_cost_no_more_than_a_screen() -> None:
    terminal = make("漢x" + "\x1b[65535b\x1b[65535L\x1b[65535@\x1b[65535S\x1b[65535I\x1b[65535Z" * 20)
    check(terminal)
