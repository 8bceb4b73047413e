"""Waits for words on a console, whether or not somebody looks at it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tuivm.core.console import ConsoleSession

KEPT = 256 << 10
"""Bytes that are looked through: more than any firmware draws. Of a guest that prints more, the latest."""


class Ear:
    """A tap that keeps what was printed. Any thread."""

    def __init__(self) -> None:
        self._heard = bytearray()
        self._lock = threading.Lock()

    def has(self, *words: bytes) -> bool:
        """Whether each of these words came."""
        with self._lock:
            return all(word in self._heard for word in words)

    def output(self, data: bytes) -> None:
        """Keep it."""
        with self._lock:
            self._heard += data
            if len(self._heard) > 2 * KEPT:
                del self._heard[:-KEPT]

    def typed(self, data: bytes) -> None:
        """What is typed is not what is waited for."""

    def resized(self, columns: int, lines: int) -> None:
        """Words have no width here."""

    def closed(self) -> None:
        """It may be opened again."""


@contextmanager
def hearing(console: ConsoleSession) -> Iterator[Ear | None]:
    """Keep the console open while the block lasts; it stays as it is then, so that what was drawn is there.

    Yields None where too many are listened to already.
    """
    listened = console.listening
    if not console.listen():
        yield None
        return
    ear = Ear()
    console.add_tap(ear)
    try:
        yield ear
    finally:
        console.remove_tap(ear)
        if not listened:
            console.listen(False)
