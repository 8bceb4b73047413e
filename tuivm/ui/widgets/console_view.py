"""The rows of the console pane: terminal, message across it, status line."""

from __future__ import annotations

from textwrap import wrap

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.terminal import Terminal, modes
from tuivm.terminal.pen import PLAIN
from tuivm.terminal.row import Row
from tuivm.ui.keymap import display
from tuivm.ui.roles import Roles
from tuivm.ui.text import fit, plain
from tuivm.ui.widgets.console_paint import Painter

DEFAULT_LEAVE_KEY = "ctrl+right_square_bracket"
"""The key that leaves the console unless the user chose another."""
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
_WORDS = {
    ConsoleState.OFF: "off",
    ConsoleState.CONNECTING: "connecting",
    ConsoleState.OPEN: "open",
    ConsoleState.BUSY: "busy",
    ConsoleState.ENDED: "closed",
    ConsoleState.FAILED: "failed",
    ConsoleState.UNSUPPORTED: "none",
}


def screen_strip(
    session: ConsoleSession, painter: Painter, y: int, width: int, *, anchor: int | None, focused: bool
) -> Strip:
    """Return row ``y`` of the view.

    ``anchor`` is the number of the line at the top when scrolled back (see ``Scrollback.total``), None for
    the present screen. Without an open console all is dimmed and there is no cursor.
    """
    screen = session.terminal.screen
    is_open = session.state is ConsoleState.OPEN
    content, row = _row_at(session.terminal, y, anchor)
    reverse = row is not None and modes.DECSCNM in screen.mode
    segments = painter.segments(content, width, reverse=reverse, faded=not is_open)
    missing = width - len(content)
    if missing > 0:
        segments.append(Segment(" " * missing, painter.style(PLAIN.style, reverse=reverse)))
    strip = Strip(segments, width)
    if row == screen.cursor.y and is_open and not screen.cursor.hidden and screen.cursor.x < width:
        is_block = focused and screen.cursor_shape not in (3, 4)
        strip = _with_cursor(strip, content, screen.cursor.x, is_block)
    return strip


def _row_at(terminal: Terminal, y: int, anchor: int | None) -> tuple[Row, int | None]:
    """Return the content of a row of the view, and its row on the terminal's screen; None for an old line."""
    screen = terminal.screen
    if anchor is None:
        row = y
    else:
        scrollback = terminal.scrollback
        oldest = scrollback.total - len(scrollback)
        number = max(anchor, oldest) + y
        if number < scrollback.total:
            return scrollback[number - oldest].row(), None
        row = number - scrollback.total
    return (screen.buffer[row], row) if row < screen.lines else (Row([], []), None)


def _with_cursor(strip: Strip, row: Row, x: int, is_block: bool) -> Strip:
    """Put the cursor on a row: a block, or a line under the character."""
    if x > 0 and not row.chars[x]:
        x -= 1
    is_wide = x + 1 < len(row) and not row.chars[x + 1]
    end = min(x + 1 + is_wide, strip.cell_length)
    cuts = sorted({x, end, strip.cell_length} - {0})
    pieces = list(strip.divide(cuts))
    place = cuts.index(end)
    pieces[place] = Strip(
        [Segment(text, _cursor_style(style, is_block)) for text, style, _ in pieces[place]], end - x
    )
    return Strip.join(pieces)


def _cursor_style(style: Style | None, is_block: bool) -> Style:
    style = style or Style.null()
    return style + (Style(reverse=not style.reverse) if is_block else Style(underline=not style.underline))


def moved_anchor(terminal: Terminal, anchor: int | None, count: int) -> int | None:
    """Return the anchor of a view moved by ``count`` lines, down to the present (None)."""
    total = terminal.scrollback.total
    oldest = total - len(terminal.scrollback)
    top = max(oldest, (total if anchor is None else anchor) + count)
    return top if top < total else None


def visible_rows(terminal: Terminal, rows: set[int], height: int, anchor: int | None) -> set[int]:
    """Return the rows of the view that show the given rows of the terminal's screen."""
    if anchor is None:
        return {row for row in rows if row < height}
    total = terminal.scrollback.total
    if anchor < total - len(terminal.scrollback):
        # The lines it held are gone: all of it moves.
        return set(range(height))
    return {row + total - anchor for row in rows if row + total - anchor < height}


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


def status_text(session: ConsoleSession | None, *, anchor: int | None, leave_key: str) -> str:
    """Return what the status line says, most important first; ``leave_key`` is empty without focus."""
    if session is None:
        return "no console"
    screen = session.terminal.screen
    parts = [_WORDS.get(session.state, "")]
    if anchor is not None:
        parts.append(f"▲ {session.terminal.scrollback.total - anchor} lines back")
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
