"""Which lines of the terminal the pane looks at, and the words it says across them."""

from __future__ import annotations

from textwrap import wrap

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.terminal import Terminal
from tuivm.terminal.marks import Mark
from tuivm.terminal.row import Row
from tuivm.terminal.scrollback import Line
from tuivm.ui.roles import Roles
from tuivm.ui.text import fit, plain

_HINTS = {
    ConsoleState.OFF: "the guest is off: {start} starts it",
    ConsoleState.CONNECTING: "connecting to the console…",
    ConsoleState.BUSY: "another session has the console: press f to take it, Enter to try again",
    ConsoleState.ENDED: "the console was closed: Enter opens it again",
    ConsoleState.FAILED: "the console cannot be opened: Enter tries again",
    ConsoleState.UNSUPPORTED: "there is no console that can be opened",
}
HEARS = (ConsoleState.OPEN, ConsoleState.CONNECTING)
"""States in which what is typed goes to the guest, now or as soon as its console is open."""
AGAIN = (ConsoleState.BUSY, ConsoleState.ENDED, ConsoleState.FAILED)
"""States in which Enter opens the console again, taking it from nobody."""
_REASONED = (ConsoleState.FAILED, ConsoleState.UNSUPPORTED)
"""States whose message tells more than the hint."""


class View:
    """A window of ``height`` rows on the lines of a terminal, by their numbers.

    It follows the present screen until it is scrolled back; then it stays on its lines while output goes on
    and through changes of the size. A view that is held stays even where the present begins.
    """

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        """What is looked at."""
        self.height = terminal.screen.lines
        """Rows of the window."""
        self._top: Mark | None = None
        self._end: Mark | None = None
        self._is_held = False

    @property
    def is_back(self) -> bool:
        """Whether the view no longer follows the present."""
        return self._top is not None

    @property
    def present(self) -> int:
        """Number of the first line of the present screen."""
        return self.terminal.scrollback.total

    @property
    def top(self) -> int:
        """Number of the line at the top."""
        if self._top is None:
            return self.present
        return max(self.terminal.first, min(self._top.number, self.present))

    @property
    def back(self) -> int:
        """Lines between the view and the present."""
        return self.present - self.top

    @property
    def new(self) -> int:
        """Lines that came since the view left the present."""
        return 0 if self._end is None else max(0, self.present - self._end.number)

    def hold(self) -> None:
        """Stay on these lines from now on, even if they are the present ones."""
        self._is_held = True
        self.move_to(self.top)

    def move_to(self, number: int) -> None:
        """Put a line at the top; at the first line of the present screen follow it, unless held."""
        number = max(self.terminal.first, min(number, self.present))
        if number == self.present and not self._is_held:
            self.follow()
            return
        if self._end is None:
            self._end = self.terminal.mark(self.present)
        self._top = self.terminal.mark(number)

    def show(self, number: int) -> None:
        """Move as little as needed to have a line in view."""
        if number < self.top:
            self.move_to(number)
        elif number >= self.top + self.height:
            self.move_to(number - self.height + 1)

    def follow(self) -> None:
        """Go back to the present and stay with it."""
        self._top = self._end = None
        self._is_held = False

    def screen_row(self, y: int) -> int | None:
        """Row of the present screen that stands at row ``y`` of the view; None for another line."""
        row = self.top + y - self.present
        return row if 0 <= row < self.terminal.screen.lines else None

    def line(self, y: int) -> Row | Line | None:
        """What stands at row ``y`` of the view; None below the last line."""
        number = self.top + y
        return self.terminal.line(number) if number < self.terminal.end else None

    def rows_of(self, rows: set[int]) -> set[int]:
        """Rows of the view that show the given rows of the present screen."""
        if self._top is None:
            return {row for row in rows if row < self.height}
        if self._top.lost:
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
