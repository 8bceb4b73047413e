"""Guests that a quiesced snapshot may have left frozen: let go again once the connection is back.

The guest's agent freezes the file systems, and libvirt's daemon thaws them when the snapshot is there. A
daemon that ends in between never does, and the guest stands still at its next write. To thaw what is not
frozen does nothing, so it is done whenever that may have happened; but not while the snapshot is still being
taken, by a daemon that lives while only the connection to it was lost: that would spoil it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from tuivm.core.lane import Lane, OnLane
from tuivm.core.ports import Hypervisor
from tuivm.core.store import Store
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.errors import HypervisorError, NotSupported
from tuivm.model.inventory import Link

_log = logging.getLogger("tuivm.thaws")

LOOK = 1.0
"""Seconds between two looks whether it can be done."""
AGENT = 30.0
"""Seconds for which the agent is waited for once there is a connection; then it is tried without."""


class Thaws(OnLane):
    """``thaw`` is called, on a thread of its own, with each domain that is to be thawed now."""

    def __init__(self, hypervisor: Hypervisor, store: Store, thaw: Callable[[Domain], object]) -> None:
        self._hypervisor = hypervisor
        self._store = store
        self._thaw = thaw
        self._left: dict[DomainKey, float | None] = {}
        """Since when (monotonic seconds) each has been waited for with a connection; None for not yet."""
        self._lane = Lane("tuivm-thaws", self._step)

    def start(self) -> None:
        """Start the thread."""
        self._lane.start()

    def later(self, key: DomainKey) -> None:
        """Thaw this domain as soon as that can be. Returns at once; any thread."""
        self._left.setdefault(key, None)
        self._lane.poke()

    def _step(self) -> float | None:
        for key in tuple(self._left):
            if self._stopped:
                return None
            try:
                self._look(key)
            except HypervisorError as error:
                _log.info("%s is not thawed yet: %s", key.uuid, error)
        return LOOK if self._left else None

    def _look(self, key: DomainKey) -> None:
        """Have it thawed if it can be now, or forget it where it is off. Raises HypervisorError."""
        if self._store.inventory.link is not Link.UP:
            return
        domain = self._hypervisor.read_domain(key)
        if not domain.state.is_active:
            # What was frozen is gone with the run.
            del self._left[key]
            return
        since = self._left[key]
        if since is None:
            since = self._left[key] = time.monotonic()
        if self._is_busy(key) or (self._lacks_agent(key) and time.monotonic() - since < AGENT):
            return
        del self._left[key]
        self._thaw(domain)

    def _is_busy(self, key: DomainKey) -> bool:
        try:
            return self._hypervisor.operation(key) is not None
        except NotSupported:
            return False

    def _lacks_agent(self, key: DomainKey) -> bool:
        from tuivm.xml.read import agent_problem

        return bool(agent_problem(self._hypervisor.detail(key).xml))
