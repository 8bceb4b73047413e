"""Walking over the console's text with the keyboard: lines, columns, pages, words."""

from __future__ import annotations

from tuivm.terminal import Terminal
from tuivm.terminal.logical import columns_of, end_of, start_of
from tuivm.terminal.marks import Mark
from tuivm.ui.widgets.console_view import View


class Walker:
    """A cursor on the lines of a view, which moves along with it. It is held by a mark."""

    def __init__(self, view: View) -> None:
        self.view: View = view
        """What the pane looks at."""
        self.terminal: Terminal = view.terminal
        """Its terminal."""
        self.cursor: Mark = self.terminal.mark(view.present)
        """Where the keyboard is."""
        self._column = 0

    @property
    def _width(self) -> int:
        return self.terminal.screen.columns

    def chars(self, number: int) -> list[str]:
        """What stands in each column of a line, as far as there is text."""
        return columns_of(self.terminal.line(number), self._width)

    def _go(self, number: int, column: int, *, keep_column: bool = False) -> None:
        number = max(self.terminal.first, min(number, self.terminal.end - 1))
        column = max(0, min(column, self._width - 1))
        if not keep_column:
            self._column = column
        chars = self.chars(number)
        if 0 < column < len(chars) and not chars[column]:
            column -= 1
        self.cursor = self.terminal.mark(number, column)
        self.view.show(number)

    @property
    def place(self) -> tuple[int, int]:
        """Line and column of the cursor; the oldest line for one that fell out."""
        if self.cursor.lost:
            return self.terminal.first, 0
        return min(self.cursor.number, self.terminal.end - 1), min(self.cursor.column, self._width - 1)

    def go_to(self, place: tuple[int, int]) -> None:
        """Go to a line and column."""
        self._go(*place)

    def move_lines(self, count: int) -> None:
        """Go up or down in the same column."""
        self._go(self.place[0] + count, self._column, keep_column=True)

    def move_columns(self, count: int) -> None:
        """Go left or right on the line; a wide character is one step."""
        number, column = self.place
        chars = self.chars(number)
        for _ in range(abs(count)):
            column += 1 if count > 0 else -1
            if 0 < column < len(chars) and not chars[column]:
                column += 1 if count > 0 else -1
        self._go(number, column)

    def move_page(self, count: float) -> None:
        """Go up or down by pages; the cursor keeps its place in the view."""
        lines = round(count * max(1, self.view.height - (abs(count) >= 1)))
        top = self.view.top
        self.view.move_to(top + lines)
        moved = self.view.top - top
        self.move_lines(moved if moved else lines)

    def scroll(self, count: int) -> None:
        """Move the view by lines; the cursor stays on its line while that can be seen."""
        self.view.move_to(self.view.top + count)
        number = self.place[0]
        self._go(
            max(self.view.top, min(number, self.view.top + self.view.height - 1)),
            self._column,
            keep_column=True,
        )

    def move_to_row(self, y: int) -> None:
        """Go to a row of the view; negative ones count from its end."""
        self._go(self.view.top + (y if y >= 0 else self.view.height + y), self._column, keep_column=True)

    def move_to_column(self, where: str) -> None:
        """Go to the ``start``, the first character (``text``) or the ``end`` of the whole line."""
        number, _ = self.place
        if where == "end":
            number = end_of(self.terminal, number) - 1
            self._go(number, max(0, len(self.chars(number)) - 1))
            self._column = self._width
            return
        number = start_of(self.terminal, number)
        chars = self.chars(number)
        text = next((x for x, char in enumerate(chars) if char not in ("", " ")), 0) if where == "text" else 0
        self._go(number, text)

    def move_to_end(self, which: str) -> None:
        """Go to the ``first`` or the ``last`` line there is."""
        if which == "first":
            self._go(self.terminal.first, 0)
            return
        self.view.move_to(self.view.present)
        last = self.terminal.end - 1
        while last > self.view.present and not self.chars(last):
            last -= 1
        self._go(last, self._column, keep_column=True)

    def move_words(self, count: int, *, end: bool = False) -> None:
        """Go to the beginning (or ``end``) of words on, or back with a negative count."""
        for _ in range(abs(count)):
            self._go(*_next_word(self, self.place, back=count < 0, end=end))

    def move_paragraph(self, count: int) -> None:
        """Go to the next empty line, or back to one."""
        step = 1 if count > 0 else -1
        number = self.place[0]
        for _ in range(abs(count)):
            number += step
            while self.terminal.first < number < self.terminal.end - 1 and self.chars(number):
                number += step
        self._go(number, 0)


def _class_of(char: str) -> int:
    return 0 if char in ("", " ") else 1 if char[0].isalnum() or char[0] == "_" else 2


def _next_word(walker: Walker, place: tuple[int, int], *, back: bool, end: bool) -> tuple[int, int]:
    """Return the place of the next word's beginning or end, over the ends of lines."""
    number, column = place
    first, last = walker.terminal.first, walker.terminal.end - 1
    is_edge = _ends if end else _starts
    chars = walker.chars(number)
    step = -1 if back else 1
    column += step
    while True:
        while 0 <= column < len(chars):
            if is_edge(chars, column):
                return number, column
            column += step
        if not first <= number + step <= last:
            return number, max(0, min(column, len(chars) - 1))
        number += step
        chars = walker.chars(number)
        column = len(chars) - 1 if back else 0


def _starts(chars: list[str], x: int) -> bool:
    kind = _class_of(chars[x])
    return bool(kind) and (x == 0 or _class_of(chars[x - 1]) != kind)


def _ends(chars: list[str], x: int) -> bool:
    kind = _class_of(chars[x])
    return bool(kind) and (x + 1 >= len(chars) or _class_of(chars[x + 1]) != kind)
