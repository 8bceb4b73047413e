"""The ring of samples behind the graphs: one fixed-size ring of numbers per metric, per domain."""

from __future__ import annotations

import math
import threading
from array import array

from tuivm.model.series import Metric
from tuivm.model.stats import Sample

KEPT = (
    Metric.CPU,
    Metric.MEMORY,
    Metric.DISK_READ,
    Metric.DISK_WRITE,
    Metric.NET_RX,
    Metric.NET_TX,
)
"""What a ring keeps of each sample."""
_WIDTH = len(KEPT)
_OFFSET = {metric: number for number, metric in enumerate(KEPT)}
_NOTHING = array("d", [math.nan] * _WIDTH)


class History:
    """The last ``capacity`` samples of one domain. Grows only as far as it is filled.

    One thread appends, any thread reads. A value that was not told is nan: a gap in the graph.
    The guest's view of its memory and the host's are two measures: when one takes the place of the
    other, what was kept of the first becomes a gap.
    """

    def __init__(self, capacity: int = 900) -> None:
        if capacity < 1:
            raise ValueError("capacity must be at least 1")
        self._capacity = capacity
        self._ring = array("d")
        """Rows of one value per metric; the oldest row is at ``_next`` once it is full."""
        self._next = 0
        self._memory_is_guest: bool | None = None
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._ring) // _WIDTH

    @property
    def capacity(self) -> int:
        """How many samples are kept at most."""
        return self._capacity

    def append(self, sample: Sample) -> None:
        """Add one sample, dropping the oldest when full."""
        values = (
            sample.cpu,
            sample.memory_used,
            sample.disk_read,
            sample.disk_write,
            sample.net_rx,
            sample.net_tx,
        )
        row = array("d", [math.nan if value is None else value for value in values])
        with self._lock:
            if sample.memory_used is not None:
                self._measure(sample.memory_is_guest)
            self._put(row)

    def gap(self, count: int) -> None:
        """Add ``count`` samples of nothing: time that passed without a reading (off, link lost)."""
        with self._lock:
            for _ in range(min(count, self._capacity)):
                self._put(_NOTHING)

    def tail(self, metric: Metric, count: int) -> list[float]:
        """Return the last ``count`` values (or as many as there are), oldest first; nan is a gap."""
        with self._lock:
            values = self._ring[_OFFSET[metric] :: _WIDTH].tolist()
            begin = self._next
        count = max(0, min(count, len(values)))
        if begin:
            values = values[begin:] + values[:begin]
        return values[len(values) - count :]

    def _measure(self, is_guest: bool) -> None:
        """Take note of whose view of memory follows, and drop what was measured the other way."""
        if self._memory_is_guest not in (None, is_guest):
            self._ring[_OFFSET[Metric.MEMORY] :: _WIDTH] = array("d", [math.nan] * len(self))
        self._memory_is_guest = is_guest

    def _put(self, row: array[float]) -> None:
        if len(self) < self._capacity:
            self._ring.extend(row)
            return
        self._ring[self._next * _WIDTH : (self._next + 1) * _WIDTH] = row
        self._next = (self._next + 1) % self._capacity
