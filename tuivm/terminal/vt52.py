"""VT52 mode: what escape sequences mean while DECANM is reset (VT220 Programmer Reference Manual)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tuivm.terminal import charsets, modes, motion
from tuivm.terminal.editing import erase_in_display, erase_in_line
from tuivm.terminal.motion import Params
from tuivm.terminal.screen import Screen
from tuivm.terminal.settings import switch

Handler = Callable[[Screen, Params], None]

ADDRESSING = -1
"""In place of a single shift: the next two characters are the address of ESC Y."""


def _up(screen: Screen, _: Params) -> None:
    screen.move(screen.cursor.x, screen.cursor.y - 1)


def _down(screen: Screen, _: Params) -> None:
    screen.move(screen.cursor.x, screen.cursor.y + 1)


def _right(screen: Screen, _: Params) -> None:
    screen.move(screen.cursor.x + 1, screen.cursor.y)


def _left(screen: Screen, _: Params) -> None:
    screen.move(screen.cursor.x - 1, screen.cursor.y)


def _graphics(screen: Screen, _: Params) -> None:
    screen.charsets[screen.shift] = charsets.GRAPHICS


def _ascii(screen: Screen, _: Params) -> None:
    screen.charsets[screen.shift] = None


def _home(screen: Screen, _: Params) -> None:
    screen.move(0, 0)


def _erase_down(screen: Screen, _: Params) -> None:
    erase_in_display(screen, (0,))


def _erase_right(screen: Screen, _: Params) -> None:
    erase_in_line(screen, (0,))


def _identify(screen: Screen, _: Params) -> None:
    """Answer as a VT100 that works as a VT52."""
    screen.reply("\x1b/Z")


def _to_ansi(screen: Screen, _: Params) -> None:
    switch(screen, modes.DECANM, True)


def _address(screen: Screen, _: Params) -> None:
    """ESC Y line column, each from a space on."""
    _expect(screen, "")


def _expect(screen: Screen, got: str) -> None:
    """Take the next text as the rest of an address."""

    def take(text: str) -> str:
        address = got + text[: 2 - len(got)]
        rest = text[2 - len(got) :]
        screen.single_shift = 0
        screen.device.take_next = None
        if len(address) < 2:
            _expect(screen, address)
        else:
            screen.move(ord(address[1]) - 32, ord(address[0]) - 32)
        return rest

    screen.single_shift = ADDRESSING
    screen.device.take_next = take


_MEANINGS: Mapping[str, Handler] = {
    "A": _up,
    "B": _down,
    "C": _right,
    "D": _left,
    "F": _graphics,
    "G": _ascii,
    "H": _home,
    "I": motion.reverse_index,
    "J": _erase_down,
    "K": _erase_right,
    "Y": _address,
    "Z": _identify,
    "<": _to_ansi,
}


def _choose(vt52: Handler, ansi: Handler | None) -> Handler:
    """Return a handler that does one thing in VT52 mode and the other, or nothing, in ANSI mode."""

    def handler(screen: Screen, params: Params) -> None:
        if modes.DECANM not in screen.mode:
            vt52(screen, params)
        elif ansi is not None:
            ansi(screen, params)

    return handler


def over(escapes: Mapping[str, Handler]) -> dict[str, Handler]:
    """Return escape sequences that mean something else in VT52 mode."""
    return {final: _choose(handler, escapes.get(final)) for final, handler in _MEANINGS.items()}
