"""Every widget hears of its size, also when somebody asked where it is before the screen was laid out."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.containers import Container
from textual.geometry import Size
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from tuivm.ui.dialogs.over import Over
from tuivm.ui.laid_out import LaidOut

ROOM = Size(40, 10)


class Listener(Widget):
    """Keeps the sizes that it is told."""

    DEFAULT_CSS = "Listener { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Size] = []

    def on_resize(self, event: events.Resize) -> None:
        self.told.append(event.size)


class Plain(LaidOut[None]):
    """Two of them, of which the second is hidden."""

    def compose(self) -> ComposeResult:
        yield Container(Listener(), Listener())


class Dialog(Over[None]):
    """The same over another screen."""

    compose = Plain.compose


def ask_where(screen: Screen[None], widget: Widget) -> None:
    """What redrawing and asking do between two layouts: the map of the screen is made anew."""
    screen._compositor.update_widgets({widget})
    assert screen.find_widget(widget).region.size


@pytest.mark.parametrize("screen_type", [Plain, Dialog])
async def test_a_widget_that_was_asked_for_first_hears_of_its_size(screen_type: type[Plain | Dialog]) -> None:
    app: App[None] = App()
    async with app.run_test(size=tuple(ROOM)) as pilot:  # type: ignore[arg-type]
        screen = screen_type()
        assert isinstance(screen, ModalScreen) is (screen_type is Dialog)
        await app.push_screen(screen)
        first, second = screen.query(Listener)
        await pilot.pause()
        half = Size(ROOM.width, ROOM.height // 2)
        assert (first.told[-1], second.told[-1]) == (half, half)
        second.display = False
        await pilot.pause()
        assert first.told[-1] == ROOM
        heard = len(first.told), len(second.told)

        second.display = True
        ask_where(screen, second)
        await pilot.pause()
        assert first.told[heard[0] :] == [half], "one that was there heard of its new size"
        assert second.told[heard[1] :] == [half], "one that appeared heard of its size"
