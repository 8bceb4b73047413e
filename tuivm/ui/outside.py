"""Another program in the foreground: the terminal is its own meanwhile, and comes back whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any

from textual.app import App, SuspendNotSupported

_WHOLE = (
    "\x1b[?1049l"  # the ordinary screen
    "\x1b[?1000;1002;1003;1005;1006;1015;1016l\x1b[?1004l\x1b[?2004l\x1b[?2026l"  # no mouse, focus, paste
    "\x1b[<u\x1b[>4;0m"  # keys as they were
    "\x1b[?1l\x1b>\x1b[4l\x1b[?6l\x1b[r\x1b[?7h"  # cursor keys, keypad, insert, origin, margins, wrap
    "\x0f\x1b(B\x1b[0m\x1b[?25h"  # characters, colours, cursor
)
"""What undoes the modes that a program which failed may leave behind (xterm's control sequences)."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How the other program ended."""

    status: int = 0
    """Its exit code; minus the signal's number when a signal ended it."""
    seconds: float = 0.0
    """How long it had the terminal."""
    error: str = ""
    """Why it could not be started; empty when it was."""

    @property
    def words(self) -> str:
        """How it failed, for people; empty when it did not."""
        if self.error:
            return self.error
        if self.status < 0:
            with suppress(ValueError):
                return f"the editor was ended by {signal.Signals(-self.status).name}"
            return f"the editor was ended by signal {-self.status}"
        return f"the editor ended with status {self.status}" if self.status else ""


def run_outside(app: App[Any], argv: Sequence[str]) -> Ended:
    """Give the terminal to ``argv`` until it ends. The screen stands still meanwhile, the session goes on.

    Told to end (SIGTERM, SIGHUP), the program is told so too, and the app leaves after it.
    """
    try:
        with app.suspend():
            return _run(argv)
    except SuspendNotSupported:
        return Ended(error="this terminal cannot be given to another program")


def _run(argv: Sequence[str]) -> Ended:
    started = time.monotonic()
    with _terminal_kept(), _signals_of_its_own() as children:
        try:
            child = subprocess.Popen(
                list(argv),
                stdin=_descriptor(sys.__stdin__, 0),
                stdout=_descriptor(sys.__stdout__, 1),
                stderr=_descriptor(sys.__stderr__, 2),
            )
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            return Ended(error=f"the editor {argv[0]!r} cannot be started: {why}")
        children.append(child)
        status = child.wait()
        if status:
            with suppress(OSError):
                os.write(_descriptor(sys.__stderr__, 2), _WHOLE.encode())
    return Ended(status, time.monotonic() - started)


def _descriptor(stream: Any, otherwise: int) -> int:
    """The terminal behind a stream: standard error itself goes to the log while the screen is on."""
    try:
        return int(stream.fileno())
    except (AttributeError, OSError, ValueError):
        return otherwise


@contextmanager
def _terminal_kept() -> Iterator[None]:
    """Put the terminal's settings, and who is in its foreground, back as they were."""
    terminal = _descriptor(sys.__stdin__, 0)
    try:
        before = termios.tcgetattr(terminal)
    except termios.error:
        yield
        return
    try:
        yield
    finally:
        # A program that had jobs of its own may have left another group in the foreground.
        held = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        try:
            with suppress(OSError):
                os.tcsetpgrp(terminal, os.getpgrp())
            with suppress(termios.error):
                termios.tcsetattr(terminal, termios.TCSADRAIN, before)
        finally:
            signal.signal(signal.SIGTTOU, held)


@contextmanager
def _signals_of_its_own() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Let the keys that send signals be the other program's, and pass on what ends us.

    Handlers, not SIG_IGN: what is ignored here would be ignored there. Stopping and going on is the
    system's way again, as in the shell.
    """
    children: list[subprocess.Popen[bytes]] = []

    def nothing(_number: int, _frame: FrameType | None) -> None:
        """The program's own business."""

    def pass_on(number: int, _frame: FrameType | None) -> None:
        for child in children:
            child.send_signal(number)

    wanted: dict[signal.Signals, Callable[[int, FrameType | None], object] | signal.Handlers] = {
        signal.SIGINT: nothing,
        signal.SIGQUIT: nothing,
        signal.SIGTSTP: signal.SIG_DFL,
        signal.SIGCONT: signal.SIG_DFL,
        signal.SIGTERM: pass_on,
        signal.SIGHUP: pass_on,
    }
    before = {number: signal.signal(number, handler) for number, handler in wanted.items()}
    try:
        yield children
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
