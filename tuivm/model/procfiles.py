"""What the kernel says of a process in ``/proc``, read into words and numbers (proc(5)). Pure functions."""

from __future__ import annotations

from collections.abc import Mapping


def number(text: str | None) -> int | None:
    """A whole number that is not negative, alone in a file."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def status(text: str) -> Mapping[str, str]:
    """``/proc/PID/status``: the first word of each line, of ``Uid`` the second (in force)."""
    found = {}
    for line in text.splitlines():
        name, _, value = line.partition(":")
        words = value.split()
        if words:
            found[name] = words[1] if name == "Uid" and len(words) > 1 else words[0]
    return found
