"""The main screen's list: filter, order, groups, what is hidden, which columns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.timer import Timer

from tuivm.core.groups import GroupKey, RowKey
from tuivm.core.listing import Listing, Wish
from tuivm.core.query import Query, parse
from tuivm.core.terms import BadFilter
from tuivm.model.column import Grouping, SortColumn
from tuivm.model.domain import DomainKey
from tuivm.model.inventory import Change, Inventory, Link
from tuivm.ui.context import Context
from tuivm.ui.marks import Marks
from tuivm.ui.screens.guests import ConsolePanes
from tuivm.ui.words import counted

if TYPE_CHECKING:
    from collections.abc import Collection

    from tuivm.ui.widgets.domain_table import DomainTable
    from tuivm.ui.widgets.filter_bar import FilterBar


class ListedScreen(ConsolePanes, inherit_bindings=False):
    """What is done with the list as a whole. Whoever builds on it makes the table and tells of news."""

    context: Context
    """What every part of the screen shares."""

    def __init__(self) -> None:
        super().__init__()
        self.marks = Marks()
        """The domains that the next verb acts on."""
        self.listing = Listing(self.marks)
        """The rows of the list."""
        self._inventory = Inventory("")
        self._filter: FilterBar | None = None
        self._settling: Timer | None = None

    @property
    def row_count(self) -> int:
        """How many rows there could be, whatever the filter hides."""
        return max(len(self._inventory.domains), len(self.listing.rows))

    # Rows

    def begin_list(self) -> None:
        """Show the list as it is configured."""
        wanted = self.context.config.list
        self.table.set_columns(wanted.columns)
        if wanted.sort is not SortColumn.NAME:
            self.table.set_sort(wanted.sort, wanted.sort.largest_first)
        wish = Wish(
            sort=wanted.sort,
            reverse=wanted.sort.largest_first,
            hide_stopped=wanted.hide_stopped,
            group=wanted.group,
        )
        self.listing.arrange(wish, self.context.clock())
        if wanted.hide_stopped:
            self._note_hidden()

    def place(self, change: Change) -> None:
        """Give the list the rows of the inventory, which differs from the last one by ``change``."""
        rows = self.listing.rows
        try:
            self.listing.take(self._inventory, change, self.context.clock())
        except BadFilter as error:
            self._tell_problem(str(error))
            self.rearrange(query=Query())
            return
        self._show_rows(None if self.listing.rows is not rows and not rows else change.changed | change.added)

    def rearrange(self, *, changed: Collection[DomainKey] = (), **wishes: Any) -> bool:
        """Arrange the list anew, with these fields of its ``Wish``; only ``changed`` rows look different.

        Returns False, with everything as it was, when the filter takes too long, which is said.
        """
        try:
            self.listing.arrange(replace(self.listing.wish, **wishes), self.context.clock())
        except BadFilter as error:
            self._tell_problem(str(error))
            return False
        # A row that stays where it is looks the same, but for the sums of a group.
        self._show_rows(None if self.listing.groups else changed)
        return True

    def _show_rows(self, changed: Collection[DomainKey] | None) -> None:
        listing, total = self.listing, len(self._inventory.domains)
        self.table.show(self._inventory, listing.rows, changed, listing.order)
        self.table.set_placeholder(*(self._nothing_found() if total else empty_words(self._inventory)))
        self.marks.fit(self.table.shown)
        self._count_filter()
        if listing.due is not None and self._settling is None:
            self._settling = self.set_timer(
                max(listing.due - self.context.clock(), 0.01), self._settle, name="settle"
            )

    def _settle(self) -> None:
        """Make good the order that was left in peace for a moment."""
        self._settling = None
        if self.listing.due is not None:
            self.rearrange()

    def _nothing_found(self) -> tuple[str, ...]:
        if self.listing.stopped:
            key = self.context.keymap["hide-stopped"].key(ascii_only=self.context.ascii_only)
            return (f"{counted(self.listing.stopped, 'stopped domain')} hidden.", f"{key} shows them.")
        return ("No domain matches the filter.", "Esc clears it.")

    def reveal(self, key: DomainKey) -> bool:
        """Put the cursor on a domain, whatever the filter hides; False when it is gone."""
        if key not in self._inventory.domains:
            return False
        if key not in self.table.shown:
            if self._filter is not None:
                self._filter.action_clear()
            self.rearrange(query=Query(), hide_stopped=False)
            self._note_hidden()
        group = self.listing.group(key)
        if group is not None and self.listing.is_folded(group):
            self.fold(group, folded=False)
        return self.table.move_to(key)

    # Order and columns

    @property
    def sort(self) -> SortColumn:
        """The column the list is ordered by."""
        return self.listing.wish.sort

    @property
    def sort_reverse(self) -> bool:
        """Whether the order is turned round."""
        return self.listing.wish.reverse

    def sort_by(self, column: SortColumn, *, reverse: bool | None = None) -> None:
        """Order the list by a column, in the direction that is expected of it unless told."""
        turned = column.largest_first if reverse is None else reverse
        if not self.rearrange(sort=column, reverse=turned):
            return
        self.table.set_sort(column, turned)
        direction = "largest first" if turned else "smallest first"
        if not column.largest_first:
            direction = "reversed" if turned else ""
        self.tuivm.tell(f"sorted by {column.value} {direction}".rstrip(), log=False, seconds=1.5)

    def on_domain_table_header_clicked(self, event: DomainTable.HeaderClicked) -> None:
        """Order by the column clicked; a second click turns the order round."""
        reverse = not self.sort_reverse if event.column is self.sort else None
        self.sort_by(event.column, reverse=reverse)

    # Groups

    def group_by(self, by: Grouping) -> None:
        """Put the domains together, or no longer."""
        if self.rearrange(group=by):
            self.fit_list()
            words = "no groups" if by is Grouping.NONE else f"grouped by {by.value}"
            self.tuivm.tell(words, log=False, seconds=1.5)

    def fold(self, *groups: GroupKey, folded: bool) -> None:
        """Put the members of groups out of sight, or show them; the cursor goes to the group."""
        row = self.table.cursor_row
        group = self.listing.group(row) if isinstance(row, DomainKey) else None
        self.listing.fold(*groups, folded=folded)
        self._show_rows(None)
        if folded and group in groups and group is not None:
            self.table.move_to(group)

    def on_domain_table_group_chosen(self, event: DomainTable.GroupChosen) -> None:
        """Enter, or a click, on a group."""
        self.fold(event.group, folded=not self.listing.is_folded(event.group))

    def flip_marks(self, row: RowKey) -> None:
        """Turn the mark of a domain round; of a group mark all, or none when all are marked."""
        if isinstance(row, DomainKey):
            self.show_marks(self.marks.flip([row]))
            return
        members = self.listing.members(row)
        self.show_marks(self.marks.add(members) or self.marks.remove(members))

    def show_marks(self, turned: Collection[DomainKey]) -> None:
        """The marks of these domains are others now."""
        if self.query_text.asks_marks:
            self.rearrange(changed=set(turned))
            self.fit_list()
        else:
            self.marks.fit(self.table.shown)
            self.table.refresh_keys(turned)
        self.keys_changed()

    def on_domain_table_mark_clicked(self, event: DomainTable.MarkClicked) -> None:
        """The edge of a row was clicked."""
        self.flip_marks(event.key)

    # Filter

    @property
    def query_text(self) -> Query:
        """The filter in force."""
        return self.listing.wish.query

    def hide_stopped(self) -> None:
        """Leave the stopped domains out, or show them again; the filter's line says so."""
        if self.rearrange(hide_stopped=not self.listing.wish.hide_stopped):
            self._note_hidden()
            self.fit_list()

    def _note_hidden(self) -> None:
        hidden = self.listing.wish.hide_stopped
        if hidden or self._filter is not None:
            key = self.context.keymap["hide-stopped"].key(ascii_only=self.context.ascii_only)
            self._bar().note(f"stopped ones hidden ({key})" if hidden else "")
            self.call_after_refresh(self._count_filter)

    def edit_filter(self) -> None:
        """Let the filter be typed."""
        bar = self._bar()
        self.call_after_refresh(self._count_filter)
        self.focus_soon(bar.edit)

    def _bar(self) -> FilterBar:
        """The filter's line, made when it is needed first."""
        if self._filter is None:
            from tuivm.ui.widgets.filter_bar import FilterBar

            self._filter = FilterBar()
            self.mount(self._filter, before="KeyFooter")
        return self._filter

    def _count_filter(self) -> None:
        if self._filter is not None:
            self._filter.count(len(self.table.order), len(self._inventory.domains))

    def _tell_problem(self, words: str) -> None:
        if self._filter is not None:
            self._filter.tell(words)

    def on_filter_bar_changed(self, event: FilterBar.Changed) -> None:
        """Show what matches the words typed so far; words that mean nothing change nothing."""
        query = parse(event.text)
        if query.problem:
            event.bar.tell(query.problem)
        elif self.rearrange(query=query):
            event.bar.tell("")
            self.fit_list()

    def on_filter_bar_left(self) -> None:
        """The list has the keyboard again."""
        self.focus_soon(self.table.focus)


def empty_words(inventory: Inventory) -> tuple[str, ...]:
    """What an empty list says."""
    if inventory.link is Link.CONNECTING:
        return ("Connecting…", inventory.uri)
    if inventory.link is Link.LOST:
        return ("The connection is lost.",)
    return (
        "There is no virtual machine on this host yet.",
        "",
        "virt-install and virt-manager make one;",
        "it appears here as soon as it is defined.",
        "",
        "'tuivm demo' shows three small ones at work.",
    )
