"""Control functions that answer. None tells the guest anything it wrote: no title report, no answerback."""

from __future__ import annotations

from collections.abc import Callable

from tuivm.terminal import modes, sgr
from tuivm.terminal.motion import Params, arg, at_level
from tuivm.terminal.screen import Screen

VERSION = "tuivm"
"""The name XTVERSION answers."""
PATCH = 390
"""The version of xterm whose control functions are followed: what DA2 answers, and programs look for."""
CELL = (8, 16)
"""Width and height in pixels that a character is said to have; there are no pixels."""


def primary_attributes(screen: Screen, params: Params) -> None:
    """DA1: a VT420 as xterm describes it.

    132 columns, printer port, selective erase, national sets, technical characters, locator, state reports,
    windows, sideways scrolling, colour, rectangles.
    """
    if not any(params):
        screen.reply("\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c")


def secondary_attributes(screen: Screen, params: Params) -> None:
    """DA2: VT420 (41), the version of xterm."""
    if not any(params):
        screen.reply(f"\x1b[>41;{PATCH};0c")


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


# Printer: none. User-defined keys: unlocked. Keyboard: North American, ready, LK201. Locator: none (three
# questions). Macros: no room. Data integrity: no error. Sessions: one. Each with the level that knows it.
_STATES = {15: (2, "?13n"), 25: (2, "?20n"), 53: (3, "?50n"), 55: (3, "?50n"), 56: (3, "?57;0n")}
_STATES |= {62: (4, "0*{"), 75: (4, "?70n"), 85: (4, "?83n")}
_KEYBOARDS = {2: "?27;1n", 3: "?27;1;0n", 4: "?27;1;0;0n", 5: "?27;1;0;0n"}


def private_status(screen: Screen, params: Params) -> None:
    """DSR with ``?``: 6 the address with the page (DECXCPR), 63 the macros' checksum, others as xterm."""
    asked, level = arg(params, default=0), screen.device.level
    if asked == 6:
        page = ";1" if level >= 3 else ""
        screen.reply(f"\x1b[?{_address(screen)}{page}R")
    elif asked == 26 and level in _KEYBOARDS:
        screen.reply(f"\x1b[{_KEYBOARDS[level]}")
    elif asked == 63 and level >= 4:
        screen.reply(f"\x1bP{arg(params, 1, 0)}!~0000\x1b\\")
    elif asked in _STATES and level >= _STATES[asked][0]:
        screen.reply(f"\x1b[{_STATES[asked][1]}")


def _address(screen: Screen) -> str:
    x, y = screen.cursor.x, screen.cursor.y
    if screen.is_origin:
        x, y = x - screen.left, y - screen.top
    return f"{y + 1};{x + 1}"


def mode_report(screen: Screen, params: Params) -> None:
    """DECRQM for a mode of the standard: 1 set, 2 reset, 4 always reset, 0 unknown."""
    if screen.device.level < 3:
        return
    number = arg(params, default=0)
    value = 0
    if number in modes.ANSI_KNOWN:
        value = _state(screen, number)
    elif number in modes.ANSI_ALWAYS_RESET:
        value = 4
    elif number == 3:
        value = 2  # CRM could be reset, and is.
    screen.reply(f"\x1b[{number};{value}$y")


def private_mode_report(screen: Screen, params: Params) -> None:
    """DECRQM for a private mode."""
    if screen.device.level < 3:
        return
    number = arg(params, default=0)
    mode = number << modes.PRIVATE
    if mode in modes.ALTERNATE:
        value = 1 if screen.is_alternate else 2
    elif mode in modes.PRIVATE_FIXED:
        value = modes.PRIVATE_FIXED[mode]
    else:
        value = _state(screen, mode) if mode in modes.PRIVATE_KNOWN else 0
    screen.reply(f"\x1b[?{number};{value}$y")


def _state(screen: Screen, mode: int) -> int:
    return 1 if mode in screen.mode else 2


