"""A program in a pseudo terminal, seen from outside: what it writes, what it costs, how it ends."""

from __future__ import annotations

import fcntl
import os
import select
import shutil
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import psutil

from tuivm.terminal import Terminal

PATIENCE = 120.0
"""Seconds to wait for what must come: generous, as guests are emulated on a busy machine."""
_LEAVING = 30.0
"""Seconds it has to end when it is told to, before it is killed."""


def environment(**more: str) -> dict[str, str]:
    """This process' environment on a terminal with colours; a program is started from compiled modules."""
    # COLUMNS and LINES, which some shells and pytest's workers export, would be believed before the terminal.
    left_out = ("PYTHONDONTWRITEBYTECODE", "COLUMNS", "LINES")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    if "XDG_STATE_HOME" in more:  # what is remembered and what is kept are the test's own, both
        more.setdefault("XDG_DATA_HOME", more["XDG_STATE_HOME"])
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", **more}


class PtyProgram:
    """Runs ``argv`` on a terminal of ``columns`` x ``lines``. A context manager: after it, it is gone."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        columns: int = 120,
        lines: int = 40,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        # setsid makes the terminal its own, without Python code between fork and exec (threads run here).
        self.argv = [shutil.which("setsid") or "setsid", "--ctty", *argv]
        self.size = (columns, lines)
        """Columns and lines."""
        self.environ = environment() if environ is None else dict(environ)
        """All of its environment."""
        self._screen = Terminal(columns, lines)
        self._seen = 0
        self.output = bytearray()
        """Everything written so far."""
        self.status: int | None = None
        """Exit code once it has ended; minus the signal's number when a signal ended it."""

    def __enter__(self) -> Self:
        self.master, slave = os.openpty()
        self._set_size()
        self.started = time.perf_counter()
        try:
            self._child = subprocess.Popen(
                self.argv, stdin=slave, stdout=slave, stderr=slave, env=self.environ
            )
        finally:
            os.close(slave)
        self.pid = self._child.pid
        self.process = psutil.Process(self.pid)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for end in (self._child.terminate, self._child.kill):
            if self.poll():
                break
            end()
            deadline = time.monotonic() + _LEAVING
            while not self.poll() and time.monotonic() < deadline:
                self.read(0.05)
        self.hang_up()

    # What it does

    def read(self, seconds: float) -> bool:
        """Take what it writes, waiting at most ``seconds`` for it; False when nobody can write any more."""
        if self.master < 0:
            time.sleep(seconds)
            return False
        if not select.select([self.master], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:  # EIO: nobody has the other end open
            time.sleep(seconds)
            return False
        self.output += data
        self.take(data)
        return True

    def take(self, data: bytes) -> None:
        """Look at what was written; for subclasses."""

    def poll(self) -> bool:
        """Whether it has ended."""
        self.status = self._child.poll()
        return self.status is not None

    def wait_end(self) -> int:
        """Wait until it has ended and all it wrote is taken; return its status."""
        deadline = time.monotonic() + PATIENCE
        while not self.poll():
            assert time.monotonic() < deadline, f"it did not end; the last it wrote: {self._tail()!r}"
            self.read(0.05)
        taken = -1
        while taken < len(self.output):
            taken = len(self.output)
            self.read(0)
        assert self.status is not None
        return self.status

    def shows(self, text: bytes) -> bool:
        """Whether ``text`` was written in one piece, or stands on the screen after all that was written."""
        return text in self.output or text.decode() in self.picture()

    def picture(self) -> str:
        """The lines of the screen after all that was written; empty where a subclass keeps the end alone."""
        if self._seen > len(self.output):
            return ""
        self._screen.feed(bytes(self.output[self._seen :]))
        self._seen = len(self.output)
        return "\n".join(self._screen.screen.display)

    def seconds_until(self, text: bytes, patience: float = PATIENCE) -> float:
        """Seconds from the start of the program until it shows ``text``.

        Raises:
            TimeoutError: when it has not done so within ``patience`` seconds.
        """
        deadline = time.monotonic() + patience
        while not self.shows(text):
            if not self.read(0.5) or time.monotonic() > deadline:
                raise TimeoutError(f"{text!r} was not written; the last it wrote: {self._tail()!r}")
        return time.perf_counter() - self.started

    # What is done to it

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.master, keys.encode())

    def resize(self, columns: int, lines: int) -> None:
        """Change the size, as dragging the window's corner does."""
        self.size = (columns, lines)
        self._set_size()

    def hang_up(self) -> None:
        """Take the terminal away."""
        if self.master >= 0:
            os.close(self.master)
            self.master = -1

    # What it is like

    def echoes(self) -> bool:
        """Whether the terminal is in its ordinary mode: lines are edited and echoed."""
        local = termios.tcgetattr(self.master)[3]
        return bool(local & termios.ECHO) and bool(local & termios.ICANON)

    def cpu_seconds(self) -> float:
        """User and system time of the program and its threads so far."""
        times = self.process.cpu_times()
        return times.user + times.system

    def rss(self) -> int:
        """Resident memory, bytes."""
        return int(self.process.memory_info().rss)

    def _set_size(self) -> None:
        columns, lines = self.size
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def _tail(self) -> bytes:
        return bytes(self.output[-2000:])
