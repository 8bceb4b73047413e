"""The list of domains: one Line API widget that draws only the rows that are visible and changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from typing import TypeAlias, cast

from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.timer import Timer

from tuivm.core.groups import GroupKey, RowKey
from tuivm.model.column import SortColumn
from tuivm.model.domain import DomainKey
from tuivm.model.inventory import Inventory, Link
from tuivm.model.job import Job
from tuivm.ui.moves import move_bindings, move_keys
from tuivm.ui.roles import roles_of
from tuivm.ui.text import plain
from tuivm.ui.widgets import table_messages
from tuivm.ui.widgets.painter import Painter, Tail, paint_words
from tuivm.ui.widgets.row import paint_header
from tuivm.ui.widgets.table_columns import ColumnScroll
from tuivm.ui.widgets.table_rows import Groups, RowSource

HEADER = 1
"""Lines of the titles, which do not scroll."""
SPIN = 0.125
"""Seconds a spinner's sign stays."""


class DomainTable(ColumnScroll, can_focus=True, inherit_bindings=False):
    """The list of domains.

    Give it the state with :meth:`show`; it keeps its cursor on the domain it is on when the order
    changes. Rows come from the inventory when they are drawn, so that a change that is not on the
    screen costs nothing.
    """

    DEFAULT_CSS = """
    DomainTable {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        background: $background;
        color: $foreground;
    }
    """

    Highlighted: TypeAlias = table_messages.Highlighted
    Selected: TypeAlias = table_messages.Selected
    MarkClicked: TypeAlias = table_messages.MarkClicked
    HeaderClicked: TypeAlias = table_messages.HeaderClicked
    GroupChosen: TypeAlias = table_messages.GroupChosen

    ALLOW_SELECT = False

    def __init__(
        self,
        history: Callable[[DomainKey], Tail | None],
        pending: Callable[[DomainKey], Job | None],
        *,
        ascii_only: bool = False,
        keys: Mapping[str, Sequence[str]] | None = None,
        clock: Callable[[], float] = time.time,
        console: Callable[[DomainKey], tuple[str, str]] = lambda _: ("", ""),
        marks: Container[DomainKey] = frozenset[DomainKey](),
        groups: Groups | None = None,
        id: str | None = None,  # noqa: A002 - textual's own name
        classes: str | None = None,
    ) -> None:
        """Make an empty list.

        ``history`` and ``pending`` are ``Session.history`` and ``Session.pending``; both are asked
        only for rows that are drawn. ``keys`` maps ids of MOVES to keys (none at all for ``{}``).
        ``clock`` gives Unix seconds, for the uptime. ``console`` gives the sign of a domain's console and
        how bad its alert is (see ``Row``), and is asked only for rows that are drawn. ``marks`` are the
        domains that are marked now; :meth:`refresh_keys` tells that it changed. ``groups`` tells of groups
        whose rows are drawn.
        """
        self._base: Style | None = None
        super().__init__(id=id, classes=classes)
        self._painter = Painter(history, ascii_only)
        self._source = RowSource(pending, console, marks, clock, groups, ascii_only)
        self.ascii_only = ascii_only
        self._inventory = Inventory("")
        self._rows: tuple[RowKey, ...] = ()
        self._index: dict[RowKey, int] = {}
        self._order: tuple[DomainKey, ...] = ()
        self._shown: Container[DomainKey] = frozenset()
        self._cursor = 0
        self._sort: SortColumn | None = None
        self._descending = False
        self._placeholder: tuple[str, ...] = ()
        self._spinner: Timer | None = None
        self._frame = 0
        self._bindings = move_bindings(move_keys() if keys is None else keys)

    # What is shown

    @property
    def cursor_row(self) -> RowKey | None:
        """The domain or the group under the cursor; None when the list is empty."""
        return self._rows[self._cursor] if self._rows else None

    @property
    def cursor_key(self) -> DomainKey | None:
        """The domain under the cursor; None on a group, and when the list is empty."""
        row = self.cursor_row
        return row if isinstance(row, DomainKey) else None

    @property
    def rows(self) -> Sequence[RowKey]:
        """What each row stands for, from the top."""
        return self._rows

    @property
    def order(self) -> Sequence[DomainKey]:
        """The domains shown, those of folded groups too, from the top."""
        return self._order

    @property
    def shown(self) -> Container[DomainKey]:
        """The same, to ask whether a domain is among them."""
        return self._shown

    def show(
        self,
        inventory: Inventory,
        rows: Sequence[RowKey],
        changed: Collection[DomainKey] | None = None,
        order: Sequence[DomainKey] | None = None,
    ) -> None:
        """Show ``rows`` of ``inventory``, which are its domains ``order``, and groups of them.

        With ``changed`` only rows of these keys, and rows that now hold another key, are drawn again;
        without it all that are visible. ``order`` may be left out where there is no group.
        """
        before, before_row = self._rows, self.cursor_row
        stale = self._is_stale
        self._inventory = inventory
        now = tuple(rows)
        if now != before:
            self._set_rows(now, before_row)
        if order is not self._order:
            self._order = (
                tuple(row for row in now if isinstance(row, DomainKey)) if order is None else tuple(order)
            )
            same = self._order is now  # Then there are no groups.
            self._shown = cast("Container[DomainKey]", self._index) if same else frozenset(self._order)
        if changed is None or stale != self._is_stale or len(before) != len(now):
            self.refresh()
        else:
            self._refresh_rows(before, set(changed))
        if self.cursor_row != before_row:
            self.post_message(self.Highlighted(self, self.cursor_key))
        self._look_for_work()

    def refresh_keys(self, keys: Collection[DomainKey]) -> None:
        """Draw again the rows of ``keys`` that are visible (a job began or ended, a mark was set)."""
        self._refresh_rows(self._rows, keys)
        self._look_for_work()

    def set_sort(self, column: SortColumn | None, descending: bool = False) -> None:
        """Mark the column that the order given to :meth:`show` comes from."""
        self._sort, self._descending = column, descending
        self.refresh(Region(0, 0, self.row_width, HEADER))

    def set_placeholder(self, *lines: str) -> None:
        """Set what an empty list says, plain text."""
        self._placeholder = tuple(plain(line) for line in lines)
        if not self._rows:
            self.refresh()

    def move_to(self, key: RowKey) -> bool:
        """Put the cursor on ``key``; False when it is not in the list."""
        index = self._index.get(key)
        if index is None:
            return False
        self._move_cursor(index)
        return True

    @property
    def _is_stale(self) -> bool:
        return self._inventory.link is Link.LOST

    def _set_rows(self, rows: tuple[RowKey, ...], cursor: RowKey | None) -> None:
        """Take new rows; the view follows the cursor unless it was scrolled away from it."""
        follow = not self._rows or self._cursor in self._visible()
        self._rows = rows
        self._index = {key: index for index, key in enumerate(rows)}
        at = self._index.get(cursor) if cursor is not None else None
        self._cursor = at if at is not None else max(min(self._cursor, len(rows) - 1), 0)
        self._resize_content()
        if follow:
            self._scroll_to_cursor()

    def _resize_content(self) -> None:
        size = Size(1, len(self._rows) + HEADER)
        if size != self.virtual_size:
            self.virtual_size = size

    def _visible(self) -> range:
        """Return the indices of the rows on the screen."""
        top = self.scroll_offset.y
        return range(top, min(top + max(self.size.height - HEADER, 0), len(self._rows)))

    def _refresh_rows(self, before: Sequence[RowKey], changed: Collection[DomainKey]) -> None:
        """Draw the rows again that hold another key, or a domain that changed, and all groups."""
        rows, top, width = self._rows, self.scroll_offset.y, self.row_width
        regions = [
            Region(0, index - top + HEADER, width, 1)
            for index in self._visible()
            if rows[index] in changed
            or before[index] != rows[index]
            or (changed and isinstance(rows[index], GroupKey))
        ]
        if regions:
            self.refresh(*regions)

    # Spinners

    def _busy(self) -> set[RowKey]:
        """Return the visible rows of domains to which something is being done."""
        return {row for index in self._visible() if self._source.is_busy(row := self._rows[index])}

    def _look_for_work(self) -> None:
        """Run the spinner while a visible row has a job under way."""
        if self._spinner is None:
            return
        if self._busy():
            self._spinner.resume()
        else:
            self._spinner.pause()

    def _spin(self) -> None:
        self._frame += 1
        if busy := self._busy():
            self._refresh_rows(self._rows, {row for row in busy if isinstance(row, DomainKey)})
        elif self._spinner is not None:
            self._spinner.pause()

    def notify_style_update(self) -> None:
        """Forget the style of an empty cell: the theme or the stylesheet changed."""
        self._base = None
        super().notify_style_update()

    def on_mount(self) -> None:
        """Prepare the spinner, which stands still until it is needed."""
        self._spinner = self.set_interval(SPIN, self._spin, pause=True)
        self._look_for_work()

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line of the visible part."""
        width = self.row_width
        columns = self.plan
        if self._base is None:
            self._base = self.rich_style
        looks = self._painter.looks(roles_of(self.app), self._base, self.has_focus)
        if y < HEADER:
            return Strip(paint_header(columns, looks.header, self._sort, self._descending), width)
        index = y - HEADER + self.scroll_offset.y
        if index >= len(self._rows):
            words = () if self._rows else self._placeholder
            return paint_words(words, y - HEADER, Size(width, self.size.height - HEADER), looks.plain)
        row = self._source.row(self._rows[index], self._inventory, self._frame)
        if row is None:
            return Strip.blank(width, looks.plain.base)
        on_cursor = index == self._cursor
        return self._painter.row(row, columns, looks.cursor if on_cursor else looks.plain, on_cursor)

    # Moving

    def _move_cursor(self, index: int) -> None:
        index = max(min(index, len(self._rows) - 1), 0)
        if index == self._cursor or not self._rows:
            return
        top, width = self.scroll_offset.y, self.row_width
        before, self._cursor = self._cursor, index
        self.refresh(
            *(Region(0, row - top + HEADER, width, 1) for row in (before, index) if row in self._visible())
        )
        self._scroll_to_cursor()
        self.post_message(self.Highlighted(self, self.cursor_key))

    def _scroll_to_cursor(self) -> None:
        room = self.size.height - HEADER
        if room <= 0:
            return
        top = self.scroll_offset.y
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False)
        elif self._cursor >= top + room:
            self.scroll_to(y=self._cursor - room + 1, animate=False)

    def action_move(self, rows: int) -> None:
        """Move the cursor by ``rows``."""
        self._move_cursor(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by ``pages`` screens."""
        self._move_cursor(self._cursor + pages * max(self.size.height - HEADER - 1, 1))

    def action_first(self) -> None:
        """Move to the first row."""
        self._move_cursor(0)

    def action_last(self) -> None:
        """Move to the last row."""
        self._move_cursor(len(self._rows) - 1)

    def action_select(self) -> None:
        """Choose the domain or the group under the cursor."""
        row = self.cursor_row
        if isinstance(row, GroupKey):
            self.post_message(self.GroupChosen(self, row))
        elif row is not None:
            self.post_message(self.Selected(self, row))

    def on_click(self, event: events.Click) -> None:
        """Move to the row clicked, choose it on a double click, or tell which title was clicked."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y < HEADER:
            if (column := self.plan.at(offset.x)) is not None:
                self.post_message(self.HeaderClicked(self, column.id))
            return
        index = offset.y - HEADER + self.scroll_offset.y
        if index < len(self._rows):
            self._move_cursor(index)
            if event.ctrl or offset.x == 0:
                self.post_message(self.MarkClicked(self, self._rows[index]))
            elif event.chain == 2 or isinstance(self._rows[index], GroupKey):
                self.action_select()

    def on_resize(self) -> None:
        """Fit the rows to the new size and keep the cursor in sight."""
        self._resize_content()
        self._scroll_to_cursor()
        self._look_for_work()
