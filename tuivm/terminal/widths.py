"""How many columns a character takes."""

from __future__ import annotations

from functools import lru_cache

from wcwidth import wcwidth

MAX_COMBINING = 8
"""Zero-width characters kept on one cell; a guest can send any number."""


@lru_cache(maxsize=8192)
def width(character: str) -> int:
    """Return 0 (combining, joiner, selector), 1 or 2 columns for one character."""
    return max(0, wcwidth(character))
