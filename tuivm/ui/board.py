"""Several graphs on one area, with a common time line below each column of them. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tuivm.core.pictures import Drawing, Picture
from tuivm.model.graphs import Curve, Form
from tuivm.model.markers import Marker, Sign, at, by_cell
from tuivm.model.measure import Unit, scale
from tuivm.model.timeline import Frame, Tick, cell_of, moment_word, ticks
from tuivm.ui.chart import Paint, ceiling, draw, letter_of, peak
from tuivm.ui.plot import AXIS, Piece
from tuivm.ui.text import plain, truncate, width_of

GUTTER = 2
"""Cells between two columns of graphs."""
LEAST_HEIGHT = 4
"""Least lines of a graph, its title among them."""
LEAST_WIDTH = 34
"""Least cells of a graph that has others beside it."""
TIMELINE = 2
"""Lines of the time line; one where room is scarce."""
_TIGHT = 3
"""Least lines of a graph where room is scarce."""
_AMPLE = 24
"""Lines from which room is not scarce."""
_SHAPE = 8.0
"""Cells of width to a line of height that a graph should have."""
SIGNS: Mapping[Sign, tuple[str, str, str]] = {
    Sign.FAULT: ("✖", "x", "error"),
    Sign.STOP: ("▼", "v", "state-off"),
    Sign.START: ("▲", "^", "success"),
    Sign.SNAPSHOT: ("◆", "s", "accent"),
    Sign.OTHER: ("●", "o", "foreground"),
}
"""Of each marker: its sign, its sign in ASCII, the role that colours it."""


@dataclass(frozen=True, slots=True)
class Grid:
    """How graphs lie on an area."""

    columns: int
    """Side by side."""
    heights: tuple[int, ...]
    """Lines of each row of graphs."""
    width: int
    """Cells of a graph."""
    timeline: int
    """Lines of the time line."""

    @property
    def places(self) -> int:
        """How many graphs are seen at once."""
        return self.columns * len(self.heights)

    def is_read(self, line: int) -> bool:
        """Whether the cursor goes through that line of the area: a plot or the stroke of the time line."""
        for height in self.heights:
            if line < height:
                return line > 0
            line -= height
        return self.timeline > 0 and line == 0

    def cells(self) -> int:
        """Cells of a plot, without its axis."""
        return self.width - (AXIS if self.width >= 3 * AXIS else 0)


def arrange(count: int, width: int, height: int, *, tight: bool = False) -> Grid:
    """Lay ``count`` graphs out so that they use the room well; what finds none is on the next page.

    ``tight`` makes them smaller where the room is scarce.
    """
    tight = tight and height < _AMPLE
    least, lines = (_TIGHT, 1) if tight else (LEAST_HEIGHT, TIMELINE)
    count, timeline = max(count, 1), lines if height >= least + lines else 0
    height = max(height - timeline, 1)
    most = max(1, (width + GUTTER) // (LEAST_WIDTH + GUTTER))
    best: tuple[float, int, int] | None = None
    for columns in range(1, min(most, count) + 1):
        rows = -(-count // columns)
        fitting = min(rows, max(1, height // least))
        each = (width - GUTTER * (columns - 1)) // columns
        shape = abs(math.log(max(each, 1) / (height / fitting) / _SHAPE))
        # What is not seen at once is worse than any shape.
        hidden = max(0, count - fitting * columns)
        if best is None or (100.0 * hidden + shape, columns, fitting) < best:
            best = (100.0 * hidden + shape, columns, fitting)
    _, columns, rows = best or (0.0, 1, 1)
    share, rest = divmod(height, rows)
    heights = tuple(share + (row < rest) for row in range(rows))
    return Grid(columns, heights, (width - GUTTER * (columns - 1)) // columns, timeline)


Tops = dict[tuple[str, Unit], float]
"""Tops of axes, by the graph's label or family, and unit."""


def tops(drawings: Sequence[Drawing], before: Tops) -> Tops:
    """Choose the top of each graph's axis, the one ``before`` where that still serves."""
    peaks: dict[tuple[str, Unit], float] = {}
    for drawing in drawings:
        slot = slot_of(drawing)
        peaks[slot] = max(peaks.get(slot, 0.0), peak(drawing))
    found: Tops = {}
    for drawing in drawings:
        slot = slot_of(drawing)
        limit = drawing.panel.top or ceiling(drawing)
        if limit is not None and limit >= peaks[slot]:
            found[slot] = max(limit, found.get(slot, 0.0))
        else:
            found.setdefault(slot, scale(peaks[slot], drawing.panel.unit, before.get(slot)))
    return found


