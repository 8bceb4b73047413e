"""Editing a definition with the built-in editor, and with one of the user's that stands in for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from textual import events

from tests.memory import MemoryHypervisor
from tests.ui.app_world import World, living
from tuivm import paths
from tuivm.config import Config
from tuivm.core.editing.drafts import Drafts
from tuivm.core.editing.versions import Versions
from tuivm.ui import edit_desk
from tuivm.ui.dialogs.edit_pages import AnswerPage
from tuivm.ui.dialogs.edit_text import EditorScreen
from tuivm.ui.outside import Ended
from tuivm.ui.widgets.xml_editor import XmlEditor

BUILTIN = Config(ascii=False, editor="builtin")
NAMED = Config(ascii=False, editor="my-editor --wait 'a b'")


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "state_dir", lambda: tmp_path)


def definition(world: World, name: str) -> str:
    """The stored definition."""
    return world.hypervisor.definition(world.hypervisor.key(name))


def versions(world: World, name: str) -> list[str]:
    """The versions kept, newest first."""
    return [version.read() for version in Versions(world.hypervisor.key(name)).all()]


def drafts(world: World, name: str) -> list[str]:
    """The drafts left behind."""
    left = Drafts(world.hypervisor.key(name)).left()
    texts = [draft.read() for draft in left]
    for draft in left:
        draft.release()
    return texts


async def editor(world: World) -> XmlEditor:
    """Press the key, and wait for the built-in editor."""
    await world.pilot.press("e")
    return await opened(world)


async def opened(world: World) -> XmlEditor:
    """Wait for the built-in editor."""
    await world.until(lambda: isinstance(world.app.screen, EditorScreen), "the editor")
    await world.until(lambda: world.app.screen.query_one(XmlEditor).has_focus, "the editor's keyboard")
    return world.app.screen.query_one(XmlEditor)


def put(area: XmlEditor, old: str, new: str) -> None:
    """Change the text."""
    assert old in area.text
    area.text = area.text.replace(old, new)


def outside(
    monkeypatch: pytest.MonkeyPatch, *writes: Callable[[Path], object], ended: Sequence[Ended] = ()
) -> list[list[str]]:
    """An editor of the user's: each time it is called it does the next of ``writes``."""
    calls: list[list[str]] = []
    ends = list(ended) or [Ended(seconds=5.0)] * len(writes)

    def run(_: Any, argv: Sequence[str]) -> Ended:
        calls.append(list(argv))
        writes[len(calls) - 1](Path(argv[-1]))
        return ends[len(calls) - 1]

    monkeypatch.setattr(edit_desk, "run_outside", run)
    return calls


