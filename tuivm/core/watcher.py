"""Keeps the detail of the domain that the user looks at, and the host's gauges.

Two lanes of their own, so that a guest agent that takes seconds delays neither the list nor the
gauges: one reads gauges, XML and snapshots, the other addresses and what libvirt is busy with.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from tuivm.core.lane import Lane
from tuivm.core.operations import Operations
from tuivm.core.ports import Hypervisor
from tuivm.core.store import Store
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.errors import HypervisorError, NotFound, NotSupported, TimedOut, Unreachable
from tuivm.model.inventory import Link

if TYPE_CHECKING:
    from tuivm.model.detail import Address, Detail

_log = logging.getLogger("tuivm.watcher")

ADDRESSES_EVERY = 15.0
"""Seconds between two looks for addresses once some are known."""
NO_ADDRESSES_EVERY = 3.0
"""Seconds between two looks while none is known: a booting guest has one soon."""
KEPT = 64
"""How many domains' details are kept."""


class Watcher:
    """``watch`` says whose detail is wanted; ``publish`` gets each new one, under the store's lock."""

    def __init__(
        self,
        hypervisor: Hypervisor,
        store: Store,
        publish: Callable[[Detail], None],
        lost: Callable[[HypervisorError], None],
    ) -> None:
        self._hypervisor = hypervisor
        self._store = store
        self._publish = publish
        self._lost = lost
        self._lock = threading.Lock()
        self._key: DomainKey | None = None
        self._stale = False
        self._ticked = False
        self._looked_at = 0.0
        self._told: DomainKey | None = None
        self._names: tuple[str, ...] | None = None
        self._details: OrderedDict[DomainKey, Detail] = OrderedDict()
        self._side = Lane("tuivm-detail", self._step)
        self._operations = Operations(hypervisor, store)
        self._slow = Lane("tuivm-addresses", self._find_addresses)

    def start(self) -> None:
        """Start the lanes."""
        self._side.start()
        self._slow.start()

    def stop(self) -> None:
        """Let the lanes end. Returns at once."""
        self._side.stop()
        self._slow.stop()

    def join(self, timeout: float) -> bool:
        """Wait for the lanes to end; returns whether they have."""
        end = time.monotonic() + timeout
        return self._side.join(timeout) and self._slow.join(end - time.monotonic())

    def watch(self, key: DomainKey | None) -> None:
        """Look at this domain from now on; its detail is read at once. Returns at once."""
        with self._lock:
            if key == self._key:
                return
            self._key, self._stale, self._looked_at = key, True, 0.0
            self._told = None
        self._side.poke()

    def detail(self, key: DomainKey) -> Detail | None:
        """The detail last read, if it is still kept."""
        return self._details.get(key)

    def touched(self, keys: Collection[DomainKey]) -> None:
        """Something happened to these domains."""
        with self._lock:
            if self._key not in keys:
                return
            self._stale, self._looked_at = True, 0.0
        self._side.poke()

    def tick(self) -> None:
        """The clock moved on."""
        with self._lock:
            self._ticked = True
        self._side.poke()

    # -- the lanes' threads ---------------------------------------------------------------------

    def _step(self) -> None:
        with self._lock:
            key, stale, ticked = self._key, self._stale, self._ticked
            self._stale = self._ticked = False
        if self._store.inventory.link is not Link.UP:
            self._try_again(stale)
            return
        try:
            if stale and key is not None:
                self._read(key)
                stale = False
            if ticked:
                self._store.update(load=self._hypervisor.host_load())
                if key is not None:
                    self._compare_snapshots(key)
        except Unreachable as error:
            self._try_again(stale)
            self._lost(error)
        except HypervisorError as error:
            self._try_again(stale)
            _log.info("cannot read detail or load: %s", error)
        self._slow.poke()

    def _try_again(self, stale: bool) -> None:
        """What could not be read now is read at the next tick."""
        with self._lock:
            self._stale = self._stale or stale

    def _read(self, key: DomainKey) -> None:
        try:
            fresh = self._hypervisor.detail(key)
        except NotFound:
            with self._store.lock:
                self._details.pop(key, None)
            return
        with self._store.lock:
            known = self._details.get(key)
            addresses = known.addresses if known is not None and self._is_active(key) else ()
            self._names = None
            self._keep(replace(fresh, addresses=addresses))

    def _keep(self, detail: Detail) -> None:
        """Keep a detail and tell it, unless it is the very one told last. With the store's lock held."""
        known = self._details.get(detail.key)
        self._details[detail.key] = detail
        self._details.move_to_end(detail.key)
        while len(self._details) > KEPT:
            self._details.popitem(last=False)
        if detail != known or self._told != detail.key:
            self._told = detail.key
            self._publish(detail)

    def _compare_snapshots(self, key: DomainKey) -> None:
        """Notice a snapshot taken, deleted or reverted to by another program."""
        known = self._details.get(key)
        if known is None:
            self._read(key)
            return
        if known.snapshots_error or Capability.SNAPSHOT in self._hypervisor.unsupported():
            return
        try:
            names = self._hypervisor.snapshot_names(key)
        except (NotSupported, NotFound):
            return
        current = next((snapshot.name for snapshot in known.snapshots if snapshot.current), None)
        same = {snapshot.name for snapshot in known.snapshots} == set(names)
        moved = current is not None and names[-1:] != (current,)
        before, self._names = self._names, names
        if not same or moved or (before is not None and before != names):
            self._read(key)

    def _find_addresses(self) -> None:
        with self._lock:
            key, looked_at = self._key, self._looked_at
        try:
            self._operations.look(key)
        except Unreachable as error:
            self._lost(error)
            return
        known = self._details.get(key) if key is not None else None
        if key is None or known is None or not self._is_active(key):
            return
        every = ADDRESSES_EVERY if known.addresses else NO_ADDRESSES_EVERY
        if looked_at and time.monotonic() - looked_at < every:
            return
        if Capability.ADDRESSES in self._hypervisor.unsupported():
            return
        with self._lock:
            self._looked_at = time.monotonic()
        try:
            self._take_addresses(key, self._hypervisor.addresses(key))
        except Unreachable as error:
            self._lost(error)
        except TimedOut as error:
            with self._lock:
                # An agent that hangs is left alone for longer than one that is only asked in vain.
                if self._looked_at:
                    self._looked_at = time.monotonic() + ADDRESSES_EVERY
            _log.info("no addresses of %s: %s", key.uuid, error)
        except HypervisorError as error:
            _log.info("no addresses of %s: %s", key.uuid, error)

    def _take_addresses(self, key: DomainKey, addresses: tuple[Address, ...]) -> None:
        with self._store.lock:
            known = self._details.get(key)
            if known is not None and known.addresses != addresses:
                self._keep(replace(known, addresses=addresses))

    def _is_active(self, key: DomainKey) -> bool:
        domain = self._store.inventory.domains.get(key)
        return domain is not None and domain.state.is_active
