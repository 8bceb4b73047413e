"""Recording what a console shows into an asciicast file.

A recorder is a tap on the console's stream: it is told on libvirt's thread and must return at once, so a
thread of its own writes. What was typed is left out unless asked for: a password is typed while the guest
echoes nothing, so it is in no output, but it would be in the input.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tuivm.core.asciicast import INPUT, MARKER, OUTPUT, RESIZE, CastEvent, Header, Writer
from tuivm.core.console_text import Decoder
from tuivm.model.domain import DomainKey

if TYPE_CHECKING:
    from tuivm.core.tap import Tap
    from tuivm.terminal import Terminal

QUEUE_LIMIT = 8 << 20
"""Bytes that wait for a slow disk; what comes while they are full is left out, and a marker says so."""
MERGED = 0.015
"""Seconds within which pieces of output become one event."""
LONGEST_EVENT = 64 << 10
"""Bytes of output in one event at most."""
PATIENCE = 0.1
"""Seconds between two writes."""
TERM = "xterm-256color"
"""What tuivm's terminal is like."""


class Recorded(Protocol):
    """What a recorder needs of a :class:`~tuivm.core.console.ConsoleSession`."""

    @property
    def key(self) -> DomainKey:
        """The domain."""

    @property
    def terminal(self) -> Terminal:
        """What it is drawn on."""

    recording: Any
    """The file (Path), or None; whoever shows the console is told when it is set."""

    def add_tap(self, tap: Tap) -> bytes:
        """Tell ``tap`` from now on; what was received and is not drawn yet is returned."""

    def remove_tap(self, tap: Tap) -> None:
        """Tell it no more."""


class Recorder:
    """Records one console into one file until it is stopped, the console is closed or writing fails.

    Made on the screen's thread, which the terminal belongs to. ``path`` is made by the thread that writes;
    when it is taken, a number is added. ``over`` is called on that thread when the file is closed.
    """

    def __init__(
        self,
        console: Recorded,
        path: Path,
        *,
        typed: bool = False,
        title: str = "",
        over: Callable[[Recorder], None] | None = None,
    ) -> None:
        self.console = console
        """What is recorded."""
        self.path = path
        """The file."""
        self.error = ""
        """Why it stopped by itself; one line, plain text."""
        self.size = 0
        """Bytes written."""
        self._typed = typed
        self._over = over
        self._lock = threading.Condition(threading.Lock())
        self._queue: deque[tuple[float, str, bytes]] = deque()
        self._queued = 0
        self._dropped = 0
        self._stopping = False
        self._last: float | None = None
        self._decoders = {OUTPUT: Decoder(), INPUT: Decoder()}
        from tuivm.terminal.redraw import redraw

        screen = console.terminal.screen
        self._header = Header(screen.columns, screen.lines, time.time(), title, TERM)
        self._begin = time.monotonic()
        present = redraw(console.terminal).encode("utf-8", "replace")
        with self._lock:
            # Nothing may come between what waits to be drawn and what the tap is told next.
            present += console.add_tap(self)
            self._queue.append((0.0, OUTPUT, present))
            self._queued = len(present)
        console.recording = path
        self._thread = threading.Thread(target=self._run, name="tuivm-recorder", daemon=True)
        self._thread.start()

    @property
    def seconds(self) -> float:
        """How long it has been recording, or did."""
        return self._last if self._last is not None else time.monotonic() - self._begin

    def stop(self) -> None:
        """Write what waits and close the file, in the background."""
        self.console.remove_tap(self)
        self.closed()

    def join(self, timeout: float) -> bool:
        """Wait for the end of a stopped recording; returns whether it has come."""
        if self._thread is not threading.current_thread():
            self._thread.join(max(0.0, timeout))
        return not self._thread.is_alive()

    # -- as a tap, on any thread -----------------------------------------------------------------

    def output(self, data: bytes) -> None:
        """The guest printed."""
        self._put(OUTPUT, data)

    def typed(self, data: bytes) -> None:
        """The user typed."""
        if self._typed:
            self._put(INPUT, data)

    def resized(self, columns: int, lines: int) -> None:
        """The screen has another size."""
        self._put(RESIZE, b"%dx%d" % (columns, lines))

    def closed(self) -> None:
        """The console was closed: no more will come."""
        with self._lock:
            self._stopping = True
            if self._last is None:
                self._last = time.monotonic() - self._begin
            self._lock.notify()

    def _put(self, kind: str, data: bytes) -> None:
        now = time.monotonic() - self._begin
        with self._lock:
            if self._stopping:
                return
            if self._queued > QUEUE_LIMIT and kind != RESIZE:
                self._dropped += len(data)
                return
            self._queue.append((now, kind, data))
            self._queued += len(data)
            if len(self._queue) == 1:
                self._lock.notify()

    # -- the thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            writer = self._create()
        except OSError as error:
            self._fail(error)
        else:
            try:
                try:
                    self._write_all(writer)
                finally:
                    self.size = writer.size
                    writer.close()
            except OSError as error:
                self._fail(error)
        self.stop()
        if self._over is not None:
            self._over(self)

    def _create(self) -> Writer:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        wanted = self.path
        for number in range(2, 100):
            try:
                return Writer(self.path, self._header)
            except FileExistsError:
                self.path = wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
                self.console.recording = self.path
        return Writer(self.path, self._header)

    def _write_all(self, writer: Writer) -> None:
        while True:
            with self._lock:
                while not self._queue and not self._stopping:
                    self._lock.wait()
                taken, self._queue = self._queue, deque()
                self._queued = 0
                dropped, self._dropped = self._dropped, 0
                stopping = self._stopping
            events = self._events(taken)
            if dropped:
                at = events[-1].time if events else self.seconds
                words = f"{dropped} bytes are missing here: the disk is too slow"
                events.append(CastEvent(at, MARKER, words))
            writer.write(events)
            if not writer.is_linked():
                raise FileNotFoundError(2, "the file was removed")
            if stopping:
                return
            # What comes within this time is written at once.
            with self._lock:
                self._lock.wait_for(lambda: self._stopping, PATIENCE)

    def _events(self, taken: deque[tuple[float, str, bytes]]) -> list[CastEvent]:
        """Make events of the pieces; those that came one upon the other become one."""
        events: list[CastEvent] = []
        while taken:
            at, kind, data = taken.popleft()
            pieces, size = [data], len(data)
            while (
                taken
                and kind in self._decoders
                and taken[0][1] == kind
                and taken[0][0] - at < MERGED
                and size < LONGEST_EVENT
            ):
                pieces.append(taken.popleft()[2])
                size += len(pieces[-1])
            data = b"".join(pieces)
            text = self._decoders[kind].decode(data) if kind in self._decoders else data.decode("ascii")
            if text:
                events.append(CastEvent(at, kind, text))
        return events

    def _fail(self, error: OSError) -> None:
        self.error = error.strerror or type(error).__name__
