"""Cloning a domain through its dialog."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.memory import MemoryHypervisor
from tests.memory_cloning import clone_disk
from tests.ui.app_world import World, living
from tuivm.config import Config
from tuivm.model.cloning import CloneDisk
from tuivm.model.domain import State
from tuivm.model.errors import Denied, Failed
from tuivm.model.job import JobState
from tuivm.ui.dialogs.clone import CloneScreen

GIB = 1024**3
DISKS = (
    clone_disk("win11", below=("/images/base.qcow2",)),
    clone_disk("win11", "vdb", allocation=1 * GIB, needed=1 * GIB),
    CloneDisk("sda", "/iso/cd.iso", device="cdrom", readonly=True, refused="it is a medium"),
)


def machine(name: str = "win11") -> MemoryHypervisor:
    """Five domains, one of them with three disks."""
    hypervisor = MemoryHypervisor(5)
    hypervisor.clone_disks[hypervisor.key(name)] = DISKS
    return hypervisor


async def ask(world: World, name: str = "win11") -> CloneScreen:
    """Open the dialog on a domain from the menu of verbs and wait for its disks."""
    await world.choose(name)
    await world.pilot.press("V")
    await world.shows("What to do")
    await world.pilot.press("c")
    await world.shows("Clone: ", " vda ")
    screen = world.app.screen
    assert isinstance(screen, CloneScreen)
    return screen


async def test_a_clone_as_it_is_proposed() -> None:
    async with living(machine(), size=(80, 24)) as world:
        await ask(world)
        await world.shows(
            "win11-clone",
            "copied    vda      6.0G of 20G",
            "win11-clone-vda.qcow2",
            "shared    sda",
            "About 7.0G is copied to pool default, 100G free.",
            "vda is built on an image",
            "The saved state is not cloned",
            "qemu-img convert",
            "Clone     ",
            "Cancel",
        )
        await world.pilot.press("enter")
        await world.until(
            lambda: "win11-clone" in [one.name for one in world.session.inventory.domains.values()]
        )
        assert world.hypervisor.copies == ["/images/win11-clone-vda.qcow2", "/images/win11-clone-vdb.qcow2"]
        await world.until(lambda: "win11|clone 'win11-clone': 'win11-clone' is defined: vda is" in world.log)
        (job,) = world.session.jobs
        assert job.command.startswith("qemu-img convert")
        assert "virt-clone" in job.command


async def test_each_disk_is_turned_by_itself_and_the_name_is_typed() -> None:
    async with living(machine(), size=(100, 30)) as world:
        await ask(world)
        await world.pilot.press("ctrl+a", "ctrl+k", *"n w", "tab", "down", "space")
        await world.shows("shared    vdb", "Both write to vdb", "n w-vda.qcow2")
        await world.pilot.press("space")
        await world.shows("left out  vdb", "About 6.0G")
        await world.pilot.press("down")
        await world.shows("it is a medium")
        await world.pilot.press("space", "space")
        await world.shows("shared    sda")
        await world.pilot.press("y")
        await world.until(lambda: "n w" in [one.name for one in world.session.inventory.domains.values()])
        assert world.hypervisor.copies == ["/images/n w-vda.qcow2"]
        assert "vdb" not in world.hypervisor.clones[0]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("db", "There is a domain named 'db' already."),
        ("a/b", "cannot hold '/'"),
        ("", "A clone needs a name"),
    ],
)
async def test_a_name_that_cannot_be_is_refused_while_it_is_typed(typed: str, why: str) -> None:
    async with living(machine(), size=(80, 24)) as world:
        await ask(world)
        await world.pilot.press("ctrl+a", "ctrl+k", *typed)
        await world.shows(why)
        await world.pilot.press("enter")
        await world.shows("Clone: win11?", why)
        assert world.hypervisor.calls["copy_disk"] == 0


async def test_a_disk_that_cannot_be_copied_and_too_little_room_are_told_first() -> None:
    hypervisor = machine()
    torn = replace(DISKS[0], refused="it is encrypted, which needs its secret")
    hypervisor.clone_disks[hypervisor.key("win11")] = (torn, replace(DISKS[1], free=1024**2))
    async with living(hypervisor, size=(80, 24)) as world:
        await ask(world)
        await world.shows("vda cannot be copied: it is encrypted")
        await world.pilot.press("tab", "space")
        await world.shows("Space is short in pool default: the copies take about 1.0G, 1.0M is")
        await world.pilot.press("y")
        await world.shows("Space is short")
        await world.pilot.press("down", "space", "y")
        await world.until(lambda: len(hypervisor.clones) == 1)
        assert hypervisor.copies == []


async def test_progress_is_on_the_row_and_in_the_jobs_and_it_is_cancelled() -> None:
    hypervisor = machine()
    hypervisor.copied_bytes = (int(3.5 * GIB),)
    hypervisor.copying.clear()
    async with living(hypervisor, size=(120, 30)) as world:
        await ask(world)
        await world.pilot.press("enter")
        await world.until(lambda: world.session.jobs and world.session.jobs[0].progress)
        await world.until(lambda: "50%" in world.text, "the percent on the row")
        await world.pilot.press("J")
        await world.shows("clone 'win11-clone'", "vda, 50 %, 3.5G of 7.0G")
        await world.pilot.press("escape", "q")
        await world.shows("1 job under way (clone 'win11-clone' win11)", "what it made is removed")
        await world.pilot.press("n")
        world.session.work.cancel(world.session.jobs[0].id)
        await world.until(lambda: "it ends after this disk" in world.session.jobs[0].message)
        hypervisor.copying.set()
        await world.until(lambda: world.session.jobs[0].state is JobState.CANCELLED)
        assert hypervisor.copies == []
        assert hypervisor.clones == []


async def test_a_failure_is_one_line_and_leaves_nothing() -> None:
    hypervisor = machine()
    hypervisor.uncopyable["vdb"] = Failed("no space left on device [b]")
    async with living(hypervisor, size=(120, 30)) as world:
        await ask(world)
        await world.pilot.press("enter")
        await world.until(lambda: "no space left on device [b]; what was copied is removed" in world.log)
        assert hypervisor.copies == []


async def test_one_that_runs_is_refused_and_a_locked_one_is_not() -> None:
    hypervisor = machine()
    hypervisor.change(hypervisor.key("win11"), locked=True)
    async with living(hypervisor, size=(80, 24)) as world:
        await world.choose("db")
        assert world.domain("db").state is State.RUNNING
        await world.pilot.press("V", "c")
        await world.shows("only a domain that is off can be cloned")
        await world.pilot.press("escape")
        await ask(world)
        await world.pilot.press("enter")
        await world.until(lambda: len(hypervisor.clones) == 1)


async def test_an_error_is_shown_and_nothing_can_be_done() -> None:
    hypervisor = machine()
    async with living(hypervisor, interval=1000.0) as world:
        await world.choose("win11")
        await world.pilot.press("V")
        await world.shows("What to do")
        hypervisor.fault = Denied("access [denied]")
        await world.pilot.press("c")
        await world.shows("access [denied]")
        await world.pilot.press("enter")
        await world.shows("Its disks are not known yet.")
        hypervisor.fault = None
        await world.pilot.press("escape")
        await world.until(lambda: not world.app.has_dialog)
        assert hypervisor.clones == []


async def test_a_domain_that_vanishes_closes_the_question() -> None:
    async with living(machine()) as world:
        await ask(world)
        world.hypervisor.remove(world.hypervisor.key("win11"))
        await world.until(lambda: not world.app.has_dialog)
        assert world.hypervisor.clones == []


@pytest.mark.parametrize("name", ["[b]x\x1b[2J", "x" * 250, "機械"])
@pytest.mark.parametrize("size", [(40, 15), (80, 24)])
async def test_odd_names_on_small_terminals(name: str, size: tuple[int, int]) -> None:
    hypervisor = MemoryHypervisor(0, names=[name], running=0)
    async with living(hypervisor, size=size, config=Config(ascii=True)) as world:
        await ask(world, name)
        assert "\x1b" not in world.text
        world.app.screen.query_one("Input").value = "plain"  # type: ignore[attr-defined]
        await world.shows("Clone     ", "Cancel")
        await world.pilot.press("enter")
        await world.until(lambda: world.session.jobs and world.session.jobs[0].state.is_over)
        # XML cannot hold the first name: of that domain nothing can be made, and nothing is left.
        assert len(hypervisor.clones) == len(hypervisor.copies) == int("\x1b" not in name)
