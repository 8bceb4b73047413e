"""From a key to the first byte of what it changes on the screen: at rest, and while libvirt answers nothing.

The daemon is frozen (SIGSTOP) for the second part: every call to libvirt hangs, as on a host that died.
"""

from __future__ import annotations

import os
import re
import signal
import statistics
import sys
import time
from pathlib import Path

from tests.benchmarks.building import DOMAINS, RUNNING, building
from tests.pty_program import PtyProgram

KEYS = 300
SAMPLING_BAR = 40.0
"""Milliseconds that 99 of 100 keys may take while libvirt is asked every second."""
BAR = 100.0
"""Milliseconds, while libvirt hangs."""


def rest(program: PtyProgram, quiet: float) -> None:
    """Take what it writes until it has been quiet for so many seconds."""
    taken = -1
    while taken < len(program.output):
        taken = len(program.output)
        program.read(quiet)


def presses(program: PtyProgram) -> list[float]:
    """Milliseconds from each key to the first output that follows a quiet moment."""
    spans = []
    for number in range(KEYS):
        rest(program, 0.03)
        seen, before = len(program.output), time.perf_counter()
        program.type("jk"[number % 2])
        while len(program.output) == seen:
            program.read(0.01)
            if time.perf_counter() - before > 10:
                raise TimeoutError("a key was not answered within 10 s")
        spans.append(1e3 * (time.perf_counter() - before))
    return sorted(spans)


def report(name: str, spans: list[float]) -> float:
    """Print and return the 99th percentile, milliseconds."""
    often, high = spans[int(len(spans) * 0.95)], spans[int(len(spans) * 0.99)]
    median = statistics.median(spans)
    print(f"key to screen, {name:24} median {median:5.1f} ms, 95 % {often:5.1f} ms, 99 % {high:5.1f} ms")
    return high


def main() -> int:
    """Measure and print; 1 when the bar is missed."""
    with building() as uri, PtyProgram([sys.executable, "-m", "tuivm", "-c", uri]) as program:
        program.seconds_until(f"{RUNNING}/{DOMAINS}".encode())
        time.sleep(5)
        sampling = report("sampling every second", presses(program))
        socket = re.search(r"socket=(.*)", uri)
        assert socket is not None
        daemon = int((Path(socket[1]).parent.parent / "pid").read_text())
        os.kill(daemon, signal.SIGSTOP)
        try:
            time.sleep(2)
            frozen = report("libvirt answers nothing", presses(program))
        finally:
            os.kill(daemon, signal.SIGCONT)
    print(f"to be at most {SAMPLING_BAR:.0f} ms, and {BAR:.0f} ms while libvirt answers nothing")
    return int(frozen > BAR or sampling > SAMPLING_BAR)


if __name__ == "__main__":
    sys.exit(main())
