"""What happened to domains, for the time axis of their graphs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from tuivm.model.event import Event, EventKind
from tuivm.model.markers import Marker, of_events, of_snapshots

if TYPE_CHECKING:
    from tuivm.model.detail import Detail
    from tuivm.model.domain import DomainKey
    from tuivm.model.inventory import Inventory


class Witness(Protocol):
    """What is needed of a session."""

    @property
    def inventory(self) -> Inventory:
        """The latest inventory."""

    @property
    def events(self) -> tuple[Event, ...]:
        """The latest events, oldest first."""

    def detail(self, key: DomainKey) -> Detail | None:
        """The detail last read of a domain."""


def happenings(witness: Witness, keys: Sequence[DomainKey], start: float, end: float) -> list[Marker]:
    """What happened to these domains between two Unix seconds, and the snapshots taken then."""
    several = len(keys) > 1
    found = of_events(_events(witness.events, keys, start, end), named=several)
    for key in keys:
        detail, domain = witness.detail(key), witness.inventory.domains.get(key)
        who = domain.name if several and domain is not None else ""
        if detail is not None:
            taken = of_snapshots(detail.snapshots, who)
            found += [marker for marker in taken if start <= marker.time <= end]
    return found


def _events(events: Iterable[Event], keys: Sequence[DomainKey], start: float, end: float) -> list[Event]:
    """Those of the domains, and of the connection: a lost one explains a gap."""
    return [
        event
        for event in events
        if start <= event.time <= end
        and (event.key in keys or (event.key is None and event.kind is EventKind.CONNECTION))
    ]
