"""The filter line.

Words separated by blanks, all of which must hold, upper and lower case alike::

    text            the name holds it
    name:text       the same
    state:running   the state begins so; also ``active``, ``inactive`` and ``stopped``
    host:text       the connection's URI holds it
    uuid:text       the UUID begins so
    tag:text        one of its tags begins so
    title:text      its title holds it
    is:marked       also ``locked``, ``autostart``, ``transient``, ``saved``, ``snapshots`` and ``tagged``
    /text/ ~text    the name matches the regular expression; also ``tag:~text``, ``title:`` and ``host:``
    cpu>50          figures: cpu, wait (percent), mem, given, rss (bytes, mem also in percent), disk, read,
                    write, net, rx, tx (bytes a second), ops, vcpus, id, up (``90s``, ``2h``, ``1d12h``);
                    compared by ``> < >= <= = !=``. A domain that has no such figure is not found.
    !word           any of the above must not hold
    "two words"     quotes keep blanks in a word, and signs from being read

A prefix that is not known is part of the text, and a word that is not finished (``state:``, ``cpu>``) asks
nothing yet. What cannot be understood is told.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass

from tuivm.core.terms import (
    EXPRESSIONS,
    MARKED,
    NO_MARKS,
    BadFilter,
    Scene,
    Term,
    comparison,
    expression_test,
    text_test,
)
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.inventory import Inventory
from tuivm.model.stats import Sample

LONGEST = 300
"""Characters of a filter that can be typed; a name has at most 250."""
_WORD = re.compile(
    r"""!?(?:[a-z]+:)?~?"[^"]*"?
      | !?(?:[a-z]+:)?/(?:\\.|[^/\\])*/(?=\s|$)
      | \S+""",
    re.IGNORECASE | re.VERBOSE,
)
_FIELDS = ("name", "state", "host", "uuid", "tag", "title", "is")


@dataclass(frozen=True, slots=True)
class Query:
    """A filter line, understood."""

    text: str = ""
    """As typed."""
    terms: tuple[Term, ...] = ()
    """All must hold; none means every domain."""
    problem: str = ""
    """What cannot be understood, one line that may hold what was typed; then there are no terms."""

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def asks_marks(self) -> bool:
        """Whether marks decide what is shown."""
        return any(term.field == "is" and MARKED.startswith(term.value) for term in self.terms)

    @property
    def is_restless(self) -> bool:
        """Whether what is shown may be another at every reading."""
        return any(term.restless for term in self.terms)

    def matches(
        self,
        domain: Domain,
        marks: Container[DomainKey] = NO_MARKS,
        sample: Sample | None = None,
        now: float = 0.0,
    ) -> bool:
        """Whether the row of ``domain`` is shown. Raises BadFilter when an expression takes too long."""
        return self.holds(domain, sample, Scene(marks, now))

    def holds(self, domain: Domain, sample: Sample | None, scene: Scene) -> bool:
        """As :meth:`matches`, for many domains in one scene."""
        return all(term.test(domain, sample, scene) is not term.negated for term in self.terms)

    def find(
        self, inventory: Inventory, scene: Scene, keys: Iterable[DomainKey] | None = None
    ) -> list[DomainKey]:
        """Return those of ``keys`` that match, in their order; of all in the inventory for None.

        Raises BadFilter when an expression takes too long.
        """
        domains = inventory.domains
        found = list(domains if keys is None else keys)
        # A word at a time: that is several times as fast as a domain at a time.
        for term in self.terms:
            test, negated = term.test, term.negated
            if term.restless:
                samples = inventory.samples
                found = [key for key in found if test(domains[key], samples.get(key), scene) is not negated]
            else:
                found = [key for key in found if test(domains[key], None, scene) is not negated]
        return found


NO_FILTER = Query()
"""Every domain."""


def parse(text: str) -> Query:
    """Understand a filter line. Never raises; see the module's docstring for the language."""
    try:
        return Query(text, tuple(_terms(text)))
    except BadFilter as error:
        return Query(text, problem=str(error))


def _terms(text: str) -> Iterable[Term]:
    for word in _WORD.findall(text):
        negated = word.startswith("!")
        term = _term(word[1:] if negated else word, negated)
        if term.value:
            yield term


def _term(word: str, negated: bool) -> Term:
    """Understand one word, without its ``!``; one that asks nothing yet has an empty value."""
    prefix, colon, rest = word.partition(":")
    field, value = "name", word
    if colon and prefix.lower() in _FIELDS:
        field, value = prefix.lower(), rest
    elif (compared := comparison(word, negated=negated)) is not None:
        return compared
    if field in EXPRESSIONS and value[:1] in ("~", "/"):
        return _expression(field, value, negated)
    value = value.replace('"', "").casefold()
    return Term(field, value, text_test(field, value), negated)


def _expression(field: str, value: str, negated: bool) -> Term:
    """``~text``, ``~"two words"`` or ``/text/``, of which the last stroke may not be typed yet."""
    if value.startswith("~"):
        pattern = value[1:].replace('"', "")
    else:
        closed = len(value) > 1 and value.endswith("/") and not value.endswith(r"\/")
        pattern = value[1:-1] if closed else value[1:]
    if not pattern:
        return Term(field, "", text_test(field, ""), negated)
    return Term(field, pattern, expression_test(field, pattern), negated)
