"""The mouse on the console pane: it selects and scrolls, or goes to a guest that asked for it."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from textual import events
from textual.timer import Timer

from tuivm.terminal import mouse
from tuivm.terminal.mouse import Button
from tuivm.terminal.selection import Kind, Selection, line_at, word_at

if TYPE_CHECKING:
    from tuivm.ui.widgets.console import ConsolePane
    from tuivm.ui.widgets.console_view import View

WHEEL_LINES = 3
"""Lines that one notch of the wheel scrolls."""
AGAIN = 0.4
"""Seconds between two presses that count as a double one."""
EDGE = 0.05
"""Seconds between two lines scrolled while the mouse is held beyond an edge."""
_WHEEL = {
    "up": Button.WHEEL_UP,
    "down": Button.WHEEL_DOWN,
    "left": Button.WHEEL_LEFT,
    "right": Button.WHEEL_RIGHT,
}


class MouseDesk:
    """What one pane does with the mouse."""

    def __init__(self, pane: ConsolePane) -> None:
        self._pane = pane
        self._pressed = Button.NONE
        self._told = (-1, -1)
        self._anchor: Selection | None = None
        self._is_dragged = False
        self._presses = 0
        self._pressed_at = (float("-inf"), -1, -1)
        self._was_back = False
        self._edge: Timer | None = None
        self.clock = monotonic
        """Seconds, for presses that follow each other."""
        self._beyond = 0
        self._x = 0

    # To the guest

    def _is_guests(self, event: events.MouseEvent) -> bool:
        """Whether an event goes to the guest: it asked, and Shift is not held, which is ours."""
        pane = self._pane
        terminal = pane.terminal
        return (
            terminal is not None
            and pane.is_typing
            and not event.shift
            and bool(mouse.tracking(terminal.screen.mode))
        )

    def _tell(
        self, event: events.MouseEvent, button: Button, *, release: bool = False, motion: bool = False
    ) -> None:
        pane = self._pane
        if pane.session is None:
            return
        modifiers = mouse.META * event.meta + mouse.CONTROL * event.ctrl
        x = max(0, min(int(event.x), pane.terminal_size[0] - 1))
        y = max(0, min(int(event.y), pane.terminal_size[1] - 1))
        self._told = (x, y)
        data = mouse.encode(
            pane.session.terminal.screen.mode,
            button,
            x,
            y,
            is_release=release,
            is_motion=motion,
            modifiers=modifiers,
        )
        if data is not None:
            pane.session.send(data)

    # Events

    def wheel(self, event: events.MouseEvent, direction: str) -> None:
        """A notch of the wheel: to the guest, as cursor keys on the alternate screen, else to the view."""
        pane = self._pane
        count = WHEEL_LINES * {"up": -1, "down": 1}.get(direction, 0)
        if self._is_guests(event):
            self._tell(event, _WHEEL[direction])
        elif pane.session is not None and pane.is_typing and pane.session.terminal.screen.is_alternate:
            pane.session.send((pane.session.terminal.encode_key(direction) or b"") * abs(count))
        elif count:
            pane.scroll_lines(count)

    def down(self, event: events.MouseDown) -> None:
        """A press: the guest's, or the beginning of a selection."""
        pane = self._pane
        if event.y >= pane.view_height:
            return
        if self._is_guests(event):
            self._pressed = Button((event.button - 1) % 3)
            pane.capture_mouse()
            self._tell(event, self._pressed)
        elif event.button == 1 and pane.view is not None:
            self._begin(pane.view, int(event.x), int(event.y))

    def move(self, event: events.MouseMove) -> None:
        """A motion: of a selection, or for a guest that wants it."""
        if self._anchor is not None:
            self._drag(int(event.x), int(event.y))
        elif self._is_guests(event) and (int(event.x), int(event.y)) != self._told:
            self._tell(event, self._pressed, motion=True)

    def up(self, event: events.MouseUp) -> None:
        """A release."""
        if self._anchor is not None:
            self._end()
        elif self._pressed is not Button.NONE:
            self._tell(event, self._pressed, release=True)
            self._pressed = Button.NONE
            self._pane.release_mouse()

    def let_go(self) -> None:
        """Forget a press that is not over."""
        self._anchor = None
        self._pressed = Button.NONE
        self._stop_edge()

    # Selecting

    def _place(self, view: View, x: int, y: int) -> tuple[int, int]:
        """Line and column of a place of the pane, on its nearest row."""
        terminal = view.terminal
        row = max(0, min(y, self._pane.view_height - 1))
        number = min(view.top + row, terminal.end - 1)
        return number, max(0, min(x, terminal.screen.columns - 1))

    def _begin(self, view: View, x: int, y: int) -> None:
        pane = self._pane
        now, last = self.clock(), self._pressed_at
        is_again = now - last[0] < AGAIN and last[1:] == (x, y)
        self._presses = self._presses % 3 + 1 if is_again else 1
        self._pressed_at = (now, x, y)
        terminal, place = view.terminal, self._place(view, x, y)
        if self._presses == 1:
            mark = terminal.mark(*place)
            self._anchor = Selection(mark, mark)
            pane.select(None)
        else:
            self._anchor = word_at(terminal, *place) if self._presses == 2 else line_at(terminal, *place)
            pane.select(self._anchor)
        self._is_dragged = self._presses > 1
        self._was_back = view.is_back
        view.hold()
        pane.capture_mouse()

    def _drag(self, x: int, y: int) -> None:
        pane = self._pane
        if pane.view is None or self._anchor is None:
            return
        self._x = x
        self._beyond = -1 if y < 0 else 1 if y >= pane.view_height else 0
        if self._beyond and self._edge is None:
            self._edge = pane.set_interval(EDGE, self._scroll_on)
        elif not self._beyond:
            self._stop_edge()
        self._select_to(pane.view, self._anchor, x, y)

    def _select_to(self, view: View, anchor: Selection, x: int, y: int) -> None:
        terminal, place = view.terminal, self._place(view, x, y)
        if not self._is_dragged and place == anchor.anchor.place:
            return
        self._is_dragged = True
        head = Selection(terminal.mark(*place), terminal.mark(*place))
        if self._presses > 1:
            head = word_at(terminal, *place) if self._presses == 2 else line_at(terminal, *place)
        first = min(anchor.anchor, head.anchor, key=lambda mark: mark.place)
        last = max(anchor.head, head.head, key=lambda mark: mark.place)
        is_back = place < anchor.anchor.place
        ends = (last, first) if is_back else (first, last)
        self._pane.select(Selection(*ends, Kind.LINES if self._presses == 3 else Kind.CHARACTERS))

    def _scroll_on(self) -> None:
        """The mouse is held beyond an edge."""
        pane = self._pane
        if pane.view is None or self._anchor is None:
            self._stop_edge()
            return
        pane.view.move_to(pane.view.top + self._beyond)
        edge = -1 if self._beyond < 0 else pane.view_height
        self._select_to(pane.view, self._anchor, self._x, edge)

    def _stop_edge(self) -> None:
        if self._edge is not None:
            self._edge.stop()
            self._edge = None

    def _end(self) -> None:
        pane = self._pane
        is_dragged, place = self._is_dragged, self._anchor
        self._anchor = None
        self._stop_edge()
        pane.release_mouse()
        if is_dragged:
            pane.copy_selection()
        if pane.view is not None and not self._was_back and not pane.is_viewing:
            pane.view.follow()
        pane.clicked(place.anchor.place if place is not None and not is_dragged else None)
