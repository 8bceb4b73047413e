"""From one console to another: the open ones, those with an alert, the tiles; and what they ask for."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from tuivm.core.consoles import ConsoleSign
from tuivm.model.domain import Domain, DomainKey
from tuivm.ui.console_desk import ConsoleDesk
from tuivm.ui.context import Context
from tuivm.ui.screens.layout import MOST_TILES
from tuivm.ui.unfinished import unfinished
from tuivm.ui.words import short

if TYPE_CHECKING:
    from tuivm.ui.app import TuivmApp
    from tuivm.ui.dialogs.clipboard import Consent

_NAME_WIDTH = 40
_PEACE = 30.0
"""Seconds after a No in which that console's wishes are refused unasked, and between two words of others."""


class ConsoleRounds:
    """Goes between consoles, and shows several."""

    def __init__(self, app: TuivmApp, context: Context, desk: ConsoleDesk) -> None:
        self._app = app
        self._context = context
        self._session = context.session
        self._desk = desk
        self.tiles: list[DomainKey] = []
        """The domains of the tiles, remembered until tuivm is left."""
        self._trusted: set[DomainKey] = set()
        self._asking: DomainKey | None = None
        self._refused: dict[DomainKey, float] = {}
        self._said_at = float("-inf")

    # Going round

    def show_list(self) -> None:
        """Show the consoles that are open."""
        from tuivm.ui.dialogs.consoles import ConsolesScreen

        keys = self._context.keymap["consoles"].keys

        def chosen(key: DomainKey | None) -> None:
            if key is not None:
                self._app.main.show_console(key, typing=True)

        self._app.push_screen(ConsolesScreen(self._context, keys), chosen)

    def step(self, step: int) -> None:
        """Go to the next open console after the selected domain, in the order of the list, or back."""
        self._go(step, lambda sign: sign is not ConsoleSign.NONE, "no console is open: c opens one")

    def next_alert(self) -> None:
        """Go to the next console in which a trigger was found."""
        self._go(1, lambda sign: sign is ConsoleSign.ALERT, "no console has an alert")

    def _go(self, step: int, wanted: Callable[[ConsoleSign], bool], none: str) -> None:
        main, sign = self._app.main, self._session.consoles.sign
        every = list(main.table.order)
        here = main.table.cursor_key
        at = every.index(here) if here in every else 0
        others = every[at + 1 :] + every[:at]
        key = next((key for key in others[::step] if wanted(sign(key))), None)
        if key is not None:
            main.show_console(key)
        elif here is None or not wanted(sign(here)):
            self._app.tell(none, log=False, severity="warning")
        else:
            main.show_console(here)

    # Tiles

    def tile(self, domain: Domain | None) -> None:
        """Add a domain to the tiles, and show them."""
        if domain is not None and domain.key not in self.tiles:
            if len(self.tiles) < MOST_TILES:
                self.tiles.append(domain.key)
            else:
                self._app.tell(f"there are {MOST_TILES} tiles: x removes one", severity="warning", log=False)
        self.show_tiles(domain.key if domain is not None else None)

    def show_tiles(self, start: DomainKey | None, *, typing: bool = False) -> None:
        """Show the tiles; ``start`` is chosen, and has the keyboard where ``typing``."""
        domains = self._session.inventory.domains
        self.tiles = [key for key in self.tiles if key in domains]
        if not self.tiles:
            self._app.tell("there is no domain selected", log=False, severity="warning")
            return
        from tuivm.ui.screens.tiles import TilesScreen

        self._app.main.detail.release_console()
        screen = TilesScreen(self._context, self._desk, self, start, typing=typing)
        self._app.push_screen(screen, lambda _: self._app.main.detail.resume_console())

    # News

    def news(self, keys: set[DomainKey]) -> None:
        """Consoles have something new: their rows, the tab's badge."""
        self._desk.transfers.news()
        for key in keys:
            console = self._session.consoles.find(key)
            if console is not None and console.wake is not None:
                # Its status line may say something else: a recording began, a file was sent.
                console.wake()
        self._app.main.show_consoles(keys)

    def unfinished(self) -> list[str]:
        """What would be cut off by leaving, one line a console."""
        domains = self._session.inventory.domains
        lines = []
        for console in self._session.consoles.all():
            words = unfinished(console)
            if words:
                domain = domains.get(console.key)
                lines.append(f"{short(domain.name if domain else '(gone)', _NAME_WIDTH)}: {words}")
        return lines

    # The clipboard

    def clipboard_asked(self, key: DomainKey, text: str) -> None:
        """A guest wants ``text`` in the clipboard: asked once at a time, never over another question.

        After a No it is not asked again for a while.
        """
        domain = self._session.inventory.domains.get(key)
        if domain is None or not text:
            return
        if key in self._trusted:
            self._copy(domain, text)
            return
        now = monotonic()
        if now - self._refused.get(key, float("-inf")) < _PEACE:
            return
        if self._asking is not None or self._app.has_question:
            if now - self._said_at >= _PEACE:
                self._said_at = now
                self._app.tell(
                    "wanted to set the clipboard while another question was open; refused",
                    subject=domain.name,
                    severity="warning",
                    toast=self._asking is None,
                )
            return
        from tuivm.ui.dialogs.clipboard import ClipboardScreen

        def answered(answer: Consent | None) -> None:
            self._asking = None
            if answer is None or answer == "no":
                # A guest that goes on asking must not keep the user from everything else.
                self._refused[key] = monotonic()
                return
            if answer == "always":
                self._trusted.add(key)
            self._copy(domain, text)

        self._asking = key
        self._app.push_screen(ClipboardScreen(domain, text), answered)

    def _copy(self, domain: Domain, text: str) -> None:
        self._app.copy_to_clipboard(text)
        count = len(text)
        self._app.tell(f"the guest set the clipboard ({count:,} characters)", subject=domain.name)
