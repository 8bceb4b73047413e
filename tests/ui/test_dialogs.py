"""Snapshots: taken, reverted to and deleted through their dialogs; and the pages."""

from __future__ import annotations

from tests.memory import MemoryHypervisor
from tests.ui.app_world import World, living
from tuivm.core.actions import ACTIONS
from tuivm.model.snapshot import SnapshotRequest
from tuivm.ui.dialogs.help import _HEADINGS


def snapshots(world: World, name: str) -> list[str]:
    """The names the hypervisor has."""
    return [snapshot.name for snapshot in world.hypervisor.machine(world.hypervisor.key(name)).tree()]


async def take(world: World, name: str, description: str = "") -> None:
    """Take a snapshot of the selected domain under that name."""
    await world.pilot.press("t")
    await world.until(lambda: world.app.has_dialog)
    field = world.app.screen.query_one("#name")
    field.value = name  # type: ignore[attr-defined]
    world.app.screen.query_one("#description").value = description  # type: ignore[attr-defined]
    await world.pilot.press("enter")
    await world.until(lambda: not world.app.has_dialog)


async def test_the_proposed_name_is_taken_by_enter_alone() -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("t")
        await world.shows("Take a snapshot of db", "vda and memory, kept", "snap-20")
        await world.pilot.press("enter")
        await world.until(lambda: len(snapshots(world, "db")) == 1)
        assert snapshots(world, "db")[0].startswith("snap-20")
        await world.until(lambda: "take snapshot 'snap-20" in world.log)


async def test_take_revert_and_delete() -> None:
    async with living(size=(120, 40)) as world:
        await world.choose("db")
        await world.pilot.press("3")
        await world.shows("No snapshot yet.", "Press t to take one.")
        await take(world, "before update", "all [was] well")
        await take(world, "after")
        await world.shows("before update", "all [was] well", "└ after")
        await world.pilot.press("enter")
        await world.until(lambda: world.app.main.details_focused)
        await world.pilot.press("up", "r")
        await world.shows("Revert 'before update': db?", "memory go back to 'before update'")
        await world.pilot.press("y")
        await world.until(lambda: world.hypervisor.calls["revert_snapshot"] == 1)
        await world.pilot.press("delete")
        await world.shows("Delete snapshot 'before update': db?")
        await world.pilot.press("escape", "delete", "y")
        await world.until(lambda: "before update" not in snapshots(world, "db"))
        assert [name for name in snapshots(world, "db") if not name.startswith("before-revert-")] == ["after"]
        await world.until(lambda: "delete snapshot 'before update'" in world.log)


async def test_revert_without_a_chosen_snapshot_shows_them_first() -> None:
    async with living() as world:
        await world.choose("db")
        await take(world, "one")
        await world.until(lambda: snapshots(world, "db") == ["one"])
        await world.until(
            lambda: world.app.main.selected is not None and world.app.main.selected.has_snapshots
        )
        await world.pilot.press("r")
        await world.until(lambda: "choose the snapshot first" in world.notices)
        assert not world.app.has_dialog
        await world.shows("one")
        await world.pilot.press("r")
        await world.shows("Revert 'one': db?")


async def test_a_wrong_name_is_refused_with_a_word() -> None:
    async with living() as world:
        await world.choose("db")
        await take(world, "one")
        await world.pilot.press("3")
        await world.shows("one")
        await world.pilot.press("t")
        await world.until(lambda: world.app.has_dialog)
        for name, word in (
            ("", "needs a name"),
            ("one", "'one' already"),
            ("a/b", "'/'"),
            (".x", "begin with '.'"),
        ):
            world.app.screen.query_one("#name").value = name  # type: ignore[attr-defined]
            await world.pilot.pause()
            await world.pilot.press("enter")
            await world.shows(word)
        assert world.hypervisor.calls["take_snapshot"] == 1
        await world.pilot.press("escape")
        await world.until(lambda: not world.app.has_dialog)


async def test_snapshots_made_elsewhere_appear() -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("3")
        await world.shows("No snapshot yet.")
        world.hypervisor.take_snapshot(world.hypervisor.key("db"), SnapshotRequest("by-virsh"))
        await world.shows("by-virsh", "3 Snapshots 1")


async def test_hostile_snapshot_names() -> None:
    async with living(size=(120, 40)) as world:
        await world.choose("db")
        world.hypervisor.take_snapshot(
            world.hypervisor.key("db"), SnapshotRequest("[red]x[b]\x1b[2J", "$(reboot)")
        )
        await world.pilot.press("3")
        await world.shows("[red]x[b]", "$(reboot)")
        assert "\x1b" not in world.text
        await world.pilot.press("enter", "delete")
        await world.shows("Delete snapshot '[red]x[b]")


async def test_help_names_every_entry_of_the_keymap() -> None:
    async with living(size=(160, 260)) as world:
        await world.choose("win11")
        await world.pilot.press("question_mark")
        await world.shows("What to do with win11", "Not now: not running")
        shown = world.text
        for entry in world.app.context.keymap:
            assert entry.label in shown, entry.id
        await world.pilot.press("question_mark")
        assert not world.app.has_dialog


async def test_a_page_scrolls_and_closes_with_the_key_that_opened_it() -> None:
    async with living(MemoryHypervisor(2), size=(80, 24)) as world:
        for key in ("question_mark", "L", "J"):
            await world.pilot.press(key)
            await world.until(lambda: world.app.has_dialog)
            await world.pilot.press("pagedown", "end", "home", "down", key)
            await world.until(lambda: not world.app.has_dialog)


def test_help_has_a_heading_for_every_group_of_actions() -> None:
    assert {action.group for action in ACTIONS} == set(_HEADINGS)
