"""What the user does with what happened: it is told, read, filtered, and followed to where it happened."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tuivm.model.domain import Domain, DomainKey
from tuivm.model.errors import HypervisorError
from tuivm.model.event import Event, EventKind, Severity
from tuivm.ui.log import LogBook, graded, is_about, said, whole
from tuivm.ui.moments import open_domain, open_moment
from tuivm.ui.screens.layout import GuestScreen

if TYPE_CHECKING:
    from tuivm.ui.app import TuivmApp
    from tuivm.ui.context import Context
    from tuivm.ui.screens.main import MainScreen

_OLDER = 10_000
"""Entries of earlier runs that the log shows."""
_OLDER_OF_ONE = 1000
"""The same for the events of one domain."""
_DOMAINS = 64
"""Domains whose events of earlier runs are remembered."""
_SAME_NOTICE = 60.0
"""Seconds for which the same kind of thing of the same domain gets no second notice."""
_NOTICES = 5
_NOTICE_SPAN = 10.0
"""At most so many notices of events in so many seconds."""


class LogDesk:
    """Everything about the log. For the UI thread."""

    def __init__(self, app: TuivmApp, context: Context) -> None:
        self._app = app
        self._context = context
        self.book = LogBook()
        """The entries of this run."""
        self._older: Sequence[Event] = ()
        self._older_of: OrderedDict[DomainKey, Sequence[Event]] = OrderedDict()
        self._read = 0
        self._asked = False
        self._noticed: dict[tuple[EventKind, DomainKey | None, str], float] = {}
        self._times: deque[float] = deque(maxlen=_NOTICES)

    # What is known

    @property
    def revision(self) -> tuple[int, int]:
        """Another value whenever there is more to show."""
        return self.book.revision, self._read

    @property
    def now(self) -> float:
        """Unix seconds."""
        return self._context.clock()

    def entries(self) -> list[Event]:
        """All that is known, of earlier runs too, oldest first."""
        return [*self._older, *self.book.entries]

    def of_domain(self, domain: Domain) -> list[Event]:
        """What happened to a domain, oldest first; what is kept of it from earlier runs is read meanwhile."""
        self._read_domain(domain.key)
        key, name = domain.key, domain.name
        return [
            *self._older_of.get(key, ()),
            *(event for event in self.book.entries if is_about(event, key, name)),
        ]

    def read_older(self) -> None:
        """Read what is kept of earlier runs, once, on a worker thread."""
        if not self._asked:
            self._asked = True
            session = self._context.session
            log, began = session.event_log, session.began
            session.ask(lambda _: log.kept(0.0, began, None, _OLDER), self._take_older)

    def _take_older(self, found: tuple[Event, ...] | HypervisorError) -> None:
        """On a worker thread: hand it over."""
        if not isinstance(found, HypervisorError):
            self._app.call_later(self._show_older, found)

    def _show_older(self, found: tuple[Event, ...]) -> None:
        self._older = self._unknown(found)
        self._read += 1
        self._app.renew_log()

    def _unknown(self, found: Iterable[Event]) -> Sequence[Event]:
        """Those that are not of this run: a clock that was set back makes some of them look older."""
        known = {(event.time, event.key, event.detail) for event in self.book.entries}
        return [event for event in found if (event.time, event.key, event.detail) not in known]

    def _read_domain(self, key: DomainKey) -> None:
        if key in self._older_of:
            self._older_of.move_to_end(key)
            return
        self._older_of[key] = ()
        if len(self._older_of) > _DOMAINS:
            self._older_of.popitem(last=False)
        session = self._context.session
        log, began = session.event_log, session.began

        def taken(found: tuple[Event, ...] | HypervisorError) -> None:
            if not isinstance(found, HypervisorError) and found:
                self._app.call_later(self._show_older_of, key, found)

        session.ask(lambda _: log.kept(0.0, began, key, _OLDER_OF_ONE), taken)

    def _show_older_of(self, key: DomainKey, found: tuple[Event, ...]) -> None:
        self._older_of[key] = self._unknown(found)
        self._read += 1
        self._app.renew_log()

    # What comes

    def begin(self, events: Iterable[Event]) -> None:
        """Put what happened before anybody looked into the log; nothing is told of it any more."""
        for event in map(graded, events):
            self.book.add(event)

    def take(self, events: Iterable[Event]) -> None:
        """Put events into the log, and tell those that cannot wait until it is looked at."""
        for event in map(graded, events):
            self.book.add(event)
            if event.kind is EventKind.CONSOLE:
                self._tell_console(event)
            elif event.kind is EventKind.OTHER and event.key is None:
                self._tell(event, "warning")
            elif event.notice and self._is_worth_it(event):
                self._tell(event, event.notice)

    def _tell_console(self, event: Event) -> None:
        """A notice only where nobody looks at the console, which it would lie over."""
        screen = self._app.screen
        seen = isinstance(screen, GuestScreen) and event.key in screen.consoles_shown
        if event.notice and not seen:
            self._tell(event, event.notice)

    def _tell(self, event: Event, severity: str) -> None:
        self._app.tell(said(event), subject=event.name, severity=severity, log=False)

    def _is_worth_it(self, event: Event) -> bool:
        """Whether a notice is to be shown: the first of its like in a minute, and few at a time."""
        now = time.monotonic()
        like = (event.kind, event.key, event.name)
        for old in [one for one, at in self._noticed.items() if now - at > _SAME_NOTICE]:
            del self._noticed[old]
        if like in self._noticed:
            return False
        self._noticed[like] = now
        if len(self._times) == _NOTICES and now - self._times[0] < _NOTICE_SPAN:
            key = self._context.keymap["log"].key(ascii_only=self._context.ascii_only)
            words = f"more happened than can be told; {key or 'the command log'} shows it"
            self._app.tell(words, severity="warning", log=False)
            return False
        self._times.append(now)
        return True

    def note(self, text: str, subject: str, severity: Severity) -> None:
        """Put a line of tuivm's own into the log."""
        self.book.add(Event(EventKind.OTHER, self.now, None, subject, text, severity=severity))

    # What is done

    def show(self, main: MainScreen) -> None:
        """Show the log over the screen, with a way to see the marked or selected domains only."""
        from tuivm.ui.dialogs.log import LogScreen

        self._app.push_screen(LogScreen(self, main.targets, self._context.keymap["log"].keys))
        self.read_older()

    def hold_keys(self) -> None:
        """Let keys wait for the widget that takes the keyboard."""
        self._app.hold_keys()

    def release_keys(self) -> None:
        """It has the keyboard."""
        self._app.release_keys()

    def jump(self, event: Event) -> bool:
        """Put the list's cursor on the domain of an entry; a word, and False, where there is none."""
        key = self._key_of(event)
        if key is not None and open_domain(self._app, key):
            return True
        return self._refuse(event)

    def open_moment(self, event: Event) -> bool:
        """Show the graphs of the domain of an entry at its time; a word, and False, where there is none."""
        key = self._key_of(event)
        if key is not None and open_moment(self._app, key, event.time):
            return True
        return self._refuse(event)

    def copy(self, event: Event) -> None:
        """Copy an entry to the user's clipboard (OSC 52)."""
        self._app.copy_to_clipboard(whole(event))
        self._app.tell("line copied", log=False, seconds=2.5)

    def _key_of(self, event: Event) -> DomainKey | None:
        """The domain that an entry tells of; one of tuivm's own names it."""
        if event.key is not None:
            return event.key
        domains = self._context.session.inventory.domains
        return next((key for key, one in domains.items() if is_about(event, key, one.name)), None)

    def _refuse(self, event: Event) -> bool:
        words = "that domain is gone" if event.key is not None else "that is about no domain"
        self._app.tell(words, subject=event.name, severity="warning", log=False)
        return False
