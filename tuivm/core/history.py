"""The ring of samples behind the graphs: one fixed-size ring of numbers per metric, per domain."""

from __future__ import annotations

import math
import threading
from array import array
from enum import StrEnum

from tuivm.model.stats import Sample


class Metric(StrEnum):
    """What a graph can show."""

    CPU = "cpu"
    """Percent of all vCPUs, 0..100."""
    MEMORY = "memory"
    """Bytes used."""
    DISK_READ = "disk-read"
    """Bytes a second."""
    DISK_WRITE = "disk-write"
    """Bytes a second."""
    NET_RX = "net-rx"
    """Bytes a second."""
    NET_TX = "net-tx"
    """Bytes a second."""


class History:
    """The last ``capacity`` samples of one domain. Grows only as far as it is filled.

    One thread appends, any thread reads. A value that was not told is nan: a gap in the graph.
    """

    def __init__(self, capacity: int = 900) -> None:
        if capacity < 1:
            raise ValueError("capacity must be at least 1")
        self._capacity = capacity
        self._rings: dict[Metric, array[float]] = {metric: array("d") for metric in Metric}
        self._next = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._rings[Metric.CPU])

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
        with self._lock:
            self._put([math.nan if value is None else float(value) for value in values])

    def gap(self, count: int) -> None:
        """Add ``count`` samples of nothing: time that passed without a reading (off, link lost)."""
        nothing = [math.nan] * len(Metric)
        with self._lock:
            for _ in range(min(count, self._capacity)):
                self._put(nothing)

    def tail(self, metric: Metric, count: int) -> list[float]:
        """Return the last ``count`` values (or as many as there are), oldest first; nan is a gap."""
        with self._lock:
            ring = self._rings[metric]
            count = max(0, min(count, len(ring)))
            if not count:
                return []
            begin = self._next - count
            if begin >= 0:
                return ring[begin : self._next].tolist()
            return ring[begin:].tolist() + ring[: self._next].tolist()

    def _put(self, values: list[float]) -> None:
        full = len(self) >= self._capacity
        at = self._next % self._capacity
        for ring, value in zip(self._rings.values(), values, strict=True):
            if full:
                ring[at] = value
            else:
                ring.append(value)
        self._next = at + 1
