"""The verbs' own fields, the menu of all verbs, and what can be copied."""

from __future__ import annotations

import pytest
from textual import events

from tests.memory import MemoryHypervisor
from tests.ui.app_world import World, living
from tuivm.config import Config
from tuivm.core.selection import sort_out
from tuivm.core.verbs import VERBS, Arguments, verb
from tuivm.model.capability import Capability
from tuivm.model.domain import State
from tuivm.ui.verb_forms import FORMS, form_of
from tuivm.ui.widgets.answers import Answers


def burst(world: World, *keys: str) -> None:
    """Type without waiting for anything in between."""
    for key in keys:
        world.app.post_message(events.Key(key, key if len(key) == 1 else None))


def test_every_form_is_of_a_verb_and_knows_its_switches() -> None:
    known = {each.id: each for each in VERBS}
    assert set(FORMS) <= set(known)
    for id_, form in FORMS.items():
        offered = {option.value for option in (*form.switches, *form.ways)} - {""}
        assert offered <= set(known[id_].options), id_
    assert form_of("wake").is_empty


def test_a_selection_sorts_counts_and_asks_for_a_phrase() -> None:
    hypervisor = MemoryHypervisor(14, running=12)
    hypervisor.opened = True
    hypervisor.change(hypervisor.keys()[0], locked=True)
    domains = hypervisor.list_domains()
    picked = sort_out(verb("force-off"), domains, {})
    assert (len(picked.able), len(picked.unable)) == (11, 3)
    assert picked.reasons[0] == ("not running", 2)
    assert picked.needs_phrase(Arguments())
    assert not sort_out(verb("shutdown"), domains, {}).needs_phrase(Arguments())
    assert not sort_out(verb("force-off"), domains[:10], {}).needs_phrase(Arguments())
    starts = sort_out(verb("start"), domains, {})
    assert starts.with_options(Arguments()) is starts
    none = sort_out(verb("start"), domains, {Capability.START: "this hypervisor cannot"})
    assert none.reasons == (("this hypervisor cannot", 14),)


async def test_the_menu_names_every_verb_and_greys_with_the_reason() -> None:
    async with living(size=(120, 60)) as world:
        await world.choose("db")
        await world.pilot.press("V")
        await world.shows("What to do with db", "not now: already running", "save state", "rename…", "lock")
        await world.shows("Power", "Memory and saved state", "Name and settings")
        for each in VERBS:
            if not each.needs_snapshot:
                assert each.label in world.text, each.id
        await world.pilot.press("s")
        await world.until(lambda: "already running" in world.notices)
        await world.pilot.press("a")
        await world.until(lambda: world.hypervisor.calls["set_autostart"] == 1)


async def test_letters_of_the_menu_choose_of_opposites_the_one_possible() -> None:
    async with living() as world:
        await world.choose("build")
        await world.pilot.press("V", "p")
        await world.until(lambda: world.domain("build").state is State.RUNNING)


def names(world: World) -> set[str]:
    return {domain.name for domain in world.session.inventory.domains.values()}


async def test_rename_asks_for_a_name_and_says_what_is_wrong_with_it() -> None:
    async with living(MemoryHypervisor(8)) as world:
        await world.choose("old-ci")
        await world.pilot.press("V", "N")
        await world.shows("Rename: old-ci?", "domrename")
        await world.pilot.press(*"a/b", "enter")
        await world.shows("A name cannot hold '/'.")
        await world.pilot.press("backspace", "backspace", "2", "enter")
        await world.until(lambda: "a2" in names(world))


async def test_keys_typed_with_the_one_that_asks_reach_the_dialog() -> None:
    async with living(MemoryHypervisor(8)) as world:
        await world.choose("db")
        burst(world, "D", "y")
        await world.until(lambda: world.domain("db").state is State.OFF, "db off")
        await world.choose("old-ci")
        burst(world, "V", "N", "x", "s", "y", "enter")
        await world.until(lambda: "xsy" in names(world), "the new name")


def with_agent(world: World, name: str, state: str) -> None:
    """Give a domain a channel for a guest agent that is in that state."""
    machine = world.hypervisor.machine(world.hypervisor.key(name))
    channel = f"<channel><target name='org.qemu.guest_agent.0' state='{state}'/></channel>"
    machine.xml = machine.default_xml().replace("</devices>", f"{channel}</devices>")
    assert channel in machine.xml


@pytest.mark.parametrize("id_", ["S", "R"])
async def test_an_agent_that_is_not_there_is_grey_and_refused_with_the_reason(id_: str) -> None:
    async with living() as world:
        with_agent(world, "db", "disconnected")
        await world.choose("db")
        await world.until(lambda: world.session.detail(world.hypervisor.key("db")))
        await world.pilot.press(id_, "shift+tab", "right", "right")
        await world.shows("(*) agent", "o guest agent runs in the guest")
        await world.pilot.press("y")
        await world.shows("o guest agent runs in the guest")
        assert world.app.has_dialog
        await world.pilot.press("left", "y")
        await world.until(lambda: world.session.jobs and not world.app.has_dialog)
        assert "--mode acpi" in world.session.jobs[0].command


