"""The present screen as sequences that draw it again on a fresh terminal of the same size.

For what begins in the middle: a recording, a second terminal. Taken along are what is shown, the cursor, pen,
margins, tab stops, character sets and every mode that decides how text is drawn; the scrollback is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from tuivm.terminal import modes
from tuivm.terminal.charsets import GRAPHICS, Charset
from tuivm.terminal.cursor import Saved
from tuivm.terminal.export import sgr
from tuivm.terminal.pen import PLAIN
from tuivm.terminal.row import PADDED, Row
from tuivm.terminal.screen import Screen
from tuivm.terminal.terminal import Terminal

_RESET = "\x1b[m"
_DRAWING = tuple(number << modes.PRIVATE for number in (5, 25, 41, 45, 1045))
"""Private modes that decide how text is drawn and that move no cursor when they are set: DECSCNM, DECTCEM,
more(1)'s fix, both kinds of reverse wrap."""
_FRESH = Saved()
_SLOTS = "()*+"
_SHIFTS = ("\x0f", "\x0e", "\x1bn", "\x1bo")


def redraw(terminal: Terminal) -> str:
    """Return the sequences. They begin on a terminal just made and use nothing but its defaults."""
    screen = terminal.screen
    return "".join(_parts(screen, terminal.title))


def _parts(screen: Screen, title: str) -> Iterator[str]:
    if title:
        yield f"\x1b]2;{title}\x07"
    if screen.is_alternate:
        yield from _rows(screen.other)
        yield from _save(screen.saved[0])
        yield "\x1b[m\x1b[?47h"
    yield from _rows(screen.buffer)
    if set(screen.tabstops).symmetric_difference(range(8, screen.columns, 8)) & set(range(screen.columns)):
        yield "\x1b[3g"
        yield from (f"\x1b[{x + 1}G\x1bH" for x in screen.tabstops if x < screen.columns)
    yield from _margins(screen)
    for mode in _DRAWING:
        if (mode in screen.mode) != (mode in modes.DEFAULT):
            yield f"\x1b[?{mode >> modes.PRIVATE}{'h' if mode in screen.mode else 'l'}"
    yield from _save(screen.saved[screen.is_alternate])
    yield from _cursor(screen)
    yield from _charsets(screen.charsets, screen.shift, _FRESH.charsets, _FRESH.shift)
    yield from ("\x1b[?7l",) if modes.DECAWM not in screen.mode else ()
    yield from ("\x1b[4h",) if modes.IRM in screen.mode else ()
    yield from ("\x1b[20h",) if modes.LNM in screen.mode else ()


def _rows(rows: Sequence[Row]) -> Iterator[str]:
    """Draw rows from the top; a row that went on in the next one does so again."""
    for y, row in enumerate(rows):
        # What stands where a wide character found no room is older than the wrap.
        if row.wrapped == PADDED and row.chars[-1] and (row.chars[-1] != " " or row.pens[-1] is not PLAIN):
            yield f"\x1b[{y + 1};{len(row.chars)}H{sgr(row.pens[-1].style)}{row.chars[-1]}"
    goes_on = False
    for y, row in enumerate(rows):
        end = len(row.chars)
        if not row.wrapped:
            while end > goes_on and row.chars[end - 1] == " " and row.pens[end - 1] is PLAIN:
                end -= 1
        elif row.wrapped == PADDED:
            end -= 1
        if end and not goes_on:
            yield f"\x1b[{y + 1}H"
        start = 0
        for pen, run in groupby(row.pens[:end]):
            count = len(list(run))
            yield sgr(pen.style)
            yield "".join(row.chars[start : start + count])
            start += count
        goes_on = bool(row.wrapped)
    yield _RESET


def _margins(screen: Screen) -> Iterator[str]:
    if modes.DECLRMM in screen.mode:
        yield f"\x1b[?69h\x1b[{screen.left + 1};{screen.right + 1}s"
    if (screen.top, screen.bottom) != (0, screen.lines - 1):
        yield f"\x1b[{screen.top + 1};{screen.bottom + 1}r"


def _save(saved: Saved) -> Iterator[str]:
    """What DECRC brings back."""
    if saved != _FRESH:
        yield from _charsets(saved.charsets, saved.shift, _FRESH.charsets, _FRESH.shift)
        yield f"\x1b[{saved.y + 1};{saved.x + 1}H{sgr(saved.pen.style)}\x1b7"
        yield from _charsets(_FRESH.charsets, _FRESH.shift, saved.charsets, saved.shift)


def _charsets(
    charsets: Sequence[Charset], shift: int, before: Sequence[Charset], before_shift: int
) -> Iterator[str]:
    for slot, (charset, old) in enumerate(zip(charsets, before, strict=True)):
        if charset is not old:
            # Line drawing and of ASCII are what guests use.
            yield f"\x1b{_SLOTS[slot]}{'0' if charset is GRAPHICS else 'B'}"
    if shift != before_shift:
        yield _SHIFTS[shift]


def _cursor(screen: Screen) -> Iterator[str]:
    """Put the cursor, after all that would move it; a character that waits to wrap is drawn again."""
    y, x = screen.cursor.y, screen.cursor.x
    if modes.DECOM in screen.mode:
        yield "\x1b[?6h"
        y = max(0, y - screen.top)
        x = max(0, x - (screen.left if modes.DECLRMM in screen.mode else 0))
    row = screen.buffer[screen.cursor.y]
    if screen.wrap_pending:
        half = not row.chars[screen.cursor.x]  # the right one of a wide character
        at = screen.cursor.x - half
        yield f"\x1b[{y + 1};{x + 1 - half}H{sgr(row.pens[at].style)}{row.chars[at]}"
    else:
        yield f"\x1b[{y + 1};{x + 1}H"
    yield sgr(screen.pen.style)
    if screen.cursor_shape != 1:
        yield f"\x1b[{screen.cursor_shape} q"
