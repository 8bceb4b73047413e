"""The real app on a still world with a week in an archive: ``python -m tests.benchmarks.graphs_app FILE``."""

from __future__ import annotations

import sys
from pathlib import Path

import tuivm.ui
from tests.benchmarks.archive import NOW, key, written
from tests.memory import MemoryHypervisor
from tests.ui.app_world import StillSession
from tuivm.config import Config
from tuivm.core.archive import Archive
from tuivm.core.archive.tiers import DAY, HOUR
from tuivm.core.ports_history import Past
from tuivm.model.domain import DomainKey
from tuivm.model.series import Series, Window
from tuivm.ui.app import TuivmApp

END = float(NOW + 2 * HOUR)
"""Unix seconds of the last reading."""


def write(path: Path) -> None:
    """Write a week of a busy machine."""
    written(path, 7 * DAY, ("busy",))


class OnePast:
    """The archive; every domain has the past of its only one."""

    def __init__(self, path: Path) -> None:
        self._archive = Archive(path)

    def window(self, _: DomainKey, series: Series, start: float, step: float, count: int) -> Window:
        """As :class:`~tuivm.core.ports_history.Past`."""
        return self._archive.window(key(0), series, start, step, count)

    def series_of(self, _: DomainKey, start: float, end: float) -> tuple[Series, ...]:
        """As :class:`~tuivm.core.ports_history.Past`."""
        return self._archive.series_of(key(0), start, end)


class WeekSession(StillSession):
    """Forty domains, all of them running, with a past of a week."""

    def __init__(self, path: Path) -> None:
        super().__init__(MemoryHypervisor(40, running=40), seconds=5)
        self._week = OnePast(path)

    @property
    def past(self) -> Past:
        return self._week


class GraphsApp(TuivmApp):
    """The app, as it is."""

    CSS_PATH = str(Path(tuivm.ui.__file__).with_name("tuivm.tcss"))


def main() -> None:
    """Run it until it is quit."""
    GraphsApp(WeekSession(Path(sys.argv[1])), Config(ascii=False), clock=lambda: END).run()


if __name__ == "__main__":
    main()
