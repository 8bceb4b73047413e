"""A guest's serial console: the stream, what is typed on it, and the terminal it is shown on.

Bytes come on libvirt's thread and wait in a bounded backlog; the screen's thread takes them with
:meth:`ConsoleSession.pump` in slices, so that a flooding guest cannot hold it up. Opening happens on
a thread of its own, because libvirt may hang.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tuivm.core.backlog import LIMIT, UNWATCHED, Backlog
from tuivm.core.line import ConsoleState, Line
from tuivm.core.notice import Notice
from tuivm.core.pump import Pump
from tuivm.core.tap import Alert, Tap, Told
from tuivm.core.typist import Typist
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.errors import HypervisorError

if TYPE_CHECKING:
    from tuivm.core.ports import Console, Hypervisor
    from tuivm.core.transfer import Transfer
    from tuivm.model.detail import CharDevice, Detail
    from tuivm.terminal import Terminal

__all__ = ["Alert", "ConsoleSession", "ConsoleState", "Tap", "TerminalFactory", "default_terminal"]

TerminalFactory = Callable[[], "Terminal"]

SLOW = 256
"""Bytes that wait for a sign of the guest before that is said."""
FRESH = b"\x18\x1b[?1047l\x1b[!p\x1b[?2004l\x1b[m\r\n"
"""Fed before a new run's output: a sequence cut off and modes left set mean nothing to it.

