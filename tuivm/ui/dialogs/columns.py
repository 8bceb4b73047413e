"""Choosing the list's columns: which, in what order, how wide. The list shows each step at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tuivm.model.column import HELP, WIDEST, ColumnWish, SortColumn
from tuivm.ui.chosen_columns import least, width_of_wish, with_name
from tuivm.ui.columns import AUTOMATIC
from tuivm.ui.dialogs.confirm import Dialog
from tuivm.ui.text import fit, truncate
from tuivm.ui.widgets.lines import ChoiceLines
from tuivm.ui.words import content

Wishes = tuple[ColumnWish, ...]
_AROUND = 10
"""Lines of the dialog that are no columns."""
_AROUND_SMALL = 6
_NAME = 15
_HINTS = ("Space: on, off   ←→ width   Shift+↑↓ (J K): move", "r: automatic   Enter: keep   Esc: as before")


class ColumnsScreen(Dialog[Wishes | None]):
    """Gives the columns back, none for the automatic ones; ``None`` when nothing is to change."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "turn", "on or off", show=False),
        Binding("left,minus,less_than_sign", "widen(-1)", "narrower", show=False),
        Binding("right,plus,greater_than_sign", "widen(1)", "wider", show=False),
        Binding("shift+up,K", "move(-1)", "to the left", show=False),
        Binding("shift+down,J", "move(1)", "to the right", show=False),
        Binding("r", "reset", "automatic", show=False),
        Binding("enter", "keep", "keep", show=False),
        Binding("escape", "cancel", "as before", show=False),
    ]

    def __init__(self, before: Wishes, preview: Callable[[Wishes], object]) -> None:
        """``before`` are the columns now, none for the automatic ones; ``preview`` shows others."""
        super().__init__(None, "")
        self._before = before
        self._preview = preview
        self._automatic = not before
        self._rows: list[ColumnWish] = []
        self._on: set[SortColumn] = set()
        self._lines = ChoiceLines(cursor=True)
        self._state = Static(Content(""), classes="hint")
        self._fill(before or AUTOMATIC)

    def _fill(self, wishes: Wishes) -> None:
        """Take the columns that are on, and below them those that are off."""
        self._on = {wish.id for wish in wishes} | {SortColumn.NAME}
        self._rows = [
            *with_name(wishes),
            *(ColumnWish(column) for column in SortColumn if column not in self._on),
        ]

    def compose(self) -> ComposeResult:
        """Title, columns, hints."""
        with Vertical(classes="dialog menu"):
            yield Static(content("Columns of the list", "bold"), classes="title")
            yield self._lines
            yield self._state
            for hint in _HINTS:
                yield Static(Content(hint), classes="hint -close")

    def on_mount(self) -> None:
        """Show them."""
        super().on_mount()
        self._show()
        self._lines.focus()

    @property
    def wishes(self) -> Wishes:
        """What is chosen; none for the automatic columns."""
        return () if self._automatic else tuple(row for row in self._rows if row.id in self._on)

    def _show(self) -> None:
        small = self.app.size.height < 26
        self.set_class(small, "-tight")
        room = max(3, self.app.size.height - (_AROUND_SMALL if small else _AROUND))
        self._lines.show([self._line(row) for row in self._rows])
        self._lines.styles.height = min(len(self._rows), room)
        words = "the automatic columns: those that fit" if self._automatic else f"{len(self._on)} columns"
        self._state.update(content(words))

    def _line(self, row: ColumnWish) -> Content:
        on = row.id in self._on
        width = f"{width_of_wish(row):>3}" if row.width else "  -"
        return Content.assemble(
            (" [x] " if on else " [ ] ", "bold $primary" if on else "$muted"),
            (fit(row.id.value, _NAME), "" if on else "$muted"),
            (f" {width}  ", "$muted"),
            (truncate(HELP[row.id], 44), "$muted"),
        )

    def _change(self) -> None:
        """Something is wished for: it counts, and the list shows it."""
        self._automatic = False
        self._show()
        self._preview(self.wishes)

    def action_turn(self) -> None:
        """Turn a column on or off; the name stays."""
        column = self._rows[self._lines.cursor].id
        if column is SortColumn.NAME:
            self.app.bell()
            return
        self._on ^= {column}
        self._change()

    def action_widen(self, cells: int) -> None:
        """Make a column wider or narrower; at its least it is as wide as it needs again."""
        at = self._lines.cursor
        row = self._rows[at]
        width = width_of_wish(row) + cells
        self._rows[at] = replace(row, width=min(width, WIDEST) if width >= least(row.id) else 0)
        self._on.add(row.id)
        self._change()

    def action_move(self, places: int) -> None:
        """Move a column among the others."""
        at = self._lines.cursor
        to = at + places
        if 0 <= to < len(self._rows):
            self._rows.insert(to, self._rows.pop(at))
            self._change()
            self._lines.cursor = to

    def action_reset(self) -> None:
        """Go back to the automatic columns."""
        self._automatic = True
        self._fill(AUTOMATIC)
        self._show()
        self._preview(())

    def action_keep(self) -> None:
        """Keep what is chosen."""
        self.dismiss(self.wishes if self.wishes != self._before else None)

    def action_cancel(self) -> None:
        """Show the columns as they were."""
        self._preview(self._before)
        self.dismiss(None)
