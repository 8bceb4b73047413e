"""What a person does with a console besides typing on it: asked where it must be, done by its session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tuivm.config.settings import MIB
from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.core.consoles import LISTENING_MAX
from tuivm.core.shell import pasted
from tuivm.model.domain import Domain
from tuivm.ui.context import Context
from tuivm.ui.unfinished import under_way, unfinished
from tuivm.ui.words import short

if TYPE_CHECKING:
    from tuivm.core.guest_keys import Combo, Typed
    from tuivm.ui.app import TuivmApp
    from tuivm.ui.console_menu import Menu
    from tuivm.ui.dialogs.menu import MenuEntry
    from tuivm.ui.transfers import Transfers
    from tuivm.ui.widgets.console import ConsolePane

_NAME_WIDTH = 60
_PATH_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Which console, and where it is shown."""

    domain: Domain
    """Whose."""
    session: ConsoleSession
    """It."""
    pane: ConsolePane
    """What shows it."""
    focus: Callable[[], object]
    """Gives it the keyboard."""
    back: bool = False
    """Whether it had the keyboard just before, and gets it back after a key was sent."""


class ConsoleDesk:
    """Takes the user's wish for one console, asks what must be asked, and hands it to the session."""

    def __init__(self, app: TuivmApp, context: Context) -> None:
        self._app = app
        self._context = context
        self._session = context.session
        self.ascii_only = context.ascii_only
        """Whether only ASCII may be used."""

    @cached_property
    def transfers(self) -> Transfers:
        """The files that are sent."""
        from tuivm.ui.transfers import Transfers

        return Transfers(self._app, self._context, self.ask)

    @property
    def unsupported(self) -> Mapping[str, str]:
        """What the hypervisor lacks, with the reason."""
        return self._session.inventory.unsupported

    # Menus

    def menu(self, place: Place) -> None:
        """Show everything that can be done with a console."""
        from tuivm.ui.console_menu import entries

        self._show_menu(place, f"Console of {self._name(place)}", entries, None)

    def submenu(self, place: Place, title: str, menu: Menu) -> None:
        """Show a menu within; Esc goes back to the first."""
        self._show_menu(place, title, menu, lambda: self.menu(place))

    def _show_menu(self, place: Place, title: str, menu: Menu, parent: Callable[[], None] | None) -> None:
        from tuivm.ui.dialogs.menu import MenuScreen

        def make() -> Sequence[MenuEntry]:
            return menu(self, self._now(place))

        def chosen(entry: MenuEntry | None) -> None:
            if entry is not None:
                entry.act()
            elif parent is not None and self._is_there(place):
                parent()

        domain = place.domain
        screen = MenuScreen(domain.key, domain.name, title, make, inner=parent is not None)
        self._app.push_screen(screen, chosen)

    def _now(self, place: Place) -> Place:
        """The place with the domain as it is now."""
        domain = self._session.inventory.domains.get(place.domain.key, place.domain)
        return replace(place, domain=domain)

    def _is_there(self, place: Place) -> bool:
        return place.domain.key in self._session.inventory.domains

    # Keys for the guest

    def press(self, place: Place, combo: Combo) -> None:
        """Press keys on the guest's keyboard; asked first where something is lost by it."""

        def go() -> None:
            if self._is_there(place):
                self._session.press(self._now(place).domain, combo.names)
                self._back(place)

        if not combo.loss:
            go()
            return
        codes = ("send-key", "--domain", place.domain.name, "--codeset", "linux", *combo.names)
        self.ask(place.domain, f"Send {combo.label} to", combo.loss, combo.label, go, codes)

    def send_break(self, place: Place) -> None:
        """Send a break on the serial line."""
        self._session.send_break(self._now(place).domain)
        self._back(place)

    def type_bytes(self, place: Place, key: Typed) -> None:
        """Type what the terminal cannot send."""
        place.session.send(key.data)
        self._back(place)

    def type_size(self, place: Place) -> None:
        """Tell the guest the size of its terminal, once it has the one that it keeps."""
        self._back(place)
        # The pane hears of its new size first.
        self._app.call_after_refresh(place.pane.call_later, place.session.type_size)

    # Text and files

    def cancel_paste(self, place: Place) -> None:
        """Type no more of a paste."""
        place.session.cancel_paste()

    def ask_file(self, place: Place) -> None:
        """Ask which file to send."""
        from tuivm.ui.dialogs.files import SendFileScreen, Sending

        def answered(answer: Sending | Path | None) -> None:
            if isinstance(answer, Sending) and self._is_there(place):
                self.transfers.begin(place, answer.path, answer.to)

        self._app.push_screen(SendFileScreen(place.domain), answered)

    def cancel_file(self, place: Place) -> None:
        """Send no more of a file."""
        transfer = under_way(place.session)
        if transfer is not None:
            transfer.cancel()

    # The console itself

    def view(self, place: Place) -> None:
        """Look back in it."""
        place.pane.start_view()
        place.focus()

    def force(self, place: Place) -> None:
        """Take it from whoever has it; asked first."""
        loss = "Whoever has it now, another tuivm, virsh console or virt-manager, loses it."
        words = ("console", "--domain", place.domain.name, "--force")

        def go() -> None:
            place.session.open(force=True)
            self._back(place)

        self.ask(place.domain, "Take the console of", loss, "take it", go, words)

    def choose(self, place: Place, device: str) -> None:
        """Show another serial line of the guest."""
        place.session.choose(device)
        self._back(place)

    def listen(self, place: Place) -> None:
        """Go on listening when nobody looks, or not."""
        wanted = not place.session.listening
        if place.session.listen(wanted):
            words, severity = f"listening in the background: {'on' if wanted else 'off'}", "information"
        else:
            words, severity = (
                f"{LISTENING_MAX} consoles listen in the background, which is the most",
                "warning",
            )
        self._app.tell(words, subject=place.domain.name, severity=severity, log=False)

    def hang_up(self, place: Place) -> None:
        """Close it; asked first when something is under way."""
        lost = unfinished(place.session)
        if lost:
            loss = f"{lost[:1].upper()}{lost[1:]} is cut off."
            self.ask(place.domain, "Close the console of", loss, "close it", place.session.close)
        else:
            place.session.close()

    # What it printed

    def record(self, domain: Domain, *, typed: bool = False) -> None:
        """Begin to record, or stop."""
        session = self._session.console(domain.key)
        path = self._session.recordings.toggle(session, typed=typed)
        if path is not None:
            if session.state in (ConsoleState.ENDED, ConsoleState.FAILED):
                session.open()
            also = ", with what you type" if typed else ""
            self._app.tell(f"recording to {path}{also}", subject=domain.name)

    def ask_save(self, place: Place, what: str) -> None:
        """Ask where to save the text."""
        from tuivm.ui.dialogs.files import SaveScreen, Sending, propose

        def answered(answer: Sending | Path | None) -> None:
            if isinstance(answer, Path):
                save = place.pane.save_ansi if what == "ANSI" else place.pane.save_text
                save(answer)

        proposed = propose(place.domain.name, self._context.clock(), "ansi" if what == "ANSI" else "txt")
        self._app.push_screen(SaveScreen(place.domain, what, proposed), answered)

    def clear(self, place: Place, *, screen: bool) -> None:
        """Forget what was printed; asked first."""
        lines = len(place.session.terminal.scrollback)
        what = f"{lines:,} lines of scrollback" + (" and what is above the cursor" if screen else "")
        go = place.pane.clear if screen else place.pane.clear_scrollback
        loss = f"What is lost: {what}. The guest is not told."
        self.ask(place.domain, "Clear the console of", loss, "clear", go)

    def log_words(self) -> str:
        """Whether what this console prints is kept in a file."""
        settings = self._context.config.console
        if not settings.log:
            return "off; log = true in [console] keeps one"
        return f"on, {settings.log_count} files of at most {settings.log_size / MIB:g} MiB"

    def tell_log(self, place: Place) -> None:
        """Tell where the log is."""
        self._app.tell(f"console log: {self.log_words()}", subject=place.domain.name, log=False)

    # Asking

    def ask(
        self,
        domain: Domain,
        question: str,
        loss: str,
        yes: str,
        go: Callable[[], object],
        virsh: Sequence[str] = (),
    ) -> None:
        """Ask whether to do something by which ``loss`` is lost; ``virsh`` does the same."""
        from tuivm.ui.dialogs.confirm import ConfirmScreen

        command = pasted(("virsh", "-c", domain.key.connection, *virsh)) if virsh else ""
        whole = f"{question} {short(domain.name, _NAME_WIDTH)}?"
        screen = ConfirmScreen(domain, whole, loss, yes=yes, command=command)

        def answered(sure: bool | None) -> None:
            if sure:
                go()

        self._app.push_screen(screen, answered)

    def _name(self, place: Place) -> str:
        return short(place.domain.name, _NAME_WIDTH)

    def _back(self, place: Place) -> None:
        """Type on: the menu was called from there."""
        if place.back:
            place.focus()
