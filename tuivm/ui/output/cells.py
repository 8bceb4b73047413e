"""What the terminal shows and what it shall show, cell by cell, and the shortest way from one to the other.

Two strings stand for each line: one character a cell for its text, and one for its pen. What does not take
exactly one cell a character (wide characters, combining ones) is kept whole, as far as its style reaches: a
private character for its first cell, ``REST`` for the others, so that it is always drawn whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

from tuivm.ui.output.pens import PLAIN, Pens

REST = "\U0010ffff"
"""A cell that belongs to what began left of it."""
_BLOB = 0xF0000
"""The first of the private characters."""
_MOST_BLOBS = 0xFFF0
_UNKNOWN = "\U0010fffe"
"""A cell of which nothing is known: unlike every other."""
NEAR = 4
"""Cells between two changes that are written again rather than passed over: the shorter way."""
_NARROW = re.compile(
    r"[\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0373\u0386-\u03ff\u0400-\u0482\u2010-\u2027\u2030-\u205e"
    r"\u2190-\u2319\u231c-\u2328\u232b-\u23e8\u2400-\u25fc\u2800-\u28ff]*"
)
"""Text in which every character takes one cell, beyond doubt (Unicode's East Asian Width and categories)."""

Run = tuple[int, int]
"""First cell of a change and the one after its last."""


class Cells:
    """Two pictures of the screen: give it Textual's updates (:meth:`take`), write what :meth:`flush` says."""

    def __init__(self, colours: ColorSystem = ColorSystem.TRUECOLOR) -> None:
        self._pens = Pens(colours)
        self._size = Size(0, 0)
        self._dirty: set[int] = set()
        self._blobs: list[str] = []
        self._blob_of: dict[str, str] = {}
        self._empty()

    @property
    def colours(self) -> ColorSystem:
        """How many colours are used."""
        return self._pens.colours

    def __bool__(self) -> bool:
        """Whether something may be to be written."""
        return bool(self._dirty)

    def _empty(self) -> None:
        width, height = self._size
        self._text, self._looks = [" " * width] * height, [PLAIN * width] * height
        self._shown_text, self._shown_looks = [_UNKNOWN * width] * height, [PLAIN * width] * height

    def forget(self) -> None:
        """Nothing is known of the terminal any more: the next flush draws all that is to be shown."""
        width, height = self._size
        self._shown_text = [_UNKNOWN * width] * height
        self._dirty = set(range(height))

    def begin(self, size: Size, colours: ColorSystem | None = None) -> None:
        """Begin anew with a screen of that size, all of which will be given again."""
        self._size = size
        self._pens = Pens(colours or self._pens.colours)
        self._blobs, self._blob_of = [], {}
        self._empty()
        self._dirty = set(range(size.height))

    @property
    def size(self) -> Size:
        """The screen's."""
        return self._size

    @property
    def is_worn(self) -> bool:
        """Whether it is time to begin anew: too many looks or odd texts were seen."""
        return self._pens.is_full or len(self._blobs) > _MOST_BLOBS

    # What shall be shown

    def take(self, update: CompositorUpdate) -> None:
        """Take what shall be shown from now on."""
        for y, x, strip in _pieces(update):
            self._put(y, x, strip)

    def _put(self, y: int, x: int, strip: Iterable[Segment]) -> None:
        width, height = self._size
        if not 0 <= y < height:
            return
        text, looks = self._cells(strip)
        room = width - x
        text, looks = text[:room], looks[:room]
        end = x + len(text)
        before, before_looks = self._text[y], self._looks[y]
        if before[x:end] == text and before_looks[x:end] == looks:
            return
        self._text[y] = before[:x] + text + before[end:]
        self._looks[y] = before_looks[:x] + looks + before_looks[end:]
        self._dirty.add(y)

    def _cells(self, strip: Iterable[Segment]) -> tuple[str, str]:
        texts: list[str] = []
        looks: list[str] = []
        pen = self._pens.pen
        for text, style, control in strip:
            if control or not text:
                continue
            cells = text if _NARROW.fullmatch(text) else self._odd(text)
            texts.append(cells)
            looks.append(pen(style) * len(cells))
        return "".join(texts), "".join(looks)

    def _odd(self, text: str) -> str:
        """Cells that stand for a text of which some character takes none, or two."""
        length = cell_len(text)
        if length == 0:
            return ""
        blob = self._blob_of.get(text)
        if blob is None:
            blob = self._blob_of[text] = chr(_BLOB + len(self._blobs))
            self._blobs.append(text)
        return blob + REST * (length - 1)

    # What is to be written

    def flush(self) -> str:
        """The text that makes the terminal show what it shall; empty when it does."""
        out: list[str] = []
        pen, at = PLAIN, (-1, -1)
        for y in sorted(self._dirty):
            text, looks = self._text[y], self._looks[y]
            for begin, end in _runs(self._shown_text[y], self._shown_looks[y], text, looks):
                out.append(_move(at, (begin, y)))
                narrow = text[begin:end].isprintable()
                for look, length in _lengths(looks[begin:end]):
                    out.append(self._pens.change(pen, look))
                    out.append(self._written(text[begin : begin + length]))
                    pen, begin = look, begin + length
                # At the edge the cursor waits to wrap; behind odd texts terminals differ.
                sure = end < self._size.width and narrow
                at = (end, y) if sure else (-1, -1)
            self._shown_text[y], self._shown_looks[y] = text, looks
        self._dirty.clear()
        if pen != PLAIN:
            out.append("\x1b[m")
        return "".join(out)

    def _written(self, piece: str) -> str:
        if piece.isprintable():
            return piece
        out: list[str] = []
        at = 0
        while at < len(piece):
            cell = piece[at]
            odd = self._blobs[ord(cell) - _BLOB] if chr(_BLOB) <= cell < REST else ""
            length = cell_len(odd) or 1
            if odd and piece[at : at + length] == cell + REST * (length - 1):
                out.append(odd)
            else:
                # What is covered in part leaves blanks.
                out.append(" " if odd or cell == REST else cell)
                length = 1
            at += length
        return "".join(out)


def _lengths(looks: str) -> Iterator[tuple[str, int]]:
    """Each look of a stretch in its turn, and over how many cells it reaches."""
    for look, cells in groupby(looks):
        yield look, sum(1 for _ in cells)


def _pieces(update: CompositorUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Line, column and content of everything that an update holds."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield y, x, strip
                x += strip.cell_length
    elif isinstance(update, ChopsUpdate):
        for y, first, last in update.spans:
            for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if chop is not None and x <= last and end > first:
                    yield y, x, chop.crop(0, end - x)


def _runs(old: str, old_looks: str, new: str, new_looks: str) -> Iterator[Run]:
    """The stretches of a line that are to be written, from the left."""
    if old == new and old_looks == new_looks:
        return
    cells = zip(old, new, old_looks, new_looks, strict=True)
    changed = [cell for cell, (was, now, look, looks) in enumerate(cells) if was != now or look != looks]
    is_plain = REST not in new
    begin = end = -1
    for cell in changed:
        if cell < end:
            continue
        first, after = (cell, cell + 1) if is_plain else _whole(new, cell)
        if first == end or (begin >= 0 and first - end <= NEAR and _alike(new_looks, end, first)):
            end = after
            continue
        if begin >= 0:
            yield begin, end
        begin, end = first, after
    if begin >= 0:
        yield begin, end


def _whole(text: str, cell: int) -> Run:
    """The cells of what the cell belongs to."""
    begin, end = cell, cell + 1
    while begin > 0 and text[begin] == REST:
        begin -= 1
    while end < len(text) and text[end] == REST:
        end += 1
    return begin, end


def _alike(looks: str, begin: int, end: int) -> bool:
    """Whether the cells between two changes look like what was written last: then they are written again."""
    return begin >= end or looks[begin:end] == looks[begin - 1] * (end - begin)


def _move(now: tuple[int, int], to: tuple[int, int]) -> str:
    """The shortest sequence that moves the cursor (CUF, CUP); nothing where it is there."""
    if now == to:
        return ""
    x, y = to
    if now[1] == y and 0 <= now[0] < x:
        distance = x - now[0]
        return f"\x1b[{distance}C" if distance > 1 else "\x1b[C"
    if x == 0:
        return f"\x1b[{y + 1}H" if y else "\x1b[H"
    return f"\x1b[{y + 1};{x + 1}H"
