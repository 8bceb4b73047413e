"""The seam of the host view: what a hypervisor tells of its host and of the walls around its machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tuivm.model.building import Building


class BuildingPort(Protocol):
    """What the host view needs of a hypervisor."""

    def building(self, budget: float) -> Building:
        """Look at the host, and for about ``budget`` seconds at what of its machines is not known yet.

        What was read of a machine is kept until an event names it or its id changes: ``unread`` tells how
        many are left for the next call. What cannot be known is told in ``unseen``. Raises Unreachable.
        """
