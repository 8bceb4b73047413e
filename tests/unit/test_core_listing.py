"""The rows of the list: kept up to date they are what a fresh start would show."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tuivm.core.groups import GroupKey, Sums
from tuivm.core.listing import CALM, Listing, Wish
from tuivm.core.query import parse
from tuivm.core.store import diff
from tuivm.core.terms import BadFilter
from tuivm.model.column import Grouping, SortColumn
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.inventory import Change, Inventory
from tuivm.model.stats import Sample

NOW = 1_000_000.0
GIB = 1 << 30


def key(number: int) -> DomainKey:
    return DomainKey(f"test:///{number % 2}", f"{number:08}")


def domain(number: int, state: State = State.RUNNING, **fields: object) -> Domain:
    return Domain(key(number), f"vm-{number}", state, vcpus=2, memory=GIB, **fields)  # type: ignore[arg-type]


def inventory(*domains: Domain, **samples: float) -> Inventory:
    told = {one.key: Sample(0.0, cpu=samples[one.name[3:]]) for one in domains if one.name[3:] in samples}
    return Inventory("test:///", domains={one.key: one for one in domains}, samples=told)


def listed(inv: Inventory, wish: Wish = Wish()) -> Listing:  # noqa: B008 - it is frozen
    listing = Listing()
    listing.take(inv, Change(added=frozenset(inv.domains)), NOW)
    listing.arrange(wish, NOW)
    return listing


def names(listing: Listing, inv: Inventory) -> list[str]:
    return [row.value if isinstance(row, GroupKey) else inv.domains[row].name for row in listing.rows]


# As a fresh start


def changes(seed: int, count: int) -> Iterator[Inventory]:
    """Inventories of which each differs from the last by a few things of every kind."""
    dice = random.Random(seed)
    domains = {key(number): domain(number) for number in range(30)}
    samples: dict[DomainKey, Sample] = {}
    for number in range(count):
        for _ in range(dice.choice((1, 1, 2, 5, 150 if number % 50 == 0 else 3))):
            which = key(dice.randrange(60))
            match dice.randrange(7):
                case 0:
                    domains[which] = domain(int(which.uuid), dice.choice(list(State)))
                case 1:
                    domains.pop(which, None)
                    samples.pop(which, None)
                case 2 if which in domains:
                    domains[which] = replace(domains[which], name=f"vm-{dice.randrange(99)}")
                case 3 if which in domains:
                    tags = tuple(dice.sample(["prod", "lab", "eu"], dice.randrange(3)))
                    domains[which] = replace(domains[which], tags=tags, vcpus=dice.randrange(9))
                case 4 if which in domains:
                    domains[which] = replace(domains[which], state=dice.choice(list(State)))
                    samples.pop(which, None)
                case _ if which in domains and domains[which].state.is_active:
                    samples[which] = Sample(number, dice.random() * 100, dice.randrange(GIB), GIB)
        yield Inventory("test:///", domains=dict(domains), samples=dict(samples))


WISHES = (
    Wish(),
    Wish(sort=SortColumn.CPU, reverse=True),
    Wish(parse("cpu>30 !tag:lab"), SortColumn.MEMORY_PERCENT),
    Wish(parse("/[13579]$/"), SortColumn.TAGS, hide_stopped=True),
    Wish(sort=SortColumn.STATE, group=Grouping.TAG),
    Wish(parse("!state:off"), SortColumn.CPU, reverse=True, group=Grouping.STATE),
    Wish(sort=SortColumn.NAME, reverse=True, group=Grouping.HOST, hide_stopped=True),
)


@pytest.mark.parametrize("number", range(len(WISHES)))
def test_after_many_changes_the_rows_are_those_of_a_fresh_start(number: int) -> None:
    wish, now, before = WISHES[number], NOW, Inventory("test:///")
    listing = Listing()
    listing.arrange(wish, now)
    for step, inv in enumerate(changes(number, 600)):
        listing.take(inv, diff(before, inv), now)
        before = inv
        now += 0.7
        if step % 20 == 0:
            listing.settle(now)
            fresh = listed(inv, wish)
            assert listing.rows == fresh.rows
            assert listing.order == fresh.order
            assert listing.stopped == fresh.stopped
            assert [listing.sums(group) for group in listing.groups] == [
                fresh.sums(group) for group in fresh.groups
            ]


# In peace


def test_readings_change_the_order_only_now_and_then() -> None:
    rows = [domain(1), domain(2)]
    first, second = inventory(*rows, **{"1": 90.0, "2": 10.0}), inventory(*rows, **{"1": 10.0, "2": 90.0})
    listing = listed(first, Wish(sort=SortColumn.CPU, reverse=True))
    assert names(listing, first) == ["vm-1", "vm-2"]
    listing.take(second, diff(first, second), NOW + 1)
    assert names(listing, second) == ["vm-1", "vm-2"]
    assert listing.due == NOW + CALM
    listing.settle(NOW + CALM)
    assert names(listing, second) == ["vm-2", "vm-1"]
    assert listing.due is None
    listing.take(first, diff(second, first), NOW + 3 * CALM)
    assert names(listing, first) == ["vm-1", "vm-2"]


def test_what_a_person_does_changes_the_order_at_once() -> None:
    first = inventory(domain(1), domain(2), **{"1": 90.0, "2": 10.0})
    listing = listed(first, Wish(sort=SortColumn.CPU, reverse=True))
    second = inventory(domain(1, State.OFF), domain(2), **{"2": 10.0})
    listing.take(second, diff(first, second), NOW + 0.1)
    assert names(listing, second) == ["vm-2", "vm-1"]


def test_noise_moves_no_row() -> None:
    rows = [domain(1), domain(2)]
    inv = inventory(*rows, **{"1": 50.2, "2": 50.4})
    assert names(listed(inv, Wish(sort=SortColumn.CPU, reverse=True)), inv) == ["vm-1", "vm-2"]


def test_an_unchanged_order_is_the_same_object() -> None:
    first, second = inventory(domain(1), **{"1": 1.0}), inventory(domain(1), **{"1": 70.0})
    listing = listed(first)
    rows = listing.rows
    listing.take(second, diff(first, second), NOW + 60)
    assert listing.rows is rows


def test_a_clock_set_back_does_not_hold_the_order_for_ever() -> None:
    rows = [domain(1), domain(2)]
    first, second = inventory(*rows, **{"1": 90.0, "2": 10.0}), inventory(*rows, **{"1": 10.0, "2": 90.0})
    listing = listed(first, Wish(sort=SortColumn.CPU, reverse=True))
    listing.take(second, diff(first, second), NOW - 86_400)
    assert names(listing, second) == ["vm-2", "vm-1"]


# Groups


TAGGED = (
    domain(1, tags=("web", "prod")),
    domain(2, State.OFF, tags=("web",)),
    domain(3),
    domain(4, tags=("db-10",)),
    domain(5, tags=("db-9",)),
)


def test_groups_come_in_order_and_fold() -> None:
    inv = inventory(*TAGGED)
    listing = listed(inv, Wish(group=Grouping.TAG))
    assert names(listing, inv) == ["db-9", "vm-5", "db-10", "vm-4", "web", "vm-1", "vm-2", "", "vm-3"]
    web = GroupKey(Grouping.TAG, "web")
    assert listing.group(key(2)) == web
    listing.fold(web, folded=True)
    assert names(listing, inv) == ["db-9", "vm-5", "db-10", "vm-4", "web", "", "vm-3"]
    assert set(listing.order) == set(inv.domains)
    assert listing.members(web) == (key(1), key(2))
    listing.arrange(replace(listing.wish, sort=SortColumn.STATE, reverse=True), NOW)
    assert listing.is_folded(web)
    listing.fold(*listing.groups, folded=False)
    assert len(listing.rows) == 9
    listing.fold(web, folded=True)
    listing.arrange(Wish(group=Grouping.STATE), NOW)
    assert not any(map(listing.is_folded, listing.groups))
    assert [group.value for group in listing.groups] == ["running", "off"]


def test_a_group_of_which_nobody_is_left_is_gone() -> None:
    inv = inventory(*TAGGED)
    listing = listed(inv, Wish(parse("!tag:db"), group=Grouping.TAG))
    assert [group.value for group in listing.groups] == ["web", ""]
    assert listing.group(key(4)) is None
    assert listing.sums(GroupKey(Grouping.TAG, "db-9")) == Sums()


def test_sums() -> None:
    inv = inventory(*TAGGED)
    samples = {
        key(1): Sample(0.0, 50.0, 100, GIB, True, 1.0, None, None, 4.0),
        key(3): Sample(0.0, None, None, GIB),
    }
    inv = replace(inv, samples=samples)
    listing = listed(inv, Wish(group=Grouping.TAG))
    assert listing.sums(GroupKey(Grouping.TAG, "web")) == Sums(2, 1, 2, 50.0, 100, GIB, 1.0, None, None, 4.0)
    assert listing.sums(GroupKey(Grouping.TAG, "")) == Sums(1, 1, 2, None, None, GIB)
    later = replace(inv, samples={key(1): Sample(1.0, 70.0)})
    listing.take(later, diff(inv, later), NOW + 1)
    assert listing.sums(GroupKey(Grouping.TAG, "web")).cpu == 70.0


# What is left out


def test_the_stopped_can_be_hidden_and_are_counted() -> None:
    inv = inventory(*TAGGED)
    listing = listed(inv, Wish(parse("tag:web"), hide_stopped=True))
    assert names(listing, inv) == ["vm-1"]
    assert listing.stopped == 1


def test_a_filter_that_takes_too_long_changes_nothing() -> None:
    inv = inventory(*(replace(domain(number), name="a" * 200 + "!") for number in range(3)))
    listing = listed(inv)
    rows, wish = listing.rows, listing.wish
    with pytest.raises(BadFilter):
        listing.arrange(Wish(parse("/(a|aa)+$/")), NOW)
    assert listing.rows is rows
    assert listing.wish is wish
