"""Bytes a guest printed that were not yet shown: bounded, dropping whole oldest lines, and counting them."""

from __future__ import annotations

import threading
from collections import deque

LIMIT = 256 * 1024
"""Bytes kept. More would only be shown later: the screen is to show what the guest says now."""
PIECE = 4096
"""Bytes taken at a time."""


class Backlog:
    """A queue of bytes between the stream's thread, which puts, and the screen's, which takes."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self.skipped = 0
        """Lines dropped so far."""

    def __len__(self) -> int:
        return self._size

    def put(self, data: bytes) -> bool:
        """Add bytes; returns whether there were none before."""
        with self._lock:
            was_empty = not self._size
            self._chunks.append(data)
            self._size += len(data)
            if self._size > self._limit:
                self._drop(self._size - self._limit * 3 // 4)
            return was_empty

    def take(self, count: int = PIECE) -> bytes:
        """Remove and return at most ``count`` of the oldest bytes."""
        with self._lock:
            taken = []
            while self._chunks and count > 0:
                chunk = self._chunks.popleft()
                if len(chunk) > count:
                    self._chunks.appendleft(chunk[count:])
                    chunk = chunk[:count]
                taken.append(chunk)
                count -= len(chunk)
            data = b"".join(taken)
            self._size -= len(data)
            return data

    def clear(self) -> None:
        """Forget what waits."""
        with self._lock:
            self._chunks.clear()
            self._size = 0

    def _drop(self, least: int) -> None:
        """Drop at least so many bytes, to the end of a line; text without line ends is cut anywhere."""
        everything = b"".join(self._chunks)
        cut = everything.find(b"\n", least - 1) + 1
        cut = cut or least
        self.skipped += max(1, everything.count(b"\n", 0, cut))
        self._chunks = deque((everything[cut:],))
        self._size = len(everything) - cut
