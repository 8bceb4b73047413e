"""The status line of the console pane: what matters most survives in 40 columns."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.ui.keymap import display
from tuivm.ui.roles import Roles
from tuivm.ui.text import fit, plain
from tuivm.ui.widgets.console_view import View

DEFAULT_LEAVE_KEY = "ctrl+right_square_bracket"
"""The key that leaves the console unless the user chose another."""
_WORDS = {
    ConsoleState.OFF: "off",
    ConsoleState.CONNECTING: "connecting",
    ConsoleState.OPEN: "open",
    ConsoleState.BUSY: "busy",
    ConsoleState.ENDED: "closed",
    ConsoleState.FAILED: "failed",
    ConsoleState.UNSUPPORTED: "none",
}


def status_text(session: ConsoleSession | None, view: View | None, leave_key: str) -> str:
    """Return what the status line says, most important first; ``leave_key`` is empty without focus."""
    if session is None or view is None:
        return "no console"
    screen = session.terminal.screen
    parts = [_WORDS.get(session.state, "")]
    if view.is_back:
        parts.append(f"▲ {view.back} lines back")
    if leave_key:
        parts.append(f"{'Ctrl+]' if leave_key == DEFAULT_LEAVE_KEY else display(leave_key)} leaves")
    if session.state is ConsoleState.OPEN and not session.activity:
        # What a guest wrote before anybody listened is gone: its prompt comes again with Enter.
        parts.append("nothing written yet, Enter asks for a prompt")
    parts.append(f"{screen.columns}x{screen.lines}")
    if session.state is ConsoleState.OPEN and session.message:
        parts.append(plain(session.message))
    if session.terminal.title:
        parts.append(plain(session.terminal.title))
    return " · ".join(parts)


def status_strip(text: str, width: int, roles: Roles, *, focused: bool) -> Strip:
    """Return the status line."""
    style = Style(color=roles.foreground if focused else roles.muted, bgcolor=roles.panel)
    return Strip([Segment(fit(f" {text}", width), style)], width)
