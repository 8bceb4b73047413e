"""What was measured of one domain lately: a ring of times, and beside it one of numbers for each series."""

from __future__ import annotations

import math
import threading
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from tuivm.core import windows
from tuivm.model.series import Metric, Series, Window
from tuivm.model.stats import Sample

KEPT = (
    Metric.CPU,
    Metric.MEMORY,
    Metric.DISK_READ,
    Metric.DISK_WRITE,
    Metric.NET_RX,
    Metric.NET_TX,
)
"""What a ring keeps of each sample beside all of ``Sample.more``."""
MOST_SERIES = 1024
"""Series kept of one domain at most; what comes beyond them is not kept."""
_TOTALS = tuple(Series(metric) for metric in KEPT)
_MEMORY = Series(Metric.MEMORY)
_ORDER = {metric: number for number, metric in enumerate(Metric)}


def no_offset() -> float:
    """Nought: times are Unix seconds as they come."""
    return 0.0


class History:
    """The last ``capacity`` samples of one domain, ``interval`` seconds apart. Grows only as it is filled.

    One thread appends, any thread reads. A value that was not told is nan: a gap in the graph. Each row tells
    of the time since the row before it, but of one and a half intervals at most.
    The guest's view of its memory and the host's are two measures: when one takes the place of the
    other, what was kept of the first becomes a gap.
    """

    def __init__(
        self, capacity: int = 900, *, interval: float = 1.0, offset: Callable[[], float] = no_offset
    ) -> None:
        """``offset`` tells what must be added to the times appended to make Unix seconds of them."""
        if capacity < 1:
            raise ValueError("capacity must be at least 1")
        self._capacity = capacity
        self._interval = interval
        self._offset = offset
        self._times = array("d")
        """End of each row; the oldest row is at ``_next`` once it is full."""
        self._columns: dict[Series, array[float]] = {series: array("f") for series in _TOTALS}
        """As long as ``_times``, each."""
        self._next = 0
        self._layout: list[Series] = []
        """The series of the last sample's ``more``, in its order."""
        self._places: list[array[float]] = []
        """Where each of them is kept."""
        self._others: list[array[float]] = []
        """Columns of which the last sample told nothing."""
        self._rows_told = 0
        """How many rows were ever put."""
        self._looked_at = 0
        """How many there were when columns without any value were looked for last."""
        self._memory_is_guest: bool | None = None
        self._lock = threading.Lock()
        self._arrange([])

    def __len__(self) -> int:
        return len(self._times)

    @property
    def capacity(self) -> int:
        """How many samples are kept at most."""
        return self._capacity

    # -- the thread that writes -----------------------------------------------------------------

    def append(self, sample: Sample, when: float | None = None, rows: int = 1) -> None:
        """Add one sample, dropping the oldest when full.

        ``when`` is its end if not ``sample.time``; one that tells of ``rows`` intervals fills as many rows.
        """
        end = sample.time if when is None else when
        totals = (
            sample.cpu,
            sample.memory_used,
            sample.disk_read,
            sample.disk_write,
            sample.net_rx,
            sample.net_tx,
        )
        more = sample.more
        values = [math.nan if value is None else value for value in totals]
        values.extend(more.values())
        with self._lock:
            if sample.memory_used is not None:
                self._measure(sample.memory_is_guest)
            if self._layout != (layout := list(more)):
                self._arrange(layout)
            for row in range(min(rows, self._capacity) - 1, -1, -1):
                self._put(end - row * self._interval, values)

    def gap(self, count: int, until: float | None = None) -> None:
        """Add ``count`` samples of nothing: time that passed without a reading (off, link lost).

        ``until`` is their end; without it they follow the last sample.
        """
        nothing = [math.nan] * (len(KEPT) + len(self._layout))
        with self._lock:
            last = self._times[self._next - 1] if self._times else 0.0
            end = last + count * self._interval if until is None else until
            for row in range(min(count, self._capacity) - 1, -1, -1):
                self._put(end - row * self._interval, nothing)

    def resize(self, capacity: int) -> None:
        """Keep another number of samples, the newest of those there are."""
        if capacity < 1:
            raise ValueError("capacity must be at least 1")
        with self._lock:
            if capacity == self._capacity:
                return
            drop = max(0, len(self._times) - capacity)
            self._times = self._straight(self._times)[drop:]
            self._columns = {
                series: self._straight(column)[drop:] for series, column in self._columns.items()
            }
            self._capacity, self._next = capacity, 0
            self._arrange(self._layout)

    def _measure(self, is_guest: bool) -> None:
        """Take note of whose view of memory follows, and drop what was measured the other way."""
        if self._memory_is_guest not in (None, is_guest):
            self._columns[_MEMORY][:] = array("f", [math.nan]) * len(self)
        self._memory_is_guest = is_guest

    def _arrange(self, layout: list[Series]) -> None:
        """Find or make the columns of another set of series."""
        columns, wanted = self._columns, layout[:MOST_SERIES]
        if self._rows_told - self._looked_at > self._capacity or len(columns) > MOST_SERIES:
            self._looked_at = self._rows_told
            self._drop_unseen(set(wanted))
        for series in wanted:
            if series not in columns:
                columns[series] = array("f", [math.nan]) * len(self)
        self._layout = layout
        self._places = [columns[series] for series in (*_TOTALS, *wanted)]
        told = {id(column) for column in self._places}
        self._others = [column for column in columns.values() if id(column) not in told]

    def _drop_unseen(self, wanted: set[Series]) -> None:
        """Drop the columns that are all gap by now, and when there are too many the others too."""
        many = len(self._columns) > MOST_SERIES
        for series in [one for one in self._columns if one not in wanted and one not in _TOTALS]:
            if many or all(map(math.isnan, self._columns[series])):
                del self._columns[series]

    def _put(self, when: float, values: Sequence[float]) -> None:
        """Put one row; values beyond the columns are not kept."""
        if self._rows_told:
            when = max(when, self._times[self._next - 1])  # Searched by bisection.
        self._rows_told += 1
        if len(self._times) < self._capacity:
            self._times.append(when)
            for column, value in zip(self._places, values, strict=False):
                column.append(value)
            for column in self._others:
                column.append(math.nan)
            return
        place = self._next
        self._times[place] = when
        for column, value in zip(self._places, values, strict=False):
            column[place] = value
        for column in self._others:
            column[place] = math.nan
        self._next = (place + 1) % self._capacity

    # -- any thread -----------------------------------------------------------------------------

    def tail(self, metric: Metric, count: int) -> list[float]:
        """Return the last ``count`` values (or as many as there are), oldest first; nan is a gap."""
        with self._lock:
            column = self._columns.get(Series(metric))
            size, begin = len(self._times), self._next
            count = max(0, min(count, size))
            if column is None:
                return [math.nan] * count
            if count <= begin or not begin:
                end = begin or size
                return column[end - count : end].tolist()
            return column[size - (count - begin) :].tolist() + column[:begin].tolist()

    def window(self, series: Series, start: float, step: float, count: int) -> Window:
        """What is known of ``count`` steps of ``step`` seconds from ``start`` (Unix seconds) on.

        A reading belongs to the steps whose middle it covers, else to the one in which its own middle lies:
        an unsteady tick makes no gap, a missed one does. Never raises.
        """
        offset, blank = self._offset(), windows.empty(start, step, count)
        with self._lock:
            column = self._columns.get(series)
            if column is None:
                return blank
            times, values = self._straight(self._times), self._straight(column)
        return windows.binned(times, values, self._interval, blank, offset)

    def series_of(self, start: float, end: float) -> tuple[Series, ...]:
        """Every series of which something is known between these Unix seconds, in the order of ``Metric``."""
        offset = self._offset()
        with self._lock:
            times = self._straight(self._times)
            first = bisect_right(times, start - offset)
            last = bisect_left(times, end - offset) + 1
            found = [
                series
                for series, column in self._columns.items()
                if not all(map(math.isnan, self._straight(column)[first:last]))
            ]
        return tuple(sorted(found, key=_rank))

    def _straight(self, ring: array[float]) -> array[float]:
        """A copy of a ring, oldest first."""
        return ring[self._next :] + ring[: self._next]


def _rank(series: Series) -> tuple[int, int, str]:
    """The order of ``Metric``; vCPUs by number, other parts by name, the whole before them."""
    number = int(series.instance) if series.instance.isdecimal() and len(series.instance) < 9 else -1
    return _ORDER[series.metric], number, series.instance
