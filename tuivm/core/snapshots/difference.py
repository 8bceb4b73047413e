"""How the XML of two snapshots differs, as ``diff -u`` tells it. Pure."""

from __future__ import annotations

import difflib

LONGEST = 20_000
"""Lines of either side that are compared; more cannot come from a domain."""


def difference(old: str, new: str, old_name: str, new_name: str) -> tuple[str, ...]:
    """Lines of a unified difference, without ends of lines; empty when there is none. Raises ValueError."""
    before, after = old.splitlines(), new.splitlines()
    if max(len(before), len(after)) > LONGEST:
        raise ValueError(f"more than {LONGEST} lines are not compared")
    return tuple(difflib.unified_diff(before, after, old_name, new_name, lineterm="", n=3))
