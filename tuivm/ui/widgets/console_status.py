"""The status line of the console pane: what matters most survives in 40 columns."""

from __future__ import annotations

from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.ui.keymap import display
from tuivm.ui.roles import Roles
from tuivm.ui.text import ELLIPSIS, fit, plain, truncate, width_of
from tuivm.ui.widgets.console_copy import CopyMode

DEFAULT_LEAVE_KEY = "ctrl+right_square_bracket"
"""The key that leaves the console unless the user chose another."""
_SMALL = 24
"""Columns of a message that is shortened."""
_WORDS = {
    ConsoleState.OFF: "off",
    ConsoleState.CONNECTING: "connecting",
    ConsoleState.OPEN: "open",
    ConsoleState.BUSY: "busy",
    ConsoleState.ENDED: "closed",
    ConsoleState.FAILED: "failed",
    ConsoleState.UNSUPPORTED: "none",
}
_ASCII = str.maketrans({"▲": "^", "▼": "v", "●": "*", "·": "-", "…": "."})

_MORE = 12
"""Columns that must be free for more of a text to be shown than its own short form."""


class Part(NamedTuple):
    """One thing that the status line says."""

    text: str
    """In full."""
    short: str = ""
    """Where there is less room; empty when it may be left out."""


def status_parts(
    session: ConsoleSession | None, copy: CopyMode | None, leave_key: str, note: str
) -> list[Part]:
    """Return what the status line says, most important first; ``leave_key`` is empty without focus."""
    if session is None or copy is None:
        return [Part("no console")]
    screen = session.terminal.screen
    is_open = session.state is ConsoleState.OPEN
    parts = [Part(note, truncate(note, _SMALL))] if note else []
    if copy.is_active:
        parts.append(Part("COPY MODE", "COPY"))
    if not is_open or not copy.is_active:
        word = _WORDS.get(session.state, "")
        parts.append(Part(word, "" if is_open else word))
    if leave_key and not copy.is_active:
        key = "Ctrl+]" if leave_key == DEFAULT_LEAVE_KEY else display(leave_key)
        parts.append(Part(f"{key} leaves", key.replace("Ctrl+", "^")))
    if getattr(session, "recording", None) is not None:
        parts.append(Part("●REC", "●REC"))
    if is_open and session.message:
        message = plain(session.message)
        parts.append(Part(message, truncate(message.partition(":")[0], _SMALL)))
    parts += _copy_parts(copy)
    if is_open and not session.activity:
        # What a guest wrote before anybody listened is gone: its prompt comes again with Enter.
        parts.append(Part("nothing written yet, Enter asks for a prompt"))
    parts.append(Part(f"{screen.columns}x{screen.lines}"))
    if session.terminal.title:
        parts.append(Part(plain(session.terminal.title)))
    return parts


def _copy_parts(copy: CopyMode) -> list[Part]:
    """What there is to say about a view that is not the present one."""
    view, parts = copy.view, []
    if copy.note:
        parts.append(Part(copy.note, truncate(copy.note, _SMALL)))
    if copy.search.words and copy.prompt is None:
        words = plain(copy.search.words)
        parts.append(Part(words, truncate(words.partition(", from")[0], _SMALL)))
    if view.back:
        parts.append(Part(f"▲ {view.back:,} line{'s' * (view.back > 1)} back", f"▲{view.back:,}"))
    if view.new:
        parts.append(Part(f"▼ {view.new:,} new line{'s' * (view.new > 1)} below", f"▼{view.new:,}"))
    if copy.is_active:
        chosen = "y copies, o other end" if copy.selection is not None else "v selects, / ? search"
        parts.append(Part(f"{chosen}, q leaves", "q leaves"))
    return parts


def joined(parts: list[Part], width: int) -> str:
    """Join the parts to at most ``width`` columns: the least important ones are shortened, then left out."""
    texts = [part.text for part in parts]
    separator = " · "
    for shorten in (True, False):
        for index in range(len(parts) - 1, -1, -1):
            if width_of(separator.join(text for text in texts if text)) <= width:
                break
            if shorten:
                texts[index] = parts[index].short
            elif index:
                texts[index] = ""
    for index, (text, part) in enumerate(zip(texts, parts, strict=True)):
        # A beginning that was cut short takes the room there still is.
        begin = text.removesuffix(ELLIPSIS)
        room = width - width_of(separator.join(text for text in texts if text))
        if begin and text != part.text and part.text.startswith(begin) and (begin != text or room >= _MORE):
            texts[index] = truncate(part.text, width_of(text) + room)
    return separator.join(text for text in texts if text)


def status_strip(
    parts: list[Part], width: int, roles: Roles, *, focused: bool, ascii_only: bool = False
) -> Strip:
    """Return the status line."""
    style = Style(color=roles.foreground if focused else roles.muted, bgcolor=roles.panel)
    text = joined(parts, width - 2 if width > 2 else width)
    if ascii_only:
        text = text.translate(_ASCII)
    return Strip([Segment(fit(f" {text}" if width > 2 else text, width), style)], width)


def prompt_strip(copy: CopyMode, width: int, roles: Roles) -> Strip:
    """Return the line in which a pattern is typed; its end, where it is too long."""
    prompt, search = copy.prompt, copy.search
    style = Style(color=roles.foreground, bgcolor=roles.panel)
    if prompt is None or width < 4:
        return Strip([Segment(" " * width, style)], width)
    kind = "regex" if search.is_regex else "plain text"
    words = plain(search.words) if search.pattern else f"{kind}, ^R changes; Enter searches, Esc"
    before, at, after = prompt.text[: prompt.cursor], prompt.text[prompt.cursor : prompt.cursor + 1], ""
    after = prompt.text[prompt.cursor + 1 :]
    sign = "?" if search.is_up else "/"
    room = width - 2
    while width_of(before) > room - 1:
        before = before[1:]
    typed = f"{sign}{before}"
    cursor = at or " "
    rest = truncate(after, max(0, width - width_of(typed + cursor)))
    free = width - width_of(typed + cursor + rest)
    hint = f"{truncate(words, free - 3)} " if free > 8 else ""
    colour = roles.error if search.error else roles.muted
    pieces = [
        Segment(typed, style),
        Segment(cursor, style + Style(reverse=True)),
        Segment(rest, style),
        Segment(" " * (free - width_of(hint)), style),
        Segment(hint, style + Style(color=colour)),
    ]
    return Strip([piece for piece in pieces if piece.text], width)
