"""A shell on a pseudo terminal of this machine, in the place of a guest at the end of a serial line."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import termios
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

SHELLS: dict[str, Sequence[str]] = {
    "bash": ("bash", "--norc", "--noprofile", "-i"),
    "dash": ("dash", "-i"),
    "ash": ("busybox", "sh", "-i"),
}
"""The shells that guests have at their prompts."""


class ShellLine:
    """An open console whose guest is a shell in ``folder``. A context manager: the shell ends with it."""

    def __init__(
        self, argv: Sequence[str], folder: Path, on_data: Callable[[bytes], None], path: str | None = None
    ) -> None:
        self.output = b""
        self.waiting = 0
        self._on_data = on_data
        self._master, slave = pty.openpty()
        environment = {
            "PATH": path if path is not None else os.environ["PATH"],
            "HOME": str(folder),
            "PS1": "$ ",
            "TERM": "dumb",
        }
        self._process = subprocess.Popen(
            argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=folder,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: _own_terminal(),
        )
        os.close(slave)
        self._closed = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def send(self, data: bytes) -> bool:
        """Type; returns that it was taken."""
        if self._closed.is_set():
            return False
        view = data
        while view:
            view = view[os.write(self._master, view) :]
        return True

    def close(self) -> None:
        """Nothing: the shell ends with the context."""

    @property
    def echoes(self) -> bool:
        """Whether the terminal echoes what is typed, as it should at a prompt without a line editor."""
        return bool(termios.tcgetattr(self._master)[3] & termios.ECHO)

    def __enter__(self) -> ShellLine:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join()
        os.close(self._master)

    def _read(self) -> None:
        while not self._closed.is_set():
            if not select.select([self._master], [], [], 0.05)[0]:
                continue
            try:
                data = os.read(self._master, 65536)
            except OSError:  # The shell is gone.
                return
            self.output += data
            self._on_data(data)


def _own_terminal() -> None:
    import fcntl

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
