"""What happened: events of libvirt and results of jobs, with their time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content

from tuivm.ui.dialogs.sheet import Sheet
from tuivm.ui.log import LogEntry
from tuivm.ui.words import content

_INDENT = 11
"""Columns of the time and the sign."""


class LogScreen(Sheet[None]):
    """The log over the whole screen, newest last; it grows while it is looked at."""

    TITLE_TEXT = "Log"
    HINT = "Esc close   ↑↓ PgUp PgDn scroll   End newest"

    def __init__(self, entries: Sequence[LogEntry], close_keys: Iterable[str] = ()) -> None:
        super().__init__(close_keys)
        self._entries = entries

    def on_mount(self) -> None:
        """Begin at the newest."""
        self.call_after_refresh(self.lines.scroll_end, animate=False)

    def on_resize(self) -> None:
        """Long lines are broken to the width."""
        self.call_after_refresh(self.renew)

    def renew(self) -> None:
        """Show what was added, staying at the end if the end was in view."""
        width = self.lines.size.width
        lines = [line for entry in self._entries for line in _folded(entry.line(), width)]
        self.lines.show(lines or [content("Nothing happened yet.", "$muted")], follow=True)


def _folded(line: Content, width: int) -> list[Content]:
    """The line, broken where it is too long, with what follows under its first word."""
    if line.cell_length <= width or width < 2 * _INDENT:
        return [line]
    first, *more = line.wrap(width - _INDENT)
    return [first, *(content(" " * _INDENT) + piece for piece in more)]
