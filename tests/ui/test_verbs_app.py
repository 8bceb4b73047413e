"""Verbs from the key to the notice."""

from __future__ import annotations

import pytest

from tests.memory import MemoryHypervisor
from tests.ui.app_world import World, living
from tuivm.config import Config
from tuivm.core.verbs import VERBS, Arguments, verb
from tuivm.model.capability import Capability
from tuivm.model.domain import State
from tuivm.model.errors import Failed

DANGEROUS = [verb for verb in VERBS if verb.id in {"shutdown", "reboot", "reset", "force-off"}]
CALLS = {"shutdown": "shutdown", "reboot": "reboot", "reset": "reset", "force-off": "destroy"}


async def at_question(world: World, key: str) -> None:
    """Press a dangerous key on db and wait for the question."""
    await world.choose("db")
    await world.pilot.press(key)
    await world.until(lambda: world.app.has_dialog, "the question")


@pytest.mark.parametrize("verb", DANGEROUS, ids=lambda each: each.id)
async def test_a_dangerous_verb_asks_names_and_says_what_is_lost(verb) -> None:
    async with living() as world:
        await at_question(world, verb.key)
        loss = verb.lost(world.domain("db"), Arguments())
        await world.shows(f"{verb.label.capitalize()}: db?", loss[:30], "virsh", "No", f"Yes, {verb.label}")
        for refusal in ("escape", "n", "enter"):
            await world.pilot.press(refusal)
            await world.until(lambda: not world.app.has_dialog)
            assert world.hypervisor.calls[CALLS[verb.id]] == 0
            await at_question(world, verb.key)
        await world.pilot.press("y")
        await world.until(lambda: world.hypervisor.calls[CALLS[verb.id]] == 1)
        await world.until(lambda: f"db|{verb.label}" in world.log)


async def test_yes_by_arrow_and_enter_and_by_mouse() -> None:
    async with living() as world:
        await at_question(world, "D")
        await world.pilot.press("right", "enter")
        await world.until(lambda: world.domain("db").state is State.OFF)
        await world.choose("mail")
        await world.pilot.press("D")
        await world.until(lambda: world.app.has_dialog)
        await world.pilot.click("Answers", offset=(14, 0))
        await world.until(lambda: world.domain("mail").state is State.OFF)


async def test_start_pause_and_resume_answer_without_a_question() -> None:
    async with living() as world:
        await world.choose("web-1")
        await world.pilot.press("p")
        await world.until(lambda: world.domain("web-1").state is State.PAUSED)
        await world.shows("p resume")
        await world.pilot.press("p")
        await world.until(lambda: world.domain("web-1").state is State.RUNNING)
        await world.choose("win11")
        await world.pilot.press("s")
        await world.until(lambda: world.domain("win11").state is State.RUNNING)
        await world.until(lambda: "win11: start" in world.notices)


async def test_a_verb_that_is_not_possible_says_why() -> None:
    async with living() as world:
        await world.choose("win11")
        await world.pilot.press("S")
        await world.until(lambda: "win11: cannot shut down: not running" in world.notices)
        assert not world.app.has_dialog


async def test_what_the_hypervisor_lacks_is_said() -> None:
    hypervisor = MemoryHypervisor(5)
    hypervisor.missing[Capability.SNAPSHOT] = "LXC has no [snapshots]"
    async with living(hypervisor) as world:
        await world.choose("db")
        await world.pilot.press("t")
        await world.until(lambda: "LXC has no [snapshots]" in world.notices)
        await world.pilot.press("question_mark")
        await world.shows("Not now: LXC has no [snapshots]")


async def test_libvirts_own_message_is_shown() -> None:
    async with living() as world:
        await world.choose("win11")
        world.hypervisor.refuse[Capability.START] = "unsupported [flags] (0x1)"
        await world.pilot.press("s")
        await world.shows("unsupported [flags] (0x1)")
        assert "unsupported [flags] (0x1)" in world.log


async def test_the_domain_that_was_asked_about_is_the_one_that_is_meant() -> None:
    async with living() as world:
        await at_question(world, "D")
        world.hypervisor.add("aaa", state=State.RUNNING)
        await world.until(lambda: len(world.app.main.table.order) == 6)
        await world.pilot.press("y")
        await world.until(lambda: world.domain("db").state is State.OFF)
        assert world.domain("aaa").state is State.RUNNING


