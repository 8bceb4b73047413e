"""Lines as one string each, as the scrollback keeps them and floods bring them.

A packed line is what was written into an empty line with the plain pen: text, and SGR sequences as the guest
sent them, read only when somebody looks. LF at its end says that it wrapped, VT that it wrapped before a wide
character that found no room.
"""

from __future__ import annotations

import re
from itertools import groupby

from tuivm.terminal import sgr
from tuivm.terminal.pen import PLAIN, Pen
from tuivm.terminal.widths import columns

ENDS = ("", "\n", "\x0b")
"""What is behind a packed line, by how it wrapped (0, ``row.WRAPPED``, ``row.PADDED``)."""
SGR = re.compile(r"\x1b\[[0-9;:]*m")
"""What may stand between the characters."""
_SGR_KEPT = re.compile(f"({SGR.pattern})")


def unpack(packed: str) -> tuple[str, tuple[tuple[int, Pen], ...] | None, int]:
    """Return text without blanks at its end, (columns, pen) runs (None when plain), and how it wrapped."""
    wrapped = ENDS.index(packed[-1:]) if packed[-1:] in ENDS else 0
    if wrapped:
        packed = packed[:-1]
    if "\x1b" not in packed:
        return packed.rstrip(" "), None, wrapped
    pen = PLAIN
    texts: list[str] = []
    pens: list[Pen] = []
    parts = _SGR_KEPT.split(packed)
    for text, sequence in zip(parts[::2], [*parts[1::2], ""], strict=True):
        if text:
            texts.append(text)
            pens.append(pen)
        pen = sgr.next_pen(pen, sequence) if sequence else pen
    while pens and pens[-1] is PLAIN:
        texts[-1] = texts[-1].rstrip(" ")
        if texts[-1]:
            break
        del texts[-1], pens[-1]
    sizes = [len(text) if text.isascii() else len(columns(text)) for text in texts]
    runs = tuple(
        (sum(size for size, _ in run), pen) for pen, run in groupby(zip(sizes, pens, strict=True), _pen_of)
    )
    return "".join(texts), None if all(pen is PLAIN for pen in pens) else runs, wrapped


def _pen_of(pair: tuple[int, Pen]) -> Pen:
    return pair[1]


def spread(runs: tuple[tuple[int, Pen], ...] | None, count: int) -> list[Pen]:
    """Return the pen of each of ``count`` columns; those behind the runs are plain."""
    if runs is None:
        return [PLAIN] * count
    pens = [pen for size, pen in runs for _ in range(size)]
    return pens + [PLAIN] * (count - len(pens))
