"""What a domain can be called."""

from __future__ import annotations

NAME_LONGEST = 250
"""Bytes of a domain's name; libvirt makes files of it, and file names hold 255."""


def name_problem(name: str, what: str = "domain") -> str:
    """What is wrong with a name for a new ``what``; empty when it can be used. One sentence."""
    if not name.strip():
        return f"A {what} needs a name."
    if "/" in name or name in (".", ".."):
        return "A name cannot hold '/'."
    if not name.isprintable():
        return "A name cannot hold control characters."
    return "The name is too long for a file's." if len(name.encode()) > NAME_LONGEST else ""
