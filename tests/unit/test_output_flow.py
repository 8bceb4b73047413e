"""What may be written when: answers of the terminal, an allowance on a slow line, keys before all else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.ui.output.flow import ALLOWANCE, ASK_EVERY, FIRST_WINDOW, LATE_ANSWERS, LOST, SAVED, SILENT, Flow


class Line:
    """A line that takes ``rate`` bytes a second, ``delay`` seconds long, with a clock of its own."""

    def __init__(self, rate: float, delay: float = 0.05) -> None:
        self.rate, self.delay = rate, delay
        self.now = 100.0
        self.taken_at = self.now
        self.answers: list[float] = []

    def write(self, flow: Flow, count: int) -> None:
        asked = flow.sent(count, self.now)
        self.taken_at = max(self.taken_at, self.now) + count / self.rate
        if asked:
            self.answers.append(self.taken_at + self.delay)

    def run(self, flow: Flow, seconds: float, frame: int, every: float) -> int:
        """Let somebody want to draw ``frame`` bytes every so often; returns how many bytes went out."""
        end, due, sent, held = self.now + seconds, self.now, 0, False
        while self.now < end:
            self.now += 0.01
            while self.answers and self.answers[0] <= self.now:
                flow.answered(self.answers.pop(0))
            if self.now >= due:
                due, held = due + every, True
            if held and flow.wait(self.now) <= 0:
                self.write(flow, frame)
                sent, held = sent + frame, False
        return sent

    @property
    def backlog(self) -> float:
        """Seconds until all that was written is on the screen."""
        return max(0.0, self.taken_at - self.now)


def test_a_fast_line_carries_every_frame() -> None:
    flow, line = Flow(), Line(10_000_000)
    assert line.run(flow, 10, frame=5000, every=1 / 30) >= 0.95 * 10 * 30 * 5000
    assert not flow.slow


def test_a_long_fast_line_is_not_taken_for_a_slow_one() -> None:
    flow, line = Flow(), Line(1_000_000, delay=0.3)
    line.run(flow, 30, frame=2000, every=1 / 30)
    assert not flow.slow


def test_a_slow_line_is_found_out_and_never_far_behind() -> None:
    flow, line = Flow(), Line(2000)
    line.run(flow, 60, frame=3000, every=0.5)
    assert flow.slow
    for _ in range(20):
        line.run(flow, 2, frame=400, every=0.2)
        assert line.backlog < 1.0


def test_a_key_is_answered_on_a_slow_line_as_soon_as_there_is_room() -> None:
    flow, line = Flow(slow=True, fixed=True), Line(2000)
    line.run(flow, 60, frame=900, every=1.0)
    flow.pressed(line.now)
    waited = 0.0
    while flow.wait(line.now) > 0:
        line.now += 0.01
        waited += 0.01
        while line.answers and line.answers[0] <= line.now:
            flow.answered(line.answers.pop(0))
    assert waited < 0.6


@pytest.mark.parametrize("frame", [60, 200, 700, 2500])
def test_a_slow_line_keeps_to_its_allowance(frame: int) -> None:
    flow, line = Flow(slow=True, fixed=True), Line(5000)
    sent = line.run(flow, 200, frame=frame, every=1.0)
    assert sent <= 200 * ALLOWANCE + ALLOWANCE * SAVED + frame


def test_a_terminal_that_never_answers_is_asked_once_and_not_waited_for() -> None:
    flow = Flow()
    asked = [flow.sent(1000, 0.1 * number) for number in range(10)]
    assert asked.count(True) == 1
    assert flow.wait(SILENT + 0.5) == 0
    assert flow.never_answers
    assert not flow.waits_for_answer
    assert not any(flow.sent(100_000, 10 + number) for number in range(5))
    assert flow.wait(20.0) == 0


def test_an_answer_that_is_lost_holds_nothing_up_for_ever() -> None:
    flow = Flow()
    assert flow.sent(ASK_EVERY, 0.0)
    flow.answered(0.01)
    assert flow.sent(10 * FIRST_WINDOW, 1.0)
    assert flow.wait(2.0) > 0
    assert flow.wait(1.0 + LOST + 0.1) == 0


def test_what_the_user_said_is_not_measured_away() -> None:
    flow = Flow(slow=False, fixed=True)
    for number in range(LATE_ANSWERS * 3):
        flow.sent(ASK_EVERY, 10.0 * number)
        assert not flow.answered(10.0 * number + 5)
    assert not flow.slow


def test_a_line_that_recovers_is_fast_again() -> None:
    link, line = Flow(), Line(1500)
    line.run(link, 30, frame=3000, every=0.5)
    assert link.slow
    line.rate = 1e6
    line.run(link, 400, frame=300, every=0.5)
    assert not link.slow


@given(st.lists(st.tuples(st.integers(0, 50_000), st.floats(0.001, 20), st.booleans()), max_size=60))
def test_nothing_is_ever_held_for_good(steps: list[tuple[int, float, bool]]) -> None:
    link, now = Flow(), 0.0
    for count, pause, answer in steps:
        now += pause
        if link.wait(now) <= 0:
            link.sent(count, now)
        if answer:
            link.answered(now)
    now += LOST + 1 + max(count for count, _, _ in [*steps, (0, 0.0, False)]) / ALLOWANCE * (len(steps) + 1)
    assert link.wait(now) == 0
