"""The drawing of graphs of the past: pure functions of figures."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuivm.core.pictures import Drawing, Picture, Wish
from tuivm.model.domain import DomainKey
from tuivm.model.graphs import MOST, Curve, Form, Panel, View, compared, panels
from tuivm.model.look import Look
from tuivm.model.markers import Marker, Sign
from tuivm.model.measure import Unit
from tuivm.model.series import Metric, Series, Window
from tuivm.ui.board import LEAST_HEIGHT, Scene, arrange, compose, cursor_cells, pages, reading, tops
from tuivm.ui.board_ink import paint_of
from tuivm.ui.chart import Paint, draw
from tuivm.ui.colour import contrast, distance
from tuivm.ui.plot import Piece
from tuivm.ui.roles import Roles, compare_colours, make_roles
from tuivm.ui.text import width_of
from tuivm.ui.theme import load_themes

NOW = 1_790_000_000.0
KEYS = tuple(DomainKey("test:///default", f"00000000-0000-0000-0000-{number:012}") for number in range(MOST))
KNOWN = frozenset(
    [Series(metric) for metric in Metric]
    + [Series(Metric.CPU, str(number)) for number in range(9)]
    + [Series(Metric.DISK_READ, "vda"), Series(Metric.DISK_WRITE, "vdb[b]")]
)
NAN = math.nan


def all_roles() -> dict[str, Roles]:
    from tuivm.paths import theme_dirs

    themes, _ = load_themes(theme_dirs())
    return {name: make_roles(spec.to_textual()) for name, spec in themes.items()}


ROLES = all_roles()


def paint(*, ascii_only: bool = False, monochrome: bool = False) -> Paint:
    found = paint_of(ROLES["tuivm-dark"], "#000000", ascii_only=ascii_only)
    return Paint(found.ink, found.roles, monochrome, ascii_only)


def text(rows: list[list[Piece]]) -> list[str]:
    return ["".join(piece for piece, _ in row) for row in rows]


def scene(
    view: View,
    count: int,
    size: tuple[int, int],
    values: list[float],
    look: Look,
    *,
    ascii_only: bool,
    apart: bool = False,
    page: int = 0,
) -> Scene:
    names = tuple(f"vm [b]{number}\x1b" for number in range(count))
    made = (
        compared(view, [KNOWN] * count, names, apart=apart) if count > 1 else panels(view, KNOWN, apart=apart)
    )
    grid = arrange(len(made), size[0], size[1] - 1)
    frame = look.frame(NOW, grid.cells() * (1 if ascii_only else 2), 1.0)
    cycle = values or [NAN]
    average = tuple(cycle[index % len(cycle)] for index in range(frame.count))
    window = Window(frame.start, frame.step, average, average, tuple(value * 2 for value in average))
    drawings = tuple(
        Drawing(panel, (window,) * len(panel.curves), None, "" if values else "why [b]") for panel in made
    )
    wish = Wish(KEYS[:count], names, (True,) * count, view, apart, look, size, 1.0, NOW)
    markers = (
        Marker(NOW - 20, Sign.FAULT, "it [b]\x1b[31m crashed", "vm"),
        Marker(NOW - 40, Sign.START, "up"),
    )
    picture = Picture(wish, frame, drawings, markers)
    page = min(page, pages(len(drawings), grid) - 1)
    return Scene(picture, grid, page, look.cursor, look.follows, tops(drawings, {}), {})


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(list(View)),
    st.integers(1, 4),
    st.tuples(st.integers(1, 210), st.integers(2, 55)),
    st.lists(st.one_of(st.just(NAN), st.floats(0, 1e13)), max_size=30),
    st.sampled_from([60.0, 3600.0, 7 * 86_400.0]),
    st.one_of(st.none(), st.floats(0, 1e6)),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_drawing_never_leaves_its_area(
    view: View,
    count: int,
    size: tuple[int, int],
    values: list[float],
    span: float,
    cursor: float | None,
    ascii_only: bool,
    monochrome: bool,
    apart: bool,
) -> None:
    look = Look(span, None, None if cursor is None else NOW - cursor)
    shown = scene(view, count, size, values, look, ascii_only=ascii_only, apart=apart, page=1)
    brush = paint(ascii_only=ascii_only, monochrome=monochrome)
    rows = text([reading(shown, brush, size[0]), *compose(shown, brush)])
    assert len(rows) <= size[1]
    assert all(width_of(row) <= size[0] for row in rows)
    assert not any("\x1b" in row for row in rows)
    if ascii_only:
        # An ellipsis and the sign of what cannot be shown are replaced on the way out.
        assert all(row.replace("…", "").replace("\ufffd", "").isascii() for row in rows)
    for cell in cursor_cells(shown, brush):
        assert 0 <= cell < size[0]


@given(st.integers(1, 40), st.integers(1, 300), st.integers(1, 70), st.booleans())
def test_every_graph_has_a_place_on_some_page(count: int, width: int, height: int, tight: bool) -> None:
    grid = arrange(count, width, height, tight=tight)
    assert sum(grid.heights) + grid.timeline <= max(height, 1)
    assert grid.columns * grid.width <= width
    assert pages(count, grid) * grid.places >= count
    if len(grid.heights) > 1:
        assert min(grid.heights) >= LEAST_HEIGHT - tight


def test_the_room_is_used_well() -> None:
    def shape(count: int, width: int, height: int) -> tuple[int, int]:
        grid = arrange(count, width, height)
        return grid.columns, len(grid.heights)

    assert shape(4, 80, 20) == (2, 2)
    assert shape(4, 200, 46) == (2, 2)
    assert shape(1, 200, 46) == (1, 1)
    assert shape(8, 200, 46) == (2, 4)
    assert shape(16, 200, 46) == (3, 6)
    assert shape(16, 80, 20) == (2, 4)
    assert pages(16, arrange(16, 80, 20)) == 2


def test_the_highest_reading_is_seen_beyond_the_average() -> None:
    (panel,) = panels(View.VCPUS, frozenset())
    look = Look(60.0)
    frame = look.frame(NOW, 20, 1.0)
    flat = (10.0,) * frame.count
    spike = (*flat[:-1], 100.0)
    drawing = Drawing(panel, (Window(frame.start, frame.step, flat, flat, spike),), None, "")
    coloured = draw(drawing, 100.0, frame, None, paint(), (15, 5))
    assert coloured[1][-1][0].strip() == "⢸"
    assert coloured[1][-1][1] != coloured[4][-1][1]
    flat_ink = text(draw(drawing, 100.0, frame, None, paint(monochrome=True), (15, 5)))
    assert flat_ink[1].endswith("⢸")
    letters = text(draw(drawing, 100.0, frame, None, paint(ascii_only=True), (15, 5)))
    assert letters[1].endswith("'")
    assert "'" not in letters[4]


def one_graph(
    values: list[float], size: tuple[int, int], *others: list[float], form: Form = Form.AREA, note: str = ""
) -> list[list[Piece]]:
    """A graph of these curves, 0 to 100 %, whose newest values are at the right."""
    curves = tuple(
        Curve(Series(Metric.CPU, str(number)), "cpu" if not number else "memory", f"c{number}")
        for number in range(1 + len(others))
    )
    frame = Look(0).frame(NOW, 2 * max(size[0] - 5, 1), 1.0)
    windows = []
    for each in (values, *others):
        full = (NAN,) * (frame.count - len(each)) + tuple(each[-frame.count :])
        windows.append(Window(frame.start, frame.step, full, full, full))
    drawing = Drawing(Panel("cpu", Unit.PERCENT, curves, form), tuple(windows), None, "")
    return draw(drawing, 100.0, frame, None, replace(paint(), note=note), size)


def test_title_and_axis() -> None:
    rows = text(one_graph([0.0, 50, 100, 63], (60, 5), note="of 4 vCPUs"))
    assert rows[0].startswith("cpu  63% of 4 vCPUs")
    assert rows[0].endswith("min 0% avg 53% max 100%")
    assert [row[:5] for row in rows[1:]] == ["100%┤", "    │", "    │", "   0┤"]
    assert rows[1].endswith("⡇")
    assert rows[4].endswith("⣸⣿")
    assert "50%┤" in text(one_graph([1.0], (40, 11)))[6]
    assert "┤" not in "".join(text(one_graph([50.0], (12, 4))))


def test_gaps_stay_gaps() -> None:
    values = [50.0] * 4 + [NAN] * 4 + [50.0] * 4
    assert text(one_graph(values, (16, 3)))[2].endswith("⣿⣿  ⣿⣿")


def test_mirrored_curves_grow_from_the_middle() -> None:
    rows = one_graph([100.0] * 90, (45, 7), [100.0] * 90, form=Form.MIRRORED)
    assert [row[:5] for row in text(rows)[1:]] == ["100%┤", "    │", "   0┤", "    │", "    │", "100%┤"]
    assert rows[1][-1] == ("⣿" * 40, paint().roles["cpu"])
    assert rows[6][-1] == ("⣿" * 40, paint().roles["memory"])
    half = text(one_graph([50.0] * 90, (45, 5), [50.0] * 90, form=Form.MIRRORED))
    assert [row[-1] for row in half[1:]] == [" ", "⣿", "⣿", " "]


def test_lines_over_an_area() -> None:
    rows = one_graph([25.0] * 90, (45, 5), [100.0] * 90)
    assert rows[1][-1] == ("⠉" * 40, paint().roles["memory"])
    assert set(rows[4][-1][0]) == {"⣿"}


def test_compared_domains_are_letters_in_ascii() -> None:
    shown = scene(View.VCPUS, 3, (80, 20), [10.0, 90.0, 50.0], Look(), ascii_only=True)
    drawn = "".join(text(compose(shown, paint(ascii_only=True))))
    assert "a" in drawn
    (legend,) = text([reading(shown, paint(ascii_only=True), 80)])
    assert "a vm [b]0" in legend
    assert "c vm [b]2" in legend


def test_why_there_is_nothing_is_said() -> None:
    shown = scene(View.TOTALS, 1, (80, 20), [], Look(), ascii_only=False)
    assert " ".join(text(compose(shown, paint()))).count("why [b]") == 4


def test_the_first_line_tells_what_happened_at_the_cursor() -> None:
    look = Look(60.0, None, NOW - 20)
    shown = scene(View.TOTALS, 1, (80, 20), [1.0], look, ascii_only=False)
    (line,) = text([reading(shown, paint(), 80)])
    assert "✖ vm: it [b]\ufffd[31m crashed" in line
    free = scene(View.TOTALS, 1, (80, 20), [1.0], Look(60.0), ascii_only=True)
    (legend,) = text([reading(free, paint(ascii_only=True), 80)])
    assert "x fault" in legend
    assert "^ started" in legend


def test_tops_of_a_family_are_one_and_do_not_jump() -> None:
    shown = scene(View.TOTALS, 3, (200, 50), [5.0, 70.0], Look(), ascii_only=False, apart=True)
    found = tops(shown.picture.drawings, {})
    assert len(found) == 6
    before = {slot: top * 2 for slot, top in found.items()}
    assert tops(shown.picture.drawings, before)["disk-read", shown.picture.drawings[6].panel.unit] >= 4096


@pytest.mark.parametrize("name", sorted(ROLES))
def test_colours_of_compared_domains_can_be_told_apart(name: str) -> None:
    found = compare_colours(ROLES[name], MOST)
    assert len(set(found)) == MOST
    assert all(contrast(colour, ROLES[name].background) >= 2.5 for colour in found)
    assert all(distance(one, other) >= 50 for one, other in pairwise(found))
