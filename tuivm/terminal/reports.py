"""Control functions that answer. None tells the guest anything it wrote: no title report, no answerback."""

from __future__ import annotations

from collections.abc import Callable

from tuivm.terminal import modes, sgr
from tuivm.terminal.motion import Params, arg
from tuivm.terminal.screen import Screen

VERSION = "tuivm"
"""The name XTVERSION answers."""


def primary_attributes(screen: Screen, params: Params) -> None:
    """DA1: a VT220 with selective erase, rectangles and colour."""
    if not any(params):
        screen.reply("\x1b[?62;6;22;28c")


def secondary_attributes(screen: Screen, params: Params) -> None:
    """DA2: VT220, version 10."""
    if not any(params):
        screen.reply("\x1b[>1;10;0c")


def tertiary_attributes(screen: Screen, params: Params) -> None:
    """DA3: no serial number."""
    if not any(params):
        screen.reply("\x1bP!|00000000\x1b\\")


def status(screen: Screen, params: Params) -> None:
    """DSR: 5 asks whether all is well, 6 for the cursor's address (CPR)."""
    if params[:1] == (5,):
        screen.reply("\x1b[0n")
    elif params[:1] == (6,):
        screen.reply(f"\x1b[{_address(screen)}R")


def private_status(screen: Screen, params: Params) -> None:
    """DSR with ``?``: 6 the address with the page (DECXCPR), 15 printer, 25 keys, 26 keyboard, 53 locator."""
    if params[:1] == (6,):
        screen.reply(f"\x1b[?{_address(screen)};1R")
        return
    answers = {15: "13", 25: "20", 26: "27;1;0;0", 53: "50", 55: "50", 56: "57;0"}
    answer = answers.get(arg(params, default=0))
    if answer:
        screen.reply(f"\x1b[?{answer}n")


def _address(screen: Screen) -> str:
    x, y = screen.cursor.x, screen.cursor.y
    if screen.is_origin:
        x, y = x - screen.left, y - screen.top
    return f"{y + 1};{x + 1}"


def mode_report(screen: Screen, params: Params) -> None:
    """DECRQM for a mode of the standard: 1 set, 2 reset, 0 unknown."""
    number = arg(params, default=0)
    known = number in modes.ANSI_KNOWN
    screen.reply(f"\x1b[{number};{_state(screen, number) if known else 0}$y")


def private_mode_report(screen: Screen, params: Params) -> None:
    """DECRQM for a private mode."""
    number = arg(params, default=0)
    mode = number << modes.PRIVATE
    known = mode in modes.PRIVATE_KNOWN
    if mode in modes.ALTERNATE:
        value = 1 if screen.is_alternate else 2
    else:
        value = _state(screen, mode) if known else 0
    screen.reply(f"\x1b[?{number};{value}$y")


def _state(screen: Screen, mode: int) -> int:
    return 1 if mode in screen.mode else 2


def window(screen: Screen, params: Params) -> None:
    """XTWINOPS, the reports of size in characters alone: 18 the text area, 19 the whole screen."""
    operation = arg(params, default=0)
    if operation in (18, 19):
        screen.reply(f"\x1b[{operation - 10};{screen.lines};{screen.columns}t")


def version(screen: Screen, params: Params) -> None:
    """XTVERSION."""
    if not any(params):
        screen.reply(f"\x1bP>|{VERSION}\x1b\\")


def parameters(screen: Screen, params: Params) -> None:
    """DECREQTPARM."""
    how = arg(params, default=0)
    if how <= 1:
        screen.reply(f"\x1b[{how + 2};1;1;128;128;1;0x")


def setting(screen: Screen, name: str) -> None:
    """DECRQSS: the present value of SGR, DECSTBM, DECSLRM, DECSCUSR, DECSCA or DECSCL."""
    value = _SETTINGS.get(name)
    screen.reply(f"\x1bP1$r{value(screen)}{name}\x1b\\" if value else "\x1bP0$r\x1b\\")


_SETTINGS: dict[str, Callable[[Screen], str]] = {
    "m": lambda screen: sgr.report(screen.pen.style),
    "r": lambda screen: f"{screen.top + 1};{screen.bottom + 1}",
    "s": lambda screen: f"{screen.left + 1};{screen.right + 1}",
    " q": lambda screen: str(screen.cursor_shape),
    '"q': lambda screen: "1" if screen.pen.style.protected else "0",
    '"p': lambda _: "62;1",
}
ESCAPES = {"Z": primary_attributes}
SEQUENCES = {
    "c": primary_attributes,
    ">c": secondary_attributes,
    "=c": tertiary_attributes,
    "n": status,
    "?n": private_status,
    "$p": mode_report,
    "?$p": private_mode_report,
    "t": window,
    ">q": version,
    "x": parameters,
}
