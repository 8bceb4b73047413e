"""Bytes a guest printed that were not yet shown: bounded, dropping whole oldest lines, and counting them."""

from __future__ import annotations

import threading
import time
from collections import deque

LIMIT = 256 * 1024
"""Bytes kept. More would only be shown later: the screen is to show what the guest says now."""
UNWATCHED = 1024 * 1024
"""Bytes kept while nobody looks: they become scrollback when somebody does."""
SKIP_SAID = 5.0
"""Seconds for which dropped lines are mentioned after the last one."""
PIECE = 4096
"""Bytes taken at a time."""


class Backlog:
    """A queue of bytes between the stream's thread, which puts, and the screen's, which takes."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        """Bytes kept; a smaller one takes effect with the next bytes."""
        self._lock = threading.Lock()
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self.skipped = 0
        """Lines dropped so far."""
        self._skipped_before = 0
        self._skipped_at = float("-inf")

    def __len__(self) -> int:
        return self._size

    def skipped_lately(self) -> int:
        """Lines dropped in the flood that goes on or was over a moment ago."""
        lately = time.monotonic() - self._skipped_at < SKIP_SAID
        return self.skipped - self._skipped_before if lately else 0

    def put(self, data: bytes) -> bool:
        """Add bytes; returns whether there were none before."""
        with self._lock:
            was_empty = not self._size
            self._chunks.append(data)
            self._size += len(data)
            if self._size > self.limit:
                self._drop(self._size - self.limit * 3 // 4)
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

    def copy(self) -> bytes:
        """What waits; it goes on waiting."""
        with self._lock:
            return b"".join(self._chunks)

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
        now = time.monotonic()
        if now - self._skipped_at > SKIP_SAID:
            self._skipped_before = self.skipped
        self._skipped_at = now
        self.skipped += max(1, everything.count(b"\n", 0, cut))
        self._chunks = deque((everything[cut:],))
        self._size = len(everything) - cut
