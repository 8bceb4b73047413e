"""How many columns a character takes."""

from __future__ import annotations

import re
from functools import lru_cache

from wcwidth import wcwidth

MAX_COMBINING = 8
"""Zero-width characters kept on one cell; a guest can send any number."""

NARROW = (
    " -~\u00a1-\u00ac\u00ae-\u02ff\u0388-\u038a\u038e-\u03a1\u03a3-\u0482\u048a-\u052f"
    "\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u218b\u2190-\u2319\u231c-\u2328\u232b-\u23e8"
    "\u2400-\u2426\u2460-\u25fc\u2660-\u267e\u2713-\u2727\u2800-\u28ff"
    "\ue000-\uf8ff\ufffd"
)
"""Characters that surely take one column, as the inside of a regular expression's class; others may too."""
WIDE = (
    "\u3001-\u3029\u3030-\u303e\u3041-\u3096\u309b-\u30ff\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\uff01-\uff60\U0001f600-\U0001f64f\U0001f680-\U0001f6c5"
)
"""Characters that surely take two."""
_NOT_NARROW = re.compile(f"[^{NARROW}]")
_WIDE_RUN = re.compile(f"[{WIDE}]+")


@lru_cache(maxsize=8192)
def width(character: str) -> int:
    """Return 0 (combining, joiner, selector), 1 or 2 columns for one character."""
    return max(0, wcwidth(character))


def is_narrow(text: str) -> bool:
    """Return whether every character surely takes one column."""
    return text.isascii() or _NOT_NARROW.search(text) is None


def without_wide(text: str) -> str:
    """Return text without the characters that surely take two columns."""
    return _WIDE_RUN.sub("", text)


def columns(text: str) -> list[str]:
    """Return what each column of a text shows: "" right of a wide character, marks with their character."""
    if is_narrow(text):
        return list(text)
    data: list[str] = []
    for character in text:
        size = width(character)
        if size == 0 and data:
            data[-1 if data[-1] else -2] += character
        else:
            data.append(character)
            if size == 2:
                data.append("")
    return data
