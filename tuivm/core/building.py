"""Looks at the building while somebody wants to see it, on a thread of its own; otherwise it rests."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from tuivm.core.attempt import attempt
from tuivm.core.lane import Lane
from tuivm.core.ports import Hypervisor
from tuivm.model.building import Building
from tuivm.model.errors import HypervisorError, Unreachable
from tuivm.model.inventory import Inventory, Link
from tuivm.model.survey import Survey, survey

EVERY = 3.0
"""Seconds between two looks."""
BUDGET = 0.3
"""Seconds that a look gives to machines that were not read yet."""
TELL_EVERY = 1.0
"""Seconds between two surveys that are told while machines are still being read, after the first."""
RETRY = 1.0
"""Seconds until the next try while there is no connection."""

Tell = Callable[[Survey | HypervisorError], object]
"""Gets a survey, or why there is none; called on the watch's thread, must return at once."""


class BuildingWatch:
    """``watch`` begins to look, ``rest`` ends it. Both return at once; nothing is asked while it rests."""

    def __init__(
        self,
        hypervisor: Hypervisor,
        inventory: Callable[[], Inventory],
        lost: Callable[[HypervisorError], None],
    ) -> None:
        """``lost`` is told that the connection is."""
        self._hypervisor = hypervisor
        self._inventory = inventory
        self._lost = lost
        self._tell: Tell | None = None
        self._told = -math.inf
        self._last: Survey | None = None
        self._lane = Lane("tuivm-building", self._step)
        self._started = False

    def watch(self, tell: Tell) -> None:
        """Look at once, and every few seconds from now on."""
        self._tell, self._told = tell, -math.inf
        if not self._started:
            self._started = True
            self._lane.start()
        self._lane.poke()

    def rest(self) -> None:
        """Look no more; nothing is told after this but what is being told."""
        self._tell = None

    def stop(self) -> None:
        """Let the thread end. Returns at once."""
        self.rest()
        self._lane.stop()

    def join(self, timeout: float) -> bool:
        """Wait for the thread to end; returns whether it has."""
        return self._lane.join(timeout)

    def _step(self) -> float | None:
        tell = self._tell
        if tell is None:
            return None
        if self._inventory().link is not Link.UP:
            return RETRY
        facts = attempt(lambda: self._hypervisor.building(BUDGET), "looking at the building")
        if isinstance(facts, Building):
            return self._take(tell, facts)
        if isinstance(facts, Unreachable):
            self._lost(facts)
        self._answer(tell, facts)
        return EVERY

    def _take(self, tell: Tell, facts: Building) -> float:
        """Tell what was found: the first at once, then not with every few machines that were read."""
        unread = facts.unread > 0
        if not unread or time.monotonic() - self._told >= TELL_EVERY:
            self._told = time.monotonic()
            self._last = survey(self._inventory(), facts, self._last)
            self._answer(tell, self._last)
        return 0.0 if unread else EVERY

    def _answer(self, tell: Tell, answer: Survey | HypervisorError) -> None:
        if self._tell is tell:
            tell(answer)
