"""Snapshots from the key to what the hypervisor has: every dialog, its plan, and the pages."""

from __future__ import annotations

from dataclasses import replace

from textual.widgets import Input, TextArea

from tests.memory import MemoryHypervisor
from tests.ui.app_world import World, living
from tuivm.model.snapshot import Retention, Snapshot, SnapshotDisk, SnapshotKind, SnapshotRequest
from tuivm.ui.widgets.choice import Choice, Toggles

TAKEN = ("first", "second", "third")


def hypervisor(*, external: bool = False) -> MemoryHypervisor:
    """Five machines, of which db has three snapshots in a row."""
    memory = MemoryHypervisor(5)
    memory.open()
    kind = SnapshotKind.DISK_ONLY if external else SnapshotKind.INTERNAL
    for name in TAKEN:
        memory.take_snapshot(memory.key("db"), SnapshotRequest(name, f"the {name}", kind))
    return memory


def known(world: World) -> dict[str, Snapshot]:
    """What the hypervisor has."""
    return dict(world.hypervisor.machine(world.hypervisor.key("db")).snapshots)


async def at_list(world: World, name: str = "third") -> None:
    """Give the list of snapshots the keyboard, with the cursor on one of them."""
    await world.choose("db")
    await world.pilot.press("3", "enter")
    await world.until(lambda: world.app.main.detail.snapshot is not None, "the list")
    for _ in range(10):
        chosen = world.app.main.detail.snapshot
        if chosen is not None and chosen.name == name:
            return
        await world.pilot.press("up")
    raise AssertionError(f"no snapshot {name}")


async def opened(world: World, key: str, *words: str) -> None:
    """Press a key and wait for the dialog with its plan."""
    await world.pilot.press(key)
    await world.until(lambda: world.app.has_dialog, "the dialog")
    await world.shows(*words)


async def closed(world: World) -> None:
    await world.until(lambda: not world.app.has_dialog, "the dialog closed")


async def test_a_snapshot_of_the_disk_alone_is_asked_for_by_the_arrows() -> None:
    async with living(hypervisor(), size=(110, 40)) as world:
        await at_list(world)
        await opened(world, "t", "internal: vda and memory", "room", "100G free")
        await world.pilot.press("down", "down", "right")
        await world.shows("external: vda alone", "Kinds are being mixed", "--disk-only")
        await world.pilot.press("enter")
        await closed(world)
        await world.until(lambda: len(known(world)) == 4)
        made = list(known(world).values())[-1]
        assert (made.external, made.memory) == (True, False)


async def test_what_the_kind_does_not_have_is_greyed_with_its_reason() -> None:
    memory = hypervisor()
    memory.machine(memory.key("db")).keeper.agent = "no [agent] answers"
    async with living(memory, size=(110, 40)) as world:
        await at_list(world)
        await opened(world, "t", "100G free")
        await world.pilot.press("down", "down", "right", "down", "space")
        await world.shows("Not now: no [agent] answers.")
        options = world.app.screen.query_one("#options", Toggles)
        assert options.on == frozenset()
        world.app.screen.query_one("#kind", Choice).focus()
        await world.pilot.press("right")
        await world.until(lambda: options.on == {"memory"})
        await world.shows("external: vda and memory")


async def test_little_room_is_said_before_it_is_done() -> None:
    memory = hypervisor()
    memory.machine(memory.key("db")).keeper.free = 1024**2
    async with living(memory, size=(110, 40)) as world:
        await at_list(world)
        await opened(world, "t", "1.0M free", "It may need", "! mind")


async def test_an_answer_waits_for_the_facts_and_is_put_again_where_they_warn() -> None:
    memory = MemoryHypervisor(8)
    async with living(memory, size=(110, 40)) as world:
        await world.choose("kiosk")
        await world.until(lambda: world.session.detail(memory.key("kiosk")) is not None)
        memory.delay = 30.0
        await world.pilot.press("t")
        await world.until(lambda: world.app.has_dialog)
        await world.pilot.press("enter")
        await world.shows("Done as soon as the disks were looked at")
        assert memory.calls["take_snapshot"] == 0
        memory.delay = 0.0
        memory.released.set()
        await world.until(lambda: memory.calls["take_snapshot"] == 1, "taken, for nothing is to mind")
        await world.choose("db")
        await world.until(lambda: world.session.detail(memory.key("db")) is not None)
        memory.released.clear()
        memory.delay = 30.0
        await world.pilot.press("t")
        await world.until(lambda: world.app.has_dialog)
        await world.pilot.press("enter")
        memory.delay = 0.0
        memory.released.set()
        await world.shows("Look at this first", "stands still")
        assert memory.calls["take_snapshot"] == 1
        await world.pilot.press("enter")
        await world.until(lambda: memory.calls["take_snapshot"] == 2)


