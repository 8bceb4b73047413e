"""Only what differs is written, and the terminal looks as if all of it had been."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from tests.unit.terminals import make
from tuivm.terminal import Terminal
from tuivm.ui.output.cells import Cells
from tuivm.ui.output.pens import Look, Pens, look_of

WIDTH, HEIGHT = 24, 4
CONSOLE = Console(color_system="truecolor", force_terminal=True, width=WIDTH)
STYLES = [
    None,
    Style(),
    Style(color="#ff0000"),
    Style(color="#00ff00", bgcolor="#101010"),
    Style(bold=True, bgcolor="#101010"),
    Style(bold=True, italic=True, color="color(9)"),
    Style(reverse=True, underline=True, bgcolor="color(200)"),
]
PIECES = ["a", "bc", " ", "    ", "⣿⣀", "│", "日本", "語x", "e\u0301f", "12345678", "\u00a0", "▁▂▃"]


def picture(terminal: Terminal) -> list[list[tuple[str, object]]]:
    """Every cell with its look."""
    return [[(cell.data, cell.pen.style) for cell in row] for row in terminal.screen.buffer]


def strip_of(parts: list[tuple[str, int]]) -> Strip:
    strip = Strip([Segment(text, STYLES[number]) for text, number in parts])
    return strip.adjust_cell_length(WIDTH)


PARTS = st.lists(st.tuples(st.sampled_from(PIECES), st.integers(0, len(STYLES) - 1)), max_size=12)
SCREENS = st.lists(PARTS, min_size=HEIGHT, max_size=HEIGHT)


def whole(lines: list[Strip]) -> LayoutUpdate:
    return LayoutUpdate([[line] for line in lines], Region(0, 0, WIDTH, HEIGHT))


@settings(max_examples=150, deadline=None)
@given(st.lists(SCREENS, min_size=1, max_size=4))
def test_a_terminal_that_gets_differences_looks_like_one_that_gets_all(
    screens: list[list[list[tuple[str, int]]]],
) -> None:
    cells = Cells()
    cells.begin(Size(WIDTH, HEIGHT))
    spared = make(columns=WIDTH, lines=HEIGHT)
    for screen in screens:
        update = whole([strip_of(parts) for parts in screen])
        cells.take(update)
        spared.feed(cells.flush().encode())
        full = make(columns=WIDTH, lines=HEIGHT)
        full.feed(update.render_segments(CONSOLE).encode())
        assert spared.screen.display == full.screen.display
        assert picture(spared) == picture(full)


@settings(max_examples=100, deadline=None)
@given(SCREENS, PARTS, st.integers(0, HEIGHT - 1), st.integers(1, 12))
def test_a_part_of_a_line_is_taken_where_it_stands(
    screen: list[list[tuple[str, int]]], parts: list[tuple[str, int]], y: int, x: int
) -> None:
    """Two widgets share a line; the right one alone is drawn again."""
    left = strip_of([("#" * x, 1)]).crop(0, x)
    right = strip_of(parts).crop(0, WIDTH - x)
    lines: list[list[Strip]] = [[strip_of(line)] for line in screen]
    lines[y] = [left, strip_of(screen[y]).crop(0, WIDTH - x)]
    cells = Cells()
    cells.begin(Size(WIDTH, HEIGHT))
    cells.take(LayoutUpdate(lines, Region(0, 0, WIDTH, HEIGHT)))
    spared = make(columns=WIDTH, lines=HEIGHT)
    spared.feed(cells.flush().encode())
    chops: list[dict[int, Strip | None]] = [{} for _ in range(HEIGHT)]
    chops[y] = {0: None, x: right}
    ends: list[list[int]] = [[] for _ in range(HEIGHT)]
    ends[y] = [x, WIDTH]
    cells.take(ChopsUpdate(chops, [(y, x, WIDTH)], ends))
    spared.feed(cells.flush().encode())
    lines[y] = [left, right]
    full = make(columns=WIDTH, lines=HEIGHT)
    full.feed(LayoutUpdate(lines, Region(0, 0, WIDTH, HEIGHT)).render_segments(CONSOLE).encode())
    assert picture(spared) == picture(full)


def test_what_did_not_change_costs_nothing() -> None:
    cells = Cells()
    cells.begin(Size(WIDTH, HEIGHT))
    lines = [strip_of([("cpu 12%", 2), ("  idle", 3)]) for _ in range(HEIGHT)]
    cells.take(whole(lines))
    assert cells.flush()
    cells.take(whole(lines))
    assert not cells
    assert cells.flush() == ""


def test_one_digit_costs_a_move_a_colour_and_a_digit() -> None:
    cells = Cells()
    cells.begin(Size(WIDTH, HEIGHT))
    cells.take(whole([strip_of([("cpu 12%", 2)])] * HEIGHT))
    cells.flush()
    before, after = strip_of([("cpu 12%", 2)]), strip_of([("cpu 13%", 2)])
    cells.take(whole([before, before, after, before]))
    assert cells.flush() == "\x1b[3;6H\x1b[38;2;255;0;0m3\x1b[m"


def test_what_is_forgotten_is_drawn_again() -> None:
    cells = Cells()
    cells.begin(Size(WIDTH, HEIGHT))
    cells.take(whole([strip_of([("all of it", 4)])] * HEIGHT))
    first = cells.flush()
    cells.forget()
    assert cells
    assert cells.flush() == first


@pytest.mark.parametrize(
    ("parameters", "look"),
    [
        ("", Look()),
        ("1;3", Look(("1", "3"))),
        ("38;2;1;2;3;48;5;7", Look((), "38;2;1;2;3", "48;5;7")),
        ("4;31;107", Look(("4",), "31", "107")),
        ("39;49", Look()),
    ],
)
def test_parameters_are_taken_apart(parameters: str, look: Look) -> None:
    assert look_of(parameters) == look


def test_fewer_colours_are_sent_when_asked_for() -> None:
    pens = Pens(ColorSystem.EIGHT_BIT)
    assert pens.change("\x00", pens.pen(Style(color="#ff0000"))) == "\x1b[38;5;196m"


def test_ever_new_colours_wear_the_pens_out() -> None:
    cells = Cells()
    cells.begin(Size(WIDTH, HEIGHT))
    for number in range(21_000):
        style = Style(color=f"#{number:06x}")
        cells.take(LayoutUpdate([[Strip([Segment("x", style)])]], Region(0, 0, 1, 1)))
    assert cells.is_worn
    cells.begin(cells.size)
    assert not cells.is_worn
