"""One graph of the past as rows of coloured pieces: title with figures, axis, curves. Pure functions."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tuivm.core.pictures import Drawing
from tuivm.model.braille import area, line
from tuivm.model.graphs import Curve, Form
from tuivm.model.measure import Unit
from tuivm.model.series import Window
from tuivm.model.timeline import Frame
from tuivm.model.windows import summary
from tuivm.ui.colour import blend
from tuivm.ui.plot import AXIS, Ink, Piece, axis_text, overlay, shade, upper
from tuivm.ui.text import plain, truncate, width_of

_FAINT = 0.62
"""How far the highest readings of steps fade into the background."""
_NAME = 18
"""Cells at most of a curve's name in a title."""


@dataclass(frozen=True, slots=True)
class Paint:
    """How graphs are drawn."""

    ink: Ink
    """Colours of everything that is not a curve."""
    roles: Mapping[str, str]
    """Colour of each role that a curve can have."""
    monochrome: bool = False
    """Whether colours are not shown."""
    ascii_only: bool = False
    """Whether only ASCII may be used."""
    note: str = ""
    """Words behind the figures of the title; safe text."""

    @property
    def per_cell(self) -> int:
        """Columns of a cell: the dots of a row of it."""
        return 1 if self.ascii_only else 2

    def colour(self, curve: Curve) -> str:
        """The colour of a curve."""
        return self.roles.get(curve.role, self.ink.text)


def peak(drawing: Drawing) -> float:
    """The highest value that is drawn; 0 where there is none."""
    lines = drawing.panel.form is Form.LINES
    return max(
        (
            value
            for window in drawing.windows
            for value in (window.average if lines else window.highest)
            if value == value
        ),
        default=0.0,
    )


def ceiling(drawing: Drawing) -> float | None:
    """The top of the axis that what was given says; None where that is not known."""
    if drawing.ceiling is None:
        return None
    known = [value for value in drawing.ceiling.highest if value == value]
    return max(known, default=0.0) or None


def draw(
    drawing: Drawing, top: float, frame: Frame, cursor: float | None, paint: Paint, size: tuple[int, int]
) -> list[list[Piece]]:
    """Draw ``size[1]`` rows of at most ``size[0]`` cells: the title, and below it the plot with its axis.

    ``top`` is the top of the axis; at ``cursor``, Unix seconds, the figures of the title are read.
    """
    width, height = size
    if width <= 0 or height <= 0:
        return []
    rows = [title(drawing, frame, cursor, paint, width)]
    count = height - 1
    axis = AXIS if width >= 3 * AXIS else 0
    mirrored = _is_mirrored(drawing, count)
    if drawing.reason:
        body = _words(drawing.reason, width - axis, count, paint.ink)
    else:
        body = _body(drawing, top, frame, paint, (width - axis, count))
    for index, pieces in enumerate(body):
        text = axis_text(
            drawing.panel.unit, top, index, count, mirrored=mirrored, ascii_only=paint.ascii_only
        )
        rows.append([(text, paint.ink.muted), *pieces] if axis else pieces)
    return rows


def _is_mirrored(drawing: Drawing, rows: int) -> bool:
    return drawing.panel.form is Form.MIRRORED and len(drawing.windows) == 2 and rows >= 2


