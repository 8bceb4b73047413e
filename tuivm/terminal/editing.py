"""Control functions that change what is on the screen: erase, insert, delete, scroll, rectangles."""

from __future__ import annotations

from tuivm.terminal.motion import Params, arg
from tuivm.terminal.pen import PLAIN, Pen
from tuivm.terminal.screen import Screen


def _erase(screen: Screen, y: int, start: int, end: int) -> None:
    """Erase part of a row with the background colour."""
    row = screen.row(y)
    row.fill(start, end, screen.pen.eraser)
    if end >= screen.columns:
        row.wrapped = False


def erase_in_line(screen: Screen, params: Params) -> None:
    """EL: to the end (0), from the start (1), all (2)."""
    how = arg(params, default=0)
    x, y = screen.cursor.x, screen.cursor.y
    if how == 0:
        _erase(screen, y, x, screen.columns)
    elif how == 1:
        _erase(screen, y, 0, x + 1)
    elif how == 2:
        _erase(screen, y, 0, screen.columns)
    screen.wrap_pending = False


def erase_in_display(screen: Screen, params: Params) -> None:
    """ED: below (0), above (1), all (2), the scrollback (3)."""
    how = arg(params, default=0)
    y = screen.cursor.y
    if how == 0:
        erase_in_line(screen, (0,))
        _erase_rows(screen, y + 1, screen.lines)
    elif how == 1:
        erase_in_line(screen, (1,))
        _erase_rows(screen, 0, y)
    elif how == 2:
        _erase_rows(screen, 0, screen.lines)
        screen.wrap_pending = False
    elif how == 3:
        screen.scrollback.clear()


def _erase_rows(screen: Screen, start: int, end: int) -> None:
    screen.erase_rows(start, end, screen.pen.eraser)


def _erase_selected(screen: Screen, y: int, start: int, end: int) -> None:
    row = screen.row(y)
    for x in range(start, end):
        if not row.pens[x].style.protected:
            row.fill(x, x + 1, screen.pen.eraser)


def selective_erase_in_line(screen: Screen, params: Params) -> None:
    """DECSEL: EL that leaves protected characters."""
    x, y = screen.cursor.x, screen.cursor.y
    spans = {0: (x, screen.columns), 1: (0, x + 1), 2: (0, screen.columns)}
    span = spans.get(arg(params, default=0))
    if span:
        _erase_selected(screen, y, *span)


def selective_erase_in_display(screen: Screen, params: Params) -> None:
    """DECSED: ED that leaves protected characters."""
    how = arg(params, default=0)
    y = screen.cursor.y
    rows = {0: range(y + 1, screen.lines), 1: range(y), 2: range(screen.lines)}.get(how, range(0))
    if how in (0, 1):
        selective_erase_in_line(screen, (how,))
    for row in rows:
        _erase_selected(screen, row, 0, screen.columns)


def erase_characters(screen: Screen, params: Params) -> None:
    """ECH."""
    x = screen.cursor.x
    end = min(x + arg(params), screen.columns)
    screen.row(screen.cursor.y).fill(x, end, screen.pen.eraser)
    screen.wrap_pending = False


def insert_characters(screen: Screen, params: Params) -> None:
    """ICH."""
    x, y = screen.cursor.x, screen.cursor.y
    screen.wrap_pending = False
    if screen.left <= x <= screen.right:
        screen.row(y).insert_blanks(x, screen.right + 1, arg(params), screen.pen.eraser)


def delete_characters(screen: Screen, params: Params) -> None:
    """DCH."""
    x, y = screen.cursor.x, screen.cursor.y
    screen.wrap_pending = False
    if screen.left <= x <= screen.right:
        screen.row(y).delete(x, screen.right + 1, arg(params), screen.pen.eraser)


def _is_in_region(screen: Screen) -> bool:
    cursor = screen.cursor
    return screen.top <= cursor.y <= screen.bottom and screen.left <= cursor.x <= screen.right


def insert_lines(screen: Screen, params: Params) -> None:
    """IL, inside the margins alone; the cursor goes to the left margin."""
    if _is_in_region(screen):
        screen.scroll_down(screen.cursor.y, arg(params))
        screen.move(screen.left, screen.cursor.y)


def delete_lines(screen: Screen, params: Params) -> None:
    """DL, inside the margins alone; the cursor goes to the left margin. Nothing goes to the scrollback."""
    if _is_in_region(screen):
        screen.scroll_up(screen.cursor.y, arg(params), keep=False)
        screen.move(screen.left, screen.cursor.y)


