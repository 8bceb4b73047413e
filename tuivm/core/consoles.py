"""All consoles of one connection: how many stay open, which of them has something new, who is told."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Container
from contextlib import AbstractContextManager
from enum import StrEnum

from tuivm.core.console import ConsoleSession
from tuivm.core.console_ear import Ear, hearing
from tuivm.core.lane import Lane
from tuivm.core.line import ConsoleState
from tuivm.model.domain import DomainKey

CONSOLES_KEPT = 16
"""How many consoles stay open; of those nobody uses, the one asked for longest ago gives way to a new one."""
LISTENING_MAX = 8
"""How many may go on listening in the background."""
TOLD_EVERY = 0.2
"""Seconds between two rounds of telling what changed."""


class ConsoleSign(StrEnum):
    """What the list shows of a domain's console."""

    NONE = "none"
    """Not open."""
    OPEN = "open"
    """Open, and nothing in it that was not seen."""
    NEW = "new"
    """There is output that nobody has seen."""
    ALERT = "alert"
    """A trigger found something that nobody has looked at."""

    @property
    def word(self) -> str:
        """In words, for people."""
        return _WORDS[self]


_WORDS = {
    ConsoleSign.NONE: "",
    ConsoleSign.OPEN: "console open",
    ConsoleSign.NEW: "new console output",
    ConsoleSign.ALERT: "console alert",
}


