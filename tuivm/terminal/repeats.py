"""Floods of the same: what comes again and again, and no longer changes anything, need not be worked again.

A terminal's state and the text it is given decide its next state. So when a piece of text leaves the state
exactly as the same piece before it did, all further ones do too, whatever control functions are in it. Lines
that it adds to the scrollback, which nothing depends on, are the same in each turn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

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
_CONTAINERS = frozenset({list, set, dict, bytearray})
_IGNORED = frozenset(
    [
        "dirty",
        "marks",
        "scrollback",
        "buffer",
        "other",
        "cursor",
        "device",
        "colours",
        "revision",
        "memo",
        "idle",
    ]
)
"""What is compared elsewhere, what the reader clears, what a resize alone changes, and a count of changes."""


def unit_of(text: str) -> tuple[int, str]:
    """Return where something begins that stands several times in a row, and it; empty when nothing does.

    It is looked for at the start, and a little behind it: a piece may start with the end of something else.
    """
    for start in (0, _HEAD):
        size = text.find(text[start : start + _HEAD], start + 1, start + _HEAD + MAX_UNIT) - start
        if size < 1:
            continue
        # Twice: what turns something over is back after two.
        unit = text[start : start + size] * 2
        # Text, lines and line ends are cheap.
        is_cheap = unit.isprintable() or ("\n" in unit and "\x1b" not in unit)
        if not is_cheap and text.startswith(unit * max(2, LEAST // len(unit)), start):
            return start, unit
    return 0, ""


def work(
    screen: Screen, text: str, unit: str, feed: Callable[[str], None], state_of: Callable[[], object]
) -> None:
    """Work a text that begins with ``unit`` several times; ``feed`` does it the slow way.

    ``state_of`` returns all that decides what comes next but rows and scrollback.
    """
    turns = _turns(text, unit)
    done = 0
    for check in CHECKS if screen.columns * screen.lines <= MAX_CELLS else ():
        if check + 2 > turns:
            break
        feed(unit * (check - done))
        state = state_of()
        feed(unit)
        done = check + 1
        if state_of() != state:
            continue
        rows, total, kept = _rows(screen), screen.scrollback.total, len(screen.scrollback)
        feed(unit)
        done += 1
        grown = screen.scrollback.total - total
        if state_of() == state and _rows(screen) == rows and screen.scrollback.has_grown(kept, grown):
            screen.scrollback.add_again(grown, turns - done)
            done = turns
            break
    feed(unit * (turns - done) + text[turns * len(unit) :])


def _turns(text: str, unit: str) -> int:
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


def state_of(screen: Screen) -> tuple[object, ...]:
    """Return all that decides what the screen does next but rows and scrollback. Two can be compared."""
    cursor, device = screen.cursor, screen.device
    place = cursor.x, cursor.y, cursor.hidden
    return place, _frozen(screen), _frozen(device), _frozen(device.colours)


def _rows(screen: Screen) -> list[object]:
    """Return the rows of both screens as they are now. Two of these lists can be compared."""
    return [_frozen_row(row) for rows in (screen.buffer, screen.other) for row in rows]


def _frozen(thing: object) -> dict[str, object]:
    """Return what a thing holds, containers as copies."""
    return {
        name: value.copy() if type(value) in _CONTAINERS else value
        for name, value in vars(thing).items()
        if name not in _IGNORED
    }


def _frozen_row(row: Row) -> object:
    """Return a row that nobody can change, or what is in it."""
    if row.shared:
        return row.packed if isinstance(row.packed, str) else row
    return (row.chars.copy(), row.pens.copy(), row.wrapped, row.hidden)
