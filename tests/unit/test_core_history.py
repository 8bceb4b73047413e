"""The ring of samples."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.core.history import KEPT, History
from tuivm.model.series import Metric
from tuivm.model.stats import Sample

VALUES = st.lists(st.none() | st.floats(0, 100, width=32), max_size=60)


def filled(values: list[float | None], capacity: int) -> History:
    history = History(capacity)
    for time, value in enumerate(values):
        history.append(Sample(float(time), cpu=value, memory_used=time))
    return history


@given(VALUES, st.integers(1, 20), st.integers(-2, 70))
def test_tail_is_the_end_of_everything_appended(
    values: list[float | None], capacity: int, count: int
) -> None:
    history = filled(values, capacity)
    kept = values[-capacity:]
    expected = [
        math.nan if value is None else value for value in kept[len(kept) - min(max(count, 0), len(kept)) :]
    ]
    tail = history.tail(Metric.CPU, count)
    assert len(history) == len(kept)
    assert [repr(value) for value in tail] == [repr(value) for value in map(float, expected)]


@given(VALUES, st.integers(0, 200), st.integers(1, 20))
def test_a_gap_is_as_long_as_told_and_no_longer_than_the_ring(
    values: list[float | None], gap: int, capacity: int
) -> None:
    history = filled(values, capacity)
    history.gap(gap)
    tail = history.tail(Metric.MEMORY, capacity)
    assert len(tail) == min(capacity, len(values) + gap)
    blanks = min(gap, capacity)
    assert all(math.isnan(value) for value in tail[len(tail) - blanks :])
    expected = list(range(len(values)))[-(len(tail) - blanks) :] if len(tail) > blanks else []
    assert tail[: len(tail) - blanks] == [float(value) for value in expected]


def test_every_metric_has_its_own_ring() -> None:
    history = History(3)
    history.append(Sample(0.0, 1.0, 2, 99, True, 3.0, 4.0, 5.0, 6.0))
    assert [history.tail(metric, 1) for metric in KEPT] == [[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]]


def test_a_ring_needs_room() -> None:
    with pytest.raises(ValueError, match="capacity"):
        History(0)


def test_the_guests_view_and_the_hosts_are_never_in_one_graph() -> None:
    history = History(4)
    views = [False, False, True, True, True, False]
    seen = []
    for time, guest in enumerate(views):
        history.append(Sample(float(time), cpu=1.0, memory_used=time, memory_is_guest=guest))
        seen.append([value for value in history.tail(Metric.MEMORY, 4) if not math.isnan(value)])
    assert seen == [[0], [0, 1], [2], [2, 3], [2, 3, 4], [5]]
    assert history.tail(Metric.CPU, 4) == [1.0] * 4
