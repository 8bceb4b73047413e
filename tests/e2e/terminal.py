"""A person at a terminal: runs a program in a pseudo terminal, reads its screen, types."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

from tuivm.terminal import Terminal

PATIENCE = 120.0
"""Seconds to wait for what must come; generous, as guests are emulated on a busy machine."""


class Person:
    """Runs ``argv`` on a terminal of ``columns`` x ``lines``. A context manager: after it, it is gone."""

    def __init__(
        self, argv: Sequence[str], *, columns: int, lines: int, environ: Mapping[str, str] | None = None
    ) -> None:
        self.argv = list(argv)
        self.size = (columns, lines)
        self.terminal = Terminal(columns, lines)
        self.environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environ or {})}
        self.status: int | None = None
        """Exit status once it has ended (negative: the signal)."""

    def __enter__(self) -> Person:
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.execvpe(self.argv[0], self.argv, self.environ)
        columns, lines = self.size
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.status is not None:
                break
            os.kill(self.pid, number)
            deadline = time.monotonic() + 30.0
            while self.status is None and time.monotonic() < deadline:
                self.read(0.05)
                self.poll()
        os.close(self.master)

    def poll(self) -> bool:
        """Whether it has ended."""
        if self.status is None:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def read(self, seconds: float) -> None:
        """Take what it writes, for at most ``seconds`` when it writes nothing, and answer its queries."""
        if not select.select([self.master], [], [], seconds)[0]:
            return
        try:
            data = os.read(self.master, 65536)
        except OSError:  # Linux: the other side is closed
            time.sleep(seconds)
            return
        self.terminal.feed(data)
        replies = self.terminal.take_replies()
        if replies:
            os.write(self.master, replies)

    def text(self) -> list[str]:
        """The lines on the screen."""
        return [line.rstrip() for line in self.terminal.screen.display]

    def wait(self, condition: Callable[[list[str]], bool], what: str) -> list[str]:
        """Wait until ``condition`` holds for the screen; return it."""
        deadline = time.monotonic() + PATIENCE
        while not condition(text := self.text()):
            shown = "\n".join(text)
            assert not self.poll(), f"it ended with {self.status} before {what}:\n{shown}"
            assert time.monotonic() < deadline, f"{what} did not come:\n{shown}"
            self.read(0.1)
        return text

    def wait_for(self, *words: str) -> list[str]:
        """Wait until all ``words`` are on the screen; return it."""
        return self.wait(lambda text: all(word in "\n".join(text) for word in words), repr(words))

    def type(self, data: str) -> None:
        """Press keys."""
        os.write(self.master, data.encode())

    def wait_end(self) -> int:
        """Wait until it has ended; return its status."""
        deadline = time.monotonic() + PATIENCE
        while not self.poll():
            assert time.monotonic() < deadline, "it did not end:\n" + "\n".join(self.text())
            self.read(0.05)
        assert self.status is not None
        return self.status
