"""The console pane: a domain's serial console, typed on and looked at."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import ClassVar, Self

from textual import events
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.terminal import Terminal, modes
from tuivm.terminal.screen import Screen
from tuivm.ui.roles import Roles, roles_of
from tuivm.ui.widgets.console_paint import Painter, block, overlay, underlined
from tuivm.ui.widgets.console_pump import FRAME, Pump
from tuivm.ui.widgets.console_status import DEFAULT_LEAVE_KEY, status_strip, status_text
from tuivm.ui.widgets.console_view import View, message_lines, message_strip

HOLD = 0.2
"""Seconds that a guest can hold the drawing back by synchronized output."""
STATUS = 0.25
"""Seconds between two looks at the status line while output flows."""
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
        self._pump = Pump(self._feed, self._draw)
        self._width = self._height = 0
        self._strips: dict[int, Strip] = {}
        self._held_since = 0.0
        self._view: View | None = None
        self._status_at = 0.0
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
        self._view = View(session.terminal) if session is not None else None
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
        return self._view is not None and self._view.is_back

    def _wake(self) -> None:
        """Say that there is work. Called on any thread."""
        self._pump.ring()

    def _feed(self, seconds: float) -> bool:
        """Work on the guest's output for so long; whether there is more."""
        session = self.session
        if session is None:
            return False
        more = session.pump(seconds)
        self._watch_state(session.state)
        return more

    def _watch_state(self, state: ConsoleState) -> None:
        if state is not self._last_state:
            if self._last_state is ConsoleState.OPEN:
                self._closed_at = monotonic()
            self._last_state = state
            self.refresh()

    # Size

    def on_mount(self) -> None:
        """Start the clock; it stands still while there is nothing to do."""
        self.run_worker(self._pump.run(), name="console", group="console")

    def on_unmount(self) -> None:
        """Let go of the session; it lives on."""
        if self.session is not None and self.session.wake == self._wake:
            self.session.wake = None

    def on_resize(self, event: events.Resize) -> None:
        """Give the terminal the size of the pane."""
        self._width, self._height = event.size
        self._fit_terminal()
        self.refresh()

    @property
    def view_height(self) -> int:
        """Rows of the terminal: all but the status line, which gives way in a pane of one row."""
        return self._height - 1 if self._height > 1 else self._height

    def _fit_terminal(self) -> None:
        if self.session is not None and self._width and self._height:
            self.session.resize(self._width, self.view_height)
        if self._view is not None:
            self._view.height = self.view_height

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
        view = self._view
        if view is None:
            return
        view.move_to(view.top + count)
        self.refresh()

    def _follow(self) -> None:
        """Go back to the present."""
        if self._view is not None and self._view.is_back:
            self._view.follow()
            self.refresh()

    # Drawing

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Have rows drawn anew, all of them without ``regions``."""
        if regions:
            for region in regions:
                for y in region.line_range:
                    self._strips.pop(y, None)
        else:
            self._strips.clear()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def _draw(self) -> float | None:
        """Draw the rows that changed; returns after how many seconds to look again."""
        view = self._view
        if view is None:
            return None
        screen = view.terminal.screen
        now = monotonic()
        self._painter_now()
        if modes.SYNCHRONIZED in screen.mode:
            if not self._held_since:
                self._held_since = now
            if now - self._held_since < HOLD:
                return FRAME
        else:
            self._held_since = 0.0
        rows = set(screen.dirty)
        screen.dirty.clear()
        cursor = (screen.cursor.x, screen.cursor.y)
        if cursor != self._drawn_cursor:
            rows |= {screen.cursor.y, self._drawn_cursor[1]}
            self._drawn_cursor = cursor
        self._refresh_rows(view, rows)
        return self._refresh_status(now)

    def _refresh_rows(self, view: View, rows: set[int]) -> None:
        visible = view.rows_of(rows)
        width = self._width
        if len(visible) > view.height // 2:
            self.refresh(Region(0, 0, width, view.height))
        elif visible:
            self.refresh(*(Region(0, y, width, 1) for y in sorted(visible)))

    def _refresh_status(self, now: float) -> float | None:
        """Draw the status line when it says something else, but not at every frame."""
        session = self.session
        if session is None or self._height <= self.view_height:
            return None
        if self._status_now() == self._status:
            # What the session says may end by itself, and nobody tells.
            return STATUS if session.message else None
        if now - self._status_at >= STATUS:
            self._status_at = now
            self.refresh(Region(0, self.view_height, self._width, 1))
        return STATUS

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

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return rows: without border and padding there is nothing for the stylesheet to add to them."""
        known = self._strips
        strips = [known.get(y) or self.render_line(y) for y in crop.line_range]
        for line_filter in self.get_line_filters():
            # There are no colours of the user's own terminal in here to be made into others.
            if not isinstance(line_filter, ANSIToTruecolor):
                strips = [strip.apply_filter(line_filter, self.background_colors[1]) for strip in strips]
        first, last = crop.column_span
        return strips if (first, last) == (0, self._width) else [strip.crop(first, last) for strip in strips]

    def render_line(self, y: int) -> Strip:
        """Return one row of the pane."""
        strip = self._strips[y] = self._row(y)
        return strip

    def _row(self, y: int) -> Strip:
        if y >= self.view_height:
            self._status = self._status_now()
            return status_strip(self._status, self._width, roles_of(self.app), focused=self.has_focus)
        session, view = self.session, self._view
        if session is None or view is None:
            return Strip.blank(self._width, self._painter_now().base)
        is_open = session.state is ConsoleState.OPEN
        if not is_open:
            message = message_lines(session, self._width, self.view_height, self.start_key)
            place = y - (self.view_height - len(message)) // 2
            if 0 <= place < len(message):
                return message_strip(message[place], self._width, roles_of(self.app))
        screen = view.terminal.screen
        row = view.screen_row(y)
        reverse = row is not None and modes.DECSCNM in screen.mode
        painter = self._painter or self._painter_now()
        strip = painter.strip(view.line(y), self._width, reverse=reverse, faded=not is_open)
        if row == screen.cursor.y and is_open and not screen.cursor.hidden:
            strip = self._with_cursor(strip, screen)
        return strip

    def _with_cursor(self, strip: Strip, screen: Screen) -> Strip:
        is_block = self.has_focus and screen.cursor_shape not in (3, 4)
        x = screen.cursor.x
        return overlay(strip, [(x, x + 1, block if is_block else underlined)])

    def _status_now(self) -> str:
        leave = next(iter(sorted(self.leave_keys)), "") if self.has_focus else ""
        return status_text(self.session, self._view, leave)

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show whether keys go to the guest."""
        super().watch_has_focus(has_focus)
        self.refresh()
