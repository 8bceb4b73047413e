"""The building: how full a host is, what keeps its machines apart, and what should be looked at."""

from __future__ import annotations

from contextlib import suppress
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from tuivm.model.building import Building
from tuivm.model.domain import DomainKey
from tuivm.model.errors import HypervisorError
from tuivm.model.inventory import Link
from tuivm.model.sharing import Order
from tuivm.model.survey import Survey, survey
from tuivm.ui.building_shares import Look, share_picks, summary
from tuivm.ui.building_walls import (
    counts,
    finding_picks,
    heads,
    standing_counts,
    wall_details,
    wall_picks,
)
from tuivm.ui.context import Context
from tuivm.ui.dialogs.sheet import Renewed
from tuivm.ui.laid_out import LaidOut
from tuivm.ui.roles import roles_of
from tuivm.ui.text import plain
from tuivm.ui.widgets.footer import Hint, KeyFooter
from tuivm.ui.widgets.host_header import HostHeader
from tuivm.ui.widgets.lines import LinesView
from tuivm.ui.widgets.picks import PicksView
from tuivm.ui.widgets.tab_bar import TabBar
from tuivm.ui.words import counted

TITLES = ("Sharing", "Isolation", "Findings")
SHARING, ISOLATION, FINDINGS = range(3)
ROOMY = (164, 32)
"""Columns and rows from which all pages are shown at once."""
DETAILS_STEP = 4
"""Lines by which the walls of a machine are scrolled."""
PATIENT = 10.0
"""Seconds without an answer after which it is said that the host is still asked."""


class Page(Vertical):
    """One page: its title where all are shown, and its lines."""

    def __init__(self, index: int) -> None:
        super().__init__(id=TITLES[index].lower())
        self.title = Static("", classes="title")
        """The title, with a word on what is below."""
        self.picks = PicksView()
        """The lines."""

    def compose(self) -> ComposeResult:
        """Title and lines."""
        yield self.title
        yield self.picks

    def head(self, name: str, told: str) -> None:
        """Show the title and what is told beside it."""
        self.title.update(Content.assemble((f" {name} ", "bold $primary"), (plain(told), "$muted")))


