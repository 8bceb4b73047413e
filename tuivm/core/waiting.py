"""Bytes on their way from a console to whoever looks through them, bounded."""

from __future__ import annotations

import threading
from collections import deque


class Waiting:
    """A queue between the thread that hears a console, which puts, and the one that looks, which takes."""

    def __init__(self, limit: int) -> None:
        """More than ``limit`` bytes do not wait: what comes on top is left out, and counted."""
        self._limit = limit
        self._lock = threading.Lock()
        self._pieces: deque[bytes] = deque()
        self._size = 0
        self._left_out = 0

    def put(self, data: bytes) -> bool:
        """Add bytes, or leave them out; returns whether there were none before."""
        with self._lock:
            if self._size > self._limit:
                self._left_out += len(data)
                return False
            self._pieces.append(data)
            self._size += len(data)
            return len(self._pieces) == 1

    def take(self) -> tuple[bytes, int]:
        """What came since the last call, and how many bytes were left out behind it."""
        with self._lock:
            data = b"".join(self._pieces)
            self._pieces.clear()
            self._size = 0
            left_out, self._left_out = self._left_out, 0
        return data, left_out
