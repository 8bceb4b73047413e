"""The details of the selected domain: tabs, of which each is made when it is first shown."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.message import Message
from textual.widget import Widget

from tuivm.model.detail import Snapshot
from tuivm.ui.context import Context
from tuivm.ui.widgets.overview import OverviewTab, View
from tuivm.ui.widgets.snapshots import SnapshotsTab
from tuivm.ui.widgets.tab_bar import TabBar

OVERVIEW, CONSOLE, SNAPSHOTS, INFO = range(4)
TITLES = ("Overview", "Console", "Snapshots", "Info")


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
        self._tabs: dict[int, Widget] = {}
        self._view: View | None = None
        self.active = OVERVIEW
        """Index of the tab that is shown."""
        self.bar = TabBar(*TITLES)
        """The tabs' titles."""
        self.bar.ascii_only = context.ascii_only

    def compose(self) -> ComposeResult:
        """The bar, and room for a tab."""
        yield self.bar
        yield Container(classes="tab")

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
        self.bar.badges = self._badges()
        if self.display and view is not None:
            self._fill()
        container = self.query_one(".tab")
        container.display = view is not None

    def show_tab(self, index: int) -> None:
        """Show a tab, making it if it was never shown."""
        index %= len(TITLES)
        self.active = index
        self.bar.active = index
        if index not in self._tabs:
            made = self._make(index)
            self._tabs[index] = made
            self.query_one(".tab").mount(made)
        for other, tab in self._tabs.items():
            tab.display = other == index
        # A tab that was just made composes itself first.
        self.call_after_refresh(self._fill)
        self.post_message(self.TabShown(self, index))

    def focus_tab(self) -> None:
        """Give the keyboard to the tab that is shown."""
        tab = self.tab
        if tab is None:
            return
        if isinstance(tab, SnapshotsTab):
            tab.take_focus()
        else:
            tab.focus()

    @property
    def snapshot(self) -> Snapshot | None:
        """The snapshot under the cursor; None while that tab is not shown."""
        tab = self.tab
        return tab.selected if isinstance(tab, SnapshotsTab) else None

    def _make(self, index: int) -> Widget:
        """A tab; what it needs is imported now and not at the start."""
        context = self._shared
        if index == OVERVIEW:
            return OverviewTab(start_key=context.keymap["start"].key(), ascii_only=context.ascii_only)
        if index == CONSOLE:
            from tuivm.ui.widgets.console import ConsolePane

            return ConsolePane()
        if index == SNAPSHOTS:
            return SnapshotsTab(ascii_only=context.ascii_only)
        from tuivm.ui.widgets.info import InfoTab

        return InfoTab()

    def _fill(self) -> None:
        """Bring the tab that is shown up to date."""
        view, tab = self._view, self.tab
        if view is None or tab is None or not tab.is_mounted:
            return
        if isinstance(tab, OverviewTab):
            tab.show(view)
        elif isinstance(tab, SnapshotsTab):
            key = self._shared.keymap["snapshot"].key()
            tab.show(view.detail, view.now, f"Press {key} to take one." if key else "")
        elif self.active == INFO:
            self._fill_info(tab, view)

    def _fill_info(self, tab: Widget, view: View) -> None:
        from tuivm.ui.widgets.info import InfoTab

        if isinstance(tab, InfoTab):
            tab.show_domain(view.domain, view.detail)

    def _badges(self) -> tuple[str, ...]:
        """A word beside each tab's title: how many snapshots, a console that is connected."""
        view = self._view
        count = len(view.detail.snapshots) if view is not None and view.detail is not None else 0
        return ("", "", str(count) if count else "", "")

    def on_tab_bar_chosen(self, event: TabBar.Chosen) -> None:
        """A tab was clicked."""
        event.stop()
        self.show_tab(event.index)
