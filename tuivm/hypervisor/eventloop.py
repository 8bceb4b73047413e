"""libvirt's event loop: one daemon thread for the whole program, started before the first connection.

Without a running loop keepalive goes unanswered and the daemon drops the connection, events never
arrive and streams never become readable. See libvirt's ``virEventRegisterDefaultImpl``.
"""

from __future__ import annotations

import atexit
import threading
import time
import weakref
from collections.abc import Callable

import libvirt

TURNS = 1000.0
"""Turns of the loop a second while there is always something to do. A turn takes one message; a guest that
floods its console makes thousands a second, and each takes the interpreter's lock from the screen's thread.
"""
BURST = 24.0
"""Turns that follow one another at once after a quiet moment: an echo, an answer, an event is not delayed."""
REST = 0.008
"""Seconds the loop rests when it has had its turns."""
_WAKE_MILLISECONDS = 10_000
_lock = threading.Lock()
_thread: threading.Thread | None = None
_stopping = threading.Event()
_drains: tuple[weakref.WeakMethod[Callable[[], None]], ...] = ()


def start() -> None:
    """Start the loop; further calls do nothing. Also keeps libvirt's own messages off standard error."""
    global _thread
    with _lock:
        if _thread is not None:
            return
        libvirt.registerErrorHandler(_ignore, None)
        libvirt.virEventRegisterDefaultImpl()
        # With no handle and no timer registered the loop would block for ever and never see _stopping.
        timer = libvirt.virEventAddTimeout(_WAKE_MILLISECONDS, _tick, None)
        _thread = threading.Thread(target=_run, name="libvirt-events", daemon=True)
        _thread.start()
        atexit.register(_stop, timer)


class Pace:
    """Tells when the loop has to rest."""

    def __init__(self) -> None:
        self._credit = BURST
        self._last = 0.0

    def is_spent(self, now: float) -> bool:
        """Whether the turn that ended at ``now`` (seconds on any clock) was one too many."""
        self._credit = min(BURST, self._credit + (now - self._last) * TURNS) - 1.0
        self._last = now
        return self._credit < 0.0


def on_flood(drain: Callable[[], None]) -> None:
    """Have the method ``drain`` called on the loop's thread before each rest, while its object lives.

    libvirt tells of a stream's data by a timer that only runs when no socket has anything to read. In a flood
    that is never: what came would pile up in libvirt, of the flooding console and of every other.
    """
    global _drains
    with _lock:
        _drains = (*(known for known in _drains if known() is not None), weakref.WeakMethod(drain))


def _run() -> None:
    pace = Pace()
    while not _stopping.is_set():
        try:
            libvirt.virEventRunDefaultImpl()
        except libvirt.libvirtError:
            # poll() failed, which happens when a descriptor was closed under it: do not spin on it.
            _stopping.wait(0.1)
        if pace.is_spent(time.monotonic()):
            _drain()
            time.sleep(REST)


def _drain() -> None:
    """Call every reader. In a function of its own, so that no local name keeps one alive."""
    for known in _drains:
        if drain := known():
            drain()


def _stop(timer: int) -> None:
    """Let the loop end before the interpreter does: a callback must not need the GIL in a dying process."""
    _stopping.set()
    libvirt.virEventUpdateTimeout(timer, 0)
    if _thread is not None:
        _thread.join(0.5)


def _tick(_timer: int, _opaque: object) -> None:
    """Nothing: the timer only makes the loop turn."""


def _ignore(_context: object, _error: object) -> None:
    """Every error arrives as an exception too; printing it would tear the screen."""
