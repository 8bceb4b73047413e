"""Which columns the list of domains shows, and how far they are scrolled."""

from __future__ import annotations

from textual.scroll_view import ScrollView

from tuivm.model.column import ColumnWish
from tuivm.ui.columns import Plan, plan


class ColumnScroll(ScrollView, inherit_bindings=False):
    """Columns scroll by whole ones; the name stays in sight."""

    _wishes: tuple[ColumnWish, ...] = ()
    _skip = 0

    @property
    def row_width(self) -> int:
        """Cells of a row: the widget less its scroll bar."""
        return self.scrollable_content_region.width

    @property
    def columns(self) -> tuple[ColumnWish, ...]:
        """The columns that a user chose; none for those that fit."""
        return self._wishes

    @property
    def plan(self) -> Plan:
        """The columns as they are drawn now."""
        return plan(self.row_width, self._wishes, self._skip)

    def set_columns(self, wishes: tuple[ColumnWish, ...]) -> None:
        """Show these columns; those that fit for none."""
        if wishes != self._wishes:
            self._wishes, self._skip = wishes, 0
            self.refresh()

    def on_mouse_scroll_right(self) -> None:
        """Scroll by the wheel."""
        self.action_scroll_columns(1)

    def on_mouse_scroll_left(self) -> None:
        """As above."""
        self.action_scroll_columns(-1)

    def action_scroll_columns(self, columns: int) -> None:
        """Scroll by columns: to the right (more than 0) while there are any out of sight."""
        now = self.plan
        if columns < 0 and self._skip:
            self._skip = max(min(self._skip, now.before) + columns, 0)
        elif columns > 0 and now.after:
            self._skip = now.before + columns
        else:
            return
        self.refresh()
