"""Commands of the user's, run when a trigger matches.

Program and arguments come from the configuration alone and no shell sees them; what the guest printed is
handed over in the environment.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MOST = 4
"""Commands that run at once; one more is not run, and that is said."""
TIME_LIMIT = 60.0
"""Seconds after which a command is stopped."""
_DYING = 0.2
"""Seconds in which one that was killed is gone."""


@dataclass(slots=True)
class _Running:
    """One that was started."""

    label: str
    """Who it was run for."""
    process: subprocess.Popen[bytes]
    """It."""
    end: float
    """Monotonic seconds when it is stopped."""
    stopped: bool = False
    """Whether it was told to end."""


class Commands:
    """Starts them and sees to their end. For one thread; ``said`` gets a line for each that failed."""

    def __init__(self, said: Callable[[str], None], *, limit: float = TIME_LIMIT) -> None:
        self._said = said
        self._limit = limit
        self._running: list[_Running] = []

    @property
    def is_idle(self) -> bool:
        """Whether none runs."""
        return not self._running

    def start(self, label: str, command: tuple[str, ...], more: Mapping[str, str]) -> None:
        """Run a command with ``more`` in its environment, its input and output nowhere."""
        if len(self._running) >= MOST:
            self._said(f"{label}: {command[0]} was not run: {MOST} commands are running already")
            return
        program = str(Path(command[0]).expanduser()) if command[0].startswith("~") else command[0]
        safe = {name: value.replace("\0", "").encode("utf-8", "replace") for name, value in more.items()}
        try:
            process = subprocess.Popen(
                [program, *command[1:]],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environb, **{name.encode(): value for name, value in safe.items()}},
                start_new_session=True,
            )
        except (OSError, ValueError, RuntimeError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            self._said(f"{label}: {command[0]} cannot be run: {reason}")
            return
        self._running.append(_Running(label, process, time.monotonic() + self._limit))

    def look(self) -> None:
        """See which have ended, and stop those that take too long. Never waits."""
        now = time.monotonic()
        for running in tuple(self._running):
            code = running.process.poll()
            if code is not None:
                self._running.remove(running)
                if code and not running.stopped:
                    how = f"ended with {code}" if code > 0 else f"was ended by signal {-code}"
                    self._said(f"{running.label}: {_name(running)} {how}")
            elif now >= running.end:
                if not running.stopped:
                    said = f"took more than {self._limit:g} s and was stopped"
                    self._said(f"{running.label}: {_name(running)} {said}")
                # First asked, then made to.
                _signal(running, signal.SIGKILL if running.stopped else signal.SIGTERM)
                running.stopped = True
                running.end = now + 2.0

    def close(self, timeout: float) -> None:
        """Wait for those that run, at most ``timeout`` seconds, then end them."""
        end = time.monotonic() + timeout
        for running in self._running:
            with suppress(subprocess.TimeoutExpired):
                running.process.wait(max(0.0, end - time.monotonic()))
                continue
            _signal(running, signal.SIGKILL)
            # One that runs as somebody else cannot be killed, and is not waited for.
            with suppress(subprocess.TimeoutExpired):
                running.process.wait(_DYING)
        self._running.clear()


def _name(running: _Running) -> str:
    arguments = running.process.args
    return str(arguments[0]) if isinstance(arguments, list) else str(arguments)


def _signal(running: _Running, number: int) -> None:
    """Send a signal to a command and all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(running.process.pid, number)
