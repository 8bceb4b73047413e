"""What happened: events of libvirt and results of jobs, with their time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from textual.content import Content

from tuivm.ui.screens.sheet import Sheet
from tuivm.ui.words import clock, content


class Severity(StrEnum):
    """How much an entry matters; the words are those of textual's notices."""

    INFORMATION = "information"
    WARNING = "warning"
    ERROR = "error"


_SIGNS = {Severity.INFORMATION: ("·", "$muted"), Severity.WARNING: ("!", "$warning"), Severity.ERROR: ("✗", "$error")}


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the log."""

    time: float
    """Unix seconds."""
    severity: Severity
    """How much it matters."""
    subject: str
    """The domain's name; empty for the connection or the program."""
    text: str
    """What happened, one line."""

    def line(self) -> Content:
        """The entry as it is shown."""
        sign, colour = _SIGNS[self.severity]
        return Content.assemble(
            (clock(self.time), "$muted"),
            " ",
            (sign, f"bold {colour}"),
            " ",
            content(f"{self.subject}  " if self.subject else "", "bold"),
            content(self.text, "" if self.severity is Severity.INFORMATION else colour),
        )


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
