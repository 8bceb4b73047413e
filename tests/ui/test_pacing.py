"""Readings that come slower, as the header says it."""

from __future__ import annotations

from textual import events

from tests.memory import MemoryHypervisor
from tests.ui.app_world import living
from tuivm.core import pace


async def test_a_terminal_out_of_focus_is_shown_less_often() -> None:
    async with living() as world:
        world.app.post_message(events.AppBlur())
        await world.shows("every 3 s")
        world.app.post_message(events.AppFocus())
        await world.shows_not("every 3 s")
        assert not world.session.pace.reasons


async def test_a_slow_line_is_given_less_to_carry() -> None:
    async with living() as world:
        world.app.set_low_bandwidth(True)
        await world.shows("every 3 s")
        world.app.set_low_bandwidth(False)
        await world.shows_not("every 3 s")


async def test_a_host_that_does_not_answer_freezes_nothing_and_the_header_says_so() -> None:
    hypervisor = MemoryHypervisor(8)
    async with living(hypervisor) as world:
        calls = hypervisor.calls["sample"]
        hypervisor.delay = 60.0
        await world.until(lambda: hypervisor.calls["sample"] > calls, "a tick that hangs")
        stuck = hypervisor.calls["sample"]
        before = world.app.main.table.cursor_key
        await world.pilot.press("j")
        await world.until(lambda: world.app.main.table.cursor_key != before, "the next row")
        await world.shows("no answer for")
        assert hypervisor.calls["sample"] == stuck, "no ticks pile up"
        hypervisor.delay = 0.0
        hypervisor.released.set()
        await world.shows_not("no answer")


def test_the_words_fit_the_narrowest_header() -> None:
    assert len(pace.Pace(60.0, frozenset({pace.Slowness.COST})).words) < 12
