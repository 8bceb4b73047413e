"""The screen: what is shown, where the cursor stands, and what control functions are made of."""

from __future__ import annotations

from collections.abc import Sequence

from pyte.screens import Margins

from tuivm.terminal import drawing, modes
from tuivm.terminal.charsets import Charset
from tuivm.terminal.cursor import Saved, ScreenCursor
from tuivm.terminal.device import Device
from tuivm.terminal.grid import Grid
from tuivm.terminal.marks import Marks
from tuivm.terminal.pen import PLAIN, Pen
from tuivm.terminal.row import Row, shared_blank
from tuivm.terminal.scrollback import Scrollback

MAX_REPLIES = 4096
"""Bytes of replies that wait at most; a guest that asks more gets no more."""
TABS = tuple(range(8, 1024, 8))
"""Tab stops of the start."""
_ASCII = ("(", "B")
NEVER_SAVED = Saved()
"""What DECRC brings back when nothing was saved."""


class Screen(Grid):
    """A ``pyte.Screen`` in its data alone: pyte's methods are replaced or not used.

    ``buffer[y][x]`` is a :class:`~tuivm.terminal.pen.Cell`; ``cursor`` is always inside (a wrap that waits
    is the flag ``wrap_pending``, not a column of its own); ``dirty`` holds the rows that changed until the
    reader clears it. Margins are kept as ``top``, ``bottom``, ``left``, ``right``, all from 0 and included.
    """

    tabstops: list[int]  # type: ignore[assignment]
    """Columns with a tab stop, from left to right."""

    def __init__(self, columns: int, lines: int, scrollback: int) -> None:
        super().__init__(columns, lines)
        self.scrollback = Scrollback(scrollback)
        self.marks = Marks(self)
        self.idle = 0
        """Controls that did nothing, since somebody did something about them."""
        self.replies = bytearray()
        self.device = Device()
        self.title = self.icon_name = ""
        self.cursor: ScreenCursor = ScreenCursor(self)
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
        self.tabstops = [*TABS]
        self.saved = [NEVER_SAVED, NEVER_SAVED]
        self.cursor.hidden = False
        self.pen = PLAIN
        self.latest = ""
        """Text that ends with the character written last."""
        self.set_region(None, None)
        self.restore_cursor()
        self.touch()

    @property
    def margins(self) -> Margins | None:  # type: ignore[override]
        """Top and bottom margin from 0, None when they are the screen's edges."""
        if (self.top, self.bottom) == (0, self.lines - 1):
            return None
        return Margins(self.top, self.bottom)

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
        cursor = self.cursor
        cursor.x = x if 0 <= x < self.columns else max(0, min(x, self.columns - 1))
        cursor.y = y if 0 <= y < self.lines else max(0, min(y, self.lines - 1))
        self.wrap_pending = False

    def address(self, x: int, y: int) -> None:
        """Put the cursor at an address from 0; in origin mode it counts from the margins and stays inside."""
        if self.is_origin:
            self.move(min(self.left + x, self.right), min(self.top + y, self.bottom))
        else:
            self.move(x, y)

    def set_pen(self, pen: Pen) -> None:
        """Draw with ``pen`` from now on."""
        self.pen = pen

    def save_cursor(self) -> None:
        """DECSC, for the screen that is shown."""
        cursor = self.cursor
        charsets = tuple(self.charsets)
        kept = (cursor.x, cursor.y, self.pen, charsets, self.shift, self.is_origin, self.wrap_pending)
        self.saved[self.is_alternate] = tuple.__new__(Saved, kept)

    def restore_cursor(self) -> None:
        """DECRC, for the screen that is shown."""
        saved = self.saved[self.is_alternate]
        x, y, self.pen, charsets, self.shift, origin, wrap_pending = saved
        if origin:
            self.mode.add(modes.DECOM)
            self.address(x - self.left, y - self.top)
        else:
            self.mode.discard(modes.DECOM)
            self.move(x, y)
        self.wrap_pending = wrap_pending and x == self.cursor.x
        self.charsets: list[Charset] = [*charsets]
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
        drawing.write(self, text)

    def begun(self, y: int, x: int, text: str) -> Row:
        """Return a row to write plain text to, or a shared one in its place that has the text already."""
        row = self.buffer[y]
        if not row.shared:
            self.dirty.add(y)
            return row
        longer = row.extended(x, text, self.columns) if self.pen is PLAIN else None
        if longer is None:
            return self.row(y)
        self.buffer[y] = longer
        return longer

    @property
    def last(self) -> str:
        """The character written last, empty for none (REP)."""
        return self.latest[-1:]

    def is_simple(self) -> bool:
        """Return whether characters stand for themselves, move nothing aside, and addresses count from 0."""
        charsets, mode = self.charsets, self.mode
        return (
            charsets[self.shift] is None
            and not self.single_shift
            and charsets[0] is None
            and self.device.names[0] == _ASCII
            and self.left == 0
            and self.right == self.columns - 1
            and not (modes.IRM in mode or modes.DECOM in mode)
        )

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
        if count == 1 and keep and top == 0 and self.bottom == self.lines - 1 and self.is_full_width:
            row = self.buffer.pop(0)
            if not self.is_alternate:
                self.scrollback.add(row)
            self.buffer.append(shared_blank(self.columns, self.pen.eraser))
            self.touch()
            return
        count = min(count, self.bottom - top + 1)
        if self.left or self.right < self.columns - 1:
            self._scroll_columns(range(top, self.bottom + 1), count)
            return
        buffer = self.buffer
        if keep and top == 0 and not self.is_alternate:
            self.scrollback.keep(buffer[:count])
        if top:
            self._end_line(top - 1)
        blank = shared_blank(self.columns, self.pen.eraser)
        del buffer[top : top + count]
        at = self.bottom + 1 - count
        buffer[at:at] = [blank] * count
        if len(self.dirty) < self.lines:
            self.dirty.update(range(top, self.bottom + 1))

    def scroll_down(self, top: int, count: int) -> None:
        """Move rows ``top`` to the bottom margin down."""
        count = min(count, self.bottom - top + 1)
        if not self.is_full_width:
            self._scroll_columns(range(self.bottom, top - 1, -1), count)
            return
        at = self.bottom + 1
        del self.buffer[at - count : at]
        self.buffer[top:top] = [shared_blank(self.columns, self.pen.eraser)] * count
        if len(self.dirty) < self.lines:
            self.dirty.update(range(top, at))
        self._end_line(top - 1)
        self._end_line(self.bottom)

    def _end_line(self, y: int) -> None:
        """Say that a row no longer goes on in the next one, which is another now; -1 is no row."""
        if y >= 0 and self.buffer[y].wrapped:
            self.row(y).wrapped = 0

    @property
    def is_full_width(self) -> bool:
        """Whether the left and right margins are the screen's edges."""
        return self.left == 0 and self.right == self.columns - 1

    def _scroll_columns(self, rows: Sequence[int], count: int) -> None:
        """Move what is between the left and right margin by ``count`` rows against the order of ``rows``."""
        left, end = self.left, self.right + 1
        parts = []
        for y in rows:
            row = self.row(y)
            row.cut(left)
            row.cut(end)
            parts.append((row.chars[left:end], row.pens[left:end]))
        for y, (chars, pens) in zip(rows, parts[count:], strict=False):
            self.buffer[y].chars[left:end] = chars
            self.buffer[y].pens[left:end] = pens
        for y in rows[len(rows) - count :]:
            self.buffer[y].fill(left, end, self.pen.eraser)

    # Replies

    @property
    def is_deaf(self) -> bool:
        """Whether so many answers wait that one more has no room: working it out would be in vain."""
        return len(self.replies) > MAX_REPLIES - 64

    def reply(self, text: str) -> None:
        """Send an answer to the guest, unless too many wait already."""
        data = self.device.encode(text)
        if len(self.replies) + len(data) <= MAX_REPLIES:
            self.replies += data
