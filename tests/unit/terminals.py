"""What the terminal's tests share."""

from __future__ import annotations

from tuivm.terminal import Terminal


def make(data: str | bytes = b"", columns: int = 10, lines: int = 4, scrollback: int = 100) -> Terminal:
    """A small terminal that was fed ``data``."""
    terminal = Terminal(columns, lines, scrollback)
    terminal.feed(data.encode() if isinstance(data, str) else data)
    return terminal


def text(terminal: Terminal) -> list[str]:
    """Rows without trailing blanks, and without the empty ones at the end."""
    rows = [row.rstrip() for row in terminal.screen.display]
    while rows and not rows[-1]:
        rows.pop()
    return rows


def cursor(terminal: Terminal) -> tuple[int, int]:
    """Column and row, from 0."""
    return terminal.screen.cursor.x, terminal.screen.cursor.y
