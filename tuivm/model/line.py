"""Text from outside as one line."""

from __future__ import annotations


def one_line(text: str, longest: int | None = None) -> str:
    """``text`` as one line of printable characters; white space of any length is one space.

    Of more than ``longest`` characters the last is an ellipsis. Of a long text no more is looked at than
    twice that.
    """
    begin = text if longest is None else text[: 2 * longest]
    line = " ".join("".join(char if char.isprintable() else " " for char in begin).split())
    return line if longest is None or len(line) <= longest else f"{line[: longest - 1]}…"
