"""Graphs: the pure drawing, and the widget that shows it."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.containers import Grid
from textual.widget import Widget

from tests.ui.world import WidgetApp, lines, sample
from tuivm.ui.plot import AXIS, Ink, Layout, Piece, Plot, Series, Unit, draw, scale
from tuivm.ui.roles import roles_of
from tuivm.ui.text import width_of
from tuivm.ui.theme import DEFAULT_LIGHT, HIGH_CONTRAST
from tuivm.ui.widgets.gauge import Gauge
from tuivm.ui.widgets.graph import Graph

MIB, GIB = 1 << 20, 1 << 30
INK = Ink("#ffffff", "#ffffff", "#808080", "#000000")
BLUE, RED = "#0000ff", "#ff0000"


def text(rows: list[list[Piece]]) -> list[str]:
    return ["".join(piece for piece, _ in row) for row in rows]


def plot(*values: list[float], unit: Unit = Unit.PERCENT, maximum: float = 100.0, **more: object) -> Plot:
    colours = (BLUE, RED)
    names = ("read", "write") if len(values) > 1 else ("",)
    series = tuple(Series(one, colours[at], names[at]) for at, one in enumerate(values))
    return Plot(series, "cpu", unit, maximum, **more)  # type: ignore[arg-type]


def test_title_axis_and_time_line() -> None:
    shown = text(draw(plot([0.0, 50, 100, 63], note="of 4 vCPUs"), 60, 6, INK))
    assert shown[0].startswith("cpu  63% of 4 vCPUs")
    assert shown[0].endswith("min 0% avg 53% max 100%")
    assert [row[:AXIS] for row in shown[1:5]] == ["100%┤", "    │", "    │", "   0┤"]
    assert shown[5].split() == ["110", "s", "─" * (55 - 5 - 3 - 2), "now"]
    assert shown[1].endswith("⡇")
    assert shown[4].endswith("⣸⣿")


def test_a_high_graph_marks_the_middle() -> None:
    shown = text(draw(plot([1.0]), 40, 12, INK))
    assert "50%┤" in shown[6]


def test_small_graphs_drop_parts_in_order() -> None:
    assert len(draw(plot([50.0]), 40, 3, INK)) == 3
    assert "now" not in "".join(text(draw(plot([50.0]), 40, 3, INK)))
    (single,) = text(draw(plot([50.0]), 40, 1, INK))
    assert single.startswith("100%┤")
    assert "┤" not in "".join(text(draw(plot([50.0]), 12, 4, INK)))
    assert draw(plot([50.0]), 0, 5, INK) == []


def test_gaps_stay_gaps() -> None:
    values = [50.0] * 4 + [math.nan] * 4 + [50.0] * 4
    bottom = text(draw(plot(values), 11, 4, INK))[2]
    assert bottom.endswith("⣿⣿  ⣿⣿")


def test_a_graph_without_values() -> None:
    shown = text(draw(plot([]), 40, 6, INK))
    assert shown[0].strip() == "cpu  -"
    assert text(draw(Plot((), "cpu", Unit.PERCENT, 100), 40, 3, INK))[0] == "cpu"


def test_mirrored_series_grow_from_the_middle() -> None:
    rows = draw(plot([100.0] * 90, [100.0] * 90, layout=Layout.MIRRORED), 45, 8, INK)
    shown = text(rows)
    assert "read 100%" in shown[0]
    assert [row[:AXIS] for row in shown[1:7]] == ["100%┤", "    │", "   0┤", "    │", "    │", "100%┤"]
    assert rows[1][-1] == ("⣿" * 40, BLUE)
    assert rows[6][-1] == ("⣿" * 40, RED)
    half = text(draw(plot([50.0] * 90, [50.0] * 90, layout=Layout.MIRRORED), 45, 6, INK))
    assert half[1].endswith("    ")
    assert half[2].endswith("⣿⣿")
    assert half[3].endswith("⣿⣿")
    assert half[4].endswith("    ")


def test_overlaid_series() -> None:
    rows = draw(plot([25.0] * 90, [100.0] * 90), 45, 6, INK)
    assert rows[1][-1] == ("⠉" * 40, RED)
    assert set(rows[4][-1][0]) == {"⣿"}


def test_ascii() -> None:
    shown = text(draw(plot([20.0, 99], [1.0, 80], ascii_only=True, layout=Layout.MIRRORED), 60, 9, INK))
    assert all(row.isascii() for row in shown)


def test_grouped_values_span_the_time_asked_for() -> None:
    shown = text(draw(plot([50.0] * 600, count=600, total=10_000), 45, 6, INK))
    assert "10.7 min" in shown[-1]
    assert "⣿" * 37 in shown[4]


@given(
    st.lists(st.one_of(st.just(math.nan), st.floats(0, 1e15)), max_size=80),
    st.integers(1, 90),
    st.integers(1, 14),
    st.sampled_from(list(Unit)),
    st.booleans(),
    st.sampled_from(list(Layout)),
    st.integers(1, 2),
)
def test_drawing_never_leaves_its_area(
    values: list[float], width: int, height: int, unit: Unit, ascii_only: bool, layout: Layout, count: int
) -> None:
    drawn = plot(*[values] * count, unit=unit, maximum=1000.0, ascii_only=ascii_only, layout=layout, note="n")
    rows = text(draw(drawn, width, height, INK))
    assert len(rows) == height
    assert all(width_of(row) <= width for row in rows)


def test_the_scale_does_not_jump() -> None:
    top = scale(3 * MIB, Unit.RATE, None)
    assert top == 4 * MIB
    assert scale(3.9 * MIB, Unit.RATE, top) == top
    assert scale(1.5 * MIB, Unit.RATE, top) == top
    assert scale(4.1 * MIB, Unit.RATE, top) == 8 * MIB
    assert scale(0.5 * MIB, Unit.RATE, top) == 0.5 * MIB
    assert scale(0, Unit.RATE, top) == 4096
    assert scale(math.nan, Unit.RATE, None) == 4096


@given(st.lists(st.floats(0, 1e12), min_size=2, max_size=30))
def test_the_scale_always_holds_the_values(peaks: list[float]) -> None:
    top = None
    for value in peaks:
        top = scale(value, Unit.BYTES, top)
        assert top >= value * (1 - 1e-9)
        assert scale(value, Unit.BYTES, top) == top


class Graphs(WidgetApp):
    """Four graphs as the details show them."""

    def __init__(self, theme: str = "tuivm-dark", *, ascii_only: bool = False) -> None:
        self.graphs = [Graph(ascii_only=ascii_only) for _ in range(4)]
        css = "Grid { grid-size: 2 2; grid-gutter: 1 2; padding: 1 2; background: $surface; }"
        super().__init__(self._widgets, theme, css)

    def _widgets(self) -> list[Widget]:
        return [Grid(*self.graphs)]

    def fill(self, end: int = 200) -> None:
        samples = [sample(0, tick) for tick in range(end)]

        def values(name: str) -> list[float]:
            return [math.nan if 150 < at < 160 else getattr(one, name) for at, one in enumerate(samples)]

        cpu, memory, disk, net = self.graphs
        cpu.show([("cpu", values("cpu"))], label="cpu", unit=Unit.PERCENT, maximum=100, note="of 4 vCPUs")
        memory.show(
            [("memory", values("memory_used"))], label="memory", unit=Unit.BYTES, maximum=GIB, note="of 1.0G"
        )
        disk.show(
            [("disk_read", values("disk_read"), "read"), ("disk_write", values("disk_write"), "write")],
            label="disk",
            unit=Unit.RATE,
        )
        net.show(
            [("net_rx", values("net_rx"), "in"), ("net_tx", values("net_tx"), "out")],
            label="net",
            unit=Unit.RATE,
            layout=Layout.MIRRORED,
        )


@pytest.mark.parametrize(
    ("size", "theme"), [((80, 24), "tuivm-dark"), ((200, 50), DEFAULT_LIGHT), ((100, 30), HIGH_CONTRAST)]
)
async def test_graphs_on_a_screen(svg: Callable[..., None], size: tuple[int, int], theme: str) -> None:
    app = Graphs(theme)
    async with app.run_test(size=size) as pilot:
        app.fill()
        await pilot.pause()
        assert "cpu  " in lines(app.graphs[0])[0]
        assert app.graphs[2].maximum == 4 * MIB
        svg(app)


async def test_a_graph_draws_only_what_differs() -> None:
    app = Graphs()
    async with app.run_test(size=(80, 24)) as pilot:
        app.fill()
        await pilot.pause()
        graph = app.graphs[0]
        drawn: list[int] = []
        original = graph.render_line

        def counted(y: int):  # type: ignore[no-untyped-def]
            drawn.append(y)
            return original(y)

        graph.render_line = counted  # type: ignore[method-assign]
        app.fill()
        await pilot.pause()
        assert not drawn
        app.fill(201)
        await pilot.pause()
        assert drawn
        assert graph.size.height - 1 not in drawn


async def test_a_graph_follows_the_theme_and_can_be_emptied() -> None:
    app = Graphs()
    async with app.run_test(size=(80, 24)) as pilot:
        app.fill()
        await pilot.pause()
        app.theme = DEFAULT_LIGHT
        await pilot.pause()
        cpu = roles_of(app).graph["cpu"]
        inks = {segment.style.color.name for segment in app.graphs[0].render_line(0) if segment.style.color}  # type: ignore[union-attr]
        assert cpu in inks
        app.graphs[0].clear()
        await pilot.pause()
        assert not "".join(lines(app.graphs[0])).strip()
        assert math.isnan(app.graphs[0].maximum)


async def test_labels_are_data() -> None:
    graph = Graph()
    app = WidgetApp(lambda: [graph])
    async with app.run_test(size=(60, 8)) as pilot:
        graph.show([("cpu", [1.0])], label="[b]x\x1b\n", unit=Unit.PERCENT, note="[/b]")
        await pilot.pause()
        assert lines(graph)[0].startswith("[b]x\ufffd   1% [/b]")


async def test_gauge() -> None:
    gauge = Gauge("cpu")
    app = WidgetApp(lambda: [gauge])
    async with app.run_test(size=(30, 3)) as pilot:
        gauge.show(0.5, "50%")
        await pilot.pause()
        assert lines(gauge) == ["cpu " + "█" * 11 + " " * 11 + " 50%"]
        gauge.show(None, "-")
        await pilot.pause()
        assert lines(gauge)[0].strip() == "cpu" + " " * 26 + "-"
        for share, role in ((0.2, "success"), (0.8, "warning"), (0.95, "error")):
            gauge.show(share, "x")
            inks = {segment.style.color.name for segment in gauge.render_line(0) if "█" in segment.text}  # type: ignore[union-attr]
            assert inks == {getattr(roles_of(app), role)}
