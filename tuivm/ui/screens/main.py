"""The main screen: the list, the details of the selected domain, and what lies around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container

from tuivm.core.actions import Group
from tuivm.core.groups import GroupKey
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.inventory import Change, Inventory, Link
from tuivm.ui.actions import ACTS
from tuivm.ui.context import Context
from tuivm.ui.hints import footer_hints
from tuivm.ui.marks import count_words
from tuivm.ui.screens.listed import ListedScreen
from tuivm.ui.verb_desk import VerbDesk
from tuivm.ui.view import View
from tuivm.ui.widgets.banner import Banner
from tuivm.ui.widgets.detail import SNAPSHOTS, DetailPane
from tuivm.ui.widgets.domain_table import DomainTable
from tuivm.ui.widgets.footer import KeyFooter
from tuivm.ui.widgets.host_header import HostHeader

if TYPE_CHECKING:
    from tuivm.model.detail import Detail
    from tuivm.ui.keymap import Entry
_AFTER_LEAVING = frozenset({"leave-console", "console-menu", "view"})
"""Actions that go back to the console when they follow the key that left it."""


class MainScreen(ListedScreen, inherit_bindings=False):
    """List and details. Everything it shows comes in by :meth:`show`; it asks the session nothing slow."""

    def __init__(self, context: Context, desk: VerbDesk) -> None:
        super().__init__()
        self.context = context
        """What every part of the screen shares."""
        keymap, ascii_only = context.keymap, context.ascii_only
        session = context.session
        moves = {entry.id: entry.keys for entry in keymap.actions() if _is_move(entry.id)}
        self.table: DomainTable = DomainTable(
            session.history,
            session.pending,
            ascii_only=ascii_only,
            keys=moves,
            clock=context.clock,
            console=context.console_sign,
            marks=self.marks,
            groups=self.listing,
        )
        """The list."""
        self.detail = DetailPane(context)
        """The details."""
        self._header = HostHeader(note=context.note, ascii_only=ascii_only)
        self._banner = Banner()
        self._footer = KeyFooter(ascii_only=ascii_only)
        self._desk = desk
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
        self.begin_list()
        self.tuivm.listen()

    @property
    def selected(self) -> Domain | None:
        """The domain under the list's cursor."""
        key = self.table.cursor_key
        return self.context.current(self._inventory.domains.get(key)) if key is not None else None

    # News

    def show(self, inventory: Inventory, change: Change) -> None:
        """Show a new inventory; ``change`` is what differs from the last one shown."""
        self._inventory = inventory
        gone = self.marks.remove(change.removed)
        self._header.show(inventory)
        lost = inventory.link is Link.LOST
        self._banner.message = f"Connection lost: {inventory.link_message}" if lost else ""
        self.place(change)
        if gone:
            self.marks.fit(self.table.shown)
        self.fit_list()
        self._show_detail()
        self._show_footer()

    def show_pace(self, words: str) -> None:
        """Say how far apart readings are, when not as far as configured."""
        self._header.show_pace(words)

    def show_detail(self, detail: Detail) -> None:
        """A detail was read; shown when it is of the selected domain."""
        if detail.key == self.table.cursor_key:
            self._show_detail()

    def show_jobs(self, keys: set[DomainKey]) -> None:
        """Jobs on these domains took a step."""
        self.table.refresh_keys(keys)
        self._show_footer()

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
                session.detail(domain.key),
                context.clock(),
                self._inventory.link is Link.LOST,
                self._inventory.operations.get(domain.key),
            )
        )

    def _show_footer(self) -> None:
        left, right = footer_hints(self)
        busy = sum(1 for job in self.tuivm.jobs() if not job.state.is_over)
        marked = count_words(len(self.marks), self.marks.hidden, short=True) if self.marks else ""
        self._footer.show(left, right, busy, marked)

    # Keyboard

    def back(self) -> None:
        """Go back one layer: zoom, details, filter, marks."""
        if self.is_zoomed:
            self.unzoom()
        elif self.details_focused:
            self.table.focus()
        elif self._filter is not None and self._filter.is_used:
            self._filter.action_clear()
        elif self.marks:
            self.show_marks(self.marks.remove(tuple(self.marks)))

    def show_snapshots(self) -> None:
        """Show the snapshots, ready to choose one."""
        self.detail.show_tab(SNAPSHOTS)
        self.focus_details()

    def show_graphs(self, key: DomainKey | None = None, at: float | None = None) -> None:
        """Show graphs of the past: of a domain, at a moment in Unix seconds, or of what verbs act on, now."""
        from tuivm.ui.screens.graphs import show_graphs

        show_graphs(self, key, at)

    def press(self, *ids: str) -> None:
        """Do what the keymap names so: an action, or the verb that is possible of those that share a key."""
        keymap = self.context.keymap
        if not set(ids) & _AFTER_LEAVING:
            self.forget_console()
        for id_ in ids:
            if id_ in ACTS:
                ACTS[id_](self)
                return
        self.use([keymap[id_] for id_ in ids])

    @property
    def targets(self) -> list[Domain]:
        """What the next verb acts on: the marked domains, but from within the details the selected one."""
        if self.marks and not self.details_focused:
            # In the order of the list, then those that it does not show, which have none.
            rows = [key for key in self.table.order if key in self.marks]
            rows += sorted(key for key in self.marks if key not in self.table.shown)
            domains = (self.context.current(self._inventory.domains.get(key)) for key in rows)
            return [domain for domain in domains if domain is not None]
        return [self.selected] if self.selected is not None else []

    def use(self, entries: Sequence[Entry], *, choose: bool = False) -> None:
        """Use the verb that is possible of those that share a key; ``choose`` in which way it is done."""
        domains, selected = self.targets, self.selected
        if not domains:
            group = isinstance(self.table.cursor_row, GroupKey)
            words = (
                "a group: mark it, then verbs act on its domains" if group else "there is no domain selected"
            )
            self.tuivm.tell(words, log=False, severity="warning")
        elif len(domains) > 1:
            self.tuivm.bulk.ask(entries, domains, self.table.shown)
        else:
            same = selected is not None and selected.key == domains[0].key
            self._desk.ask(entries, domains[0], self.detail.snapshot if same else None, choose=choose)

    def action_press(self, ids: str) -> None:
        """A key was pressed."""
        self.press(*ids.split())

    def reveal(self, key: DomainKey) -> bool:
        """Put the cursor on a domain, whatever the filter hides; False when it is gone."""
        there = super().reveal(key)
        if there:
            self._show_detail()
        return there

    def show_building(self) -> None:
        """Show how full the host is and what keeps its machines apart; come back to the one chosen there."""
        from tuivm.ui.screens.building import BuildingScreen

        def left(key: DomainKey | None) -> None:
            if key is not None and not self.reveal(key):
                self.tuivm.tell("that machine is gone", log=False, severity="warning")

        self.app.push_screen(BuildingScreen(self.context), left)

    # What the widgets tell

    def on_domain_table_highlighted(self, event: DomainTable.Highlighted) -> None:
        """Another domain is selected."""
        self.forget_console()
        self.context.session.watch(event.key)
        self._show_detail()
        self._show_footer()

    def on_domain_table_selected(self) -> None:
        """Enter on a domain."""
        self.focus_details()

    def on_key_footer_pressed(self, event: KeyFooter.Pressed) -> None:
        """A hint was clicked."""
        self.press(*event.id.split())

    def on_detail_pane_tab_shown(self) -> None:
        """Other keys matter now."""
        self._show_footer()

    def focus_moved(self) -> None:
        """Other keys matter now."""
        self._show_footer()

    def keys_changed(self) -> None:
        """As above."""
        self._show_footer()


def _is_move(id_: str) -> bool:
    from tuivm.core.actions import action

    entry = action(id_)
    return entry.group is Group.MOVE or id_ == "details"
