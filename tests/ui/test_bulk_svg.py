"""Pictures of marks, the question about several domains, the verbs' forms and the menus."""

from __future__ import annotations

import pytest

from tests.memory import MemoryHypervisor
from tests.svg import SvgSnapshots
from tests.ui.app_world import NOW, StillSession, still
from tuivm.config import Config


def world() -> StillSession:
    """Eight machines, of which one is locked."""
    hypervisor = MemoryHypervisor(8, now=NOW - 86_400)
    hypervisor.open()
    hypervisor.change(hypervisor.key("mail"), locked=True)
    return StillSession(hypervisor)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
async def test_marked(svg: SvgSnapshots, size: tuple[int, int]) -> None:
    async with still(world(), size=size) as pilot:
        await pilot.press("space", "space", "space", "space")
        await pilot.pause(0.1)
        svg(pilot.app, "list")
        await pilot.press("D")
        await pilot.pause(0.2)
        svg(pilot.app, "question")
        await pilot.press("escape", "escape", "V")
        await pilot.pause(0.2)
        svg(pilot.app, "verbs")
        await pilot.press("escape", "y")
        await pilot.pause(0.2)
        svg(pilot.app, "copy")


async def test_marked_in_ascii_on_a_small_screen(svg: SvgSnapshots) -> None:
    async with still(world(), size=(40, 15), config=Config(ascii=True)) as pilot:
        await pilot.press("space", "space", "space", "space")
        await pilot.pause(0.1)
        svg(pilot.app, "list")
        await pilot.press("S")
        await pilot.pause(0.2)
        svg(pilot.app, "question")
