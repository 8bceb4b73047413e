"""libvirt's event loop: one daemon thread for the whole program, started before the first connection.

Without a running loop keepalive goes unanswered and the daemon drops the connection, events never
arrive and streams never become readable. See libvirt's ``virEventRegisterDefaultImpl``.
"""

from __future__ import annotations

import atexit
import threading

import libvirt

_WAKE_MILLISECONDS = 10_000
_lock = threading.Lock()
_thread: threading.Thread | None = None
_stopping = threading.Event()


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


def _run() -> None:
    while not _stopping.is_set():
        try:
            libvirt.virEventRunDefaultImpl()
        except libvirt.libvirtError:
            # poll() failed, which happens when a descriptor was closed under it: do not spin on it.
            _stopping.wait(0.1)


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
