"""What a session lets be read, how often, and what it remembers of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tuivm.core.monitor import Monitor
from tuivm.core.pace import Pace, Slowness
from tuivm.core.ports_history import Past
from tuivm.core.store import Store
from tuivm.model.domain import DomainKey
from tuivm.model.inventory import Inventory

if TYPE_CHECKING:
    from tuivm.core.building import BuildingWatch
    from tuivm.core.ports import Hypervisor


class Readings:
    """The part of a :class:`~tuivm.core.session.Session` that concerns its samples. Returns at once."""

    _hypervisor: Hypervisor
    _monitor: Monitor
    _store: Store
    _building: BuildingWatch | None = None

    @property
    def inventory(self) -> Inventory:
        """The latest inventory."""
        return self._store.inventory

    @property
    def building(self) -> BuildingWatch:
        """Looks at the host and at what keeps its machines apart, while that is shown."""
        if self._building is None:
            from tuivm.core.building import BuildingWatch

            self._building = BuildingWatch(self._hypervisor, lambda: self.inventory, self._monitor.lost)
        return self._building

    @property
    def past(self) -> Past:
        """The samples of all domains, in memory and kept. Asking may block where they are kept in a file."""
        return self._monitor.past

    @property
    def pace(self) -> Pace:
        """How far apart readings are now, and why."""
        return self._monitor.pacer.pace

    def set_pace(self, why: Slowness, seconds: float | None) -> None:
        """Read at most once in so many seconds as long as that reason holds; None when it is over."""
        self._monitor.set_pace(why, seconds)

    def focus(self, keys: Iterable[DomainKey] | None) -> None:
        """Read what is costly (the vCPUs one by one) of these domains at every tick, None for all.

        The domain that is watched is always one of them.
        """
        self._monitor.focus = None if keys is None else frozenset(keys)
