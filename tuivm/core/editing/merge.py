"""Two changes of one text put together, where they touch different lines."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

Change = tuple[int, int, list[str]]
"""Lines from, up to but not including, and what stands in their place."""
_LINES_MAX = 20_000


def merge(base: str, mine: str, theirs: str) -> str | None:
    """``base`` with both changes; None where they touch the same lines, or lines next to each other."""
    lines = base.splitlines(keepends=True)
    if max(len(lines), mine.count("\n"), theirs.count("\n")) > _LINES_MAX:
        return None
    changes = sorted(
        [*_changes(lines, mine.splitlines(keepends=True)), *_changes(lines, theirs.splitlines(keepends=True))]
    )
    merged: list[str] = []
    done = 0
    last: Change | None = None
    for change in changes:
        start, end, new = change
        if change == last:
            continue  # Both did the same.
        if last is not None and start <= last[1]:
            return None
        merged += lines[done:start]
        merged += new
        done, last = end, change
    return "".join([*merged, *lines[done:]])


def _changes(before: Sequence[str], after: Sequence[str]) -> list[Change]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return [
        (start, end, list(after[new_start:new_end]))
        for kind, start, end, new_start, new_end in matcher.get_opcodes()
        if kind != "equal"
    ]
