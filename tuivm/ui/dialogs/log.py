"""What happened: events of libvirt and results of jobs, with their time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tuivm.ui.dialogs.sheet import Sheet
from tuivm.ui.log import LogEntry
from tuivm.ui.words import content


class LogScreen(Sheet):
    """The log over the whole screen, newest last; it grows while it is looked at."""

    TITLE_TEXT = "Log"
    HINT = "Esc close   ↑↓ PgUp PgDn scroll   End newest"

    def __init__(self, entries: Sequence[LogEntry], close_keys: Iterable[str] = ()) -> None:
        super().__init__(close_keys)
        self._entries = entries

    def on_mount(self) -> None:
        """Begin at the newest."""
        self.call_after_refresh(self.lines.scroll_end, animate=False)

    def renew(self) -> None:
        """Show what was added, staying at the end if the end was in view."""
        lines = [entry.line() for entry in self._entries]
        self.lines.show(lines or [content("Nothing happened yet.", "$muted")], follow=True)