def swap(old: str, new: str) -> Callable[[Path], object]:
    """What an editor does that changes the text."""

    def write(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return write


async def test_an_edit_is_shown_confirmed_defined_and_the_old_version_kept() -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        before = definition(world, "db")
        area = await editor(world)
        assert area.text == before
        put(area, "<vcpu>2</vcpu>", "<vcpu>3</vcpu>")
        await world.pilot.press("ctrl+s")
        await world.shows("Define this: db", "takes effect at its next start", "vcpu  changed", "+1 -1")
        await world.shows("-  <vcpu>2</vcpu>", "+  <vcpu>3</vcpu>")
        assert definition(world, "db") == before
        await world.pilot.press("y")
        await world.until(lambda: "<vcpu>3</vcpu>" in definition(world, "db"))
        await world.until(lambda: "edit XML: defined" in world.log)
        assert versions(world, "db") == [before]
        await world.until(lambda: drafts(world, "db") == [])
        assert not world.app.has_dialog


async def test_enter_alone_never_defines() -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        put(await editor(world), "<vcpu>2", "<vcpu>3")
        await world.pilot.press("ctrl+s")
        await world.shows("Define this")
        await world.pilot.press("enter")
        area = await opened(world)
        assert "<vcpu>3" in area.text
        assert world.session.jobs == ()


async def test_nothing_changed_is_said_and_nothing_is_left() -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        put(await editor(world), "<devices>", "<!-- a word --><devices>   ")
        await world.pilot.press("ctrl+s")
        await world.until(lambda: "nothing was changed" in world.notices)
        await world.until(lambda: list(paths.state_dir().glob("xml/*/draft-*")) == [])
        assert not world.app.has_dialog


async def test_what_libvirt_refuses_comes_back_whole_and_is_kept() -> None:
    async with living(config=BUILTIN, size=(100, 30)) as world:
        await world.choose("db")
        put(await editor(world), "  <devices>", "  <nonsense/>\n  <devices>")
        await world.pilot.press("ctrl+s")
        await world.shows("Define this")
        await world.pilot.press("y")
        await world.shows("This cannot be defined", "against schema", "Element domain failed to validate")
        assert "<nonsense" not in definition(world, "db")
        await world.pilot.press("escape")
        await world.until(lambda: "kept as a draft: e goes on with it" in world.notices)
        # Offered the next time, with why.
        await world.pilot.press("e")
        await world.shows(
            "An edit was left: db", "It was refused:", "Extra element nonsense", "+  <nonsense/>"
        )
        await world.pilot.press("g")
        area = await opened(world)
        put(area, "  <nonsense/>\n", "  <title>it</title>\n")
        await world.pilot.press("ctrl+s", "y")
        await world.until(lambda: "<title>it</title>" in definition(world, "db"))
        await world.until(lambda: drafts(world, "db") == [])


async def test_a_refused_text_can_be_defined_unvalidated_when_that_is_asked_for() -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        put(await editor(world), "  <devices>", "  <nonsense/>\n  <devices>")
        await world.pilot.press("ctrl+s", "y")
        await world.shows("This cannot be defined", "Unvalidated")
        await world.pilot.press("u")
        await world.until(lambda: "<nonsense/>" in definition(world, "db"))


async def test_wrong_xml_goes_back_to_its_line() -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        put(await editor(world), "</vcpu>", "</vcpus>")
        await world.pilot.press("ctrl+s")
        await world.shows("This cannot be defined", "not well-formed XML, line 5", "mismatched tag")
        await world.pilot.press("enter")
        area = await opened(world)
        assert area.cursor_location[0] == 4
        await world.shows("mismatched tag")
        assert world.hypervisor.calls["redefine"] == 0


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("<name>db</name>", "<name>db2</name>", "rename does that"),
        ("<name>db</name>", "", "the text has nothing"),
        ("<uuid>", "<uuid>0", "must stay"),
    ],
)
async def test_name_and_uuid_stay(old: str, new: str, word: str) -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        put(await editor(world), old, new)
        await world.pilot.press("ctrl+s")
        await world.shows("This cannot be defined", word)
        assert world.hypervisor.calls["redefine"] == 0


async def test_somebody_elses_change_is_noticed_and_asked_about() -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        area = await editor(world)
        put(area, "<vcpu>2", "<vcpu>3")
        key = world.hypervisor.key("db")
        world.hypervisor.edit_elsewhere(key, "  <os>", "  <title>theirs</title>\n  <os>")
        await world.pilot.press("ctrl+s")
        await world.shows("changed by somebody else", "+  <title>theirs</title>", "-  <title>theirs</title>")
        await world.pilot.press("y")
        await world.until(lambda: "<vcpu>3" in definition(world, "db"))
        assert "theirs" not in definition(world, "db")
        assert "theirs" in versions(world, "db")[0]


async def test_both_changes_can_be_taken() -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        put(await editor(world), "<vcpu>2", "<vcpu>3")
        key = world.hypervisor.key("db")
        world.hypervisor.edit_elsewhere(key, "  <devices>", "  <devices>\n    <rng/>")
        await world.pilot.press("ctrl+s")
        await world.shows("changed by somebody else", "rng   removed", "take both changes")
        await world.pilot.press("b")
        await world.shows_not("changed by somebody else")
        await world.shows("Define this", "+  <vcpu>3</vcpu>", "     <rng/>")
        await world.pilot.press("y")
        await world.until(lambda: "<vcpu>3" in definition(world, "db"))
        assert "<rng/>" in definition(world, "db")


async def test_a_change_between_the_question_and_the_yes_is_noticed_too() -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        put(await editor(world), "<vcpu>2", "<vcpu>3")
        await world.pilot.press("ctrl+s")
        await world.shows("Define this")
        key = world.hypervisor.key("db")
        world.hypervisor.edit_elsewhere(key, "  <os>", "  <title>theirs</title>\n  <os>")
        await world.pilot.press("y")
        await world.shows("This cannot be defined", "changed by somebody else")
        assert "theirs" in definition(world, "db")
        await world.pilot.press("v")
        await world.shows("-  <title>theirs</title>")