async def test_reverting_takes_a_safety_snapshot_unless_it_is_turned_off() -> None:
    async with living(hypervisor(), size=(110, 40)) as world:
        await at_list(world, "first")
        await opened(world, "r", "Revert 'first': db?", "[x] a safety snapshot", "what happens")
        await world.pilot.press("y")
        await world.until(lambda: any(name.startswith("before-revert-") for name in known(world)))
        await world.until(lambda: known(world)["first"].current)
        await world.until(lambda: not world.app.session.pending(world.hypervisor.key("db")))
        count = len(known(world))
        await world.until(lambda: len(world.app.main.detail.view.detail.snapshots) == count)  # type: ignore[union-attr]
        await opened(world, "r", "[x] a safety snapshot")
        await world.pilot.press("down", "space")
        await world.shows("[ ] a safety snapshot", "lost")
        await world.pilot.press("down", "right", "right")
        await world.shows("paused")
        await world.pilot.press("y")
        await closed(world)
        await world.until(lambda: world.domain("db").state.value == "paused")
        assert len(known(world)) == count


async def test_a_refusal_is_not_overruled() -> None:
    memory = hypervisor(external=True)
    memory.machine(memory.key("db")).keeper.reverts_external = "this libvirt cannot [revert] it"
    async with living(memory, size=(110, 40)) as world:
        await at_list(world, "first")
        await opened(world, "r", "cannot", "this libvirt cannot [revert] it")
        await world.pilot.press("y", "y")
        await world.shows("It cannot be done so: the reason stands above.")
        assert world.app.has_dialog
        assert memory.calls["revert_snapshot"] == 0
        await world.pilot.press("n")
        await closed(world)


async def test_delete_with_all_that_grew_from_it() -> None:
    async with living(hypervisor(), size=(110, 40)) as world:
        await at_list(world, "second")
        await opened(world, "delete", "Delete snapshot 'second': db?", "(*) this one", "1 snapshot")
        world.app.screen.query_one("#scope", Choice).focus()
        await world.pilot.press("right")
        await world.shows("2 snapshots", "'third'")
        await world.pilot.press("y")
        await world.until(lambda: list(known(world)) == ["first"])
        await world.until(lambda: world.app.main.detail.snapshot is not None)
        assert world.app.main.detail.snapshot.name == "first"  # type: ignore[union-attr]


async def test_nothing_below_a_leaf_is_deleted() -> None:
    async with living(hypervisor(), size=(110, 40)) as world:
        await at_list(world)
        await opened(world, "delete", "it removes")
        world.app.screen.query_one("#scope", Choice).focus()
        await world.pilot.press("right", "y")
        await world.shows("Not now: nothing grew from it.")
        await world.pilot.press("escape")
        await closed(world)
        assert list(known(world)) == list(TAKEN)


async def test_e_describes_the_snapshot_and_an_internal_one_keeps_its_name() -> None:
    async with living(hypervisor(), size=(110, 40)) as world:
        await at_list(world, "second")
        await opened(world, "e", "Describe 'second' of db", "keeps its name")
        await world.pilot.press("enter")
        await world.shows("Nothing was changed.")
        await world.pilot.press("n", "e", "w", "enter")
        await world.until(lambda: known(world)["second"].description == "new")
        assert world.hypervisor.calls["redefine"] == 0, "the key means something else in the list of domains"


async def test_an_external_one_gets_another_name_and_the_cursor_follows_it() -> None:
    async with living(hypervisor(external=True), size=(110, 40)) as world:
        await at_list(world, "second")
        await opened(world, "e", "Describe 'second' of db")
        name = world.app.screen.query_one("#name", Input)
        for value, words in (("first", "'first' already"), ("a/b", "'/'"), ("", "needs a name")):
            name.value = value
            name.focus()
            await world.pilot.press("enter")
            await world.shows(words)
        name.value = "renamed [b]"
        await world.pilot.press("enter")
        await world.until(lambda: "renamed [b]" in known(world))
        await world.until(lambda: "renamed [b]" in world.text)
        assert world.app.main.detail.snapshot.name == "renamed [b]"  # type: ignore[union-attr]


