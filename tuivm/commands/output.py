"""Lines for a plain terminal or a pipe: nothing from outside reaches it with a control character in it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tuivm.commands.terminal import is_terminal


def plain(text: str) -> str:
    r"""``text`` on one line, with whatever is not printable escaped as Python writes it (``\x1b``)."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def say(text: str) -> None:
    """One line for the user on stderr, ``tuivm: `` in front."""
    if sys.stderr is not None:
        print(f"tuivm: {plain(text)}", file=sys.stderr, flush=True)


@contextmanager
def passing(text: str) -> Iterator[None]:
    """Show one line on the terminal meanwhile, as :func:`say` would, and take it away afterwards.

    It is cut to the width of the terminal: of a line that wraps only the end could be taken away.
    """
    stream = sys.stderr
    if stream is None or not is_terminal(stream):
        say(text)
        yield
        return
    line = f"tuivm: {plain(text)}"
    room = max(shutil.get_terminal_size().columns - 1, 0)
    print(line[: room if line.isascii() else room // 2], end="", file=stream, flush=True)
    try:
        yield
    finally:
        print("\r\x1b[K", end="", file=stream, flush=True)


def lenient_streams() -> None:
    """Let characters that the locale cannot write come out escaped instead of raising."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def discard_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush cannot fail again."""
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 1)
    finally:
        os.close(null)
