"""A connection to look at: what would change something is hidden, and its key says why it does nothing."""

from __future__ import annotations

import math

import pytest

from tests.memory import MemoryHypervisor
from tests.ui.app_world import living
from tuivm.config import Config
from tuivm.core.actions import ACTIONS
from tuivm.core.verbs import VERBS
from tuivm.model.capability import Capability
from tuivm.model.event import EventKind
from tuivm.ui.keymap import Keymap

READING = {Capability.ADDRESSES, Capability.BULK_STATS}
READONLY = Config(ascii=False, readonly=True)


def reader() -> MemoryHypervisor:
    """The fake, as a connection opened read-only is."""
    hypervisor = MemoryHypervisor(5)
    hypervisor.missing = {each: "read-only connection" for each in Capability if each not in READING}
    return hypervisor


def test_the_keymap_hides_every_verb_and_keeps_its_key() -> None:
    keymap, whole = Keymap({}, read_only=True), Keymap({})
    assert keymap.verbs() == []
    assert all(keymap.hides(verb.id) and not whole.hides(verb.id) for verb in VERBS)
    assert {entry.id for entry in keymap.actions()} < {action.id for action in ACTIONS}
    assert not keymap.hides("filter")
    assert not keymap.hides("versions")
    assert keymap.by_key() == whole.by_key()


async def test_footer_help_and_palette_show_no_verb() -> None:
    async with living(reader(), config=READONLY, size=(140, 50)) as world:
        await world.choose("db")
        footer = world.text.splitlines()[-1]
        assert "filter" in footer
        assert not any(word in footer for word in ("start", "shut", "pause", "snapshot", "console"))
        await world.pilot.press("question_mark")
        await world.shows("Keys", "Moving")
        await world.pilot.press("end")
        assert "Force off" not in world.text
        assert "Cut the power" not in world.text
        await world.pilot.press("escape", "colon", *"force")
        await world.pilot.pause(0.3)
        assert "Force off" not in world.text
        await world.pilot.press("escape", "escape")


@pytest.mark.parametrize("key", ["s", "D", "t", "e", "w", "a"])
async def test_a_key_says_why_it_does_nothing(key: str) -> None:
    async with living(reader(), config=READONLY) as world:
        await world.choose("db")
        await world.pilot.press(key)
        await world.until(lambda: "read-only connection" in world.notices)
        assert not world.app.has_dialog
        assert world.session.jobs == ()
        kinds = [event.kind for event in world.session.event_log.kept(0.0, math.inf)]
        assert EventKind.RESULT not in kinds, "nothing was done, and nothing is kept of it"


async def test_the_tabs_offer_nothing_that_cannot_be() -> None:
    async with living(reader(), config=READONLY) as world:
        await world.choose("db")
        await world.pilot.press("3")
        await world.shows("No snapshot yet.")
        assert "Press" not in world.text
        await world.pilot.press("2")
        await world.shows("read-only connection")


async def test_the_menu_of_verbs_says_why_there_is_none() -> None:
    async with living(reader(), config=READONLY) as world:
        await world.choose("db")
        await world.pilot.press("V")
        await world.until(lambda: "nothing can be changed" in world.notices)
        assert not world.app.has_dialog


async def test_versions_can_be_looked_at_and_not_restored() -> None:
    async with living(reader(), config=READONLY) as world:
        await world.choose("db")
        await world.pilot.press("E")
        await world.shows("Versions of the XML: db", "No version yet")
