"""Control functions on rectangles: copy, fill, erase, change attributes, checksum (VT420 PRM, chapter 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any, NamedTuple

from tuivm.terminal import sgr
from tuivm.terminal.editing import erase
from tuivm.terminal.memo import Memo
from tuivm.terminal.motion import Params, arg, at_level
from tuivm.terminal.pen import CACHED_PENS, PLAIN, Pen, Style
from tuivm.terminal.row import Row, shared_blank
from tuivm.terminal.screen import Screen


class Area(NamedTuple):
    """A rectangle of the screen, from 0."""

    rows: range
    """Its rows."""
    start: int
    """Its first column."""
    end: int
    """The column after its last."""


def area_of(screen: Screen, params: Params) -> Area | None:
    """Read ``top;left;bottom;right``, in origin mode counted from the margins; None when it is empty.

    What is beyond the last row or column counts as that.
    """
    return _area(params[:4], _bounds(screen), screen.lines, screen.columns)


@lru_cache(maxsize=256)
def _area(params: Params, bounds: tuple[int, int, int, int], lines: int, columns: int) -> Area | None:
    y0, x0, y1, x1 = bounds
    top, left = min(y0 + arg(params) - 1, y1), min(x0 + arg(params, 1) - 1, x1)
    bottom = min(y0 + arg(params, 2, lines) - 1, y1)
    right = min(x0 + arg(params, 3, columns) - 1, x1)
    return Area(range(top, bottom + 1), left, right + 1) if top <= bottom and left <= right else None


def _bounds(screen: Screen) -> tuple[int, int, int, int]:
    """Return the first row and column that rectangles can have, and the last ones."""
    if screen.is_origin:
        return screen.top, screen.left, screen.bottom, screen.right
    return 0, 0, screen.lines - 1, screen.columns - 1


def _fill(screen: Screen, params: Params, pen: Pen, char: str = " ") -> None:
    area = area_of(screen, params)
    if area and area.end - area.start == screen.columns:
        screen.erase_rows(area.rows.start, area.rows.stop, pen, char)
    elif area:
        for y in area.rows:
            screen.row(y).fill(area.start, area.end, pen, char)


def fill_rectangle(screen: Screen, params: Params) -> None:
    """DECFRA: with a character of the 7-bit or of the 8-bit set, and the pen."""
    code = arg(params, default=0)
    if 32 <= code <= 126 or 160 <= code <= 255:
        _fill(screen, params[1:], screen.pen, chr(code))


def erase_rectangle(screen: Screen, params: Params) -> None:
    """DECERA."""
    _fill(screen, params, screen.pen.eraser)


def selective_erase_rectangle(screen: Screen, params: Params) -> None:
    """DECSERA: leaves what DECSCA protects; of SPA it knows nothing."""
    area = area_of(screen, params)
    if area and screen.device.iso_protection:
        erase_rectangle(screen, params)
    elif area:
        for y in area.rows:
            erase(screen, y, area.start, area.end, selective=True)


def copy_rectangle(screen: Screen, params: Params) -> None:
    """DECCRA: from ``top;left;bottom;right;page`` to ``top;left;page``."""
    area = area_of(screen, params)
    if not area:
        return
    y0, x0, y1, x1 = _bounds(screen)
    to_y, to_x = min(y0 + arg(params, 5) - 1, y1), min(x0 + arg(params, 6) - 1, x1)
    end = min(area.end, area.start + x1 + 1 - to_x)
    pairs = list(zip(area.rows, range(to_y, y1 + 1), strict=False))
    buffer, known = screen.buffer, screen.memo.table(("copy", area.start, end, to_x))
    # Downwards the last row goes first, so that no row is read after it was written.
    for y, to in reversed(pairs) if to_y > area.rows[0] else pairs:
        source, target = buffer[y], buffer[to]
        if (source, target) in known:
            continue
        if target.resembles(source, area.start, end, to_x):
            screen.memo.remember(source)
            screen.memo.remember(target)
            known[source, target] = True
        else:
            screen.row(to).copy_from(source, area.start, end, to_x)


def _blocks(screen: Screen, params: Params) -> Iterator[tuple[int, int, range]]:
    """Yield (first column, end column, rows) of what DECSACE chose: a rectangle, or a stream of text."""
    if screen.device.extent == 2:
        area = area_of(screen, params)
        if area:
            yield area.start, area.end, area.rows
        return
    x0, x1 = (screen.left, screen.right + 1) if screen.is_origin else (0, screen.columns)
    # The stream's last column may well be left of its first one.
    first = area_of(screen, (*params[:3], 0))
    last = area_of(screen, (arg(params), 1, arg(params, 2, screen.lines), arg(params, 3, screen.columns)))
    if not first or not last:
        return
    top, bottom = first.rows[0], first.rows[-1]
    if first.start == x0 and last.end == x1:
        yield x0, x1, first.rows
        return
    if top == bottom:
        if first.start < last.end:
            yield first.start, last.end, first.rows
        return
    yield first.start, x1, range(top, top + 1)
    yield x0, x1, range(top + 1, bottom)
    yield x0, last.end, range(bottom, bottom + 1)


_SET: dict[int, dict[str, Any]] = {
    0: {
        "bold": False,
        "underscore": False,
        "underline": 0,
        "blink": False,
        "reverse": False,
        "conceal": False,
    },
    1: {"bold": True},
    4: {"underscore": True, "underline": 1},
    5: {"blink": True},
    7: {"reverse": True},
    8: {"conceal": True},
    22: {"bold": False},
    24: {"underscore": False, "underline": 0},
    25: {"blink": False},
    27: {"reverse": False},
    28: {"conceal": False},
}
_TOGGLED = {1: "bold", 4: "underscore", 5: "blink", 7: "reverse", 8: "conceal"}


def _changed(style: Style, codes: Params) -> Style:
    for code in codes or (0,):
        style = style._replace(**_SET.get(code, {}))
    return style


def _reversed(style: Style, codes: Params) -> Style:
    for code in codes or (0,):
        names = _TOGGLED.values() if code == 0 else (_TOGGLED[code],) if code in _TOGGLED else ()
        turned: dict[str, Any] = {name: not getattr(style, name) for name in names}
        style = style._replace(**turned)
    return style._replace(underline=(style.underline or 1) if style.underscore else 0)


class _Repainted(dict[Pen, Pen]):
    """What one change makes of pens, by pen."""

    def __init__(self, change: Callable[[Style, Params], Style], codes: Params) -> None:
        self.change = change
        self.codes = codes

    def __missing__(self, pen: Pen) -> Pen:
        if len(self) >= CACHED_PENS:
            self.clear()
        made = self[pen] = Pen.of(self.change(pen.style, self.codes))
        return made


_repainted = lru_cache(maxsize=64)(_Repainted)


def change_attributes(screen: Screen, params: Params) -> None:
    """DECCARA: set or reset bold, underline, blink, reverse, conceal."""
    _repaint(screen, params[:4], _repainted(_changed, params[4:]))


def reverse_attributes(screen: Screen, params: Params) -> None:
    """DECRARA: turn the attributes named over; 0 means all."""
    _repaint(screen, params[:4], _repainted(_reversed, params[4:]))


def _repaint(screen: Screen, params: Params, made: _Repainted) -> None:
    for start, end, rows in _blocks(screen, params):
        old = screen.buffer[rows.start : rows.stop]
        repaint = partial(_repainted_row, screen.memo, start=start, end=end, made=made)
        function = (made.change, made.codes, start, end)
        screen.replace(rows.start, screen.memo.all(function, old, repaint))


def _repainted_row(memo: Memo, row: Row, start: int, end: int, made: _Repainted) -> Row:
    """Return what a change makes of part of a row: another shared one, or the same if nothing changes."""
    if row.uniform and end - start == len(row):
        char, pen = row.uniform
        return row if made[pen] is pen else shared_blank(len(row), made[pen], char)
    old = row.pens[start:end]
    after = [made[old[0]]] * len(old) if old.count(old[0]) == len(old) else [*map(made.__getitem__, old)]
    if after == old:
        return row
    changed = row.copy()
    changed.pens[start:end] = after
    return memo.one(changed)


def report_attributes(screen: Screen, params: Params) -> None:
    """XTREPORTSGR: the attributes that every cell of a rectangle has."""
    area = area_of(screen, params)
    if not area or screen.is_deaf:
        return
    styles = [pen.style for y in area.rows for pen in set(screen.buffer[y].pens[area.start : area.end])]
    plain = Style()
    common: dict[str, Any] = {
        field: values.pop() if len(values) == 1 else default
        for field, default, values in zip(
            Style._fields, plain, map(set, zip(*styles, strict=True)), strict=True
        )
    }
    screen.reply(f"\x1b[{sgr.report(Style(**common))}m")


# Bits of XTCHECKSUM: not negated, no attributes, blanks too, no cells nobody wrote, characters whole.
_POSITIVE, _NO_ATTRIBUTES, _BLANKS, _DRAWN, _WHOLE = 1, 2, 4, 8, 16
_WEIGHTS = {
    "protected": 0x04,
    "conceal": 0x08,
    "underscore": 0x10,
    "reverse": 0x20,
    "blink": 0x40,
    "bold": 0x80,
}
_DEFAULT = Style()


def checksum(screen: Screen, params: Params) -> None:
    """DECRQCRA ``id;page;top;left;bottom;right``: a sum over a rectangle, in 4 hexadecimal digits.

    As xterm works it out: characters with weights for attributes, the sum negated; a cell that nobody wrote
    is a blank, and plain blanks count in the first cell alone (XTCHECKSUM changes that).
    """
    if screen.is_deaf:
        return
    area = area_of(screen, params[2:])
    total = 0
    if area:
        form = screen.device.checksum
        rows = screen.buffer[area.rows.start : area.rows.stop]
        add = partial(_sum_row, start=area.start, end=area.end, form=form)
        total = sum(screen.memo.all(("sum", area.start, area.end, form), rows, add))
        first = rows[0]
        is_plain = first.chars[area.start] in ("", " ") and first.pens[area.start].style == _DEFAULT
        if is_plain and not form & _BLANKS:
            total += 0x20
    if not screen.device.checksum & _POSITIVE:
        total = -total
    screen.reply(f"\x1bP{arg(params, 0, 0)}!~{total & 0xFFFF:04X}\x1b\\")


def _sum_row(row: Row, start: int, end: int, form: int) -> int:
    """Return the sum of part of a row, as the bits of XTCHECKSUM want it, without plain blanks by default.

    Plain blanks behind a row's last character are what nobody wrote, as far as one can see.
    """
    if row.uniform == (" ", PLAIN) and not form & _BLANKS:
        return 0
    if form & _DRAWN and form & _BLANKS:
        end = min(end, _written(row.chars, row.pens))
    pens, chars = row.pens[start:end], row.chars[start:end]
    if not chars:
        return 0
    used = {pens[0]} if pens.count(pens[0]) == len(pens) else set(pens)
    weights = {} if form & _NO_ATTRIBUTES else {pen: _weight(pen) for pen in used}
    text = "".join(chars)
    if text.isascii() and len(text) == len(chars) and not form & _BLANKS:
        plain = {pen for pen in used if pen.style == _DEFAULT}
        if len(plain) == len(used):
            blanks = text.count(" ")
        else:
            blanks = sum(pen in plain for char, pen in zip(text, pens, strict=True) if char == " ")
        weight = sum(map(weights.__getitem__, pens)) if any(weights.values()) else 0
        return sum(text.encode()) + weight - 0x20 * blanks
    total = 0
    for char, pen in zip(chars, pens, strict=True):
        codes = [ord(character) for character in char or " "]
        value = (sum(codes) if form & _WHOLE else codes[0] & 0xFF) + weights.get(pen, 0)
        if value != 0x20 or form & _BLANKS or pen.style != _DEFAULT:
            total += value
    return total


@lru_cache(maxsize=CACHED_PENS)
def _weight(pen: Pen) -> int:
    return sum(weight for field, weight in _WEIGHTS.items() if getattr(pen.style, field))


def _written(chars: list[str], pens: list[Pen]) -> int:
    """Return how many columns from the left somebody wrote to, as far as one can see."""
    end = len(chars)
    while end and chars[end - 1] == " " and pens[end - 1].style == _DEFAULT:
        end -= 1
    return end


SEQUENCES = {
    "$r": at_level(4, change_attributes),
    "$t": at_level(4, reverse_attributes),
    "$v": at_level(4, copy_rectangle),
    "$x": at_level(4, fill_rectangle),
    "$z": at_level(4, erase_rectangle),
    "${": at_level(4, selective_erase_rectangle),
    "*y": at_level(4, checksum),
    "#|": report_attributes,
}
