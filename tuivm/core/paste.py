"""Typing a long text into a serial line at a pace that its 16-byte buffer and the guest can follow."""

from __future__ import annotations

import threading
from collections.abc import Callable

PIECE = 256
"""Bytes written at a time."""
RATE = 8192
"""Bytes a second."""


class Paste:
    """A daemon thread that sends ``data`` in pieces.

    ``send`` returns whether the bytes were taken; while it says no (the guest is paused) the same
    piece is offered again. ``done`` is called at the end, also after ``cancel``.
    """

    def __init__(self, data: bytes, send: Callable[[bytes], bool], done: Callable[[], None]) -> None:
        self._left = data
        self._send = send
        self._done = done
        self._lock = threading.Lock()
        self._over = False
        self._cancelled = threading.Event()
        threading.Thread(target=self._run, name="tuivm-paste", daemon=True).start()

    @property
    def left(self) -> int:
        """Bytes still to be sent."""
        return 0 if self._cancelled.is_set() else len(self._left)

    def extend(self, data: bytes) -> bool:
        """Send ``data`` after the rest; returns False when this paste is over."""
        with self._lock:
            if self._over or self._cancelled.is_set():
                return False
            self._left += data
            return True

    def cancel(self) -> None:
        """Send no further piece. Returns at once."""
        self._cancelled.set()

    def _run(self) -> None:
        while not self._cancelled.is_set():
            with self._lock:
                piece = self._left[:PIECE]
                self._over = not piece
            if not piece:
                break
            if self._send(piece):
                with self._lock:
                    self._left = self._left[len(piece) :]
            self._cancelled.wait(PIECE / RATE)
        self._done()
