"""The life of one console's stream: opened on a thread of its own, lost, busy, and opened again.

Opening may hang in libvirt, so it never happens on the caller's thread. A generation number makes whatever
still comes from a stream that was let go count for nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from tuivm.core.ports import Console, Hypervisor
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.errors import Busy, HypervisorError, NotSupported

RETRY = 3.0
"""Seconds before a console that ended or failed is tried again while its guest runs."""
BUSY_RETRY = 5.0
"""Seconds between two looks, without force, whether another session let a console go."""
_LETTING_GO = 2.0
"""Seconds in which a console that we closed ourselves may still count as in use."""
_LOOK_AGAIN = 0.1


class ConsoleState(StrEnum):
    """Where a console session is."""

    OFF = "off"
    """The guest is off; the console opens when it starts."""
    CONNECTING = "connecting"
    """Being opened."""
    OPEN = "open"
    """Bytes flow."""
    BUSY = "busy"
    """Another session has it; ``open(force=True)`` takes it, and it is opened once the other lets go."""
    ENDED = "ended"
    """Not opened yet, closed, or closed by the guest."""
    FAILED = "failed"
    """libvirt refused; ``reason`` says why."""
    UNSUPPORTED = "unsupported"
    """This hypervisor or domain has no console."""


_WORDS = {
    ConsoleState.OFF: "the guest is off; its console opens when it starts",
    ConsoleState.CONNECTING: "connecting",
    ConsoleState.OPEN: "",
    ConsoleState.ENDED: "the console is closed",
}
_UNDER_WAY = (ConsoleState.OPEN, ConsoleState.CONNECTING)


class LineUser(Protocol):
    """Who is told what happens on the line."""

    def on_line_begin(self) -> None:
        """A stream is being opened. With the line's lock held."""

    def on_line_open(self, console: Console) -> None:
        """The stream is open, before any state says so. With the line's lock held."""

    def on_line_data(self, data: bytes) -> None:
        """The guest wrote. On libvirt's thread; must return at once."""

    def on_line_drop(self) -> None:
        """There is no stream any more. With the line's lock held."""

    def on_line_change(self) -> None:
        """State or pause changed. Any thread, no lock held."""