class Consoles:
    """``make`` makes a session (without opening it); ``tell`` hears of changes, on a thread of its own.

    The other methods are for the screen's thread unless they say otherwise.
    """

    def __init__(
        self,
        make: Callable[[DomainKey], ConsoleSession],
        tell: Callable[[DomainKey], None],
        say: Callable[[ConsoleSession, str], None],
    ) -> None:
        self.on_made: list[Callable[[ConsoleSession], None]] = []
        """Called with each new session, on the thread that asked for it."""
        self._make = make
        self._tell = tell
        self._say = say
        self._lock = threading.Lock()
        self._sessions: OrderedDict[DomainKey, ConsoleSession] = OrderedDict()
        self._devices: dict[DomainKey, str | None] = {}
        self._moved_lock = threading.Lock()
        self._moved: set[ConsoleSession] = set()
        self._last_told = 0.0
        self._known: dict[ConsoleSession, tuple[object, ...]] = {}
        self._teller = Lane("tuivm-consoles-told", self._tell_moved)

    # -- life ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to tell."""
        self._teller.start()

    def stop(self) -> None:
        """Close every console. Returns at once."""
        self._teller.stop()
        with self._lock:
            sessions = list(self._sessions.values())
            self._sessions.clear()
        for session in sessions:
            session.close()

    def join(self, timeout: float) -> bool:
        """Wait for the teller to end; returns whether it has."""
        return self._teller.join(timeout)

    # -- sessions -----------------------------------------------------------------------------

    def get(self, key: DomainKey) -> ConsoleSession:
        """The console of a domain, made (not opened) at the first call and kept. Any thread."""
        with self._lock:
            session = self._sessions.get(key)
            made = session is None
            if session is None:
                session = self._sessions[key] = self._make(key)
                session.line.device = self._devices.pop(key, None)
                session.told = self._note
                session.said = self._say
                session.may_listen = self._may_listen
            self._sessions.move_to_end(key)
            old = self._too_old(key) if made else None
        if old is not None:
            old.close()
        if made:
            for hook in self.on_made:
                hook(session)
        return session

    def find(self, key: DomainKey) -> ConsoleSession | None:
        """The console of a domain if there is one. Any thread."""
        with self._lock:
            return self._sessions.get(key)

    def all(self) -> tuple[ConsoleSession, ...]:
        """Every session, the one asked for longest ago first. Any thread."""
        with self._lock:
            return tuple(self._sessions.values())

    def close(self, key: DomainKey) -> None:
        """Give a domain's console back; what is on its screen stays until it is forgotten."""
        session = self.find(key)
        if session is not None:
            session.close()

    def hear(self, key: DomainKey) -> AbstractContextManager[Ear | None]:
        """Open a domain's console, also when it starts, and hear it while the block lasts. Any thread."""
        return hearing(self.get(key))

    def listening(self) -> tuple[ConsoleSession, ...]:
        """Those that go on listening in the background. Any thread."""
        return tuple(session for session in self.all() if session.listening)

    def sign(self, key: DomainKey) -> ConsoleSign:
        """What the list shows of this domain's console. Cheap. Any thread."""
        session = self._sessions.get(key)
        return ConsoleSign.NONE if session is None else _sign(session)

    def pump_idle(self, budget: float = 0.004) -> bool:
        """Draw for those that nobody looks at, and answer their guests' questions; True when more waits.

        To be called twice a second or so. One that floods takes its share of ``budget`` seconds and no more.
        """
        idle = [session for session in self.all() if session.wake is None and len(session.backlog)]
        more = [session.pump(budget / len(idle)) for session in idle]
        return any(more)

    # -- worker threads -----------------------------------------------------------------------

    def refresh(self, keys: Container[DomainKey] | None = None) -> None:
        """Let the consoles of these domains, or all, look at their domain again."""
        for session in self.all():
            if keys is None or session.key in keys:
                session.line.refresh()

    def guest_started(self, key: DomainKey) -> None:
        """A domain began to run."""
        session = self.find(key)
        if session is not None:
            session.line.guest_started()

    def _note(self, session: ConsoleSession) -> None:
        """Something of this session may have changed. Cheap: a flooding guest comes here often."""
        with self._moved_lock:
            known = session in self._moved
            self._moved.add(session)
        if not known:
            self._teller.poke()

    def _tell_moved(self) -> float | None:
        """Tell of those that really changed, a round at a time."""
        wait = self._last_told + TOLD_EVERY - time.monotonic()
        if wait > 0:
            return wait
        self._last_told = time.monotonic()
        with self._moved_lock:
            moved, self._moved = self._moved, set()
        kept = set(self.all())
        for session in moved:
            seen = (session in kept, *_facts(session))
            if self._known.get(session) != seen:
                self._known[session] = seen
                self._tell(session.key)
        self._known = {session: facts for session, facts in self._known.items() if session in kept}
        return None

    # -- inside -------------------------------------------------------------------------------

    def _may_listen(self, session: ConsoleSession) -> bool:
        others = (one for one in self.listening() if one is not session)
        return sum(not one.line.is_gone for one in others) < LISTENING_MAX

    def _too_old(self, new: DomainKey) -> ConsoleSession | None:
        """The session that gives way to a new one; with the lock held."""
        if len(self._sessions) <= CONSOLES_KEPT:
            return None
        for key, session in self._sessions.items():
            if key != new and not _is_used(session):
                if session.device is not None:
                    self._devices[key] = session.device
                return self._sessions.pop(key)
        return None


def _is_used(session: ConsoleSession) -> bool:
    """Whether closing it would take something away from somebody."""
    transfer = session.transfer
    return (
        session.wake is not None
        # Nothing will come from a domain that is gone.
        or (session.listening and not session.line.is_gone)
        or session.recording is not None
        or session.paste_left > 0
        or (transfer is not None and not transfer.state.is_over)
    )


def _sign(session: ConsoleSession) -> ConsoleSign:
    if session.alert is not None:
        return ConsoleSign.ALERT
    if session.unread:
        return ConsoleSign.NEW
    return ConsoleSign.OPEN if session.state is ConsoleState.OPEN else ConsoleSign.NONE


def _facts(session: ConsoleSession) -> tuple[object, ...]:
    """What a listener is told of."""
    transfer = session.transfer
    progress = None if transfer is None else (transfer.state, transfer.sent)
    return (
        _sign(session),
        session.state,
        session.alert,
        session.recording,
        session.listening,
        session.paste_left,
        progress,
        session.message,
    )
