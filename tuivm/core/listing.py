"""The rows of the list, kept up to date with the inventory: filter, order, groups, what is folded.

The same inventory and wish give the same rows, however they came about. What a reading can change is
arranged anew only now and then, so that rows can be read and hit; what a person or libvirt changes, at once.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Container
from dataclasses import dataclass

from tuivm.core.groups import GroupKey, RowKey, Sums, group_of, grouped, sums
from tuivm.core.query import NO_FILTER, Query
from tuivm.core.sorting import NameRank, by_column, name_rank
from tuivm.core.terms import NO_MARKS, Scene
from tuivm.model.column import Grouping, SortColumn
from tuivm.model.domain import ACTIVE, Domain, DomainKey
from tuivm.model.inventory import Change, Inventory

CALM = 2.5
"""Seconds that an order stays which only readings would change."""
_FEW = 100
"""Domains that come, go or are renamed at once, up to which each is put into its place by itself."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How the list is to be arranged."""

    query: Query = NO_FILTER
    """Which domains are shown."""
    sort: SortColumn = SortColumn.NAME
    """What they are ordered by."""
    reverse: bool = False
    """Whether the order is turned round."""
    hide_stopped: bool = False
    """Whether domains that are not active are left out."""
    group: Grouping = Grouping.NONE
    """What they are put together by."""