class Line:
    """Opens one domain's console and keeps it open. Every method returns at once; any thread."""

    def __init__(
        self,
        key: DomainKey,
        hypervisor: Hypervisor,
        domain_of: Callable[[DomainKey], Domain | None],
        user: LineUser,
        wanted: Callable[[], bool],
    ) -> None:
        """``wanted`` tells whether it is to be opened again unasked: somebody looks at it, or listens."""
        self.key = key
        """The domain."""
        self.state = ConsoleState.ENDED
        """Where it is."""
        self.reason = _WORDS[ConsoleState.ENDED]
        """Why it is not open, in words; empty when it is."""
        self.paused = False
        """Whether the guest is paused."""
        self.device: str | None = None
        """Name of the device to open; None for the first."""
        self._hypervisor = hypervisor
        self._domain_of = domain_of
        self._user = user
        self._wanted_now = wanted
        self._lock = threading.RLock()
        self._wanted = False
        self._generation = 0
        self._console: Console | None = None
        self._retry_at = 0.0
        self._let_go_at = -_LETTING_GO

    def open(self, force: bool = False) -> None:
        """Open it in the background, and again whenever the guest starts; ``force`` takes it from another."""
        with self._lock:
            self._wanted = True
            if self.state in _UNDER_WAY:
                return
            self._begin(force, self._is_active())
        self._user.on_line_change()

    def close(self) -> None:
        """Give the console back."""
        with self._lock:
            self._wanted = False
            console = self._drop(ConsoleState.ENDED)
        if console is not None:
            console.close()
        self._user.on_line_change()

    def choose(self, device: str | None) -> None:
        """Open that device instead of the present one."""
        with self._lock:
            self.device = device
            if not self._wanted:
                return
            console = self._drop(ConsoleState.ENDED)
            self._begin(False, self._is_active())
        if console is not None:
            console.close()
        self._user.on_line_change()

    def refresh(self) -> None:
        """Look at the domain again: open when it runs, let go when it is off."""
        domain = self._domain_of(self.key)
        console = None
        with self._lock:
            before = self.state, self.paused
            active = domain is not None and domain.state.is_active
            self.paused = domain is not None and domain.state is State.PAUSED
            if self._wanted and not active:
                if self.state is not ConsoleState.OFF:
                    console = self._drop(ConsoleState.OFF)
            elif self._wanted and self._is_due():
                self._begin(False, True, quiet=self.state is ConsoleState.BUSY)
            changed = before != (self.state, self.paused)
        if console is not None:
            console.close()
        if changed:
            self._user.on_line_change()

    def guest_started(self) -> None:
        """The guest began to run: open again without waiting for the inventory."""
        with self._lock:
            if not self._wanted or self.state in _UNDER_WAY or not self._wanted_now():
                return
            self._begin(False, True)
        self._user.on_line_change()

    @property
    def is_gone(self) -> bool:
        """Whether there is no such domain (any more). Any thread."""
        return self._domain_of(self.key) is None

    # -- inside, with the lock held -------------------------------------------------------------

    def _is_active(self) -> bool:
        domain = self._domain_of(self.key)
        return domain is not None and domain.state.is_active

    def _is_due(self) -> bool:
        """Whether a running guest's console is to be tried again now."""
        if self.state is ConsoleState.OFF:
            return self._wanted_now()
        waits = self.state in (ConsoleState.ENDED, ConsoleState.FAILED, ConsoleState.BUSY)
        return waits and time.monotonic() >= self._retry_at and self._wanted_now()

    def _begin(self, force: bool, active: bool, *, quiet: bool = False) -> None:
        """Open on a thread; ``quiet`` leaves the state as it is until it succeeds."""
        if not active:
            self._become(ConsoleState.OFF)
            return
        self._generation += 1
        if quiet:
            self._retry_at = time.monotonic() + BUSY_RETRY
        else:
            self._user.on_line_begin()
            self._become(ConsoleState.CONNECTING)
        arguments = (self._generation, force, self.device)
        threading.Thread(target=self._connect, args=arguments, name="tuivm-console", daemon=True).start()

    def _drop(self, state: ConsoleState, reason: str = "") -> Console | None:
        """Forget the stream, whichever callbacks may still come; returns it, to be closed unlocked."""
        self._generation += 1
        console, self._console = self._console, None
        if console is not None:
            self._let_go_at = time.monotonic()
        self._become(state, reason)
        self._user.on_line_drop()
        return console

    def _become(self, state: ConsoleState, reason: str = "") -> None:
        self.state = state
        self.reason = reason or _WORDS.get(state, "")
        self._retry_at = time.monotonic() + (BUSY_RETRY if state is ConsoleState.BUSY else RETRY)

    # -- worker threads -----------------------------------------------------------------------

    def _connect(self, generation: int, force: bool, device: str | None) -> None:
        while True:
            try:
                console = self._hypervisor.open_console(
                    self.key,
                    on_data=lambda data: self._receive(generation, data),
                    on_end=lambda error: self._ended(generation, error),
                    device=device,
                    force=force,
                )
                break
            except HypervisorError as error:
                if isinstance(error, Busy) and self._is_letting_go(generation):
                    time.sleep(_LOOK_AGAIN)
                    continue
                self._ended(generation, error, refused=True)
                return
        with self._lock:
            current = generation == self._generation
            if current:
                self._console = console
                self._user.on_line_open(console)
                self._become(ConsoleState.OPEN)
        if current:
            self._user.on_line_change()
        else:
            console.close()

    def _is_letting_go(self, generation: int) -> bool:
        """Whether a busy console may be busy with us: closing takes libvirt a moment."""
        return generation == self._generation and time.monotonic() - self._let_go_at < _LETTING_GO

    def _receive(self, generation: int, data: bytes) -> None:
        if generation == self._generation and data:
            self._user.on_line_data(data)

    def _ended(self, generation: int, error: HypervisorError | None, refused: bool = False) -> None:
        active = self._is_active()
        with self._lock:
            if generation != self._generation:
                return
            state, reason = _ending(error, active, refused)
            if state is ConsoleState.BUSY is self.state:
                return  # A quiet look: nothing changed.
            console = self._drop(state, reason)
        if console is not None:
            console.close()
        self._user.on_line_change()


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
