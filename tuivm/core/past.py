"""What is still in memory of the past of every domain."""

from __future__ import annotations

from collections.abc import Mapping

from tuivm.core import windows
from tuivm.core.history import History
from tuivm.model.domain import DomainKey
from tuivm.model.series import Series, Window


class RecentPast:
    """Rings of samples as :class:`~tuivm.core.ports_history.Past`. Asked on any thread; never waits."""

    def __init__(self, histories: Mapping[DomainKey, History]) -> None:
        self._histories = histories

    def window(self, key: DomainKey, series: Series, start: float, step: float, count: int) -> Window:
        """What is known of ``count`` steps of ``step`` seconds from ``start`` (Unix seconds) on."""
        history = self._histories.get(key)
        if history is None:
            return windows.empty(start, step, count)
        return history.window(series, start, step, count)

    def series_of(self, key: DomainKey, start: float, end: float) -> tuple[Series, ...]:
        """Every series of which something is known between these Unix seconds, in the order of ``Metric``."""
        history = self._histories.get(key)
        return () if history is None else history.series_of(start, end)
