"""An app that writes to the terminal only what differs, when the terminal can take it."""

from __future__ import annotations

import time
from typing import Any

from rich.color import ColorSystem
from rich.console import Console, RenderableType
from textual import events
from textual._compositor import CompositorUpdate, LayoutUpdate
from textual.screen import Screen
from textual.timer import Timer

from tuivm.ui.output.cells import Cells
from tuivm.ui.output.driver import AskingDriver
from tuivm.ui.output.flow import Flow
from tuivm.ui.output.hangup import HangUp

_BY_NAME = {
    "standard": ColorSystem.STANDARD,
    "256": ColorSystem.EIGHT_BIT,
    "truecolor": ColorSystem.TRUECOLOR,
}


class _Frame(CompositorUpdate):
    """What a flush said, in Textual's clothes."""

    def __init__(self, text: str) -> None:
        self._text = text

    def render_segments(self, console: Console) -> str:  # noqa: ARG002 - Textual's own signature
        """The text."""
        return self._text


class OutputApp(HangUp, inherit_bindings=False):
    """Takes what Textual draws and lets it out by :class:`Flow`; see there for when."""

    def __init__(self) -> None:
        super().__init__(driver_class=AskingDriver)
        self._cells = Cells()
        self._flow = Flow()
        self._holding: Timer | None = None

    # What the user wants

    def set_low_bandwidth(self, wanted: bool | None) -> None:
        """Spare the line from now on, or never; None lets the terminal's answers decide."""
        before = self._flow.slow
        self._flow.fixed = wanted is not None
        if wanted is not None:
            self._flow.slow = wanted
        if self._flow.slow is not before:
            self.link_changed(slow=self._flow.slow)

    @property
    def low_bandwidth(self) -> bool:
        """Whether the line is spared."""
        return self._flow.slow

    def link_changed(self, *, slow: bool) -> None:
        """The line is spared from now on, or no more: say so."""
        if self.is_running:
            words = "the line is spared: less is drawn, less often" if slow else "all is drawn again"
            self.notify(words, timeout=3, markup=False)

    def redraw(self) -> None:
        """Draw the whole screen anew: something else wrote on the terminal."""
        self._cells.forget()
        self.refresh(layout=True)

    # What Textual draws

    @property
    def _wanted_colours(self) -> ColorSystem:
        found = _BY_NAME.get(self.console.color_system or "truecolor", ColorSystem.TRUECOLOR)
        return min(found, ColorSystem.EIGHT_BIT) if self._flow.slow else found

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Take an update, and write what is to be written now."""
        if not isinstance(renderable, CompositorUpdate) or self.is_headless or self._driver is None:
            super()._display(screen, renderable)
            return
        if isinstance(renderable, LayoutUpdate) and (
            renderable.region.size != self._cells.size
            or self._cells.is_worn
            or self._cells.colours is not self._wanted_colours
        ):
            self._cells.begin(renderable.region.size, self._wanted_colours)
        self._cells.take(renderable)
        self._let_out(screen)

    def _let_out(self, screen: Screen[Any] | None = None) -> None:
        if not self._cells or self._batch_count:
            super()._display(screen or self.screen, None)
            return
        now = time.monotonic()
        wait = self._flow.wait(now)
        if wait > 0:
            self._hold(wait)
            super()._display(screen or self.screen, None)
            return
        text = self._cells.flush()
        frame: Any = _Frame(text) if text else None  # a CompositorUpdate, as Textual hands in its own
        super()._display(screen or self.screen, frame)
        if text and self._flow.sent(len(text.encode()), now) and isinstance(self._driver, AskingDriver):
            self._driver.ask()
        if isinstance(self._driver, AskingDriver):
            self._driver.silent = self._flow.never_answers
        if self._cells.is_worn:
            self.call_later(self.refresh, layout=True)

    def _hold(self, seconds: float) -> None:
        if self._holding is not None:
            self._holding.stop()
        self._holding = self.set_timer(seconds, self._let_out)

    def on_cursor_position(self) -> None:
        """The terminal took what was written before its answer."""
        if self._flow.answered(time.monotonic()):
            self.link_changed(slow=self._flow.slow)
        if self._cells:
            self._let_out()

    async def on_event(self, event: events.Event) -> None:
        """What is shown after a key is its answer."""
        if isinstance(
            event,
            events.Key | events.MouseDown | events.MouseScrollDown | events.MouseScrollUp | events.Paste,
        ):
            self._flow.pressed(time.monotonic())
        await super().on_event(event)

    def _resume_signal(self) -> None:
        """Another program had the terminal."""
        self._cells.forget()
        super()._resume_signal()
