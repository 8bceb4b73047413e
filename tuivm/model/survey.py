"""Everything the host view shows, worked out of one look at the host and the inventory of that moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tuivm.model.building import Building, Unseen
from tuivm.model.building_findings import findings
from tuivm.model.domain import DomainKey
from tuivm.model.finding import Finding
from tuivm.model.inventory import Inventory
from tuivm.model.room import Boundary, Room
from tuivm.model.sharing import Sharing, sharing
from tuivm.model.standing import Neighbours, Standing
from tuivm.model.walls import segments, standing


@dataclass(frozen=True, slots=True)
class Survey:
    """What is shown."""

    facts: Building
    """What was found of the host."""
    sharing: Sharing
    """How full it is."""
    standings: Mapping[DomainKey, Standing]
    """How well each machine is kept apart, by identity, of those that were read."""
    names: Mapping[DomainKey, str]
    """Names of the machines; hostile data."""
    findings: tuple[Finding, ...]
    """What is pointed at, the most serious first."""

    @property
    def unseen(self) -> tuple[Unseen, ...]:
        """What could not be looked at, and why."""
        return self.facts.unseen


def survey(inventory: Inventory, facts: Building) -> Survey:
    """Work it out. Costs some microseconds for each machine."""
    names = {key: domain.name for key, domain in inventory.domains.items()}
    rooms = {key: room for key, room in facts.rooms.items() if key in names}
    near = neighbours(rooms, names, facts)
    standings = {key: standing(room, names[key], facts, near) for key, room in rooms.items()}
    ordered = dict(sorted(standings.items(), key=lambda one: (-one[1].grade, names[one[0]], one[0])))
    share = sharing(inventory)
    return Survey(
        facts,
        share,
        MappingProxyType(ordered),
        MappingProxyType(names),
        findings(share, facts, ordered, names),
    )


def neighbours(
    rooms: Mapping[DomainKey, Room], names: Mapping[DomainKey, str], facts: Building
) -> Neighbours:
    """Who is on the same network, and who writes to the same disk."""
    places: dict[str, set[DomainKey]] = {}
    disks: dict[str, set[DomainKey]] = {}
    for key, room in rooms.items():
        for place, _ in segments(room, facts):
            places.setdefault(place, set()).add(key)
        if room.boundary is not Boundary.SIMULATED:
            for disk in room.plan.disks:
                disks.setdefault(disk, set()).add(key)

    def called(keys: set[DomainKey]) -> tuple[str, ...]:
        return tuple(sorted(names[key] for key in keys))

    return Neighbours(
        MappingProxyType({place: called(keys) for place, keys in places.items()}),
        MappingProxyType({disk: called(keys) for disk, keys in disks.items() if len(keys) > 1}),
    )
