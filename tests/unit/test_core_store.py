"""Differences of inventories, and their merging."""

from __future__ import annotations

from itertools import pairwise
from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from tuivm.core.store import Store, diff
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.inventory import Change, Inventory, Link
from tuivm.model.stats import Sample

KEYS = [DomainKey("t", str(number)) for number in range(5)]


@st.composite
def inventories(draw: st.DrawFn) -> Inventory:
    domains = {}
    samples = {}
    for key in draw(st.sets(st.sampled_from(KEYS))):
        domains[key] = Domain(
            key, draw(st.sampled_from("ab")), draw(st.sampled_from((State.OFF, State.RUNNING)))
        )
        if draw(st.booleans()):
            samples[key] = Sample(draw(st.sampled_from((1.0, 2.0))))
    return Inventory("t", draw(st.sampled_from(Link)), domains=domains, samples=samples)


@given(inventories(), inventories())
def test_a_difference_is_exact(old: Inventory, new: Inventory) -> None:
    change = diff(old, new)
    assert change.added == new.domains.keys() - old.domains.keys()
    assert change.removed == old.domains.keys() - new.domains.keys()
    rows = {key: (domain, new.samples.get(key)) for key, domain in new.domains.items()}
    before = {key: (domain, old.samples.get(key)) for key, domain in old.domains.items()}
    assert change.changed == {key for key in rows.keys() & before.keys() if rows[key] != before[key]}
    assert change.header is (old.link is not new.link)


@given(st.lists(inventories(), min_size=1, max_size=6))
def test_merged_changes_are_the_difference_of_the_ends(steps: list[Inventory]) -> None:
    merged = Change()
    for old, new in pairwise(steps):
        merged = merged.merge(diff(old, new))
    ends = diff(steps[0], steps[-1])
    assert merged.added == ends.added
    assert merged.removed == ends.removed
    # A row that changed and changed back is told although the ends agree: drawing it again is harmless.
    assert merged.changed >= ends.changed
    assert merged.changed <= steps[0].domains.keys() & steps[-1].domains.keys()
    assert merged.header >= ends.header


def test_nothing_changed_publishes_nothing() -> None:
    told: list[tuple[Inventory, Change]] = []
    store = Store("t", lambda inventory, change: told.append((inventory, change)))
    domain = Domain(KEYS[0], "a", State.RUNNING)
    store.update(domains=MappingProxyType({KEYS[0]: domain}))
    first = store.inventory
    assert [change.added for _, change in told] == [{KEYS[0]}]
    assert not store.update(domains=MappingProxyType({KEYS[0]: Domain(KEYS[0], "a", State.RUNNING)}))
    assert len(told) == 1
    assert store.inventory is first
    store.update(link_message="hello")
    assert told[-1][1] == Change(header=True)
