"""The bounded queue of bytes, the lane."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from tests.recorder import Recorder
from tuivm.core.backlog import Backlog
from tuivm.core.lane import Lane


@given(st.lists(st.binary(max_size=50), max_size=30), st.integers(1, 40))
def test_what_fits_comes_out_as_it_went_in(chunks: list[bytes], piece: int) -> None:
    backlog = Backlog(limit=10_000)
    idle = True
    for chunk in chunks:
        assert backlog.put(chunk) is idle
        idle = idle and not chunk
    out = []
    while data := backlog.take(piece):
        assert len(data) <= piece
        out.append(data)
    assert b"".join(out) == b"".join(chunks)
    assert len(backlog) == 0
    assert backlog.skipped == 0


@given(st.lists(st.integers(0, 30), min_size=1, max_size=200), st.integers(40, 200))
def test_what_does_not_fit_loses_whole_oldest_lines_and_counts_them(lengths: list[int], limit: int) -> None:
    lines = [f"{number}".encode() + b"x" * length + b"\n" for number, length in enumerate(lengths)]
    backlog = Backlog(limit=limit)
    for line in lines:
        backlog.put(line)
        assert len(backlog) <= limit
    left = backlog.take(10_000).splitlines(keepends=True)
    assert left == lines[len(lines) - len(left) :]
    assert backlog.skipped == len(lines) - len(left)


def test_text_without_line_ends_is_bounded_too() -> None:
    backlog = Backlog(limit=100)
    for _ in range(50):
        backlog.put(b"x" * 33)
    assert 0 < len(backlog) <= 100
    assert backlog.skipped > 0
    backlog.clear()
    assert backlog.take() == b""


def test_a_lane_runs_once_more_for_any_number_of_pokes_and_stops() -> None:
    runs: list[int] = []
    gate = threading.Semaphore(0)
    told = Recorder()

    def step() -> None:
        runs.append(1)
        assert gate.acquire(timeout=20.0)

    lane = Lane("tuivm-test", step)
    lane.start()
    lane.poke()
    told.wait(lambda: runs, "first run")
    for _ in range(50):
        lane.poke()
    gate.release()
    told.wait(lambda: len(runs) == 2, "second run")
    lane.stop()
    assert not lane.join(0.05), "it is in its step"
    gate.release()
    assert lane.join(20.0)
    assert len(runs) == 2


def test_a_lane_comes_again_by_itself_when_asked_to() -> None:
    runs: list[int] = []
    told = Recorder()

    def step() -> float | None:
        runs.append(1)
        return 0.01 if len(runs) < 3 else None

    lane = Lane("tuivm-test", step)
    lane.start()
    lane.poke()
    told.wait(lambda: len(runs) == 3, "three runs")
    lane.stop()
    assert lane.join(20.0)
