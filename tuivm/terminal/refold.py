"""Folding lines of ASCII in runs, without a look at each column: nearly all of a long scrollback."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tuivm.terminal.packed import ENDS
from tuivm.terminal.pen import PLAIN, Pen
from tuivm.terminal.row import WRAPPED
from tuivm.terminal.scrollback import Line


def fold_text(rows: Sequence[str], old: int, new: int) -> tuple[list[str], list[int], list[int]]:
    """Fold packed plain lines; return the new ones, and where the old and the new ones begin."""
    text = "".join([row[:-1][:old].ljust(old) for row in rows[:-1]]) + rows[-1].rstrip("\n")
    text = text.rstrip(" ")
    folds = list(range(0, max(1, len(text)), new))
    pieces = [text[start : start + new].rstrip(" ") + ENDS[WRAPPED] for start in folds]
    pieces[-1] = pieces[-1][:-1]
    return pieces, list(range(0, old * len(rows), old)), folds


def fold_lines(rows: Sequence[Line], old: int, new: int) -> tuple[list[Line], list[int], list[int]]:
    """Fold lines with pens as :func:`fold_text` does."""
    joints = list(range(0, old * len(rows), old))
    text = "".join([row.text[:old].ljust(old) for row in rows[:-1]]) + rows[-1].text
    length = len(text.rstrip(" "))
    folds = list(range(0, max(1, length), new))
    ends = [*folds[1:], len(text)]
    if all(row.pens is None for row in rows):
        pieces = [Line(text[a:b].rstrip(" "), None, WRAPPED) for a, b in zip(folds, ends, strict=True)]
    else:
        parts = _split_runs([run for row in rows for run in _runs(row, old)], ends)
        pieces = [Line(text[a:b], runs, WRAPPED) for a, b, runs in zip(folds, ends, parts, strict=True)]
    pieces[-1].wrapped = 0
    return pieces, joints, folds


def _runs(row: Line, columns: int) -> list[tuple[int, Pen]]:
    """Return the runs of a line of ASCII, filled up to the margin when it wrapped."""
    runs = list(row.pens or ((len(row.text), PLAIN),))
    if row.wrapped:
        runs.append((columns - len(row.text), PLAIN))
    return runs


def _split_runs(runs: Sequence[tuple[int, Pen]], ends: Sequence[int]) -> list[tuple[tuple[int, Pen], ...]]:
    """Cut runs at ``ends``."""
    parts: list[tuple[tuple[int, Pen], ...]] = []
    part: list[tuple[int, Pen]] = []
    at = 0
    for count, pen in runs:
        while count > 0 and len(parts) < len(ends):
            taken = min(count, ends[len(parts)] - at)
            if taken:
                part.append((taken, pen))
            at += taken
            count -= taken
            if at == ends[len(parts)]:
                parts.append(tuple(part))
                part = []
    return [*parts, *([()] * (len(ends) - len(parts)))]


_SGR = re.compile(r"\x1b\[([0-9;:]*)m")
MAX_SEQUENCES = 200
"""SGR sequences in a line that :func:`fold_packed` is for; each run repeats those since the last reset."""


def fold_packed(rows: Sequence[str], old: int, new: int) -> tuple[list[str], list[int], list[int]]:
    """Fold packed lines with SGR sequences as :func:`fold_text` does; what they make is not worked out."""
    runs = [run for row in rows for run in _drawn(row, old)]
    text = "".join([run[1] for run in runs])
    while runs and not runs[-1][0] and not runs[-1][1].rstrip(" "):
        runs.pop()
    folds = list(range(0, max(1, len(text.rstrip(" "))), new))
    pieces: list[str] = []
    parts: list[str] = []
    before = ""
    room = new
    for state, drawn in runs:
        if state == before and len(drawn) <= room:
            parts.append(drawn)
            room -= len(drawn)
            continue
        while len(drawn) > room and len(pieces) + 1 < len(folds):
            parts += (_change(before, state), drawn[:room])
            pieces.append("".join(parts) + ENDS[WRAPPED])
            drawn = drawn[room:]
            parts, before, room = [], "", new
        parts += (_change(before, state), drawn)
        before = state
        room -= len(drawn)
    return [*pieces, "".join(parts)], list(range(0, old * len(rows), old)), folds


def _drawn(packed: str, columns: int) -> list[tuple[str, str]]:
    """Return (sequences since the last reset, text) for each run of a packed line, full when it wrapped."""
    state = ""
    runs: list[tuple[str, str]] = []
    wraps = packed.endswith(ENDS[WRAPPED])
    parts = _SGR.split(packed[:-1] if wraps else packed)
    if parts[0]:
        runs.append(("", parts[0]))
    for at in range(1, len(parts), 2):
        values = parts[at]
        if values in ("", "0"):
            state = ""
        elif values.startswith("0;"):
            state = f"\x1b[{values}m"
        else:
            state += f"\x1b[{values}m"
        if parts[at + 1]:
            runs.append((state, parts[at + 1]))
    if wraps:
        missing = columns - sum([len(text) for _, text in runs])
        if missing > 0:
            runs.append(("", " " * missing))
    return runs


def _change(before: str, after: str) -> str:
    """Return the sequences that lead from one state to another."""
    if after.startswith(before):
        return after[len(before) :]
    return "\x1b[m" + after