class WallsPage(Page):
    """The table of machines, and every wall of the one under the cursor."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.heads = Static("", classes="heads")
        """The titles of the columns."""
        self.details = LinesView(classes="details")
        """The walls of one machine."""
        self.details.can_focus = False

    def compose(self) -> ComposeResult:
        """Title, table, details."""
        yield self.title
        yield self.heads
        yield self.picks
        yield self.details


class BuildingScreen(Renewed, LaidOut[DomainKey | None]):
    """Three pages: one at a time behind tabs, or all at once where there is room. Answers where to go.

    The host is looked at while this is shown, and no longer.
    """

    AUTO_FOCUS = ""
    TICKS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,right_square_bracket", "turn(1)", "next", show=False),
        Binding("shift+tab,left_square_bracket", "turn(-1)", "previous", show=False),
        Binding("o", "order", "sort", show=False),
        Binding("right,shift+down", "details(1)", "more of the walls", show=False),
        Binding("left,shift+up", "details(-1)", "back", show=False),
        Binding("escape,q", "close", "back", show=False),
        *(Binding(str(number + 1), f"page({number})", show=False) for number in range(len(TITLES))),
    ]

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._shared = context
        self._order = Order.MEMORY
        self._page = SHARING
        inventory = context.session.inventory
        self._survey = survey(inventory, Building(unread=len(inventory.domains)))
        self._looking = True
        self._problem = ""
        self._walls_shown: tuple[object, ...] = (None,)
        self._answered = context.clock()
        self._header = HostHeader(note=context.note, ascii_only=context.ascii_only)
        self._bar = TabBar(*TITLES)
        self._bar.ascii_only = context.ascii_only
        self._pages = (Page(SHARING), WallsPage(ISOLATION), Page(FINDINGS))
        self._footer = KeyFooter(ascii_only=context.ascii_only)
        for key in context.keymap["building"].keys:
            self._bindings.bind(key, "close", show=False)

    def compose(self) -> ComposeResult:
        """Header, tabs, pages, keys."""
        yield self._header
        yield self._bar
        with Container(id="building"):
            yield from self._pages
        yield self._footer

    # Start and end

    def on_mount(self) -> None:
        """Begin to look."""
        self._bar.can_focus = False
        self.action_page(self._page)
        self.renew()
        app = self.app

        def tell(answer: Survey | HypervisorError) -> None:
            # On the watch's thread: handed over, unless the program is ending.
            with suppress(RuntimeError):
                app.call_later(self.learn, answer)

        self._shared.session.building.watch(tell)

    def on_unmount(self) -> None:
        """Look no more."""
        self._shared.session.building.rest()

    def learn(self, answer: Survey | HypervisorError) -> None:
        """Show what was found, or why nothing could be."""
        if not self.is_mounted:
            return
        self._answered = self._shared.clock()
        if isinstance(answer, HypervisorError):
            self._problem = str(answer)
        else:
            self._survey, self._looking, self._problem = answer, False, ""
        self._fill()

    # What is shown

    def renew(self) -> None:
        """The header's figures, and how long the host has been asked, at every tick."""
        inventory = self._shared.session.inventory
        self._header.show(inventory)
        self._bar.alert = (self._trouble(inventory.link), "warning")

    def _trouble(self, link: Link) -> str:
        if link is not Link.UP:
            return "no connection: this is what was known last"
        waited = self._shared.clock() - self._answered
        if self._problem:
            return self._problem
        return f"the host has not answered for {waited:.0f} s" if waited >= PATIENT else ""

    @property
    def _all_shown(self) -> bool:
        return self.has_class("-all")

    def on_resize(self, event: events.Resize) -> None:
        """All pages where there is room, else one."""
        self.set_class(event.size.width >= ROOMY[0] and event.size.height >= ROOMY[1], "-all")
        self._show_pages()
        self.call_after_refresh(self._fill)

    def _show_pages(self) -> None:
        for index, page in enumerate(self._pages):
            page.display = self._all_shown or index == self._page
            page.set_class(index == self._page, "-chosen")
        self._bar.active = self._page

    def _fill(self) -> None:
        """Bring every page that is shown up to date."""
        if not self.is_mounted:
            return
        found, ascii_only = self._survey, self._shared.ascii_only
        sharing, walls, findings = self._pages
        if sharing.display:
            look = Look(
                self._width(sharing),
                self._order,
                edges=roles_of(self.app).monochrome,
                ascii_only=ascii_only,
                looking=self._looking,
            )
            sharing.head("Sharing", summary(found))
            sharing.picks.show_picks(share_picks(found, look))
        if walls.display and isinstance(walls, WallsPage):
            width = self._width(walls)
            walls.head("Isolation", standing_counts(found))
            walls.heads.update(heads(width))
            shown = (found.standings, found.facts.unread, width, self._looking)
            # Of thousands of machines mostly nothing changes: then nothing is made anew.
            if shown[0] is not self._walls_shown[0] or shown != self._walls_shown:
                self._walls_shown = shown
                walls.picks.show_picks(wall_picks(found, width, ascii_only=ascii_only, looking=self._looking))
                self._fill_details()
        if findings.display:
            width = self._width(findings)
            findings.head("Findings", counts(found.findings))
            findings.picks.show_picks(
                finding_picks(found, width, ascii_only=ascii_only, looking=self._looking)
            )
        serious = len(found.findings)
        self._bar.badges = ("", "", str(serious) if serious else "")
        self.renew()
        self._show_footer()

    def _width(self, page: Page) -> int:
        # The scrollbar takes a column when there is one: what is drawn leaves it free.
        return max(40, (page.size.width or self.size.width) - 1)

    def _fill_details(self) -> None:
        walls = self._pages[ISOLATION]
        if isinstance(walls, WallsPage):
            lines = wall_details(
                self._survey, walls.picks.key, self._width(walls), ascii_only=self._shared.ascii_only
            )
            walls.details.show(lines)
            walls.details.scroll_home(animate=False)
            # How much there is to scroll is known once it is laid out.
            self.call_after_refresh(self._show_footer)

    def _show_footer(self) -> None:
        key = self._pages[self._page].picks.key
        left = [
            Hint("pick", "Enter", "to the machine", possible=key is not None),
            Hint("turn(1)", "Tab", "next page"),
        ]
        if self._page == SHARING:
            following = _after(self._order)
            left.append(Hint("order", "o", f"sort by {following.value}"))
        walls = self._pages[ISOLATION]
        if walls.display and isinstance(walls, WallsPage) and walls.details.max_scroll_y:
            left.append(Hint("details(1)", "←→", "scroll its walls"))
        if self._survey.facts.unread and not self._looking:
            left.append(Hint("", "", f"{counted(self._survey.facts.unread, 'thing')} to be read", False))
        self._footer.show(left, [Hint("close", "Esc", "list")], 0)

    # Keyboard

    def action_page(self, index: int) -> None:
        """Go to a page."""
        self._page = index
        self._show_pages()
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        """A page that was not displayed has its size, and can take the keyboard, only now."""
        self._pages[self._page].picks.focus()
        self._fill()

    def action_turn(self, step: int) -> None:
        """Go to the next page, or the one before."""
        self.action_page((self._page + step) % len(TITLES))

    def action_order(self) -> None:
        """Order the machines by something else."""
        self._order = _after(self._order)
        if self._page != SHARING:
            self.action_page(SHARING)
        self._fill()

    def action_details(self, step: int) -> None:
        """Scroll what is told of the machine under the cursor."""
        walls = self._pages[ISOLATION]
        if isinstance(walls, WallsPage):
            walls.details.scroll_relative(y=step * DETAILS_STEP, animate=False)

    def action_pick(self) -> None:
        """Go to the machine under the cursor."""
        self._pages[self._page].picks.action_pick()

    def action_close(self) -> None:
        """Back to the list."""
        self.dismiss(None)

    # What the widgets tell

    def on_picks_view_picked(self, event: PicksView.Picked) -> None:
        """Go to that machine in the list."""
        self.dismiss(event.key)

    def on_lines_view_moved(self, event: LinesView.Moved) -> None:
        """Another machine is under the cursor."""
        if event.lines is self._pages[ISOLATION].picks:
            self._fill_details()
        self._show_footer()

    def on_descendant_focus(self) -> None:
        """A page was clicked, or came by a key."""
        for index, page in enumerate(self._pages):
            if page.picks.has_focus and index != self._page:
                self._page = index
                self._show_pages()
                self._show_footer()

    def on_tab_bar_chosen(self, event: TabBar.Chosen) -> None:
        """A tab was clicked."""
        event.stop()
        self.action_page(event.index)

    def on_key_footer_pressed(self, event: KeyFooter.Pressed) -> None:
        """A hint was clicked."""
        event.stop()
        if event.id:
            self.call_next(self.run_action, event.id)


def _after(order: Order) -> Order:
    orders = list(Order)
    return orders[(orders.index(order) + 1) % len(orders)]
