"""Changing the size of a screen."""

from __future__ import annotations

from tuivm.terminal.row import Row
from tuivm.terminal.screen import Screen
from tuivm.terminal.scrollback import Line


def resize(screen: Screen, columns: int, lines: int) -> None:
    """Change the size of both screens. The main one trades lines with the scrollback."""
    if (columns, lines) == (screen.columns, screen.lines):
        return
    main, alternate = (screen.other, screen.buffer) if screen.is_alternate else (screen.buffer, screen.other)
    saved = screen.saved[0]
    cursor_y = saved.y if screen.is_alternate else screen.cursor.y
    shift = _fit_main(screen, main, cursor_y, lines)
    saved = screen.saved[0] = saved._replace(y=max(0, min(saved.y + shift, lines - 1)))
    _fit_alternate(alternate, lines)
    for rows in (main, alternate):
        for y, row in enumerate(rows):
            if row.shared:
                rows[y] = row.copy()
            rows[y].fit(columns)
    screen.columns, screen.lines = columns, lines
    screen.set_region(None, None)
    screen.move(screen.cursor.x, screen.cursor.y + (0 if screen.is_alternate else shift))
    screen.dirty.clear()
    screen.touch()


def _fit_main(screen: Screen, rows: list[Row], cursor_y: int, lines: int) -> int:
    """Give the main screen ``lines`` rows; return by how many rows its text moved down (negative: up)."""
    if lines < len(rows):
        below = min(len(rows) - lines, max(0, len(rows) - 1 - cursor_y))
        del rows[len(rows) - below :]
        above = len(rows) - lines
        for row in rows[:above]:
            screen.scrollback.append(Line.of(row))
        del rows[:above]
        return -above
    missing = lines - len(rows)
    back = min(missing, len(screen.scrollback))
    for _ in range(back):
        line = screen.scrollback.pop()
        rows.insert(0, line.row())
    rows.extend(Row([], []) for _ in range(missing - back))
    return back


def _fit_alternate(rows: list[Row], lines: int) -> None:
    del rows[lines:]
    rows.extend(Row([], []) for _ in range(lines - len(rows)))


def clear(screen: Screen) -> None:
    """Empty the scrollback and what is above the cursor's line on the main screen; it goes to the top."""
    scrollback = screen.scrollback
    scrollback.clear()
    if screen.is_alternate:
        return
    top = screen.cursor.y
    while top and screen.buffer[top - 1].wrapped:
        top -= 1
    screen.buffer[:] = [*screen.buffer[top:], *screen.blank_rows(top)]
    # Numbers stay with their lines, and those of the cleared ones are gone.
    scrollback.total += top
    screen.cursor.y -= top
    saved = screen.saved[0]
    screen.saved[0] = saved._replace(y=max(0, saved.y - top))
    screen.touch()
