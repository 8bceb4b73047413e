"""The time axis: frames that do not tremble, ticks at round times, and where it is looked at."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuivm.model.look import Look
from tuivm.model.timeline import (
    DAY,
    HOUR,
    SPANS,
    STEPS,
    Frame,
    cell_of,
    frame,
    moment_word,
    span_word,
    ticks,
)

NOW = 1_790_000_000.0
"""2026-09-21 14:13:20 UTC."""
SPAN = st.sampled_from([seconds for seconds, _ in SPANS])
COLUMNS = st.integers(10, 400)
LEAST = st.sampled_from([0.2, 1.0, 2.0, 7.0, 60.0])
WHEN = st.floats(1e9, 2e9)


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Berlin, which puts its clocks forward and back."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@given(WHEN, SPAN, COLUMNS, LEAST)
def test_a_frame_holds_its_span_and_its_end(end: float, span: float, columns: int, least: float) -> None:
    found = frame(end, span, columns, least)
    assert found.count * found.columns <= columns
    assert found.count * found.step >= span * 0.95 * (1 - 1e-9)
    if span >= columns * least and columns >= 30:
        assert found.count * found.step <= span * 1.5
    assert found.step >= least * (1 - 1e-9)
    assert found.holds(end)
    assert found.index(end) == found.count - 1
    assert found.start == pytest.approx(round(found.start / found.step) * found.step)


@given(WHEN, SPAN, COLUMNS, LEAST, st.floats(0, 1))
def test_time_only_moves_a_frame(end: float, span: float, columns: int, least: float, part: float) -> None:
    before = frame(end, span, columns, least)
    after = frame(end + before.step * part, span, columns, least)
    assert (after.step, after.count, after.columns) == (before.step, before.count, before.columns)
    assert after.first - before.first in (0, 1)


@given(WHEN, SPAN, COLUMNS, st.integers(1, 2))
def test_every_step_has_a_cell(end: float, span: float, cells: int, per_cell: int) -> None:
    found = frame(end, span, cells * per_cell, 1.0)
    places = [cell_of(found, found.time(index), cells, per_cell) for index in range(found.count)]
    assert places == sorted(places)
    assert places[0] >= 0
    assert places[-1] < cells
    assert cell_of(found, found.end, cells, per_cell) == cells


@given(WHEN, SPAN, COLUMNS, st.integers(1, 2))
def test_ticks_are_in_order_and_have_room(end: float, span: float, cells: int, per_cell: int) -> None:
    found = ticks(frame(end, span, cells * per_cell, 1.0), cells, per_cell)
    assert all(0 <= tick.cell < cells for tick in found)
    for before, after in pairwise(found):
        assert after.cell - before.cell > len(before.word)


@pytest.mark.usefixtures("utc")
def test_ticks_stand_at_round_times() -> None:
    def words(span: float, cells: int = 90) -> list[str]:
        return [tick.word for tick in ticks(frame(NOW, span, cells * 2, 1.0), cells, 2)]

    assert words(60)[:2] == ["14:12:30", "14:12:40"]
    assert words(HOUR)[:2] == ["13:20", "13:30"]
    assert words(DAY)[:3] == ["15:00", "18:00", "21:00"]
    assert "21 Sep" in words(DAY)
    assert words(7 * DAY)[:2] == ["15 Sep", "16 Sep"]


@pytest.mark.usefixtures("zone")
def test_ticks_stand_at_round_times_of_a_clock_that_was_put_back() -> None:
    """In Berlin the clocks were put back on 2026-10-25 at 03:00."""
    end = 1_793_052_000.0  # 2026-10-26 23:00 CET
    found = ticks(frame(end, 7 * DAY, 180, 1.0), 90, 2)
    assert [tick.word for tick in found] == [f"{day} Oct" for day in range(20, 27)]
    shown = frame(end, 7 * DAY, 180, 1.0)
    for tick in found:
        middle = shown.end - (90 - tick.cell - 0.5) * 2 * shown.step
        assert abs((time.localtime(middle).tm_hour + 12) % 24 - 12) <= 2


@pytest.mark.usefixtures("utc")
def test_words_of_moments() -> None:
    assert moment_word(NOW, 1, NOW) == "14:13:20"
    assert moment_word(NOW, 60, NOW) == "14:13"
    assert moment_word(NOW - DAY, 60, NOW) == "Sun 20 Sep 14:13"
    assert moment_word(NOW + 0.2, 0.2, NOW) == "14:13:20.2"
    assert span_word(300) == "5 min"
    assert span_word(7) == "7 s"


def test_steps_and_spans_ascend() -> None:
    assert list(STEPS) == sorted(STEPS)
    assert [seconds for seconds, _ in SPANS] == sorted(seconds for seconds, _ in SPANS)


MOVES = st.lists(
    st.sampled_from(
        ("left", "right", "far left", "earlier", "later", "home", "end", "longer", "shorter", "jump", "tick")
    ),
    max_size=40,
)


@settings(max_examples=300)
@given(MOVES, COLUMNS, st.floats(-10 * DAY, 10))
def test_the_cursor_is_always_in_sight(moves: list[str], columns: int, target: float) -> None:
    look, now = Look(), NOW
    for move in moves:
        shown = look.frame(now, columns, 1.0)
        if move == "tick":
            now += 1
        look = {
            "left": lambda look, shown, now: look.move(shown, -1, now),
            "right": lambda look, shown, now: look.move(shown, 1, now),
            "far left": lambda look, shown, now: look.move(shown, -10, now),
            "earlier": lambda look, shown, now: look.pan(shown, -0.5, now),
            "later": lambda look, shown, now: look.pan(shown, 0.5, now),
            "home": lambda look, shown, now: look.edge(shown, now, last=False),
            "end": lambda look, shown, now: look.edge(shown, now, last=True),
            "longer": lambda look, shown, now: look.longer(1, now),
            "shorter": lambda look, shown, now: look.longer(-1, now),
            "jump": lambda look, shown, now: look.jump(NOW + target, now),
            "tick": lambda look, shown, now: look,
        }[move](look, shown, now)
        look = look.settle(look.frame(now, columns, 1.0))
        after = look.frame(now, columns, 1.0)
        assert after.end <= now + after.step * (1 + 1e-9)
        if look.cursor is not None:
            assert look.cursor <= now
            assert after.holds(look.cursor), (move, look, after)


def frames(look: Look, now: float = NOW) -> Frame:
    return look.frame(now, 100, 1.0)


def test_moves() -> None:
    look = Look(300.0)
    shown = frames(look)
    first = look.move(shown, -1, NOW)
    assert first.cursor == shown.time(shown.count - 1)
    assert first.move(shown, -1, NOW).cursor == shown.time(shown.count - 2)
    assert first.move(shown, 1, NOW).cursor == first.cursor
    assert look.edge(shown, NOW, last=False).cursor == shown.start
    assert first.now() == look


def test_panning_and_back_to_the_present() -> None:
    look = Look(300.0)
    back = look.pan(frames(look), -0.5, NOW)
    assert not back.follows
    assert frames(back).end == frames(look).end - frames(look).step * frames(look).count / 2
    assert back.pan(frames(back), 0.5, NOW).follows


def test_a_cursor_stays_at_its_time_when_the_present_goes_on() -> None:
    look = Look(60.0).edge(Look(60.0).frame(NOW, 60, 1.0), NOW, last=False)
    later = NOW + 30
    kept = look.settle(look.frame(later, 60, 1.0))
    assert kept.cursor == look.cursor
    assert not kept.follows
    assert kept.frame(later, 60, 1.0).index(look.cursor or 0) == 0
    same = Look(60.0, None, NOW - 5)
    assert same.settle(same.frame(later, 60, 1.0)) == same


def test_end_pressed_twice_follows_the_present() -> None:
    look = Look(60.0, NOW - 5000)
    once = look.edge(frames(look), NOW, last=True)
    assert not once.follows
    assert once.edge(frames(once), NOW, last=True).follows


def test_a_jump_moves_only_as_far_as_it_must() -> None:
    look = Look(300.0)
    assert look.jump(NOW - 100, NOW) == Look(300.0, None, NOW - 100)
    far = look.jump(NOW - DAY, NOW)
    assert far.end == NOW - DAY + 150
    assert look.jump(NOW + 50, NOW).cursor == NOW


def test_another_span_keeps_the_cursor_in_sight() -> None:
    look = Look(float(DAY), None, NOW - 20 * HOUR)
    near = look.choose(60.0, NOW)
    assert near.cursor == look.cursor
    assert frames(near).holds(NOW - 20 * HOUR)
    assert look.choose(7.0 * DAY, NOW).follows
    assert Look(60.0).longer(-3, NOW).span == 60
    assert Look(60.0).longer(99, NOW).span == 7 * DAY
