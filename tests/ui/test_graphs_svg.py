"""Pictures of the graphs, of a world that stands still."""

from __future__ import annotations

import pytest

from tests.svg import SvgSnapshots
from tests.ui.graph_still import shown
from tuivm.config import Config

by_size = pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
LIGHT = Config(ascii=False, theme="tuivm-light")


@by_size
async def test_graphs(svg: SvgSnapshots, size: tuple[int, int]) -> None:
    async with shown(size=size) as app:
        await app.press("i")
        svg(app.app, "now")
        await app.press("4", "comma")
        svg(app.app, "marker")
        await app.press("7", "v")
        svg(app.app, "week")
        await app.press("0", "3", "d")
        svg(app.app, "disks")


@by_size
async def test_graphs_light(svg: SvgSnapshots, size: tuple[int, int]) -> None:
    async with shown(size=size, config=LIGHT) as app:
        await app.press("i", "m", "6", "left", "ctrl+left")
        svg(app.app)


@by_size
async def test_graphs_ascii(svg: SvgSnapshots, size: tuple[int, int]) -> None:
    async with shown(size=size, config=Config(ascii=True)) as app:
        await app.press("i", "4", "comma")
        svg(app.app)


@by_size
async def test_graphs_compared(svg: SvgSnapshots, size: tuple[int, int]) -> None:
    async with shown(size=size, domain="[b]db[/b]", names=("web-1", "[b]db[/b]", "build")) as app:
        await app.press("space", "space", "space", "i", "3", "left")
        svg(app.app)
        await app.press("s")
        svg(app.app, "apart")


@by_size
async def test_graphs_nothing_known(svg: SvgSnapshots, size: tuple[int, int]) -> None:
    async with shown(size=size, domain="win11") as app:
        await app.press("i", "question_mark")
        svg(app.app, "off")
        await app.press("escape", "7", "shift+left", "shift+left")
        svg(app.app, "before")


async def test_graphs_no_colour(svg: SvgSnapshots, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with shown(size=(100, 30), config=Config(ascii=False)) as app:
        await app.press("i", "5", "left")
        svg(app.app)
