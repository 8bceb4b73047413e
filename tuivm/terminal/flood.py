"""Lines of plain text in bulk, as logs and floods bring them.

Lines that scroll straight off the screen become scrollback without ever being cells.
"""

from __future__ import annotations

from tuivm.terminal import modes
from tuivm.terminal.pen import PLAIN
from tuivm.terminal.row import Row
from tuivm.terminal.screen import Screen
from tuivm.terminal.scrollback import Line


def write_lines(screen: Screen, block: str) -> None:
    """Write printable ASCII lines, each ended by CR LF. The same as one by one, only faster."""
    lines = block.split("\r\n")
    lines.pop()
    # The rows down to the bottom one may hold text: they are written over.
    done = min(screen.lines - screen.cursor.y, len(lines)) if _is_simple(screen) else len(lines)
    for line in lines[:done]:
        if line:
            screen.draw(line)
        screen.wrap_pending = False
        screen.cursor.x = screen.left if screen.cursor.x >= screen.left else 0
        screen.index()
    if done < len(lines):
        _scroll_in(screen, lines[done:])


def _is_simple(screen: Screen) -> bool:
    """Return whether nothing but the pen decides what a character becomes."""
    return (
        screen.pen.eraser is PLAIN
        and screen.charsets[screen.shift] is None
        and not screen.single_shift
        and modes.IRM not in screen.mode
        and modes.DECAWM in screen.mode
        and (screen.top, screen.bottom, screen.left, screen.right)
        == (0, screen.lines - 1, 0, screen.columns - 1)
    )


def _scroll_in(screen: Screen, lines: list[str]) -> None:
    """Write lines from the bottom row, which is blank, with the cursor at its start."""
    columns = screen.columns
    pieces: list[tuple[str, bool]] = []
    for line in lines:
        if len(line) <= columns:
            pieces.append((line, False))
        else:
            pieces.extend(
                (line[at : at + columns], at + columns < len(line)) for at in range(0, len(line), columns)
            )
    blank = screen.buffer.pop()
    old = screen.buffer
    through = max(0, len(pieces) - len(old))
    keep = not screen.is_alternate
    if keep:
        screen.keep(old[: len(pieces)])
        screen.scrollback.extend([_line(screen, *piece) for piece in pieces[:through]])
    del old[: len(pieces)]
    for text, wrapped in pieces[through:]:
        row = Row.blank(columns)
        row.chars[: len(text)] = text
        row.pens[: len(text)] = [screen.pen] * len(text)
        row.wrapped = wrapped
        old.append(row)
    old.append(blank)
    last = next((line for line in reversed(lines) if line), "")
    if last:
        screen.last = last[-1]
    screen.touch()


def _line(screen: Screen, text: str, wrapped: bool) -> Line:
    if screen.pen is PLAIN:
        return Line(text.rstrip(" "), None, wrapped)
    return Line(text, ((len(text), screen.pen),) if text else None, wrapped)
