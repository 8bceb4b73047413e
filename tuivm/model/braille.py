"""Graphs drawn with characters: braille dots, block elements, or plain ASCII. Pure functions.

Braille puts 2 x 4 dots in a cell; the dots of a cell are the bits of ``U+2800 + bits`` as the Unicode
chart "Braille Patterns" numbers them. A value that is not known is ``nan`` and leaves a gap; a value of
0 shows its lowest dot, so that nothing and nothing known look different.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

NAN = math.nan
DOTS = 4
"""Dots of a braille cell from bottom to top."""
_LEFT_UP = (0x00, 0x40, 0x44, 0x46, 0x47)
_RIGHT_UP = (0x00, 0x80, 0xA0, 0xB0, 0xB8)
_LEFT_DOWN = (0x00, 0x01, 0x03, 0x07, 0x47)
_RIGHT_DOWN = (0x00, 0x08, 0x18, 0x38, 0xB8)
_LEFT_DOT = (0x40, 0x04, 0x02, 0x01)
_RIGHT_DOT = (0x80, 0x20, 0x10, 0x08)
_CELLS = " " + "".join(chr(0x2800 + bits) for bits in range(1, 256))
"""The cell of each pattern of dots; without any it is a space."""
_ASCII_LEVELS = " .:|#"
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def levels(values: Sequence[float], maximum: float, top: int) -> list[int]:
    """Turn each value into a number of dots: 1..``top`` for 0..``maximum``, 0 for nan, clipped."""
    if not maximum > 0:
        maximum = 1.0
    found: list[int] = []
    for value in values:
        if value != value:  # nan
            found.append(0)
        else:
            share = min(max(value / maximum, 0.0), 1.0)
            found.append(max(1, round(share * top)))
    return found


def last(values: Sequence[float], count: int) -> list[float]:
    """Take the last ``count`` values, filled up with gaps on the left."""
    tail = list(values[-count:]) if count > 0 else []
    return [NAN] * (count - len(tail)) + tail


def sparkline(
    values: Sequence[float], width: int, maximum: float = 100.0, *, ascii_only: bool = False
) -> str:
    """Draw one line of ``width`` cells, newest value on the right: two values a cell, one in ASCII."""
    if width <= 0:
        return ""
    if ascii_only:
        return "".join(_ASCII_LEVELS[level] for level in levels(last(values, width), maximum, DOTS))
    dots = levels(last(values, width * 2), maximum, DOTS)
    return "".join(
        chr(0x2800 + _LEFT_UP[dots[at]] + _RIGHT_UP[dots[at + 1]]) if dots[at] or dots[at + 1] else " "
        for at in range(0, width * 2, 2)
    )


def area(
    values: Sequence[float],
    width: int,
    height: int,
    maximum: float,
    *,
    ascii_only: bool = False,
    down: bool = False,
) -> list[str]:
    """Draw a filled graph of ``height`` rows, top row first, newest value on the right.

    ``down`` hangs it from the top instead (the lower half of a mirrored graph).
    """
    if width <= 0 or height <= 0:
        return []
    if ascii_only:
        return _ascii_area(values, width, height, maximum, down)
    dots = levels(last(values, width * 2), maximum, height * DOTS)
    left, right = (_LEFT_DOWN, _RIGHT_DOWN) if down else (_LEFT_UP, _RIGHT_UP)
    pairs = list(zip(dots[::2], dots[1::2], strict=True))
    rows: list[str] = []
    for row in range(height):
        base = (row if down else height - 1 - row) * DOTS
        # What is drawn of a column in this row, by its height: looked up, as there are many columns.
        shown = [min(max(dot - base, 0), DOTS) for dot in range(height * DOTS + 1)]
        lefts, rights = [left[dot] for dot in shown], [right[dot] for dot in shown]
        rows.append("".join([_CELLS[lefts[first] | rights[second]] for first, second in pairs]))
    return rows


def _ascii_area(values: Sequence[float], width: int, height: int, maximum: float, down: bool) -> list[str]:
    dots = levels(last(values, width), maximum, height * DOTS)
    rows: list[str] = []
    for row in range(height):
        base = (row if down else height - 1 - row) * DOTS
        rows.append("".join(_ASCII_LEVELS[min(max(dot - base, 0), DOTS)] for dot in dots))
    return rows


def line(
    values: Sequence[float],
    width: int,
    height: int,
    maximum: float,
    *,
    ascii_only: bool = False,
    down: bool = False,
) -> list[str]:
    """Draw a line of dots instead of a filled area, with the steps between neighbours joined.

    ``down`` counts from the top (the lower half of a mirrored graph).
    """
    if width <= 0 or height <= 0:
        return []
    columns = width if ascii_only else width * 2
    dots = levels(last(values, columns), maximum, height * DOTS)
    cells = [[0] * width for _ in range(height)]
    before = 0
    for column, dot in enumerate(dots):
        if dot:
            start = min(before + 1, dot) if before and before < dot else dot
            stop = max(before - 1, dot) if before > dot else dot
            for level in range(start, stop + 1):
                row, bit = divmod(level - 1, DOTS)
                row, bit = (row, DOTS - 1 - bit) if down else (height - 1 - row, bit)
                cell = column if ascii_only else column // 2
                cells[row][cell] |= _LEFT_DOT[bit] if ascii_only or column % 2 == 0 else _RIGHT_DOT[bit]
        before = dot
    if ascii_only:
        return ["".join("*" if bits else " " for bits in row) for row in cells]
    return ["".join(chr(0x2800 + bits) if bits else " " for bits in row) for row in cells]


def bar(share: float, width: int, *, ascii_only: bool = False) -> str:
    """Draw a bar of ``width`` cells, filled to ``share`` 0..1, to an eighth of a cell (ASCII: a cell)."""
    if width <= 0:
        return ""
    share = 0.0 if share != share else min(max(share, 0.0), 1.0)
    if ascii_only:
        full = round(share * width)
        return "#" * full + "." * (width - full)
    eighths = round(share * width * 8)
    if share > 0 and eighths == 0:
        eighths = 1
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)
