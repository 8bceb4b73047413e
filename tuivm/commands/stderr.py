"""Who may write to the terminal while the screen is on it: nobody but the screen."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tuivm import paths


class Screen(io.TextIOWrapper):
    """The terminal for textual to draw on. Drawing on one that is gone does nothing.

    textual draws on a thread that would end at the error, and the program would wait for it for ever
    instead of leaving when the terminal's end (SIGHUP) tells it to.
    """

    def write(self, text: str, /) -> int:
        """Write ``text``; lost when the terminal is gone."""
        try:
            return super().write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        """Send what was written; lost when the terminal is gone."""
        with suppress(OSError):
            super().flush()


@contextmanager
def stderr_to_log(path: Path | None = None) -> Iterator[None]:
    """Send what libraries and children print on stderr to the log file, so that it cannot tear the screen.

    textual draws on ``sys.__stderr__``, which is a :class:`Screen` on the terminal meanwhile.
    """
    real = sys.__stderr__
    if real is None or not real.isatty():
        yield
        return
    real.flush()
    terminal = os.dup(2)
    screen = Screen(open(os.dup(2), "wb"), encoding=real.encoding, errors=real.errors)  # noqa: PTH123, SIM115
    before = sys.stderr
    try:
        sink = _sink(path or paths.log_file())
        os.dup2(sink, 2)
        os.close(sink)
        sys.__stderr__ = screen  # type: ignore[misc]
        sys.stderr = screen
        yield
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
        sys.__stderr__ = real  # type: ignore[misc]
        sys.stderr = before
        with suppress(OSError):
            screen.close()


def _sink(path: Path) -> int:
    """Open the log file to append to it; nothing at all where that cannot be."""
    try:
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
