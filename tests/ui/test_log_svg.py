"""Pictures of the log and of a domain's events at 80x24 and 200x50."""

from __future__ import annotations

import pytest

from tests.memory import MemoryHypervisor
from tests.svg import SvgSnapshots
from tests.ui.app_world import NOW, StillSession, still
from tests.ui.log_world import story
from tuivm.ui.app import TuivmApp


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
async def test_log(svg: SvgSnapshots, size: tuple[int, int]) -> None:
    hypervisor = MemoryHypervisor(8, now=NOW - 86_400)
    async with still(StillSession(hypervisor), size=size) as pilot:
        app = pilot.app
        assert isinstance(app, TuivmApp)
        for event in story(hypervisor, NOW):
            app.happened.book.add(event)
        await pilot.press("down", "5")
        await pilot.pause(0.1)
        svg(app, "tab")
        await pilot.press("L")
        await pilot.pause(0.1)
        svg(app, "log")
        await pilot.press("slash", *"severity:warning", "enter", "g")
        await pilot.pause(0.1)
        svg(app, "filtered")
