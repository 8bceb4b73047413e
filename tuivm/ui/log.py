"""Lines of the log."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from textual.content import Content

from tuivm.ui.words import clock, content


class Severity(StrEnum):
    """How much an entry matters; the words are those of textual's notices."""

    INFORMATION = "information"
    WARNING = "warning"
    ERROR = "error"


_SIGNS = {
    Severity.INFORMATION: ("·", "$muted"),
    Severity.WARNING: ("!", "$warning"),
    Severity.ERROR: ("✗", "$error"),
}


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
