"""The seams to the past: what was measured, and what happened. Any thread may read; reading may block."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from tuivm.model.domain import DomainKey
from tuivm.model.event import Event
from tuivm.model.series import Series, Window
from tuivm.model.stats import Sample


class Past(Protocol):
    """Samples of the past: rings in memory, or a file."""

    def window(self, key: DomainKey, series: Series, start: float, step: float, count: int) -> Window:
        """What is known of ``count`` steps of ``step`` seconds from ``start`` (Unix seconds) on.

        Gaps are nan; a domain or series that is not known is a window of gaps. Never raises.
        """

    def series_of(self, key: DomainKey, start: float, end: float) -> tuple[Series, ...]:
        """Every series of which something is known between these Unix seconds, in the order of ``Metric``."""


class SampleKeeper(Past, Protocol):
    """A past that outlives the program."""

    def put(self, when: float, samples: Mapping[DomainKey, Sample]) -> None:
        """Take the samples of one tick, made at ``when`` (Unix seconds). Returns at once, never raises."""


class EventKeeper(Protocol):
    """Keeps what happened, beyond the program's end where it can."""

    def keep(self, event: Event) -> None:
        """Take one event. Returns at once, never raises."""

    def kept(
        self, start: float, end: float, key: DomainKey | None = None, limit: int = 1000
    ) -> tuple[Event, ...]:
        """The newest ``limit`` events between these Unix seconds, oldest first; of one domain if ``key``."""
