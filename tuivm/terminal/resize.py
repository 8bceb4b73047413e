"""Changing the size of a screen, and clearing it for the user.

The main screen is folded anew and trades lines with the scrollback; nothing of it is lost but the oldest
lines when the scrollback is full. The alternate screen belongs to a program that draws it again: it is
cropped, and what was hidden comes back.
"""

from __future__ import annotations

from tuivm.terminal.marks import first_number
from tuivm.terminal.pen import PLAIN
from tuivm.terminal.reflow import Cursor, Flow, Printed
from tuivm.terminal.row import Row
from tuivm.terminal.screen import Screen
from tuivm.terminal.scrollback import line_of, pack


def resize(screen: Screen, columns: int, lines: int) -> None:
    """Change the size of both screens and put the marks where their text is now."""
    if (columns, lines) == (screen.columns, screen.lines):
        return
    alternate = screen.buffer if screen.is_alternate else screen.other
    _Main(screen).resize(columns, lines)
    del alternate[lines:]
    alternate.extend(Row([], []) for _ in range(lines - len(alternate)))
    _fit(alternate, columns)
    saved = screen.saved[1]
    screen.saved[1] = saved._replace(x=min(saved.x, columns - 1), y=min(saved.y, lines - 1))
    screen.columns, screen.lines = columns, lines
    screen.set_region(None, None)
    if screen.is_alternate:
        is_waiting = screen.wrap_pending and screen.cursor.x == columns - 1
        screen.move(screen.cursor.x, screen.cursor.y)
        screen.wrap_pending = is_waiting
    screen.dirty.clear()
    screen.touch()


def _fit(rows: list[Row], columns: int) -> None:
    """Make rows as wide as the screen. What they hide beyond is kept."""
    for y, row in enumerate(rows):
        if len(row) != columns:
            if row.shared:
                rows[y] = row = row.copy()
            row.fit(columns)


def _is_blank(row: Printed) -> bool:
    """Return whether a row shows no character; its background may have a colour."""
    return not (line_of(row) if isinstance(row, str) else row).text.strip(" ")


def _is_empty(row: Row) -> bool:
    """Return whether a row is as new."""
    return _is_blank(row) and row.pens.count(PLAIN) == len(row.pens)


class _Main:
    """The main screen with the lines above it, while its size changes."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.rows = screen.other if screen.is_alternate else screen.buffer
        self.height = len(self.rows)
        self.total = screen.scrollback.total
        saved = screen.saved[0]
        self.saved = Cursor(saved.y, saved.x, saved.wrap_pending)
        self.cursor = (
            self.saved
            if screen.is_alternate
            else Cursor(screen.cursor.y, screen.cursor.x, screen.wrap_pending)
        )
        self.below = screen.below[1] if screen.below and screen.below[0] is self.rows[-1] else []
        """Rows that found no room below the cursor when the screen became shorter."""

    def resize(self, columns: int, lines: int) -> None:
        """Fold and part anew what is above, on and below the screen."""
        screen = self.screen
        scrollback = screen.scrollback
        growth = max(0, lines - self.height)
        # At the same width only the lines that come back are of interest.
        start = max(0, len(scrollback) - growth) if columns == screen.columns else 0
        above = scrollback.kept(start)
        base = first_number(scrollback) + start
        top = len(above)
        rows: list[Printed] = [*above, *self.rows, *self.below]
        is_full = bool(self.below) or max(self._last_text(), self.cursor.row) == self.height - 1
        flow = Flow(rows, screen.columns, columns, _down(self.cursor, top))
        end = len(flow.rows)
        while end > flow.cursor.row + 1 and _is_blank(flow.rows[end - 1]):
            end -= 1
        at = flow.find(top, 0)[0] - growth
        if is_full:
            at = min(at, end - lines)
        at = min(max(at, end - lines), flow.cursor.row)
        at = max(at, flow.cursor.row - lines + 1, 0)
        self._divide(flow.rows, start, at, columns, lines)
        scrollback.total = base + at
        self._move_marks(flow, base, at, columns, lines)
        self._put_cursors(flow, top, at, lines)

    def _last_text(self) -> int:
        """Return the last row of the screen that shows a character."""
        return max((y for y, row in enumerate(self.rows) if not _is_blank(row)), default=0)

    def _divide(self, rows: list[Printed], start: int, top: int, columns: int, lines: int) -> None:
        """Put rows into the scrollback from ``start`` on, on the screen and below it."""
        scrollback = self.screen.scrollback
        scrollback.replace(start, [pack(row) if isinstance(row, Row) else row for row in rows[:top]])
        shown = [row if isinstance(row, Row) else line_of(row).row() for row in rows[top:]]
        below = shown[lines:]
        while below and _is_empty(below[-1]):
            below.pop()
        self.rows[:] = shown[:lines]
        self.rows.extend(Row([], []) for _ in range(lines - len(self.rows)))
        if below and self.rows[-1].shared:
            self.rows[-1] = self.rows[-1].copy()
        _fit(self.rows, columns)
        # As long as the bottom row is the same one nothing scrolled: what was below it still follows it.
        self.screen.below = (self.rows[-1], below) if below else None

    def _move_marks(self, flow: Flow, base: int, top: int, columns: int, lines: int) -> None:
        total = base + top
        is_alternate = self.screen.is_alternate

        def place(number: int, column: int) -> tuple[int, int]:
            if is_alternate and number >= self.total:
                return total + min(number - self.total, lines - 1), min(column, columns - 1)
            if number < base:
                return number, min(column, columns - 1)
            row, column = flow.find(number - base, column)
            return base + row, column

        self.screen.marks.move(place)

    def _put_cursors(self, flow: Flow, top: int, at: int, lines: int) -> None:
        """Put the cursor, and that which DECSC saved, on their characters."""
        screen = self.screen
        saved = flow.cursor if screen.is_alternate else flow.place(_down(self.saved, top))
        row = max(0, min(saved.row - at, lines - 1))
        screen.saved[0] = screen.saved[0]._replace(x=saved.column, y=row, wrap_pending=saved.pending)
        if not screen.is_alternate:
            screen.cursor.x, screen.cursor.y = flow.cursor.column, flow.cursor.row - at
            screen.wrap_pending = flow.cursor.pending


def _down(cursor: Cursor, rows: int) -> Cursor:
    """Return a cursor counted from ``rows`` further above."""
    return Cursor(cursor.row + rows, cursor.column, cursor.pending)


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
