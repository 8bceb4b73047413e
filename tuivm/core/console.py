"""A guest's serial console: the stream, its states, and the terminal it is shown on.

Bytes come on libvirt's thread and wait in a bounded backlog; the screen's thread takes them with
:meth:`ConsoleSession.pump` in slices, so that a flooding guest cannot hold it up. Opening happens on
a thread of its own, because libvirt may hang.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from tuivm.core.backlog import PIECE, Backlog
from tuivm.core.paste import Paste
from tuivm.core.ports import Console, Hypervisor
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.errors import Busy, HypervisorError, NotSupported

if TYPE_CHECKING:
    from tuivm.terminal import Terminal

TerminalFactory = Callable[[], "Terminal"]

RETRY = 3.0
"""Seconds before a console that ended or failed is tried again while its guest runs."""
HELD = 4096
"""Bytes typed at a paused guest that are kept for it; libvirt's stream would block on them."""
SKIP_SAID = 5.0
"""Seconds for which skipped lines are mentioned after the last one."""
FRESH = b"\x18\x1b[?1047l\x1b[!p\x1b[?2004l\x1b[m\r\n"
"""Fed before a new run's output: a sequence cut off and modes left set mean nothing to it.

CAN, the normal screen (1047, because 1049 would also move the cursor home), DECSTR, no bracketed
paste, plain pen, a new line.
"""


class ConsoleState(StrEnum):
    """Where a console session is."""

    OFF = "off"
    """The guest is off; the console opens when it starts."""
    CONNECTING = "connecting"
    """Being opened."""
    OPEN = "open"
    """Bytes flow."""
    BUSY = "busy"
    """Another session has it; ``open(force=True)`` takes it."""
    ENDED = "ended"
    """Not opened yet, closed, or closed by the guest."""
    FAILED = "failed"
    """libvirt refused; ``message`` says why."""
    UNSUPPORTED = "unsupported"
    """This hypervisor or domain has no console."""


_WORDS = {
    ConsoleState.OFF: "the guest is off; its console opens when it starts",
    ConsoleState.CONNECTING: "connecting",
    ConsoleState.OPEN: "",
    ConsoleState.ENDED: "the console is closed",
}


def default_terminal() -> Terminal:
    """Make a terminal of 80 by 24."""
    from tuivm.terminal import Terminal

    return Terminal()