async def test_frozen_file_systems_are_thawed_from_the_menu_where_there_is_an_agent() -> None:
    async with living() as world:
        machine = world.hypervisor.machine(world.hypervisor.key("db"))
        key, machine.frozen, silent = machine.domain.key, 2, "no guest agent runs in the guest"
        world.hypervisor.change(key, agent_problem=silent)
        world.hypervisor.emit(key, "agent disconnected")
        await world.until(lambda: world.session.inventory.domains[key].agent_problem)
        await world.choose("db")
        await world.pilot.press("V")
        await world.until(lambda: any("sleep" in line and silent in line for line in world.text.splitlines()))
        await world.pilot.press("h")
        await world.until(lambda: f"thaw file systems: not now: {silent}" in world.notices)
        assert world.session.jobs == ()
        await world.pilot.press("escape")
        await world.until(lambda: not world.app.has_dialog)
        world.hypervisor.change(key, agent_problem="")
        world.hypervisor.emit(key, "agent connected")
        await world.until(lambda: not world.session.inventory.domains[key].agent_problem)
        await world.pilot.press("V", "h")
        await world.shows("Thaw file systems: db?", "written to again", "domfsthaw --domain db")
        await world.pilot.press("y")
        await world.until(lambda: "db: thaw file systems: 2 file systems thawed" in world.notices)
        assert machine.frozen == 0


async def test_the_way_to_shut_down_is_chosen_and_seen_in_the_command() -> None:
    async with living() as world:
        with_agent(world, "db", "connected")
        await world.choose("db")
        await world.pilot.press("S", "shift+tab", "right", "right")
        await world.shows("(*) agent", "--mode agent")
        await world.pilot.press("y")
        await world.until(lambda: world.domain("db").state is State.OFF)
        assert world.session.jobs[0].command.endswith("--mode agent")


async def test_start_in_another_way_is_asked_from_the_menu_only() -> None:
    async with living() as world:
        await world.choose("win11")
        await world.pilot.press("V", "s")
        await world.shows("Start: win11?", "boot from", "firmware setup", "discard the saved state")
        await world.pilot.press("tab", "right", "space")
        await world.shows("[x] discard the saved state", "--force-boot", "The saved state is discarded")
        await world.pilot.press("enter")
        await world.until(lambda: isinstance(world.app.focused, Answers))
        assert world.domain("win11").state is State.OFF
        await world.pilot.press("y")
        await world.until(lambda: world.domain("win11").state is State.RUNNING)


async def test_a_locked_domain_keeps_its_saved_state() -> None:
    hypervisor = MemoryHypervisor(5)
    hypervisor.change(hypervisor.key("win11"), locked=True)
    async with living(hypervisor) as world:
        await world.choose("win11")
        await world.pilot.press("V", "s", "tab", "right", "space")
        await world.shows("Locked")
        await world.pilot.press("y")
        await world.pilot.pause(0.1)
        assert world.app.has_dialog
        assert world.domain("win11").state is State.OFF


async def test_tags_and_title_are_shown_as_they_are_and_set() -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("V", "g", *"prod eu", "enter")
        await world.until(lambda: world.domain("db").tags == ("prod", "eu"))
        await world.until(lambda: world.app.main.selected and world.app.main.selected.tags == ("prod", "eu"))
        await world.pilot.press("V", "g")
        await world.shows("prod eu")
        await world.pilot.press("escape", "V", "i", *"The base", "enter")
        await world.until(lambda: world.domain("db").title == "The base")


async def test_a_dump_needs_a_whole_path() -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("V", "m", *"core", "enter")
        await world.shows("needs a whole path")
        await world.pilot.press("home", "slash", "enter")
        await world.until(lambda: world.hypervisor.calls["dump"] == 1)


@pytest.mark.parametrize("letter", ["n", "u", "i"])
async def test_copying(letter: str) -> None:
    async with living() as world:
        await world.choose("db")
        key = world.hypervisor.key("db")
        await world.until(lambda: (found := world.session.detail(key)) and found.addresses, "an address")
        await world.pilot.press("y", letter)
        wanted = {"n": "db", "u": key.uuid, "i": "192.168.122.11"}[letter]
        await world.until(lambda: world.app.clipboard == wanted)
        await world.until(lambda: f"copied: {wanted}" in world.notices)


async def test_copying_of_the_marked_and_of_a_command() -> None:
    names = ["a b", "$(reboot)"]
    async with living(MemoryHypervisor(2, names=names, running=2)) as world:
        await world.pilot.press("asterisk", "y")
        await world.shows("Copy of 2 domains")
        await world.pilot.press("n")
        await world.until(lambda: sorted(world.app.clipboard.split("\n")) == sorted(names))
        await world.pilot.press("y", "b")
        await world.until(lambda: "shutdown --domain 'a b'" in world.app.clipboard)
        assert "shutdown --domain '$(reboot)'" in world.app.clipboard


@pytest.mark.parametrize("size", [(40, 15), (80, 24)])
async def test_forms_fit(size: tuple[int, int]) -> None:
    async with living(MemoryHypervisor(8), size=size, config=Config(ascii=True)) as world:
        for name, letter, words in (
            ("win11", "s", ("Start: win11?", "Start", "Cancel")),
            ("old-ci", "N", ("Rename: old-ci?", "Rename", "Cancel")),
            ("db", "m", ("Dump core: db?", "Dump core", "Cancel")),
            ("db", "d", ("Describe: db?", "Describe", "Cancel")),
            ("db", "D", ("Force off: db?", "No", "Yes, force off")),
        ):
            await world.choose(name)
            await world.pilot.press("V", letter)
            await world.shows(*words)
            await world.pilot.press("escape")
            await world.until(lambda: not world.app.has_dialog)
