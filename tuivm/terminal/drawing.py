"""Text onto the screen: where characters land, how they wrap, what wide and combining ones do."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from tuivm.terminal import flood, modes
from tuivm.terminal.pen import PLAIN
from tuivm.terminal.row import PADDED, WRAPPED
from tuivm.terminal.widths import MAX_COMBINING, NARROW, is_narrow, width

if TYPE_CHECKING:
    from tuivm.terminal.screen import Screen

_RUNS = re.compile(f"(?=.)([{NARROW}]*+)([^{NARROW}]*+)", re.DOTALL)
"""Groups: characters of one column, and those of which that is not sure."""
_MARKS = re.compile("[\u0300-\u036f\u200c\u200d\ufe00-\ufe0f]+")
"""Characters that surely take no column; others may too."""


def write(screen: Screen, text: str) -> None:
    """Write characters (no controls) as they are, whatever the character set."""
    if is_narrow(text):
        write_narrow(screen, text)
        return
    for narrow, other in _RUNS.findall(text):
        if narrow:
            write_narrow(screen, narrow)
        at = 0
        while at < len(other):
            if marks := _MARKS.match(other, at):
                _combine(screen, marks[0])
                at = marks.end()
                continue
            # As many as surely find room; marks alone, and what is at the margin, are written one by one.
            count = max(4, (screen.columns - screen.cursor.x - 1) // 2)
            if not _write_cells(screen, other[at : at + count]):
                count = 4 if width(other[at]) else 1
                _write_one_by_one(screen, other[at : at + count])
            at += count


def _write_cells(screen: Screen, text: str) -> bool:
    """Write characters of any width where they find room; return False when that is less simple."""
    x = screen.cursor.x
    limit = screen.right + 1 if x <= screen.right else screen.columns
    if screen.wrap_pending or x + 2 * len(text) >= limit or modes.IRM in screen.mode or not width(text[0]):
        return False
    cells: list[str] = []
    for character in text:
        size = width(character)
        if size:
            cells.append(character)
            if size == 2:
                cells.append("")
        else:
            at = -1 if cells[-1] else -2
            if len(cells[at]) <= MAX_COMBINING:
                cells[at] += character
    end = x + len(cells)
    row = screen.row(screen.cursor.y)
    row.cut(x)
    row.cut(end)
    row.chars[x:end] = cells
    row.pens[x:end] = [screen.pen] * len(cells)
    screen.latest = (cells[-1] or cells[-2])[0]
    screen.cursor.x = end
    return True


def _write_one_by_one(screen: Screen, text: str) -> None:
    for columns, run in groupby(text, width):
        piece = "".join(run)
        if columns == 1:
            write_narrow(screen, piece)
        elif columns == 2:
            _write_wide(screen, piece)
        else:
            _combine(screen, piece)


def write_narrow(screen: Screen, text: str) -> None:
    """Write characters of one column each."""
    cursor = screen.cursor
    mode = screen.mode
    position, length = 0, len(text)
    while position < length:
        if screen.wrap_pending and modes.DECAWM in mode:
            if length - position > 2 * screen.columns:
                position += flood.write_full_rows(screen, text[position:])
            _wrap(screen)
        x = cursor.x
        limit = screen.right + 1 if x <= screen.right else screen.columns
        end = x + length - position
        if end > limit:
            end = limit
        inserts = modes.IRM in mode and x <= screen.right
        if inserts and x < screen.left:
            # Left of the margin nothing is moved, and behind it everything.
            end, inserts = min(end, screen.left), False
        piece = text[position : position + end - x] if length > end - x else text
        position += end - x
        y = cursor.y
        row = screen.row(y) if inserts else screen.begun(y, x, piece)
        if row.shared:
            screen.dirty.add(y)
        elif inserts:
            row.insert(x, limit, [*piece], screen.pen)
        else:
            row.cut(x)
            row.cut(end)
            row.chars[x:end] = piece
            row.pens[x:end] = [screen.pen] * (end - x)
        if end < limit:
            cursor.x = end
            continue
        cursor.x = limit - 1
        screen.wrap_pending = True
        if position < length and modes.DECAWM not in mode:
            # The rest goes over the last column: only its end is seen.
            screen.row(y).chars[limit - 1] = text[-1]
            break
    screen.latest = text


def _write_wide(screen: Screen, text: str) -> None:
    """Write characters of two columns each, as many at once as have room."""
    position = 0
    while position < len(text):
        if screen.wrap_pending:
            _wrap_or_stay(screen)
        x = screen.cursor.x
        limit = screen.right + 1 if x <= screen.right else screen.columns
        count = min((limit - x) // 2, len(text) - position)
        if count > 1 and modes.IRM not in screen.mode:
            _put_wide(screen, x, text[position : position + count], limit)
            position += count
        else:
            _write_one_wide(screen, text[position])
            position += 1


def _put_wide(screen: Screen, x: int, text: str, limit: int) -> None:
    """Write characters of two columns that find room up to ``limit``."""
    end = x + 2 * len(text)
    row = screen.row(screen.cursor.y)
    row.cut(x)
    row.cut(end)
    halves = [""] * (end - x)
    halves[::2] = text
    row.chars[x:end] = halves
    row.pens[x:end] = [screen.pen] * (end - x)
    screen.latest = text
    if end < limit:
        screen.cursor.x = end
    else:
        screen.cursor.x = limit - 1
        screen.wrap_pending = True


def _write_one_wide(screen: Screen, character: str) -> None:
    """Write one character of two columns; it never hangs over the margin.

    Where it finds no room and cannot wrap it is left out, as xterm has it.
    """
    x = screen.cursor.x
    limit = screen.right + 1 if x <= screen.right else screen.columns
    if x + 2 > limit:
        if modes.DECAWM in screen.mode and limit - screen.left >= 2:
            _wrap(screen, PADDED if x == screen.columns - 1 else WRAPPED)
            x = screen.cursor.x
            limit = screen.right + 1 if x <= screen.right else screen.columns
        if x + 2 > limit:
            return
    if modes.IRM in screen.mode and screen.left <= x <= screen.right:
        screen.row(screen.cursor.y).insert_blanks(x, limit, 2, PLAIN)
    _put_wide(screen, x, character, limit)


def _combine(screen: Screen, marks: str) -> None:
    """Add zero-width characters to the character before the cursor, a bounded number."""
    x = screen.cursor.x - (0 if screen.wrap_pending else 1)
    if x < 0:
        return
    chars = screen.buffer[screen.cursor.y].chars
    if x > 0 and not chars[x]:
        x -= 1
    room = 1 + MAX_COMBINING - len(chars[x])
    if room > 0:
        screen.row(screen.cursor.y).chars[x] += marks[:room]


def _wrap_or_stay(screen: Screen) -> None:
    """Go to the next line if autowrap is set; else nothing waits any more."""
    if modes.DECAWM in screen.mode:
        _wrap(screen)
    screen.wrap_pending = False


def _wrap(screen: Screen, how: int = WRAPPED) -> None:
    """Go to the next line because the margin was reached.

    Only the screen's own margin makes one line of two rows, and only where there is a row to go on in.
    """
    y = screen.cursor.y
    if screen.is_full_width and (y == screen.bottom or y < screen.lines - 1):
        ended = screen.buffer[y].ended(how, screen.columns)
        if ended is None:
            screen.row(y).wrapped = how
        else:
            screen.buffer[y] = ended
            screen.dirty.add(y)
    screen.cursor.x = screen.left
    screen.wrap_pending = False
    screen.index()
