"""The real app, its loop watched from inside: ``python -m tests.benchmarks.bulk_app URI RESULT``.

RESULT gets a line of JSON every quarter of a second: how many domains run, how many jobs are not over, and
the longest time in which the loop did nothing else since the last line: in all, without what other programs
took, and what of it the thread that draws computed itself.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

import tuivm.ui
from tests.benchmarks.flood_app import queued
from tuivm.commands.screen import show, wait
from tuivm.config import Config
from tuivm.core.session import Session
from tuivm.hypervisor import connect
from tuivm.model.domain import State
from tuivm.ui import app

_BEAT = 0.004
"""Seconds between two beats."""
_LINE = 0.25
"""Seconds between two lines."""


class WatchedApp(app.TuivmApp):
    """The app with a heart that beats on its loop."""

    CSS_PATH = str(Path(tuivm.ui.__file__).with_name("tuivm.tcss"))
    result = Path()
    """Where the lines go."""

    async def beat(self) -> None:
        """Beat until the loop ends."""
        longest = own = cpu = 0.0
        written = time.perf_counter()
        with self.result.open("a") as file:
            while True:
                before, waited, used = time.perf_counter(), queued(), time.thread_time()
                await asyncio.sleep(_BEAT)
                now = time.perf_counter()
                stall = now - before - _BEAT
                longest, own = max(longest, stall), max(own, stall - (queued() - waited))
                cpu = max(cpu, time.thread_time() - used)
                if now - written >= _LINE:
                    domains = self.session.inventory.domains.values()
                    running = sum(domain.state is State.RUNNING for domain in domains)
                    jobs = len(self.session.work.under_way())
                    told = {"running": running, "jobs": jobs, "longest": longest, "own": own, "cpu": cpu}
                    file.write(json.dumps(told) + "\n")
                    file.flush()
                    longest, own, cpu, written = 0.0, 0.0, 0.0, now

    def on_ready(self) -> None:
        """Begin to beat."""
        self.heart = asyncio.create_task(self.beat())


def main() -> None:
    """Run it until it is quit."""
    WatchedApp.result = Path(sys.argv[2])
    session = Session(connect(sys.argv[1]), interval=1.0)
    session.start()
    wait(session, sys.argv[1])
    app.TuivmApp = WatchedApp  # type: ignore[misc]
    show(session, Config(), ())
    session.close()


if __name__ == "__main__":
    main()
