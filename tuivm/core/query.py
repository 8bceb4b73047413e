"""The filter line and the order of rows.

Filter language, words separated by blanks, all of which must hold, upper and lower case alike::

    text            the name holds it
    name:text       the same
    state:running   the state begins so; also ``active``, ``inactive`` and ``stopped``
    host:text       the connection's URI holds it
    uuid:text       the UUID begins so
    tag:text        one of its tags begins so
    title:text      its title holds it
    is:marked       also ``locked``, ``autostart``, ``transient``, ``saved``, ``snapshots`` and ``tagged``
    !word           any of the above must not hold
    "two words"     quotes keep blanks in a word

Nothing typed is an error: a prefix that is not known is part of the text, and a word that is not
finished (``state:``) asks nothing yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.inventory import Inventory
from tuivm.model.stats import Sample

_WORD = re.compile(r'!?(?:[a-z]+:)?"[^"]*"?|\S+', re.IGNORECASE)
_FIELDS = ("name", "state", "host", "uuid", "tag", "title", "is")
_DIGITS = re.compile(r"(\d+)")
_STATE_GROUPS: dict[str, Callable[[State], bool]] = {
    "active": lambda state: state.is_active,
    "inactive": lambda state: not state.is_active,
    "stopped": lambda state: not state.is_active,
}
_TRAITS: dict[str, Callable[[Domain], bool | None]] = {
    "locked": lambda domain: domain.locked,
    "autostart": lambda domain: domain.autostart,
    "transient": lambda domain: not domain.persistent,
    "saved": lambda domain: domain.saved,
    "snapshots": lambda domain: domain.has_snapshots,
    "tagged": lambda domain: bool(domain.tags),
}
_MARKED = "marked"
_NONE: frozenset[DomainKey] = frozenset()


class SortColumn(StrEnum):
    """What the list can be ordered by."""

    NAME = "name"
    STATE = "state"
    CPU = "cpu"
    MEMORY = "memory"
    VCPUS = "vcpus"
    DISK = "disk"
    NET = "net"
    UPTIME = "uptime"
    AUTOSTART = "autostart"

    @property
    def largest_first(self) -> bool:
        """Whether a user who picks this column wants the largest value on top."""
        return self not in (SortColumn.NAME, SortColumn.STATE)


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a filter."""

    field: str
    """``name``, ``state``, ``host``, ``uuid``, ``tag``, ``title`` or ``is``."""
    value: str
    """What is looked for, case folded, never empty."""
    negated: bool = False
    """Whether it must not hold."""

    def matches(self, domain: Domain, marks: Container[DomainKey] = _NONE) -> bool:
        """Whether ``domain`` satisfies the word."""
        return self._holds(domain, marks) is not self.negated

    def _holds(self, domain: Domain, marks: Container[DomainKey]) -> bool:
        if self.field == "state":
            group = _STATE_GROUPS.get(self.value)
            return group(domain.state) if group else domain.state.value.startswith(self.value)
        if self.field == "host":
            return self.value in domain.key.connection.casefold()
        if self.field == "uuid":
            return domain.key.uuid.startswith(self.value)
        if self.field == "tag":
            return any(tag.casefold().startswith(self.value) for tag in domain.tags)
        if self.field == "title":
            return self.value in domain.title.casefold()
        if self.field == "is":
            return self._is(domain, marks)
        return self.value in domain.name.casefold()

    def _is(self, domain: Domain, marks: Container[DomainKey]) -> bool:
        """Whether one of the traits whose names begin with the value holds; a name that is begun counts."""
        if _MARKED.startswith(self.value) and domain.key in marks:
            return True
        return any(holds(domain) for name, holds in _TRAITS.items() if name.startswith(self.value))


@dataclass(frozen=True, slots=True)
class Query:
    """A filter line, understood."""

    text: str = ""
    """As typed."""
    terms: tuple[Term, ...] = ()
    """All must hold; none means every domain."""

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def asks_marks(self) -> bool:
        """Whether marks decide what is shown."""
        return any(term.field == "is" and _MARKED.startswith(term.value) for term in self.terms)

    def matches(self, domain: Domain, marks: Container[DomainKey] = _NONE) -> bool:
        """Whether the row of ``domain`` is shown; ``marks`` are the marked domains."""
        return all(term.matches(domain, marks) for term in self.terms)


def parse(text: str) -> Query:
    """Understand a filter line. Never raises; see the module's docstring for the language."""
    return Query(text, tuple(_terms(text)))


def _terms(text: str) -> Iterable[Term]:
    for word in _WORD.findall(text):
        negated = word.startswith("!")
        value = word[1:] if negated else word
        prefix, colon, rest = value.partition(":")
        field = "name"
        if colon and prefix.lower() in _FIELDS:
            field, value = prefix.lower(), rest
        if value := value.replace('"', "").casefold():
            yield Term(field, value, negated)


@lru_cache(maxsize=32768)
def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key that puts ``vm-2`` before ``vm-10``, upper and lower case alike."""
    parts = _DIGITS.split(name.casefold())
    # Only ASCII digits become numbers, and not thousands of them: int() refuses some of the others.
    return tuple(
        (0, int(part), "") if part.isascii() and part.isdigit() and len(part) < 40 else (1, 0, part)
        for part in parts
        if part
    )


def order(
    inventory: Inventory,
    query: Query,
    sort: SortColumn = SortColumn.NAME,
    reverse: bool = False,
    marks: Container[DomainKey] = _NONE,
) -> list[DomainKey]:
    """Return the keys of the rows to show, in order.

    Equal values stay in the natural order of names whatever the direction; rows without a value
    (a stopped domain has no CPU) come last in both directions.
    """
    shown = [domain for domain in inventory.domains.values() if query.matches(domain, marks)]
    shown.sort(key=lambda domain: (natural(domain.name), domain.name, domain.key))
    if sort is SortColumn.NAME:
        if reverse:
            shown.reverse()
        return [domain.key for domain in shown]
    samples = inventory.samples
    value_of = _VALUES[sort]
    with_value: list[tuple[float, DomainKey]] = []
    without: list[DomainKey] = []
    for domain in shown:
        value = value_of(domain, samples.get(domain.key))
        if value is None:
            without.append(domain.key)
        else:
            with_value.append((value, domain.key))
    with_value.sort(key=lambda pair: pair[0], reverse=reverse)
    return [key for _, key in with_value] + without


_STATE_RANK = {state: rank for rank, state in enumerate(State)}


def _sum(first: float | None, second: float | None) -> float | None:
    if first is None and second is None:
        return None
    return (first or 0.0) + (second or 0.0)


_VALUES: dict[SortColumn, Callable[[Domain, Sample | None], float | None]] = {
    SortColumn.STATE: lambda domain, _: _STATE_RANK[domain.state],
    SortColumn.CPU: lambda _, sample: sample.cpu if sample else None,
    SortColumn.MEMORY: lambda _, sample: sample.memory_used if sample else None,
    SortColumn.VCPUS: lambda domain, _: domain.vcpus or None,
    SortColumn.DISK: lambda _, sample: _sum(sample.disk_read, sample.disk_write) if sample else None,
    SortColumn.NET: lambda _, sample: _sum(sample.net_rx, sample.net_tx) if sample else None,
    SortColumn.UPTIME: lambda domain, _: None if domain.started is None else -domain.started,
    SortColumn.AUTOSTART: lambda domain, _: None if domain.autostart is None else float(domain.autostart),
}
