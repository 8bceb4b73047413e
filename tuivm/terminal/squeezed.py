"""Lines of very many colours, compressed: a picture in true colour would take 25 KB a line otherwise."""

from __future__ import annotations

import zlib

from tuivm.terminal import sgr
from tuivm.terminal.packed import ENDS, unpack
from tuivm.terminal.pen import Pen
from tuivm.terminal.widths import columns

HEAVY = 500
"""Characters of a packed line that is worth it."""
MANY = 16
"""Runs of a line that is worth it."""
_LARGE = 2000
"""Bytes that a line takes when its sequences are kept as the guest sent them; else only their outcome is."""

Runs = tuple[tuple[int, Pen], ...]


def squeeze(packed: str) -> bytes:
    """Return a packed line in few bytes."""
    data = zlib.compress(packed.encode(), 1)
    if len(data) > _LARGE:
        text, runs, wrapped = unpack(packed)
        if runs is None:
            return zlib.compress((text + ENDS[wrapped]).encode(), 1)
        return squeeze_runs(text, runs, wrapped) or data
    return data


def squeeze_runs(text: str, runs: Runs, wrapped: int) -> bytes | None:
    """Return a line in few bytes; None when it has protected characters, which no SGR tells."""
    if any(pen.style.protected for _, pen in runs):
        return None
    chars, parts, at = columns(text), [], 0
    for size, pen in runs:
        parts.append(f"\x1b[{sgr.report(pen.style)}m{''.join(chars[at : at + size])}")
        at += size
    return zlib.compress(("".join(parts) + ENDS[wrapped]).encode(), 1)


def expand(data: bytes) -> str:
    """Return the packed line."""
    return zlib.decompress(data).decode()
