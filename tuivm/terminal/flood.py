"""Lines in bulk, as logs and floods bring them.

Lines that scroll straight off the screen become scrollback without ever being cells, and those that stay are
unpacked when somebody looks. The result is that of writing them one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from tuivm.terminal import modes
from tuivm.terminal.packed import SGR
from tuivm.terminal.pen import PLAIN
from tuivm.terminal.row import WRAPPED, Row, shared_full
from tuivm.terminal.widths import without_wide

if TYPE_CHECKING:
    from tuivm.terminal.screen import Screen

_SGR_KEPT = re.compile(f"({SGR.pattern})")
_BACKGROUND = re.compile(r"[\[;:]0*+(?:4[0-8]|10[0-7])[;:m]")
"""Where an SGR may set a background, which then fills the row that a wrap brings."""


def write_lines(screen: Screen, block: str, one_by_one: Callable[[str], None]) -> None:
    """Write whole lines (``tokens.LINES``) from column 0; ``one_by_one`` does it the slow way."""
    if not _is_ready(screen):
        one_by_one(block)
        return
    lines = block.split("\r\n")
    lines.pop()
    room = screen.lines - screen.cursor.y
    if any(row.packed != "" for row in screen.buffer[screen.cursor.y :]):
        # The rows down to the bottom one hold something: they are written over.
        _slowly(lines[:room], one_by_one)
        lines = lines[room:]
        block = "\r\n".join([*lines, ""])
    plain = SGR.sub("", block) if "\x1b" in block else block
    widths = list(map(len, plain.split("\r\n")))
    if not plain.isascii():
        narrow = map(len, without_wide(plain).split("\r\n"))
        widths = [2 * width - count for width, count in zip(widths, narrow, strict=True)]
    if max(widths) > screen.columns:
        _write_folded(screen, lines, widths, one_by_one)
    else:
        _put(screen, lines)
    last = plain.rstrip("\r\n")
    if last:
        screen.latest = last[-1]


def _slowly(lines: list[str], one_by_one: Callable[[str], None]) -> None:
    if lines:
        one_by_one("\r\n".join([*lines, ""]))


def _is_ready(screen: Screen) -> bool:
    """Return whether lines become what they are by themselves: plain pen, no margins, no modes.

    In a single column wide characters find no room at all.
    """
    return (
        screen.pen is PLAIN
        and screen.is_simple()
        and modes.DECAWM in screen.mode
        and screen.top == 0
        and screen.bottom == screen.lines - 1
        and screen.columns > 1
    )


def _write_folded(
    screen: Screen, lines: list[str], widths: list[int], one_by_one: Callable[[str], None]
) -> None:
    """Write lines some of which wrap."""
    columns = screen.columns
    packed: list[str] = []
    for line, width in zip(lines, widths, strict=False):
        if width <= columns:
            packed.append(line)
        elif "\x1b" not in line and width == len(line):
            cuts = range(0, width, columns)
            packed.extend([line[at : at + columns] + "\n" for at in cuts])
            packed[-1] = packed[-1][:-1]
        elif (pieces := _fold(line, columns)) is not None:
            packed.extend(pieces)
        else:
            _put(screen, packed)
            packed = []
            one_by_one(line + "\r\n")
    _put(screen, packed)


def _fold(line: str, columns: int) -> list[str] | None:
    """Fold a line with SGR sequences; None when it has wide characters, or a background that fills rows."""
    parts = _SGR_KEPT.split(line)
    if not all(map(str.isascii, parts[::2])) or _BACKGROUND.search(line):
        return None
    pieces = []
    piece, used, active = "", 0, ""
    for text, sequence in zip(parts[::2], [*parts[1::2], ""], strict=True):
        while used + len(text) > columns:
            cut = columns - used
            pieces.append(piece + text[:cut] + "\n")
            piece, used, text = active, 0, text[cut:]
        piece += text + sequence
        used += len(text)
        active = "" if not sequence.strip("\x1b[0m") else active + sequence
    pieces.append(piece)
    return pieces


def _put(screen: Screen, packed: list[str]) -> None:
    """Write packed lines from the cursor's row on, which is blank as all below it."""
    if not packed:
        return
    y, height = screen.cursor.y, screen.lines
    out = max(0, y + len(packed) + 1 - height)
    rows = screen.buffer[:y]
    if not screen.is_alternate:
        screen.scrollback.keep(rows[:out])
        screen.scrollback.extend(packed[: max(0, out - y)])
    columns = screen.columns
    rows = rows[out:] + [Row.lazy(line, columns) for line in packed[max(0, out - y) :]]
    rows += screen.blank_rows(height - len(rows))
    screen.buffer[:] = rows
    screen.cursor.x = 0
    screen.cursor.y = min(y + len(packed), height - 1)
    screen.wrap_pending = False
    screen.touch()


