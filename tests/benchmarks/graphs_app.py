"""The real app on a still world with a week of figures in memory: ``python -m tests.benchmarks.graphs_app``.

The past is kept as an archive keeps it, a second for an hour, a minute for a week, in plain arrays: what is
measured is what the screen does with it, the file's own cost is measured by the archive's benchmark.
"""

from __future__ import annotations

import math
import time
from array import array
from pathlib import Path

import tuivm.ui
from tests.memory import MemoryHypervisor
from tests.ui.app_world import StillSession
from tuivm.config import Config
from tuivm.core.ports_history import Past
from tuivm.model.domain import DomainKey
from tuivm.model.series import Metric, Series, Window
from tuivm.ui.app import TuivmApp

VCPUS = 8
SERIES = tuple(
    [Series(metric) for metric in Metric]
    + [Series(Metric.CPU, str(number)) for number in range(VCPUS)]
    + [Series(Metric.CPU_WAIT, str(number)) for number in range(VCPUS)]
)
_TIERS = ((1, 3600), (60, 10_080))
"""Seconds of a value, and how many there are."""


class TieredPast:
    """Every domain has the same curves, each series shifted a little."""

    def __init__(self, now: float) -> None:
        self.now = now
        self._tables = {
            seconds: array("d", (50 + 40 * math.sin(at / 47) * math.sin(at / 7) for at in range(count)))
            for seconds, count in _TIERS
        }

    def window(self, key: DomainKey, series: Series, start: float, step: float, count: int) -> Window:
        """As :class:`~tuivm.core.ports_history.Past`."""
        seconds = 1 if start >= self.now - 3600 else 60
        table = self._tables[seconds]
        shift = SERIES.index(series) * 17 if series in SERIES else 0
        rows = [self._step(table, seconds, shift, start + at * step, step) for at in range(count)]
        average, lowest, highest = zip(*rows, strict=True) if rows else ((), (), ())
        return Window(start, step, average, lowest, highest)

    def _step(
        self, table: array[float], seconds: int, shift: int, start: float, step: float
    ) -> tuple[float, float, float]:
        begin, end = int(start // seconds), max(int((start + step) // seconds), int(start // seconds) + 1)
        if start >= self.now or start < self.now - seconds * len(table):
            return math.nan, math.nan, math.nan
        first = (begin + shift) % len(table)
        values = table[first : first + end - begin] or table[-1:]
        return sum(values) / len(values), min(values), max(values)

    def series_of(self, key: DomainKey, start: float, end: float) -> tuple[Series, ...]:
        """As :class:`~tuivm.core.ports_history.Past`."""
        return SERIES


class WeekSession(StillSession):
    """Forty domains, all of them running, with a past of a week."""

    def __init__(self) -> None:
        hypervisor = MemoryHypervisor(40, running=40)
        super().__init__(hypervisor, seconds=5)
        self.week = TieredPast(time.time())

    @property
    def past(self) -> Past:
        return self.week


class GraphsApp(TuivmApp):
    """The app, as it is."""

    CSS_PATH = str(Path(tuivm.ui.__file__).with_name("tuivm.tcss"))


def main() -> None:
    """Run it until it is quit."""
    GraphsApp(WeekSession(), Config(ascii=False)).run()


if __name__ == "__main__":
    main()
