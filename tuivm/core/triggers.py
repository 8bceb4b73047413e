"""Patterns looked for in what consoles print.

The text is chosen by the guest, so looking is bounded: lines are cut, a pattern of the user's that takes too
long is given up, and in a flood only the texts that a pattern needs are looked for.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tuivm.config import DEFAULT_TRIGGERS, ConsoleConfig, TriggerRule
from tuivm.config.patterns import LINE, needed, searcher
from tuivm.core.console_text import Lines

DEFAULTS: tuple[TriggerRule, ...] = DEFAULT_TRIGGERS
"""What is looked for without a configuration."""
SLOWEST = 0.1
"""Processor seconds that one trigger may take for one piece of output; a slower one is put off for good."""
_AROUND = 512
"""Bytes around a text that are looked at in a flood."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A rule made ready."""

    rule: TriggerRule
    """What was configured."""
    search: Callable[[str], object]
    """Something true for a line with the pattern; may raise TimeoutError."""
    needs: tuple[str, ...]
    """Lower-case texts of which one is in every line that matches; empty when none is known."""


@dataclass(frozen=True, slots=True)
class Match:
    """A line that a trigger matches."""

    rule: TriggerRule
    """The trigger."""
    line: str
    """The line, printable, at most LINE characters."""


def triggers_of(config: ConsoleConfig) -> tuple[Trigger, ...]:
    """What is to be looked for: the default triggers, with the user's own over them and after them."""
    rules = {rule.name: rule for rule in DEFAULTS} if config.default_triggers else {}
    rules.update((rule.name, rule) for rule in config.triggers)
    return tuple(_ready(rule) for rule in rules.values() if rule.severity != "off")


def _ready(rule: TriggerRule) -> Trigger:
    # Those that come with tuivm are known to be quick.
    own = rule.pattern not in {default.pattern for default in DEFAULTS}
    return Trigger(
        rule, searcher(rule.pattern) if own else re.compile(rule.pattern).search, needed(rule.pattern)
    )


def applying(triggers: Iterable[Trigger], name: str) -> tuple[Trigger, ...]:
    """The triggers that concern a domain of this name."""
    return tuple(
        trigger for trigger in triggers if fnmatchcase(name.casefold(), trigger.rule.domains.casefold())
    )


class Matcher:
    """Looks for the triggers in one console's output. For one thread."""

    def __init__(self, triggers: Sequence[Trigger]) -> None:
        self._triggers = list(triggers)
        self._lines = Lines()
        self._told: set[str] = set()
        self._slow: list[TriggerRule] = []

    @property
    def needs_every_line(self) -> bool:
        """Whether a flood can hide a match: a pattern is not bound to contain any certain text."""
        return any(not trigger.needs for trigger in self._triggers)

    def look(self, data: bytes) -> list[Match]:
        """Take output; returns the matches in the lines that ended."""
        lines = self._lines.feed(data)
        if not lines:
            return []
        first, told = lines[0], self._told
        self._told = set()
        block = "\n".join(lines).lower()
        found = []
        for trigger in self._wanted(block):
            found += [
                Match(trigger.rule, _printable(line))
                for line in self._matching(trigger, lines)
                # A prompt that was told is not told again when its line ends.
                if line is not first or trigger.rule.name not in told
            ]
        return found

    def look_at_prompt(self) -> list[Match]:
        """The matches in the line that has no end yet; for when nothing more came for a while."""
        line = self._lines.partial
        found = []
        if line:
            for trigger in self._wanted(line.lower()):
                if trigger.rule.name not in self._told and any(self._matching(trigger, [line])):
                    self._told.add(trigger.rule.name)
                    found.append(Match(trigger.rule, _printable(line)))
        return found

    def skim(self, data: bytes) -> list[Match]:
        """Take too much output: only the first place of each text that a pattern needs is looked at."""
        self._lines.reset()
        self._told = set()
        low = data.lower()
        found = []
        for trigger in tuple(self._triggers):
            for text in trigger.needs:
                at = low.find(text.encode())
                if at >= 0 and (line := self._line_around(trigger, data, at)):
                    found.append(Match(trigger.rule, _printable(line)))
                    break
        return found

    def take_slow(self) -> list[TriggerRule]:
        """The triggers that took too long and are looked for no more; each is given once."""
        slow, self._slow = self._slow, []
        return slow

    def _wanted(self, block: str) -> list[Trigger]:
        return [
            trigger
            for trigger in self._triggers
            if not trigger.needs or any(text in block for text in trigger.needs)
        ]

    def _matching(self, trigger: Trigger, lines: Sequence[str]) -> list[str]:
        found: list[str] = []
        end = time.thread_time() + SLOWEST
        try:
            for line in lines:
                if line and trigger.search(line[:LINE]):
                    found.append(line)
                if time.thread_time() > end:
                    raise TimeoutError
        except TimeoutError:
            self._triggers.remove(trigger)
            self._slow.append(trigger.rule)
        return found

    def _line_around(self, trigger: Trigger, data: bytes, at: int) -> str:
        start = max(data.rfind(b"\n", 0, at) + 1, at - _AROUND)
        end = data.find(b"\n", at)
        end = min(end if end >= 0 else len(data), at + _AROUND)
        lines = Lines()
        (line,) = lines.feed(data[start:end].replace(b"\n", b"") + b"\n")[-1:] or ("",)
        return next(iter(self._matching(trigger, [line])), "")


def _printable(line: str) -> str:
    return "".join(char if char.isprintable() else " " for char in line[:LINE]).strip()
