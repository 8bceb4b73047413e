"""Playing recordings: time, seeking, speed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.core.asciicast import CastEvent, Header, Recording
from tuivm.core.player import Player
from tuivm.terminal import Terminal

EVENTS = (
    CastEvent(1.0, "o", "one\r\n"),
    CastEvent(2.0, "i", "\x03"),
    CastEvent(2.5, "o", "two\r\n"),
    CastEvent(4.0, "r", "30x6"),
    CastEvent(5.0, "m", "a place"),
    CastEvent(20.0, "o", "three\r\n"),
)


def player(*events: CastEvent, **more: float) -> Player:
    return Player(Recording(Header(20, 5), events or EVENTS), **more)  # type: ignore[arg-type]


def text(one: Player) -> str:
    return " ".join("".join(one.terminal.screen.display).split())


def settle(one: Player) -> None:
    while one.tick(0.0, 1.0):
        pass


def test_time_goes_on_and_the_text_comes() -> None:
    one = player()
    assert one.duration == 20.0
    assert not one.tick(0.5, 1.0)
    assert one.tick(0.6, 1.0)
    assert text(one) == "one"
    one.tick(1.0, 1.0)
    assert one.note == "typed '\\x03'"
    one.tick(3.0, 1.0)
    assert text(one) == "one two"
    assert (one.terminal.screen.columns, one.terminal.screen.lines) == (30, 6)
    assert one.note == "a place"
    one.tick(100.0, 1.0)
    assert text(one) == "one two three"
    assert one.position == 20.0
    assert one.is_over


def test_pause_speed_and_beginning_again() -> None:
    one = player(speed=2.0)
    one.tick(0.5, 1.0)
    assert one.position == 1.0
    one.toggle()
    one.tick(10.0, 1.0)
    assert one.position == 1.0
    one.toggle()
    one.faster()
    assert one.speed == 4.0
    one.slower()
    one.slower()
    assert one.speed == 1.0
    one.tick(100.0, 1.0)
    one.toggle()
    settle(one)
    assert (one.position, text(one), one.is_over) == (0.0, "", False)


@pytest.mark.parametrize("speed", [0.1, 0.3, 100.0])
def test_speeds_end_somewhere(speed: float) -> None:
    one = player(speed=speed)
    for _ in range(20):
        one.faster()
    assert one.speed == max(64.0, speed)
    for _ in range(20):
        one.slower()
    assert one.speed == 0.1


def test_seeking_back_and_forth() -> None:
    one = player()
    one.seek(3.0)
    settle(one)
    assert text(one) == "one two"
    one.seek(1.5)
    settle(one)
    assert text(one) == "one"
    assert one.terminal.screen.columns == 20
    one.seek(999.0)
    settle(one)
    assert text(one) == "one two three"
    one.seek(-5.0)
    settle(one)
    assert (one.position, text(one)) == (0.0, "")


def test_the_next_output() -> None:
    one = player()
    seen = []
    for _ in range(5):
        one.step()
        settle(one)
        seen.append(one.position)
    assert seen == [1.0, 2.5, 4.0, 20.0, 20.0]
    assert one.paused


def test_pauses_are_shortened() -> None:
    one = player(idle_limit=1.0)
    assert one.duration == pytest.approx(1 + 1 + 0.5 + 1 + 1 + 1)
    asked = Player(Recording(Header(20, 5, idle_limit=2.0), EVENTS))
    assert asked.duration == pytest.approx(1 + 1 + 0.5 + 1.5 + 1 + 2)


def test_an_empty_recording_is_over() -> None:
    one = Player(Recording(Header(20, 5), ()))
    one.tick(1.0, 1.0)
    assert one.is_over
    one.toggle()
    one.seek(5.0)
    settle(one)
    assert (one.duration, one.position) == (0.0, 0.0)


def test_more_than_can_be_drawn_holds_time_up_and_loses_nothing() -> None:
    events = tuple(CastEvent(0.001 * at, "o", f"{at:06} " * 5000) for at in range(50))
    one = player(*events)
    one.tick(10.0, 0.0)
    assert not one.is_over
    assert one.position < one.duration
    count = 0
    while not one.is_over:
        one.tick(1.0, 0.0)
        count += 1
        assert count < 1000
    assert "000049" in text(one)
    one.seek(0.01)
    one.tick(0.0, 0.0)
    assert one.is_seeking
    settle(one)
    assert not one.is_seeking
    assert one.position == 0.01


def test_questions_in_a_recording_are_not_answered() -> None:
    one = player(CastEvent(0.0, "o", "\x1b[6n" * 100))
    one.play_all()
    assert one.terminal.take_replies() == b""


PIECES = st.sampled_from(
    ["text ", "\r\n", "\x1b[31m", "\x1b[2J", "\x1b[5;5H", "漢", "\x1b[?1049h", "\x1b[?1049l"]
)


@given(
    st.lists(st.tuples(st.floats(0, 5), PIECES), max_size=20),
    st.lists(st.floats(-1, 100), max_size=6),
)
def test_wherever_one_went_the_end_is_the_same(told: list[tuple[float, str]], moments: list[float]) -> None:
    time = 0.0
    events = []
    whole = Terminal(20, 5)
    for pause, data in told:
        time += pause
        events.append(CastEvent(time, "o", data))
        whole.feed(data.encode())
    one = Player(Recording(Header(20, 5), tuple(events)))
    for moment in moments:
        one.seek(moment)
        settle(one)
    one.play_all()
    assert one.terminal.screen.display == whole.screen.display
    assert [line.text for line in one.terminal.scrollback] == [line.text for line in whole.scrollback]