async def test_a_question_about_a_domain_that_vanishes_is_closed() -> None:
    async with living() as world:
        await at_question(world, "D")
        world.hypervisor.remove(world.hypervisor.key("db"))
        await world.until(lambda: not world.app.has_dialog)
        await world.until(lambda: "db is gone; nothing was done" in world.notices)
        assert world.hypervisor.calls["destroy"] == 0


async def test_a_domain_that_stopped_meanwhile_is_left_alone() -> None:
    async with living() as world:
        await at_question(world, "D")
        world.hypervisor.power_off(world.hypervisor.key("db"))
        await world.until(
            lambda: not world.session.inventory.domains[world.hypervisor.key("db")].state.is_active
        )
        await world.pilot.press("y")
        await world.until(lambda: "db: cannot force off: not running" in world.notices)
        assert world.hypervisor.calls["destroy"] == 0


async def test_an_ignored_shutdown_offers_to_force_off() -> None:
    async with living(shutdown_timeout=0.3) as world:
        world.hypervisor.machine(world.hypervisor.key("db")).ignores_shutdown = True
        await at_question(world, "S")
        await world.pilot.press("y")
        await world.shows("db goes on running. Force off: db?")
        assert world.domain("db").state is State.RUNNING
        # The question came by itself: a y may have been typed for what was there before.
        await world.pilot.press("y")
        await world.shows("say yes with the arrows and Enter")
        assert world.domain("db").state is State.RUNNING
        await world.pilot.press("right", "enter")
        await world.until(lambda: world.domain("db").state is State.OFF)


async def test_nothing_is_asked_of_one_who_types_to_a_guest() -> None:
    # Time enough to be at the console before it is over.
    async with living(shutdown_timeout=5) as world:
        world.hypervisor.machine(world.hypervisor.key("db")).ignores_shutdown = True
        world.hypervisor.refuse[Capability.START] = "no"
        await at_question(world, "S")
        await world.pilot.press("y", "c")
        await world.until(lambda: "force off is what remains" in world.notices)
        assert world.app.console_has_keyboard
        assert not world.app.has_dialog
        win11 = world.hypervisor.key("win11")
        world.session.run(verb("start"), world.session.inventory.domains[win11], Arguments())
        await world.until(lambda: "J then w tells why" in world.notices)
        assert world.app.console_has_keyboard
        assert not world.app.has_dialog


async def test_a_job_shows_on_the_row_in_the_footer_and_in_the_list_of_jobs() -> None:
    async with living(shutdown_timeout=60) as world:
        world.hypervisor.machine(world.hypervisor.key("db")).ignores_shutdown = True
        await at_question(world, "S")
        await world.pilot.press("y")
        await world.shows("1 job", "stop")
        await world.pilot.press("J")
        await world.shows("Jobs", "running", "shut down")
        await world.pilot.press("x")
        await world.shows("cancelled")
        await world.pilot.press("escape")
        await world.shows_not("1 job")


async def test_a_job_that_is_over_cannot_be_cancelled() -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("a")
        await world.until(lambda: "db|autostart" in world.log)
        await world.pilot.press("J", "delete")
        await world.until(lambda: "is over already" in world.notices)


async def test_rebound_keys_are_the_only_ones() -> None:
    config = Config(ascii=False, keys={"force-off": "f9", "filter": "ctrl+f"})
    async with living(config=config, size=(160, 40)) as world:
        await world.choose("db")
        await world.pilot.press("D", "slash")
        assert not world.app.has_dialog
        assert world.app.main.table.has_focus
        await world.shows("F9 force off")
        await world.pilot.press("f9")
        await world.until(lambda: world.app.has_dialog)
        await world.pilot.press("escape", "question_mark")
        await world.shows("F9")


async def test_the_palette_finds_every_verb_and_runs_it() -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("ctrl+p", *"force off", "enter")
        await world.shows("Force off: db?")
        await world.pilot.press("escape")
        await world.pilot.press("colon", *"autostart", "enter")
        await world.until(lambda: world.hypervisor.calls["set_autostart"] == 1)


async def test_a_hint_of_the_footer_can_be_clicked() -> None:
    async with living() as world:
        await world.choose("db")
        await world.shows("S shut down")
        await world.pilot.click("KeyFooter", offset=(3, 0))
        await world.shows("Shut down: db?")


async def test_a_fault_of_libvirt_in_a_job_leaves_the_screen_alone() -> None:
    async with living() as world:
        await world.choose("db")
        world.hypervisor.fault = Failed("internal error: [client] socket is closed")
        await world.pilot.press("a")
        await world.until(lambda: "socket is closed" in world.log or "socket is closed" in world.text)
        world.hypervisor.fault = None
