"""What sequences mean: the handlers of all control functions, by their characters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tuivm.terminal import editing, flood, motion, rectangles, reports, settings, strings, vt52
from tuivm.terminal.screen import Screen
from tuivm.terminal.sgr import next_pen
from tuivm.terminal.tokens import IDLE

MAX_VALUE = 65535
"""Largest parameter; larger ones count as this."""
MAX_PLACES = 4096
"""Addresses that are remembered."""
LEARNED_LENGTH = 24
"""Characters of a token that is worth remembering."""
Action = tuple[Callable[[Screen, Any], None], Any, bool]
"""A handler, what it is called with, and whether the screen stays as simple as it was."""


def _nothing(_: Screen, __: object) -> None:
    """Do nothing: what a sequence that is not known means."""


def _count_idle(screen: Screen, _: object) -> None:
    """Count a control that does nothing."""
    screen.idle += 1


CALM = frozenset({motion.save_cursor, motion.newline, motion.reverse_index}) | frozenset(
    handler
    for table in (
        motion.CONTROLS,
        motion.SEQUENCES,
        editing.SEQUENCES,
        rectangles.SEQUENCES,
        reports.SEQUENCES,
    )
    for handler in table.values()
) - {motion.set_margins, motion.set_side_margins, motion.restore_cursor}
"""Handlers that change nothing of what ``Screen.is_simple`` looks at."""
ASKING = frozenset(
    {
        reports.primary_attributes,
        reports.secondary_attributes,
        reports.status,
        reports.private_status,
        reports.private_mode_report,
        rectangles.SEQUENCES["*y"],
    }
)
"""Handlers that do nothing but answer."""
NOTHING: Action = (_nothing, (), True)
CONTROLS: dict[str, Action] = {
    **{control: (_count_idle, (), True) for control in map(chr, range(0x20)) if IDLE.match(control)},
    **{control: (handler, (), True) for control, handler in motion.CONTROLS.items()},
    **{control: (handler, (slot,), False) for control, (handler, slot) in settings.SHIFTS.items()},
}
_ANSI = {**motion.ESCAPES, **editing.ESCAPES, **settings.ESCAPES, **reports.ESCAPES}
ESCAPES: dict[str, Action] = {
    **{final: (handler, (), handler in CALM) for final, handler in (_ANSI | vt52.over(_ANSI)).items()},
    **{final: (handler, (slot,), False) for final, (handler, slot) in settings.ESCAPE_SHIFTS.items()},
}
SEQUENCES = {
    **motion.SEQUENCES,
    **editing.SEQUENCES,
    **rectangles.SEQUENCES,
    **settings.SEQUENCES,
    **reports.SEQUENCES,
}
PLACES: dict[str, tuple[int, int]] = {}
"""Rows and columns from 0 by CUP, learned."""
ACTIONS: dict[str, Action] = {}
"""What tokens mean, learned."""


def learn_place(token: str) -> tuple[int, int] | None:
    """Remember the address that CUP gives; None when it is none."""
    if len(token) > LEARNED_LENGTH:
        return None
    row, column = [*map(value, token[2:-1].split(";")), 0][:2]
    if len(PLACES) >= MAX_PLACES:
        PLACES.clear()
    place = PLACES[token] = (max(0, row - 1), max(0, column - 1))
    return place


def run_of(token: str) -> Action | None:
    """Return what several line feeds or reverse indexes in a row mean, None for anything else."""
    if token[0] == "\n" and len(token) > 1:
        return (_linefeeds, len(token), True)
    if token.startswith("\x1bM\x1b"):
        return (flood.reverse_indexes, len(token) // 2, True)
    return None


def _linefeeds(screen: Screen, count: int) -> None:
    """LF, several. With LNM the first one returns the carriage, which decides whether the others scroll."""
    motion.linefeed(screen, ())
    flood.linefeeds(screen, count - 1)


def if_heard(screen: Screen, action: Action) -> None:
    """Answer, if there is room for one."""
    if not screen.is_deaf:
        action[0](screen, action[1])


def select_pen(screen: Screen, values: str) -> None:
    """SGR that came with an 8-bit control, or with controls inside."""
    screen.pen = next_pen(screen.pen, f"\x1b[{values}m")


def finish_string(screen: Screen, string: tuple[str, str, bool]) -> None:
    """Do what a whole string asks: kind, body, and whether BEL ended it."""
    strings.finish(screen, *string)


def work_all(screen: Screen, actions: tuple[Action, ...]) -> None:
    """Work the controls inside a sequence, and then the sequence."""
    for handler, arguments, _ in actions:
        handler(screen, arguments)


def designate(screen: Screen, designation: tuple[int, str, str]) -> None:
    """SCS: slot, intermediate and final character."""
    settings.designate(screen, *designation)


def value(text: str) -> int:
    """Return a parameter's value, 0 when it is empty."""
    digits = text.lstrip("0")
    return min(int(digits), MAX_VALUE) if 0 < len(digits) <= 5 else MAX_VALUE if digits else 0
