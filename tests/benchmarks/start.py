"""Start-up: the first full list of 200 domains (20 running) against a bare Textual table of 50 rows.

Both are started by turns in a pseudo terminal on the same Python; the figure is the ratio of the medians.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

from tests.benchmarks.building import DOMAINS, RUNNING, building
from tests.pty_program import PtyProgram

BARE = Path(__file__).with_name("bare_app.py")
ROUNDS = 9
BAR = 1.5


def seconds(argv: list[str], *texts: bytes) -> float:
    """Seconds until the program has written every one of ``texts``."""
    with PtyProgram(argv) as program:
        return max(program.seconds_until(text) for text in texts)


def main() -> int:
    """Measure and print; 1 when the bar is missed."""
    with building() as uri:
        bare, ours = [], []
        for _ in range(ROUNDS):
            bare.append(seconds([sys.executable, str(BARE)], b"row-030"))
            ours.append(
                seconds(
                    [sys.executable, "-m", "tuivm", "-c", uri],
                    f"{RUNNING}/{DOMAINS}".encode(),
                    b"vm-000",
                    b"vm-010",
                )
            )
        ratio = statistics.median(ours) / statistics.median(bare)
        print(f"start, bare Textual table of 50 rows   {statistics.median(bare):6.3f} s (median of {ROUNDS})")
        print(f"start, tuivm, first list of {DOMAINS} domains {statistics.median(ours):6.3f} s")
        print(f"ratio {ratio:.2f}, to be at most {BAR}")
    return int(ratio > BAR)


if __name__ == "__main__":
    sys.exit(main())