def _columns(values: Sequence[float], frame: Frame, count: int) -> list[float]:
    """A value for each of ``count`` columns; the last step is at the right edge."""
    each = frame.columns
    steps = values[-max(1, -(-count // each)) :]
    spread = [value for value in steps for _ in range(each)] if each > 1 else list(steps)
    spread = spread[-count:] if count else []
    return [math.nan] * (count - len(spread)) + spread


def _body(
    drawing: Drawing, top: float, frame: Frame, paint: Paint, size: tuple[int, int]
) -> list[list[Piece]]:
    width, rows = size
    if rows <= 0 or width <= 0:
        return [[] for _ in range(max(rows, 0))]
    curves = list(zip(drawing.windows, drawing.panel.curves, strict=True))
    if _is_mirrored(drawing, rows):
        above = upper(rows)
        (first, one), (second, other) = curves
        return [
            *_area(first, one, top, frame, paint, (width, above)),
            *_area(second, other, top, frame, paint, (width, rows - above), down=True),
        ]
    if drawing.panel.form is Form.AREA:
        drawn = _area(*curves[0], top, frame, paint, size)
        curves = curves[1:]
    else:
        drawn = [[(" " * width, paint.ink.muted)] for _ in range(rows)]
    for window, curve in reversed(curves):
        values = _columns(window.average, frame, width * paint.per_cell)
        over = line(values, width, rows, top, ascii_only=paint.ascii_only)
        over = [text.replace("*", letter_of(curve)) for text in over] if paint.ascii_only else over
        # Over an area a line would drown in its dots.
        join = drawing.panel.form is not Form.AREA
        drawn = [
            overlay(below, text, paint.colour(curve), join=join)
            for below, text in zip(drawn, over, strict=True)
        ]
    return drawn


def letter_of(curve: Curve) -> str:
    """The letter that draws a line where there are no dots: a, b... of compared domains, else its name's."""
    return chr(ord("a") + curve.of) if curve.role.isdigit() else curve.name[:1] or "*"


def _area(
    window: Window,
    curve: Curve,
    top: float,
    frame: Frame,
    paint: Paint,
    size: tuple[int, int],
    *,
    down: bool = False,
) -> list[list[Piece]]:
    """The averages as an area, and fainter beyond it the highest readings, so that no spike vanishes."""
    width, rows = size
    count = width * paint.per_cell
    colour, ascii_only = paint.colour(curve), paint.ascii_only
    values = _columns(window.average, frame, count)
    drawn = area(values, width, rows, top, ascii_only=ascii_only, down=down)
    shaded = shade(drawn, colour, paint.ink, lambda row: ((row + 1) if down else rows - row) / max(rows, 1))
    if window.highest == window.average:
        return shaded
    highest = _columns(window.highest, frame, count)
    if ascii_only or paint.monochrome:
        beyond = line(highest, width, rows, top, ascii_only=ascii_only, down=down)
        beyond = [text.replace("*", "'") for text in beyond]
    else:
        beyond = area(highest, width, rows, top, down=down)
    faint = blend(colour, paint.ink.background, _FAINT)
    return [_behind(front, text, faint) for front, text in zip(shaded, beyond, strict=True)]


def _behind(front: list[Piece], text: str, colour: str) -> list[Piece]:
    """Put ``text`` behind one piece of a row: it is seen where that is blank."""
    ((over, shaded),) = front
    if not text.strip():
        return front
    return overlay([(text, colour)], over, shaded, join=False)


def _words(reason: str, width: int, rows: int, ink: Ink) -> list[list[Piece]]:
    """Words in the middle of a plot that has nothing to show."""
    lines = textwrap.wrap(reason, max(width - 2, 8))[:rows]
    first = max((rows - len(lines)) // 2, 0)
    return [
        [(truncate(f" {lines[row - first]}", width), ink.muted)] if 0 <= row - first < len(lines) else []
        for row in range(rows)
    ]


def title(drawing: Drawing, frame: Frame, cursor: float | None, paint: Paint, width: int) -> list[Piece]:
    """Write what it is, each curve's value at the cursor (else now), and the figures of all that is shown.

    What there is no room for is left out: first how far the readings at the cursor went, then the figures.
    """
    ink = paint.ink
    label = (truncate(plain(drawing.panel.label), max(width * 2 // 3, 1)), ink.label)
    for spread in (True, False):
        pieces = [label, *_values(drawing, frame, cursor, paint, spread=spread)]
        room = width - sum(width_of(text) for text, _ in pieces)
        if room >= 0:
            break
    if paint.note and width_of(paint.note) < room:
        pieces.append((f" {paint.note}", ink.muted))
        room -= width_of(paint.note) + 1
    for words in _figures(drawing):
        if width_of(words) + 2 <= room:
            return [*pieces, (" " * (room - width_of(words)), ink.muted), (words, ink.muted)]
    return _fitting(pieces, width)


def _fitting(pieces: Sequence[Piece], width: int) -> list[Piece]:
    """As many pieces as fit, in order."""
    kept: list[Piece] = []
    for text, colour in pieces:
        width -= width_of(text)
        if width < 0:
            break
        kept.append((text, colour))
    return kept


def _values(
    drawing: Drawing, frame: Frame, cursor: float | None, paint: Paint, *, spread: bool
) -> list[Piece]:
    """The value of each curve, with its name where there are several of one domain."""
    panel = drawing.panel
    named = len(panel.curves) > 1 and panel.form is not Form.LINES
    pieces: list[Piece] = []
    for window, curve in zip(drawing.windows, panel.curves, strict=True):
        name = f"{truncate(plain(curve.name), _NAME)} " if named else ""
        colour = paint.colour(curve)
        pieces.append((f"  {name}{panel.unit.word(_value(window, frame, cursor))}", colour))
        around = _spread(window, frame, cursor, panel.unit) if spread and panel.form is not Form.LINES else ""
        if around:
            pieces.append((f" ({around})", paint.ink.muted))
    return pieces


def _value(window: Window, frame: Frame, cursor: float | None) -> float:
    """The average at the cursor, else of the last step; nan where it is not known."""
    at = frame.index(cursor) if cursor is not None else len(window.average) - 1
    return window.average[at] if 0 <= at < len(window.average) else math.nan


def _spread(window: Window, frame: Frame, cursor: float | None, unit: Unit) -> str:
    """``12%..98%``: lowest and highest reading at the cursor, where they differ."""
    at = frame.index(cursor) if cursor is not None else -1
    if not 0 <= at < len(window.average):
        return ""
    low, high = unit.word(window.lowest[at]), unit.word(window.highest[at])
    return "" if low == high else f"{low}..{high}"


def _figures(drawing: Drawing) -> tuple[str, ...]:
    """Minimum, mean and maximum of what is shown, of each curve where there are two; and the same shorter."""
    found = [summary(window) for window in drawing.windows]
    word = drawing.panel.unit.word
    if drawing.reason or len(found) > 2:
        return ()
    if len(found) == 2:
        first, second = found
        most = f"max {word(first.highest)} {word(second.highest)}"
        return (f"avg {word(first.average)} {word(second.average)}  {most}", most)
    (one,) = found
    mean, most = f"avg {word(one.average)}", f"max {word(one.highest)}"
    return (f"min {word(one.lowest)} {mean} {most}", f"{mean} {most}", most)
