"""A page that was closed leaves nothing behind, and what was drawn goes as soon as nothing shows it."""

from __future__ import annotations

import gc

import pytest
from rich.segment import Segment
from textual._styles_cache import StylesCache
from textual.strip import Strip
from textual.widget import Widget

from tests.ui.app_world import World, living
from tuivm.ui import strips

PAGES = ("question_mark", "L", "J", "V", "T")
"""Keys that open one; Esc closes it."""


def strips_alive() -> int:
    """How many lines are kept by anything."""
    gc.collect()
    return sum(type(one) is Strip for one in gc.get_objects())


async def look_at_all(world: World) -> None:
    """Open and close every page."""
    for key in PAGES:
        await world.pilot.press(key)
        await world.until(lambda: len(world.app.screen_stack) > 1, f"the page of {key}")
        await world.pilot.pause(0.05)
        await world.pilot.press("escape")
        await world.until(lambda: len(world.app.screen_stack) == 1, f"the end of the page of {key}")


async def test_lines_of_closed_pages_are_not_kept() -> None:
    async with living() as world:
        await look_at_all(world)
        before = strips_alive()
        for _ in range(4):
            await look_at_all(world)
        # One round of pages draws several hundred; what the list changed meanwhile is a few.
        assert strips_alive() - before < 200


async def test_a_widget_of_a_closed_page_keeps_no_lines_though_its_colours_are_remembered() -> None:
    async with living() as world:
        await world.pilot.press("question_mark")
        await world.until(lambda: len(world.app.screen_stack) > 1)
        caches = [widget._styles_cache for widget in world.app.screen.walk_children(Widget)]
        await world.until(lambda: any(cache._cache for cache in caches), "lines drawn")
        await world.pilot.press("escape")
        await world.until(lambda: len(world.app.screen_stack) == 1)
        assert not any(cache._cache for cache in caches)


def test_a_strip_that_stays_whole_goes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Strip, "divide", Strip.divide)  # put back afterwards
    strips.mend()
    gc.collect()
    gc.disable()
    try:
        strip = Strip([Segment("stays whole")])
        assert strip.divide([11]) == [strip]
        del strip
        assert not [one for one in gc.get_objects() if type(one) is Strip and one.text == "stays whole"]
    finally:
        gc.enable()


@pytest.mark.parametrize("cuts", [[5], [2, 5], [2, 5, 9], [9], [], [1, 2, 3, 4, 5]])
def test_a_strip_is_divided_as_before(cuts: list[int]) -> None:
    def texts(parts: object) -> list[str]:
        assert isinstance(parts, list)
        return [part.text for part in parts]

    assert texts(strips.divide(Strip([Segment("who"), Segment("le")]), cuts)) == texts(
        strips._divide(Strip([Segment("who"), Segment("le")]), cuts)
    )


def test_textual_still_remembers_colours_by_the_holder_of_lines() -> None:
    """What :meth:`TidyApp.pop_screen` is for; where this fails it may go."""
    assert StylesCache.get_inner_outer.cache_info().maxsize == 1024
