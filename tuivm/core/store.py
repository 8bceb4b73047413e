"""The present inventory, and what changed since the last one.

One lock orders everything that is told to the listener: whoever publishes holds it, so that an
inventory, a job and an event arrive in the order in which they happened. Code that holds a lock of
its own may take this one, never the other way round.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from tuivm.model.domain import DomainKey
from tuivm.model.inventory import Change, Inventory

_Value = TypeVar("_Value")


def diff(old: Inventory, new: Inventory) -> Change:
    """What differs between two inventories. Objects that are the same one cost a comparison of identity."""
    added: frozenset[DomainKey] = frozenset()
    removed: frozenset[DomainKey] = frozenset()
    changed: set[DomainKey] = set()
    if old.domains is not new.domains:
        added = frozenset(new.domains.keys() - old.domains.keys())
        removed = frozenset(old.domains.keys() - new.domains.keys())
        changed |= _differing(old.domains, new.domains)
    if old.samples is not new.samples:
        changed |= _differing(old.samples, new.samples)
        changed |= old.samples.keys() ^ new.samples.keys()
        changed &= new.domains.keys() - added
    if old.operations is not new.operations:
        changed |= _differing(old.operations, new.operations)
        changed |= old.operations.keys() ^ new.operations.keys()
        changed &= new.domains.keys() - added
    return Change(added, removed, frozenset(changed), header=_header_differs(old, new))


def _differing(old: Mapping[DomainKey, _Value], new: Mapping[DomainKey, _Value]) -> set[DomainKey]:
    changed = set()
    for key, value in new.items():
        before = old.get(key)
        if before is not None and before is not value and before != value:
            changed.add(key)
    return changed


def _header_differs(old: Inventory, new: Inventory) -> bool:
    return (
        old.uri != new.uri
        or old.link is not new.link
        or old.link_message != new.link_message
        or old.host != new.host
        or old.load != new.load
        or old.unsupported != new.unsupported
    )


class Store:
    """Holds the inventory. Any thread may read it; ``update`` is for worker threads."""

    def __init__(self, uri: str, publish: Callable[[Inventory, Change], None]) -> None:
        self.lock = threading.RLock()
        """Held while anything is told to the listener."""
        self._inventory = Inventory(uri)
        self._publish = publish

    @property
    def inventory(self) -> Inventory:
        """The latest one; it never changes in place."""
        return self._inventory

    def update(self, **fields: Any) -> Change:
        """Replace fields of the inventory and publish what changed; nothing changed publishes nothing."""
        with self.lock:
            old = self._inventory
            new = replace(old, **fields)
            change = diff(old, new)
            if change:
                self._inventory = new
                self._publish(new, change)
            return change
