"""The figure, or word, by which a domain stands in a column of the list. Pure."""

from __future__ import annotations

from collections.abc import Callable

from tuivm.model.column import SortColumn
from tuivm.model.domain import Domain, State
from tuivm.model.series import Metric, Series
from tuivm.model.stats import Sample

Value = float | str | None
"""None where there is no value. All values of one column are of one type."""
ValueOf = Callable[[Domain, Sample | None], Value]
FigureOf = Callable[[Domain, Sample | None], float | None]

_STATE_RANK = {state: float(rank) for rank, state in enumerate(State)}


def total(first: float | None, second: float | None) -> float | None:
    """Add two figures of which either may not be known; None when both are not."""
    if first is None and second is None:
        return None
    return (first or 0.0) + (second or 0.0)


def further(sample: Sample | None, metric: Metric) -> float | None:
    """What a sample tells beyond its own fields, of the whole domain; None where it does not."""
    return sample.more.get(Series(metric)) if sample is not None and sample.more else None


def operations(sample: Sample | None) -> float | None:
    """Requests to all disks a second."""
    return total(further(sample, Metric.DISK_READ_OPS), further(sample, Metric.DISK_WRITE_OPS))


def memory_share(sample: Sample | None) -> float | None:
    """Memory used in percent of that given."""
    if sample is None or sample.memory_used is None or not sample.memory_given:
        return None
    return 100.0 * sample.memory_used / sample.memory_given


FIGURES: dict[SortColumn, FigureOf] = {
    SortColumn.STATE: lambda domain, _: _STATE_RANK[domain.state],
    SortColumn.CPU: lambda _, sample: sample.cpu if sample else None,
    SortColumn.MEMORY: lambda _, sample: sample.memory_used if sample else None,
    SortColumn.MEMORY_PERCENT: lambda _, sample: memory_share(sample),
    SortColumn.RSS: lambda _, sample: further(sample, Metric.RSS),
    SortColumn.WAIT: lambda _, sample: further(sample, Metric.CPU_WAIT),
    SortColumn.VCPUS: lambda domain, _: domain.vcpus or None,
    SortColumn.DISK: lambda _, sample: total(sample.disk_read, sample.disk_write) if sample else None,
    SortColumn.DISK_READ: lambda _, sample: sample.disk_read if sample else None,
    SortColumn.DISK_WRITE: lambda _, sample: sample.disk_write if sample else None,
    SortColumn.OPS: lambda _, sample: operations(sample),
    SortColumn.NET: lambda _, sample: total(sample.net_rx, sample.net_tx) if sample else None,
    SortColumn.NET_RX: lambda _, sample: sample.net_rx if sample else None,
    SortColumn.NET_TX: lambda _, sample: sample.net_tx if sample else None,
    SortColumn.UPTIME: lambda domain, _: None if domain.started is None else -domain.started,
    SortColumn.AUTOSTART: lambda domain, _: None if domain.autostart is None else float(domain.autostart),
    SortColumn.SNAPSHOTS: lambda domain, _: float(domain.has_snapshots),
    SortColumn.ID: lambda domain, _: None if domain.id is None else float(domain.id),
}
"""Figures of every column that has some. The uptime's is the negative of the start (Unix seconds)."""

VALUES: dict[SortColumn, ValueOf] = {
    **FIGURES,
    SortColumn.TITLE: lambda domain, _: domain.title.casefold() or None,
    SortColumn.TAGS: lambda domain, _: " ".join(domain.tags).casefold() or None,
    SortColumn.HOST: lambda domain, _: domain.key.connection,
}
"""Of every column but the name, whose order is that of people."""
