"""The filter line of the log.

Words separated by blanks, all of which must hold, upper and lower case alike::

    text             domain, kind or what happened hold it
    domain:web       the name of the domain (network, pool) holds it
    kind:io          the kind begins so: see ``KIND_WORDS``; several are parted by commas
    severity:error   it is so grave or graver: ``quiet``, ``information``, ``warning``, ``error``
    time:03:0        local date and time hold it, ``2026-11-30 03:07:12``
    !word            any of the above must not hold
    "two words"      quotes keep blanks in a word

Nothing typed is an error: a prefix that is not known is part of the text, and a word that is not
finished (``kind:``) asks nothing yet.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from tuivm.model.event import Event, EventKind, Severity

KIND_WORDS: Mapping[EventKind, str] = {
    EventKind.LIFECYCLE: "state",
    EventKind.REBOOT: "reboot",
    EventKind.PANIC: "panic",
    EventKind.IO_ERROR: "io error",
    EventKind.WATCHDOG: "watchdog",
    EventKind.MEMORY: "memory",
    EventKind.CONTROL: "control",
    EventKind.DEVICE: "device",
    EventKind.BLOCK: "block",
    EventKind.BALLOON: "balloon",
    EventKind.POWER: "power",
    EventKind.AGENT: "agent",
    EventKind.JOB: "job",
    EventKind.RESULT: "result",
    EventKind.METADATA: "metadata",
    EventKind.CLOCK: "clock",
    EventKind.GRAPHICS: "display",
    EventKind.SNAPSHOT: "snapshot",
    EventKind.NETWORK: "network",
    EventKind.POOL: "pool",
    EventKind.NODE_DEVICE: "host dev",
    EventKind.CONNECTION: "link",
    EventKind.CONSOLE: "console",
    EventKind.OTHER: "tuivm",
}
"""Each kind in one or two short words, at most 9 characters, for the log's column and its filter."""

_WORD = re.compile(r'!?(?:[a-z]+:)?"[^"]*"?|\S+', re.IGNORECASE)
_FIELDS = ("domain", "kind", "severity", "time")
_TEXT = "text"


@dataclass(frozen=True, slots=True)
class EventTerm:
    """One word of a filter."""

    field: str
    """``text``, ``domain``, ``kind``, ``severity`` or ``time``."""
    value: str
    """What is looked for, case folded, never empty."""
    negated: bool = False
    """Whether it must not hold."""

    def matches(self, event: Event) -> bool:
        """Whether ``event`` satisfies the word."""
        return self._holds(event) is not self.negated

    def _holds(self, event: Event) -> bool:
        value = self.value
        if self.field == "domain":
            return value in event.name.casefold()
        if self.field == "kind":
            return any(_is_kind(event.kind, one) for one in value.split(",") if one)
        if self.field == "severity":
            least = next((one for one in Severity if one.value.startswith(value)), None)
            return least is not None and event.severity.rank >= least.rank
        if self.field == "time":
            return value in local(event.time)
        words = (event.name, event.detail, KIND_WORDS[event.kind])
        return any(value in word.casefold() for word in words)


@dataclass(frozen=True, slots=True)
class EventQuery:
    """A filter line, understood."""

    text: str = ""
    """As typed."""
    terms: tuple[EventTerm, ...] = ()
    """All must hold; none means every event."""

    def __bool__(self) -> bool:
        return bool(self.terms)

    def matches(self, event: Event) -> bool:
        """Whether ``event`` is shown."""
        return all(term.matches(event) for term in self.terms)


def parse(text: str) -> EventQuery:
    """Understand a filter line. Never raises; see the module's docstring for the language."""
    terms = []
    for word in _WORD.findall(text):
        negated = word.startswith("!")
        prefix, colon, rest = word[negated:].partition(":")
        known = bool(colon) and prefix.lower() in _FIELDS
        value = rest if known else word[negated:]
        if value := value.replace('"', "").casefold():
            terms.append(EventTerm(prefix.lower() if known else _TEXT, value, negated))
    return EventQuery(text, tuple(terms))


def local(when: float) -> str:
    """Local date and time ``2026-11-30 03:07:12`` of Unix seconds."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(when))


def _is_kind(kind: EventKind, begun: str) -> bool:
    begun = begun.replace("-", " ")
    return any(name.startswith(begun) for name in (KIND_WORDS[kind], kind.value.replace("-", " ")))