async def test_a_locked_domain_refuses() -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        world.hypervisor.change(world.hypervisor.key("db"), locked=True)
        await world.until(lambda: world.app.main.selected is not None and world.app.main.selected.locked)
        await world.pilot.press("e")
        await world.until(lambda: "cannot edit XML: locked" in world.notices)
        assert not world.app.has_dialog


async def test_leaving_the_editor_keeps_the_text() -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        put(await editor(world), "<vcpu>2", "<vcpu>3")
        await world.pilot.press("escape")
        await world.until(lambda: "kept as a draft" in world.notices)
        assert "<vcpu>3" in drafts(world, "db")[0]
        await world.pilot.press("e")
        await world.shows("An edit was left")
        await world.pilot.press("d")
        area = await opened(world)
        assert "<vcpu>2" in area.text
        await world.until(lambda: drafts(world, "db") == [])


async def test_what_is_typed_is_on_disk_before_the_editor_is_left() -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        put(await editor(world), "<vcpu>2", "<vcpu>7")

        def on_disk() -> bool:
            return any(
                "<vcpu>7" in path.read_text() for path in paths.state_dir().glob("xml/*/draft-*/*.xml")
            )

        await world.until(on_disk, "the text on disk")


async def test_throwing_away_is_asked() -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        put(await editor(world), "<vcpu>2", "<vcpu>3")
        await world.pilot.press("ctrl+s")
        await world.shows("Define this")
        await world.pilot.press("d")
        await world.shows("Throw the edit away?")
        await world.pilot.press("n")
        await world.until(lambda: "kept as a draft" in world.notices)
        await world.pilot.press("e")
        await world.shows("An edit was left")


async def test_a_domain_that_vanishes_takes_no_text_with_it() -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        put(await editor(world), "<vcpu>2", "<vcpu>3")
        await world.pilot.press("ctrl+s")
        await world.shows("Define this")
        key = world.hypervisor.key("db")
        world.hypervisor.remove(key)
        await world.until(lambda: "is gone" in world.notices)
        assert not world.app.has_dialog
        (draft,) = Drafts(key).left()
        assert "<vcpu>3" in draft.read()
        draft.release()


async def test_keys_typed_at_once_are_typed_into_the_editor_or_nowhere() -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        for key in "eDapS":
            world.app.post_message(events.Key(key, key))
        await opened(world)
        assert world.session.jobs == ()
        assert world.domain("db").state.is_active


async def test_hostile_text_is_numbers_in_the_editor() -> None:
    async with living(config=BUILTIN, size=(110, 30)) as world:
        await world.choose("db")
        key = world.hypervisor.key("db")
        world.hypervisor.edit_elsewhere(key, "  <os>", "  <title>a\x9b31m\u202e[b]</title>\n  <os>")
        area = await editor(world)
        assert "a&#x9b;31m&#x202e;[b]" in area.text
        area.move_cursor((5, 0))
        await world.pilot.pause()
        area.post_message(events.Paste("\x1b]52;c;AAAA\x07<b>\r\nx"))
        await world.until(lambda: "]52;c;AAAA<b>\nx" in area.text)
        put(area, "<vcpu>2", "\x9b<vcpu>2")
        await world.pilot.pause()
        assert not {"\x9b", "\u202e", "\x1b"} & set(world.text)


async def test_text_is_found() -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        area = await editor(world)
        await world.pilot.press("ctrl+f", *"VCPU", "enter")
        await world.until(lambda: area.selected_text == "vcpu")
        assert area.cursor_location == (4, 7)
        await world.pilot.press("enter")
        await world.until(lambda: area.cursor_location == (4, 15))
        await world.pilot.press("enter")
        await world.until(lambda: area.cursor_location == (4, 7))
        await world.pilot.press("x", "y", "enter")
        await world.until(lambda: "VCPUxy: not found" in world.notices)
        await world.pilot.press("escape")
        await world.until(lambda: area.has_focus)
        assert isinstance(world.app.screen, EditorScreen)
        assert area.text == definition(world, "db")


