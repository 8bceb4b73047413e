"""What is typed at a guest, in order: keys at once, pastes at a pace that a serial line follows.

While the guest is paused, while its console opens, behind a paste and during a file transfer, what is typed
waits its turn. What can no longer be typed is counted, never dropped silently.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from tuivm.core.ports import Console

PIECE = 256
"""Bytes of a paste written at a time."""
RATE = 8192
"""Bytes of a paste a second: a serial line has 16 bytes of buffer."""
HELD = 4096
"""Bytes of keys that wait at most."""


@dataclass(slots=True)
class _Part:
    """Bytes that wait to be typed."""

    data: memoryview
    """What is left of it; a view, because a large paste is taken piece by piece."""
    paste: bool = False
    """Whether it is a paste, which is paced and can be cancelled."""
    closing: bytes = b""
    """What ends a bracketed paste, and must be sent though the rest is cancelled."""
    begun: bool = False
    """Whether any of it was sent."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What was accepted and not delivered when a console went away."""

    keys: int = 0
    """Bytes typed."""
    pasted: int = 0
    """Bytes of the paste under way that were delivered."""
    paste_total: int = 0
    """Bytes of the paste under way; 0 when there was none."""

    def __str__(self) -> str:
        words = []
        if self.paste_total:
            words.append(f"the paste broke off after {self.pasted:,} of {self.paste_total:,} bytes")
        if self.keys:
            verb = "byte typed was" if self.keys == 1 else "bytes typed were"
            words.append(f"{self.keys:,} {verb} not delivered")
        return "; ".join(words)


