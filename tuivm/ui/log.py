"""What happened, as the log shows it: the entries of this run, and how a line of one looks."""

from __future__ import annotations

import time
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import overload

from textual.content import Content

from tuivm.core.event_query import KIND_WORDS, local
from tuivm.model.domain import DomainKey
from tuivm.model.event import Event, EventKind, Severity
from tuivm.ui.text import fit, plain
from tuivm.ui.words import clock, content

KEPT = 10_000
"""Entries of this run that are kept; of more, the oldest go."""
_SIGNS = {
    Severity.QUIET: (" ", "$muted"),
    Severity.INFORMATION: ("·", "$muted"),
    Severity.WARNING: ("!", "$warning"),
    Severity.ERROR: ("✗", "$error"),
}
_OWN = frozenset((EventKind.CONSOLE, EventKind.OTHER))
"""Kinds of entries that tell of a domain by its name alone."""
_KIND_WIDTH = 9
_NAME_WIDTHS = (8, 28)
_NARROW = 60
"""Columns below which the kind is left out."""
_by_time = attrgetter("time")


class LogBook:
    """The entries of this run, by their time. For the UI thread."""

    def __init__(self, limit: int = KEPT) -> None:
        self._limit = limit
        self.entries: list[Event] = []
        """Oldest first."""
        self.revision = 0
        """Another number after every change."""

    def add(self, event: Event) -> None:
        """Take an entry; one that comes late stands at its time."""
        insort(self.entries, event, key=_by_time)
        if len(self.entries) > self._limit:
            del self.entries[: len(self.entries) - self._limit]
        self.revision += 1


def is_about(event: Event, key: DomainKey, name: str) -> bool:
    """Whether an entry tells of the domain of that key, which is called ``name`` now."""
    return event.key == key or (event.key is None and event.kind in _OWN and event.name == name)


def graded(event: Event) -> Event:
    """The event, at least as grave as the notice that it is worth."""
    if event.notice and Severity(event.notice).rank > event.severity.rank:
        return replace(event, severity=Severity(event.notice))
    return event


def said(event: Event) -> str:
    """What happened, and how often."""
    return event.detail if event.count == 1 else f"{event.detail} ({event.count:,} times)"


def whole(event: Event) -> str:
    """Everything about an entry in one line of text."""
    words = (local(event.time), event.severity.value, KIND_WORDS[event.kind], event.name, said(event))
    return "  ".join(plain(word) for word in words if word)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the parts of a line stand."""

    width: int
    """Cells of a line."""
    dated: bool
    """Whether some of the lines are not of today, so that all have a date."""
    named: bool = True
    """Whether there is a column for the domain."""

    @property
    def name(self) -> int:
        """Cells for the domain."""
        least, most = _NAME_WIDTHS
        return max(least, min(most, self.width // 5)) if self.named else 0

    @property
    def kind(self) -> int:
        """Cells for the kind."""
        return _KIND_WIDTH if self.width >= _NARROW else 0

    @property
    def text(self) -> int:
        """Cells for what happened."""
        stamp = 14 if self.dated else 8
        rest = sum(width + 1 for width in (self.name, self.kind) if width)
        return max(1, self.width - stamp - 3 - rest)

    def draw(self, event: Event) -> Content:
        """The line of an entry."""
        sign, colour = _SIGNS[event.severity]
        quiet = event.severity is Severity.QUIET
        text = colour if quiet or event.severity.rank > Severity.INFORMATION.rank else ""
        when = (
            time.strftime("%m-%d %H:%M:%S", time.localtime(event.time)) if self.dated else clock(event.time)
        )
        parts: list[Content | tuple[str, str] | str] = [(when, "$muted"), " ", (sign, f"bold {colour}"), " "]
        if self.name:
            parts += [content(fit(plain(event.name), self.name), "$muted" if quiet else "bold"), " "]
        if self.kind:
            parts += [content(fit(KIND_WORDS[event.kind], self.kind), "$muted"), " "]
        parts.append(content(fit(plain(said(event)), self.text), text))
        return Content.assemble(*parts)


class Drawn(Sequence[Content]):
    """The lines of entries, each drawn when it is looked at."""

    def __init__(self, events: Sequence[Event], columns: Columns) -> None:
        self._events = events
        self._columns = columns

    def __len__(self) -> int:
        return len(self._events)

    @overload
    def __getitem__(self, index: int) -> Content: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Content]: ...
    def __getitem__(self, index: int | slice) -> Content | Sequence[Content]:
        if isinstance(index, slice):
            return Drawn(self._events[index], self._columns)
        return self._columns.draw(self._events[index])


def begins_before_today(events: Sequence[Event], now: float) -> bool:
    """Whether the oldest of the entries, which are in order, is of an earlier day than ``now``."""
    return bool(events) and time.localtime(events[0].time)[:3] != time.localtime(now)[:3]
