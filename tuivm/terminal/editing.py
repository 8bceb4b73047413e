"""Control functions that change what is on the screen: erase, insert, delete, scroll."""

from __future__ import annotations

from collections.abc import Callable

from tuivm.terminal import flood, modes
from tuivm.terminal.motion import Params, arg, at_level
from tuivm.terminal.pen import PLAIN, Pen
from tuivm.terminal.row import Row
from tuivm.terminal.screen import Screen


def erase(screen: Screen, y: int, start: int, end: int, *, selective: bool = False) -> None:
    """Erase part of a row with the background colour.

    Selective erasing leaves what is protected. Ordinary erasing leaves what SPA protects, not what DECSCA
    does (as xterm has it).
    """
    eraser = screen.pen.eraser
    row = screen.buffer[y]
    if row.uniform == (" ", eraser):
        return
    heeded = screen.device.protected and (selective or screen.device.iso_protection)
    if heeded and any(pen.style.protected for pen in set(row.pens[start:end])):
        row = screen.row(y)
        for x in range(start, end):
            if not row.pens[x].style.protected:
                row.fill(x, x + 1, eraser)
    elif start == 0 and end >= screen.columns:
        screen.erase_rows(y, y + 1, eraser)
    elif end >= screen.columns and eraser is PLAIN and (kept := row.cropped(start, end)) is not None:
        screen.buffer[y] = kept
        screen.dirty.add(y)
    else:
        row = screen.row(y)
        row.fill(start, end, eraser)
        if end >= screen.columns:
            row.wrapped = 0


def _erase_rows(screen: Screen, start: int, end: int, *, selective: bool = False) -> None:
    """Erase whole rows."""
    if screen.device.protected and (selective or screen.device.iso_protection):
        for y in range(start, end):
            erase(screen, y, 0, screen.columns, selective=selective)
    else:
        screen.erase_rows(start, end, screen.pen.eraser)


def _erase_line(screen: Screen, how: int, *, selective: bool = False) -> None:
    x, y = screen.cursor.x, screen.cursor.y
    if how <= 2:
        erase(screen, y, 0 if how else x, x + 1 if how == 1 else screen.columns, selective=selective)
        screen.wrap_pending = False


def _erase_display(screen: Screen, how: int, *, selective: bool = False) -> None:
    y = screen.cursor.y
    if how == 0:
        _erase_line(screen, 0, selective=selective)
        _erase_rows(screen, y + 1, screen.lines, selective=selective)
    elif how == 1:
        _erase_line(screen, 1, selective=selective)
        _erase_rows(screen, 0, y, selective=selective)
    elif how == 2:
        _erase_rows(screen, 0, screen.lines, selective=selective)
        screen.wrap_pending = False


def erase_in_line(screen: Screen, params: Params) -> None:
    """EL: to the end (0), from the start (1), all (2)."""
    _erase_line(screen, arg(params, default=0))


def erase_in_display(screen: Screen, params: Params) -> None:
    """ED: below (0), above (1), all (2), the scrollback (3)."""
    how = arg(params, default=0)
    if how == 3:
        screen.scrollback.clear()
    else:
        _erase_display(screen, how)


def selective_erase_in_line(screen: Screen, params: Params) -> None:
    """DECSEL: EL that leaves protected characters."""
    _erase_line(screen, arg(params, default=0), selective=True)


def selective_erase_in_display(screen: Screen, params: Params) -> None:
    """DECSED: ED that leaves protected characters."""
    _erase_display(screen, arg(params, default=0), selective=True)


def erase_characters(screen: Screen, params: Params) -> None:
    """ECH: knows no margins."""
    x = screen.cursor.x
    erase(screen, screen.cursor.y, x, min(x + arg(params), screen.columns))
    screen.wrap_pending = False


def insert_characters(screen: Screen, params: Params) -> None:
    """ICH: between the side margins alone."""
    x, y = screen.cursor.x, screen.cursor.y
    screen.wrap_pending = False
    if screen.left <= x <= screen.right and not screen.is_blank(y, screen.pen.eraser):
        screen.row(y).insert_blanks(x, screen.right + 1, arg(params), screen.pen.eraser)