class Typist:
    """Types on one console after the other. Any thread; nothing here blocks.

    ``typed`` is told what the user's keys and pastes send, when it is sent; ``changed`` that a paste is over.
    """

    def __init__(self, typed: Callable[[bytes], None], changed: Callable[[], None]) -> None:
        self._typed = typed
        self._changed = changed
        self._turn = threading.Condition(threading.RLock())
        self._console: Console | None = None
        self._opening = False
        self._paused = False
        self._exclusive = False
        self._parts: deque[_Part] = deque()
        self._pacer: threading.Thread | None = None
        self.paste_total = 0
        """Bytes of the pastes under way, those sent already among them."""
        self.dropped = 0
        """Bytes of keys that found no room to wait, since the console was opened."""

    # -- what is known ------------------------------------------------------------------------

    @property
    def paste_left(self) -> int:
        """Bytes of pastes that are still to be typed."""
        with self._turn:
            return sum(len(part.data) for part in self._parts if part.paste)

    @property
    def waiting(self) -> int:
        """Bytes of keys that wait."""
        with self._turn:
            return sum(len(part.data) for part in self._parts if not part.paste)

    @property
    def held_words(self) -> str:
        """What waits for a paused guest, for a sentence that says that it is paused."""
        with self._turn:
            what = "the paste waits" if self.paste_left else f"{self.waiting:,} bytes typed wait"
            held = f": {what} until it is resumed" if self._parts else ""
            return held + (f", {self.dropped:,} more found no room" if self.dropped else "")

    @property
    def unread(self) -> int:
        """Bytes handed to the stream that the guest has not taken."""
        console = self._console
        return 0 if console is None else console.waiting

    # -- the console --------------------------------------------------------------------------

    def expect(self) -> None:
        """A console is being opened: what is typed waits for it."""
        with self._turn:
            self._opening = True

    def attach(self, console: Console) -> None:
        """Type on this console from now on."""
        with self._turn:
            self._console, self._opening, self.dropped = console, False, 0
            self._advance()

    def detach(self) -> Undelivered:
        """The console is gone, and with it what waited."""
        with self._turn:
            console, self._console = self._console, None
            self._opening = self._exclusive = False
            left = self.paste_left
            keys = self.waiting + self.dropped + (0 if console is None else console.waiting)
            total, self.paste_total = (self.paste_total if left else 0), 0
            self._parts.clear()
            self.dropped = 0
            self._turn.notify_all()
            return Undelivered(keys, total - left, total)

    def pause(self, paused: bool) -> None:
        """Hold everything while the guest is paused: libvirt's stream would block on it."""
        with self._turn:
            self._paused = paused
            self._advance()

    def reserve(self, reserved: bool) -> bool:
        """Keep the line for :meth:`raw` alone, or give it back; returns whether that was possible."""
        with self._turn:
            if reserved and (self._console is None or self._exclusive or self._parts):
                return False
            self._exclusive = reserved
            self._advance()
            return True

    # -- typing -------------------------------------------------------------------------------

    def type(self, data: bytes) -> None:
        """Type keys: now, or when it is their turn. Without a console, open or opening, they are nobody's."""
        with self._turn:
            if self._console is None and not self._opening:
                return
            room = max(0, HELD - self.waiting)
            if self._parts or not self._is_free():
                self.dropped += max(0, len(data) - room)
                data = data[:room]
            if data:
                self._parts.append(_Part(memoryview(data)))
                self._advance()

    def paste(self, data: bytes, closing: bytes = b"") -> None:
        """Type a long text at a pace; ``closing`` at its end is sent even when it is cancelled half-way."""
        with self._turn:
            if (self._console is None and not self._opening) or not data:
                return
            if not self.paste_left:
                self.paste_total = 0
            self.paste_total += len(data)
            self._parts.append(_Part(memoryview(data), paste=True, closing=closing))
            self._advance()

    def cancel_paste(self) -> Undelivered:
        """Type nothing more of any paste; keys typed behind it go now. Returns how far it came."""
        with self._turn:
            left, total = self.paste_left, self.paste_total
            if not left:
                return Undelivered()
            kept = [part for part in self._parts if not part.paste]
            cut = self._parts[0]
            if cut.paste and cut.begun and cut.closing:
                kept.insert(0, _Part(memoryview(cut.closing[-len(cut.data) :])))
            self._parts = deque(kept)
            self.paste_total = 0
            self._advance()
            self._turn.notify_all()
            return Undelivered(0, total - left, total)

    def reply(self, data: bytes) -> None:
        """Send the terminal's answer to a question of the guest: between whatever is typed, or not at all."""
        with self._turn:
            if self._console is not None and not self._paused and not self._exclusive:
                self._console.send(data)

    def raw(self, data: bytes) -> bool:
        """Send bytes of whoever reserved the line; returns whether the guest can take them now."""
        with self._turn:
            if self._console is None or self._paused:
                return False
            self._console.send(data)
            return True

    def first(self, data: bytes) -> None:
        """Send bytes before everything that waits."""
        with self._turn:
            if self._console is not None:
                self._parts.appendleft(_Part(memoryview(data)))
                self._advance()

    # -- inside, with the lock held -------------------------------------------------------------

    def _is_free(self) -> bool:
        return self._console is not None and not self._paused and not self._exclusive

    def _advance(self) -> None:
        """Send the keys whose turn it is; leave a paste to the pacer."""
        while self._parts and self._is_free() and not self._parts[0].paste:
            self._send(bytes(self._parts.popleft().data))
        if self._parts and self._parts[0].paste and self._pacer is None:
            self._pacer = threading.Thread(target=self._pace, name="tuivm-paste", daemon=True)
            self._pacer.start()
        self._turn.notify_all()

    def _send(self, data: bytes) -> None:
        console = self._console
        if console is not None:
            console.send(data)
            self._typed(data)

    # -- the pacer's thread -------------------------------------------------------------------

    def _pace(self) -> None:
        while self._send_piece():
            with self._turn:
                self._turn.wait_for(lambda: not self._has_paste(), PIECE / RATE)
        self._changed()

    def _send_piece(self) -> bool:
        """Send the next piece when it can be taken; returns False when no paste is left."""
        with self._turn:
            self._turn.wait_for(lambda: self._is_free() or not self._has_paste())
            if not self._has_paste():
                self._pacer = None
                return False
            if self.unread > PIECE:
                return True  # What was sent last still waits: more could not be taken back by a cancel.
            part = self._parts[0]
            piece, part.data, part.begun = part.data[:PIECE], part.data[PIECE:], True
            self._send(bytes(piece))
            if not part.data:
                self._parts.popleft()
                self._advance()
            return True

    def _has_paste(self) -> bool:
        return bool(self._parts) and self._parts[0].paste
