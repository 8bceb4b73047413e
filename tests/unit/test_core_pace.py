"""How far apart readings are."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tuivm.core import pace
from tuivm.core.pace import LEVELS, Pace, Pacer, Slowness


class Clock:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(pace, "time", made)
    return made


def read(pacer: Pacer, clock: Clock, cost: float) -> None:
    """Wait until a reading is due, and let it take that long."""
    clock.now = max(clock.now, pacer.due)
    pacer.begin()
    clock.now += cost
    pacer.end()
    pacer.plan()


def test_cheap_readings_come_as_configured(clock: Clock) -> None:
    pacer = Pacer(1.0)
    pacer.restart()
    for tick in range(5):
        assert pacer.due == 1000.0 + tick
        read(pacer, clock, 0.19)
    assert pacer.pace == Pace(1.0)
    assert pacer.pace.words == ""


def test_readings_of_more_than_a_fifth_slow_the_pace_and_cheap_ones_quicken_it(clock: Clock) -> None:
    pacer = Pacer(1.0)
    pacer.restart()
    read(pacer, clock, 0.5)
    assert pacer.seconds == 1.0, "one may have been an accident"
    read(pacer, clock, 0.5)
    assert pacer.pace == Pace(2.0, frozenset({Slowness.COST}))
    read(pacer, clock, 0.5)
    assert pacer.pace == Pace(3.0, frozenset({Slowness.COST}))
    assert pacer.pace.words == "every 3 s"
    read(pacer, clock, 0.36)
    assert pacer.seconds == 3.0, "hardly cheaper"
    read(pacer, clock, 0.1)
    assert pacer.pace == Pace(1.0)


def test_a_host_that_answers_in_ten_seconds_is_not_asked_all_the_time(clock: Clock) -> None:
    pacer = Pacer(1.0)
    pacer.restart()
    begins = []
    for _ in range(8):
        clock.now = max(clock.now, pacer.due)
        begins.append(clock.now)
        read(pacer, clock, 10.0)
    apart = [round(later - earlier) for earlier, later in pairwise(begins)]
    assert apart == [11, 20, 20, 30, 60, 60, 60]
    assert pacer.seconds == LEVELS[-1]
    read(pacer, clock, 0.01)
    assert pacer.seconds == 1.0


def test_it_is_said_that_the_host_does_not_answer(clock: Clock) -> None:
    pacer = Pacer(1.0)
    pacer.restart()
    pacer.begin()
    clock.now += 2.9
    assert pacer.pace.words == ""
    clock.now += 1.7
    assert pacer.pace.words == "no answer for 4 s"
    pacer.end()
    assert pacer.pace.waiting is None


def test_who_asks_for_slower_readings_gets_them_until_it_is_over(clock: Clock) -> None:
    pacer = Pacer(1.0)
    pacer.restart()
    read(pacer, clock, 0.0)
    assert pacer.ask(Slowness.AWAY, 3.0)
    assert pacer.due == 1003.0
    assert pacer.ask(Slowness.LINK, 5.0)
    assert not pacer.ask(Slowness.AWAY, None)
    assert pacer.pace == Pace(5.0, frozenset({Slowness.LINK}))
    read(pacer, clock, 0.0)
    assert pacer.due == 1010.0
    assert pacer.ask(Slowness.LINK, None)
    assert pacer.due == 1006.0, "not only when the slow pace is over"
    assert pacer.apart == 5.0, "nor is the reading before it a missed one"


def test_a_wish_for_less_than_configured_changes_nothing(clock: Clock) -> None:
    pacer = Pacer(10.0)
    pacer.restart()
    assert not pacer.ask(Slowness.AWAY, 3.0)
    assert pacer.pace == Pace(10.0)
    read(pacer, clock, 1.0)
    read(pacer, clock, 1.0)
    assert pacer.pace == Pace(10.0)


@pytest.mark.parametrize("interval", [0.2, 1.0, 7.0, 60.0])
@pytest.mark.parametrize("cost", [0.0, 0.05, 0.3, 1.0, 4.0, 100.0])
def test_the_pace_is_never_quicker_than_configured_and_bounded(
    clock: Clock, interval: float, cost: float
) -> None:
    pacer = Pacer(interval)
    pacer.restart()
    for _ in range(12):
        read(pacer, clock, cost)
        assert pacer.due > clock.now - 1e-6, "no ticks pile up"
    assert interval <= pacer.seconds <= max(interval, LEVELS[-1])
    if cost * 5 <= LEVELS[-1]:
        assert pacer.seconds >= cost * 5