def window(screen: Screen, params: Params) -> None:
    """XTWINOPS: reports of sizes, and the stack of titles.

    There is no window: a guest that makes it an icon or moves it is told so, and nothing happens. The size is
    the pane's, and titles (20, 21) are never reported.
    """
    operation = arg(params, default=0)
    device = screen.device
    if operation in (1, 2):
        device.is_iconified = operation == 2
    elif operation == 3:
        device.window = (arg(params, 1, 0), arg(params, 2, 0))
    answer = _window_report(screen, operation)
    if answer:
        screen.reply(f"\x1b[{answer}t")
    elif operation == 22:
        screen.device.push_title(screen.icon_name, screen.title)
    elif operation == 23:
        which = arg(params, 1, 0)
        icon_name, title = screen.device.pop_title(screen.icon_name, screen.title)
        screen.icon_name = icon_name if which in (0, 1) else screen.icon_name
        screen.title = title if which in (0, 2) else screen.title


def _window_report(screen: Screen, operation: int) -> str:
    """Return what XTWINOPS answers between ``CSI`` and ``t``, empty for nothing."""
    width, height = CELL
    x, y = screen.device.window
    pixels = f"{screen.lines * height};{screen.columns * width}"
    cells = f"{screen.lines};{screen.columns}"
    answers = {11: "2" if screen.device.is_iconified else "1", 13: f"3;{x};{y}", 14: f"4;{pixels}"}
    answers |= {15: f"5;{pixels}", 16: f"6;{height};{width}", 18: f"8;{cells}", 19: f"9;{cells}"}
    return answers.get(operation, "")


def version(screen: Screen, params: Params) -> None:
    """XTVERSION."""
    if not any(params):
        screen.reply(f"\x1bP>|{VERSION}\x1b\\")


def parameters(screen: Screen, params: Params) -> None:
    """DECREQTPARM: no parity, 8 bits, 38400 baud both ways."""
    how = arg(params, default=0)
    if how <= 1:
        screen.reply(f"\x1b[{how + 2};1;1;128;128;1;0x")


def supplemental_set(screen: Screen, _: Params) -> None:
    """DECRQUPSS: DEC Supplemental."""
    screen.reply("\x1bP0!u%5\x1b\\")


def presentation(screen: Screen, params: Params) -> None:
    """DECRQPSR: 2 the tab stops (DECTABSR). The cursor's report (1) would hold what the guest designated."""
    if params[:1] == (2,):
        stops = sorted(stop + 1 for stop in screen.tabstops if stop < screen.columns)
        screen.reply(f"\x1bP2$u{'/'.join(map(str, stops))}\x1b\\")


def setting(screen: Screen, name: str) -> None:
    """DECRQSS: the present value of one setting; what is not known is not repeated."""
    value = _SETTINGS.get(name)
    if value is None or (name == "s" and screen.device.level < 4):
        screen.reply("\x1bP0$r\x1b\\")
    else:
        screen.reply(f"\x1bP1$r{value(screen)}{name}\x1b\\")


_SETTINGS: dict[str, Callable[[Screen], str]] = {
    "m": lambda screen: sgr.report(screen.pen.style),
    "r": lambda screen: f"{screen.top + 1};{screen.bottom + 1}",
    "s": lambda screen: f"{screen.left + 1};{screen.right + 1}",
    "t": lambda screen: str(max(24, screen.lines)),
    " q": lambda screen: str(screen.cursor_shape),
    '"q': lambda screen: "1" if screen.pen.style.protected and not screen.device.iso_protection else "0",
    '"p': lambda screen: f"{60 + screen.device.level};{0 if screen.device.eight_bit else 1}",
    "*x": lambda screen: str(screen.device.extent),
    "*|": lambda screen: str(screen.lines),
    "$|": lambda screen: str(screen.columns),
}
ESCAPES = {"Z": primary_attributes}
SEQUENCES = {
    "c": primary_attributes,
    ">c": secondary_attributes,
    "=c": at_level(4, tertiary_attributes),
    "n": status,
    "?n": private_status,
    "$p": mode_report,
    "?$p": private_mode_report,
    "t": window,
    ">q": version,
    "x": parameters,
    "&u": supplemental_set,
    "$w": at_level(3, presentation),
}
