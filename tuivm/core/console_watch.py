"""Looks through what every console prints: the opt-in logs, and the triggers.

One thread looks for patterns, so that libvirt's thread only hands over; it takes a bounded share of the
processor, and in a flood it only skims, which is said.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tuivm import paths
from tuivm.config import ConsoleConfig, TriggerRule
from tuivm.core.tap import Alert, Tap
from tuivm.core.waiting import Waiting
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.event import Event, EventKind

if TYPE_CHECKING:
    from tuivm.core.console_log import ConsoleLogs
    from tuivm.core.ports import EventSink
    from tuivm.core.trigger_commands import Commands
    from tuivm.core.triggers import Match, Matcher, Trigger

TICK = 0.1
"""Seconds between two looks while there is output."""
BUDGET = 64 << 10
"""Bytes of one console that are looked at line by line in one tick; more are skimmed."""
LATEST = 16 << 10
"""Of these the latest are looked at line by line nevertheless."""
QUEUE_LIMIT = 2 << 20
"""Bytes of one console that wait to be looked at; more are passed over."""
QUIET = 0.15
"""Seconds without output after which a line without an end is a prompt."""
SAID_EVERY = 60.0
"""Seconds between two mentions of a console that prints too fast."""
LOOK_AT_COMMANDS = 0.25
"""Seconds between two looks at commands that run."""
_RANK = {"info": 0, "warning": 1, "error": 2}


class Watched(Protocol):
    """What is needed of a :class:`~tuivm.core.console.ConsoleSession`."""

    @property
    def key(self) -> DomainKey:
        """The domain."""

    alert: Any
    """What was found (Alert), or None; whoever shows the console is told when it is set."""

    def add_tap(self, tap: Tap) -> Any:
        """Tell ``tap`` from now on."""

    def listen(self) -> bool:
        """Go on listening while nobody looks, unless enough do."""


class _Ear:
    """The tap on one console, and where its matcher is."""

    def __init__(self, console: Watched, poke: Callable[[], None]) -> None:
        self.key = console.key
        self.console = weakref.ref(console)
        """Weak: a console that was given up is not kept for its tap."""
        self.matcher: Matcher | None = None
        """Made when the domain's name is known."""
        self.heard_at = 0.0
        """Monotonic seconds of the last output; 0 when its prompt was looked at."""
        self.told_at: dict[str, float] = {}
        """Monotonic seconds when each trigger last fired."""
        self.more: dict[str, int] = {}
        """Further matches since, not told."""
        self.said_at = float("-inf")
        """Monotonic seconds when it was last said that it prints too fast."""
        self.waiting = Waiting(QUEUE_LIMIT)
        """What it printed that was not looked at."""
        self._poke = poke

    def output(self, data: bytes) -> None:
        if self.waiting.put(data):
            self._poke()

    def typed(self, data: bytes) -> None:
        """What is typed is nobody's business."""

    def resized(self, columns: int, lines: int) -> None:
        """Lines have no width here."""

    def closed(self) -> None:
        """It may be opened again."""


