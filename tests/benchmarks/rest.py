"""At rest: processor time, memory and bytes to the terminal with 20 of 200 domains running, 1 s interval."""

from __future__ import annotations

import sys
import time

from tests.benchmarks.building import DOMAINS, RUNNING, building
from tests.pty_program import PtyProgram

WARM_UP = 15.0
SPAN = 60.0
CPU_BAR = 2.5
MEMORY_BAR = 90.0


def main() -> int:
    """Measure and print; 1 when a bar is missed."""
    with building() as uri, PtyProgram([sys.executable, "-m", "tuivm", "-c", uri]) as program:
        program.seconds_until(f"{RUNNING}/{DOMAINS}".encode())
        end = time.monotonic() + WARM_UP
        while time.monotonic() < end:
            program.read(0.5)
        cpu, clock, written = program.cpu_seconds(), time.monotonic(), len(program.output)
        while time.monotonic() < clock + SPAN:
            program.read(0.5)
        elapsed = time.monotonic() - clock
        share = 100 * (program.cpu_seconds() - cpu) / elapsed
        rate = (len(program.output) - written) / elapsed
        memory = program.rss() / 2**20
    print(f"at rest, {RUNNING} of {DOMAINS} running, 120x40, {SPAN:.0f} s")
    print(f"processor {share:5.2f} % of one core, to be under {CPU_BAR}")
    print(f"memory    {memory:5.1f} MiB resident, to be under {MEMORY_BAR}")
    print(f"terminal  {rate:5.0f} B/s written")
    return int(share >= CPU_BAR or memory >= MEMORY_BAR)


if __name__ == "__main__":
    sys.exit(main())
