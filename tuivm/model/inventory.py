"""Everything one connection knows at one moment, immutable, and the difference of two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from tuivm.model.domain import Domain, DomainKey
from tuivm.model.host import Host, HostLoad
from tuivm.model.job import Operation
from tuivm.model.stats import Sample

_NO_DOMAINS: Mapping[DomainKey, Domain] = MappingProxyType({})
_NO_OPERATIONS: Mapping[DomainKey, Operation] = MappingProxyType({})
_NO_SAMPLES: Mapping[DomainKey, Sample] = MappingProxyType({})


class Link(StrEnum):
    """State of the connection to libvirt."""

    CONNECTING = "connecting"
    UP = "up"
    LOST = "lost"
    """Rows are stale: what is shown is the last that was known."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """One connection's state as published to the screen."""

    uri: str
    """The URI asked for."""
    link: Link = Link.CONNECTING
    """Whether libvirt answers."""
    link_message: str = ""
    """Why not, and what is being done about it; one line."""
    host: Host | None = None
    """None until the first connection."""
    load: HostLoad | None = None
    """The host's gauges."""
    domains: Mapping[DomainKey, Domain] = field(default_factory=lambda: _NO_DOMAINS)
    """Every domain, by identity. Never changed in place."""
    samples: Mapping[DomainKey, Sample] = field(default_factory=lambda: _NO_SAMPLES)
    """The latest sample of each active domain. Never changed in place."""
    operations: Mapping[DomainKey, Operation] = field(default_factory=lambda: _NO_OPERATIONS)
    """What libvirt does with the domain that is looked at, by whoever's wish. Never changed in place."""
    unsupported: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Capability name -> why this hypervisor lacks it (learnt, see Capability)."""

    @property
    def running(self) -> int:
        """How many domains are active."""
        return sum(1 for domain in self.domains.values() if domain.state.is_active)


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between two inventories."""

    added: frozenset[DomainKey] = frozenset()
    """Domains that came."""
    removed: frozenset[DomainKey] = frozenset()
    """Domains that went."""
    changed: frozenset[DomainKey] = frozenset()
    """Domains whose row (domain or sample) differs."""
    header: bool = False
    """Host, load, link or capabilities differ."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.header)

    def merge(self, later: Change) -> Change:
        """The change of two publishes in a row; used to coalesce messages.

        What came and went again is in neither; what went and came back is changed.
        """
        added = (self.added - later.removed) | (later.added - self.removed)
        removed = (self.removed - later.added) | (later.removed - self.added)
        returned = self.removed & later.added
        changed = (self.changed | later.changed | returned) - added - removed - later.removed
        return Change(added, removed, changed, self.header or later.header)