CAN, the normal screen (1047, because 1049 would also move the cursor home), DECSTR, no bracketed
paste, plain pen, a new line.
"""


class ConsoleSession:
    """One domain's console. Methods are for the screen's thread unless they say otherwise."""

    alert: Told[Alert | None] = Told(None)
    """What a trigger found since it was last looked at; set on any thread."""
    recording: Told[Path | None] = Told(None)
    """The file it is recorded to."""
    listening: Told[bool] = Told(False)
    """Whether it stays open, and opens again with the guest, while nobody looks; set by :meth:`listen`."""

    def __init__(
        self,
        key: DomainKey,
        hypervisor: Hypervisor,
        domain_of: Callable[[DomainKey], Domain | None],
        terminal: TerminalFactory | None = None,
        detail_of: Callable[[DomainKey], Detail | None] = lambda _: None,
    ) -> None:
        self.key = key
        """The domain."""
        self.terminal = (terminal or default_terminal)()
        """What the guest's output is drawn on; only the screen's thread touches it."""
        self.activity = 0
        """Bytes ever received."""
        self.wake: Callable[[], None] | None = None
        """Set by who shows it. Called on any thread when bytes arrive after idle or the state changed."""
        self.told: Callable[[ConsoleSession], None] = lambda _: None
        """Called on any thread when sign, alert, recording, paste or transfer may have changed."""
        self.said: Callable[[ConsoleSession, str], None] = lambda _, __: None
        """Called on any thread with a line for the log."""
        self.may_listen: Callable[[ConsoleSession], bool] = lambda _: True
        """Asked before it goes on listening in the background."""
        self.transfer: Transfer | None = None
        """The file that is or was sent last."""
        self._hypervisor = hypervisor
        self._detail_of = detail_of
        self.backlog = Backlog()
        """What waits to be drawn."""
        self._pump = Pump()
        self.line = Line(key, hypervisor, domain_of, self, self._is_kept_up)
        """The stream's life."""
        self._typist = Typist(self._was_typed, self._changed)
        self._taps: tuple[Tap, ...] = ()
        self._taps_lock = threading.Lock()
        self._devices: tuple[CharDevice, ...] = ()
        self._undelivered = ""
        self._seen = 0
        self._begun_at = 0
        self._notice = Notice()

    # -- what is known ------------------------------------------------------------------------

    @property
    def state(self) -> ConsoleState:
        """Where the session is."""
        return self.line.state

    @property
    def message(self) -> str:
        """One line for the user, plain text: why there is no console, or what is held or skipped."""
        if self.state is not ConsoleState.OPEN:
            return "; ".join(part for part in (self.line.reason, self._notice.text) if part)
        if skipped := self.backlog.skipped_lately():
            return f"{skipped:,} lines skipped: the guest prints faster than can be shown"
        return self._progress() or self._notice.lately

    @property
    def paste_left(self) -> int:
        """Bytes of pastes that are still to be typed."""
        return self._typist.paste_left

    @property
    def paste_total(self) -> int:
        """Bytes of the pastes under way; 0 when there is none."""
        return self._typist.paste_total if self._typist.paste_left else 0

    @property
    def unread(self) -> bool:
        """Whether there is output that came since somebody last looked. Any thread."""
        return self.wake is None and self.activity != self._seen

    @property
    def device(self) -> str | None:
        """Name of the device that is shown; None for the first."""
        return self.line.device

    @property
    def devices(self) -> tuple[CharDevice, ...]:
        """The devices a console can be opened on, each with a name even while the guest is off."""
        from tuivm.core.devices import named  # The model of details is not loaded before the first list.

        detail = self._detail_of(self.key)
        return named(detail.description.consoles) if detail is not None else self._devices

    # -- life ---------------------------------------------------------------------------------

    def open(self, force: bool = False) -> None:
        """Open it in the background, and again whenever the guest starts; ``force`` takes it from another."""
        self.line.open(force)

    def close(self) -> None:
        """Give the console back. Never blocks; a paste or transfer under way is cancelled. Any thread."""
        self.listening = False
        self.line.close()
        for tap in self._taps:
            tap.closed()
        self.backlog.clear()
        self._seen = self.activity
        self.tell()

    def choose(self, device: str | None) -> None:
        """Show another device of the domain: this one is closed, that one opened."""
        if device != self.line.device:
            if self.activity:
                self._put(FRESH + f"[{device or 'first device'}]".encode("ascii", "replace"))
            self.line.choose(device)

    def listen(self, on: bool = True) -> bool:
        """Go on listening while nobody looks, or no longer; returns whether it is so now."""
        if on and not self.listening and not self.may_listen(self):
            return False
        self.listening = on
        if on and self.state in (ConsoleState.ENDED, ConsoleState.OFF):
            self.line.open()
        return True

    def seen(self) -> None:
        """The user looks at it now: nothing is unread, and the alert was seen."""
        changed = self.unread or self.alert is not None
        self._seen = self.activity
        if self.alert is not None:
            self.alert = None
        elif changed:
            self.tell()

    def add_tap(self, tap: Tap) -> bytes:
        """Let ``tap`` hear everything from now on; returns what waits to be drawn. Any thread."""
        with self._taps_lock:
            self._taps = (*self._taps, tap)
            return self.backlog.copy()

    def remove_tap(self, tap: Tap) -> None:
        """Tell ``tap`` nothing more. Any thread."""
        with self._taps_lock:
            self._taps = tuple(one for one in self._taps if one is not tap)

    def tell(self) -> None:
        """Something that is shown of the console outside of it may have changed. Any thread."""
        self.told(self)

    # -- bytes --------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Type bytes. They wait while it opens, while the guest is paused, and behind a paste or transfer."""
        self._typist.type(data)

    def paste(self, text: str) -> None:
        """Type a text at a pace a serial line follows, marked as a paste if the guest asked for that."""
        from tuivm.terminal.keys import PASTE_END, encode_paste
        from tuivm.terminal.modes import BRACKETED_PASTE

        bracketed = BRACKETED_PASTE in self.terminal.screen.mode
        self._typist.paste(encode_paste(text, bracketed), PASTE_END if bracketed else b"")
        self.tell()

    def cancel_paste(self) -> None:
        """Type nothing more of a paste, and say how far it came."""
        lost = self._typist.cancel_paste()
        if lost.paste_total:
            self._say(f"paste cancelled after {lost.pasted:,} of {lost.paste_total:,} bytes")
            self._changed()

    def type_size(self) -> None:
        """Type the command that tells a shell in the guest how large its terminal is."""
        screen = self.terminal.screen
        self.send(b" stty rows %d cols %d\r" % (screen.lines, screen.columns))

    def send_file(self, path: Path, *, to: str = "", overwrite: bool = False) -> Transfer:
        """Send a file to the shell at the other end, as ``to`` (empty: its own name; or a folder).

        Returns at once; a transfer that cannot begin has failed already. What is typed meanwhile waits.
        """
        from tuivm.core.transfer import Transfer  # Most users send no file.

        transfer = Transfer(
            path,
            to,
            overwrite=overwrite,
            send=self._typist.raw,
            changed=self._changed,
            over=self._transferred,
        )
        if self.state is not ConsoleState.OPEN:
            transfer.refuse("the console is not open")
        elif self.line.paused:
            transfer.refuse("the guest is paused")
        elif not self._typist.reserve(True):
            transfer.refuse("something is being typed; try again when it is done")
        else:
            # CAN: what the transfer holds back may be the end of a sequence whose beginning was drawn.
            self._put(b"\x18")
            self.transfer = transfer
            transfer.start()
        self.tell()
        return transfer

    def resize(self, columns: int, lines: int) -> None:
        """Change the terminal's size; a serial line has no way to tell the guest."""
        self.terminal.resize(columns, lines)
        for tap in self._taps:
            tap.resized(self.terminal.screen.columns, self.terminal.screen.lines)

    def pump(self, budget: float = 0.006) -> bool:
        """Draw waiting bytes for at most ``budget`` seconds and send the answers; True when more waits."""
        if self.wake is not None:
            self._seen = self.activity
            if len(self.backlog) <= LIMIT:
                self.backlog.limit = LIMIT
        return self._pump.run(self.backlog, self._draw, budget)

    # -- inside -------------------------------------------------------------------------------

    def _draw(self, data: bytes) -> None:
        self.terminal.feed(data)
        replies = self.terminal.take_replies()
        if replies:
            self._typist.reply(replies)

    def _progress(self) -> str:
        """What is under way, in words."""
        transfer = self.transfer
        behind = "; what you type waits" if self._typist.waiting else ""
        if transfer is not None and not transfer.state.is_over:
            return transfer.message + behind
        if self.line.paused:
            return f"the guest is paused{self._typist.held_words}"
        unread = self._typist.unread
        if left := self.paste_left:
            silent = ", the guest does not answer" if unread > SLOW else ""
            return f"pasting, {left:,} of {self.paste_total:,} bytes to go{silent}{behind}"
        return f"the guest does not answer: {unread:,} bytes typed wait" if unread > SLOW else ""

    def _is_kept_up(self) -> bool:
        """Whether it is to be opened again unasked."""
        return self.wake is not None or self.listening or self.recording is not None

    def _was_typed(self, data: bytes) -> None:
        for tap in self._taps:
            tap.typed(data)

    def _say(self, text: str) -> None:
        self._notice.say(text)
        self.said(self, text)

    def _transferred(self, held: bytes) -> None:
        transfer = self.transfer
        self._typist.reserve(False)
        if held:
            self._put(held)
        if transfer is not None:
            self._say(transfer.message)

    def _put(self, data: bytes) -> bool:
        """Let taps hear what is to be drawn, and queue it; returns whether nothing waited. Any thread."""
        with self._taps_lock:
            for tap in self._taps:
                tap.output(data)
            return self.backlog.put(data)

    def _changed(self) -> None:
        wake = self.wake
        if wake is not None:
            wake()
        self.tell()

    # -- from the line, on any thread ----------------------------------------------------------

    def on_line_begin(self) -> None:
        """A stream is being opened."""
        if self.activity != self._begun_at:
            self._begun_at = self.activity
            self._put(FRESH)
        self._typist.expect()

    def on_line_open(self, console: Console) -> None:
        """The stream is open; what was typed meanwhile goes first."""
        self._typist.attach(console)
        if not self._devices and self._detail_of(self.key) is None:
            threading.Thread(target=self._find_devices, name="tuivm-devices", daemon=True).start()

    def on_line_data(self, data: bytes) -> None:
        """The guest wrote. On libvirt's thread."""
        was_unread = self.unread
        if self.wake is None:
            self.backlog.limit = UNWATCHED
        self.activity += len(data)
        transfer = self.transfer
        if transfer is not None:
            data = transfer.receive(data)
        if data:
            was_empty = self._put(data)
            wake = self.wake
            if was_empty and wake is not None:
                wake()
        if self.unread and not was_unread:
            self.tell()

    def on_line_drop(self) -> None:
        """There is no stream any more: what was to be typed on it is lost, which is said."""
        transfer = self.transfer
        if transfer is not None:
            if not transfer.state.is_over:
                transfer.break_off(self.line.reason or "the console closed")
            if held := transfer.let_through():
                self._put(held)
        self._undelivered = str(self._typist.detach())

    def on_line_change(self) -> None:
        """State or pause changed."""
        lost, self._undelivered = self._undelivered, ""
        if lost:
            self._say(lost)
        transfer = self.transfer
        if self.line.paused and transfer is not None and not transfer.state.is_over:
            self._typist.first(transfer.break_off("the guest was paused"))
        self._typist.pause(self.line.paused)
        self._changed()

    def _find_devices(self) -> None:
        """Ask for the domain's description, where nobody has yet."""
        with suppress(HypervisorError):
            from tuivm.core.devices import named

            self._devices = named(self._hypervisor.detail(self.key).description.consoles)


def default_terminal() -> Terminal:
    """Make a terminal of 80 by 24."""
    from tuivm.terminal import Terminal

    return Terminal()
