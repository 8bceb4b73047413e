"""The mouse and the focus as xterm reports them to a program that asked ("Mouse Tracking" of its manual)."""

from __future__ import annotations

from collections.abc import Set
from enum import IntEnum

from tuivm.terminal import modes

X10, CLICKS, DRAGS, MOTION = (number << modes.PRIVATE for number in (9, 1000, 1002, 1003))
"""Modes 9, 1000, 1002 and 1003: presses; presses and releases; drags too; every motion too."""
_UTF8, _SGR, _URXVT = (number << modes.PRIVATE for number in (1005, 1006, 1015))
LIMIT = 223
"""Largest column or row that the oldest form can tell."""
UTF8_LIMIT = 2015
"""Largest that its UTF-8 form (1005) can tell."""


class Button(IntEnum):
    """Codes of the buttons, as they are reported."""

    LEFT = 0
    MIDDLE = 1
    RIGHT = 2
    NONE = 3
    """No button: motion, and a release in the forms that do not say of which."""
    WHEEL_UP = 64
    WHEEL_DOWN = 65
    WHEEL_LEFT = 66
    WHEEL_RIGHT = 67


SHIFT, META, CONTROL = 4, 8, 16
"""Modifiers, to be added up."""
_MOTION = 32


def tracking(mode: Set[int]) -> int:
    """Return which of the mouse modes is set (the one that reports most), 0 for none."""
    return next((one for one in (MOTION, DRAGS, CLICKS, X10) if one in mode), 0)


def encode(
    mode: Set[int],
    button: Button,
    x: int,
    y: int,
    *,
    is_release: bool = False,
    is_motion: bool = False,
    modifiers: int = 0,
) -> bytes | None:
    """Return the report of a press, a release or a motion in the modes ``mode``; None when nobody asked.

    ``x`` and ``y`` count cells from 0. In a motion ``button`` is the one held, or NONE.
    """
    wanted = tracking(mode)
    is_wheel = button >= Button.WHEEL_UP
    if not wanted or x < 0 or y < 0:
        return None
    if wanted == X10 and (is_release or is_motion or is_wheel):
        return None
    if is_motion and (wanted == CLICKS or (wanted == DRAGS and button is Button.NONE)):
        return None
    if is_release and is_wheel:
        return None
    code = int(button) + (_MOTION if is_motion else 0) + (0 if wanted == X10 else modifiers)
    return _report(mode, code, x + 1, y + 1, is_release)


def _report(mode: Set[int], code: int, column: int, row: int, is_release: bool) -> bytes | None:
    """Return the report in the form the guest chose."""
    if _SGR in mode:
        return f"\x1b[<{code};{column};{row}{'m' if is_release else 'M'}".encode()
    if is_release:
        code |= Button.NONE
    if _URXVT in mode:
        return f"\x1b[{code + 32};{column};{row}M".encode()
    if _UTF8 in mode:
        if max(column, row) > UTF8_LIMIT:
            return None
        return b"\x1b[M" + "".join(chr(value + 32) for value in (code, column, row)).encode()
    if max(column, row) > LIMIT:
        return None
    return b"\x1b[M" + bytes(value + 32 for value in (code, column, row))


def encode_focus(mode: Set[int], *, gained: bool) -> bytes | None:
    """Return the report that the terminal gained or lost the keyboard; None when nobody asked (1004)."""
    if modes.FOCUS not in mode:
        return None
    return b"\x1b[I" if gained else b"\x1b[O"
