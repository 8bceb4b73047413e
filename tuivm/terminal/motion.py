"""Control functions that move the cursor or set where it may go (ECMA-48, DEC STD 070, xterm ctlseqs)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable

from tuivm.terminal import modes
from tuivm.terminal.device import MAX_BELLS
from tuivm.terminal.screen import Screen

Params = tuple[int, ...]
"""Parameters of a control sequence; one that was left out is 0."""
Handler = Callable[[Screen, Params], None]
"""What works a control function."""


def at_level(level: int, handler: Handler) -> Handler:
    """Return a handler that does nothing below a conformance level (DECSCL)."""

    def checked(screen: Screen, params: Params) -> None:
        if screen.device.level >= level:
            handler(screen, params)

    return checked


def arg(params: Params, index: int = 0, default: int = 1) -> int:
    """Return a parameter, ``default`` where it is absent or 0."""
    return (params[index] if index < len(params) else 0) or default


def carriage_return(screen: Screen, _: Params) -> None:
    """CR: to the left margin, or to the edge when already left of it and not in origin mode."""
    screen.wrap_pending = False
    screen.cursor.x = screen.left if screen.cursor.x >= screen.left or screen.is_origin else 0


def linefeed(screen: Screen, params: Params) -> None:
    """LF, VT, FF. With LNM the carriage returns after the line was fed, as it counts where the cursor was."""
    screen.index()
    if modes.LNM in screen.mode:
        carriage_return(screen, params)


def linefeed_after_return(screen: Screen, _: Params) -> None:
    """CR LF in one."""
    carriage_return(screen, ())
    screen.index()


def newline(screen: Screen, params: Params) -> None:
    """NEL: outside the side margins nothing scrolls, wherever the cursor goes then."""
    screen.index()
    carriage_return(screen, params)


def index(screen: Screen, _: Params) -> None:
    """IND."""
    screen.index()


def reverse_index(screen: Screen, _: Params) -> None:
    """RI."""
    screen.reverse_index()


def backspace(screen: Screen, _: Params) -> None:
    """BS: CUB by one."""
    _go_left(screen, 1)


def _go_left(screen: Screen, count: int) -> None:
    """Move left, not past the margin, or the edge when left of it; in reverse wrap mode on to the line above.

    Mode 45 goes to the end of lines that were wrapped alone, mode 1045 of any, and from the top to the bottom
    (xterm ctlseqs: XTREVWRAP, XTREVWRAP2). A wrap that waits takes one step.
    """
    x, y = screen.cursor.x, screen.cursor.y
    extended = modes.EXTENDED_REVERSE_WRAP in screen.mode
    wraps = modes.DECAWM in screen.mode and (extended or modes.REVERSE_WRAP in screen.mode)
    if wraps and screen.wrap_pending:
        count -= 1
    floor = screen.left if x >= screen.left else 0
    inside = screen.top <= y <= screen.bottom
    top, bottom = (screen.top, screen.bottom) if inside else (0, screen.lines - 1)
    # Further than this one comes to places one has been to.
    count = min(count, 2 * screen.lines * screen.columns)
    while count > x - floor and wraps:
        if y == top and extended:
            y = bottom
        elif y > top and (extended or _has_wrapped(screen, y - 1)):
            y -= 1
        else:
            break
        count -= x - floor + 1
        x = screen.right
    screen.move(max(x - count, floor), y)


def _has_wrapped(screen: Screen, y: int) -> bool:
    """Return whether a row went on in the next one.

    Rows remember that for the edge of the screen alone; at a right margin a character in it must do.
    """
    row = screen.buffer[y]
    return bool(row.wrapped) or (screen.right < screen.columns - 1 and row.chars[screen.right] != " ")


def _edge(screen: Screen) -> int:
    """Return the last column that a movement to the right reaches."""
    return screen.right if screen.cursor.x <= screen.right else screen.columns - 1


def tab(screen: Screen, params: Params) -> None:
    """HT and CHT: forward by tab stops, not past the margin. A wrap that waits goes on waiting."""
    if screen.wrap_pending and modes.MORE_FIX in screen.mode and modes.DECAWM in screen.mode:
        newline(screen, ())
    x, edge, count = screen.cursor.x, _edge(screen), arg(params)
    stops = screen.tabstops
    at = bisect_right(stops, x) + count - 1
    screen.cursor.x = max(x, min(stops[at], edge) if at < len(stops) else edge)


def back_tab(screen: Screen, params: Params) -> None:
    """CBT: backward by tab stops, whatever the margins."""
    stops = screen.tabstops
    at = bisect_left(stops, screen.cursor.x) - arg(params)
    screen.move(stops[at] if at >= 0 else 0, screen.cursor.y)


def set_tab(screen: Screen, _: Params) -> None:
    """HTS."""
    stops, x = screen.tabstops, screen.cursor.x
    at = bisect_left(stops, x)
    if stops[at : at + 1] != [x]:
        stops.insert(at, x)


def clear_tab(screen: Screen, params: Params) -> None:
    """TBC: this stop (0) or all (3)."""
    how = arg(params, default=0)
    if how == 0:
        stops, x = screen.tabstops, screen.cursor.x
        at = bisect_left(stops, x)
        if stops[at : at + 1] == [x]:
            del stops[at]
    elif how == 3:
        screen.tabstops = []


def up(screen: Screen, params: Params) -> None:
    """CUU: stops at the top margin when it starts inside."""
    y = screen.cursor.y
    screen.move(screen.cursor.x, max(y - arg(params), screen.top if y >= screen.top else 0))


def down(screen: Screen, params: Params) -> None:
    """CUD: stops at the bottom margin when it starts inside."""
    y = screen.cursor.y
    floor = screen.bottom if y <= screen.bottom else screen.lines - 1
    screen.move(screen.cursor.x, min(y + arg(params), floor))


def right(screen: Screen, params: Params) -> None:
    """CUF: stops at the right margin when it starts inside."""
    screen.move(min(screen.cursor.x + arg(params), _edge(screen)), screen.cursor.y)


def left(screen: Screen, params: Params) -> None:
    """CUB: as BS does it."""
    _go_left(screen, arg(params))


def next_line(screen: Screen, params: Params) -> None:
    """CNL."""
    down(screen, params)
    carriage_return(screen, params)


def previous_line(screen: Screen, params: Params) -> None:
    """CPL."""
    up(screen, params)
    carriage_return(screen, params)


def position(screen: Screen, params: Params) -> None:
    """CUP and HVP."""
    screen.address(arg(params, 1) - 1, arg(params) - 1)


def column(screen: Screen, params: Params) -> None:
    """CHA and HPA."""
    _address_relative(screen, arg(params) - 1, None)


def line(screen: Screen, params: Params) -> None:
    """VPA."""
    _address_relative(screen, None, arg(params) - 1)


def column_forward(screen: Screen, params: Params) -> None:
    """HPR: unlike CUF it knows no margins, but in origin mode."""
    offset = screen.left if screen.is_origin else 0
    _address_relative(screen, screen.cursor.x - offset + arg(params), None)


def line_forward(screen: Screen, params: Params) -> None:
    """VPR: unlike CUD it knows no margins, but in origin mode."""
    offset = screen.top if screen.is_origin else 0
    _address_relative(screen, None, screen.cursor.y - offset + arg(params))


def _address_relative(screen: Screen, x: int | None, y: int | None) -> None:
    """Address a column or a line; the other one stays as it is."""
    x0, y0 = (screen.left, screen.top) if screen.is_origin else (0, 0)
    screen.address(screen.cursor.x - x0 if x is None else x, screen.cursor.y - y0 if y is None else y)


def set_margins(screen: Screen, params: Params) -> None:
    """DECSTBM: two lines at least, else nothing happens; the cursor goes home."""
    top = arg(params) - 1
    bottom = min(arg(params, 1, screen.lines), screen.lines) - 1
    if top < bottom:
        screen.top, screen.bottom = top, bottom
        screen.address(0, 0)


def set_side_margins(screen: Screen, params: Params) -> None:
    """DECSLRM while DECLRMM is set; else this is the save of the cursor (SCOSC)."""
    if modes.DECLRMM not in screen.mode:
        screen.save_cursor()
        return
    first = arg(params) - 1
    last = min(arg(params, 1, screen.columns), screen.columns) - 1
    if first < last:
        screen.left, screen.right = first, last
        screen.address(0, 0)


def save_cursor(screen: Screen, _: Params) -> None:
    """DECSC."""
    screen.save_cursor()


def restore_cursor(screen: Screen, _: Params) -> None:
    """DECRC and SCORC."""
    screen.restore_cursor()


def bell(screen: Screen, _: Params) -> None:
    """BEL: counted."""
    screen.device.bells = min(screen.device.bells + 1, MAX_BELLS)


CONTROLS = {
    "\x07": bell,
    "\x08": backspace,
    "\t": tab,
    "\n": linefeed,
    "\x0b": linefeed,
    "\x0c": linefeed,
    "\r": carriage_return,
}
ESCAPES = {
    "7": save_cursor,
    "8": restore_cursor,
    "D": index,
    "E": newline,
    "H": set_tab,
    "M": reverse_index,
}
SEQUENCES = {
    "A": up,
    "B": down,
    "C": right,
    "D": left,
    "E": next_line,
    "F": previous_line,
    "G": column,
    "H": position,
    "I": tab,
    "Z": back_tab,
    "`": column,
    "a": column_forward,
    "d": line,
    "e": line_forward,
    "f": position,
    "g": clear_tab,
    "k": up,
    "j": left,
    "r": set_margins,
    "s": set_side_margins,
    "u": restore_cursor,
}
