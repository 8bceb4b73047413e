"""Files of what a console showed: the last copy, and text saved by hand. Written on worker threads."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from tuivm import paths
from tuivm.config.private import write_private
from tuivm.ui.text import plain

OSC52_LIMIT = 74_994
"""Bytes of text that terminals take at one go in OSC 52: 100,000 in base64, as xterm and tmux have it."""
GATHERED = 500
"""Lines that are gathered at one go on the event loop."""
COPY_NAME = "last-copy.txt"
"""The file in the state folder that holds what was copied last."""


def keep_copy(text: str, folder: Path | None = None) -> Path:
    """Put what was copied into its file, readable by the user alone. Raises OSError."""
    path = (folder or paths.state_dir()) / COPY_NAME
    write_private(path, text, errors="replace", durable=False)
    return path


def write_new(path: Path, lines: Iterable[str]) -> int:
    """Write lines to a file that must not exist yet, readable by the user alone; returns how many.

    Raises OSError; a file that could not be written whole is taken away again.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    count = 0
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="") as file:
            for line in lines:
                file.write(f"{line}\n")
                count += 1
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise
    return count


async def copied(text: str) -> tuple[Path | None, str]:
    """Keep what was copied; returns the file, None when it cannot be written, and one line for the user."""
    words = f"copied {len(text):,} character{'s' * (len(text) > 1)}"
    size = len(text.encode("utf-8", "replace"))
    if size > OSC52_LIMIT:
        words += f" ({size // 1024:,} KB: more than many terminals take)"
    try:
        path = await asyncio.to_thread(keep_copy, text)
    except OSError as error:
        return None, f"{words}; not in a file: {reason(error)}"
    return path, f"{words}; also in {path}"


async def saved(path: Path, found: Iterator[str]) -> tuple[str, str]:
    """Gather lines, letting the event loop turn in between, and write them to a new file.

    Returns one line for the user and its severity.
    """
    lines: list[str] = []
    for line in found:
        lines.append(line)
        if len(lines) % GATHERED == 0:
            await asyncio.sleep(0)
    name = plain(str(path))
    try:
        count = await asyncio.to_thread(write_new, path, lines)
    except OSError as error:
        return f"{name}: not saved: {reason(error)}", "error"
    return f"saved {count:,} line{'s' * (count != 1)} to {name}", "information"


def reason(error: OSError) -> str:
    """Why it failed, in few words."""
    if isinstance(error, FileExistsError):
        return "there is such a file already"
    return error.strerror or str(error)