class ConsoleSession:
    """One domain's console. Methods are for the screen's thread unless they say otherwise."""

    def __init__(
        self,
        key: DomainKey,
        hypervisor: Hypervisor,
        domain_of: Callable[[DomainKey], Domain | None],
        terminal: TerminalFactory = default_terminal,
    ) -> None:
        self.key = key
        """The domain."""
        self.terminal = terminal()
        """What the guest's output is drawn on; only the screen's thread touches it."""
        self.activity = 0
        """Bytes ever received."""
        self.wake: Callable[[], None] | None = None
        """Called on any thread when bytes arrive after idle or the state changed; must return at once."""
        self._hypervisor = hypervisor
        self._domain_of = domain_of
        self._lock = threading.Lock()
        self._send_lock = threading.RLock()
        self._backlog = Backlog()
        self._state = ConsoleState.ENDED
        self._reason = _WORDS[ConsoleState.ENDED]
        self._wanted = False
        self._generation = 0
        self._console: Console | None = None
        self._retry_at = 0.0
        self._paused = False
        self._held = b""
        self._paste: Paste | None = None
        self._skipped_before = 0
        self._skipped_at = 0.0

    # -- what is known ------------------------------------------------------------------------

    @property
    def state(self) -> ConsoleState:
        """Where the session is."""
        return self._state

    @property
    def message(self) -> str:
        """One line for the user, plain text: why there is no console, or what is held or skipped."""
        if self._state is not ConsoleState.OPEN:
            return self._reason
        skipped = self._backlog.skipped - self._skipped_before
        if skipped and time.monotonic() - self._skipped_at < SKIP_SAID:
            return f"{skipped:,} lines skipped: the guest prints faster than can be shown"
        if self._paused:
            held = f": {len(self._held)} bytes typed wait until it is resumed" if self._held else ""
            return f"the guest is paused{held}"
        left = self.paste_left
        return f"pasting, {left:,} bytes to go" if left else ""

    @property
    def paste_left(self) -> int:
        """Bytes of a paste that are still to be typed."""
        paste = self._paste
        return 0 if paste is None else paste.left

    # -- life ---------------------------------------------------------------------------------

    def open(self, force: bool = False) -> None:
        """Open it in the background, and again whenever the guest starts; ``force`` takes it from another."""
        with self._lock:
            self._wanted = True
            if self._state in (ConsoleState.OPEN, ConsoleState.CONNECTING):
                return
            self._begin(force, self._is_active())
        self._call_wake()

    def close(self) -> None:
        """Give the console back. Never blocks; a paste under way is cancelled."""
        with self._lock:
            self._wanted = False
            console = self._drop(ConsoleState.ENDED)
        self._backlog.clear()
        if console is not None:
            console.close()
        self._call_wake()

    def refresh(self) -> None:
        """Look at the domain again: open when it runs, let go when it is off. Any thread."""
        domain = self._domain_of(self.key)
        console = None
        with self._lock:
            before = self._state, self._paused
            active = domain is not None and domain.state.is_active
            self._paused = domain is not None and domain.state is State.PAUSED
            if not self._wanted:
                return
            if not active:
                if self._state is not ConsoleState.OFF:
                    console = self._drop(ConsoleState.OFF)
            elif self._state is ConsoleState.OFF or (
                self._state in (ConsoleState.ENDED, ConsoleState.FAILED)
                and time.monotonic() >= self._retry_at
            ):
                self._begin(force=False, active=True)
            changed = before != (self._state, self._paused)
        if console is not None:
            console.close()
        if changed:
            self._flush()
            self._call_wake()

    def guest_started(self) -> None:
        """The guest began to run: open again without waiting for the inventory. Any thread."""
        with self._lock:
            if not self._wanted or self._state in (ConsoleState.OPEN, ConsoleState.CONNECTING):
                return
            self._begin(force=False, active=True)
        self._call_wake()

    # -- bytes --------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Type bytes. They wait while it opens or the guest is paused, and are lost when it is closed."""
        with self._send_lock:
            console = self._console
            if console is not None and not self._paused and not self._held:
                console.send(data)
            elif console is not None or self._state is ConsoleState.CONNECTING:
                self._held += data[: HELD - len(self._held)]

    def paste(self, text: str) -> None:
        """Type a text at a pace a serial line follows, marked as a paste if the guest asked for that."""
        from tuivm.terminal.keys import encode_paste
        from tuivm.terminal.modes import BRACKETED_PASTE

        data = encode_paste(text, BRACKETED_PASTE in self.terminal.screen.mode)
        if self._console is not None and data and not (self._paste and self._paste.extend(data)):
            self._paste = Paste(data, self._send_paced, self._call_wake)

    def cancel_paste(self) -> None:
        """Type nothing more of a paste."""
        if self._paste is not None:
            self._paste.cancel()

    def resize(self, columns: int, lines: int) -> None:
        """Change the terminal's size; a serial line has no way to tell the guest."""
        self.terminal.resize(columns, lines)

    def pump(self, budget: float = 0.006) -> bool:
        """Draw waiting bytes for at most ``budget`` seconds and send the answers; True when more waits."""
        end = time.monotonic() + budget
        while data := self._backlog.take(PIECE):
            self.terminal.feed(data)
            replies = self.terminal.take_replies()
            if replies:
                self.send(replies)
            if time.monotonic() >= end:
                break
        return len(self._backlog) > 0

    # -- inside, with the lock held -------------------------------------------------------------

    def _is_active(self) -> bool:
        domain = self._domain_of(self.key)
        return domain is not None and domain.state.is_active

    def _begin(self, force: bool, active: bool) -> None:
        if not active:
            self._become(ConsoleState.OFF)
            return
        if self._state is not ConsoleState.BUSY and self.activity:
            self._backlog.put(FRESH)
        self._generation += 1
        self._become(ConsoleState.CONNECTING)
        arguments = (self._generation, force)
        threading.Thread(target=self._connect, args=arguments, name="tuivm-console", daemon=True).start()

    def _drop(self, state: ConsoleState, reason: str = "") -> Console | None:
        """Forget the stream, whichever callbacks may still come; returns it, to be closed unlocked."""
        self._generation += 1
        console, self._console = self._console, None
        self._held = b""
        if self._paste is not None:
            self._paste.cancel()
        self._become(state, reason)
        return console

    def _become(self, state: ConsoleState, reason: str = "") -> None:
        self._state = state
        self._reason = reason or _WORDS.get(state, "")
        self._retry_at = time.monotonic() + RETRY

    # -- worker threads -----------------------------------------------------------------------

    def _connect(self, generation: int, force: bool) -> None:
        try:
            console = self._hypervisor.open_console(
                self.key,
                on_data=lambda data: self._receive(generation, data),
                on_end=lambda error: self._ended(generation, error),
                force=force,
            )
        except HypervisorError as error:
            self._ended(generation, error, refused=True)
            return
        with self._lock:
            current = generation == self._generation
            if current:
                self._console = console
                self._become(ConsoleState.OPEN)
        if current:
            self._flush()
            self._call_wake()
        else:
            console.close()

    def _receive(self, generation: int, data: bytes) -> None:
        if generation != self._generation or not data:
            return
        self.activity += len(data)
        skipped = self._backlog.skipped
        was_empty = self._backlog.put(data)
        if self._backlog.skipped != skipped:
            now = time.monotonic()
            if now - self._skipped_at > SKIP_SAID:
                self._skipped_before = skipped
            self._skipped_at = now
        if was_empty:
            self._call_wake()

    def _ended(self, generation: int, error: HypervisorError | None, refused: bool = False) -> None:
        active = self._is_active()
        with self._lock:
            if generation != self._generation:
                return
            console = self._drop(*_ending(error, active, refused))
        if console is not None:
            console.close()
        self._call_wake()

    def _send_paced(self, piece: bytes) -> bool:
        with self._send_lock:
            console = self._console
            if console is None or self._paused or self._held:
                return False
            console.send(piece)
            return True

    def _flush(self) -> None:
        """Type what was held, once the guest can read it."""
        with self._send_lock:
            console = self._console
            if console is not None and self._held and not self._paused:
                held, self._held = self._held, b""
                console.send(held)

    def _call_wake(self) -> None:
        wake = self.wake
        if wake is not None:
            wake()


def _ending(error: HypervisorError | None, active: bool, refused: bool) -> tuple[ConsoleState, str]:
    """State and words after a stream ended, or was refused."""
    if isinstance(error, Busy):
        return ConsoleState.BUSY, "another session has this console"
    if isinstance(error, NotSupported):
        return ConsoleState.UNSUPPORTED, str(error)
    if not active:
        return ConsoleState.OFF, ""
    if error is None:
        return ConsoleState.ENDED, "the guest closed its console"
    return ConsoleState.FAILED, str(error) if refused else f"the console broke off: {error}"
