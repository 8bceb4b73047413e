"""The console pane: a domain's serial console, typed on and looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import ClassVar

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.terminal import Terminal, modes
from tuivm.ui.roles import Roles, roles_of
from tuivm.ui.widgets.console_paint import Painter
from tuivm.ui.widgets.console_view import (
    DEFAULT_LEAVE_KEY,
    message_lines,
    message_strip,
    moved_anchor,
    screen_strip,
    status_strip,
    status_text,
    visible_rows,
)

SLICE = 0.006
"""Seconds that one turn on the event loop works on the guest's output."""
FRAME = 1 / 30
"""Seconds between two drawings while there is output."""
MAX_HELD_FRAMES = 5
"""Frames that a guest can hold back by synchronized output."""
WHEEL_LINES = 3
"""Lines that one notch of the wheel scrolls."""
GRACE = 1.0
"""Seconds after the console closed in which keys are swallowed: they were meant for the guest."""


class ConsolePane(Widget, can_focus=True):
    """Shows a :class:`~tuivm.core.console.ConsoleSession` and, while focused and open, types on it.

    Every key goes to the guest but those of ``leave_keys`` (Ctrl+]), which post :class:`Left`, and
    Shift+PageUp and Shift+PageDown, which scroll back. Priority bindings of the app come before any widget;
    so that ctrl+q and ctrl+p reach the guest too, the app must let go of them::

        def check_action(self, action, parameters):
            pane = self.focused
            if isinstance(pane, ConsolePane) and pane.has_keyboard and action in ("quit", "command_palette"):
                return False
            return True

    While the console is not open, keys are the app's (``s`` starts the guest); ``f`` takes a busy console and
    Enter opens one that ended or failed.
    """

    DEFAULT_CSS = """
    ConsolePane {
        height: 1fr;
        width: 1fr;
        padding: 0;
        border: none;
    }
    """
    ALLOW_SELECT = False

    leave_keys: ClassVar[frozenset[str]] = frozenset({DEFAULT_LEAVE_KEY})
    """Keys that leave the console; set on an instance to rebind."""

    class Left(Message):
        """The user pressed the key that leaves the console."""

        def __init__(self, pane: ConsolePane) -> None:
            super().__init__()
            self.pane = pane
            """The pane that was left."""

        @property
        def control(self) -> ConsolePane:
            """The pane that was left."""
            return self.pane

    class Woken(Message, bubble=False):
        """There is output, or the state changed. Posted from any thread."""

    def __init__(
        self,
        palette: Sequence[str] | None = None,
        *,
        foreground: str | None = None,
        background: str | None = None,
        id: str | None = None,  # noqa: A002 (textual's own name)
        classes: str | None = None,
    ) -> None:
        """Make a pane. ``palette`` (16 colours) and the default colours are ``#rrggbb``, or the theme's."""
        super().__init__(id=id, classes=classes)
        self.session: ConsoleSession | None = None
        self.start_key = "s"
        """What to press to start the guest, as people write it."""
        self.grace = GRACE
        """Seconds of swallowed keys after the console closed."""
        self._palette = palette
        self._foreground = foreground
        self._background = background
        self._painter: Painter | None = None
        self._painted_with: Roles | None = None
        self._is_woken = False
        self._tick: Timer | None = None
        self._is_drawing = False
        self._held = 0
        self._anchor: int | None = None
        self._drawn_cursor = (0, 0)
        self._status = ""
        self._last_state: ConsoleState | None = None
        self._closed_at = float("-inf")

    # Sessions

    def attach(self, session: ConsoleSession | None) -> None:
        """Show another domain's console, or none. Opens it unless it is open already; never blocks."""
        if self.session is not None:
            self.session.wake = None
        self.session = session
        self._anchor = None
        self._closed_at = float("-inf")
        if session is not None:
            session.wake = self._wake
            self._fit_terminal()
            if session.state not in (ConsoleState.OPEN, ConsoleState.CONNECTING, ConsoleState.BUSY):
                session.open()
            self._last_state = session.state
            self._wake()
        self.refresh()

    @property
    def palette(self) -> Sequence[str] | None:
        """The 16 colours; None for those of the theme."""
        return self._palette

    @palette.setter
    def palette(self, palette: Sequence[str] | None) -> None:
        self._palette = palette
        self._painter = None
        self.refresh()

    @property
    def terminal(self) -> Terminal | None:
        """The terminal that is shown."""
        return self.session.terminal if self.session is not None else None

    @property
    def is_open(self) -> bool:
        """Whether typing reaches a guest."""
        return self.session is not None and self.session.state is ConsoleState.OPEN

    @property
    def has_keyboard(self) -> bool:
        """Whether keys go to the guest, so that the app must let go of its priority bindings."""
        return self.has_focus and self.is_open

    @property
    def is_scrolled(self) -> bool:
        """Whether the view is back in the scrollback."""
        return self._anchor is not None

    def _wake(self) -> None:
        """Say that there is work. Called on any thread; many calls make one message."""
        if not self._is_woken:
            self._is_woken = True
            if not self.post_message(self.Woken()):
                self._is_woken = False

    async def on_console_pane_woken(self) -> None:
        """Feed one slice of output to the terminal, and draw if nothing was drawn of late."""
        self._is_woken = False
        session = self.session
        if session is None:
            return
        if session.pump(SLICE):
            # The queue hands out what is in it without a pause: everything else is to have its turn first.
            await asyncio.sleep(0)
            self._wake()
        self._watch_state(session.state)
        if not self._is_drawing and self._tick is not None:
            self._is_drawing = True
            self._repaint()
            self._tick.resume()

    def _watch_state(self, state: ConsoleState) -> None:
        if state is not self._last_state:
            if self._last_state is ConsoleState.OPEN:
                self._closed_at = monotonic()
            self._last_state = state
            self.refresh()

    # Size

    def on_mount(self) -> None:
        """Start the clock that draws; it stands still while there is nothing to draw."""
        self._tick = self.set_interval(FRAME, self._repaint, pause=True)
        self._is_woken = False
        self._wake()

    def on_unmount(self) -> None:
        """Let go of the session; it lives on."""
        if self.session is not None and self.session.wake == self._wake:
            self.session.wake = None

    def on_resize(self) -> None:
        """Give the terminal the size of the pane."""
        self._fit_terminal()
        self.refresh()

    @property
    def view_height(self) -> int:
        """Rows of the terminal: all but the status line, which gives way in a pane of one row."""
        height = self.size.height
        return height - 1 if height > 1 else height

    def _fit_terminal(self) -> None:
        if self.session is not None and self.size.width and self.size.height:
            self.session.resize(self.size.width, self.view_height)

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Forward a key to the guest, or do what the pane itself does with it."""
        session = self.session
        if session is None:
            return
        if event.key in self.leave_keys:
            self.post_message(self.Left(self))
        elif event.key in ("shift+pageup", "shift+pagedown"):
            page = max(1, self.view_height - 1)
            self.scroll_lines(-page if event.key == "shift+pageup" else page)
        elif session.state in (ConsoleState.OPEN, ConsoleState.CONNECTING):
            self._type(session, event)
        elif not self._is_for_closed(session, event):
            return
        event.stop()
        event.prevent_default()

    def _type(self, session: ConsoleSession, event: events.Key) -> None:
        data = session.terminal.encode_key(event.key, event.character)
        if data is not None:
            self._follow()
            session.send(data)

    def _is_for_closed(self, session: ConsoleSession, event: events.Key) -> bool:
        """Handle a key while the console is not open; return whether it goes no further."""
        if session.state is ConsoleState.BUSY and event.key == "f":
            session.open(force=True)
        elif session.state in (ConsoleState.ENDED, ConsoleState.FAILED) and event.key == "enter":
            session.open()
        else:
            return session.state is ConsoleState.CONNECTING or monotonic() - self._closed_at < self.grace
        self._wake()
        return True

    def on_paste(self, event: events.Paste) -> None:
        """Hand pasted text to the session, which sends it at the speed a serial line bears."""
        if self.session is not None and self.is_open:
            event.stop()
            event.prevent_default()
            self._follow()
            self.session.paste(event.text)

    # Scrolling back

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll back."""
        self._wheel(event, "up", -WHEEL_LINES)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll forward."""
        self._wheel(event, "down", WHEEL_LINES)

    def _wheel(self, event: events.MouseEvent, key: str, count: int) -> None:
        """Scroll the view; on the alternate screen, which has no past, press cursor keys instead."""
        event.stop()
        event.prevent_default()
        session = self.session
        if session is not None and self.has_keyboard and session.terminal.screen.is_alternate:
            session.send((session.terminal.encode_key(key) or b"") * abs(count))
        else:
            self.scroll_lines(count)

    def scroll_lines(self, count: int) -> None:
        """Move the view by lines: negative into the scrollback, positive towards the present."""
        terminal = self.terminal
        if terminal is None:
            return
        self._anchor = moved_anchor(terminal, self._anchor, count)
        self.refresh()

    def _follow(self) -> None:
        """Go back to the present."""
        if self._anchor is not None:
            self._anchor = None
            self.refresh()

    # Drawing

    def _repaint(self) -> None:
        """Draw the rows that changed; stop the clock when there were none."""
        terminal = self.terminal
        if terminal is None:
            self._rest()
            return
        screen = terminal.screen
        if modes.SYNCHRONIZED in screen.mode and self._held < MAX_HELD_FRAMES:
            self._held += 1
            return
        self._held = 0
        rows = set(screen.dirty)
        screen.dirty.clear()
        cursor = (screen.cursor.x, screen.cursor.y)
        if cursor != self._drawn_cursor:
            rows |= {screen.cursor.y, self._drawn_cursor[1]}
            self._drawn_cursor = cursor
        if not rows and self._status_now() == self._status and not self._is_woken:
            self._rest()
            return
        self._refresh_rows(rows, terminal)

    def _rest(self) -> None:
        self._is_drawing = False
        if self._tick is not None:
            self._tick.pause()

    def _refresh_rows(self, rows: set[int], terminal: Terminal) -> None:
        height, width = self.view_height, self.size.width
        visible = visible_rows(terminal, rows, height, self._anchor)
        if len(visible) > height // 2:
            self.refresh()
            return
        regions = [Region(0, y, width, 1) for y in sorted(visible)]
        if self._status_now() != self._status and self.size.height > height:
            regions.append(Region(0, height, width, 1))
        if regions:
            self.refresh(*regions)

    def _painter_now(self) -> Painter:
        """Return the painter of the theme in force."""
        roles = roles_of(self.app)
        if self._painter is None or roles is not self._painted_with:
            self._painted_with = roles
            self._painter = Painter(
                self._palette or roles.palette,
                self._foreground or roles.terminal_foreground,
                self._background or roles.terminal_background,
            )
        return self._painter

    def render_line(self, y: int) -> Strip:
        """Return one row of the pane."""
        width = self.size.width
        painter = self._painter_now()
        session = self.session
        if y >= self.view_height and self.size.height > 1:
            self._status = self._status_now()
            return status_strip(self._status, width, roles_of(self.app), focused=self.has_focus)
        if session is None:
            return Strip.blank(width, painter.base)
        message = message_lines(session, width, self.view_height, self.start_key)
        place = y - (self.view_height - len(message)) // 2
        if 0 <= place < len(message):
            return message_strip(message[place], width, roles_of(self.app))
        return screen_strip(session, painter, y, width, anchor=self._anchor, focused=self.has_focus)

    def _status_now(self) -> str:
        leave = next(iter(sorted(self.leave_keys)), "") if self.has_focus else ""
        return status_text(self.session, anchor=self._anchor, leave_key=leave)

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show whether keys go to the guest."""
        super().watch_has_focus(has_focus)
        self.refresh()
