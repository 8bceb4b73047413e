"""The program on the screen: what joins the session, the main screen and the dialogs."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, ClassVar

from textual.binding import Binding, BindingsMap
from textual.screen import Screen

from tuivm import paths
from tuivm.config import Config, State, load_state, save_state
from tuivm.core.session import Session
from tuivm.model.domain import DomainKey
from tuivm.model.event import EventKind
from tuivm.model.inventory import Change, Inventory, Link
from tuivm.model.job import Job
from tuivm.ui.context import Context, needs_ascii
from tuivm.ui.keymap import Keymap
from tuivm.ui.log import LogEntry, Severity
from tuivm.ui.messages import Mailbox, News, NewsArrived
from tuivm.ui.roles import variable_defaults
from tuivm.ui.screens.main import MainScreen
from tuivm.ui.theme import DEFAULT_DARK, load_themes
from tuivm.ui.type_ahead import TypeAheadApp
from tuivm.ui.verb_desk import VerbDesk
from tuivm.ui.words import short

_LOG_KEPT = 2000
"""Lines of the log."""
_NOTICE_SECONDS = 5.0
"""How long a notice stays."""
_NAME_WIDTH = 40
_NOTICE_WIDTH = 400


class TuivmApp(TypeAheadApp, inherit_bindings=False):
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
        clock: Callable[[], float] = time.time,
        remember: Callable[[State], None] = save_state,
    ) -> None:
        super().__init__()
        self.session = session
        """Where everything comes from."""
        self.context = Context(session, config, Keymap(config.keys), note, needs_ascii(config), clock)
        """What every part of the screen shares."""
        self.log_entries: deque[LogEntry] = deque(maxlen=_LOG_KEPT)
        """What happened, oldest first."""
        self._notices = tuple(notices)
        self._remember = remember
        self._desk = VerbDesk(self, self.context)
        self.main = MainScreen(self.context, self._desk)
        """The main screen, below every dialog."""
        self._mailbox = Mailbox(self._ring)
        self._attached = False
        self._told_jobs: set[int] = set()
        self._link = Link.CONNECTING
        self._theme_errors: tuple[str, ...] = ()
        self._bind_quit()
        self._use_themes()

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
        for event in self.session.events:
            self.log_entries.append(LogEntry(event.time, Severity.INFORMATION, event.name, event.detail))
        self.session.attach(self._mailbox, details=False)
        # The list that is there already is in the first picture, not in the second.
        self.on_news_arrived()
        self.call_after_refresh(self.session.read_details)

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
        for job in news.jobs.values():
            self._take_job(job)
        self._take_events(news)

    def _take_inventory(self, inventory: Inventory, change: Change) -> None:
        self.main.show(inventory, change)
        if change.removed:
            self._close_dialogs(change.removed)
        self._renew_sheet(tick=True)
        if inventory.link is not self._link:
            if inventory.link is Link.LOST:
                self.tell(f"connection lost: {inventory.link_message}", severity="error", toast=False)
            elif inventory.link is Link.UP and self._link is Link.LOST:
                self.tell("connected again")
            self._link = inventory.link

    def _take_job(self, job: Job) -> None:
        self.main.show_job(job.key)
        if job.state.is_over and job.id not in self._told_jobs:
            self._told_jobs.add(job.id)
            self._desk.told(job)
            if job.suggest:
                self._desk.offer(job)
        self._renew_sheet()

    def _take_events(self, news: News) -> None:
        for event in news.events:
            if event.kind is EventKind.OTHER and event.key is None:
                self.tell(event.detail, severity="warning")
            else:
                self.log_entries.append(LogEntry(event.time, Severity.INFORMATION, event.name, event.detail))
        if news.events:
            self._renew_sheet()

    def _renew_sheet(self, *, tick: bool = False) -> None:
        """Bring a page that is open up to date; at a ``tick`` only one that shows elapsed times."""
        if self.screen is self.main:
            return
        from tuivm.ui.dialogs.sheet import Sheet

        if isinstance(self.screen, Sheet) and self.screen.is_mounted and (self.screen.TICKS or not tick):
            self.screen.renew()

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
        grade = Severity(severity)
        if log:
            self.log_entries.append(LogEntry(self.context.clock(), grade, subject, text))
        if toast:
            about = f"{short(subject, _NAME_WIDTH)}: " if subject else ""
            self.notify(
                about + short(text, _NOTICE_WIDTH), severity=grade.value, timeout=seconds, markup=False
            )

    # Themes

    def _use_themes(self) -> None:
        specs, errors = load_themes(paths.theme_dirs())
        self._theme_errors = tuple(str(error) for error in errors)
        for spec in specs.values():
            self.register_theme(spec.to_textual())
        wanted = self.context.config.theme or load_state().theme or DEFAULT_DARK
        for name in (wanted, f"tuivm-{wanted}", DEFAULT_DARK):
            if name in self.available_themes:
                self.theme = name
                break
        if wanted not in (self.theme, self.theme.removeprefix("tuivm-")):
            self._theme_errors += (f"there is no theme '{wanted}'; {self.theme} is used",)

    def theme_choices(self) -> list[str]:
        """Names of every theme, tuivm's own first."""
        return sorted(self.available_themes, key=lambda name: (not name.startswith("tuivm"), name))

    def choose_theme(self, name: str) -> None:
        """Use a theme and remember it."""
        self.theme = name
        self.run_worker(lambda: self._remember(State(theme=name)), thread=True, exit_on_error=False)
        if self.context.config.theme not in (None, name):
            self.tell(f"theme {name}: until the end only, the configuration names another", log=False)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Roles of tuivm's own for themes that lack them."""
        return variable_defaults(self.current_theme)

    # Keys

    @property
    def console_has_keyboard(self) -> bool:
        """Whether keys go to a guest."""
        return self.screen is self.main and self.main.detail.console_has_keyboard

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing of the app's own fires while a console has the keyboard."""
        if self.console_has_keyboard:
            return False
        return super().check_action(action, parameters)

    def action_leave(self) -> None:
        """Quit."""
        self.exit(0)

    def action_hint_quit(self) -> None:
        """Say which key quits."""
        keys = self.context.keymap["quit"].all_keys(ascii_only=self.context.ascii_only)
        self.tell(f"{keys or 'the command quit'} leaves tuivm", log=False)

    def on_jobs_screen_cancel_asked(self, event: Any) -> None:
        """Stop a job."""
        job: Job = event.job
        if not self.session.cancel(job.id):
            self.tell(
                f"{job.label}: can no longer be cancelled", subject=job.name, severity="warning", log=False
            )


def run(session: Session, config: Config, *, notices: Sequence[str] = (), note: str = "") -> int:
    """Show the session until the user leaves; the exit status."""
    app = TuivmApp(session, config, notices, note)
    result = app.run()
    if app.return_code:
        return app.return_code
    return result or 0
