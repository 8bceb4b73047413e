"""Lines of very many colours, compressed: a picture in true colour would take 25 KB a line otherwise."""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import Any

from tuivm.terminal import sgr
from tuivm.terminal.packed import ENDS, unpack
from tuivm.terminal.pen import Pen, Style
from tuivm.terminal.widths import columns

HEAVY = 500
"""Characters of a packed line that is worth it."""
MANY = 16
"""Runs of a line that is worth it."""
_LARGE = 2000
"""Bytes that a line takes when its sequences are kept as the guest sent them; else only their outcome is."""

_RUNS = "\0"
"""What a line begins with that is kept as runs, each behind a NUL; no other has one."""

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
    """Return a line in few bytes; None when it has protected characters, which no SGR tells.

    Sequences are made when it is read again: here are only colours and what :func:`_rest` says.
    """
    chars, parts, at = columns(text), [_RUNS + ENDS[wrapped]], 0
    for size, pen in runs:
        rest = _rest(pen.family.rest)
        if rest is None:
            return None
        foreground, background = pen.colours
        shown = chars[at] if size == 1 else "".join(chars[at : at + size])
        parts.append(f"{foreground},{background},{rest},{shown}")
        at += size
    return zlib.compress("\0".join(parts).encode(), 1)


@lru_cache(maxsize=256)
def _rest(rest: tuple[Any, ...]) -> str | None:
    """Return as SGR parameters what a pen has besides its colours, None for protection."""
    style = Style("default", "default", *rest)
    return None if style.protected else sgr.report(style)


def expand(data: bytes) -> str:
    """Return the packed line."""
    packed = zlib.decompress(data).decode()
    if not packed.startswith(_RUNS):
        return packed
    first, *runs = packed[len(_RUNS) :].split("\0")
    parts = []
    for run in runs:
        foreground, background, rest, shown = run.split(",", 3)
        colours = sgr.colour_codes(foreground, 38) + sgr.colour_codes(background, 48)
        parts.append(f"\x1b[{rest}{colours}m{shown}")
    return "".join(parts) + first
