"""Graphs as rows of coloured pieces: axis, areas, time line. Pure: everything shown comes in as arguments."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tuivm.model.braille import area, last, line, resample
from tuivm.model.measure import Unit, scale
from tuivm.model.units import span
from tuivm.ui.colour import blend
from tuivm.ui.text import fit, truncate, width_of

__all__ = [
    "AXIS",
    "Ink",
    "Layout",
    "Piece",
    "Plot",
    "Series",
    "Unit",
    "draw",
    "overlay",
    "peak",
    "scale",
    "shade",
]

Piece = tuple[str, str]
"""Text and the colour it is drawn in."""


AXIS = 5
"""Cells of the axis, the same for every unit, so that graphs under each other share their time line."""


class Layout(StrEnum):
    """How two series share the plot."""

    OVERLAID = "overlaid"
    """The first as an area, the others as lines over it."""
    MIRRORED = "mirrored"
    """The first upwards, the second downwards from a common base."""


@dataclass(frozen=True, slots=True)
class Series:
    """One curve."""

    values: Sequence[float]
    """Oldest first; nan is a gap."""
    colour: str
    """``#rrggbb``."""
    name: str = ""
    """Short name for the legend (``read``); empty for a single curve."""
    value: float | None = None
    """Current value; None takes the last one of ``values``."""

    @property
    def current(self) -> float | None:
        """The value now; None when not known."""
        if self.value is not None:
            return self.value
        value = self.values[-1] if self.values else math.nan
        return None if math.isnan(value) else value


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything a graph shows."""

    series: tuple[Series, ...]
    """At least one, else an empty plot."""
    label: str
    """What it is, plain text."""
    unit: Unit
    """Unit of the values."""
    maximum: float
    """Top of the axis, in the unit."""
    interval: float = 1.0
    """Seconds from one value to the next."""
    count: int | None = None
    """How many values to show over the whole width; None for one value a dot."""
    total: int | None = None
    """How many values there ever were (see ``braille.resample``)."""
    layout: Layout = Layout.OVERLAID
    """How several series share the plot."""
    note: str = ""
    """Words after the figures in the title (``of 4 vCPUs``), plain text."""
    ascii_only: bool = False
    """Whether only ASCII may be used."""


def peak(series: Sequence[Series]) -> float:
    """Find the highest value of all series; 0 when there is none."""
    return max((value for one in series for value in one.values if value == value), default=0.0)


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


def draw(plot: Plot, width: int, height: int, ink: Ink) -> list[list[Piece]]:
    """Draw ``height`` rows of at most ``width`` cells: title, plot with its axis, time line.

    Under 3 rows the time line is left out, with one row the title too; under 16 columns the axis.
    """
    if width <= 0 or height <= 0:
        return []
    title = height >= 2
    timeline = height >= 4
    rows_left = height - title - timeline
    axis = AXIS if width >= 16 else 0
    cells = width - axis
    body = _body(plot, cells, rows_left, ink)
    rows: list[list[Piece]] = []
    if title:
        rows.append(_title(plot, width, ink))
    for index, pieces in enumerate(body):
        rows.append([(_axis_text(plot, index, rows_left), ink.muted), *pieces] if axis else pieces)
    if timeline:
        rows.append([(" " * axis + _timeline(plot, cells), ink.muted)])
    return rows


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


def _axis_text(plot: Plot, row: int, rows: int) -> str:
    mirrored = _is_mirrored(plot, rows)
    return axis_text(plot.unit, plot.maximum, row, rows, mirrored=mirrored, ascii_only=plot.ascii_only)


def upper(rows: int) -> int:
    """Return how many rows of a mirrored plot are above its base."""
    return (rows + 1) // 2


def _is_mirrored(plot: Plot, rows: int) -> bool:
    return plot.layout is Layout.MIRRORED and len(plot.series) == 2 and rows >= 2


def _values(plot: Plot, series: Series, columns: int) -> list[float]:
    values = series.values
    if plot.count is not None and columns:
        group = max(1, math.ceil(plot.count / columns))
        values = resample(values[-plot.count :] if plot.total is None else values, group, plot.total)
    return last(values, columns)


def _body(plot: Plot, width: int, rows: int, ink: Ink) -> list[list[Piece]]:
    """Draw the curves: ``rows`` rows of ``width`` cells."""
    columns = width if plot.ascii_only else width * 2
    curves = [(_values(plot, series, columns), series.colour) for series in plot.series]
    if not curves:
        return [[(" " * width, ink.muted)] for _ in range(rows)]
    if _is_mirrored(plot, rows):
        half = upper(rows)
        (first, colour), (second, other) = curves
        above = area(first, width, half, plot.maximum, ascii_only=plot.ascii_only)
        below = area(second, width, rows - half, plot.maximum, ascii_only=plot.ascii_only, down=True)
        return [
            *shade(above, colour, ink, lambda row: 1 - row / max(half, 1)),
            *shade(below, other, ink, lambda row: (row + 1) / max(rows - half, 1)),
        ]
    values, colour = curves[0]
    drawn = area(values, width, rows, plot.maximum, ascii_only=plot.ascii_only)
    shaded = shade(drawn, colour, ink, lambda row: 1 - row / max(rows, 1))
    for values, colour in curves[1:]:
        over = line(values, width, rows, plot.maximum, ascii_only=plot.ascii_only)
        shaded = [overlay(below, above, colour) for below, above in zip(shaded, over, strict=True)]
    return shaded


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


def _title(plot: Plot, width: int, ink: Ink) -> list[Piece]:
    """Write label, current values, note and, where there is room, minimum, mean and maximum."""
    pieces: list[Piece] = []
    room = width

    def add(text: str, colour: str) -> bool:
        nonlocal room
        if width_of(text) > room:
            return False
        pieces.append((text, colour))
        room -= width_of(text)
        return True

    add(truncate(plot.label, room), ink.label)
    for series in plot.series:
        word = plot.unit.word(series.current)
        if len(plot.series) > 1:
            add(f"  {series.name} " if series.name else "  ", series.colour) and add(word, series.colour)
        else:
            add("  ", ink.text) and add(word, series.colour)
    if plot.note:
        add(" " + plot.note, ink.muted)
    summary = _summary(plot)
    if summary and len(summary) + 2 <= room:
        pieces.append((" " * (room - len(summary)), ink.muted))
        pieces.append((summary, ink.muted))
    return pieces


def _summary(plot: Plot) -> str:
    if len(plot.series) != 1:
        return ""
    known = [value for value in plot.series[0].values if value == value]
    if not known:
        return ""
    word = plot.unit.word
    return f"min {word(min(known))} avg {word(sum(known) / len(known))} max {word(max(known))}"


def _timeline(plot: Plot, width: int) -> str:
    """Write ``5 min ─── now`` in ``width`` cells."""
    columns = width if plot.ascii_only else width * 2
    group = max(1, math.ceil(plot.count / columns)) if plot.count is not None and columns else 1
    start, end = span(columns * group * plot.interval), "now"
    stroke = "-" if plot.ascii_only else "─"
    room = width - len(start) - len(end) - 2
    if room < 1:
        return fit(end, width, align="right") if width >= len(end) else " " * width
    return f"{start} {stroke * room} {end}"
