"""Tables of plain text, their columns aligned by terminal cells."""

from __future__ import annotations

from collections.abc import Sequence

from wcwidth import wcswidth


def table(rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> list[str]:
    """Rows as aligned lines, two spaces between columns; the columns in ``right`` are set to the right.

    Widths are terminal cells, so wide characters align. Every cell must be one printable line.
    """
    widths = [max(_cells(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines: list[str] = []
    for row in rows:
        padded = [
            " " * (width - _cells(cell)) + cell if index in right else cell + " " * (width - _cells(cell))
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(padded).rstrip())
    return lines


def _cells(text: str) -> int:
    """Terminal cells ``text`` takes."""
    return max(wcswidth(text), 0)