# The user's own editor


async def test_the_users_editor_gets_a_private_file(monkeypatch: pytest.MonkeyPatch) -> None:
    modes = []

    def write(path: Path) -> None:
        modes.append((path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777, path.name))
        swap("<vcpu>2", "<vcpu>4")(path)

    calls = outside(monkeypatch, write)
    async with living(config=NAMED) as world:
        await world.choose("db")
        await world.pilot.press("e")
        await world.shows("Define this", "+  <vcpu>4</vcpu>")
        assert calls[0][:3] == ["my-editor", "--wait", "a b"]
        assert modes == [(0o600, 0o700, "db.xml")]
        await world.pilot.press("y")
        await world.until(lambda: "<vcpu>4" in definition(world, "db"))


async def test_an_editor_that_fails_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = [Ended(-9, 5.0), Ended(1, 5.0)]
    outside(monkeypatch, swap("<vcpu>2", "<vcpu>4"), lambda _: None, ended=ended)
    async with living(config=NAMED) as world:
        await world.choose("db")
        await world.pilot.press("e")
        await world.shows("The editor failed", "ended by SIGKILL", "+  <vcpu>4</vcpu>")
        await world.pilot.press("e")
        await world.shows("The editor failed", "ended with status 1", "+  <vcpu>4</vcpu>")
        await world.pilot.press("escape")
        await world.until(lambda: "kept as a draft" in world.notices)
        assert "<vcpu>4" in drafts(world, "db")[0]


async def test_an_editor_that_fails_without_a_change_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    outside(monkeypatch, lambda _: None, lambda _: None, ended=[Ended(1, 5.0), Ended(0, 0.1)])
    async with living(config=NAMED) as world:
        await world.choose("db")
        await world.pilot.press("e")
        await world.until(lambda: "ended with status 1; nothing was changed" in world.notices)
        await world.pilot.press("e")
        await world.until(lambda: "code --wait" in world.notices)
        assert drafts(world, "db") == []


async def test_an_editor_that_cannot_be_had_leaves_the_built_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    outside(monkeypatch, lambda _: None, ended=[Ended(error="the editor 'my-editor' cannot be started: no")])
    async with living(config=NAMED) as world:
        await world.choose("db")
        await world.pilot.press("e")
        await world.shows("No editor", "cannot be started")
        await world.pilot.press("enter")
        put(await opened(world), "<vcpu>2", "<vcpu>4")
        await world.pilot.press("ctrl+s", "y")
        await world.until(lambda: "<vcpu>4" in definition(world, "db"))


async def test_an_editor_that_removes_the_file_or_writes_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    outside(monkeypatch, os.unlink, lambda path: path.write_bytes(b"<domain>\n\xff</domain>"))
    async with living(config=NAMED) as world:
        await world.choose("db")
        await world.pilot.press("e")
        await world.until(lambda: "cannot be read" in world.notices)
        await world.until(lambda: not world.app.has_dialog)
        await world.pilot.press("e")
        await world.shows("This cannot be defined", "not UTF-8, line 2")
        await world.pilot.press("escape")


async def test_a_quote_left_open_is_one_line() -> None:
    async with living(config=Config(ascii=False, editor="vim 'x")) as world:
        await world.choose("db")
        await world.pilot.press("e")
        await world.until(lambda: "no closing quotation" in world.notices)
        assert not world.app.has_dialog


async def test_no_room_for_a_backup_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    async with living(config=BUILTIN) as world:
        await world.choose("db")
        put(await editor(world), "<vcpu>2", "<vcpu>3")
        await world.pilot.press("ctrl+s")
        await world.shows("Define this")
        monkeypatch.setattr(Versions, "keep", full)
        await world.pilot.press("y")
        await world.shows("This cannot be defined", "No space left on device", "No backup")
        assert "<vcpu>2" in definition(world, "db")
        await world.pilot.press("b")
        await world.until(lambda: "<vcpu>3" in definition(world, "db"))


# Versions


async def change(world: World, old: str, new: str) -> None:
    """Edit, and define."""
    put(await editor(world), old, new)
    await world.pilot.press("ctrl+s")
    await world.shows("Define this")
    await world.pilot.press("y")
    await world.until(lambda: new in definition(world, "db") and not world.app.has_dialog)
    await world.until(lambda: all(job.state.is_over for job in world.session.jobs))
    await world.until(lambda: drafts(world, "db") == [])


