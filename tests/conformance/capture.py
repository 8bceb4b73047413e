"""Programs run in a pseudo-terminal that our terminal answers, driven by keys, with what they wrote kept."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType

from tuivm.terminal import Terminal

COLUMNS, LINES = 80, 24
QUIET = 0.25
"""Seconds without output after which a program is taken to wait for a key."""
DEADLINE = 20.0
"""Seconds after which a program that writes for ever is looked at all the same."""


class Program:
    """A program in a pseudo-terminal of 80 by 24, whose other side is a :class:`Terminal`."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], cwd: str) -> None:
        self.terminal = Terminal(COLUMNS, LINES)
        self.written = bytearray()
        """All it wrote."""
        self.moments: list[int] = []
        """Lengths of ``written`` at which it waited for a key."""
        self._status: int | None = None
        self._pid, self._end = pty.fork()
        if self._pid == 0:
            try:
                os.chdir(cwd)
                os.execvpe(command[0], list(command), dict(environment))
            finally:
                os._exit(127)
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))

    def __enter__(self) -> Program:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            self._status = os.waitpid(self._pid, 0)[1]
        os.close(self._end)

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        if self._status is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                self._status = status
        return self._status is not None

    def settle(self, quiet: float = QUIET) -> None:
        """Read and answer until nothing came for ``quiet`` seconds, and note the moment."""
        until = time.monotonic() + DEADLINE
        while time.monotonic() < until and self._read(quiet):
            pass
        self.moments.append(len(self.written))

    def _read(self, seconds: float) -> bool:
        """Take what comes within some seconds; return whether anything came."""
        if not select.select([self._end], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._end, 65536)
        except OSError:
            return False
        self.written += data
        self.terminal.feed(data)
        self.write(self.terminal.take_replies())
        return bool(data)

    def write(self, data: bytes) -> None:
        """Type."""
        if data:
            with suppress(OSError):
                os.write(self._end, data)
