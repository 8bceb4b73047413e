"""Deleting a domain through its dialog."""

from __future__ import annotations

import pytest

from tests.memory import MemoryHypervisor
from tests.memory_deletion import disk
from tests.ui.app_world import World, living
from tuivm.config import Config
from tuivm.model.deletion import Part, PartKind
from tuivm.model.domain import State
from tuivm.model.errors import Denied
from tuivm.model.job import JobState
from tuivm.ui.dialogs.delete import DeleteScreen

LOWER = Part(
    "backing:/b/base.qcow2", PartKind.BACKING, "vda", "/b/base.qcow2", size=1024**3, needs=("disk:vda",)
)
SHARED = disk("shared", "vdb", refused="used by mail (vda)")
MEDIUM = Part("disk:hda", PartKind.DISK, "hda", "/iso/cd.iso", size=1024**2, spare=True)
NVRAM = Part("nvram", PartKind.NVRAM, path="/n/win11.fd", size=540672, note="variables", chosen=True)


def machine(name: str = "win11") -> MemoryHypervisor:
    """Five domains, one of them with everything a domain can have."""
    hypervisor = MemoryHypervisor(5)
    hypervisor.parts[hypervisor.key(name)] = (NVRAM, disk(name), LOWER, SHARED, MEDIUM)
    return hypervisor


async def ask(world: World, name: str) -> DeleteScreen:
    """Open the dialog on a domain and wait for its parts."""
    await world.choose(name)
    await world.pilot.press("U")
    await world.shows("Delete: ", "definition")
    screen = world.app.screen
    assert isinstance(screen, DeleteScreen)
    return screen


def gone(world: World, name: str) -> bool:
    return all(domain.name != name for domain in world.session.inventory.domains.values())


async def test_what_is_proposed_is_the_definition_alone() -> None:
    async with living(machine(), size=(80, 24)) as world:
        await ask(world, "win11")
        await world.shows(
            "[x] definition",
            "[x] saved state",
            "[x] NVRAM",
            "[ ] vda",
            "stays: used by mail (vda)",
            "No disk goes.",
        )
        await world.shows("virsh -c memory:///default undefine --domain win11 --managed-save", "--nvram")
        await world.pilot.press("y")
        await world.until(lambda: gone(world, "win11"))
        assert world.hypervisor.removed == ["definition", "nvram"]
        await world.until(lambda: "win11|delete: removed: definition" in world.log)


async def test_a_disk_goes_only_with_the_name_typed() -> None:
    async with living(machine(), size=(100, 30)) as world:
        await ask(world, "win11")
        await world.pilot.press("a")
        await world.shows("2 files go for good, 7.0G", "type win11", "--storage")
        await world.pilot.press("y", *"win1", "enter")
        await world.shows("Type win11 to remove a disk.")
        assert world.hypervisor.removed == []
        await world.pilot.press("1", "enter")
        await world.until(lambda: gone(world, "win11"))
        assert world.hypervisor.removed == [
            "definition",
            "nvram",
            "/var/lib/libvirt/images/win11-vda.qcow2",
            "/b/base.qcow2",
        ]


async def test_parts_are_chosen_each_by_itself_and_what_is_shared_cannot_be() -> None:
    async with living(machine(), size=(100, 30)) as world:
        await ask(world, "win11")
        await world.pilot.press("down", "down", "space")
        await world.shows("[ ] NVRAM")
        await world.pilot.press("down", "down", "space")
        await world.shows("vda is built on it and stays")
        await world.pilot.press("down", "space")
        await world.shows("vdb: used by mail (vda)")
        await world.pilot.press("home", "space")
        await world.shows("goes with the definition")
        await world.pilot.press("end", "space")
        await world.shows("[x] hda", "1 file goes for good, 1.0M")
        await world.pilot.press("escape")
        await world.until(lambda: not world.app.has_dialog)
        assert world.hypervisor.removed == []


async def test_one_that_runs_must_be_off_first() -> None:
    async with living(machine("db"), size=(80, 24)) as world:
        await ask(world, "db")
        await world.shows("[ ] force it off first: it runs")
        await world.pilot.press("y")
        await world.shows("It runs: it must be off first.")
        assert world.domain("db").state is State.RUNNING
        await world.pilot.press("space")
        await world.shows("[x] force it off first")
        await world.pilot.press("y")
        await world.until(lambda: gone(world, "db"))
        assert world.hypervisor.calls["destroy"] == 1


