"""Which lines of the terminal the pane looks at, and the words it says across them."""

from __future__ import annotations

from textwrap import wrap

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.terminal import Terminal
from tuivm.terminal.row import Row
from tuivm.terminal.scrollback import Line
from tuivm.ui.roles import Roles
from tuivm.ui.text import fit, plain

_HINTS = {
    ConsoleState.OFF: "the guest is off: {start} starts it",
    ConsoleState.CONNECTING: "connecting to the console…",
    ConsoleState.BUSY: "another session has the console: press f to take it",
    ConsoleState.ENDED: "the console was closed: Enter opens it again",
    ConsoleState.FAILED: "the console cannot be opened: Enter tries again",
    ConsoleState.UNSUPPORTED: "there is no console that can be opened",
}
_REASONED = (ConsoleState.FAILED, ConsoleState.UNSUPPORTED)
"""States whose message tells more than the hint."""


class View:
    """A window of ``height`` rows on the lines of a terminal, by their numbers (see ``Scrollback.total``).

    It follows the present screen until it is scrolled back; then it stays on its lines while output goes on.
    """

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        """What is looked at."""
        self.height = terminal.screen.lines
        """Rows of the window."""
        self._top: int | None = None

    @property
    def is_back(self) -> bool:
        """Whether the view is in the past."""
        return self._top is not None

    @property
    def first(self) -> int:
        """Number of the oldest line there is."""
        scrollback = self.terminal.scrollback
        return scrollback.total - len(scrollback)

    @property
    def present(self) -> int:
        """Number of the first line of the present screen."""
        return self.terminal.scrollback.total

    @property
    def end(self) -> int:
        """Number one past the last line."""
        return self.present + self.terminal.screen.lines

    @property
    def top(self) -> int:
        """Number of the line at the top."""
        return self.present if self._top is None else max(self._top, self.first)

    @property
    def back(self) -> int:
        """Lines between the view and the present."""
        return self.present - self.top

    def move_to(self, number: int) -> None:
        """Put a line at the top; from the first line of the present screen on, follow it."""
        number = max(self.first, number)
        self._top = None if number >= self.present else number

    def follow(self) -> None:
        """Go back to the present."""
        self._top = None

    def screen_row(self, y: int) -> int | None:
        """Row of the present screen that stands at row ``y`` of the view; None for another line."""
        row = self.top + y - self.present
        return row if 0 <= row < self.terminal.screen.lines else None

    def line(self, y: int) -> Row | Line | None:
        """What stands at row ``y`` of the view; None below the last line."""
        number = self.top + y
        scrollback = self.terminal.scrollback
        if number < scrollback.total:
            return scrollback[number - self.first]
        row = number - scrollback.total
        return self.terminal.screen.buffer[row] if row < self.terminal.screen.lines else None

    def rows_of(self, rows: set[int]) -> set[int]:
        """Rows of the view that show the given rows of the present screen."""
        if self._top is None:
            return {row for row in rows if row < self.height}
        if self._top < self.first:
            # The lines it held are gone: all of it moves.
            return set(range(self.height))
        back = self.back
        return {row + back for row in rows if row + back < self.height}


def message_lines(session: ConsoleSession, width: int, height: int, start_key: str) -> list[str]:
    """Return the words that say why the console is not open, folded to the pane; none while it is open."""
    if session.state is ConsoleState.OPEN:
        return []
    hint = _HINTS.get(session.state, "").format(start=start_key)
    # What to press comes first: it must survive a small pane.
    reason = plain(session.message) if session.state in _REASONED else ""
    text = f"{hint} ({reason})" if reason else hint
    return wrap(text, width, max_lines=height, placeholder="…") if width > 1 else []


def message_strip(text: str, width: int, roles: Roles) -> Strip:
    """Return one line of the message, across the dimmed screen."""
    style = Style(color=roles.foreground, bgcolor=roles.panel, bold=True)
    return Strip([Segment(fit(text, width, align="center"), style)], width)
