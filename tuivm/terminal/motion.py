"""Control functions that move the cursor or set where it may go (ECMA-48, DEC STD 070, xterm ctlseqs)."""

from __future__ import annotations

from tuivm.terminal import modes
from tuivm.terminal.screen import Screen

Params = tuple[int, ...]
"""Parameters of a control sequence; one that was left out is 0."""


def arg(params: Params, index: int = 0, default: int = 1) -> int:
    """Return a parameter, ``default`` where it is absent or 0."""
    return (params[index] if index < len(params) else 0) or default


def carriage_return(screen: Screen, _: Params) -> None:
    """CR: to the left margin, or to the edge when already left of it."""
    screen.wrap_pending = False
    screen.cursor.x = screen.left if screen.cursor.x >= screen.left else 0


def linefeed(screen: Screen, params: Params) -> None:
    """LF, VT, FF."""
    if modes.LNM in screen.mode:
        carriage_return(screen, params)
    screen.index()


def linefeed_after_return(screen: Screen, _: Params) -> None:
    """CR LF in one."""
    screen.cursor.x = screen.left if screen.cursor.x >= screen.left else 0
    screen.index()


def newline(screen: Screen, params: Params) -> None:
    """NEL."""
    carriage_return(screen, params)
    screen.index()


def index(screen: Screen, _: Params) -> None:
    """IND."""
    screen.index()


def reverse_index(screen: Screen, _: Params) -> None:
    """RI."""
    screen.reverse_index()


def backspace(screen: Screen, _: Params) -> None:
    """BS; in reverse wrap mode (45) it goes from the left margin to the end of the wrapped line above."""
    cursor = screen.cursor
    wraps = modes.REVERSE_WRAP in screen.mode and modes.DECAWM in screen.mode
    if wraps and screen.wrap_pending:
        screen.wrap_pending = False
    elif wraps and cursor.x == screen.left and cursor.y > 0 and screen.buffer[cursor.y - 1].wrapped:
        screen.move(screen.right, cursor.y - 1)
    elif cursor.x not in (0, screen.left):
        screen.move(cursor.x - 1, cursor.y)
    else:
        screen.wrap_pending = False


def _edge(screen: Screen) -> int:
    """Return the last column that a movement to the right reaches."""
    return screen.right if screen.cursor.x <= screen.right else screen.columns - 1


def tab(screen: Screen, params: Params) -> None:
    """HT and CHT: forward by tab stops, not past the margin."""
    x, edge = screen.cursor.x, _edge(screen)
    for _ in range(min(arg(params), screen.columns)):
        x = min((stop for stop in range(x + 1, edge) if stop in screen.tabstops), default=edge)
        if x == edge:
            break
    screen.cursor.x = x


def back_tab(screen: Screen, params: Params) -> None:
    """CBT: backward by tab stops."""
    x = screen.cursor.x
    floor = screen.left if screen.is_origin else 0
    for _ in range(min(arg(params), screen.columns)):
        x = max((stop for stop in range(floor + 1, x) if stop in screen.tabstops), default=floor)
        if x == floor:
            break
    screen.move(x, screen.cursor.y)


def set_tab(screen: Screen, _: Params) -> None:
    """HTS."""
    screen.tabstops.add(screen.cursor.x)


def clear_tab(screen: Screen, params: Params) -> None:
    """TBC: this stop (0) or all (3)."""
    how = arg(params, default=0)
    if how == 0:
        screen.tabstops.discard(screen.cursor.x)
    elif how == 3:
        screen.tabstops.clear()


def up(screen: Screen, params: Params) -> None:
    """CUU: stops at the top margin when it starts inside."""
    y = screen.cursor.y
    screen.move(screen.cursor.x, max(y - arg(params), screen.top if y >= screen.top else 0))


def down(screen: Screen, params: Params) -> None:
    """CUD and VPR: stops at the bottom margin when it starts inside."""
    y = screen.cursor.y
    floor = screen.bottom if y <= screen.bottom else screen.lines - 1
    screen.move(screen.cursor.x, min(y + arg(params), floor))


def right(screen: Screen, params: Params) -> None:
    """CUF and HPR: stops at the right margin when it starts inside."""
    screen.move(min(screen.cursor.x + arg(params), _edge(screen)), screen.cursor.y)


def left(screen: Screen, params: Params) -> None:
    """CUB: stops at the left margin when it starts inside."""
    x = screen.cursor.x
    screen.move(max(x - arg(params), screen.left if x >= screen.left else 0), screen.cursor.y)


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
    offset = screen.top if screen.is_origin else 0
    screen.address(arg(params) - 1, screen.cursor.y - offset)


def line(screen: Screen, params: Params) -> None:
    """VPA."""
    offset = screen.left if screen.is_origin else 0
    screen.address(screen.cursor.x - offset, arg(params) - 1)


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
        if not any(params):
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


CONTROLS = {
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
    "a": right,
    "d": line,
    "e": down,
    "f": position,
    "g": clear_tab,
    "k": up,
    "j": left,
    "r": set_margins,
    "s": set_side_margins,
    "u": restore_cursor,
}