async def test_a_description_of_several_lines_is_edited_as_such() -> None:
    memory = hypervisor()
    keeper = memory.machine(memory.key("db")).snapshots
    keeper["third"] = replace(keeper["third"], description="one\ntwo \x1b[31m")
    async with living(memory, size=(110, 40)) as world:
        await at_list(world)
        await opened(world, "e", "Describe 'third' of db")
        area = world.app.screen.query_one("#description", TextArea)
        assert area.text.startswith("one\ntwo ")
        assert "\x1b" not in area.text
        area.text = "one\nthree"
        await world.pilot.press("tab", "enter")
        await world.until(lambda: known(world)["third"].description == "one\nthree")


async def test_merge_shows_the_images_and_makes_one_of_them() -> None:
    async with living(hypervisor(external=True), size=(110, 40)) as world:
        await at_list(world)
        await opened(world, "M", "down into the base", "3 overlays", "db.qcow2", "lost")
        await world.pilot.press("y")
        await world.until(lambda: not world.hypervisor.machine(world.hypervisor.key("db")).keeper.overlays)
        await world.until(lambda: "merge overlays" in world.log)


async def test_there_is_nothing_to_merge_in_one_image() -> None:
    async with living(hypervisor(), size=(110, 40)) as world:
        await at_list(world)
        await opened(world, "M", "nothing to merge")
        await world.pilot.press("y")
        await world.shows("Not now: it has one image only.")


async def test_a_rule_shows_what_would_go_by_it() -> None:
    async with living(hypervisor(), size=(110, 40)) as world:
        await at_list(world)
        await opened(world, "n", "3 of 3 snapshots stay")
        await world.until(lambda: world.app.screen.query_one("#safety-keep", Input).value == "3")
        await world.pilot.press("2")
        await world.shows("2 of 3 snapshots stay", "1 snapshot expired: 'first'", "when the next snapshot")
        await world.pilot.press("enter")
        await closed(world)
        machine = world.hypervisor.machine(world.hypervisor.key("db"))
        await world.until(lambda: machine.keeper.retention == Retention(2, 0, 3, 14))
        assert list(known(world)) == list(TAKEN)
        await opened(world, "n", "expired: 'first'")
        world.app.screen.query_one("#how", Toggles).focus()
        await world.pilot.press("space")
        await world.shows("They are deleted now.")
        await world.pilot.press("enter")
        await world.until(lambda: list(known(world)) == ["second", "third"])


async def test_the_xml_and_the_difference_with_the_marked_one() -> None:
    async with living(hypervisor(), size=(110, 40)) as world:
        await at_list(world)
        await opened(world, "x", "Snapshot third", "grew from 'second'", "<domainsnapshot>")
        await world.pilot.press("x")
        await closed(world)
        await world.pilot.press("d")
        await world.until(lambda: "mark the one to compare with first" in world.notices)
        await world.pilot.press("space", "up", "up")
        await opened(world, "d", "first → third", "-  <name>first</name>", "+  <name>third</name>")
        await world.pilot.press("y", "escape")
        await closed(world)
        await world.pilot.press("escape", "down", "up")
        assert not world.app.main.marks, "no domain was marked by it"


async def test_an_error_is_shown_where_the_facts_would_be() -> None:
    memory = hypervisor()
    async with living(memory, size=(110, 40)) as world:
        await at_list(world)
        memory.machine(memory.key("db")).snapshots.pop("third")
        await world.pilot.press("x")
        await world.shows("no domain snapshot with matching name 'third'")


async def test_the_images_of_the_disks_stand_among_the_facts() -> None:
    memory = hypervisor(external=True)
    async with living(memory, size=(200, 50)) as world:
        await at_list(world)
        await world.shows("vda: written to the first of", "db.third", "└ /var/lib/libvirt/images/db.qcow2")
        await world.pilot.press("z")
        await world.shows("description", "└ /var/lib/libvirt/images/db.qcow2")


async def test_hostile_words_of_a_snapshot_are_only_text() -> None:
    memory = hypervisor()
    machine = memory.machine(memory.key("db"))
    evil = "[red]x[/red]\x1b[2J\n" + "n" * 240
    machine.snapshots["third"] = replace(
        machine.snapshots["third"],
        description=evil,
        disks=(SnapshotDisk("[b]vda", "external", evil, evil),),
        memory_file=evil,
        state="[i]odd",
    )
    async with living(memory, size=(80, 24)) as world:
        await at_list(world)
        for key in ("x", "r", "delete", "e", "M"):
            await world.pilot.press(key)
            await world.until(lambda: world.app.has_dialog)
            await world.pilot.pause(0.2)
            assert "\x1b" not in world.text
            await world.pilot.press("escape")
            await closed(world)
