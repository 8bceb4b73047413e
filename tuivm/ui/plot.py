"""Pieces that graphs are made of: coloured text, axis, areas, lines over each other. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tuivm.model.measure import Unit
from tuivm.ui.colour import blend
from tuivm.ui.text import fit

Piece = tuple[str, str]
"""Text and the colour it is drawn in."""
AXIS = 5
"""Cells of the axis, the same for every unit, so that graphs under each other share their time line."""


@dataclass(frozen=True, slots=True)
class Ink:
    """Colours of everything that is not a curve."""

    text: str
    """Figures."""
    label: str
    """Title."""
    muted: str
    """Axis and legend."""
    background: str
    """What curves fade into towards their base."""


def axis_text(unit: Unit, maximum: float, row: int, rows: int, *, mirrored: bool, ascii_only: bool) -> str:
    """Write the axis beside one row of a plot: its top, its base, and the middle where it is high."""
    text = ""
    if mirrored:
        if row in (0, rows - 1):
            text = unit.mark(maximum)
        elif row == upper(rows) - 1:
            text = "0"
    elif row == rows - 1 and rows > 1:
        text = "0"
    elif row == 0:
        text = unit.mark(maximum)
    elif rows >= 7 and row == rows // 2:
        text = unit.mark(maximum * (rows - row - 0.5 * (rows % 2)) / rows)
    plain, marked = ("|", "|") if ascii_only else ("│", "┤")
    return fit(text, AXIS - 1, align="right") + (marked if text else plain)


def upper(rows: int) -> int:
    """Return how many rows of a mirrored plot are above its base."""
    return (rows + 1) // 2


def shade(rows: Sequence[str], colour: str, ink: Ink, height: Callable[[int], float]) -> list[list[Piece]]:
    """Colour rows: full at the top of the axis, a little faded towards its base."""
    return [
        [(text, blend(colour, ink.background, 0.42 * (1 - height(row))))] for row, text in enumerate(rows)
    ]


def overlay(below: list[Piece], above: str, colour: str, *, join: bool = True) -> list[Piece]:
    """Put a row over a row of pieces; a cell that both touch takes its colour, with ``join`` both's dots."""
    merged: list[Piece] = []
    at = 0
    for text, ink in below:
        for character in text:
            over = above[at] if at < len(above) else " "
            at += 1
            if over == " ":
                new, tint = character, ink
            elif join and "\u2800" <= character <= "\u28ff" and "\u2800" <= over <= "\u28ff":
                new, tint = chr(ord(character) | ord(over)), colour
            else:
                new, tint = over, colour
            if merged and merged[-1][1] == tint:
                merged[-1] = (merged[-1][0] + new, tint)
            else:
                merged.append((new, tint))
    return merged
