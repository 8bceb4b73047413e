"""Two pasts as one: rings in memory for the recent part, the archive for the rest."""

from __future__ import annotations

from tuivm.core.ports_history import Past
from tuivm.model.domain import DomainKey
from tuivm.model.series import Metric, Series, Window

_ORDER = {metric: number for number, metric in enumerate(Metric)}
_MEMORY, _RSS = Series(Metric.MEMORY), Series(Metric.RSS)


class Joined:
    """A :class:`~tuivm.core.ports_history.Past`: what ``recent`` knows; where it does not, ``older``."""

    def __init__(self, recent: Past, older: Past) -> None:
        self._recent = recent
        self._older = older

    def window(self, key: DomainKey, series: Series, start: float, step: float, count: int) -> Window:
        """What is known of ``count`` steps of ``step`` seconds from ``start`` on; gaps where nothing is.

        A step of which both know something is told by the one that is older as a rule: of the first step in
        memory only a part may be there. The last steps are those of memory.
        """
        recent = self._recent.window(key, series, start, step, count)
        known = [number for number, value in enumerate(recent.average) if value == value]
        if known and known[0] == 0 and len(known) == count:
            return recent
        older = self._older.window(key, series, start, step, count)
        if series == _MEMORY and older.is_empty:
            # No balloon ever told: all that is known is what the host holds.
            older = self._older.window(key, _RSS, start, step, count)
        # Memory begins within its first step: the file knows all of that one.
        first = known[0] if known else count
        own = [
            value == value and not (number == first and older.average[number] == older.average[number])
            for number, value in enumerate(recent.average)
        ]

        def pick(mine: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
            return tuple(a if take else b for take, a, b in zip(own, mine, other, strict=True))

        return Window(
            start,
            step,
            pick(recent.average, older.average),
            pick(recent.lowest, older.lowest),
            pick(recent.highest, older.highest),
        )

    def series_of(self, key: DomainKey, start: float, end: float) -> tuple[Series, ...]:
        """Every series of which something is known between these Unix seconds, in the order of ``Metric``."""
        found = {*self._recent.series_of(key, start, end), *self._older.series_of(key, start, end)}
        return tuple(sorted(found, key=lambda series: (_ORDER[series.metric], series.instance)))
