"""Pictures of the screens at 80x24 and 200x50, of a world that stands still."""

from __future__ import annotations

import pytest

from tests.memory import MemoryHypervisor
from tests.svg import SvgSnapshots
from tests.ui.app_world import NOW, StillSession, still
from tuivm.config import Config
from tuivm.model.inventory import Change, Link
from tuivm.model.snapshot import SnapshotRequest

SIZES = [(80, 24), (200, 50)]
by_size = pytest.mark.parametrize("size", SIZES, ids=["80x24", "200x50"])


def world(names: tuple[str, ...] = ()) -> StillSession:
    """Eight machines, of which db has three snapshots."""
    hypervisor = MemoryHypervisor(8, names=names, now=NOW - 86_400)
    hypervisor.open()
    db = hypervisor.keys()[1]
    for name, words in (("installed", "fresh"), ("before update", "all [was] well"), ("after", "")):
        hypervisor.take_snapshot(db, SnapshotRequest(name, words))
    hypervisor.revert_snapshot(db, "before update")
    hypervisor.take_snapshot(db, SnapshotRequest("second try"))
    # What a revert starts anew gets the wall clock's time.
    hypervisor.change(db, started=NOW - 4 * 3600)
    return StillSession(hypervisor)


@by_size
async def test_screens(svg: SvgSnapshots, size: tuple[int, int]) -> None:
    async with still(world(), size=size, note="demo") as pilot:
        app = pilot.app
        await pilot.press("down")
        await pilot.pause()
        svg(app, "overview")
        await pilot.press("3", "enter")
        await pilot.pause(0.1)
        svg(app, "snapshots")
        await pilot.press("r")
        await pilot.pause(0.1)
        svg(app, "revert")
        await pilot.press("escape", "4")
        await pilot.pause(0.1)
        svg(app, "info")
        await pilot.press("question_mark")
        await pilot.pause(0.1)
        svg(app, "help")
        await pilot.press("escape", "escape", "1", "z")
        await pilot.pause(0.1)
        svg(app, "zoom-list")
        await pilot.press("z", "G", "k", "1")
        await pilot.pause(0.1)
        svg(app, "running-last")


@by_size
async def test_off_and_lost(svg: SvgSnapshots, size: tuple[int, int]) -> None:
    session = world()
    async with still(session, size=size) as pilot:
        app = pilot.app
        await pilot.press("G")
        await pilot.pause(0.1)
        svg(app, "off")
        lost = type(session.still)(
            session.still.uri,
            Link.LOST,
            "the daemon does not answer; trying again in 2 s",
            session.still.host,
            session.still.load,
            session.still.domains,
            session.still.samples,
        )
        session.still = lost
        app.main.show(lost, Change(header=True))  # type: ignore[attr-defined]
        await pilot.press("g")
        await pilot.pause(0.1)
        svg(app, "lost")


@pytest.mark.parametrize("theme", ["tuivm-light", "tuivm-contrast"])
async def test_themes(svg: SvgSnapshots, theme: str) -> None:
    async with still(world(), size=(100, 30), config=Config(theme=theme, ascii=False)) as pilot:
        await pilot.press("down")
        await pilot.pause(0.1)
        svg(pilot.app)


async def test_ascii(svg: SvgSnapshots) -> None:
    async with still(world(), size=(80, 24), config=Config(ascii=True)) as pilot:
        await pilot.press("down")
        await pilot.pause(0.1)
        svg(pilot.app)


async def test_smallest(svg: SvgSnapshots) -> None:
    async with still(world(("[red]x[/red]", "$(reboot)")), size=(40, 10)) as pilot:
        svg(pilot.app, "list")
        await pilot.press("enter")
        await pilot.pause(0.1)
        svg(pilot.app, "details")
        await pilot.press("D")
        await pilot.pause(0.1)
        svg(pilot.app, "question")


async def test_empty(svg: SvgSnapshots) -> None:
    async with still(StillSession(MemoryHypervisor(0, now=NOW)), size=(80, 24)) as pilot:
        svg(pilot.app)
