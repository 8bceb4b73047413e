"""What happened: events of libvirt and results of jobs, with their time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tuivm.core.event_query import EventQuery, parse
from tuivm.model.domain import Domain
from tuivm.model.event import Event
from tuivm.ui.dialogs.sheet import Sheet
from tuivm.ui.log import is_about, whole
from tuivm.ui.widgets.filter_bar import FilterBar
from tuivm.ui.widgets.lines import LinesView
from tuivm.ui.widgets.log_lines import LogLines
from tuivm.ui.words import content, counted, short

if TYPE_CHECKING:
    from tuivm.ui.log_desk import LogDesk

_NAME_WIDTH = 24
_TYPING = "Enter keep the filter   Esc clear it"
_REST = 0.2
"""Seconds between two looks at ten thousand entries while more come."""


class LogScreen(Sheet[None]):
    """The log over the whole screen, newest last; it grows while it is looked at."""

    TITLE_TEXT = "Log"
    HINT = "/ filter   o only one   Enter domain   m graphs   y copy   Esc close"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back", show=False),
        Binding("enter", "jump", "to the domain", show=False),
        Binding("m", "moment", "graphs of that moment", show=False),
        Binding("slash", "filter", "filter", show=False),
        Binding("o", "only", "only the selected or marked", show=False),
        Binding("y", "copy", "copy the line", show=False),
    ]

    def __init__(self, desk: LogDesk, domains: Sequence[Domain], close_keys: Iterable[str] = ()) -> None:
        super().__init__(close_keys)
        self._desk = desk
        self._domains = domains
        self._query = EventQuery()
        self._only = False
        self._all: list[Event] = []
        self._revision: tuple[int, int] | None = None
        self._resting = False
        self.log_lines = LogLines(named=True, empty="Nothing happened yet.")
        """The entries."""
        self.lines = self.log_lines
        self._title = Static(self.heading(), classes="title")
        self._more = Static("", classes="more")
        self._hint = Static(Content(self.HINT), classes="hint")
        self._bar = FilterBar("text  kind:io  severity:warning  domain:web  time:03:  !exclude")

    def compose(self) -> ComposeResult:
        """Title, entries, the whole of the one under the cursor, filter, hint."""
        with Vertical(classes="sheet log"):
            yield self._title
            yield self.log_lines
            yield self._more
            yield self._bar
            yield self._hint

    def heading(self) -> Content:
        """How many entries there are, and which of them are shown."""
        words = ["Log"]
        if self._only:
            names = (
                short(self._domains[0].name, _NAME_WIDTH)
                if len(self._domains) == 1
                else f"{len(self._domains)} marked"
            )
            words.append(f"only {names}")
        words.append(counted(len(self._all), "line"))
        if not self.log_lines.follows:
            words.append("stands still: End follows")
        return content("   ".join(words))

    def renew(self) -> None:
        """Show what was added: at the end if the cursor is there, else the cursor stays on its entry."""
        if self._resting or self._revision == self._desk.revision:
            return
        self._resting = True
        self.set_timer(_REST, self._rested)
        self._revision = self._desk.revision
        self._arrange()

    def _rested(self) -> None:
        self._resting = False
        self.renew()

    def _arrange(self) -> None:
        self._all = [event for event in self._desk.entries() if self._is_of_these(event)]
        query = self._query
        shown = [event for event in self._all if query.matches(event)] if query else self._all
        hidden = "No entry matches the filter." if self._all else ""
        self.log_lines.show_events(shown, self._desk.now, empty=hidden)
        if self._bar.is_mounted:
            self._bar.count(len(shown), len(self._all))
        self._show_more()

    def _is_of_these(self, event: Event) -> bool:
        return not self._only or any(is_about(event, one.key, one.name) for one in self._domains)

    def _show_more(self) -> None:
        """The heading, and the entry under the cursor in full where its line does not hold it."""
        self._title.update(self.heading())
        chosen = self.log_lines.chosen
        text = whole(chosen) if chosen is not None else ""
        self._more.update(content(text))

    def on_lines_view_moved(self, event: LinesView.Moved) -> None:
        """Another entry is under the cursor."""
        event.stop()
        self._show_more()

    # Keys

    def action_back(self) -> None:
        """Go back one layer: the filter, the page."""
        if self._bar.display:
            self._bar.action_clear()
        else:
            self.dismiss(None)

    def _soon(self, action: str) -> Event | None:
        """The entry under the cursor; None, and later, for a key typed with the one that opened the page."""
        if not self.is_mounted:
            self.call_later(self.run_action, action)
            return None
        return self.log_lines.chosen

    def action_jump(self) -> None:
        """Go to the domain of the entry under the cursor."""
        chosen = self._soon("jump")
        if chosen is not None and self._desk.jump(chosen):
            self.dismiss(None)

    def action_moment(self) -> None:
        """Go to the graphs of that domain at that moment."""
        chosen = self._soon("moment")
        if chosen is not None and self._desk.open_moment(chosen):
            self.dismiss(None)

    def action_copy(self) -> None:
        """Copy the entry under the cursor."""
        chosen = self._soon("copy")
        if chosen is not None:
            self._desk.copy(chosen)

    def action_only(self) -> None:
        """Show only what happened to the marked domains or the selected one, or everything again."""
        self._only = not self._only and bool(self._domains)
        self._arrange()

    def action_filter(self) -> None:
        """Let the filter be typed; what is typed meanwhile waits for it."""
        self._desk.hold_keys()
        self._bar.display = True
        self.call_after_refresh(self._bar.edit)

    def on_descendant_focus(self) -> None:
        """Keys that waited for it go on; the hint says what they do."""
        self._desk.release_keys()
        self._hint.update(Content(self.HINT if self.log_lines.has_focus else _TYPING))

    def on_filter_bar_changed(self, event: FilterBar.Changed) -> None:
        """Show what matches the words typed so far."""
        event.stop()
        self._query = parse(event.text)
        self._arrange()

    def on_filter_bar_left(self, event: FilterBar.Left) -> None:
        """The entries have the keyboard again."""
        event.stop()
        if not self.log_lines.has_focus:
            self._desk.hold_keys()
            self.log_lines.focus()
