"""The program on the screen: what joins the session, the main screen and the dialogs."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingsMap
from textual.screen import Screen
from textual.widgets import Input

from tuivm.config import Config, State, save_state
from tuivm.core.session import Session
from tuivm.model.domain import DomainKey
from tuivm.model.event import Severity
from tuivm.model.inventory import Change, Inventory, Link
from tuivm.model.job import Job
from tuivm.ui.ascii import AsciiFilter
from tuivm.ui.console_desk import ConsoleDesk
from tuivm.ui.console_rounds import ConsoleRounds
from tuivm.ui.context import Context, needs_ascii
from tuivm.ui.desks import DeskApp
from tuivm.ui.keymap import Keymap
from tuivm.ui.messages import Mailbox, NewsArrived
from tuivm.ui.notices import as_level
from tuivm.ui.roles import variable_defaults
from tuivm.ui.screens.layout import GuestScreen
from tuivm.ui.screens.main import MainScreen
from tuivm.ui.theme import use_theme
from tuivm.ui.widgets.detail import EVENTS
from tuivm.ui.words import short

if TYPE_CHECKING:
    from tuivm.ui.widgets.console import ConsolePane
    from tuivm.ui.widgets.console_messages import ClipboardAsked, Copied, Notice

_NOTICE_SECONDS = 5.0
"""How long a notice stays."""
_IDLE = 0.5
"""Seconds between two looks at what sends no message: a console nobody looks at, whose guest may ask."""
_NAME_WIDTH = 40
_NOTICE_WIDTH = 400


class TuivmApp(DeskApp, inherit_bindings=False):
    """tuivm's screen on one session."""

    CSS_PATH = "tuivm.tcss"
    TITLE = "tuivm"
    ENABLE_COMMAND_PALETTE = False
    """The palette is opened by the keymap's own key, which the console can have back."""
    BINDINGS: ClassVar[list[Any]] = [Binding("ctrl+c", "hint_quit", "quit", show=False)]

    def __init__(
        self,
        session: Session,
        config: Config,
        notices: Sequence[str] = (),
        note: str = "",
        *,
        start: Sequence[DomainKey] = (),
        clock: Callable[[], float] = time.time,
        remember: Callable[[State], None] = save_state,
    ) -> None:
        super().__init__()
        self.session = session
        """Where everything comes from."""
        self.context = Context(
            session, config, Keymap(config.keys, read_only=config.readonly), note, needs_ascii(config), clock
        )
        """What every part of the screen shares."""
        self._notices = tuple(notices)
        self._start = tuple(start)
        self.remember = remember
        """Keeps a choice for the next time; blocks."""
        if self.context.ascii_only:
            self._filters.append(AsciiFilter())
        self.set_desks_up()
        self.main = MainScreen(self.context, self.desk)
        """The main screen, below every dialog."""
        self._mailbox = Mailbox(self._ring)
        self._attached = False
        self._told_jobs: set[int] = set()
        self._link = Link.CONNECTING
        self._bind_quit()
        self._theme_errors = use_theme(self, config.theme)
        self.set_low_bandwidth(config.low_bandwidth)

    def set_desks_up(self) -> None:
        """Those of consoles, too."""
        super().set_desks_up()
        self.consoles: ConsoleDesk = ConsoleDesk(self, self.context)
        """What is done with a console."""
        self.rounds: ConsoleRounds = ConsoleRounds(self, self.context, self.consoles)
        """What is done between consoles."""

    def _bind_quit(self) -> None:
        """Let the quit keys with ctrl work in every dialog too; check_action gives them to the console."""
        keys = [key for key in self.context.keymap["quit"].keys if key.startswith("ctrl+")]
        quit_keys = BindingsMap([Binding(key, "leave", "quit", show=False, priority=True) for key in keys])
        self._bindings = BindingsMap.merge([self._bindings, quit_keys])

    # Start and end

    def get_default_screen(self) -> Screen[Any]:
        """The main screen."""
        return self.main

    def on_mount(self) -> None:
        """Leave when the system asks; say what was wrong with the configuration."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            # Not in the main thread (tests), or no signals: then there is nothing to catch.
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, self.exit, 0)
        for notice in (*self._notices, *self._theme_errors):
            self.tell(notice, severity="warning", seconds=12)

    def listen(self) -> None:
        """Begin to show the session; called by the main screen when it is there."""
        self._attached = True
        self.happened.begin(self.session.events)
        self.session.attach(self._mailbox, details=False)
        # The list that is there already is in the first picture, not in the second.
        self.on_news_arrived()
        self._open_consoles()
        self.call_after_refresh(self.session.read_details)
        self.set_interval(_IDLE, self.look_round)

    def _open_consoles(self) -> None:
        """Begin with the consoles that the command line named: one zoomed, more of them as tiles."""
        if len(self._start) == 1:
            self.main.show_console(self._start[0], zoomed=True)
        elif self._start:
            self.rounds.tiles = list(self._start)
            self.rounds.show_tiles(self._start[0], typing=True)

    def on_unmount(self) -> None:
        """Listen no more."""
        self._attached = False
        self.session.detach()

    def _ring(self) -> None:
        """Called on worker threads: post, never touch."""
        if self._attached:
            # The loop may close between the question and the post: then nobody looks any more.
            with suppress(RuntimeError):
                self.post_message(NewsArrived())

    # News

    def on_news_arrived(self) -> None:
        """Look into the mailbox; nothing is shown any more once the screen is being taken down."""
        if not self.main.is_running:
            return
        news = self._mailbox.take()
        if news.inventory is not None:
            self._take_inventory(news.inventory, news.change)
        for detail in news.details.values():
            self.main.show_detail(detail)
        if news.jobs:
            self._take_jobs(list(news.jobs.values()))
        if news.events:
            self.happened.take(news.events)
            self.renew_log()
        if news.consoles:
            self.rounds.news(news.consoles)
            self._renew_sheet()

    def _take_inventory(self, inventory: Inventory, change: Change) -> None:
        self.main.show(inventory, change)
        if change.removed:
            self._close_dialogs(change.removed)
        self._renew_sheet(tick=True)
        if inventory.link is not self._link:
            if inventory.link is Link.LOST:
                words = f"connection lost: {inventory.link_message}"
                # The main screen has a banner for it.
                self.tell(words, severity="error", toast=self.screen is not self.main)
            elif inventory.link is Link.UP and self._link is Link.LOST:
                self.tell("connected again")
            self._link = inventory.link

    def _take_jobs(self, jobs: Sequence[Job]) -> None:
        self.main.show_jobs({job.key for job in jobs})
        for job in jobs:
            if job.state.is_over and job.id not in self._told_jobs:
                self._told_jobs.add(job.id)
                seen = self.edits.told(job)
                if not self.diagnoses.told(job) and not seen:
                    self.desk.told(job)
                if job.suggest and not job.batch:
                    self.desk.offer(job)
        self.bulk.news({job.batch for job in jobs if job.batch})
        self._renew_sheet()

    def renew_log(self) -> None:
        """There is more to read in the log."""
        self.main.detail.renew(EVENTS)
        self._renew_sheet()

    def _renew_sheet(self, *, tick: bool = False) -> None:
        """Bring a page that is open up to date; at a ``tick`` only one that shows elapsed times."""
        screen = self.screen
        if screen is self.main or not screen.is_mounted:
            return
        from tuivm.ui.dialogs.sheet import Renewed

        if isinstance(screen, Renewed) and (screen.TICKS or not tick):
            screen.renew()

    def _close_dialogs(self, gone: frozenset[DomainKey]) -> None:
        """A question about a domain that is gone has no answer."""
        from tuivm.ui.dialogs.confirm import Dialog

        for screen in reversed(self.screen_stack[1:]):
            if isinstance(screen, Dialog) and screen.subject in gone and screen is self.screen:
                screen.dismiss(None)
                self.tell(f"{screen.about} is gone; nothing was done", severity="warning")

    @property
    def has_dialog(self) -> bool:
        """Whether anything stands over the main screen."""
        return self.screen is not self.main

    @property
    def has_question(self) -> bool:
        """Whether something waits for the user over the screen: a question, a page, the palette."""
        return self.screen.is_modal

    @property
    def is_typing(self) -> bool:
        """Whether keys are words of the user's, to a guest or in a line, or on their way to one."""
        return self.holds_keys or self.console_has_keyboard or isinstance(self.screen.focused, Input)

    def jobs(self) -> list[Job]:
        """Verbs and files under way and done, oldest first."""
        return sorted([*self.session.jobs, *self.consoles.transfers.jobs()], key=lambda job: job.created)

    # Telling

    def tell(
        self,
        text: str,
        *,
        subject: str = "",
        severity: str = "information",
        log: bool = True,
        toast: bool = True,
        seconds: float = _NOTICE_SECONDS,
    ) -> None:
        """Say something: a notice, and a line in the log. ``text`` and ``subject`` may be hostile."""
        if log:
            self.happened.note(text, subject, Severity(severity))
        if toast:
            about = f"{short(subject, _NAME_WIDTH)}: " if subject else ""
            self.notify(
                about + short(text, _NOTICE_WIDTH), severity=as_level(severity), timeout=seconds, markup=False
            )

    # Themes

    def theme_choices(self) -> list[str]:
        """Names of every theme, tuivm's own first."""
        return sorted(self.available_themes, key=lambda name: (not name.startswith("tuivm"), name))

    def choose_theme(self, name: str) -> None:
        """Use a theme and remember it."""
        self.theme = name
        self.run_worker(lambda: self.remember(State(theme=name)), thread=True, exit_on_error=False)
        if self.context.config.theme not in (None, name):
            self.tell(f"theme {name}: until the end only, the configuration names another", log=False)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Roles of tuivm's own for themes that lack them."""
        return variable_defaults(self.current_theme)

    # Keys

    @property
    def console_has_keyboard(self) -> bool:
        """Whether keys go to a guest."""
        return isinstance(self.screen, GuestScreen) and self.screen.console_has_keyboard

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing of the app's own fires while a console has the keyboard."""
        if self.console_has_keyboard:
            return False
        return super().check_action(action, parameters)

    def action_leave(self) -> None:
        """Quit; asked first when a job, a paste or a file is under way."""
        from tuivm.ui.dialogs.leave import LeaveScreen

        if not self.work.lost():
            self.exit(0)
        elif not isinstance(self.screen, LeaveScreen):
            screen = LeaveScreen(self.work.lost, self.work.failures)
            self.push_screen(screen, lambda sure: self.exit(0) if sure else None)

    def action_hint_quit(self) -> None:
        """Say which key quits."""
        keys = self.context.keymap["quit"].all_keys(ascii_only=self.context.ascii_only)
        self.tell(f"{keys or 'the command quit'} leaves tuivm", log=False)

    # What consoles tell

    def _about(self, pane: ConsolePane) -> str:
        """The name of the domain whose console that is."""
        key = pane.session.key if pane.session is not None else None
        domain = self.session.inventory.domains.get(key) if key is not None else None
        return domain.name if domain is not None else ""

    def on_console_pane_notice(self, event: Notice) -> None:
        """A word about a console."""
        self.tell(event.text, subject=self._about(event.pane), severity=event.severity, log=False)

    def on_console_pane_copied(self, event: Copied) -> None:
        """Text was copied out of a console."""
        self.tell(event.words, log=False)

    def on_console_pane_clipboard_asked(self, event: ClipboardAsked) -> None:
        """A guest wants to set the user's clipboard."""
        if event.pane.session is not None:
            self.rounds.clipboard_asked(event.pane.session.key, event.text)


def run(
    session: Session,
    config: Config,
    *,
    notices: Sequence[str] = (),
    note: str = "",
    start: Sequence[DomainKey] = (),
) -> int:
    """Show the session until the user leaves, beginning with the consoles of ``start``; the exit status."""
    app = TuivmApp(session, config, notices, note, start=start)
    result = app.run()
    if app.return_code:
        return app.return_code
    return result or 0
