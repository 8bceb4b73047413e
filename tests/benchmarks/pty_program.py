"""A program in a pseudo terminal, watched from outside: what it writes, and what it costs."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType

import psutil


class PtyProgram:
    """Runs ``argv`` in a pseudo terminal of ``columns`` x ``lines``; a context manager."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        columns: int = 120,
        lines: int = 40,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.argv = list(argv)
        self.size = (lines, columns)
        self.environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environ or {})}
        # A program is started from its compiled modules, as users start it: not the compiler is measured.
        self.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        self.output = bytearray()
        """Everything written so far."""

    def __enter__(self) -> PtyProgram:
        self.master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *self.size, 0, 0))
        self.started = time.perf_counter()
        self.pid = os.fork()
        if self.pid == 0:
            os.login_tty(slave)
            os.execvpe(self.argv[0], self.argv, self.environ)  # noqa: S606
        os.close(slave)
        os.set_blocking(self.master, False)
        self.process = psutil.Process(self.pid)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for signal_number, patience in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 10.0)):
            os.kill(self.pid, signal_number)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                self.read(0.05)
                done, _ = os.waitpid(self.pid, os.WNOHANG)
                if done:
                    os.close(self.master)
                    return
        os.close(self.master)

    def read(self, seconds: float) -> bytes:
        """Everything it writes within ``seconds``."""
        taken = bytearray()
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            ready, _, _ = select.select([self.master], [], [], left)
            if not ready:
                break
            try:
                taken += os.read(self.master, 65536)
            except OSError:
                break
        self.output += taken
        return bytes(taken)

    def seconds_until(self, text: bytes, patience: float = 60.0) -> float:
        """Seconds from the start of the program until it has written ``text``.

        Raises:
            TimeoutError: when it has not done so within ``patience`` seconds.
        """
        deadline = time.monotonic() + patience
        while text not in self.output:
            if time.monotonic() > deadline:
                tail = bytes(self.output[-2000:])
                raise TimeoutError(f"{text!r} was not written; the last it wrote: {tail!r}")
            ready, _, _ = select.select([self.master], [], [], 0.5)
            if ready:
                try:
                    self.output += os.read(self.master, 65536)
                except OSError as gone:
                    raise TimeoutError(f"the program ended: {bytes(self.output[-2000:])!r}") from gone
        return time.perf_counter() - self.started

    def send(self, data: bytes) -> None:
        """Type."""
        os.write(self.master, data)

    def cpu_seconds(self) -> float:
        """User and system time of the program and its threads so far."""
        times = self.process.cpu_times()
        return times.user + times.system

    def rss(self) -> int:
        """Resident memory, bytes."""
        return int(self.process.memory_info().rss)
