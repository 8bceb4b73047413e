"""The first line of the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.world import GIB, HOST, LOAD, WidgetApp, World, lines
from tuivm.model.inventory import Inventory, Link
from tuivm.ui.roles import make_roles
from tuivm.ui.text import width_of
from tuivm.ui.theme import DEFAULT_DARK, DEFAULT_LIGHT, load
from tuivm.ui.widgets.host_header import HostHeader, draw_header, figures

SHIPPED = Path(__file__).parents[2] / "themes"
ROLES = make_roles(load(SHIPPED / f"{DEFAULT_DARK}.toml").to_textual())
SMALL = World(3, 1).inventory


async def header_at(width: int, inventory: Inventory, note: str = "", *, ascii_only: bool = False) -> str:
    header = HostHeader(note=note, ascii_only=ascii_only)
    app = WidgetApp(lambda: [header])
    async with app.run_test(size=(width, 3)) as pilot:
        header.show(inventory)
        await pilot.pause()
        (line,) = lines(header)
        assert len(line) == width
        return line


async def test_at_80_columns() -> None:
    line = await header_at(80, World().inventory)
    assert line.startswith(" lab1 · QEMU 7.2 · emulation · type 2 ")
    assert "cpu ██" in line
    assert "41%  mem 18/64G  6/8 running " in line


async def test_at_200_columns_it_tells_what_was_given(svg: Callable[..., None]) -> None:
    header = HostHeader(note="demo")
    app = WidgetApp(lambda: [header], DEFAULT_LIGHT)
    async with app.run_test(size=(200, 3)) as pilot:
        header.show(World().inventory)
        await pilot.pause()
        (line,) = lines(header)
        assert " · demo · emulation · type 2" in line
        assert "given 14/8 cpu 11/64G" in line
        svg(app)


async def test_at_100_columns_the_program_is_named() -> None:
    line = await header_at(100, World().inventory)
    assert line.startswith(" tuivm  lab1 · QEMU 7.2.9 · emulation · type 2 ")


async def test_it_is_readable_when_narrow() -> None:
    line = await header_at(40, World().inventory)
    assert line.startswith(" tuivm  lab1")
    assert line.rstrip().endswith("6/8")
    assert "6/8" in await header_at(12, World().inventory)


@pytest.mark.parametrize(("width", "whole"), [(120, True), (60, False)])
async def test_a_lost_connection_is_said(width: int, whole: bool) -> None:
    lost = replace(World().inventory, link=Link.LOST, link_message="the daemon was stopped;\x1b trying again")
    line = await header_at(width, lost)
    assert "connection lost" in line
    assert ("the daemon was stopped;\ufffd trying again" in line) is whole
    assert "running" in line


async def test_connecting() -> None:
    line = await header_at(80, Inventory("qemu:///system"))
    assert " tuivm  qemu:///system · connecting" in line
    assert "running" not in line


async def test_in_ascii() -> None:
    assert (await header_at(120, World().inventory, ascii_only=True)).isascii()


async def test_a_note_that_says_the_same_is_not_repeated() -> None:
    line = await header_at(160, World().inventory, "emulation")
    assert line.count("emulation") == 1


async def test_nothing_is_drawn_when_nothing_changed() -> None:
    header = HostHeader()
    app = WidgetApp(lambda: [header])
    async with app.run_test(size=(80, 3)) as pilot:
        inventory = World().inventory
        header.show(inventory)
        await pilot.pause()
        drawn: list[int] = []
        original = header.render_line

        def counted(y: int):  # type: ignore[no-untyped-def]
            drawn.append(y)
            return original(y)

        header.render_line = counted  # type: ignore[method-assign]
        header.show(replace(inventory, samples={}))
        await pilot.pause()
        assert not drawn
        header.show(replace(inventory, load=replace(LOAD, cpu=99.0)))
        await pilot.pause()
        assert drawn


def test_figures() -> None:
    shown = figures(World().inventory)
    assert (shown.running, shown.total, shown.vcpus, shown.cpus) == (6, 8, 14, 8)
    assert shown.given == 11 * GIB
    assert figures(replace(World().inventory, host=None, load=None)).name == "memory:///default"


@given(
    st.integers(1, 260),
    st.text(max_size=40),
    st.sampled_from(list(Link)),
    st.text(max_size=60),
    st.one_of(st.none(), st.floats(0, 100)),
)
def test_any_figures_fit_any_width(
    width: int, name: str, link: Link, message: str, cpu: float | None
) -> None:
    inventory = replace(
        SMALL,
        host=replace(HOST, name=name),
        link=link,
        link_message=message,
        load=replace(LOAD, cpu=cpu),
    )
    segments = draw_header(figures(inventory), width, ROLES)
    total = sum(width_of(segment.text) for segment in segments)
    assert total <= max(width, 14)