class Listing:
    """Not safe for threads; every method takes milliseconds for ten thousand domains, most of them less."""

    def __init__(self, marks: Container[DomainKey] = NO_MARKS) -> None:
        """``marks`` are the domains marked now; when the filter asks for them and they change, arrange."""
        self._marks = marks
        self._inventory = Inventory("")
        self._names: dict[DomainKey, NameRank] = {}
        self._ranked: list[DomainKey] = []
        self._groups: dict[GroupKey, list[DomainKey]] = {}
        self._folded: set[GroupKey] = set()
        self._sums: dict[GroupKey, Sums] = {}
        self._calm_until = 0.0
        self.wish = Wish()
        """How the rows are arranged; set by :meth:`arrange`."""
        self.rows: tuple[RowKey, ...] = ()
        """What the list shows, from the top; the same object until it is arranged anew."""
        self.order: tuple[DomainKey, ...] = ()
        """The domains shown, those of folded groups too, from the top."""
        self.stopped = 0
        """How many domains are left out for being stopped."""
        self.due: float | None = None
        """When (Unix seconds) :meth:`settle` is to be called: readings may have changed the rows."""

    # What is shown

    def take(self, inventory: Inventory, change: Change, now: float) -> None:
        """Take a new inventory, which differs from the last one by ``change``, at ``now`` (Unix seconds).

        Raises BadFilter when an expression takes too long; the rows stay, of the new inventory.
        """
        before, self._inventory = self._inventory, inventory
        self._sums.clear()
        if self._rank(change) or self._differs(before, change):
            self._arrange(now)
        elif change.changed and (self.wish.sort.is_restless or self.wish.query.is_restless):
            if now >= self._calm_until or now < self._calm_until - CALM:
                self._arrange(now)
            elif self.due is None:
                self.due = self._calm_until

    def arrange(self, wish: Wish, now: float) -> None:
        """Arrange the rows as wished. Raises BadFilter when an expression takes too long; nothing changes."""
        before, self.wish = self.wish, wish
        if wish.group is not before.group:
            self._folded.clear()
        try:
            self._arrange(now)
        except ValueError:
            self.wish = before
            raise

    def settle(self, now: float) -> None:
        """Make good what was put off. Raises BadFilter as :meth:`take` does."""
        if self.due is not None:
            self._arrange(now)

    def _arrange(self, now: float) -> None:
        self.due, self._calm_until = None, now + CALM
        wish, domains, samples = self.wish, self._inventory.domains, self._inventory.samples
        keys = self._ranked
        if wish.query:
            keys = wish.query.find(self._inventory, Scene(self._marks, now), keys)
        found = len(keys)
        if wish.hide_stopped:
            keys = [key for key in keys if domains[key].state in ACTIVE]
        self.stopped = found - len(keys)
        order = by_column(keys, domains, samples, wish.sort, wish.reverse)
        self._groups = {} if wish.group is Grouping.NONE else grouped(order, domains, wish.group)
        self._lay_out(order)

    def _lay_out(self, order: list[DomainKey]) -> None:
        """Make the rows of the groups, or of the order where there are none."""
        self._sums.clear()
        if self.wish.group is Grouping.NONE:
            self.order = tuple(order)
            self.rows = self.order
            return
        self.order = tuple(key for members in self._groups.values() for key in members)
        rows: list[RowKey] = []
        for group, members in self._groups.items():
            rows.append(group)
            if group not in self._folded:
                rows += members
        self.rows = tuple(rows)

    # Names

    def _rank(self, change: Change) -> bool:
        """Keep every domain at the place of its name; returns whether a domain came, went or was renamed."""
        domains = self._inventory.domains
        renamed = {
            key
            for key in change.changed
            if key in domains and (key not in self._names or self._names[key][1] != domains[key].name)
        }
        fresh, stale = change.added | renamed, change.removed | renamed
        if not fresh and not stale and len(self._ranked) == len(domains):
            return False
        if len(fresh) + len(stale) <= _FEW:
            self._ranked = [key for key in self._ranked if key not in stale and key not in fresh]
            for key in stale:
                self._names.pop(key, None)
            for key in fresh & domains.keys():
                self._names[key] = name_rank(domains[key])
                insort(self._ranked, key, key=self._names.__getitem__)
        if len(fresh) + len(stale) > _FEW or len(self._ranked) != len(domains):
            self._names = {key: name_rank(domain) for key, domain in domains.items()}
            self._ranked = sorted(self._names, key=self._names.__getitem__)
        return True

    def _differs(self, before: Inventory, change: Change) -> bool:
        """Whether a domain changed in what libvirt or a person decides, and the rows depend on that."""
        wish = self.wish
        named = wish.sort is SortColumn.NAME and not wish.hide_stopped and wish.group is Grouping.NONE
        if named and not wish.query:
            return False
        old, new = before.domains, self._inventory.domains
        if old is new:
            return False
        return any(
            key in old and key in new and old[key] is not new[key] and _facts(old[key]) != _facts(new[key])
            for key in change.changed
        )

    # Groups

    @property
    def groups(self) -> tuple[GroupKey, ...]:
        """The groups, from the top; none where there is no grouping."""
        return tuple(self._groups)

    def members(self, group: GroupKey) -> tuple[DomainKey, ...]:
        """The domains of a group that the filter leaves."""
        return tuple(self._groups.get(group, ()))

    def group(self, key: DomainKey) -> GroupKey | None:
        """The group that a domain stands in; None without groups, and for one that is not shown."""
        domain = self._inventory.domains.get(key)
        if domain is None or self.wish.group is Grouping.NONE:
            return None
        group = group_of(domain, self.wish.group)
        return group if group in self._groups else None

    def sums(self, group: GroupKey) -> Sums:
        """The sums of a group; added up when they are asked for, and kept until something changes."""
        found = self._sums.get(group)
        if found is None:
            inventory = self._inventory
            present = (key for key in self._groups.get(group, ()) if key in inventory.domains)
            found = self._sums[group] = sums(present, inventory.domains, inventory.samples)
        return found

    def is_folded(self, group: GroupKey) -> bool:
        """Whether the members of a group are out of sight."""
        return group in self._folded

    def fold(self, *groups: GroupKey, folded: bool) -> None:
        """Put the members of groups out of sight, or show them again."""
        if folded:
            self._folded.update(groups)
        else:
            self._folded.difference_update(groups)
        self._lay_out(list(self.order))


def _facts(domain: Domain) -> tuple[object, ...]:
    """What decides on filter, order and groups, but for what readings tell."""
    return (
        domain.state,
        domain.name,
        domain.vcpus,
        domain.id,
        domain.autostart,
        domain.persistent,
        domain.saved,
        domain.has_snapshots,
        domain.started,
        domain.title,
        domain.tags,
        domain.locked,
    )
