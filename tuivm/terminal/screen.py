"""The screen: what is shown, where the cursor stands, and what control functions are made of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from pyte.screens import Margins
from pyte.screens import Screen as PyteScreen

from tuivm.terminal import modes
from tuivm.terminal.charsets import Charset
from tuivm.terminal.cursor import Saved, ScreenCursor
from tuivm.terminal.device import Device
from tuivm.terminal.marks import Marks
from tuivm.terminal.pen import BLANK, PLAIN, Cell, Pen
from tuivm.terminal.row import PADDED, WRAPPED, Row, shared_blank
from tuivm.terminal.scrollback import Line, Scrollback
from tuivm.terminal.widths import MAX_COMBINING, width

MAX_REPLIES = 4096
"""Bytes of replies that wait at most; a guest that asks more gets no more."""


class Screen(PyteScreen):
    """A ``pyte.Screen`` in its data alone: pyte's methods are replaced or not used.

    ``buffer[y][x]`` is a :class:`~tuivm.terminal.pen.Cell`; ``cursor`` is always inside (a wrap that waits
    is the flag ``wrap_pending``, not a column of its own); ``dirty`` holds the rows that changed until the
    reader clears it. Margins are kept as ``top``, ``bottom``, ``left``, ``right``, all from 0 and included.
    """

    buffer: list[Row]  # type: ignore[assignment]

    def __init__(self, columns: int, lines: int, scrollback: int) -> None:
        self.columns = columns
        self.lines = lines
        self.scrollback = Scrollback(scrollback)
        self.marks = Marks(self)
        self.below: tuple[Row, list[Row]] | None = None
        """Rows for which a shorter screen had no room, and the bottom row that they follow."""
        self.dirty: set[int] = set()
        self.replies = bytearray()
        self.device = Device()
        self.title = self.icon_name = ""
        self.reset()

    # The look of it

    def reset(self) -> None:
        """Start anew (RIS). The scrollback stays."""
        self.mode: set[int] = set(modes.DEFAULT)
        self.buffer = self.blank_rows(self.lines)
        self.other = self.blank_rows(self.lines)
        """Rows of the screen that is not shown: the alternate one, or the main one while that is shown."""
        self.is_alternate = False
        self.device.reset()
        self.cursor_shape = 1
        self.tabstops = set(range(8, 1024, 8))
        self.saved = [Saved(), Saved()]
        self.cursor: ScreenCursor = ScreenCursor()
        self.pen = PLAIN
        self.last = ""
        self.set_region(None, None)
        self.restore_cursor()
        self.touch()

    def blank_rows(self, count: int, pen: Pen = PLAIN) -> list[Row]:
        """Return rows of blanks; they are shared, see :meth:`row`."""
        return [shared_blank(self.columns, pen)] * count

    def row(self, y: int) -> Row:
        """Return a row that may be changed, and say that it changed. To read take ``buffer[y]``."""
        self.dirty.add(y)
        row = self.buffer[y]
        if row.shared:
            row = self.buffer[y] = row.copy()
        return row

    def erase_rows(self, start: int, end: int, pen: Pen, char: str = " ") -> None:
        """Fill whole rows, ``end`` not included, with one character."""
        if start < end:
            self.buffer[start:end] = [shared_blank(self.columns, pen, char)] * (end - start)
            self.dirty.update(range(start, end))

    @property
    def display(self) -> list[str]:
        """The text of every row, as wide as the screen."""
        return [row.text for row in self.buffer]

    @property
    def default_char(self) -> Cell:
        """An empty cell."""
        return BLANK

    @property
    def margins(self) -> Margins | None:  # type: ignore[override]
        """Top and bottom margin from 0, None when they are the screen's edges."""
        if (self.top, self.bottom) == (0, self.lines - 1):
            return None
        return Margins(self.top, self.bottom)

    def touch(self) -> None:
        """Say that every row changed."""
        if len(self.dirty) < self.lines:
            self.dirty.update(range(self.lines))

    # Margins and cursor

    def set_region(self, top: int | None, bottom: int | None) -> None:
        """Set the top and bottom margin; None is the screen's edge. Left and right go to the edges."""
        self.top = 0 if top is None else top
        self.bottom = self.lines - 1 if bottom is None else bottom
        self.left, self.right = 0, self.columns - 1

    @property
    def is_origin(self) -> bool:
        """Whether addresses count from the margins."""
        return modes.DECOM in self.mode

    def move(self, x: int, y: int) -> None:
        """Put the cursor somewhere on the screen, or on its nearest place."""
        self.cursor.x = max(0, min(x, self.columns - 1))
        self.cursor.y = max(0, min(y, self.lines - 1))
        self.wrap_pending = False

    def address(self, x: int, y: int) -> None:
        """Put the cursor at an address from 0; in origin mode it counts from the margins and stays inside."""
        if self.is_origin:
            self.move(min(self.left + x, self.right), min(self.top + y, self.bottom))
        else:
            self.move(x, y)

    def set_pen(self, pen: Pen) -> None:
        """Draw with ``pen`` from now on."""
        self.pen = self.cursor.pen = pen

    def save_cursor(self) -> None:
        """DECSC, for the screen that is shown."""
        self.saved[self.is_alternate] = Saved(
            self.cursor.x,
            self.cursor.y,
            self.pen,
            tuple(self.charsets),
            self.shift,
            self.is_origin,
            self.wrap_pending,
        )

    def restore_cursor(self) -> None:
        """DECRC, for the screen that is shown."""
        saved = self.saved[self.is_alternate]
        (self.mode.add if saved.origin else self.mode.discard)(modes.DECOM)
        if saved.origin:
            self.address(max(0, saved.x - self.left), max(0, saved.y - self.top))
        else:
            self.move(saved.x, saved.y)
        self.wrap_pending = saved.wrap_pending and saved.x == self.cursor.x
        self.set_pen(saved.pen)
        self.charsets: list[Charset] = list(saved.charsets)
        self.shift = saved.shift
        self.single_shift = 0

    def show_alternate(self, alternate: bool) -> None:
        """Show the alternate or the main screen."""
        if self.is_alternate != alternate:
            self.buffer, self.other = self.other, self.buffer
            self.is_alternate = alternate
            self.touch()

    # Text

    def draw(self, data: str) -> None:
        """Write characters (no controls) at the cursor."""
        if self.single_shift:
            data = self._draw_shifted(data)
            if not data:
                return
        charset = self.charsets[self.shift]
        self.write(data.translate(charset) if charset else data)

    def _draw_shifted(self, data: str) -> str:
        """Give text to who waits for it, or write one character of G2 or G3; return the rest."""
        if self.device.take_next:
            return self.device.take_next(data)
        charset, self.single_shift = self.charsets[self.single_shift], 0
        self.write(data[0].translate(charset) if charset else data[0])
        return data[1:]

    def write(self, text: str) -> None:
        """Write characters as they are, whatever the character set."""
        if text.isascii() or set(map(width, text)) == {1}:
            self._write_narrow(text)
            return
        for columns, run in groupby(text, width):
            if columns == 1:
                self._write_narrow("".join(run))
            elif columns == 2:
                for character in run:
                    self._write_wide(character)
            else:
                self._combine("".join(run))

    def _write_narrow(self, text: str) -> None:
        """Write characters of one column each."""
        cursor = self.cursor
        pen = self.pen
        position = 0
        while position < len(text):
            if self.wrap_pending:
                self._wrap()
            x = cursor.x
            limit = self.right + 1 if x <= self.right else self.columns
            piece = text[position : position + limit - x]
            position += len(piece)
            end = x + len(piece)
            row = self.row(cursor.y)
            if modes.IRM in self.mode:
                row.insert_blanks(x, limit, len(piece), PLAIN)
            else:
                row.cut(x)
                row.cut(end)
            row.chars[x:end] = piece
            row.pens[x:end] = [pen] * len(piece)
            if end < limit:
                cursor.x = end
                break
            cursor.x = limit - 1
            if modes.DECAWM in self.mode:
                self.wrap_pending = True
            elif position < len(text):
                # Without autowrap the rest goes over the last column: only its end is seen.
                row.chars[limit - 1] = text[-1]
                break
        self.last = text[-1]

    def _write_wide(self, character: str) -> None:
        """Write one character of two columns; it never hangs over the margin."""
        if self.wrap_pending:
            self._wrap()
        x = self.cursor.x
        limit = self.right + 1 if x <= self.right else self.columns
        if x + 2 > limit:
            if modes.DECAWM in self.mode and limit - self.left >= 2:
                self._wrap(PADDED if x == self.columns - 1 else WRAPPED)
                x = self.cursor.x
                limit = self.right + 1 if x <= self.right else self.columns
            else:
                x = limit - 2
        if x < 0 or x + 2 > limit:
            return
        row = self.row(self.cursor.y)
        if modes.IRM in self.mode:
            row.insert_blanks(x, limit, 2, PLAIN)
        row.fill(x, x + 2, self.pen, "")
        row.chars[x] = character
        self.last = character
        if x + 2 < limit:
            self.cursor.x = x + 2
        else:
            self.cursor.x = limit - 1
            self.wrap_pending = modes.DECAWM in self.mode

    def _combine(self, marks: str) -> None:
        """Add zero-width characters to the character before the cursor, a bounded number."""
        x = self.cursor.x - (0 if self.wrap_pending else 1)
        if x < 0:
            return
        row = self.row(self.cursor.y)
        if x > 0 and not row.chars[x]:
            x -= 1
        row.chars[x] = (row.chars[x] + marks)[: 1 + MAX_COMBINING]

    def _wrap(self, how: int = WRAPPED) -> None:
        """Go to the next line because the margin was reached.

        Only the screen's own margin makes one line of two rows, and only where there is a row to go on in.
        """
        if self._is_full_width and (self.cursor.y == self.bottom or self.cursor.y < self.lines - 1):
            self.row(self.cursor.y).wrapped = how
        self.cursor.x = self.left
        self.wrap_pending = False
        self.index()

    # Scrolling

    def index(self) -> None:
        """Go down one line, scrolling at the bottom margin (IND)."""
        self.wrap_pending = False
        cursor = self.cursor
        if cursor.y == self.bottom:
            if self.left <= cursor.x <= self.right:
                self.scroll_up(self.top, 1)
        elif cursor.y < self.lines - 1:
            cursor.y += 1

    def reverse_index(self) -> None:
        """Go up one line, scrolling at the top margin (RI)."""
        self.wrap_pending = False
        cursor = self.cursor
        if cursor.y == self.top:
            if self.left <= cursor.x <= self.right:
                self.scroll_down(self.top, 1)
        elif cursor.y > 0:
            cursor.y -= 1

    def scroll_up(self, top: int, count: int, *, keep: bool = True) -> None:
        """Move rows ``top`` to the bottom margin up.

        With ``keep`` those of the main screen that leave at row 0 go to the scrollback.
        """
        count = min(count, self.bottom - top + 1)
        if not self._is_full_width:
            self._scroll_columns(range(top, self.bottom + 1), count)
            return
        buffer = self.buffer
        if keep and top == 0 and not self.is_alternate:
            self.keep(buffer[:count])
        blank = self.pen.eraser
        at = self.bottom + 1
        buffer[at:at] = self.blank_rows(count, blank)
        del buffer[top : top + count]
        if len(self.dirty) < self.lines:
            self.dirty.update(range(top, at))

    def scroll_down(self, top: int, count: int) -> None:
        """Move rows ``top`` to the bottom margin down."""
        count = min(count, self.bottom - top + 1)
        if not self._is_full_width:
            self._scroll_columns(range(self.bottom, top - 1, -1), count)
            return
        at = self.bottom + 1
        del self.buffer[at - count : at]
        self.buffer[top:top] = self.blank_rows(count, self.pen.eraser)
        self.dirty.update(range(top, at))

    @property
    def _is_full_width(self) -> bool:
        return self.left == 0 and self.right == self.columns - 1

    def _scroll_columns(self, rows: Sequence[int], count: int) -> None:
        """Move what is between the left and right margin by ``count`` rows against the order of ``rows``."""
        left, end = self.left, self.right + 1
        for place, y in enumerate(rows):
            row = self.row(y)
            if place + count < len(rows):
                row.copy_from(self.buffer[rows[place + count]], left, end, left)
            else:
                row.fill(left, end, self.pen.eraser)

    def keep(self, rows: Sequence[Row]) -> None:
        """Put rows into the scrollback."""
        for row in rows:
            self.scrollback.append(Line.of(row))

    # Replies

    def reply(self, text: str) -> None:
        """Send an answer to the guest, unless too many wait already."""
        data = self.device.encode(text)
        if len(self.replies) + len(data) <= MAX_REPLIES:
            self.replies += data
