"""A program in a real pseudo terminal: what it shows, typed at, and how it ended."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

import pyte

PATIENCE = 60.0
"""Seconds to wait for anything: generous, for a busy machine."""


class TerminalProgram:
    """Runs ``argv`` in a terminal of ``columns`` x ``lines`` and reads its screen. A context manager."""

    def __init__(
        self, argv: Sequence[str], environment: Mapping[str, str], *, columns: int = 80, lines: int = 24
    ) -> None:
        self.argv = list(argv)
        self.environment = dict(environment)
        self.screen = pyte.Screen(columns, lines)
        self.stream = pyte.ByteStream(self.screen)
        self.output = b""
        """Everything it wrote."""
        self.code: int | None = None
        """Exit code once it has ended; minus the signal's number when a signal ended it."""

    def __enter__(self) -> TerminalProgram:
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.execvpe(self.argv[0], self.argv, self.environment)
        self.resize(self.screen.columns, self.screen.lines)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        self.hang_up()

    def resize(self, columns: int, lines: int) -> None:
        """Change the size, as dragging the window's corner does."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.screen.resize(lines, columns)

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self.master, text.encode())

    def hang_up(self) -> None:
        """Take the terminal away."""
        if self.master >= 0:
            os.close(self.master)
            self.master = -1

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def until(self, condition: Callable[[str], bool]) -> str:
        """Read until the screen's text fulfils ``condition``, and return it; fail when it never does."""
        deadline = time.monotonic() + PATIENCE
        while not condition(self.text):
            assert time.monotonic() < deadline, f"never came:\n{self.text}"
            assert self._read(0.1) or condition(self.text), f"ended early:\n{self.text}"
        return self.text

    def wait(self) -> int:
        """Read until it has ended; returns the exit code."""
        deadline = time.monotonic() + PATIENCE
        while self.code is None:
            assert time.monotonic() < deadline, f"does not end:\n{self.text}"
            if self.master < 0 or not self._read(0.05):
                time.sleep(0.02)
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.code = os.waitstatus_to_exitcode(status)
        if self.master >= 0:
            while self._read(0):
                pass
        return self.code

    def echoes(self) -> bool:
        """Whether the terminal is back in its ordinary mode."""
        local = termios.tcgetattr(self.master)[3]
        return bool(local & termios.ECHO) and bool(local & termios.ICANON)

    def _read(self, seconds: float) -> bool:
        """Take what was written; False at its end, or when 0 seconds were given and nothing was there."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return seconds > 0
        try:
            data = os.read(self.master, 65536)
        except OSError:  # EIO: nobody has the other end open
            return False
        self.output += data
        self.stream.feed(_known(data))
        return bool(data)


def _known(data: bytes) -> bytes:
    """What pyte can take: without the queries and kitty sequences it would print, or raise at."""
    return re.sub(rb"\x1b\[[?>=<][0-9;]*[a-zA-Z$][a-z]?|\x1b_[^\x1b]*\x1b\\|\x1bP[^\x1b]*\x1b\\", b"", data)
