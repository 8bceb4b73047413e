"""The main screen: the list, the details of the selected domain, and what lies around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen

from tuivm.core.actions import Group
from tuivm.core.query import Query, SortColumn, order, parse
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.inventory import Change, Inventory, Link
from tuivm.ui.actions import ACTS
from tuivm.ui.context import Context
from tuivm.ui.hints import footer_hints
from tuivm.ui.verb_desk import VerbDesk
from tuivm.ui.view import View
from tuivm.ui.widgets.banner import Banner
from tuivm.ui.widgets.detail import CONSOLE, SNAPSHOTS, DetailPane
from tuivm.ui.widgets.domain_table import DomainTable
from tuivm.ui.widgets.footer import KeyFooter
from tuivm.ui.widgets.host_header import HostHeader

if TYPE_CHECKING:
    from tuivm.model.detail import Detail
    from tuivm.ui.app import TuivmApp
    from tuivm.ui.widgets.filter_bar import FilterBar

WIDE = 140
"""Columns from which list and details stand side by side."""
EMPTY_LINES = 8
"""Lines below the titles of an empty list, for the words that it says."""
SMALL = (60, 20)
"""Columns and rows below which the list has the screen for itself."""


class MainScreen(Screen[None], inherit_bindings=False):
    """List and details. Everything it shows comes in by :meth:`show`; it asks the session nothing slow."""

    def __init__(self, context: Context, desk: VerbDesk) -> None:
        super().__init__()
        self.context = context
        """What every part of the screen shares."""
        self.sort = SortColumn.NAME
        """The column the list is ordered by."""
        self.sort_reverse = False
        """Whether the order is turned round."""
        self.query_text = Query()
        """The filter in force."""
        keymap, ascii_only = context.keymap, context.ascii_only
        session = context.session
        moves = {entry.id: entry.keys for entry in keymap.actions() if _is_move(entry.id)}
        self.table: DomainTable = DomainTable(
            session.history, session.pending, ascii_only=ascii_only, keys=moves, clock=context.clock
        )
        """The list."""
        self.detail = DetailPane(context)
        """The details."""
        self._header = HostHeader(note=context.note, ascii_only=ascii_only)
        self._banner = Banner()
        self._footer = KeyFooter(ascii_only=ascii_only)
        self._filter: FilterBar | None = None
        self._desk = desk
        self._inventory = Inventory("")
        self._bindings = keymap.bindings()

    def compose(self) -> ComposeResult:
        """Header, banner, list beside or above details, footer."""
        yield self._header
        yield self._banner
        with Container(id="body"):
            yield self.table
            yield self.detail
        yield self._footer

    def on_mount(self) -> None:
        """The list has the keyboard; news may come."""
        self.table.focus()
        self.tuivm.listen()

    @property
    def tuivm(self) -> TuivmApp:
        """The app, as what it is."""
        return cast("TuivmApp", self.app)

    @property
    def selected(self) -> Domain | None:
        """The domain under the list's cursor."""
        key = self.table.cursor_key
        return self.context.current(self._inventory.domains.get(key)) if key is not None else None

    # News

    def show(self, inventory: Inventory, change: Change) -> None:
        """Show a new inventory; ``change`` is what differs from the last one shown."""
        before, self._inventory = self._inventory, inventory
        self._header.show(inventory)
        lost = inventory.link is Link.LOST
        self._banner.message = f"Connection lost: {inventory.link_message}" if lost else ""
        self._place(before, change)
        self._fit_list()
        self._show_detail()
        self._show_footer()

    def show_detail(self, detail: Detail) -> None:
        """A detail was read; shown when it is of the selected domain."""
        if detail.key == self.table.cursor_key:
            self._show_detail()

    def show_job(self, key: DomainKey) -> None:
        """A job on that domain took a step."""
        self.table.refresh_keys({key})
        self._show_footer()

    def _place(self, before: Inventory, change: Change) -> None:
        """Give the list its rows; the order is worked out again only when it can be another one."""
        inventory = self._inventory
        renamed = any(
            key not in before.domains or before.domains[key].name != inventory.domains[key].name
            for key in change.changed
            if key in inventory.domains
        )
        dynamic = bool(self.query_text) or self.sort is not SortColumn.NAME
        if change.added or change.removed or renamed or (dynamic and change.changed):
            self._arrange(set(change.changed | change.added))
        else:
            self.table.show(inventory, self.table.order, change.changed)
        if not inventory.domains:
            self.table.set_placeholder(*_empty_words(inventory))

    def _arrange(self, changed: set[DomainKey] | None = None) -> None:
        rows = order(self._inventory, self.query_text, self.sort, self.sort_reverse)
        self.table.show(self._inventory, rows, changed)
        if self._inventory.domains:
            self.table.set_placeholder("No domain matches the filter.", "Esc clears it.")
        if self._filter is not None:
            self._filter.count(len(rows), len(self._inventory.domains))

    def _show_detail(self) -> None:
        domain = self.selected
        if domain is None:
            self.detail.show(None)
            return
        session, context = self.context.session, self.context
        self.detail.show(
            View(
                domain,
                self._inventory.samples.get(domain.key),
                session.history(domain.key),
                session.detail(domain.key),
                context.clock(),
                context.config.interval,
                self._inventory.link is Link.LOST,
            )
        )

    def _show_footer(self) -> None:
        left, right = footer_hints(self)
        busy = sum(1 for job in self.context.session.jobs if not job.state.is_over)
        self._footer.show(left, right, busy)

    # Layout

    def on_resize(self, event: events.Resize) -> None:
        """Choose the layout for the new size."""
        width, height = event.size
        self.set_class(width >= WIDE, "-wide")
        self.set_class(width < SMALL[0] or height < SMALL[1], "-small")
        self._fit_list()

    def _fit_list(self) -> None:
        """Above the details the list takes the lines it needs, at most half of the room."""
        rows = 1 + (len(self._inventory.domains) or EMPTY_LINES)
        half = max(5, (self.size.height - 2) * 45 // 100)
        wanted = max(5, min(rows, half))
        alone = self.has_class("-wide") or self.has_class("-small") or self.has_class("-zoom-list")
        height = "1fr" if alone else str(wanted)
        if self.table.styles.height is None or str(self.table.styles.height) != height:
            self.table.styles.height = height

    @property
    def is_zoomed(self) -> bool:
        """Whether one pane has the screen for itself."""
        return self.has_class("-zoom-list") or self.has_class("-zoom-detail")

    def zoom(self) -> None:
        """Give the pane that has the keyboard the whole screen, or give it back."""
        if self.is_zoomed:
            self._unzoom()
        else:
            self.add_class("-zoom-detail" if self.details_focused else "-zoom-list")
        self._fit_list()

    def _unzoom(self) -> None:
        was_detail = self.has_class("-zoom-detail")
        self.remove_class("-zoom-list", "-zoom-detail")
        if was_detail and self.has_class("-small"):
            # A widget that is not displayed yet cannot take the keyboard.
            self.call_after_refresh(self.table.focus)
        self._fit_list()

    # Keyboard

    @property
    def details_focused(self) -> bool:
        """Whether the details have the keyboard."""
        return self.focused is not None and self.detail in self.focused.ancestors_with_self

    def focus_details(self, *, typing: bool = True) -> None:
        """Give the details the keyboard, and the screen where there is no room for both.

        Without ``typing`` a console is looked at and the keys stay tuivm's.
        """
        if self.selected is None:
            return
        if self.has_class("-zoom-list") or (self.has_class("-small") and not self.has_class("-zoom-detail")):
            self.remove_class("-zoom-list")
            self.add_class("-zoom-detail")
        looking = self.detail.active == CONSOLE and not typing
        self._focus_soon(self.detail.bar.focus if looking else self.detail.focus_tab)

    def focus_list(self) -> None:
        """Give the list the keyboard, and its place if the details had all of it."""
        if self.has_class("-zoom-detail"):
            self._unzoom()
        self._focus_soon(self.table.focus)

    def back(self) -> None:
        """Go back one layer: zoom, details, filter."""
        if self.is_zoomed:
            self._unzoom()
        elif self.details_focused:
            self.table.focus()
        elif self._filter is not None and self._filter.display:
            self._filter.action_clear()

    def show_tab(self, index: int) -> None:
        """Show a tab of the details; the keyboard stays with the details if they had it."""
        had = self.details_focused
        self.detail.show_tab(index)
        if had or self.has_class("-zoom-detail") or self.has_class("-small") or self.has_class("-zoom-list"):
            self.focus_details(typing=False)

    def show_snapshots(self) -> None:
        """Show the snapshots, ready to choose one."""
        self.detail.show_tab(SNAPSHOTS)
        self.focus_details()

    def press(self, *ids: str) -> None:
        """Do what the keymap names so: an action, or the verb that is possible of those that share a key."""
        keymap = self.context.keymap
        for id_ in ids:
            if id_ in ACTS:
                ACTS[id_](self)
                return
        domain = self.selected
        if domain is None:
            self.tuivm.tell("there is no domain selected", log=False, severity="warning")
            return
        self._desk.ask([keymap[id_] for id_ in ids], domain, self.detail.snapshot)

    def action_press(self, ids: str) -> None:
        """A key was pressed."""
        self.press(*ids.split())

    def sort_by(self, column: SortColumn, *, reverse: bool | None = None) -> None:
        """Order the list by a column, in the direction that is expected of it unless told."""
        self.sort = column
        self.sort_reverse = column.largest_first if reverse is None else reverse
        self.table.set_sort(column, self.sort_reverse)
        self._arrange()
        direction = "largest first" if self.sort_reverse else "smallest first"
        if column in (SortColumn.NAME, SortColumn.STATE):
            direction = "reversed" if self.sort_reverse else ""
        self.tuivm.tell(f"sorted by {column.value} {direction}".rstrip(), log=False, seconds=1.5)

    # Filter

    def _focus_soon(self, give: Callable[[], object]) -> None:
        """Call ``give``, which gives the keyboard away, once all is laid out; keys wait meanwhile."""
        app = self.tuivm
        app.hold_keys()

        def now() -> None:
            give()
            if not self.detail.wants_focus:
                # A widget takes the keyboard by a message to the app, too: this one comes after it.
                app.call_later(app.release_keys)

        self.call_after_refresh(now)

    def edit_filter(self) -> None:
        """Let the filter be typed."""
        if self._filter is None:
            from tuivm.ui.widgets.filter_bar import FilterBar

            self._filter = FilterBar()
            self.mount(self._filter, before=self._footer)
            self.call_after_refresh(self._count_filter)
        self._focus_soon(self._filter.edit)

    def _count_filter(self) -> None:
        if self._filter is not None:
            self._filter.count(len(self.table.order), len(self._inventory.domains))

    def on_filter_bar_changed(self, event: FilterBar.Changed) -> None:
        """Show what matches the words typed so far."""
        self.query_text = parse(event.text)
        self._arrange()
        self._fit_list()

    def on_filter_bar_left(self) -> None:
        """The list has the keyboard again."""
        self.table.focus()

    # What the widgets tell

    def on_domain_table_highlighted(self, event: DomainTable.Highlighted) -> None:
        """Another domain is selected."""
        self.context.session.watch(event.key)
        self._show_detail()
        self._show_footer()

    def on_domain_table_selected(self) -> None:
        """Enter on a domain."""
        self.focus_details()

    def on_domain_table_header_clicked(self, event: DomainTable.HeaderClicked) -> None:
        """Order by the column clicked; a second click turns the order round."""
        reverse = not self.sort_reverse if event.column is self.sort else None
        self.sort_by(event.column, reverse=reverse)

    def on_key_footer_pressed(self, event: KeyFooter.Pressed) -> None:
        """A hint was clicked."""
        self.press(*event.id.split())

    def on_console_pane_left(self) -> None:
        """The key that leaves the console."""
        self.focus_list()

    def on_detail_pane_tab_shown(self) -> None:
        """Other keys matter now."""
        self._show_footer()

    def on_descendant_focus(self) -> None:
        """The head of the details says whether they have the keyboard; keys that waited for it go on."""
        self.tuivm.release_keys()
        self.detail.bar.focused_pane = self.details_focused
        self._show_footer()

    def on_descendant_blur(self) -> None:
        """As above."""
        self.detail.bar.focused_pane = self.details_focused


def _is_move(id_: str) -> bool:
    from tuivm.core.actions import action

    entry = action(id_)
    return entry.group is Group.MOVE or id_ == "details"


def _empty_words(inventory: Inventory) -> tuple[str, ...]:
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
