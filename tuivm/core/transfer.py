"""Sending a file into a guest through the shell on its console: no network, no agent.

The conversation is written down in :mod:`tuivm.core.transfer_script`. Each piece waits for the guest's
answer, so that the slowest line loses nothing; the checksum of what arrived decides.
"""

from __future__ import annotations

import os
import queue
import secrets
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from tuivm.core import checksum
from tuivm.core import transfer_script as script
from tuivm.model.line import one_line

ANSWER = 20.0
"""Seconds the guest has for an answer, and to clean up after a transfer that was cancelled."""
CHECKING = 120.0
"""Seconds it has for the checksum."""
_LONGEST = 200
"""Characters of what the guest or the system says that are shown."""
PIECE = script.LINE * script.LINES
"""Bytes of the file in a piece."""
HIDDEN = 4096
"""Bytes the guest may write after the end of a transfer before all it writes is shown as it is."""
INTERRUPT = b"\x03"
"""Control-C: ends a receiver that does not answer any more."""


class TransferState(StrEnum):
    """Where a transfer is."""

    WAITING = "waiting"
    """For a shell to answer."""
    SENDING = "sending"
    """Bytes flow."""
    CHECKING = "checking"
    """The guest compares the checksum."""
    DONE = "done"
    """The file is there, and is the same."""
    FAILED = "failed"
    """``message`` says why; no part of it is left in the guest."""
    CANCELLED = "cancelled"
    """The user wished so; no part of it is left in the guest."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self in (TransferState.DONE, TransferState.FAILED, TransferState.CANCELLED)


class _Stop(Exception):
    """The transfer ends here; the argument is the line for the user."""


class _Refused(_Stop):
    """The guest ended it: nothing needs to be abandoned."""


class _Cancelled(_Stop):
    """The user ended it."""


class Transfer:
    """One file on its way, on a thread of its own. What is public may be read and called on any thread."""

    def __init__(
        self,
        path: Path,
        to: str,
        *,
        overwrite: bool,
        send: Callable[[bytes], bool],
        changed: Callable[[], None],
        over: Callable[[bytes], None],
    ) -> None:
        """Make it, not yet begun.

        ``send`` returns whether the guest can take the bytes; ``over`` gets, when the line is free again,
        what was held back and is to be shown after all.
        """
        self.path = path
        """The file here."""
        self.to = to
        """The name or folder in the guest; empty for the file's own name in the shell's folder."""
        self.state = TransferState.WAITING
        """Where it is."""
        self.sent = 0
        """Bytes of the file that the guest has."""
        self.total = 0
        """Bytes of the file."""
        self.reason = ""
        """Why it failed, or how it was checked."""
        self.exists = False
        """Whether it failed because there is such a file already: it may be sent again to overwrite it."""
        self._overwrite = overwrite
        self._send = send
        self._changed = changed
        self._over = over
        self._token = f"tv{secrets.token_hex(5)}"
        self._answers = script.Answers(self._token)
        self._heard: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._cancelled = threading.Event()
        self._broken = ""
        self._farewell = b""
        self._since = 0
        self._lock = threading.Lock()

    @property
    def message(self) -> str:
        """One line for the user."""
        name = "".join(char if char.isprintable() else "?" for char in self.path.name)
        if self.state is TransferState.WAITING:
            return f"sending {name}: waiting for a shell at the other end"
        if self.state is TransferState.SENDING:
            return f"sending {name}: {self.sent:,} of {self.total:,} bytes"
        if self.state is TransferState.CHECKING:
            return f"sending {name}: comparing checksums"
        if self.state is TransferState.DONE:
            return f"sent {name}: {self.total:,} bytes, {self.reason}"
        if self.state is TransferState.CANCELLED:
            return f"{name} was not sent: cancelled after {self.sent:,} of {self.total:,} bytes"
        return f"{name} was not sent: {self.reason}"

    def start(self) -> None:
        """Begin, on a thread of its own."""
        threading.Thread(target=self._run, name="tuivm-transfer", daemon=True).start()

    def refuse(self, why: str) -> None:
        """Fail without having begun."""
        self.state, self.reason = TransferState.FAILED, why

    def cancel(self) -> None:
        """Stop sending; the guest removes what it has. Returns at once."""
        self._cancelled.set()
        self._heard.put("")

    def receive(self, data: bytes) -> bytes:
        """Take what the guest wrote; returns what is to be shown of it. On libvirt's thread."""
        with self._lock:
            answers, shown = self._answers.feed(data)
            if self.state.is_over and not self._answers.is_open:
                # Its last answer may still come; but a guest that was reset gives none.
                self._since += len(data)
                shown += self._answers.release() if self._since > HIDDEN else b""
        for answer in answers:
            if self.state.is_over and answer == ":go":
                self._send(script.disarm(self._token))  # A shell that was slow to answer.
            self._heard.put(answer)
        return shown

    def break_off(self, why: str) -> bytes:
        """The guest cannot go on. Returns what ends the receiver, to be sent should the guest come back."""
        self._broken = why
        self._heard.put("")
        return b"" if self.state.is_over else self._farewell

    def let_through(self) -> bytes:
        """The line is another's from now on; returns what was held back, to be shown after all."""
        with self._lock:
            return self._answers.release()

    # -- the transfer's thread ----------------------------------------------------------------

    def _run(self) -> None:
        state, reason, held = TransferState.FAILED, "", b""
        try:
            state, reason = TransferState.DONE, self._talk()
        except _Refused as stop:
            reason = str(stop)
            self._send(script.release(self._token))
        except _Stop as stop:
            state = TransferState.CANCELLED if isinstance(stop, _Cancelled) else state
            reason = str(stop)
            held = self._abandon()
        except (OSError, ValueError) as error:
            # ValueError: a name that no system takes.
            reason = one_line(getattr(error, "strerror", None) or str(error), _LONGEST)
            held = self._abandon()
        self.state, self.reason = state, reason
        self._over(held)
        self._changed()

    def _talk(self) -> str:
        with _opened(self.path) as file:
            before = os.fstat(file.fileno())
            self.total = before.st_size
            self._ask(script.opening(self._token), ":go")
            self._farewell = script.disarm(self._token)
            receiver = script.receiver(
                self._token, os.fsencode(self.path.name), os.fsencode(self.to), overwrite=self._overwrite
            )
            self._look()
            self._farewell = script.abandon(self._token)
            program = self._ask(receiver, ":")[1:]
            if program not in script.CHECKSUMS:
                raise _Stop("the guest's answer makes no sense")
            summed = checksum.new(program)
            self._become(TransferState.SENDING)
            self._pieces(file, summed)
            after = os.fstat(file.fileno())
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                raise _Stop("the file was changed while it was sent")
        self._become(TransferState.CHECKING)
        self._ask(script.ending(summed.hexdigest()), "=ok", CHECKING)
        return f"{program.removesuffix('sum')} checksum equal"

    def _pieces(self, file: BinaryIO, summed: checksum.Checksum) -> None:
        """Send the whole file: a piece, an answer."""
        while data := file.read(PIECE):
            summed.update(data)
            self._ask(script.piece(data), "+")
            self.sent += len(data)
            self._changed()

    def _ask(self, data: bytes, answer: str, seconds: float | None = None) -> str:
        self._type(data)
        return self._hear(answer, ANSWER if seconds is None else seconds)

    def _type(self, data: bytes) -> None:
        self._look()
        if not self._send(data):
            raise _Stop(self._broken or "the console closed")

    def _hear(self, wanted: str, seconds: float) -> str:
        """Wait for an answer that begins as ``wanted`` does."""
        end = time.monotonic() + seconds
        while True:
            try:
                answer = self._heard.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise _Stop(_SILENCE[self.state]) from None
            self._look()
            if answer.startswith("-"):
                self.exists = answer == "-exists"
                raise _Refused(_refusal(answer[1:], self.to or self.path.name, self.total))
            if answer.startswith(wanted):
                return answer

    def _look(self) -> None:
        """Raise when it was cancelled or broken off."""
        if self._broken:
            raise _Stop(self._broken)
        if self._cancelled.is_set():
            raise _Cancelled

    def _become(self, state: TransferState) -> None:
        self.state = state
        self._changed()

    def _abandon(self) -> bytes:
        """Make the guest end its receiver, by its own rules or by Control-C; returns what was held back."""
        if self._farewell and not self._broken:
            for data in (self._farewell, INTERRUPT):
                if not self._send(data) or self._is_farewell_heard():
                    break
        if self._farewell and self._broken:
            return b""  # The guest is told later, and answers then.
        return self.let_through()

    def _is_farewell_heard(self) -> bool:
        """Whether the guest said that its receiver has ended; waits for it."""
        end = time.monotonic() + ANSWER
        while not self._broken:
            try:
                answer = self._heard.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                return False
            if answer.startswith(("-", "=")):
                return True
        return True


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file, if it is one: a pipe or a terminal would be read for ever."""
    kind = path.stat().st_mode
    if stat.S_ISDIR(kind):
        raise _Stop("it is a folder")
    if not stat.S_ISREG(kind):
        raise _Stop("it is no regular file")
    with path.open("rb") as file:
        yield file


def _refusal(answer: str, to: str, total: int) -> str:
    """What the guest's refusal means; ``total`` is the size of the file."""
    word, _, more = answer.partition(" ")
    more = one_line(more, _LONGEST)
    name = one_line(to, _LONGEST)
    if word == "differs" and more.isascii() and more.isdigit() and int(more[:20]) < total:
        return f"the guest kept {int(more[:20]):,} of {total:,} bytes: is there room?"
    words = {
        "stty": "the guest has no stty: a file cannot be received",
        "lacks": f"the guest has no {more}: a file cannot be received",
        "exists": f"{name} exists in the guest and is not overwritten",
        "folder": f"{name} is a folder in the guest",
        "write": f"the guest cannot write {name}",
        "store": f"the guest could not store it: {more or 'no reason given'}",
        "differs": "the checksum differs: something was lost on the line",
        "stop": "it was interrupted in the guest",
    }
    return words.get(word, "the guest's answer makes no sense")


_SILENCE = {
    TransferState.WAITING: "no shell answers: is the console at a prompt?",
    TransferState.SENDING: "the guest no longer answers",
    TransferState.CHECKING: "the guest does not tell the checksum",
}
