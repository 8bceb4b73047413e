"""Paths typed in dialogs: completion, and what a file must be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.widgets import Input

from tests.ui.app_world import living
from tuivm.ui.dialogs.files import SaveScreen, judge_new_file, propose
from tuivm.ui.widgets.path_input import PathInput, complete


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("notes.txt", "notes.md", "other", ".hidden", "we ird"):
        (tmp_path / name).write_text("x")
    (tmp_path / "sub").mkdir()
    return tmp_path


def test_completion_goes_as_far_as_the_names_agree(folder: Path) -> None:
    found = complete(f"{folder}/no")
    assert found.text == f"{folder}/notes."
    assert found.names == ("notes.md", "notes.txt")
    assert complete(f"{folder}/notes.t").text == f"{folder}/notes.txt"
    assert complete(f"{folder}/su").text == f"{folder}/sub/"
    assert complete(f"{folder}/w").text == f"{folder}/we ird"
    assert complete(f"{folder}/.h").text == f"{folder}/.hidden"
    assert ".hidden" not in complete(f"{folder}/").names


def test_completion_of_what_is_not_there(folder: Path) -> None:
    assert complete(f"{folder}/nothing").names == ()
    assert complete("/no/such/folder/x").names == ()
    assert complete("/etc/\0").names == ()
    assert complete("~nosuchuser/x").names == ()


def test_names_that_cannot_be_typed_are_passed_over(folder: Path) -> None:
    (folder / "bad\x1b[31m").write_text("")
    Path(os.fsdecode(bytes(folder) + b"/bad\xff")).write_text("")
    assert complete(f"{folder}/bad").names == ()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.sets(st.text(alphabet="abcé. ", min_size=1, max_size=6), max_size=6),
    begun=st.text("abcé", max_size=3),
)
def test_completion_only_ever_adds(
    tmp_path_factory: pytest.TempPathFactory, names: set[str], begun: str
) -> None:
    folder = tmp_path_factory.mktemp("names")
    for name in names - {".", ".."}:
        (folder / name).write_text("")
    found = complete(f"{folder}/{begun}")
    assert found.text.startswith(f"{folder}/{begun}")
    assert all(name.startswith(found.text.removeprefix(f"{folder}/")) for name in found.names)


def test_a_new_file_must_be_new(folder: Path) -> None:
    assert judge_new_file(f"{folder}/new.txt") == (folder / "new.txt", "")
    for text, problem in (
        ("", "Under which name?"),
        (str(folder), "That is a folder."),
        (f"{folder}/notes.txt", "There is such a file already; it is not overwritten."),
        (f"{folder}/no/new.txt", "There is no such folder."),
        ("bad\0name", ""),
    ):
        answer, said = judge_new_file(text)
        assert answer is None
        assert said
        assert not problem or said == problem
    (folder / "loose").symlink_to(folder / "nowhere")
    assert judge_new_file(f"{folder}/loose")[0] is None


def test_proposed_names_hold_nothing_of_a_path() -> None:
    assert propose("web-1", 1_790_000_000.0, "txt") == "web-1-20260921-1413.txt"
    assert propose("../../etc/x y\x1b", 0.0, "txt").count("/") == 0
    assert not propose("..", 0.0, "txt").startswith(".")


class Lines(App[None]):
    def compose(self) -> ComposeResult:
        yield PathInput()
        yield Input(id="next")


async def test_tab_completes_and_then_goes_on(folder: Path) -> None:
    async with Lines().run_test() as pilot:
        line = pilot.app.query_one(PathInput)
        line.focus()
        line.value = f"{folder}/oth"
        await pilot.press("tab")
        await pilot.app.workers.wait_for_complete()
        assert line.value == f"{folder}/other"
        await pilot.press("tab")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert pilot.app.focused is pilot.app.query_one("#next")


async def test_a_console_is_saved_as_text(tmp_path: Path) -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("2")
        await world.shows("db login:")
        await world.pilot.press("m", "s")
        await world.until(lambda: isinstance(world.app.screen, SaveScreen))
        await world.pilot.press("ctrl+u", *str(tmp_path / "saved.txt"), "enter")
        await world.until(lambda: (tmp_path / "saved.txt").exists())
        await world.until(lambda: "db login:" in (tmp_path / "saved.txt").read_text())
        assert (tmp_path / "saved.txt").stat().st_mode & 0o777 == 0o600
        await world.pilot.press("m", "c", "c")
        await world.shows("Clear the console of db?", "What is lost")
        await world.pilot.press("y")
        await world.until(lambda: not world.app.has_dialog)
