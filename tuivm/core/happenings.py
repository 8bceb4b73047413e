"""What happened to domains, for the time axis of their graphs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from tuivm.core.ports_history import EventKeeper
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

    event_log: EventKeeper
    """What happened, also in earlier runs."""

    @property
    def events(self) -> tuple[Event, ...]:
        """The latest events, oldest first."""

    def detail(self, key: DomainKey) -> Detail | None:
        """The detail last read of a domain."""

    def told(self, keys: Iterable[DomainKey]) -> int:
        """How many events there were of these domains and of the host in this run."""


def happenings(witness: Witness, keys: Sequence[DomainKey], start: float, end: float) -> list[Marker]:
    """What happened to these domains between two Unix seconds, and the snapshots taken then.

    The connection's own loss is among it, which explains a gap. May block.
    """
    several = len(keys) > 1
    latest = (event for event in witness.events if event.kind is EventKind.CONNECTION)
    # What is kept of a domain may tell of the connection too: nothing is marked twice.
    events = dict.fromkeys(event for event in latest if start <= event.time <= end)
    for key in keys:
        events |= dict.fromkeys(witness.event_log.kept(start, end, key))
    found = of_events(events, named=several)
    for key in keys:
        detail, domain = witness.detail(key), witness.inventory.domains.get(key)
        who = domain.name if several and domain is not None else ""
        if detail is not None:
            taken = of_snapshots(detail.snapshots, who)
            found += [marker for marker in taken if start <= marker.time <= end]
    return found


def news(witness: Witness, keys: Sequence[DomainKey]) -> object:
    """What differs when more may have happened to these domains. Does not block."""
    details = (witness.detail(key) for key in keys)
    return witness.told(keys), tuple(detail.snapshots if detail is not None else () for detail in details)
