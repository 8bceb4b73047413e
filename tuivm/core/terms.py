"""The kinds of word of a filter: texts, regular expressions, traits, figures that are compared. Pure."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Container
from dataclasses import dataclass
from dataclasses import field as data_field

from tuivm.core.figures import FIGURES, FigureOf, memory_share, operations
from tuivm.model.column import SortColumn
from tuivm.model.domain import ACTIVE, Domain, DomainKey, State
from tuivm.model.stats import Sample

NO_MARKS: frozenset[DomainKey] = frozenset()
MARKED = "marked"
PATIENCE = 0.15
"""Seconds after which an expression that is slow with every name is given up."""
_SLOW = 2e-5
"""Seconds a name from which an expression is slow."""
_REMEMBERED = 50_000
"""Names whose answer an expression remembers."""


class BadFilter(ValueError):
    """A filter that cannot be used; the text is one line that says why, and may hold what was typed."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What else decides whether a word holds."""

    marks: Container[DomainKey] = NO_MARKS
    """The marked domains."""
    now: float = 0.0
    """Unix seconds, for how long a domain is up."""


Test = Callable[[Domain, Sample | None, Scene], bool]


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a filter."""

    field: str
    """``name``, ``state``, ``host``, ``uuid``, ``tag``, ``title``, ``is``; figures with a sign: ``cpu>``."""
    value: str
    """What is looked for, case folded (an expression as typed), never empty."""
    test: Test = data_field(repr=False, compare=False)
    """Whether a domain has it. Raises BadFilter when an expression takes too long."""
    negated: bool = False
    """Whether it must not hold."""
    restless: bool = False
    """Whether the answer may be another at every reading."""


# Texts

_TEXTS: dict[str, Callable[[Domain], tuple[str, ...]]] = {
    "name": lambda domain: (domain.name,),
    "title": lambda domain: (domain.title,),
    "host": lambda domain: (domain.key.connection,),
    "tag": lambda domain: domain.tags,
}
EXPRESSIONS = frozenset(_TEXTS)
"""Fields that a regular expression can be tried on."""
_STATE_GROUPS: dict[str, Callable[[State], bool]] = {
    "active": lambda state: state in ACTIVE,
    "inactive": lambda state: state not in ACTIVE,
    "stopped": lambda state: state not in ACTIVE,
}
_TRAITS: dict[str, Callable[[Domain], bool | None]] = {
    "locked": lambda domain: domain.locked,
    "autostart": lambda domain: domain.autostart,
    "transient": lambda domain: not domain.persistent,
    "saved": lambda domain: domain.saved,
    "snapshots": lambda domain: domain.has_snapshots,
    "tagged": lambda domain: bool(domain.tags),
}


def text_test(name: str, value: str) -> Test:
    """Return the test for a text, case folded, in a field."""
    if name == "state":
        group = _STATE_GROUPS.get(value)
        if group is not None:
            return lambda domain, *_: group(domain.state)
        return lambda domain, *_: domain.state.value.startswith(value)
    if name == "host":
        return lambda domain, *_: value in domain.key.connection.casefold()
    if name == "uuid":
        return lambda domain, *_: domain.key.uuid.startswith(value)
    if name == "tag":
        return lambda domain, *_: any(tag.casefold().startswith(value) for tag in domain.tags)
    if name == "title":
        return lambda domain, *_: value in domain.title.casefold()
    if name == "is":
        return lambda domain, _, scene: _is(value, domain, scene.marks)
    return lambda domain, *_: value in domain.name.casefold()


def _is(value: str, domain: Domain, marks: Container[DomainKey]) -> bool:
    """Whether one of the traits whose names begin with the value holds; a name that is begun counts."""
    if MARKED.startswith(value) and domain.key in marks:
        return True
    return any(holds(domain) for name, holds in _TRAITS.items() if name.startswith(value))


# Regular expressions


def expression_test(name: str, pattern: str) -> Test:
    """Return the test for an expression, found anywhere in a field, without regard to case.

    Raises BadFilter for one that is none.
    """
    find = _finder(pattern)
    texts = _TEXTS[name]
    return lambda domain, *_: any(find(text) for text in texts(domain))


def _finder(pattern: str) -> Callable[[str], bool]:
    """Return what tries a pattern on a text: each text once, and not for ever."""
    from tuivm.config.patterns import searcher  # only who types an expression pays for loading these
    from tuivm.terminal.pattern import MAX_REPEAT, repeats

    if repeats(pattern) > MAX_REPEAT:
        raise BadFilter(f"/{pattern}/ repeats too much")
    try:
        search = searcher(pattern, ignore_case=True, concurrent=False)
    except ValueError as error:
        raise BadFilter(f"/{pattern}/ is no regular expression: {error}") from None
    known: dict[str, bool] = {}
    spent, tried = 0.0, 0

    def find(text: str) -> bool:
        nonlocal spent, tried
        answer = known.get(text)
        if answer is None:
            before = time.perf_counter()
            try:
                answer = bool(search(text))
            except TimeoutError:
                spent = float("inf")
            spent, tried = spent + time.perf_counter() - before, tried + 1
            if answer is None or (spent > PATIENCE and spent > _SLOW * tried):
                if answer is None or _is_slow(search, text):
                    raise BadFilter(f"/{pattern}/ takes too long: make it simpler")
                spent, tried = 0.0, 0
            if len(known) >= _REMEMBERED:
                known.clear()
            known[text] = answer
        return answer

    return find


def _is_slow(search: Callable[[str], object], text: str) -> bool:
    """Whether it is the search that takes its time, and not that others had the processor meanwhile."""

    def cost() -> float:
        before = time.thread_time()
        search(text)
        return time.thread_time() - before

    try:
        return all(cost() > _SLOW for _ in range(3))
    except TimeoutError:
        return True


# Figures

_COMPARED: dict[str, Callable[[float, float], bool]] = {
    ">": lambda value, limit: value > limit,
    "<": lambda value, limit: value < limit,
    ">=": lambda value, limit: value >= limit,
    "<=": lambda value, limit: value <= limit,
    "=": lambda value, limit: abs(value - limit) <= max(0.5, 0.005 * limit),
    "!=": lambda value, limit: abs(value - limit) > max(0.5, 0.005 * limit),
}
_COMPARISON = re.compile(r"([a-z]+)(>=|<=|!=|==|=|>|<)(.*)", re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(r"(\d{1,18}(?:\.\d{0,9})?|\.\d{1,9})([a-z%]*)", re.ASCII)
_SPAN = re.compile(r"(\d{1,9}(?:\.\d{0,9})?)([smhdw])", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_LETTERS = "kmgtp"

_BY_NAME: dict[str, tuple[str, FigureOf]] = {
    "cpu": ("share", FIGURES[SortColumn.CPU]),
    "wait": ("share", FIGURES[SortColumn.WAIT]),
    "mem": ("size", FIGURES[SortColumn.MEMORY]),
    "given": ("size", lambda domain, _: domain.memory or None),
    "rss": ("size", FIGURES[SortColumn.RSS]),
    "disk": ("size", FIGURES[SortColumn.DISK]),
    "read": ("size", FIGURES[SortColumn.DISK_READ]),
    "write": ("size", FIGURES[SortColumn.DISK_WRITE]),
    "net": ("size", FIGURES[SortColumn.NET]),
    "rx": ("size", FIGURES[SortColumn.NET_RX]),
    "tx": ("size", FIGURES[SortColumn.NET_TX]),
    "ops": ("number", lambda _, sample: operations(sample)),
    "vcpus": ("number", FIGURES[SortColumn.VCPUS]),
    "id": ("number", FIGURES[SortColumn.ID]),
    "up": ("span", FIGURES[SortColumn.UPTIME]),
}
_ALIASES = {"memory": "mem", "vcpu": "vcpus", "uptime": "up"}
FIGURE_NAMES = tuple(_BY_NAME)
"""What can be compared."""
_STILL = frozenset({"vcpus", "id"})
_EXAMPLES = {
    "share": "a share in percent, such as 50",
    "size": "a size, such as 512M or 1.5G",
    "number": "a number",
    "span": "a span of time, such as 90s, 2h or 1d12h",
}


def comparison(word: str, *, negated: bool) -> Term | None:
    """Return the term of a word such as ``cpu>50``, or None for one that compares nothing.

    One that is not finished (``cpu>``) has an empty value. Raises BadFilter for a figure that there is not,
    and for a number that is none.
    """
    found = _COMPARISON.fullmatch(word)
    if found is None:
        return None
    name, sign, wanted = found[1].lower(), found[2].replace("==", "="), found[3].lower()
    name = _ALIASES.get(name, name)
    if name not in _BY_NAME:
        if sign in ("=", "!=") or not wanted[:1].isdigit():
            return None  # Names may hold such signs.
        raise BadFilter(f"{found[1]} cannot be compared: {' '.join(FIGURE_NAMES)} can")
    kind, figure_of = _BY_NAME[name]
    holds, restless = _COMPARED[sign], name not in _STILL
    if not wanted:
        return Term(name + sign, "", lambda *_: not negated, negated, restless)
    if kind == "size" and name == "mem" and wanted.endswith("%"):
        kind, figure_of = "share", lambda _, sample: memory_share(sample)
    limit = _limit(kind, wanted)
    if limit is None:
        raise BadFilter(f"{word}: {found[3]} is not {_EXAMPLES[kind]}")

    def test(domain: Domain, sample: Sample | None, scene: Scene) -> bool:
        value = figure_of(domain, sample)
        if value is None:
            return False
        return holds(scene.now + value if kind == "span" else value, limit)

    return Term(name + sign, wanted, test, negated, restless)


def _limit(kind: str, text: str) -> float | None:
    """Read a figure as people write it; None when it is not one of that kind."""
    if kind == "span" and (parts := _SPAN.findall(text)) and "".join(map("".join, parts)) == text:
        return sum(float(number) * _SECONDS[unit] for number, unit in parts)
    found = _NUMBER.fullmatch(text.removesuffix("/s") if kind == "size" else text)
    if found is None:
        return None
    number, unit = float(found[1]), found[2]
    if kind == "size":
        letter = unit.removesuffix("b").removesuffix("i")
        if unit.startswith("i") or letter not in ("", *_LETTERS):
            return None
        return number * float(1 << 10 * (_LETTERS.index(letter) + 1 if letter else 0))
    return number if not unit or (kind == "share" and unit == "%") else None
