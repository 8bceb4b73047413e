"""Lines that go as soon as nothing shows them: one thing of Textual's that is done otherwise.

A strip that is not cut by anything beside it remembers itself as its only part (``Strip.divide``, seen in
Textual 8.2): a ring that only a search for garbage takes apart. Every line drawn would be garbage.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.strip import Strip

_divide = Strip.divide


def divide(strip: Strip, cuts: Iterable[int]) -> Sequence[Strip]:
    """As ``Strip.divide``; a strip that stays whole is not remembered."""
    length = strip.cell_length
    within = [cut for cut in cuts if cut <= length]
    return [strip] if within == [length] else _divide(strip, within)


def mend() -> None:
    """Let strips be divided so from now on. May be called again."""
    Strip.divide = divide  # type: ignore[method-assign, assignment]
