"""Everything the host view shows, worked out of one look at the host and the inventory of that moment."""

from __future__ import annotations

from collections import Counter
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
from tuivm.model.standing import Grade, Neighbours, Standing
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
    """Names of all machines; hostile data."""
    findings: tuple[Finding, ...]
    """What is pointed at, the most serious first."""
    grades: Mapping[Grade, int]
    """How many machines there are of each grade."""

    @property
    def unseen(self) -> tuple[Unseen, ...]:
        """What could not be looked at, and why."""
        return self.facts.unseen


def survey(inventory: Inventory, facts: Building, before: Survey | None = None) -> Survey:
    """Work it out: some microseconds for each machine. What stands as it stood ``before`` is kept."""
    names: Mapping[DomainKey, str] = {key: one.name for key, one in inventory.domains.items()}
    if before is not None and names == before.names and _same_walls(facts, before.facts):
        standings, names, grades = before.standings, before.names, before.grades
    else:
        standings = _standings(facts, names)
        grades = MappingProxyType(Counter(standing.grade for standing in standings.values()))
    share = sharing(inventory)
    return Survey(facts, share, standings, names, findings(share, facts, standings, names), grades)


def _same_walls(facts: Building, before: Building) -> bool:
    """Whether all that the walls depend on is the same."""

    def walls(told: Building) -> tuple[object, ...]:
        return told.networks, told.models, told.nested, told.iommu

    return facts.rooms is before.rooms and walls(facts) == walls(before)


def _standings(facts: Building, names: Mapping[DomainKey, str]) -> Mapping[DomainKey, Standing]:
    """Of every machine that was read and is there, the worst first, what is alike by name."""
    rooms = {key: room for key, room in facts.rooms.items() if key in names}
    near = neighbours(rooms, names, facts)
    found = {key: standing(room, names[key], facts, near) for key, room in rooms.items()}
    ordered = sorted(found.items(), key=lambda one: (-one[1].grade, names[one[0]], one[0]))
    return MappingProxyType(dict(ordered))


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
