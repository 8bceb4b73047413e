"""Of many domains: which a verb can be used on now, and why not on the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tuivm.core.verbs import Arguments, Verb
from tuivm.model.domain import Domain

PHRASE_ABOVE = 10
"""More domains than this are destroyed something of only after a phrase was typed."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Domains sorted by whether a verb can be used on them."""

    verb: Verb
    """The verb."""
    able: tuple[Domain, ...]
    """Those that it can be used on, in the order given."""
    unable: tuple[tuple[Domain, str], ...]
    """The others, each with the reason."""

    def with_options(self, arguments: Arguments) -> Selection:
        """The same where these arguments are chosen: locked domains drop out where they destroy something."""
        able, unable = [], list(self.unable)
        for domain in self.able:
            reason = self.verb.protected(domain, arguments)
            if reason is None:
                able.append(domain)
            else:
                unable.append((domain, reason))
        return Selection(self.verb, tuple(able), tuple(unable)) if len(able) < len(self.able) else self

    @property
    def reasons(self) -> tuple[tuple[str, int], ...]:
        """Every reason with the number of domains, the most frequent first."""
        return tuple(Counter(reason for _, reason in self.unable).most_common())

    def needs_phrase(self, arguments: Arguments) -> bool:
        """Whether so much is destroyed that a yes is not enough."""
        destroys = self.verb.destructive or bool(arguments.options & self.verb.destructive_options)
        return destroys and len(self.able) > PHRASE_ABOVE


def sort_out(verb: Verb, domains: Iterable[Domain], unsupported: Mapping[str, str]) -> Selection:
    """Sort ``domains`` for ``verb``; ``unsupported`` is ``Inventory.unsupported``."""
    able, unable = [], []
    for domain in domains:
        reason = verb.why_not(domain, unsupported)
        if reason is None:
            able.append(domain)
        else:
            unable.append((domain, reason))
    return Selection(verb, tuple(able), tuple(unable))
