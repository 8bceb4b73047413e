"""The seam of the host view, which is loaded when it is first looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuivm.hypervisor.connection import Connection
from tuivm.model.event import Event

if TYPE_CHECKING:
    from tuivm.hypervisor.building import Lookout
    from tuivm.model.building import Building


class BuildingLook(Connection):
    """core's seam of the host view; see :mod:`tuivm.core.ports_building`."""

    _lookout: Lookout | None = None

    def building(self, budget: float) -> Building:
        """Look at the host, and for about ``budget`` seconds at its machines. Raises Unreachable."""
        if self._lookout is None:
            from tuivm.hypervisor.building import Lookout

            self._lookout = Lookout(self)
        return self._lookout.look(budget)

    def _dispatch(self, event: Event) -> None:
        if self._lookout is not None and event.key is not None:
            self._lookout.drop(event.key.uuid)
        super()._dispatch(event)
