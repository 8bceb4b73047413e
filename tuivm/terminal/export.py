"""The whole text of a terminal, plain or with its colours, for files and pagers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from tuivm.terminal.logical import Readable, columns_at, end_of, goes_on, width_of
from tuivm.terminal.pen import PLAIN, Pen, Style
from tuivm.terminal.row import Row
from tuivm.terminal.selection import Markable
from tuivm.terminal.sgr import PALETTE_NAMES

_FLAGS = (
    ("bold", "1"),
    ("dim", "2"),
    ("italics", "3"),
    ("blink", "5"),
    ("reverse", "7"),
    ("conceal", "8"),
    ("strikethrough", "9"),
    ("overline", "53"),
)
_RESET = "\x1b[m"


def as_text(terminal: Markable) -> Iterator[str]:
    """Give each line of scrollback and screen without its line end, oldest first.

    Rows that wrapped are one line, blanks at the end of a line and empty lines at the end are left out. The
    terminal may go on between two lines: none is given twice, and those that fell out meanwhile are missing.
    """
    return _without_empty_end(line.rstrip(" ") for line in _joined(terminal, coloured=False))


def as_ansi(terminal: Markable) -> Iterator[str]:
    """Give each line as :func:`as_text` does, with SGR sequences (ECMA-48 8.3.117) and no other control.

    Colours and attributes are put back at the end of each line, so that a pager may show any part of it.
    """
    return _without_empty_end(_joined(terminal, coloured=True))


def _joined(terminal: Markable, *, coloured: bool) -> Iterator[str]:
    number = terminal.first
    given = terminal.mark(number)
    pieces: list[str] = []
    pen = PLAIN
    while number < terminal.end:
        line = terminal.line(number)
        columns = terminal.screen.columns
        if coloured:
            following = terminal.line(number + 1) if line.wrapped and number + 1 < terminal.end else None
            pen = _draw(line, following, columns, pen, pieces)
        else:
            pieces.append("".join(columns_at(terminal, number)))
        number += 1
        if number == terminal.end or not goes_on(terminal, number - 1):
            given.move(number - 1)
            yield _finish(pieces, pen)
            # Meanwhile lines may have been printed, folded anew or dropped.
            number = terminal.first if given.lost else end_of(terminal, given.number)
            pieces, pen = [], PLAIN


def _finish(pieces: list[str], pen: Pen) -> str:
    if pen is not PLAIN:
        pieces.append(_RESET)
    return "".join(pieces)


def _without_empty_end(lines: Iterator[str]) -> Iterator[str]:
    """Leave out the empty lines at the end, most often the rows below the prompt."""
    empty = 0
    for line in lines:
        if line:
            yield from [""] * empty
            empty = 0
            yield line
        else:
            empty += 1


def _draw(line: Readable, following: Readable | None, columns: int, pen: Pen, pieces: list[str]) -> Pen:
    """Add a line's characters and the SGRs between them, begun with ``pen``; return the pen at its end."""
    if not isinstance(line, Row):
        if line.pens is None and pen is PLAIN and line.text and not line.wrapped:
            pieces.append(line.text)
            return PLAIN
        line = line.row()
    chars, pens = line.chars[:columns], line.pens[:columns]
    end = len(chars)
    if line.wrapped:
        end = width_of(line, columns, following)
        chars, pens = chars + [" "] * (end - len(chars)), pens + [PLAIN] * (end - len(pens))
    else:
        while end and chars[end - 1] == " " and pens[end - 1] is PLAIN:
            end -= 1
        if not end and pieces:
            # A blank makes the row before wrap into this one again.
            chars, pens, end = [" "], [PLAIN], 1
        elif pieces and pens[0].style.bg != "default":
            # The row that a character wraps into can be a new one, filled with the colour of its background.
            chars, pens = chars + [" "] * (columns - len(chars)), pens + [PLAIN] * (columns - len(pens))
            end = columns
    start = 0
    for wanted, run in groupby(pens[:end]):
        count = len(list(run))
        if wanted is not pen:
            pieces.append(sgr(wanted.style))
            pen = wanted
        pieces.append("".join(chars[start : start + count]))
        start += count
    return pen


@lru_cache(maxsize=4096)
def sgr(style: Style) -> str:
    """Return the sequence that makes ``style`` from any other."""
    codes = ["0"]
    codes.extend(code for name, code in _FLAGS if getattr(style, name))
    if style.underline:
        codes.append("4" if style.underline == 1 else f"4:{style.underline}")
    for code, colour in ((38, style.fg), (48, style.bg), (58, style.underline_color)):
        if colour != "default":
            codes.append(_colour(code, colour))
    return f"\x1b[{';'.join(codes)}m" if len(codes) > 1 else _RESET


def _colour(code: int, colour: str) -> str:
    """Return the parameters of a colour: 30 to 37 and 90 to 97 for the sixteen, else by its parts."""
    if colour in PALETTE_NAMES:
        index = PALETTE_NAMES.index(colour)
        if code == 58:
            return f"58:5:{index}"
        return str(code - 8 + index) if index < 8 else str(code + 44 + index)
    red, green, blue = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    # The colour of underlines is younger: terminals that do not know it skip the form with colons whole.
    return f"58:2::{red}:{green}:{blue}" if code == 58 else f"{code};2;{red};{green};{blue}"
