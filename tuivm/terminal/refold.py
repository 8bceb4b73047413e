"""Folding lines of ASCII in runs, without a look at each column: nearly all of a long scrollback."""

from __future__ import annotations

from collections.abc import Sequence

from tuivm.terminal.packed import ENDS
from tuivm.terminal.pen import PLAIN, Pen
from tuivm.terminal.row import WRAPPED
from tuivm.terminal.scrollback import Line

Folded = tuple[list[int], list[int]]
"""Where each row before began in the joined line, and where each row now begins."""


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
