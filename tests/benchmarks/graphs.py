"""Graphs of the past: from the key that changes the span until it is painted, and what a tick costs.

Both on a week in an archive. The first in the real program on a terminal of 200x50, without the time in which
the thread that draws was ready and other programs had the processor (the one that reads may have waited too);
the second as processor time of the whole process, of graphs that follow the present.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.graphs_app import END, GraphsApp, WeekSession, write
from tests.benchmarks.keys import rest
from tests.pty_program import PtyProgram
from tuivm.config import Config
from tuivm.ui.screens.graphs import GraphScreen, show_graphs
from tuivm.ui.widgets.board import GraphBoard

BAR = 100.0
"""Milliseconds from a key that changes the span to the last byte of what it paints, the median of a view."""
TICK = 25.0
"""Milliseconds of processor time of a tick: a fortieth of a second."""
ROUNDS = 6
TICKS = 60
_QUIET = 0.12
"""Seconds without a byte after which a picture is complete."""


def _waited(pid: int) -> float:
    """Seconds in which the thread that draws was ready and other programs had the processor."""
    return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[1]) / 1e9


def _paint(program: PtyProgram, key: str) -> float:
    """Milliseconds from a key to the last byte that follows it."""
    rest(program, _QUIET)
    seen, before, waited = len(program.output), time.perf_counter(), _waited(program.pid)
    program.type(key)
    last, known, waits = before, seen, 0.0
    while time.perf_counter() - last < _QUIET or len(program.output) == seen:
        program.read(0.005)
        if len(program.output) > known:
            last, known = time.perf_counter(), len(program.output)
            waits = _waited(program.pid) - waited
        if time.perf_counter() - before > 20:
            raise TimeoutError(f"{key!r} was not answered within 20 s")
    return 1e3 * (last - before - waits)


def _spans(path: Path) -> float:
    """Press every span in every view; return the worst median of a view."""
    argv = [sys.executable, "-m", "tests.benchmarks.graphs_app", str(path)]
    found: dict[str, list[float]] = {}
    used: dict[str, float] = {}
    with PtyProgram(argv, columns=200, lines=50) as program:
        program.seconds_until(b"web-1")
        program.type("i")
        program.seconds_until(b"latency")
        for view in "tvm":
            program.type(view)
            rest(program, _QUIET)
            before = sum(program.process.cpu_times()[:2])
            for key in "1234567" * ROUNDS:
                found.setdefault(view, []).append(_paint(program, key))
            used[view] = (sum(program.process.cpu_times()[:2]) - before) / len(found[view])
    for view, times in found.items():
        times.sort()
        print(
            f"span to paint, view {view}:  median {statistics.median(times):5.1f} ms,"
            f" 95 % {times[int(len(times) * 0.95)]:5.1f} ms, most {times[-1]:5.1f} ms;"
            f" {1e3 * used[view]:5.1f} ms of processor time each"
        )
    return max(statistics.median(times) for times in found.values())


async def _ticks(path: Path, size: tuple[int, int], *, graphs: bool) -> float:
    """Processor milliseconds of a tick, of which each moves the clock by a second."""
    session = WeekSession(path)
    now = [END - TICKS - 10]
    app = GraphsApp(session, Config(ascii=False), clock=lambda: now[0], remember=lambda _: None)
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0.3)
        if graphs:
            show_graphs(app.main, next(iter(session.still.domains)))
            await pilot.pause(0.3)
        board = app.screen.query_one(GraphBoard)
        screen = app.screen
        renew: Callable[[], object] = screen.renew if isinstance(screen, GraphScreen) else board.renew
        begun = 0.0
        for tick in range(TICKS + 5):
            if tick == 5:
                begun = time.process_time()
            now[0] += 1
            renew()
            while not board.is_settled:
                await asyncio.sleep(0.002)
            await pilot.pause()
        return 1e3 * (time.process_time() - begun) / TICKS


def main() -> int:
    """Measure and print; 1 when a bar is missed."""
    worst = 0.0
    with tempfile.TemporaryDirectory(prefix="tuivm-graphs-") as folder:
        path = Path(folder, "week.db")
        write(path)
        spans = _spans(path)
        print(f"a change of the span is painted after {spans:.0f} ms, to be at most {BAR:.0f}")
        for size in ((120, 40), (200, 50)):
            for graphs in (False, True):
                cost = asyncio.run(_ticks(path, size, graphs=graphs))
                worst = max(worst, cost)
                name = "graph screen" if graphs else "overview"
                print(f"a tick of the {name:12} at {size[0]}x{size[1]}: {cost:5.1f} ms of processor time")
    print(f"to be at most {TICK:.0f}")
    return int(spans > BAR or worst > TICK)


if __name__ == "__main__":
    sys.exit(main())