def write_full_rows(screen: Screen, text: str) -> int:
    """Write the rows that one narrow character fills when a wrap waits; return how many characters it took.

    The last row is left to be written one by one. 0 when anything makes it less simple.
    """
    count = (len(text) - 1) // screen.columns
    is_plain = screen.is_simple() and modes.DECAWM in screen.mode and screen.wrap_pending
    if not is_plain or screen.top or screen.bottom != screen.lines - 1 or text.count(text[0]) != len(text):
        return 0
    screen.row(screen.cursor.y).wrapped = WRAPPED
    rows = screen.buffer[: screen.cursor.y + 1]
    rows += [shared_full(screen.columns, screen.pen, text[0])] * count
    out = max(0, len(rows) - screen.lines)
    if out and not screen.is_alternate:
        screen.scrollback.keep(rows[:out])
    below = screen.buffer[len(rows) :] if not out else []
    screen.buffer[:] = rows[out:] + below
    screen.cursor.y = len(rows) - out - 1
    # The last of them does not wrap yet: it waits for what comes.
    screen.buffer[screen.cursor.y] = screen.buffer[screen.cursor.y].copy()
    screen.buffer[screen.cursor.y].wrapped = 0
    screen.touch()
    return count * screen.columns


def write_repeated(screen: Screen, character: str, count: int) -> bool:
    """Write a plain ASCII character over several rows; return False when anything makes it less simple."""
    y, columns, x = screen.cursor.y, screen.columns, screen.cursor.x
    if screen.wrap_pending:
        x = columns
    full, last = divmod(x + count - 1 - columns, columns)
    if full < 1 or not character.isascii() or not _is_ready(screen):
        return False
    first = screen.buffer[y].extended(x, character * (columns - x), columns)
    first = first.ended(WRAPPED, columns) if first is not None else None
    at = y + 1 + full
    if first is None or (at < screen.lines and screen.buffer[at].packed != ""):
        return False
    middle = shared_full(columns, PLAIN, character)
    above = [*screen.buffer[:y], middle if first.packed == middle.packed else first]
    out = max(0, at + 1 - screen.lines)
    if out and not screen.is_alternate:
        if above.count(middle) == y + 1:
            screen.scrollback.repeat(middle, out)
        else:
            screen.scrollback.keep([*above, *[middle] * (out - y - 1)][:out])
    rows = [*above[out:], *[middle] * min(full, screen.lines - 1), Row.lazy(character * (last + 1), columns)]
    screen.buffer[: at + 1] = rows[-screen.lines :]
    screen.cursor.y = at - out
    screen.wrap_pending = last + 1 == columns
    screen.cursor.x = last if screen.wrap_pending else last + 1
    screen.touch()
    return True


def linefeeds(screen: Screen, count: int) -> None:
    """LF, several at once, when LNM is not set."""
    steps = screen.bottom - screen.cursor.y
    if not 0 <= steps < count or not screen.left <= screen.cursor.x <= screen.right:
        for _ in range(min(count, 2 * screen.lines)):
            screen.index()
        return
    screen.cursor.y = screen.bottom
    screen.wrap_pending = False
    count -= steps
    height = screen.bottom - screen.top + 1
    screen.scroll_up(screen.top, min(count, height))
    if count > height and screen.top == 0 and screen.is_full_width and not screen.is_alternate:
        screen.scrollback.repeat(screen.buffer[0], count - height)


def reverse_indexes(screen: Screen, count: int) -> None:
    """RI, several at once."""
    steps = screen.cursor.y - screen.top
    if not 0 <= steps < count or not screen.left <= screen.cursor.x <= screen.right:
        for _ in range(min(count, 2 * screen.lines)):
            screen.reverse_index()
        return
    screen.cursor.y = screen.top
    screen.wrap_pending = False
    screen.scroll_down(screen.top, min(count - steps, screen.bottom - screen.top + 1))
