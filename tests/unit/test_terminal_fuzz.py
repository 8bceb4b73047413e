"""The same bytes make the same terminal however they come: byte by byte, in pieces, whole, in bulk."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.terminals import make
from tuivm.terminal import Terminal

WORDS = (
    "a",
    "word ",
    "   ",
    "longer than the screen is wide",
    "0123456789",
    "é…─",
    "漢字",
    "😀",
    "e\u0301",
    "\u200d",
)
COLOURS = (
    "",
    "0",
    "1",
    "31",
    "1;34",
    "44",
    "7",
    "38;5;9",
    "38;2;1;2;3",
    "48;2;9;9;9",
    "4:3",
    "0;32",
    "39",
    "22",
    "00",
)
ENDS = ("\r\n", "\r\n", "\r\n", "\n", "\r", "", "\r\r\n", "\x1b[K\r\n", "\t", "\x08")
TURNS = (
    "\x1b[2J",
    "\x1b[H",
    "\x1b[3;4H",
    "\x1b[2;3r",
    "\x1b[r",
    "\x1b[?1049h",
    "\x1b[?1049l",
    "\x1b[4h",
    "\x1b[4l",
    "\x1b[?7l",
    "\x1b[?7h",
    "\x1b[20h",
    "\x1b[20l",
    "\x1b(0",
    "\x1b(B",
    "\x1b[?69h\x1b[2;6s",
    "\x1b[?69l",
    "\x1b[?6h",
    "\x1b[?6l",
    "\x1bM\x1bM\x1bM",
    "\n\n\n\n\n\n\n\n",
    "\x1b[3b",
    "x\x1b[65535b",
    "x" * 70,
    '\x1b[1"q',
    "\x1b]0;title\x07",
    "\x1bP$qm\x1b\\",
    "\x1b[3\n1m",
    "\x1b[?5\x18",
    "\x1b\x1b[m",
    "\x9b1m",
    "\x1bc",
)
SEQUENCES = st.sampled_from(COLOURS).map("\x1b[{}m".format)
TEXTS = st.lists(st.one_of(st.sampled_from(WORDS), SEQUENCES), max_size=6).map("".join)
LINES = st.tuples(TEXTS, st.sampled_from(ENDS)).map("".join)
STREAMS = st.lists(st.one_of(LINES, LINES, LINES, st.sampled_from(TURNS)), max_size=24).map("".join)


def look(terminal: Terminal) -> tuple[Any, ...]:
    """Everything that can be told from outside."""
    screen = terminal.screen
    return (
        [[(char, pen.style) for char, pen in zip(row.chars, row.pens, strict=True)] for row in screen.buffer],
        [[(char, pen.style) for char, pen in zip(row.chars, row.pens, strict=True)] for row in screen.other],
        [row.wrapped for row in screen.buffer],
        [
            (line.text, line.wrapped, [(text, count, pen.style) for text, count, pen in line.runs()])
            for line in terminal.scrollback
        ],
        (screen.cursor.x, screen.cursor.y, screen.wrap_pending, screen.cursor.hidden, screen.last),
        (screen.pen.style, screen.mode, screen.charsets, screen.shift, screen.single_shift),
        (screen.top, screen.bottom, screen.left, screen.right, screen.saved, terminal.scrollback.total),
        (bytes(screen.replies), terminal.title, screen.icon_name),
    )


def feed_in(sizes: list[int], data: bytes, terminal: Terminal) -> Terminal:
    """Feed pieces of the given sizes, over and over."""
    position = turn = 0
    while position < len(data):
        size = sizes[turn % len(sizes)]
        terminal.feed(data[position : position + size])
        position += size
        turn += 1
    return terminal


@settings(max_examples=250, deadline=None)
@given(STREAMS, st.lists(st.integers(1, 90), min_size=1, max_size=4), st.sampled_from([1, 4, 10, 17]))
def test_bulk_pieces_and_bytes_are_the_same(text: str, sizes: list[int], columns: int) -> None:
    data = text.encode()
    whole = look(make(data, columns, 4))
    assert look(feed_in([1], data, Terminal(columns, 4, 100))) == whole
    assert look(feed_in(sizes, data, Terminal(columns, 4, 100))) == whole


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.lists(st.integers(1, 50), min_size=1, max_size=4))
def test_any_bytes_in_pieces_are_the_same(data: bytes, sizes: list[int]) -> None:
    whole = look(make(data, 12, 4))
    assert look(feed_in([1], data, Terminal(12, 4, 100))) == whole
    assert look(feed_in(sizes, data, Terminal(12, 4, 100))) == whole


@pytest.mark.parametrize("seed", range(4))
def test_a_long_stream_across_slices(seed: int) -> None:
    source = random.Random(seed)
    parts: list[str] = []
    while sum(map(len, parts)) < 60_000:
        parts.extend(source.choices(WORDS, k=source.randint(0, 4)))
        if source.random() < 0.3:
            parts.append(f"\x1b[{source.choice(COLOURS)}m")
        parts.append(source.choice((*ENDS, "\x1b[m\r\n", "\x1b[0m\r\n") if source.random() < 0.95 else TURNS))
    data = "".join(parts).encode()
    whole = look(make(data, 40, 10))
    assert look(feed_in([4096], data, Terminal(40, 10, 100))) == whole
    assert look(feed_in([7, 100, 31], data, Terminal(40, 10, 100))) == whole


def random_bytes(source: random.Random, size: int) -> bytes:
    """Bytes with more controls in them than chance would give."""
    parts = []
    for _ in range(size // 8):
        kind = source.random()
        if kind < 0.4:
            parts.append(source.randbytes(8))
        elif kind < 0.8:
            body = "".join(source.choices("0123456789;:?>!$ ", k=source.randint(0, 6)))
            parts.append(f"\x1b[{body}{chr(source.randint(64, 126))}".encode())
        else:
            parts.append(f"\x1b{chr(source.randint(32, 126))}".encode())
    return b"".join(parts)[:size]


@pytest.mark.parametrize("seed", range(3))
def test_random_input_keeps_the_cursor_inside(seed: int) -> None:
    data = random_bytes(random.Random(seed), 40_000)
    terminal = Terminal(30, 9, 100)
    for at in range(0, len(data), 997):
        terminal.feed(data[at : at + 997])
        screen = terminal.screen
        assert 0 <= screen.cursor.x < screen.columns
        assert 0 <= screen.cursor.y < screen.lines
        assert all(len(row.chars) == len(row.pens) == screen.columns for row in screen.buffer)
    assert look(terminal) == look(make(data, 30, 9))


def test_shared_rows_are_never_drawn_on() -> None:
    from tuivm.terminal.pen import PLAIN
    from tuivm.terminal.row import shared_blank

    source = random.Random(9)
    make(random_bytes(source, 60_000), 25, 7)
    row = shared_blank(25, PLAIN)
    assert set(row.chars) == {" "}
    assert set(row.pens) == {PLAIN}
    assert not row.wrapped


def test_lines_of_very_many_colours_are_kept_small_and_whole() -> None:
    from tuivm.terminal.squeezed import HEAVY

    cells = [
        f"\x1b[38;2;{x};{x * 2};7;4:{x % 6};48;5;{x + 16}m{'漢' if x % 9 == 0 else 'x'}" for x in range(40)
    ]
    many = ["\x1b[1m" * HEAVY, *[f"\x1b[38;5;{n % 256};{n % 7}m" for n in range(2 * HEAVY)], "a\x1b[0m"]
    data = ("".join([*cells, "\x1b[m\r\n"]) * 4 + "".join([*many, "\r\n"]) * 3 + "\n" * 9).encode()
    whole = look(make(data, 60, 4))
    assert len(whole[3]) > 9
    assert look(feed_in([1], data, Terminal(60, 4, 100))) == whole
    assert look(feed_in([100, 4096], data, Terminal(60, 4, 100))) == whole


FLOODS = st.lists(
    st.one_of(
        st.sampled_from(TURNS),
        st.sampled_from(WORDS),
        st.sampled_from(ENDS),
        st.sampled_from(
            (
                "\x1b[1;1;3;9;1$r",
                "\x1b[;;;;7$t",
                "\x1b[;2$v",
                "\x1b[S",
                "\x1b[T",
                "\x1b[2@",
                "\x1b[P",
                "\x1b[6n",
            )
        ),
        st.sampled_from(
            ("\x1b7", "\x1b8", "\x1bH", "\x1b[Z", "\x1b[3g", "\x1b#8", "\x1b[?5h", "\x1b[?5l", "\x07")
        ),
        st.sampled_from(
            ("\x1b]2;", "\x1b\\", "\x1b[", "\x1bP", "\x9c", "\x1b[22t", "\x1b[#{", "\x1b[#}", "\x1b[#P")
        ),
        SEQUENCES,
    ),
    min_size=1,
    max_size=5,
).map("".join)


@settings(max_examples=250, deadline=None)
@given(STREAMS, FLOODS, st.integers(0, 1400), st.sampled_from([0, 1, 3, 100]), STREAMS)
def test_floods_of_the_same_are_as_if_all_of_it_was_worked(
    before: str, unit: str, size: int, kept: int, after: str
) -> None:
    flood = (unit * size)[: size + 600]
    terminal, one_by_one = Terminal(20, 4, kept), Terminal(20, 4, kept)
    for part in (before, flood, after):
        terminal.feed(part.encode())
    feed_in([1], (before + flood + after).encode(), one_by_one)
    assert look(terminal) == look(one_by_one)
    assert terminal.screen.tabstops == one_by_one.screen.tabstops
    assert terminal.screen.device.bells == one_by_one.screen.device.bells
    assert terminal.screen.device.titles == one_by_one.screen.device.titles
    assert terminal.screen.device.pens == one_by_one.screen.device.pens


@settings(max_examples=150, deadline=None)
@given(
    STREAMS,
    st.tuples(st.integers(1, 4), st.integers(1, 12), st.integers(1, 4), st.integers(1, 12)),
    st.sampled_from(("1;4$r", "0$r", "5;22$r", "7$t", "0$t", "1;8$t", "$z")),
)
def test_a_rectangle_is_changed_as_its_cells_are(
    text: str, corners: tuple[int, int, int, int], what: str
) -> None:
    # No wide characters: the half of one that is erased takes the other one with it.
    text = text.replace("漢字", "--").replace("😀", "-") + "\x1b[?6l\x1b[2*x"
    top, left, bottom, right = corners
    semicolon = "" if what[0] == "$" else ";"
    at_once = make(f"{text}\x1b[{top};{left};{bottom};{right}{semicolon}{what}", 12, 4)
    cells = (
        f"\x1b[{y};{x};{y};{x}{semicolon}{what}"
        for y in range(top, bottom + 1)
        for x in range(left, right + 1)
    )
    assert look(at_once) == look(make(text + "".join(cells), 12, 4))
