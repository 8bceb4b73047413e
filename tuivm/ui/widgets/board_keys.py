"""Graphs of the past moved through by keys: span, cursor, markers, pages."""

from __future__ import annotations

from collections.abc import Callable

from textual.widget import Widget

from tuivm.core.pictures import Picture
from tuivm.model.look import Look
from tuivm.model.markers import next_to
from tuivm.model.timeline import Frame

MOVES: tuple[tuple[str, str, int], ...] = (
    ("left,h", "step", -1),
    ("right,l", "step", 1),
    ("ctrl+left", "step", -10),
    ("ctrl+right", "step", 10),
    ("shift+left,H", "pan", -1),
    ("shift+right,L", "pan", 1),
    ("home", "edge", 0),
    ("end", "edge", 1),
    ("plus,equals_sign", "span", -1),
    ("minus", "span", 1),
    ("0", "now", 0),
)
"""Keys that move through the past: keys, the board's action, what it is given."""


class BoardKeys(Widget):
    """The part of a board that knows where in the past it is."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """``clock`` gives Unix seconds."""
        super().__init__()
        self._clock = clock
        self.look = Look()
        """What part of the past is shown."""
        self.page = 0
        """Which of the graphs that have no room at once."""
        self.picture: Picture | None = None
        """What is shown; None before anything was read."""

    def _moved(self) -> None:
        """Another part of the past is to be shown."""

    def _redraw(self) -> None:
        """What is known is to be shown in another way."""

    @property
    def _last_page(self) -> int:
        """Number of the last page."""
        return 0

    def jump(self, when: float) -> None:
        """Put the cursor on a moment."""
        self.look = self.look.jump(when, self._clock())
        self._moved()

    def span(self, seconds: float) -> None:
        """Show another span."""
        self.look = self.look.choose(seconds, self._clock())
        self._moved()

    @property
    def _frame(self) -> Frame | None:
        return self.picture.frame if self.picture is not None else None

    def action_step(self, steps: int) -> None:
        """Move the cursor."""
        if self._frame is not None:
            self.look = self.look.move(self._frame, steps, self._clock())
            self._moved()

    def action_pan(self, direction: int) -> None:
        """Move half of what is shown."""
        if self._frame is not None:
            self.look = self.look.pan(self._frame, direction / 2, self._clock())
            self._moved()

    def action_edge(self, last: int) -> None:
        """Put the cursor on the first step that is shown, or with 1 on the last."""
        if self._frame is not None:
            self.look = self.look.edge(self._frame, self._clock(), last=bool(last))
            self._moved()

    def action_span(self, steps: int) -> None:
        """Show a longer or shorter span."""
        self.look = self.look.longer(steps, self._clock())
        self._moved()

    def action_now(self, _: int = 0) -> None:
        """Follow the present, without a cursor."""
        self.look = self.look.now()
        self._moved()

    def action_page(self, step: int) -> None:
        """Show those of the graphs that found no room."""
        if self.picture is not None:
            self.page = max(0, min(self.page + step, self._last_page))
            self._redraw()

    def action_marker(self, step: int) -> None:
        """Put the cursor on the next marker, or the one before; without a cursor from the edge on."""
        frame, picture = self._frame, self.picture
        if frame is None or picture is None:
            return
        edge = frame.end if step < 0 else frame.start - frame.step
        here = self.look.cursor if self.look.cursor is not None else edge
        found = next_to(picture.markers, frame, here, step)
        if found is None:
            self.app.bell()
        else:
            self.jump(found.time)
