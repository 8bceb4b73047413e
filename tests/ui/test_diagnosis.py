"""The page that tells why a domain does not start."""

from __future__ import annotations

import pytest

from tests.memory import MemoryHypervisor
from tests.ui.app_world import living
from tuivm.config import Config
from tuivm.model.capability import Capability
from tuivm.model.diagnosis import FileFact, PlaceFact, StartFacts
from tuivm.model.errors import Denied
from tuivm.ui.dialogs.diagnosis import DiagnosisScreen

SAID = "Cannot access storage file '/d/[b]gone.qcow2': No such file or directory"


def broken() -> MemoryHypervisor:
    """The domain ``win11`` cannot be started."""
    hypervisor = MemoryHypervisor(5)
    hypervisor.refuse[Capability.START] = SAID
    key = hypervisor.key("win11")
    hypervisor.start_knowledge[key] = StartFacts(
        key,
        "win11",
        hypervisor.uri,
        files=(FileFact("/d/[b]gone.qcow2", "vda", "it is not there"),),
        places=(PlaceFact("lab net", "network", exists=True, active=False),),
        log=("2026-11-22: starting up libvirt", "qemu: \x1b[2J[red]cannot " + "open " * 60),
        log_note="/var/log/libvirt/qemu/win11.log",
    )
    return hypervisor


@pytest.mark.parametrize("size", [(100, 30), (80, 24)])
async def test_a_start_that_fails_shows_why(size: tuple[int, int]) -> None:
    async with living(broken(), size=size) as world:
        await world.choose("win11")
        await world.pilot.press("s")
        await world.shows(
            "Why does win11 not start?",
            "Cannot access storage file",
            "✗ vda: /d/[b]gone.qcow2: it is not there.",
            "put it back",
            "The network 'lab net' is not active.",
            "net-start 'lab net'",
            "starting up libvirt",
            "[red]cannot open",
        )
        assert "\x1b" not in world.text
        await world.pilot.press("end", "home", "q")
        await world.until(lambda: not world.app.has_dialog)
        assert "win11|" in world.log


async def test_it_fits_a_tiny_terminal_in_ascii() -> None:
    async with living(broken(), size=(40, 15), config=Config(ascii=True)) as world:
        await world.choose("win11")
        await world.pilot.press("s")
        await world.shows("Why does win11", "! vda: /d/[b]gone.qcow2")
        assert all(len(line) <= 40 for line in world.text.splitlines())
        await world.pilot.press("end")
        await world.shows("open open")
        await world.pilot.press("escape")
        await world.until(lambda: not world.app.has_dialog)


async def test_without_facts_libvirts_words_count() -> None:
    hypervisor = broken()
    hypervisor.refuse[Capability.START] = 'Failed to get "write" lock'
    facts = hypervisor.start_facts
    hypervisor.start_facts = _refuse  # type: ignore[method-assign]
    async with living(hypervisor, size=(100, 30)) as world:
        await world.choose("win11")
        await world.pilot.press("s")
        await world.shows(
            "Another program has one of its disks open.", "More cannot be found out: no [permission]"
        )
    hypervisor.start_facts = facts  # type: ignore[method-assign]


def _refuse(key: object) -> StartFacts:
    raise Denied("no [permission]")


async def test_a_verb_that_fails_otherwise_shows_no_page() -> None:
    hypervisor = broken()
    hypervisor.refuse[Capability.AUTOSTART] = "no"
    async with living(hypervisor) as world:
        await world.choose("win11")
        await world.pilot.press("a")
        await world.until(lambda: "win11|autostart" in world.log)
        assert not world.app.has_dialog


async def test_it_comes_over_no_other_question() -> None:
    hypervisor = broken()
    hypervisor.delay = 0.3
    async with living(hypervisor) as world:
        await world.choose("win11")
        await world.pilot.press("s", "question_mark")
        await world.until(lambda: "win11|start" in world.log)
        assert not isinstance(world.app.screen, DiagnosisScreen)
        hypervisor.delay = 0.0


async def test_it_can_be_looked_at_again_from_the_job() -> None:
    async with living(broken(), size=(100, 30)) as world:
        await world.choose("win11")
        await world.pilot.press("s")
        await world.shows("Why does win11 not start?")
        await world.pilot.press("q", "J", "w")
        await world.shows("Why does win11 not start?", "✗ vda: /d/[b]gone.qcow2")
        await world.pilot.press("escape", "enter")
        await world.shows("Job")
        await world.pilot.press("w")
        await world.shows("Why does win11 not start?")
        await world.pilot.press("escape", "escape", "escape")
        await world.until(lambda: not world.app.has_dialog)
        await world.pilot.press("a")
        await world.until(lambda: "win11|autostart" in world.log)
        await world.pilot.press("J", "w")
        await world.until(lambda: "only a start that failed" in world.notices)