class ConsoleWatch:
    """Given to :class:`~tuivm.core.session.Session`, which calls :meth:`made` for each new console."""

    def __init__(self, config: ConsoleConfig, folder: Path | None = None) -> None:
        self._config = config
        self._looks = config.default_triggers or bool(config.triggers)
        self._triggers: tuple[Trigger, ...] = ()
        folder = folder or paths.data_dir() / "consoles"
        self._logs: ConsoleLogs | None = None
        if config.log:
            from tuivm.core.console_log import ConsoleLogs

            self._logs = ConsoleLogs(
                folder, config.log_size, config.log_count, timestamps=config.log_timestamps
            )
        self._domain_of: Callable[[DomainKey], Domain | None] = lambda _key: None
        self._tell: EventSink = lambda _event: None
        self._commands: Commands | None = None
        self._wake = threading.Condition(threading.Lock())
        self._ears: list[_Ear] = []
        self._poked = False
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="tuivm-triggers", daemon=True)

    # -- for the session ------------------------------------------------------------------------

    def made(self, console: Watched) -> None:
        """Look through this console's output from now on. Any thread."""
        if self._logs is not None:
            console.add_tap(self._logs.add(console, console.key, self._name_of))
        if self._looks:
            ear = _Ear(console, self._poke)
            with self._wake:
                self._ears.append(ear)
            console.add_tap(ear)
        if self._config.background:
            console.listen()

    def begin(self, domain_of: Callable[[DomainKey], Domain | None], tell: EventSink) -> None:
        """Begin; what was found is told to ``tell``, on threads of the watch's own."""
        self._domain_of = domain_of
        self._tell = tell
        if self._logs is not None:
            self._logs.start(self._say)
        if self._looks:
            self._thread.start()

    def close(self, timeout: float) -> None:
        """Look at and write what waits, then end, all within ``timeout`` seconds."""
        end = time.monotonic() + timeout
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._logs is not None:
            self._logs.close(timeout)
        if self._thread.is_alive():
            self._thread.join(max(0.0, end - time.monotonic()))
        if self._commands is not None and not self._thread.is_alive():
            self._commands.close(min(0.5, max(0.0, end - time.monotonic())))

    # -- the thread -----------------------------------------------------------------------------

    def _poke(self) -> None:
        with self._wake:
            self._poked = True
            self._wake.notify()

    def _run(self) -> None:
        with self._wake:
            self._wake.wait_for(lambda: self._poked or self._stopping)
            if not self._poked:
                return
        # Nothing is loaded before a console prints something: the list is to be there first.
        from tuivm.core.trigger_commands import Commands
        from tuivm.core.triggers import triggers_of

        self._triggers = triggers_of(self._config)
        self._commands = commands = Commands(self._say)
        waits = False
        while True:
            with self._wake:
                if waits or not commands.is_idle:
                    self._wake.wait_for(lambda: self._poked or self._stopping, LOOK_AT_COMMANDS)
                else:
                    self._wake.wait_for(lambda: self._poked or self._stopping)
                # What comes within this time is looked at at once.
                self._wake.wait_for(lambda: self._stopping, TICK)
                self._poked = False
                stopping = self._stopping
                self._ears = [ear for ear in self._ears if ear.console() is not None]
                ears = tuple(self._ears)
            waits = False
            for ear in ears:
                waits |= self._look(ear, last=stopping)
            commands.look()
            if stopping:
                return

    def _look(self, ear: _Ear, *, last: bool) -> bool:
        """Look at what a console printed; returns whether its prompt is still to be looked at."""
        data, passed = ear.waiting.take()
        now = time.monotonic()
        if not data and not ear.heard_at:
            return False
        matcher = ear.matcher
        if matcher is None:
            from tuivm.core.triggers import Matcher, applying

            matcher = ear.matcher = Matcher(applying(self._triggers, self._name_of(ear.key)))
        found: list[Match] = []
        if data:
            ear.heard_at = now
            found += self._read(ear, matcher, data, passed)
        if last or (not data and now - ear.heard_at >= QUIET):
            ear.heard_at = 0.0
            found += matcher.look_at_prompt()
        for match in found:
            self._fire(ear, match, now)
        for rule in matcher.take_slow():
            self._say(f"trigger {rule.name} is off: its pattern takes too long, make it simpler")
        return bool(ear.heard_at)

    def _read(self, ear: _Ear, matcher: Matcher, data: bytes, passed: int) -> list[Match]:
        if len(data) <= BUDGET and not passed:
            return matcher.look(data)
        now = time.monotonic()
        if now - ear.said_at > SAID_EVERY and (passed or matcher.needs_every_line):
            ear.said_at = now
            key = ear.key
            words = "prints faster than can be looked through: triggers may miss lines"
            self._tell(Event(EventKind.CONSOLE, time.time(), key, self._name_of(key), words))
        found = matcher.skim(data[:-LATEST])
        start = data.find(b"\n", len(data) - LATEST) + 1
        return found + matcher.look(data[start or len(data) - LATEST :])

    def _fire(self, ear: _Ear, match: Match, now: float) -> None:
        """A trigger matched: mark; tell and run as well, unless it did so a moment ago."""
        rule = match.rule
        console = ear.console()
        # The mark is set each time: whoever saw the last one shall see that it happened again.
        if console is not None:
            self._mark(console, rule, match.line)
        last = ear.told_at.get(rule.name)
        if last is not None and now - last < rule.once_per:
            ear.more[rule.name] = ear.more.get(rule.name, 0) + 1
            return
        ear.told_at[rule.name] = now
        more = ear.more.pop(rule.name, 0)
        key = ear.key
        name = self._name_of(key)
        counted = f" (and {more:,} more since the last)" if more else ""
        words = f"{rule.name}: {match.line[:200]}{counted}"
        notice = "" if rule.severity == "info" else rule.severity
        self._tell(Event(EventKind.CONSOLE, time.time(), key, name, words, notice=notice))
        if rule.command is not None and self._commands is not None:
            given = {
                "TUIVM_DOMAIN": name,
                "TUIVM_UUID": key.uuid,
                "TUIVM_TRIGGER": rule.name,
                "TUIVM_SEVERITY": rule.severity,
                "TUIVM_LINE": match.line,
            }
            self._commands.start(f"trigger {rule.name}", rule.command, given)

    def _mark(self, console: Watched, rule: TriggerRule, line: str) -> None:
        """Set the alert, unless a graver one waits to be seen."""
        if rule.severity == "info":
            return
        before: Alert | None = console.alert
        if before is None or _RANK[rule.severity] >= _RANK.get(before.severity, 0):
            console.alert = Alert(line, rule.severity, time.time(), rule.name)

    def _name_of(self, key: DomainKey) -> str:
        domain = self._domain_of(key)
        return domain.name if domain is not None else key.uuid

    def _say(self, text: str) -> None:
        self._tell(Event(EventKind.OTHER, time.time(), None, "", text))
