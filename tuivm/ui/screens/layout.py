"""Where list and details lie, which of them has the keyboard, and which has the screen for itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual import events

from tuivm.model.domain import DomainKey
from tuivm.ui.laid_out import LaidOut
from tuivm.ui.widgets.detail import CONSOLE, DetailPane
from tuivm.ui.widgets.domain_table import DomainTable

if TYPE_CHECKING:
    from tuivm.ui.app import TuivmApp

WIDE = 140
"""Columns from which list and details stand side by side."""
EMPTY_LINES = 8
"""Lines below the titles of an empty list, for the words that it says."""
SMALL = (60, 20)
"""Columns and rows below which the list has the screen for itself."""

MOST_TILES = 4
"""Consoles that can be shown side by side."""


class GuestScreen(LaidOut[None], inherit_bindings=False):
    """A screen on which a console can have the keyboard."""

    @property
    def tuivm(self) -> TuivmApp:
        """The app, as what it is."""
        return cast("TuivmApp", self.app)

    @property
    def console_has_keyboard(self) -> bool:
        """Whether keys go to a guest."""
        return bool(getattr(self.focused, "has_keyboard", False))

    @property
    def consoles_shown(self) -> frozenset[DomainKey]:
        """The domains whose consoles can be seen."""
        return frozenset()


class PanedScreen(GuestScreen, inherit_bindings=False):
    """A list and its details: above each other, side by side, or one of them alone.

    The classes of the screen say which: ``-wide``, ``-small``, ``-zoom-list``, ``-zoom-detail``, and
    ``-bare`` while a zoomed console is typed on and nothing else is to be seen.
    """

    table: DomainTable
    """The list."""
    detail: DetailPane
    """The details."""

    @property
    def row_count(self) -> int:
        """How many rows the list could have."""
        return len(self.table.order)

    @property
    def consoles_shown(self) -> frozenset[DomainKey]:
        """The console of the selected domain, where its tab is shown."""
        pane = self.detail.console
        seen = self.detail.active == CONSOLE and self.detail.display
        session = pane.session if seen and pane is not None else None
        return frozenset() if session is None else frozenset((session.key,))

    # Layout

    def on_resize(self, event: events.Resize) -> None:
        """Choose the layout for the new size."""
        width, height = event.size
        self.set_class(width >= WIDE, "-wide")
        self.set_class(width < SMALL[0] or height < SMALL[1], "-small")
        self.fit_list()

    def fit_list(self) -> None:
        """Above the details the list takes the lines it needs, at most half of the room."""
        rows = 1 + (self.row_count or EMPTY_LINES)
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
            self.unzoom()
        elif self.details_focused:
            self.zoom_detail()
        else:
            self.add_class("-zoom-list")
        self.fit_list()

    def zoom_detail(self) -> None:
        """Give the details the whole screen."""
        self.remove_class("-zoom-list")
        self.add_class("-zoom-detail")
        self.look_bare()

    def unzoom(self) -> None:
        """Show list and details again."""
        was_detail = self.has_class("-zoom-detail")
        self.remove_class("-zoom-list", "-zoom-detail", "-bare")
        if was_detail and self.has_class("-small"):
            # A widget that is not displayed yet cannot take the keyboard.
            self.call_after_refresh(self.table.focus)
        self.fit_list()

    def look_bare(self) -> None:
        """A zoomed console that is typed on has the whole terminal: no tabs and no keys below it."""
        pane = self.detail.console
        self.set_class(self.has_class("-zoom-detail") and pane is not None and pane.has_focus, "-bare")

    # Keyboard

    @property
    def details_focused(self) -> bool:
        """Whether the details have the keyboard."""
        return self.focused is not None and self.detail in self.focused.ancestors_with_self

    def focus_details(self, *, typing: bool = True) -> None:
        """Give the details the keyboard, and the screen where there is no room for both.

        Without ``typing`` a console is looked at and the keys stay tuivm's.
        """
        if self.table.cursor_key is None:
            return
        if self.has_class("-zoom-list") or (self.has_class("-small") and not self.has_class("-zoom-detail")):
            self.zoom_detail()
        looking = self.detail.active == CONSOLE and not typing
        self.focus_soon(self.detail.bar.focus if looking else self.detail.focus_tab)

    def focus_list(self) -> None:
        """Give the list the keyboard, and its place if the details had all of it."""
        if self.has_class("-zoom-detail"):
            self.unzoom()
        self.focus_soon(self.table.focus)

    def show_tab(self, index: int) -> None:
        """Show a tab of the details; the keyboard stays with the details if they had it."""
        had = self.details_focused
        self.detail.show_tab(index)
        if had or self.has_class("-zoom-detail") or self.has_class("-small") or self.has_class("-zoom-list"):
            self.focus_details(typing=False)

    def focus_soon(self, give: Callable[[], object]) -> None:
        """Call ``give``, which gives the keyboard away, once all is laid out; keys wait meanwhile."""
        app = self.tuivm
        app.hold_keys()

        def now() -> None:
            give()
            if not self.detail.wants_focus:
                # A widget takes the keyboard by a message to the app, too: this one comes after it.
                app.call_later(app.release_keys)

        self.call_after_refresh(now)

    def on_descendant_focus(self) -> None:
        """The head of the details says whether they have the keyboard; keys that waited for it go on."""
        self.tuivm.release_keys()
        self.detail.bar.focused_pane = self.details_focused
        self.look_bare()
        self.focus_moved()

    def on_descendant_blur(self) -> None:
        """As above."""
        self.detail.bar.focused_pane = self.details_focused

    def focus_moved(self) -> None:
        """Another widget has the keyboard now."""