async def test_versions_are_compared_and_any_is_restored() -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        await world.pilot.press("E")
        await world.shows("Versions of the XML: db", "No version yet")
        await world.pilot.press("escape")
        first = definition(world, "db")
        await change(world, "<vcpu>2", "<vcpu>3")
        await change(world, "<vcpu>3", "<vcpu>5")
        await world.pilot.press("E")
        await world.shows("Versions of the XML: db", "before an edit", "+1 -1 against now")
        await world.pilot.press("down", "enter")
        await world.shows("From now to", "-  <vcpu>5</vcpu>", "+  <vcpu>2</vcpu>")
        await world.pilot.press("escape")
        await world.shows("Versions of the XML: db")
        await world.pilot.press("u")
        await world.shows("Restore this version", "+  <vcpu>2</vcpu>")
        await world.pilot.press("y")
        await world.until(lambda: definition(world, "db") == first)
        # And back: what was restored over is a version too.
        await world.until(lambda: len(versions(world, "db")) == 3)
        await world.pilot.press("E")
        await world.shows("before an older one was restored")
        await world.pilot.press("u")
        await world.shows("Restore this version", "+  <vcpu>5</vcpu>")
        await world.pilot.press("escape")
        await world.until(lambda: not world.app.has_dialog)
        await world.until(lambda: drafts(world, "db") == [])
        assert definition(world, "db") == first


async def test_a_version_of_a_domain_renamed_since_keeps_todays_name() -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        await change(world, "<vcpu>2", "<vcpu>3")
        key = world.hypervisor.key("db")
        world.hypervisor.change(key, name="new [b]<name>")
        world.hypervisor.edit_elsewhere(key, "<name>db</name>", "<name>new [b]&lt;name&gt;</name>")
        await world.choose("new [b]<name>")
        await world.pilot.press("E")
        await world.shows("+1 -1 against now")
        await world.pilot.press("u")
        await world.shows("Restore this version")
        await world.pilot.press("y")
        await world.until(lambda: "<vcpu>2" in world.hypervisor.definition(key))
        assert "<name>new [b]&lt;name&gt;</name>" in world.hypervisor.definition(key)


@pytest.mark.parametrize("size", [(40, 15), (80, 24)])
async def test_everything_fits(size: tuple[int, int]) -> None:
    async with living(config=BUILTIN, size=size) as world:
        await world.choose("db")
        put(await editor(world), "<vcpu>2", "<vcpu>3")
        assert "Edit XML: db" in world.text
        await world.pilot.press("ctrl+s")
        await world.shows("Define this", "Edit", "Define")
        screen = world.app.screen
        assert isinstance(screen, AnswerPage)
        await world.pilot.press("end")
        await world.shows("+  <vcpu>3</vcpu>", "<devices>")
        await world.pilot.press("right")
        await world.shows("› Define")
        await world.pilot.press("enter")
        await world.until(lambda: "<vcpu>3" in definition(world, "db"))


async def test_a_slow_hypervisor_can_be_given_up() -> None:
    hypervisor = MemoryHypervisor(5)
    async with living(hypervisor, config=BUILTIN) as world:
        await world.choose("db")
        hypervisor.delay = 30.0
        await world.pilot.press("e")
        await world.shows("Reading the definition...", "Esc gives up")
        await world.pilot.press("escape")
        await world.until(lambda: not world.app.has_dialog)
        hypervisor.delay = 0.0
        hypervisor.released.set()


async def test_moves_and_letters_of_one_burst_keep_their_order() -> None:
    async with living(config=BUILTIN) as world:
        await world.choose("db")
        area = await editor(world)
        for key, character in (("down", None), ("down", None), ("x", "x"), ("delete", None), ("y", "y")):
            world.app.post_message(events.Key(key, character))
        await world.until(lambda: "y" in area.document.get_line(2)[:3])
        assert area.document.get_line(2).startswith("xy")
        assert area.document.get_line(0).startswith("<domain")
        await world.pilot.press("ctrl+f", "v", "d", "a")
        await world.shows("find vda")
