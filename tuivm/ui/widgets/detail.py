"""The details of the selected domain: tabs, of which each is made when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from tuivm.model.domain import DomainKey
from tuivm.ui.context import Context
from tuivm.ui.panes import set_up
from tuivm.ui.signs import console_sign
from tuivm.ui.view import View
from tuivm.ui.widgets.tab_bar import TabBar

if TYPE_CHECKING:
    from textual.widget import AwaitMount

    from tuivm.model.detail import Detail
    from tuivm.model.snapshot import Snapshot
    from tuivm.ui.app import TuivmApp
    from tuivm.ui.snapshot_tree import Row
    from tuivm.ui.widgets.console import ConsolePane
    from tuivm.ui.widgets.overview import OverviewTab
    from tuivm.ui.widgets.snapshots import SnapshotsTab

OVERVIEW, CONSOLE, SNAPSHOTS, INFO, EVENTS = range(5)
TITLES = ("Overview", "Console", "Snapshots", "Info", "Events")
SETTLE = 0.3
"""Seconds the cursor must rest on a domain before its console is opened: passing over one opens none."""


class DetailPane(Vertical):
    """Tab bar and the tab that is shown. Only that one is kept up to date."""

    class TabShown(Message):
        """Another tab is shown."""

        def __init__(self, pane: DetailPane, index: int) -> None:
            super().__init__()
            self.pane = pane
            """The pane."""
            self.index = index
            """Which tab."""

        @property
        def control(self) -> DetailPane:
            """The pane."""
            return self.pane

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._shared = context
        self._room = Container(classes="tab")
        self._tabs: dict[int, Widget] = {}
        self._view: View | None = None
        self._overview: OverviewTab | None = None
        self._guest: ConsolePane | None = None
        self._snapshots: SnapshotsTab | None = None
        self._wants_focus = False
        self._following: DomainKey | None = None
        self._settling: Timer | None = None
        self._released = False
        self._looking: Timer | None = None
        self._looked_at: Detail | None = None
        self.active = OVERVIEW
        """Index of the tab that is shown."""
        self.bar = TabBar(*TITLES)
        """The tabs' titles."""
        self.bar.ascii_only = context.ascii_only

    def compose(self) -> ComposeResult:
        """The bar; a tab is made when it is shown, the first one after the list was drawn."""
        yield self.bar
        yield self._room

    # What is shown

    @property
    def tab(self) -> Widget | None:
        """The tab that is shown; None before the first."""
        return self._tabs.get(self.active)

    @property
    def view(self) -> View | None:
        """What was shown last; None for no domain."""
        return self._view

    def show(self, view: View | None) -> None:
        """Show a domain, or none. Only the tab that can be seen is brought up to date."""
        self._view = view
        self.bar.name_shown = view.domain.name if view is not None else ""
        self._show_badges()
        if self.display and view is not None:
            self._fill()
        self._room.display = view is not None
        if view is not None and self.tab is None:
            self.call_after_refresh(self._show_first)

    def _show_first(self) -> None:
        # Who leaves at once leaves before this: then there is no room to put it.
        if self.tab is None and self._room.is_attached:
            self.show_tab(self.active)

    def show_tab(self, index: int) -> None:
        """Show a tab, making it if it was never shown."""
        index %= len(TITLES)
        self.active = index
        self._following = None
        self.bar.active = index
        mounting = self._room.mount(self._ensure(index)) if index not in self._tabs else None
        for other, tab in self._tabs.items():
            tab.display = other == index
        self.call_next(self._settle, mounting)
        self.post_message(self.TabShown(self, index))

    async def _settle(self, mounting: AwaitMount | None) -> None:
        """Fill the tab, and give it the keyboard if it was asked for, once it is there."""
        if mounting is not None:
            await mounting
        self._fill()
        if self._wants_focus:
            self.focus_tab()

    def _ensure(self, index: int) -> Widget:
        """The tab, made if it was never shown."""
        return self._tabs.setdefault(index, self._tabs.get(index) or self._make(index))

    def focus_tab(self) -> None:
        """Give the keyboard to the tab that is shown."""
        tab = self.tab
        self._wants_focus = tab is not None and not tab.is_mounted
        if tab is None or self._wants_focus:
            return
        if self._guest is not None and tab is self._guest:
            self._attach_console()
        target = self._snapshots.lines if tab is self._snapshots and self._snapshots is not None else tab
        target.focus()

    @property
    def wants_focus(self) -> bool:
        """Whether a tab takes the keyboard as soon as it is there."""
        return self._wants_focus

    @property
    def snapshot(self) -> Snapshot | None:
        """The snapshot under the cursor; None while that tab is not shown."""
        return self._snapshots.selected if self._snapshots is not None and self.active == SNAPSHOTS else None

    @property
    def snapshot_row(self) -> Row | None:
        """The snapshot under the cursor with its family; None while that tab is not shown."""
        return self._snapshots.row if self._snapshots is not None and self.active == SNAPSHOTS else None

    @property
    def marked_snapshot(self) -> Snapshot | None:
        """The snapshot that was marked to be compared; None for none."""
        return self._snapshots.marked if self._snapshots is not None else None

    def mark_snapshot(self) -> None:
        """Mark the snapshot under the cursor, or mark none."""
        if self._snapshots is not None and self.active == SNAPSHOTS:
            self._snapshots.mark()

    def _make(self, index: int) -> Widget:
        """A tab; what it needs is imported now and not at the start."""
        context = self._shared
        if index == OVERVIEW:
            from tuivm.ui.widgets.overview import OverviewTab

            self._overview = OverviewTab(
                start_key=context.keymap["start"].key(), ascii_only=context.ascii_only
            )
            if self._room.size:
                self._overview.fit(self._room.size)
            return self._overview
        if index == CONSOLE:
            from tuivm.ui.widgets.console import ConsolePane

            self._guest = ConsolePane()
            set_up(self._guest, context)
            return self._guest
        if index == SNAPSHOTS:
            from tuivm.ui.widgets.snapshots import SnapshotsTab

            keys = context.keymap.snapshot_bindings()
            self._snapshots = SnapshotsTab(ascii_only=context.ascii_only, keys=keys)
            return self._snapshots
        if index == EVENTS:
            from tuivm.ui.widgets.events import EventsTab

            return EventsTab(cast("TuivmApp", self.app).happened)
        from tuivm.ui.widgets.info import InfoTab

        return InfoTab()

    def renew(self, index: int) -> None:
        """Bring a tab up to date, if it is the one that is shown."""
        if self.active == index and self.display:
            self._fill()

    def _fill(self) -> None:
        """Bring the tab that is shown up to date."""
        view, tab = self._view, self.tab
        if view is None or tab is None or not tab.is_mounted:
            return
        if self._overview is not None and tab is self._overview:
            self._overview.show(view)
        elif self._snapshots is not None and tab is self._snapshots:
            keymap = self._shared.keymap
            key = "" if keymap.hides("snapshot") else keymap["snapshot"].key()
            self._snapshots.show(view.detail, view.now, f"Press {key} to take one." if key else "")
            self._look_at_images(self._snapshots, view.detail)
        elif self.active == CONSOLE:
            self._follow_console(view.domain.key)
        else:
            self._fill_lines(tab, view)

    def _look_at_images(self, tab: SnapshotsTab, detail: Detail | None) -> None:
        """Show the images of the disks, and read them anew where the domain changed and the cursor rests."""
        if detail is None or detail is self._looked_at:
            return
        self._looked_at = detail
        desk = cast("TuivmApp", self.app).snapshots
        tab.show_chains(detail.key, desk.chains(detail.key))

        def shown() -> None:
            tab.show_chains(detail.key, desk.chains(detail.key))

        if self._looking is not None:
            self._looking.stop()
        self._looking = self.set_timer(SETTLE, lambda: desk.look(detail, shown))

    def _fill_lines(self, tab: Widget, view: View) -> None:
        from tuivm.ui.widgets.events import EventsTab
        from tuivm.ui.widgets.info import InfoTab

        if isinstance(tab, InfoTab):
            tab.show_domain(view.domain, view.detail)
        elif isinstance(tab, EventsTab):
            tab.show_domain(view.domain)

    # The console

    @property
    def console(self) -> ConsolePane | None:
        """The console's pane; None before it was first shown."""
        return self._guest

    def with_console(self, do: Callable[[ConsolePane], object]) -> None:
        """Show the console of the domain that is shown, and call ``do`` with its pane once it is there."""
        if self.active != CONSOLE:
            self.show_tab(CONSOLE)
        # Comes after the tab was filled, which was asked for in the same way.
        self.call_next(self._with_console, do)

    def _with_console(self, do: Callable[[ConsolePane], object]) -> None:
        self._attach_console()
        if self._guest is not None and self._guest.session is not None:
            do(self._guest)

    @property
    def console_has_keyboard(self) -> bool:
        """Whether keys go to a guest."""
        return self._guest is not None and self._guest.has_keyboard

    def release_console(self) -> None:
        """Let go of the console that is shown: another screen shows it now."""
        self._released = True
        if self._settling is not None:
            self._settling.stop()
        if self._guest is not None:
            self._guest.attach(None)

    def resume_console(self) -> None:
        """Show the console of the selected domain again."""
        self._released = False
        self._following = None
        self._fill()

    def _follow_console(self, key: DomainKey) -> None:
        """Show the console of that domain: at once on a tab just chosen, else when the cursor rests."""
        if self._guest is None or self._following == key or self._released:
            return
        is_first, self._following = self._following is None, key
        if self._settling is not None:
            self._settling.stop()
        if is_first or self._guest.has_focus:
            self._attach_console()
            return
        self._guest.attach(None)
        self._settling = self.set_timer(SETTLE, self._attach_console)

    @property
    def _shown_console(self) -> DomainKey | None:
        session = self._guest.session if self._guest is not None else None
        return session.key if session is not None else None

    def _attach_console(self) -> None:
        """Attach the pane to the console of the domain that is shown."""
        view, pane = self._view, self._guest
        if view is None or pane is None or self.active != CONSOLE or self._released:
            return
        if self._shown_console == view.domain.key:
            return
        pane.attach(self._shared.session.console(view.domain.key))
        self.look()

    def look(self, *, visible: bool = True) -> None:
        """The console of the domain that is shown has something new: it is seen where it can be."""
        pane = self._guest
        seen = visible and self.active == CONSOLE and self.display and pane is not None
        if seen and pane is not None and pane.session is not None and self._shown_console == self._key:
            pane.session.seen()
        self._show_badges()

    @property
    def _key(self) -> DomainKey | None:
        return self._view.domain.key if self._view is not None else None

    def _show_badges(self) -> None:
        """Bring what the bar says of the console up to date."""
        self.bar.badges = self._badges()
        console = self._shared.session.consoles.find(self._key) if self._key is not None else None
        alert = console.alert if console is not None else None
        self.bar.alert = (alert.text, alert.severity) if alert is not None else ("", "")

    def _badges(self) -> tuple[str, ...]:
        """A word beside each tab's title: how many snapshots, the sign of the console."""
        view = self._view
        if view is None:
            return ()
        count = len(view.detail.snapshots) if view.detail is not None else 0
        sign, _ = self._shared.console_sign(view.domain.key)
        mark = console_sign(sign, ascii_only=self._shared.ascii_only)
        return ("", mark, str(count) if count else "")

    def on_tab_bar_chosen(self, event: TabBar.Chosen) -> None:
        """A tab was clicked."""
        event.stop()
        self.show_tab(event.index)
