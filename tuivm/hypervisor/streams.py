"""One open console: a libvirt stream read on the event thread, written and ended on threads of its own.

What was measured decides the shape: ``recv`` is called until it would block; ``send`` may stall the whole
connection, so the caller never waits for it; ``finish`` with a backlog hangs, so a stream is aborted, off
the event thread, after its callback was removed exactly once.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress

import libvirt

from tuivm.hypervisor.errors import translate
from tuivm.model.errors import Busy, HypervisorError

CHUNK = 262_144
"""Bytes asked for at once."""
BACKLOG = 1_048_576
"""Bytes that may wait to be sent; what comes on top is dropped, as a real line without flow control does."""

UNANSWERED = 8192
"""Bytes that are sent at most to a guest that says nothing. libvirt takes everything and keeps what the guest
does not read; 32 KB of it make the daemon of libvirt 11.3 turn in a circle once the console is closed."""

PATIENCE = 1.0
"""Seconds of silence after which a little more is sent: Control-C must reach a guest that does not echo."""
TRICKLE = 256
"""How much that is."""
TRICKLE_MOST = 4096
"""Bytes sent so at most before the guest says something."""

_READS = 16
_WOULD_BLOCK = -2
_RETRY_SECONDS = 0.02
_EVENTS = libvirt.VIR_STREAM_EVENT_READABLE | libvirt.VIR_STREAM_EVENT_ERROR | libvirt.VIR_STREAM_EVENT_HANGUP


class StreamConsole:
    """The :class:`~tuivm.core.ports.Console` of one stream. ``on_end`` is not called after ``close``."""

    def __init__(
        self,
        stream: libvirt.virStream,
        on_data: Callable[[bytes], None],
        on_end: Callable[[HypervisorError | None], None],
        on_gone: Callable[[StreamConsole], None],
    ) -> None:
        self._stream = stream
        self._on_data = on_data
        self._on_end = on_end
        self._on_gone = on_gone
        self._wake = threading.Condition()
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._in_hand = 0
        self._unanswered = 0
        self._over = False
        self._writer: threading.Thread | None = None

    @property
    def waiting(self) -> int:
        """Bytes queued that were not sent: the guest has not read what was sent before."""
        return self._size + self._in_hand

    def listen(self) -> None:
        """Begin to read. Raises libvirtError."""
        self._stream.eventAddCallback(_EVENTS, self._ready, None)

    def send(self, data: bytes) -> None:
        """Queue bytes for the guest. Never blocks, never raises; lost when the stream has ended."""
        with self._wake:
            if self._over or not data or self._size + len(data) > BACKLOG:
                return
            self._waiting.append(data)
            self._size += len(data)
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="console-writer", daemon=True)
                self._writer.start()
            self._wake.notify()

    def close(self) -> None:
        """End the session. Never blocks; a second call does nothing."""
        if self._claim_end():
            threading.Thread(target=self._abandon, args=(True,), name="console-close", daemon=True).start()

    def end(self, error: HypervisorError | None) -> None:
        """The connection under the stream is gone: tell, and let go."""
        if self._claim_end():
            threading.Thread(target=self._abandon, args=(True,), name="console-close", daemon=True).start()
            self._on_end(error)

    def drain(self) -> None:
        """Read what has come though libvirt has not told of it. On libvirt's event thread."""
        if not self._over:
            self._ready(self._stream, 0, None)

    def _ready(self, stream: libvirt.virStream, events: int, _opaque: object) -> None:
        """Something to read, or the end. On libvirt's event thread."""
        if self._over:
            return
        try:
            # Bounded: a guest that never stops writing must not keep the event thread from the rest.
            for _ in range(_READS):
                data = stream.recv(CHUNK)
                if self._over or not isinstance(data, bytes):
                    break
                if not data:
                    self._finish(None)
                    return
                self._answered()
                self._on_data(data)
        except libvirt.libvirtError as error:
            self._finish(_why(error))
            return
        if events & (libvirt.VIR_STREAM_EVENT_ERROR | libvirt.VIR_STREAM_EVENT_HANGUP):
            self._finish(None)

    def _finish(self, error: HypervisorError | None) -> None:
        """The stream ended by itself. The callback goes at once: a stream at its end calls for ever."""
        if not self._claim_end():
            return
        with suppress(libvirt.libvirtError):
            self._stream.eventRemoveCallback()
        threading.Thread(target=self._abandon, args=(False,), name="console-close", daemon=True).start()
        self._on_end(error)

    def _claim_end(self) -> bool:
        """Whether the caller is the one that ends the stream."""
        with self._wake:
            first = not self._over
            self._over = True
            self._waiting.clear()
            self._wake.notify_all()
            return first

    def _abandon(self, listening: bool) -> None:
        if listening:
            with suppress(libvirt.libvirtError):
                self._stream.eventRemoveCallback()
        with suppress(libvirt.libvirtError):
            self._stream.abort()
        self._on_gone(self)

    def _answered(self) -> None:
        """The guest said something: it reads, so more can be sent."""
        if self._unanswered:
            with self._wake:
                self._unanswered = 0
                self._wake.notify_all()

    def _write(self) -> None:
        while (data := self._next()) is not None:
            view = data
            while view and not self._over:
                room = self._room()
                if self._over:
                    return
                try:
                    sent = self._stream.send(view[:room])
                except libvirt.libvirtError:
                    return  # The reading side is told of the end.
                if sent == _WOULD_BLOCK:
                    with self._wake:
                        self._wake.wait_for(lambda: self._over, _RETRY_SECONDS)
                    continue
                view = view[sent:]
                with self._wake:
                    self._in_hand = len(view)
                    self._unanswered += sent

    def _room(self) -> int:
        """How many bytes may be sent now; waits until it is at least one, or the end."""
        with self._wake:
            while not self._over:
                if self._wake.wait_for(lambda: self._unanswered < UNANSWERED or self._over, PATIENCE):
                    return max(0, UNANSWERED - self._unanswered)
                if self._unanswered < UNANSWERED + TRICKLE_MOST:
                    return TRICKLE
            return 0

    def _next(self) -> bytes | None:
        """Everything that waits, joined; None at the end."""
        with self._wake:
            self._wake.wait_for(lambda: self._waiting or self._over)
            if self._over:
                return None
            data = b"".join(self._waiting)
            self._waiting.clear()
            self._size, self._in_hand = 0, len(data)
            return data


def _why(error: libvirt.libvirtError) -> HypervisorError:
    """Why reading failed. To the loser of a forced take-over libvirt says "I/O failure" and no more."""
    ours = translate(error, "console")
    if "had I/O failure" in ours.message:
        return Busy(
            "the console was taken over by another program", "open it by force to take it back", ours.code
        )
    return ours
