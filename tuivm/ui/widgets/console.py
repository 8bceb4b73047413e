"""The console pane: a domain's serial console, typed on and looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import ClassVar, TypeAlias

from textual import events

from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.terminal import Terminal
from tuivm.terminal.export import as_ansi, as_text
from tuivm.terminal.mouse import encode_focus
from tuivm.terminal.selection import Selection
from tuivm.ui.widgets import console_messages
from tuivm.ui.widgets.console_copy import Answer, CopyMode
from tuivm.ui.widgets.console_display import ConsoleDisplay
from tuivm.ui.widgets.console_files import copied, saved
from tuivm.ui.widgets.console_mouse import MouseDesk
from tuivm.ui.widgets.console_status import DEFAULT_LEAVE_KEY
from tuivm.ui.widgets.console_view import AGAIN, HEARS, View

GRACE = 1.0
"""Seconds after the console closed, or a key, in which keys are swallowed: they were meant for the guest."""
GONE = 1.0
"""Seconds after the key that leaves in which no key reaches the guest, should the keyboard stay here."""
BELL = 1.0
"""Seconds between two bells: a guest can ring any number."""


class ConsolePane(ConsoleDisplay, can_focus=True):
    """Shows a :class:`~tuivm.core.console.ConsoleSession` and, while focused and open, types on it.

    Every key goes to the guest but those of ``leave_keys`` (Ctrl+]), which post :class:`Left`, and
    Shift+PageUp and Shift+PageDown, which scroll back; in copy mode (:meth:`start_view`) none does. Priority
    bindings of the app come before any widget: it must let go of them while ``has_keyboard``.

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

    Left: TypeAlias = console_messages.Left
    Viewing = console_messages.Viewing
    Copied: TypeAlias = console_messages.Copied
    Notice: TypeAlias = console_messages.Notice
    ClipboardAsked: TypeAlias = console_messages.ClipboardAsked

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
        super().__init__(palette, foreground, background, id, classes)
        self.grace = GRACE
        """Seconds of swallowed keys after the console closed."""
        self.backspace = "delete"
        """What Backspace sends: ``delete`` (0x7f) or ``ctrl-h`` (0x08); DECBKM turns it round."""
        self._mouse = MouseDesk(self)
        self._last_state: ConsoleState | None = None
        self._closed_at = float("-inf")
        self._left_at = float("-inf")
        self._rung_at = float("-inf")

    # Sessions

    def attach(self, session: ConsoleSession | None) -> None:
        """Show another domain's console, or none. Opens it unless it is open already; never blocks."""
        if self.session is not None and self.session.wake == self._wake:
            self.session.wake = None
        self._mouse.let_go()
        self.session = session
        patterns = self._copy.search.history if self._copy is not None else ()
        self._copy = CopyMode(View(session.terminal)) if session is not None else None
        self._closed_at = float("-inf")
        if session is not None and self._copy is not None:
            self._copy.search.history.extend(patterns)
            self._painted_with = None
            session.terminal.backarrow = self.backspace == "ctrl-h"
            session.wake = self._wake
            self._fit_terminal()
            if session.state not in (ConsoleState.OPEN, ConsoleState.CONNECTING, ConsoleState.BUSY):
                session.open()
            self._last_state = session.state
            self._wake()
        self.refresh()

    @property
    def is_open(self) -> bool:
        """Whether there is a guest to type on."""
        return self.session is not None and self.session.state is ConsoleState.OPEN

    @property
    def is_viewing(self) -> bool:
        """Whether copy mode is on: keys walk the text and none reaches the guest."""
        return self._copy is not None and self._copy.is_active

    @property
    def is_typing(self) -> bool:
        """Whether typing here reaches a guest."""
        return self.is_open and not self.is_viewing

    @property
    def has_keyboard(self) -> bool:
        """Whether keys are the pane's or the guest's, so that the app must let go of its own."""
        return self.has_focus and (self.is_open or self.is_viewing)

    def _wake(self) -> None:
        """Say that there is work. Called on any thread."""
        self._pump.ring()

    def _feed(self, seconds: float) -> bool:
        """Work on the guest's output, and on a search, for so long; whether there is more."""
        session, copy = self.session, self._copy
        if session is None or copy is None:
            return False
        more = session.pump(seconds)
        self._watch_state(session)
        if copy.search.is_wanted:
            more |= copy.step()
        self._hear(session)
        return more

    def _hear(self, session: ConsoleSession) -> None:
        """Ring the bell for the user who types here; pass on what the guest wants to be copied."""
        if session.terminal.take_bells() and self.has_focus and monotonic() - self._rung_at >= BELL:
            self._rung_at = monotonic()
            self.app.bell()
        text = session.terminal.take_clipboard()
        if text is not None:
            self.post_message(self.ClipboardAsked(self, text))

    def _watch_state(self, session: ConsoleSession) -> None:
        if session.state is not self._last_state:
            if self._last_state is ConsoleState.OPEN:
                self._closed_at = monotonic()
            self._last_state = session.state
            self.refresh()

    def on_unmount(self) -> None:
        """Let go of the session; it lives on."""
        if self.session is not None and self.session.wake == self._wake:
            self.session.wake = None

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Forward a key to the guest, or do what the pane itself does with it."""
        session, copy = self.session, self._copy
        if session is None or copy is None or self._is_left:
            return
        if event.key in self.leave_keys:
            self._left_at = monotonic()
            self.post_message(self.Left(self))
        elif copy.is_active:
            self._press(copy, event)
        elif event.key in ("shift+pageup", "shift+pagedown"):
            page = max(1, self.view_height - 1)
            self.scroll_lines(-page if event.key == "shift+pageup" else page)
        elif session.state in HEARS:
            self.type_key(event.key, event.character)
        elif not self._is_for_closed(session, event):
            return
        event.stop()
        event.prevent_default()

    @property
    def _is_left(self) -> bool:
        """Whether the key that leaves was pressed: what was typed behind it is not the guest's."""
        return monotonic() - self._left_at < GONE

    @property
    def _leave_key(self) -> str:
        return next(iter(sorted(self.leave_keys)), "") if self.has_focus else ""

    def type_key(self, key: str, character: str | None = None) -> None:
        """Type a key, by Textual's name, on the guest."""
        session = self.session
        if session is None:
            return
        data = session.terminal.encode_key(key, character)
        if data is not None:
            self.follow()
            session.send(data)

    def send_leave_key(self) -> None:
        """Type the key itself that leaves: the only one the guest does not get."""
        for key in sorted(self.leave_keys)[:1]:
            self.type_key(key)

    def _is_for_closed(self, session: ConsoleSession, event: events.Key) -> bool:
        """Handle a key while the console is not open; return whether it goes no further."""
        if session.state is ConsoleState.BUSY and event.key == "f":
            session.open(force=True)
        elif event.key == "enter" and session.state in AGAIN:
            session.open()
        else:
            if monotonic() - self._closed_at >= self.grace:
                return session.state is ConsoleState.CONNECTING
            self._closed_at = monotonic()  # Whoever types on has not seen yet that it closed.
        self._wake()
        return True

    def on_paste(self, event: events.Paste) -> None:
        """Hand pasted text to the session, which sends it at the speed a serial line bears."""
        if self.is_viewing and self._copy is not None:
            self._copy.paste(event.text)
            self.refresh()
        elif self._is_left or self.session is None or self.session.state not in HEARS:
            return
        else:
            self.paste_text(event.text)
        event.stop()
        event.prevent_default()

    def paste_text(self, text: str) -> None:
        """Type a text on the guest."""
        if self.session is not None and self.session.state in HEARS:
            self.follow()
            self.session.paste(text)

    def on_focus(self) -> None:
        """The keyboard is here again."""
        self._left_at = float("-inf")

    def watch_has_focus(self, has_focus: bool) -> None:
        """Tell a guest that wants to know; show whether keys go to it."""
        super().watch_has_focus(has_focus)
        if self.session is not None and self.is_open:
            data = encode_focus(self.session.terminal.screen.mode, gained=has_focus)
            if data is not None:
                self.session.send(data)

    # Looking back, searching, copying

    def start_view(self) -> None:
        """Begin copy mode: look back, search, select and copy with the keyboard."""
        if self._copy is not None and not self._copy.is_active:
            self._copy.selection = None
            self._copy.enter()
            self.post_message(self.Viewing(self))
            self.refresh()

    def search(self) -> None:
        """Ask for a pattern to search upwards for, in copy mode."""
        self.start_view()
        if self._copy is not None:
            self._copy.ask(up=True)
            self.refresh()

    def _press(self, copy: CopyMode, event: events.Key) -> None:
        answer = copy.press(event.key, event.character)
        if answer is Answer.COPY:
            self.copy_selection()
        if answer is not Answer.STAY:
            copy.leave()
        self.post_message(self.Viewing(self))
        self._wake()
        self.refresh()

    def scroll_lines(self, count: int) -> None:
        """Move the view by lines: negative into the scrollback, positive towards the present."""
        if self._copy is None:
            return
        if self._copy.is_active:
            self._copy.scroll(count)
        else:
            self._copy.view.move_to(self._copy.view.top + count)
        self.refresh()

    def follow(self) -> None:
        """Go back to the present; nothing is selected any more."""
        copy = self._copy
        if copy is not None and not copy.is_active and (copy.view.is_back or copy.selection is not None):
            copy.view.follow()
            self.select(None)

    def select(self, selection: Selection | None) -> None:
        """Select with the mouse."""
        if self._copy is not None:
            self._copy.selection = selection
            self.refresh()

    def copy_selection(self) -> None:
        """Copy what is selected: to the user's terminal (OSC 52) and to a file."""
        text = self._copy.text if self._copy is not None else ""
        if text:
            self.app.copy_to_clipboard(text)
            self.run_worker(self._keep_copy(text), group="copy")

    async def _keep_copy(self, text: str) -> None:
        path, words = await copied(text)
        self.post_message(self.Copied(self, len(text), path, words))

    # Files

    def save_text(self, path: Path) -> None:
        """Save scrollback and screen as text to a new file."""
        self._save(path, as_text)

    def save_ansi(self, path: Path) -> None:
        """The same with colours."""
        self._save(path, as_ansi)

    def _save(self, path: Path, lines_of: Callable[[Terminal], Iterator[str]]) -> None:
        if self.session is not None:
            self.run_worker(self._write(path, lines_of(self.session.terminal)), group="save")

    async def _write(self, path: Path, lines: Iterator[str]) -> None:
        words, severity = await saved(path, lines)
        self.post_message(self.Notice(self, words, severity))

    def clear_scrollback(self) -> None:
        """Forget the lines that scrolled off."""
        self._forget(lambda session: session.terminal.clear_scrollback())

    def clear(self) -> None:
        """Forget them and what is above the cursor's line; the guest is not told."""
        self._forget(lambda session: session.terminal.clear())

    def _forget(self, how: Callable[[ConsoleSession], None]) -> None:
        if self.session is not None and self._copy is not None:
            how(self.session)
            self._copy.leave()
            self._wake()
            self.refresh()

    # Mouse

    @property
    def terminal_size(self) -> tuple[int, int]:
        """Columns and rows of the terminal."""
        screen = self.session.terminal.screen if self.session is not None else None
        return (screen.columns, screen.lines) if screen is not None else (1, 1)

    def clicked(self, place: tuple[int, int] | None) -> None:
        """A click, or the end of a drag (None): copy mode's cursor goes there."""
        copy = self._copy
        if copy is not None and copy.is_active and place is not None:
            copy.point(place)
        self.refresh()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll back."""
        self._turn(event, "up")

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll forward."""
        self._turn(event, "down")

    def _turn(self, event: events.MouseEvent, direction: str) -> None:
        event.stop()
        event.prevent_default()
        self._mouse.wheel(event, direction)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to select, or tell the guest."""
        self._mouse.down(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select, or tell the guest."""
        self._mouse.move(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Copy what was selected, or tell the guest."""
        self._mouse.up(event)
