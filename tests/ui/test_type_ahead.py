"""Words typed at once after the key that asks for them: on a slow line they come with it."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

from tests.memory import MemoryHypervisor
from tests.ui.app_world import World, living
from tuivm.model.domain import State


def burst(world: World, text: str) -> None:
    """Type without waiting for anything in between."""
    keys = {"/": "slash", "?": "question_mark"}
    for character in text:
        world.app.post_message(events.Key(keys.get(character, character), character))


async def test_the_filters_words_are_no_keys_of_the_list() -> None:
    async with living() as world:
        await world.choose("db")
        assert world.domain("db").state is State.RUNNING
        for _ in range(2):
            # Each of these would do something to the domain.
            burst(world, "/apsd")
            await world.until(lambda: [one.value for one in world.app.main.query(Input)] == ["apsd"])
            await world.pilot.press("escape")
            await world.until(lambda: world.app.main.details_focused or world.app.main.table.has_focus)
        assert world.session.jobs == ()
        assert world.domain("db").state is State.RUNNING


async def test_keys_behind_the_filters_enter_are_no_words() -> None:
    async with living() as world:
        for _ in range(2):
            await world.choose("web-1")
            await world.pilot.press("slash")
            await world.until(lambda: world.app.main.query_one(Input).has_focus, "the filter")
            for character in "d*":
                await world.pilot.press("asterisk" if character == "*" else character)
            world.app.post_message(events.Key("enter", "\r"))
            burst(world, "?")
            await world.until(lambda: world.app.has_dialog, "the help")
            assert world.app.main.query_one(Input).value == "d*"
            await world.pilot.press("escape")
            await world.until(lambda: not world.app.has_dialog)
            await world.pilot.press("escape")


async def test_words_typed_with_the_consoles_key_are_no_keys_of_the_list() -> None:
    async with living() as world:
        await world.choose("db")
        burst(world, "capsd")
        await world.until(lambda: world.app.console_has_keyboard, "the keyboard")
        burst(world, "aps")
        console = world.session.console(world.domain("db").key)
        await world.until(lambda: "aps" in "".join(console.terminal.screen.display), "the echo")
        # What follows the key that leaves is no more the guest's.
        await world.pilot.press("ctrl+right_square_bracket")
        burst(world, "?")
        await world.until(lambda: world.app.has_dialog, "the help")
        assert world.session.jobs == ()


async def test_nothing_typed_behind_the_key_that_leaves_reaches_the_guest() -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("c")
        await world.until(lambda: world.app.console_has_keyboard, "the keyboard")
        console = world.hypervisor.console_of(world.domain("db").key)
        assert console is not None
        # All of it comes with one read: what is behind the key waits in the pane's own queue already.
        world.app.post_message(events.Key("x", "x"))
        world.app.post_message(events.Key("ctrl+right_square_bracket", "\x1d"))
        burst(world, "/web")
        await world.until(lambda: [one.value for one in world.app.main.query(Input)] == ["web"])
        assert bytes(console.sent) == b"x"
        assert world.session.jobs == ()


async def test_keys_are_let_go_when_nobody_takes_the_keyboard() -> None:
    async with living() as world:
        world.app.hold_keys()
        burst(world, "?")
        await world.until(lambda: world.app.has_dialog, "the help")


async def test_words_typed_with_the_tiles_key_are_no_keys_of_the_tiles() -> None:
    hypervisor = MemoryHypervisor(6, running=6)
    async with living(hypervisor, start=("db", "mail"), ready=False) as world:
        burst(world, "xqa")
        await world.until(lambda: world.app.console_has_keyboard, "the keyboard")
        db = world.session.console(hypervisor.key("db"))
        await world.until(lambda: "xqa" in "".join(db.terminal.screen.display), "the echo")
        await world.pilot.press("ctrl+right_square_bracket")
        await world.until(lambda: not world.app.console_has_keyboard)
        world.app.post_message(events.Key("enter", "\r"))
        burst(world, "xq")
        await world.until(lambda: "xqaxq" in "".join(db.terminal.screen.display), "the echo")
        assert len(world.app.rounds.tiles) == 2