def slot_of(drawing: Drawing) -> tuple[str, Unit]:
    """What tells whose top an axis has."""
    return drawing.panel.family or drawing.panel.label, drawing.panel.unit


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that is drawn."""

    picture: Picture
    """The figures."""
    grid: Grid
    """Where they are."""
    page: int
    """Which of the graphs that are not seen at once."""
    cursor: float | None
    """Unix seconds that are read; None for none."""
    follows: bool
    """Whether the right edge is the present."""
    tops: Tops
    """Tops of the axes."""
    notes: Mapping[str, str]
    """Words behind the figures of the graph of that label; safe text."""


def pages(count: int, grid: Grid) -> int:
    """How many pages ``count`` graphs take."""
    return max(1, -(-count // grid.places))


def compose(scene: Scene, paint: Paint) -> list[list[Piece]]:
    """Draw every line of the area, below its first one which :func:`reading` draws."""
    grid, frame = scene.grid, scene.picture.frame
    begin = scene.page * grid.places
    shown = scene.picture.drawings[begin : begin + grid.places]
    drawn = [
        draw(
            drawing,
            scene.tops[slot_of(drawing)],
            frame,
            scene.cursor,
            replace(paint, note=scene.notes.get(drawing.panel.label, "")),
            (grid.width, grid.heights[number // grid.columns]),
        )
        for number, drawing in enumerate(shown)
    ]
    rows: list[list[Piece]] = []
    for number, height in enumerate(grid.heights):
        beside = drawn[number * grid.columns : (number + 1) * grid.columns]
        rows += [_beside([panel[line] for panel in beside], grid.width) for line in range(height)]
    if grid.timeline:
        used = min(grid.columns, max(len(shown), 1))
        rows += [_beside([line] * used, grid.width) for line in timeline(scene, paint)]
    return rows


def _beside(parts: Sequence[list[Piece]], width: int) -> list[Piece]:
    """Put rows side by side, each filled to the width of a graph."""
    row: list[Piece] = []
    for index, part in enumerate(parts):
        row += part
        if index < len(parts) - 1:
            row.append((" " * (width + GUTTER - sum(width_of(text) for text, _ in part)), ""))
    return row


def cursor_cells(scene: Scene, paint: Paint) -> list[int]:
    """The columns of the screen that the cursor is in, one for each column of graphs; empty without one."""
    grid, frame = scene.grid, scene.picture.frame
    if scene.cursor is None or not frame.holds(scene.cursor):
        return []
    begin = frame.time(frame.index(scene.cursor))
    cell = cell_of(frame, begin, grid.cells(), paint.per_cell)
    if not 0 <= cell < grid.cells():
        return []
    seen = min(grid.columns, max(1, len(scene.picture.drawings) - scene.page * grid.places))
    axis = grid.width - grid.cells()
    return [number * (grid.width + GUTTER) + axis + cell for number in range(seen)]


def timeline(scene: Scene, paint: Paint) -> tuple[list[Piece], ...]:
    """Draw the time line: its stroke with ticks and the signs of markers, and the words below it or in it."""
    frame, cells, ink = scene.picture.frame, scene.grid.cells(), paint.ink
    found = ticks(frame, cells, paint.per_cell)
    stroke, mark, corner = ("-", "+", "+") if paint.ascii_only else ("─", "┴", "└")
    one_line = scene.grid.timeline == 1
    line = [stroke] * cells
    words = _tick_words(scene, found, cells)
    for tick in found if not one_line else ():
        line[tick.cell] = mark
    if one_line:
        line = [word if word != " " else before for word, before in zip(words, line, strict=True)]
    axis = scene.grid.width - cells
    pieces: list[Piece] = [(" " * (axis - 1) + corner if axis else "", ink.muted)]
    signs = by_cell(scene.picture.markers, frame, cells, paint.per_cell)
    for cell, text in enumerate(line):
        sign = signs.get(cell)
        if sign is not None:
            pieces.append((SIGNS[sign][1 if paint.ascii_only else 0], paint.roles[SIGNS[sign][2]]))
        elif pieces[-1][1] == ink.muted:
            pieces[-1] = (pieces[-1][0] + text, ink.muted)
        else:
            pieces.append((text, ink.muted))
    return (pieces,) if one_line else (pieces, [(" " * axis + "".join(words), ink.muted)])


def _tick_words(scene: Scene, found: Sequence[Tick], cells: int) -> list[str]:
    """The words of the ticks, a character a cell, as far as they do not touch."""
    words = [" "] * cells
    if scene.follows and cells >= 12:
        words[-3:] = "now"
    for tick in found:
        first = max(0, tick.cell - len(tick.word) // 2)
        around = words[max(0, first - 1) : first + len(tick.word) + 1]
        if first + len(tick.word) <= cells and not "".join(around).strip():
            words[first : first + len(tick.word)] = tick.word
    return words


def reading(scene: Scene, paint: Paint, width: int) -> list[Piece]:
    """Draw the first line: the moment under the cursor and what happened then, else what the signs mean."""
    picture, ink = scene.picture, paint.ink
    frame, now = picture.frame, picture.wish.now
    if scene.cursor is not None:
        pieces = _moment(scene, paint)
    else:
        first, last = moment_word(frame.start, frame.step, now), moment_word(frame.end, frame.step, now)
        pieces = [(f" {first} {'-' if paint.ascii_only else '–'} ", ink.label)]
        pieces.append(("now" if scene.follows else last, ink.label))
        dot = "character" if paint.ascii_only else "dot"
        pieces.append((f"  {_length(frame)} a {dot}", ink.muted))
    for curve in _compared(picture):
        line = letter_of(curve) if paint.ascii_only else "━━"
        name = truncate(plain(curve.name), 20)
        pieces += [("  ", ink.muted), (line, paint.colour(curve)), (f" {name}", ink.text)]
    if scene.cursor is None:
        inside = {marker.sign for marker in picture.markers if frame.holds(marker.time)}
        for sign in (one for one in Sign if one in inside):
            drawn = SIGNS[sign]
            pieces.append(("  " + drawn[1 if paint.ascii_only else 0], paint.roles[drawn[2]]))
            pieces.append((f" {sign.value}", ink.muted))
    count = pages(len(picture.drawings), scene.grid)
    page = f"page {scene.page + 1} of {count} " if count > 1 else ""
    return _cut(pieces, page, width, ink.muted)


def _cut(pieces: Sequence[Piece], end: str, width: int, colour: str) -> list[Piece]:
    """Cut a row to the width, with ``end`` at its right."""
    end = end if width_of(end) < width else ""
    room = width - width_of(end)
    kept: list[Piece] = []
    for text, ink in pieces:
        part = truncate(text, room)
        if part:
            kept.append((part, ink))
        room -= width_of(part)
        if room <= 0 or part != text:
            break
    return [*kept, (" " * max(room, 0), colour), (end, colour)]


def _length(frame: Frame) -> str:
    """How long a column is, in words."""
    seconds = frame.step / frame.columns if frame.columns > 1 else frame.step
    if frame.columns > 1:
        return f"{frame.step:g} s in {frame.columns}"
    for length, word in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds / length:g} {word}"
    return f"{seconds:g} s"


def _moment(scene: Scene, paint: Paint) -> list[Piece]:
    """When the cursor is, and what happened there."""
    frame, now, ink = scene.picture.frame, scene.picture.wish.now, paint.ink
    if scene.cursor is None:
        return []
    begin = frame.time(frame.index(scene.cursor))
    words = moment_word(begin, frame.step, now)
    if frame.step > 1:
        words += (
            f" {'-' if paint.ascii_only else '–'} "
            + moment_word(begin + frame.step, frame.step, now).split()[-1]
        )
    pieces: list[Piece] = [(f" {words}", ink.label)]
    for marker in at(scene.picture.markers, frame, scene.cursor):
        sign = SIGNS[marker.sign]
        pieces.append(("  " + sign[1 if paint.ascii_only else 0], paint.roles[sign[2]]))
        pieces.append((" " + _told(marker), ink.text))
    return pieces


def _told(marker: Marker) -> str:
    who = f"{truncate(plain(marker.who), 24)}: " if marker.who else ""
    return who + truncate(plain(marker.text), 100)


def _compared(picture: Picture) -> tuple[Curve, ...]:
    """A curve of each domain where they are compared in one graph."""
    panel = picture.drawings[0].panel
    return panel.curves if panel.form is Form.LINES else ()
