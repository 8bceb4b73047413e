"""Pictures of the snapshots: the tree, its dialogs and pages, small and large, in ASCII."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.memory import MemoryHypervisor
from tests.svg import SvgSnapshots
from tests.ui.app_world import NOW, StillSession, screen_text, still
from tuivm.config import Config
from tuivm.model.snapshot import Snapshot, SnapshotDisk
from tuivm.ui.app import TuivmApp
from tuivm.ui.dialogs.snapshot_form import PlannedDialog

KEYS = (("t", "take"), ("r", "revert"), ("delete", "delete"), ("M", "merge"), ("n", "keep"))
HOUR = 3600
MIB = 1024**2
FAMILY = (
    # name, parent, hours ago, state, description, MiB on the host (None: not known)
    ("installed", None, 960, "shutoff", "fresh Debian 12", None),
    ("before update", "installed", 504, "running", "all [was] well", 1229),
    ("try postgres 16", "before update", 480, "running", "extension 'timescale' did not build", 1126),
    ("try postgres 16, again", "try postgres 16", 456, "paused", "", 1126),
    ("before-revert-20260902-101500", "try postgres 16, again", 454, "running", "", 1126),
    ("second try", "before update", 432, "running", "with the packaged one", 1221),
    ("nightly-0919", "second try", 48, "disk-snapshot", "", 80),
    ("nightly-0920 名前が長い日本語", "nightly-0919", 24, "disk-snapshot", "before the move", 12),
)


def world() -> StillSession:
    """Eight machines, of which db has a family of snapshots, the last two external."""
    hypervisor = MemoryHypervisor(8, now=NOW - 86_400)
    hypervisor.open()
    db = hypervisor.keys()[1]
    machine = hypervisor.machine(db)
    image = "/var/lib/libvirt/images/db.qcow2"
    for name, parent, ago, state, words, size in FAMILY:
        external = state == "disk-snapshot"
        overlay = f"/var/lib/libvirt/images/db.{name.split()[0]}" if external else ""
        disk = SnapshotDisk("vda", "external" if external else "internal", image, overlay)
        memory = state in ("running", "paused")
        machine.snapshots[name] = Snapshot(
            name,
            NOW - ago * HOUR,
            state,
            parent,
            name == FAMILY[-1][0],
            words,
            memory,
            external,
            (disk,),
            size=size * MIB if size is not None else None,
        )
        image = overlay or image
    overlays = [one.disks[0].overlay for one in machine.tree() if one.external]
    machine.keeper.overlays = tuple(overlays)
    machine.domain = replace(machine.domain, has_snapshots=True, started=NOW - 4 * HOUR)
    return StillSession(hypervisor)


@pytest.mark.parametrize("size", [(80, 24), (200, 50), (40, 15)], ids=["80x24", "200x50", "40x15"])
async def test_dialogs(svg: SvgSnapshots, size: tuple[int, int]) -> None:
    session = world()
    async with still(session, size=size) as pilot:
        await pilot.press("down", "3", "enter")
        await until(pilot, looked_at(pilot, session))
        svg(pilot.app, "list")
        for key, name in KEYS:
            await pilot.press(key)
            await settled(pilot)
            svg(pilot.app, name)
            await pilot.press("escape")
            await pilot.pause(0.1)


async def until(pilot: Pilot[int], true: Callable[[], object]) -> None:
    """Wait until ``true``, then for what follows from it to be drawn."""
    for _ in range(200):
        if true():
            break
        await pilot.pause(0.05)
    assert true()
    for _ in range(5):
        await pilot.pause(0.05)


def looked_at(pilot: Pilot[int], session: StillSession) -> Callable[[], object]:
    """Whether the images of db were read."""
    key = next(domain.key for domain in session.still.domains.values() if domain.name == "db")
    return lambda: cast("TuivmApp", pilot.app).snapshots.chains(key)


def read(pilot: Pilot[int]) -> bool:
    """Whether a page has its text."""
    text = screen_text(cast("TuivmApp", pilot.app))
    return "Esc close" in text and "Reading" not in text


async def settled(pilot: Pilot[int]) -> None:
    """Wait until a dialog knows what it needs and is laid out; its text cursor stands still."""
    await until(pilot, lambda: isinstance(pilot.app.screen, PlannedDialog) and pilot.app.screen.facts)
    for field in pilot.app.screen.query(Input):
        field.cursor_blink = False
    for _ in range(5):
        await pilot.pause(0.1)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
async def test_zoomed_and_pages(svg: SvgSnapshots, size: tuple[int, int]) -> None:
    session = world()
    async with still(session, size=size) as pilot:
        await pilot.press("down", "3", "enter", "z")
        await until(pilot, looked_at(pilot, session))
        await pilot.press("space", "up", "up")
        await pilot.pause(0.1)
        svg(pilot.app, "list")
        await pilot.press("d")
        await until(pilot, lambda: read(pilot))
        svg(pilot.app, "difference")
        await pilot.press("escape", "x")
        await until(pilot, lambda: read(pilot))
        svg(pilot.app, "xml")


async def test_ascii_snapshots(svg: SvgSnapshots) -> None:
    session = world()
    async with still(session, size=(80, 24), config=Config(ascii=True)) as pilot:
        await pilot.press("down", "3", "enter", "z", "space")
        await until(pilot, looked_at(pilot, session))
        svg(pilot.app)
