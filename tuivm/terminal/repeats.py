"""Floods of the same: what comes again and again, and no longer changes anything, need not be worked again.

A terminal's state and the text it is given decide its next state. So when a piece of text leaves the state
exactly as the same piece before it did, all further ones do too, whatever control functions are in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuivm.terminal.colours import Colours
from tuivm.terminal.cursor import ScreenCursor
from tuivm.terminal.device import Device
from tuivm.terminal.scrollback import Scrollback

if TYPE_CHECKING:
    from tuivm.terminal.row import Row
    from tuivm.terminal.screen import Screen

LEAST = 512
"""Characters of text in which it is worth looking."""
MAX_UNIT = 512
"""Characters of what is repeated, at most."""
MAX_CELLS = 16_384
"""Cells of a screen that is compared; comparing larger ones would cost more than it saves."""
CHECKS = (2, 8, 64, 256)
"""After how many turns it is looked whether the state still changes."""
_HEAD = 48
_IGNORED = ("dirty", "marks", "buffer", "other")
"""Of the screen: what the reader clears, what a resize alone changes, and the rows, compared elsewhere."""


def unit_of(text: str) -> str:
    """Return what a text begins with several times, empty when there is nothing or it is cheap anyway."""
    size = text.find(text[:_HEAD], 1, _HEAD + MAX_UNIT)
    if size < 1:
        return ""
    unit = text[:size]
    if unit.isprintable() or ("\n" in unit and "\x1b" not in unit):
        return ""
    # Twice: what turns something over is back after two.
    unit *= 2
    return unit if text.startswith(unit * max(2, LEAST // len(unit))) else ""


def turns_of(text: str, unit: str) -> int:
    """Return how often a text that begins with ``unit`` has it there."""
    turns = len(text) // len(unit)
    if text.startswith(unit * turns):
        return turns
    least = 1
    while turns - least > 1:
        middle = (least + turns) // 2
        if text.startswith(unit * middle):
            least = middle
        else:
            turns = middle
    return least


def state_of(screen: Screen) -> dict[str, Any]:
    """Return everything that decides what the screen does next but its rows. Two of them can be compared."""
    return {name: _frozen(value) for name, value in vars(screen).items() if name not in _IGNORED}


def rows_of(screen: Screen) -> list[object]:
    """Return the rows of both screens as they are now. Two of these lists can be compared."""
    return [_frozen_row(row) for rows in (screen.buffer, screen.other) for row in rows]


def _frozen(value: Any) -> Any:
    if isinstance(value, list | set | dict | bytearray):
        return value.copy()
    if isinstance(value, Scrollback):
        return value.total, len(value)
    if isinstance(value, ScreenCursor):
        return value.x, value.y, value.hidden
    if isinstance(value, Device | Colours):
        # The revision of the colours says that they may have changed, and nothing of what they are.
        return {name: _frozen(part) for name, part in vars(value).items() if name != "revision"}
    return value


def _frozen_row(row: Row) -> object:
    """Return a row that nobody can change, or what is in it."""
    return row if row.shared else (row.chars.copy(), row.pens.copy(), row.wrapped, row.hidden)
