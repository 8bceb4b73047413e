"""The main screen's console: shown, typed on, left, and typed on again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tuivm.model.domain import Domain, DomainKey
from tuivm.ui.console_desk import Place
from tuivm.ui.screens.layout import PanedScreen
from tuivm.ui.widgets.detail import CONSOLE

if TYPE_CHECKING:
    from tuivm.ui.widgets.console import ConsolePane
    from tuivm.ui.widgets.console_messages import Viewing

_PLAIN, _ZOOMED = "plain", "zoomed"
"""How the console was shown that was left with the last key."""


class ConsolePanes(PanedScreen, inherit_bindings=False):
    """List and details of which one tab is a console. Whoever builds on it knows what is selected."""

    _left: str | None = None
    _viewing = False

    @property
    def selected(self) -> Domain | None:
        """The domain under the list's cursor; none where there is no list."""
        return None

    def reveal(self, key: DomainKey) -> bool:
        """Put the cursor on a domain, whatever the filter hides; False when it is gone."""
        return self.table.move_to(key)

    def keys_changed(self) -> None:
        """Other keys matter now."""

    def show_console(self, key: DomainKey, *, typing: bool = False, zoomed: bool = False) -> None:
        """Show a domain's console, whatever the filter hides; type on it, with the whole terminal for it."""
        if not self.reveal(key):
            # Nobody is to type on another console instead.
            self.tuivm.tell("that domain is gone", log=False, severity="warning")
            return
        if zoomed:
            self.type_zoomed()
        elif typing:
            self.detail.show_tab(CONSOLE)
            self.focus_details()
        else:
            self.show_tab(CONSOLE)

    def type_zoomed(self) -> None:
        """Type on the console with the whole terminal for it."""
        if self.table.cursor_key is not None:
            self.zoom_detail()
            self.detail.show_tab(CONSOLE)
            self.focus_details()

    def type_again(self) -> None:
        """Type on the console again, zoomed if it was."""
        if self._left is _ZOOMED:
            self.zoom_detail()
        self.focus_details()

    def type_leave_key(self) -> bool:
        """Type the leave key itself on the console that was left with it; False when it was not."""
        pane = self.detail.console
        if (
            self._left is None
            or not self.table.has_focus
            or self.detail.active != CONSOLE
            or pane is None
            or not pane.is_open
        ):
            return False
        if pane.session is None or pane.session.key != self.table.cursor_key:
            return False
        pane.send_leave_key()
        self.type_again()
        return True

    def forget_console(self) -> None:
        """The console that was left is no longer the one meant."""
        self._left = None

    def with_place(self, do: Callable[[Place], object]) -> None:
        """Show the selected domain's console and call ``do`` with where it is."""
        domain = self.selected
        if domain is None:
            self.tuivm.tell("there is no domain selected", log=False, severity="warning")
            return
        back = self._left is not None
        self._viewing = not back

        def ready(pane: ConsolePane) -> None:
            if pane.session is not None and pane.session.key == domain.key:
                do(Place(domain, pane.session, pane, self.type_again, back))

        self.detail.with_console(ready)

    def show_consoles(self, keys: set[DomainKey]) -> None:
        """The consoles of these domains have something new."""
        self.table.refresh_keys(keys)
        if self.table.cursor_key in keys:
            self.detail.look(visible=self.is_current)

    def on_console_pane_viewing(self, event: Viewing) -> None:
        """Copy mode began or ended; after the end the keyboard goes back to where it came from."""
        if not event.pane.is_viewing and self._viewing:
            self._viewing = False
            self.focus_list()
        self.keys_changed()

    def on_console_pane_left(self) -> None:
        """The key that leaves the console."""
        self._left = _ZOOMED if self.has_class("-zoom-detail") else _PLAIN
        self.focus_list()
