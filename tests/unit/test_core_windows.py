"""A stretch of the past in equal steps: what came when it came, and gaps only where nothing came."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tuivm.core.clock import Clock
from tuivm.core.history import MOST_SERIES, History
from tuivm.core.past import RecentPast
from tuivm.model.domain import DomainKey
from tuivm.model.series import Metric, Series, Window
from tuivm.model.stats import Sample

CPU = Series(Metric.CPU)
KEY = DomainKey("test:///default", "u")


def reading(value: float | None, *parts: tuple[Series, float]) -> Sample:
    return Sample(0.0, cpu=value, more=dict(parts))


def steady(count: int, capacity: int = 100, begin: float = 1000.0) -> History:
    """A reading a second, of the number of the second."""
    history = History(capacity)
    for second in range(1, count + 1):
        history.append(reading(float(second)), begin + second)
    return history


def signs(window: Window) -> str:
    """The window: one sign a step, a dot where nothing is known."""
    return "".join("." if math.isnan(value) else "x" for value in window.average)


def test_each_reading_in_its_step() -> None:
    window = steady(5).window(CPU, 1000.0, 1.0, 7)
    assert window.average[:5] == window.lowest[:5] == window.highest[:5] == (1.0, 2.0, 3.0, 4.0, 5.0)
    assert signs(window) == "xxxxx.."
    assert (window.start, window.step, window.end) == (1000.0, 1.0, 1007.0)


def test_several_readings_in_a_step() -> None:
    window = steady(8).window(CPU, 1000.0, 4.0, 3)
    assert window.average[:2] == (2.5, 6.5)
    assert window.lowest[:2] == (1.0, 5.0)
    assert window.highest[:2] == (4.0, 8.0)
    assert signs(window) == "xx."


def test_steps_shorter_than_readings_are_no_comb() -> None:
    window = steady(3).window(CPU, 1000.0, 0.25, 16)
    assert window.average[:12] == (1.0,) * 4 + (2.0,) * 4 + (3.0,) * 4
    assert signs(window) == "x" * 12 + "...."


def test_what_was_missed_is_a_gap_of_its_length() -> None:
    history = steady(3)
    history.gap(4, 1007.0)
    history.append(reading(8.0), 1008.0)
    assert signs(history.window(CPU, 1000.0, 1.0, 9)) == "xxx....x."
    assert signs(history.window(CPU, 1000.0, 0.5, 18)) == "xxxxxx........xx.."


def test_a_reading_never_tells_of_more_than_its_time_though_nobody_said_gap() -> None:
    history = steady(2)
    history.append(reading(9.0), 1010.0)
    assert signs(history.window(CPU, 1000.0, 1.0, 10)) == "xx.......x"


def test_a_reading_of_several_intervals_fills_them() -> None:
    history = steady(2)
    history.append(reading(7.0), 1007.0, rows=5)
    assert history.window(CPU, 1000.0, 1.0, 7).average == (1.0, 2.0, 7.0, 7.0, 7.0, 7.0, 7.0)
    assert history.tail(Metric.CPU, 3) == [7.0, 7.0, 7.0]


@given(st.lists(st.floats(0.55, 1.45), min_size=3, max_size=80), st.floats(0.1, 30.0), st.floats(0, 5))
def test_an_unsteady_tick_makes_no_gap(apart: list[float], step: float, shift: float) -> None:
    history, now = History(100), 1000.0
    for seconds in apart:
        now += seconds
        history.append(reading(1.0), now)
    count = int((now - 1001.0 - shift) / step)
    assume(count > 0)
    window = history.window(CPU, 1000.0 + shift + 1.0, step, count)
    assert signs(window) == "x" * count


@given(
    st.lists(st.tuples(st.floats(0.5, 9.0), st.none() | st.floats(0, 100, width=32)), max_size=60),
    st.floats(0.1, 50.0),
    st.floats(-100.0, 100.0),
    st.integers(1, 100),
    st.integers(1, 80),
)
def test_every_step_tells_of_readings_that_were_there(
    readings: list[tuple[float, float | None]], step: float, shift: float, capacity: int, count: int
) -> None:
    history, now, kept = History(capacity), 1000.0, []
    for seconds, value in readings:
        now += seconds
        history.append(reading(value), now)
        kept.append((now, value))
    window = history.window(CPU, 1000.0 + shift, step, count)
    assert len(window.average) == len(window.lowest) == len(window.highest) == count
    there = {value for _, value in kept[-capacity:] if value is not None}
    for mean, low, high in zip(window.average, window.lowest, window.highest, strict=True):
        if math.isnan(mean):
            assert math.isnan(low)
            assert math.isnan(high)
            continue
        assert {low, high} <= there
        assert low <= mean * 1.000001 + 1e-9
        assert mean <= high * 1.000001 + 1e-9
    inside = [
        (end, value)
        for end, value in kept[-capacity:]
        if value is not None and 1001.0 + shift < end < 999.0 + shift + step * count
    ]
    if inside and step > 3.0:
        assert signs(window).count("x") > 0


def test_a_series_that_comes_and_goes() -> None:
    disk = Series(Metric.DISK_READ, "vdb")
    history = History(10)
    history.append(reading(1.0), 1001.0)
    history.append(reading(2.0, (disk, 5.0)), 1002.0)
    history.append(reading(3.0), 1003.0)
    assert signs(history.window(disk, 1000.0, 1.0, 3)) == ".x."
    assert history.series_of(1000.0, 1003.0) == (CPU, disk)
    assert history.series_of(1000.0, 1000.9) == (CPU,)
    assert history.series_of(1002.0, 1003.0) == (CPU,)
    assert history.series_of(2000.0, 3000.0) == ()
    assert history.window(Series(Metric.RSS), 1000.0, 1.0, 3).is_empty
    assert math.isnan(history.tail(Metric.RSS, 1)[0])


def test_series_are_in_the_order_of_the_metrics_and_vcpus_in_that_of_their_numbers() -> None:
    named = [("10", Metric.CPU), ("9", Metric.CPU), ("vdb", Metric.DISK_READ), ("vda", Metric.DISK_READ)]
    history = History(5)
    history.append(reading(1.0, *((Series(metric, name), 1.0) for name, metric in named)), 1001.0)
    found = history.series_of(1000.0, 1001.0)
    assert [one.instance for one in found] == ["", "9", "10", "vda", "vdb"]


def test_a_series_that_is_gone_for_the_length_of_the_ring_takes_no_room() -> None:
    history = History(10)
    for number in range(200):
        part = Series(Metric.NET_RX, f"vnet{number // 5}")
        history.append(reading(1.0, (part, 1.0)), 1000.0 + number)
    assert len(history._columns) < 20


def test_a_flood_of_series_is_bounded() -> None:
    history = History(4)
    for second in range(6):
        parts = [(Series(Metric.NET_RX, f"{second}-{number}"), 1.0) for number in range(700)]
        history.append(reading(float(second), *parts), 1000.0 + second)
    assert len(history._columns) <= MOST_SERIES + 700
    many = [(Series(Metric.NET_TX, str(number)), 2.0) for number in range(MOST_SERIES * 2)]
    for second in range(6, 12):
        history.append(reading(float(second), *many), 1000.0 + second)
    assert history.tail(Metric.CPU, 9) == [8.0, 9.0, 10.0, 11.0]
    assert history.window(many[0][0], 1007.0, 1.0, 4).average == (2.0,) * 4


@given(st.integers(1, 40), st.integers(1, 20), st.integers(1, 40))
def test_another_size_keeps_the_newest(count: int, old: int, new: int) -> None:
    history = steady(count, old)
    part = Series(Metric.RSS)
    history.append(reading(0.0, (part, 1.0)), 1001.0 + count)
    before = history.tail(Metric.CPU, old)
    history.resize(new)
    assert history.tail(Metric.CPU, old) == before[-new:]
    for second in range(new + 1):
        history.append(reading(float(second), (part, float(second))), 1002.0 + count + second)
    assert history.tail(Metric.CPU, new) == [float(second) for second in range(1, new + 1)]
    assert history.tail(Metric.RSS, new) == [float(second) for second in range(1, new + 1)]
    assert len(history) == new


@pytest.mark.parametrize("start", [math.nan, math.inf, -1e300, 0.0, 1000.0, 1e300])
@pytest.mark.parametrize("step", [math.nan, math.inf, -1.0, 0.0, 1e-300, 1.0, 1e300])
@pytest.mark.parametrize("count", [-1, 0, 3])
def test_a_window_of_nonsense_is_a_gap_and_never_raises(start: float, step: float, count: int) -> None:
    window = steady(5).window(CPU, start, step, count)
    assert len(window.average) == max(0, count)


class Clocks:
    """Clocks that are set by hand."""

    def __init__(self) -> None:
        self.monotonic, self.steady, self.unix = 100.0, 100.0, 1_700_000_000.0

    def clock(self) -> Clock:
        return Clock(lambda: self.unix, lambda: self.monotonic, lambda: self.steady)

    def pass_time(self, seconds: float, *, asleep: bool = False) -> None:
        self.unix += seconds
        self.steady += seconds
        self.monotonic += 0 if asleep else seconds


@pytest.mark.parametrize("jump", [-86400.0, -3.0, 3.0, 86400.0])
def test_a_clock_that_is_set_moves_all_along_and_reorders_nothing(jump: float) -> None:
    clocks = Clocks()
    clock = clocks.clock()
    history = History(50, offset=lambda: clock.offset)
    for second in range(20):
        clocks.pass_time(1.0)
        if second == 10:
            clocks.unix += jump
        clock.look()
        history.append(reading(float(second)), clock.steady(clocks.monotonic))
    window = history.window(CPU, clocks.unix - 20, 1.0, 20)
    assert window.average == tuple(map(float, range(20)))


def test_a_sleep_is_a_gap() -> None:
    clocks = Clocks()
    clock = clocks.clock()
    begin = clocks.unix
    history = History(50, offset=lambda: clock.offset)
    for second in range(4):
        clocks.pass_time(1.0)
        if second == 2:
            clocks.pass_time(6.0, asleep=True)
        clock.look()
        history.append(reading(float(second)), clock.steady(clocks.monotonic))
    assert signs(history.window(CPU, begin, 1.0, 10)) == "xx......xx"


def test_a_clock_read_on_a_busy_machine_is_not_believed() -> None:
    clocks = Clocks()

    def slow() -> float:
        clocks.pass_time(2.0)
        return clocks.unix

    clock = Clock(lambda: clocks.unix, lambda: clocks.monotonic, lambda: clocks.steady)
    before = clock.offset
    busy = Clock(slow, lambda: clocks.monotonic, lambda: clocks.steady)
    held = busy.offset
    busy.look()
    clock.look()
    assert busy.offset == held
    assert clock.offset == before


def test_the_clocks_of_this_machine_agree() -> None:
    clock = Clock()
    offsets = []
    for _ in range(3):
        clock.look()
        offsets.append(clock.offset)
    assert all(abs(one - other) < 1 for one, other in pairwise(offsets))


def test_the_past_of_a_domain_that_nobody_knows_is_a_gap() -> None:
    past = RecentPast({KEY: steady(3)})
    assert past.window(KEY, CPU, 1000.0, 1.0, 3).average == (1.0, 2.0, 3.0)
    assert past.series_of(KEY, 1000.0, 1003.0) == (CPU,)
    other = DomainKey("test:///default", "other")
    assert past.window(other, CPU, 1000.0, 1.0, 3).is_empty
    assert past.series_of(other, 1000.0, 1003.0) == ()
