"""What stands over the list: drawn once, and what changes below it is seen through it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Static

from tests.memory import MemoryHypervisor
from tests.ui.app_world import living
from tuivm.ui import tidy
from tuivm.ui.dialogs.over import Over
from tuivm.ui.widgets.fitted import FittedBox
from tuivm.ui.widgets.lines import LinesView


async def test_the_list_below_a_question_goes_on() -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("S")
        await world.shows("Shut down: db?")
        key = world.hypervisor.key("mail")
        world.hypervisor.destroy(key)
        await world.shows("Shut down: db?", "■ off      mail")


async def test_a_question_asks_the_list_below_for_its_lines_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with living(MemoryHypervisor(60, running=60), interval=60.0) as world:
        await world.pilot.press("asterisk", "S")
        await world.shows("Shut down: 60 domains?")
        await world.pilot.press("escape")
        await world.until(lambda: not world.app.has_dialog)
        taken = []
        see = Over._see

        def counted(screen: Over[object], *what: object) -> None:
            taken.append(screen)
            see(screen, *what)  # type: ignore[arg-type]

        monkeypatch.setattr(Over, "_see", counted)
        await world.pilot.press("S")
        await world.shows("Shut down: 60 domains?", "vm-01")
        # For its first picture, and whenever the list told of a change: its footer, a notice.
        assert 1 <= len(taken) <= 4


class Boxed(App[None]):
    """A box with a list and two lines that can be done without."""

    CSS = "FittedBox { max-height: 100%; } LinesView { height: auto; } Static { height: 2; }"

    def compose(self) -> ComposeResult:
        lines = LinesView(id="list", classes=FittedBox.LIST)
        lines.show([Content(str(number)) for number in range(30)])
        with FittedBox(id="box"):
            yield Static("asked", id="asked")
            yield lines
            yield Static("first", id="first", classes=FittedBox.SPARE)
            yield Static("second", id="second", classes=FittedBox.SPARE)
            yield Static("answers", id="answers")


def heights(pilot: Pilot[None]) -> list[int]:
    return [pilot.app.query_one(f"#{name}").region.height for name in ("list", "first", "second", "answers")]


@pytest.mark.parametrize(
    ("height", "expected"),
    [
        (50, [30, 2, 2, 2]),
        (20, [12, 2, 2, 2]),
        (9, [1, 2, 2, 2]),
        (8, [2, 2, 0, 2]),
        (6, [2, 0, 0, 2]),
        (5, [1, 0, 0, 2]),
    ],
)
async def test_a_list_gives_way_and_then_what_can_be_done_without(height: int, expected: list[int]) -> None:
    async with Boxed().run_test(size=(40, height)) as pilot:
        await pilot.pause()
        assert heights(pilot) == expected
        assert pilot.app.query_one("#box").region.height == min(height, 38)


@pytest.fixture
def collector() -> Iterator[None]:
    """Leave the collector as it was."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


async def test_garbage_is_looked_for_in_quiet_moments(
    collector: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tidy.begin()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    looked: list[bool] = []
    monkeypatch.setattr(tidy.gc, "collect", lambda: looked.append(True))
    monkeypatch.setattr(tidy.gc, "get_count", lambda: (0, 0, 10))
    monkeypatch.setattr(tidy, "_TICK", 0.02)
    async with living() as world:
        await world.until(lambda: looked, "a search")
        monkeypatch.setattr(tidy, "_QUIET", 1000.0)
        await world.pilot.press("j")
        looked.clear()
        await world.pilot.pause(0.2)
        assert not looked
