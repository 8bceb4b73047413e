"""A wait: it takes the keyboard while something is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tuivm.ui.dialogs.over import Over
from tuivm.ui.words import content

_PATIENCE = 0.3
"""Seconds after which it is shown."""


class WaitScreen(Over[None]):
    """Says what is waited for when that takes a while. Esc gives it up."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", "give up", show=False)]

    def __init__(self, words: str, given_up: Callable[[], object]) -> None:
        super().__init__()
        self._words = words
        self._given_up = given_up
        self._ended = False

    def compose(self) -> ComposeResult:
        """What is waited for."""
        with Vertical(classes="dialog", id="wait"):
            yield Static(content(f"{self._words}..."))
            yield Static(content("Esc gives up", "$muted"))

    def on_mount(self) -> None:
        """Nothing flickers where the answer comes at once."""
        self.query_one("#wait").display = False
        self.set_timer(_PATIENCE, self._show)

    def _show(self) -> None:
        self.query_one("#wait").display = True

    def end(self) -> None:
        """Close it; under another screen it closes when that one goes."""
        self._ended = True
        if self.is_current:
            self.dismiss(None)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Whatever stood over it is gone."""
        super().on_screen_resume(event)
        if self._ended:
            self.dismiss(None)

    def action_give_up(self) -> None:
        """Wait no longer."""
        self._given_up()