def scroll_up(screen: Screen, params: Params) -> None:
    """SU."""
    screen.scroll_up(screen.top, arg(params))


def scroll_down(screen: Screen, params: Params) -> None:
    """SD."""
    screen.scroll_down(screen.top, arg(params))


def insert_columns(screen: Screen, params: Params) -> None:
    """DECIC: blank columns come in at the cursor, in every row between the margins."""
    if _is_in_region(screen):
        for y in range(screen.top, screen.bottom + 1):
            row = screen.row(y)
            row.insert_blanks(screen.cursor.x, screen.right + 1, arg(params), screen.pen.eraser)


def delete_columns(screen: Screen, params: Params) -> None:
    """DECDC."""
    if _is_in_region(screen):
        for y in range(screen.top, screen.bottom + 1):
            row = screen.row(y)
            row.delete(screen.cursor.x, screen.right + 1, arg(params), screen.pen.eraser)


def repeat(screen: Screen, params: Params) -> None:
    """REP: the last character again, at most a screenful."""
    if screen.last:
        count = min(arg(params), screen.columns * screen.lines)
        screen.write(screen.last * count)


def alignment(screen: Screen, _: Params) -> None:
    """DECALN: the screen full of E, margins at the edges, cursor home."""
    screen.erase_rows(0, screen.lines, PLAIN, "E")
    screen.set_region(None, None)
    screen.move(0, 0)


def _rectangle(screen: Screen, params: Params) -> tuple[range, int, int] | None:
    """Read ``top;left;bottom;right``; return rows, first column, end column, or None when it is empty."""
    y0, x0 = (screen.top, screen.left) if screen.is_origin else (0, 0)
    y1 = screen.bottom if screen.is_origin else screen.lines - 1
    x1 = screen.right if screen.is_origin else screen.columns - 1
    top, left = y0 + arg(params) - 1, x0 + arg(params, 1) - 1
    bottom = min(y0 + arg(params, 2, screen.lines) - 1, y1)
    right = min(x0 + arg(params, 3, screen.columns) - 1, x1)
    return (range(top, bottom + 1), left, right + 1) if top <= bottom and left <= right else None


def _fill_rectangle(screen: Screen, params: Params, pen: Pen, char: str = " ") -> None:
    area = _rectangle(screen, params)
    if area:
        rows, start, end = area
        for y in rows:
            screen.row(y).fill(start, end, pen, char)


def fill_rectangle(screen: Screen, params: Params) -> None:
    """DECFRA."""
    code = arg(params, default=0)
    if 32 <= code <= 126 or 160 <= code <= 255:
        _fill_rectangle(screen, params[1:], screen.pen, chr(code))


def erase_rectangle(screen: Screen, params: Params) -> None:
    """DECERA."""
    _fill_rectangle(screen, params, screen.pen.eraser)


def selective_erase_rectangle(screen: Screen, params: Params) -> None:
    """DECSERA."""
    area = _rectangle(screen, params)
    if area:
        for y in area[0]:
            _erase_selected(screen, y, area[1], area[2])


def copy_rectangle(screen: Screen, params: Params) -> None:
    """DECCRA: from ``top;left;bottom;right;page`` to ``top;left;page``."""
    area = _rectangle(screen, params)
    if not area:
        return
    rows, start, end = area
    y0, x0 = (screen.top, screen.left) if screen.is_origin else (0, 0)
    to_y, to_x = y0 + arg(params, 5) - 1, x0 + arg(params, 6) - 1
    pairs = list(zip(rows, range(to_y, screen.lines), strict=False))
    # Downwards the last row goes first, so that no row is read after it was written.
    for y, to in reversed(pairs) if to_y > rows[0] else pairs:
        screen.row(to).copy_from(screen.buffer[y], start, end, to_x)


ESCAPES = {"#8": alignment}
SEQUENCES = {
    "@": insert_characters,
    "J": erase_in_display,
    "K": erase_in_line,
    "L": insert_lines,
    "M": delete_lines,
    "P": delete_characters,
    "S": scroll_up,
    "T": scroll_down,
    "X": erase_characters,
    "b": repeat,
    "?J": selective_erase_in_display,
    "?K": selective_erase_in_line,
    "'}": insert_columns,
    "'~": delete_columns,
    "$x": fill_rectangle,
    "$z": erase_rectangle,
    "${": selective_erase_rectangle,
    "$v": copy_rectangle,
}
