"""Has running guests report their memory: without a period set, a balloon tells what was given and no more.

Each run of a domain is seen to once, on a thread of its own, and again after the next start.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

from tuivm.core.lane import Lane, OnLane
from tuivm.core.ports import Hypervisor
from tuivm.core.store import Store
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.errors import HypervisorError, Invalid, NotFound, NotSupported, Unreachable
from tuivm.model.inventory import Link

_log = logging.getLogger("tuivm.balloons")

RETRY = 60.0
"""Seconds until a domain of which it failed is tried again."""


class Balloons(OnLane):
    """``seconds`` between two reports; 0 leaves every guest as it is, and no thread is started."""

    def __init__(self, hypervisor: Hypervisor, store: Store, seconds: int) -> None:
        self._hypervisor = hypervisor
        self._store = store
        self._seconds = seconds
        self._seen: Mapping[DomainKey, Domain] | None = None
        self._runs: dict[DomainKey, int | None] = {}
        """The run (libvirt's id) of each domain that was seen to."""
        self._failed: dict[DomainKey, float] = {}
        self._lane = Lane("tuivm-balloons", self._step)

    def start(self) -> None:
        """Start the thread."""
        if self._seconds:
            self._lane.start()

    def look(self) -> None:
        """See to the guests that were started; once a tick. Returns at once."""
        domains = self._store.inventory.domains
        if self._seconds and (domains is not self._seen or self._failed):
            self._seen = domains
            self._lane.poke()

    def _step(self) -> None:
        inventory = self._store.inventory
        active = {key: one.id for key, one in inventory.domains.items() if one.state.is_active}
        self._runs = {key: run for key, run in self._runs.items() if active.get(key, -1) == run}
        self._failed = {key: when for key, when in self._failed.items() if key in active}
        for key, run in active.items():
            if self._stopped or inventory.link is not Link.UP or self._is_refused():
                self._failed.clear()
                return
            if key not in self._runs and time.monotonic() - self._failed.get(key, -RETRY) >= RETRY:
                try:
                    self._see_to(key, run)
                except Unreachable:  # The monitor finds it too, and then every row is read anew.
                    return

    def _is_refused(self) -> bool:
        return Capability.MEMORY_REPORTS in self._hypervisor.unsupported()

    def _see_to(self, key: DomainKey, run: int | None) -> None:
        self._failed.pop(key, None)
        try:
            if not self._hypervisor.report_memory(key, self._seconds):
                _log.info("%s has no balloon that reports", key.uuid)
        except Unreachable:
            raise
        except (Invalid, NotFound, NotSupported) as error:
            _log.info("%s does not report its memory: %s", key.uuid, error)
        except HypervisorError as error:
            _log.info("cannot let %s report its memory now: %s", key.uuid, error)
            self._failed[key] = time.monotonic()
            return
        self._runs[key] = run
