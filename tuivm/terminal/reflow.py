"""Reflow: rows that wrapped at one width are joined to the line that was printed and folded at another.

Lines of the scrollback that neither wrapped nor are too long for the new width stay the objects they were:
in a log that is nearly all of them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, zip_longest

from tuivm.terminal.logical import Readable, width_of
from tuivm.terminal.packed import ENDS, SGR
from tuivm.terminal.pen import PLAIN, Pen
from tuivm.terminal.refold import MAX_SEQUENCES, fold_lines, fold_packed, fold_text
from tuivm.terminal.row import PADDED, WRAPPED, Row
from tuivm.terminal.scrollback import Line, line_of, pack
from tuivm.terminal.widths import columns as columns_of_text

Printed = str | Line | Row
"""A line as the scrollback keeps it (mostly packed), or a row of the screen."""
_WRAPS = ENDS[1:]
PADDING = ENDS[PADDED]
_MAYBE_WIDE = re.compile(
    "[\u1100-\u115f\u231a-\u23ff\u25fd-\u27bf\u2b00-\u2bff\u2e80-\ua4cf\ua960-\ua97f"
    "\uac00-\ud7ff\uf900-\ufaff\ufe10-\ufe6f\uff00-\U0010ffff]"
)
"""Characters elsewhere take one column or none (Unicode's East Asian Width)."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a cursor stands among rows."""

    row: int
    """Index of the row."""
    column: int
    """Column, from 0."""
    pending: bool
    """Whether the next character wraps first."""


@dataclass(frozen=True, slots=True)
class _Fold:
    """One logical line before and after."""

    old: int
    """Index of its first row before."""
    new: int
    """Index of its first row now."""
    joints: list[int]
    """Where each row before began, in columns of the joined line."""
    folds: list[int]
    """Where each row now begins."""


class Flow:
    """Rows folded at another width, and what became of each place in them.

    ``rows`` are lines of the scrollback and rows of the screen, ``old`` and ``new`` the widths. The
    line that ``cursor`` stands on is folded as if it had text up to there.
    """

    def __init__(self, rows: Sequence[Printed], old: int, new: int, cursor: Cursor) -> None:
        self.rows: list[Printed] = []
        """The rows now. Lines of the scrollback, and what stayed as it was, may have another length."""
        self._old, self._new = old, new
        self._kept = cursor.row
        self._folds: list[_Fold] = []
        if old == new:
            self.rows.extend(rows)
        else:
            self._flow(rows, cursor)
        self.cursor = self.place(cursor)
        """Where the cursor stands now."""

    def _flow(self, rows: Sequence[Printed], cursor: Cursor) -> None:
        columns = self._new
        done = self.rows
        at = 0
        while at < len(rows):
            row = rows[at]
            if not _goes_on(row) and at != cursor.row and _fits(row, columns):
                done.append(row)
                at += 1
                continue
            end = at + 1
            while end < len(rows) and _goes_on(rows[end - 1]):
                end += 1
            keep = (cursor.row - at, cursor.column + cursor.pending) if at <= cursor.row < end else None
            self._fold(rows[at:end], at, keep)
            at = end

    def _fold(self, printed: Sequence[Printed], at: int, keep: tuple[int, int] | None) -> None:
        """Fold the rows of one logical line; ``keep`` is a place (row, column) up to which it is text."""
        folded = None if keep is not None else _fold_ascii(printed, self._old, self._new)
        if folded is None:
            rows = [line_of(row) if isinstance(row, str) else row for row in printed]
            self._fold_columns(rows, at, keep)
        else:
            lines, joints, folds = folded
            self._folds.append(_Fold(at, len(self.rows), joints, folds))
            self.rows.extend(lines)

    def _fold_columns(self, rows: Sequence[Readable], at: int, keep: tuple[int, int] | None) -> None:
        """Fold any rows, column by column."""
        pieces = [_unpack(*pair, self._old) for pair in zip_longest(rows, rows[1:])]
        joints = [0, *accumulate(len(chars) for chars, _ in pieces[:-1])]
        chars = [char for piece, _ in pieces for char in piece]
        pens = [pen for _, piece in pieces for pen in piece]
        length = _length(chars)
        if keep is not None:
            length = max(length, joints[keep[0]] + keep[1])
            chars += [" "] * (length - len(chars))
            pens += [PLAIN] * (length - len(pens))
        end = len(chars)
        while end > length and pens[end - 1] is PLAIN:
            end -= 1
        folds = _folds(chars, length, self._new)
        self._folds.append(_Fold(at, len(self.rows), joints, folds))
        is_line = isinstance(rows[-1], Line)
        for start, stop in zip(folds, [*folds[1:], end], strict=True):
            row = Row(chars[start:stop], pens[start:stop])
            if stop != end:
                row.wrapped = WRAPPED if stop - start == self._new else PADDED
            self.rows.append(pack(row) if is_line else row)

    def _locate(self, row: int, column: int) -> tuple[int, int]:
        """Return where a place now is; behind the end of a line its column may be any."""
        at = bisect_right(self._folds, row, key=_old_of) - 1
        if at < 0:
            return row, column
        fold = self._folds[at]
        index = row - fold.old
        if index >= len(fold.joints):
            return row + fold.new + len(fold.folds) - fold.old - len(fold.joints), column
        offset = fold.joints[index] + column
        if index + 1 < len(fold.joints):
            offset = min(offset, fold.joints[index + 1] - 1)
        place = bisect_right(fold.folds, offset) - 1
        return fold.new + place, offset - fold.folds[place]

    def find(self, row: int, column: int) -> tuple[int, int]:
        """Return where the character now stands that stood at a place; behind the text it is the nearest."""
        row, column = self._locate(row, column)
        return row, min(column, self._new - 1)

    def place(self, cursor: Cursor) -> Cursor:
        """Return where a cursor now stands: on its character, or still behind the one it came from.

        Right behind a full row it waits at the margin, as if it had just been written.
        """
        if self._old == self._new:
            return cursor
        row, column = self._locate(cursor.row, cursor.column)
        column += cursor.pending
        is_behind = column == self._new and (cursor.pending or cursor.row == self._kept)
        return Cursor(row, min(column, self._new - 1), is_behind)


def _old_of(fold: _Fold) -> int:
    return fold.old


def _goes_on(row: Printed) -> bool:
    return row.endswith(_WRAPS) if isinstance(row, str) else row.wrapped != 0


def _fold_ascii(
    printed: Sequence[Printed], old: int, new: int
) -> tuple[Sequence[Printed], list[int], list[int]] | None:
    """Fold lines of the scrollback by runs of characters; None when that cannot be done."""
    packed = [row for row in printed if isinstance(row, str) and row.isascii()]
    if len(packed) == len(printed):
        together = "".join(packed)
        if PADDING not in together:
            count = together.count("\x1b")
            if not count:
                return fold_text(packed, old, new)
            if count <= MAX_SEQUENCES:
                return fold_packed(packed, old, new)
    lines = [line_of(row) if isinstance(row, str) else row for row in printed]
    ascii_lines = [
        row for row in lines if isinstance(row, Line) and row.text.isascii() and row.wrapped != PADDED
    ]
    return fold_lines(ascii_lines, old, new) if len(ascii_lines) == len(lines) else None


def _fits(row: Printed, columns: int) -> bool:
    """Return whether a row's text, without blanks at its end, is at most ``columns`` wide."""
    if isinstance(row, Row):
        return len(row.chars) <= columns or _length(row.chars) <= columns
    if isinstance(row, str):
        text = SGR.sub("", row) if len(row) > columns and "\x1b" in row else row
    else:
        text = row.text
    if text.isascii() or _MAYBE_WIDE.search(text) is None:
        return len(text) <= columns or len(text.rstrip(" ")) <= columns
    return 2 * len(text) <= columns or _length(columns_of_text(text)) <= columns


def _length(chars: list[str]) -> int:
    """Return the number of columns up to the last character that is no blank."""
    text = "".join(chars)
    return len(chars) - len(text) + len(text.rstrip(" "))


def _unpack(row: Readable, following: Readable | None, columns: int) -> tuple[list[str], list[Pen]]:
    """Return what each column shows and its pen; as wide as the screen was when the row wrapped."""
    if not isinstance(row, Row):
        row = row.row()
    chars, pens = row.chars, row.pens
    if not row.wrapped:
        return chars + row.hidden[0], pens + row.hidden[1]
    width = width_of(row, columns, following)
    missing = width - len(chars)
    return chars[:width] + [" "] * missing, pens[:width] + [PLAIN] * missing


def _folds(chars: list[str], length: int, columns: int) -> list[int]:
    """Return where rows begin when ``length`` columns are folded; no wide character is cut.

    With a single column a wide character makes a row that is too long.
    """
    folds = [0]
    while length - folds[-1] > columns:
        end = folds[-1] + columns
        if not chars[end]:
            end += -1 if columns > 1 else 1
        if end >= length:
            break
        folds.append(end)
    return folds