def delete_characters(screen: Screen, params: Params) -> None:
    """DCH: between the side margins alone."""
    x, y = screen.cursor.x, screen.cursor.y
    screen.wrap_pending = False
    if screen.left <= x <= screen.right and not screen.is_blank(y, screen.pen.eraser):
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
    """SD. With five parameters it would start highlight mouse tracking, which does nothing."""
    if len(params) <= 1:
        screen.scroll_down(screen.top, arg(params))


def _insert_columns(screen: Screen, x: int, count: int) -> None:
    """Shift what is right of ``x``, between the margins, to the right."""
    _shift(screen, Row.insert_blanks, x, count)


def _delete_columns(screen: Screen, x: int, count: int) -> None:
    """Shift what is right of ``x``, between the margins, to the left."""
    _shift(screen, Row.delete, x, count)


def _shift(screen: Screen, how: Callable[[Row, int, int, int, Pen], None], x: int, count: int) -> None:
    """Shift columns from ``x`` to the right margin in every row between the margins."""
    pen, end, buffer = screen.pen.eraser, screen.right + 1, screen.buffer
    if count >= end - x and end - x == screen.columns:
        # Nothing of it is left.
        screen.erase_rows(screen.top, screen.bottom + 1, pen)
        return
    blank = (" ", pen)
    known = screen.memo.table(("used", pen))
    for y in range(screen.top, screen.bottom + 1):
        row = buffer[y]
        if row.uniform == blank:
            continue
        used = known.get(row)
        if used is None:
            screen.memo.remember(row)
            used = known[row] = row.used(pen)
        if used > x:
            how(screen.row(y), x, end, count, pen)


def insert_columns(screen: Screen, params: Params) -> None:
    """DECIC: blank columns come in at the cursor, in every row between the margins."""
    if _is_in_region(screen):
        _insert_columns(screen, screen.cursor.x, arg(params))


def delete_columns(screen: Screen, params: Params) -> None:
    """DECDC."""
    if _is_in_region(screen):
        _delete_columns(screen, screen.cursor.x, arg(params))


def scroll_left(screen: Screen, params: Params) -> None:
    """SL: what is between the margins goes to the left."""
    _delete_columns(screen, screen.left, arg(params))


def scroll_right(screen: Screen, params: Params) -> None:
    """SR."""
    _insert_columns(screen, screen.left, arg(params))


def back_index(screen: Screen, _: Params) -> None:
    """DECBI: left, scrolling to the right at the left margin."""
    x, y = screen.cursor.x, screen.cursor.y
    if x != screen.left:
        screen.move(x - 1, y)
    elif screen.top <= y <= screen.bottom:
        _insert_columns(screen, screen.left, 1)
        screen.wrap_pending = False


def forward_index(screen: Screen, _: Params) -> None:
    """DECFI: right, scrolling to the left at the right margin."""
    x, y = screen.cursor.x, screen.cursor.y
    if x != screen.right:
        screen.move(x + 1, y)
    elif screen.top <= y <= screen.bottom:
        _delete_columns(screen, screen.left, 1)
        screen.wrap_pending = False


def repeat(screen: Screen, params: Params) -> None:
    """REP: the last character again, at most a screenful.

    Only once, and only where it stands right before the cursor: after another control function there is
    nothing to repeat, as xterm has it.
    """
    x = screen.cursor.x
    before = x if screen.wrap_pending else x - 1
    is_behind = before >= 0 and screen.buffer[screen.cursor.y].at(before).startswith(screen.last or " ")
    if screen.last and is_behind:
        count = min(arg(params), screen.columns * screen.lines)
        if count <= screen.columns or not flood.write_repeated(screen, screen.last, count):
            screen.write(screen.last * count)
        screen.latest = ""


def alignment(screen: Screen, _: Params) -> None:
    """DECALN: the screen full of E, margins at the edges, plain pen, cursor home (DEC STD 070, D-19)."""
    screen.erase_rows(0, screen.lines, PLAIN, "E")
    screen.set_pen(PLAIN)
    screen.mode.discard(modes.DECOM)
    screen.set_region(None, None)
    screen.move(0, 0)


ESCAPES = {"#8": alignment, "6": at_level(4, back_index), "9": at_level(4, forward_index)}
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
    "^": scroll_down,
    "b": repeat,
    "?J": selective_erase_in_display,
    "?K": selective_erase_in_line,
    "'}": at_level(4, insert_columns),
    "'~": at_level(4, delete_columns),
    " @": scroll_left,
    " A": scroll_right,
}