async def test_keys_typed_before_the_answer_are_done_when_it_comes() -> None:
    hypervisor = machine()
    async with living(hypervisor, size=(80, 24)) as world:
        await world.choose("win11")
        hypervisor.released.clear()
        hypervisor.delay = 5.0
        await world.pilot.press("U", "a", "y", *"win11")
        await world.shows("Looking at what belongs to it")
        hypervisor.delay = 0.0
        hypervisor.released.set()
        await world.shows("2 files go for good")
        await world.pilot.press("enter")
        await world.until(lambda: gone(world, "win11"))


async def test_a_failure_in_the_middle_is_told() -> None:
    hypervisor = machine()
    hypervisor.unremovable["/b/base.qcow2"] = Denied("no permission [b]")
    async with living(hypervisor, size=(120, 30)) as world:
        await ask(world, "win11")
        await world.pilot.press("a", "y", *"win11", "enter")
        await world.until(lambda: "NOT removed: backing file base.qcow2" in world.log)
        assert "no permission [b]" in world.log
        (job,) = world.session.jobs
        assert job.state is JobState.FAILED


async def test_a_domain_that_vanishes_closes_the_question() -> None:
    async with living(machine()) as world:
        await ask(world, "win11")
        world.hypervisor.remove(world.hypervisor.key("win11"))
        await world.until(lambda: not world.app.has_dialog)
        await world.until(lambda: "win11 is gone; nothing was done" in world.notices)
        assert world.hypervisor.removed == []


async def test_an_error_is_shown_and_nothing_can_be_done() -> None:
    hypervisor = machine()
    async with living(hypervisor, interval=1000.0) as world:
        await world.choose("win11")
        hypervisor.fault = Denied("access [denied]")
        await world.pilot.press("U")
        await world.shows("access [denied]")
        await world.pilot.press("y", "a", "space")
        hypervisor.fault = None
        await world.pilot.press("escape")
        await world.until(lambda: not world.app.has_dialog)
        assert hypervisor.removed == []


@pytest.mark.parametrize("name", ["[b]x\x1b[2J", "ein Name mit Leerzeichen", "x" * 250, "機械"])
async def test_odd_names(name: str) -> None:
    hypervisor = MemoryHypervisor(0, names=[name], running=0)
    async with living(hypervisor, size=(80, 24)) as world:
        await ask(world, name)
        assert "\x1b" not in world.text
        await world.pilot.press("a")
        typed = "delete" if len(name) > 40 or "\x1b" in name else name
        await world.shows(f"type {typed}")
        world.app.screen.query_one("Input").value = typed  # type: ignore[attr-defined]
        await world.pilot.press("y", "enter")
        await world.until(lambda: len(hypervisor.removed) == 2)


@pytest.mark.parametrize("size", [(40, 15), (80, 24)])
async def test_it_fits_a_small_terminal_in_ascii(size: tuple[int, int]) -> None:
    async with living(machine("db"), size=size, config=Config(ascii=True)) as world:
        await ask(world, "db")
        await world.pilot.press("a")
        await world.shows("No", "Yes, delete", "type db", "Delete: db?")
        await world.pilot.press("tab", "tab", "right", "enter")
        await world.shows("It runs")
        await world.pilot.press("escape")
        await world.until(lambda: not world.app.has_dialog)


async def test_a_locked_domain_is_not_even_asked_about() -> None:
    hypervisor = machine()
    hypervisor.change(hypervisor.key("win11"), locked=True)
    async with living(hypervisor) as world:
        await world.choose("win11")
        await world.pilot.press("U")
        await world.until(lambda: "win11: cannot delete: locked" in world.notices)
        assert not world.app.has_dialog


async def test_several_are_not_deleted_at_once() -> None:
    hypervisor = MemoryHypervisor(4, running=0)
    async with living(hypervisor, size=(100, 30)) as world:
        await world.choose("db")
        await world.pilot.press("space", "space", "U")
        await world.until(lambda: "delete is for one domain at a time" in world.notices)
        assert not world.app.has_dialog
        assert hypervisor.removed == []
