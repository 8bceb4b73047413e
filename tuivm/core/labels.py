"""Reads what stands in domains' definitions alone, in the background: no list waits for it.

A list of domains tells neither title nor tags, nor lock, nor agent, and libvirt has no call that tells them
of many. Each domain's are read once, one after the other on a thread of their own, and again when an event
says that they may have changed; the hypervisor keeps them. The rows that turn out to differ are asked for
again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from tuivm.core.lane import Lane, OnLane
from tuivm.core.ports import Hypervisor
from tuivm.core.store import Store
from tuivm.model.domain import DomainKey
from tuivm.model.errors import HypervisorError, NotFound, Unreachable
from tuivm.model.inventory import Link
from tuivm.model.labels import labels_of

_log = logging.getLogger("tuivm.labels")

RETRY = 60.0
"""Seconds until a domain whose labels could not be read is asked again."""
SHOWN_EVERY = 0.5
"""Seconds after which what was read is shown, though not all is read."""


class LabelReader(OnLane):
    """``touch`` has the row of a domain read again."""

    def __init__(self, hypervisor: Hypervisor, store: Store, touch: Callable[[DomainKey], None]) -> None:
        self._hypervisor = hypervisor
        self._store = store
        self._touch = touch
        self._failed: dict[DomainKey, float] = {}
        self._lane = Lane("tuivm-labels", self._step)

    def start(self) -> None:
        """Start the thread; it reads when it is told to look."""
        self._lane.start()

    def look(self) -> None:
        """Read what is not known, or no longer. Returns at once."""
        self._lane.poke()

    def _step(self) -> None:
        if self._store.inventory.link is not Link.UP:
            return
        changed: list[DomainKey] = []
        try:
            self._hypervisor.probe_verbs()
            self._read(changed)
        except HypervisorError as error:  # The connection is gone: the next look reads on.
            _log.info("labels: %s", error)
        self._show(changed)

    def _read(self, changed: list[DomainKey]) -> None:
        shown_at = time.monotonic()
        unknown = self._hypervisor.unlabelled()
        self._failed = {key: self._failed[key] for key in unknown if key in self._failed}
        for key in unknown:
            if self._stopped:
                return
            now = time.monotonic()
            if now - self._failed.get(key, -RETRY) < RETRY:
                continue
            if self._differs(key):
                changed.append(key)
            if changed and now - shown_at > SHOWN_EVERY:
                self._show(changed)
                shown_at = now

    def _differs(self, key: DomainKey) -> bool:
        """Read one domain's labels; returns whether its row says something else."""
        try:
            found = self._hypervisor.labels(key)
        except NotFound:
            return False
        except Unreachable:
            raise
        except HypervisorError as error:
            _log.info("cannot read the labels of %s: %s", key.uuid, error)
            self._failed[key] = time.monotonic()
            return False
        self._failed.pop(key, None)
        domain = self._store.inventory.domains.get(key)
        return domain is not None and found != labels_of(domain)

    def _show(self, changed: list[DomainKey]) -> None:
        for key in changed:
            self._touch(key)
        changed.clear()
