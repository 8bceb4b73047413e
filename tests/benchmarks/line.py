"""What goes over the line to the terminal: bytes at rest, and keys on a slow one.

20 of 200 domains run, one reading a second, 120x40. The terminal is an emulated one that answers the
program's questions; for the last part a line of 2 KB/s stands between, on which all that was written is
under way at once, as it is with ssh.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections import deque
from pathlib import Path

from tests.benchmarks.building import DOMAINS, RUNNING, building
from tests.pty_program import PtyProgram
from tuivm.terminal import Terminal

COLUMNS, LINES = 120, 40
WARM_UP = 20.0
SPAN = 60.0
BAR = 3072.0
"""Bytes a second at rest."""
LOW_BAR = 300.0
"""The same where the line is spared."""
RATE = 2048.0
"""Bytes a second of the slow line."""
KEYS = 20


class Distant(PtyProgram):
    """The program at the far end of a line; 0 bytes a second for one that holds nothing up."""

    def __init__(self, argv: list[str], rate: float = 0.0) -> None:
        super().__init__(argv, columns=COLUMNS, lines=LINES)
        self.rate = rate
        self.terminal = Terminal(COLUMNS, LINES)
        self._on_the_way: deque[tuple[float, bytes]] = deque()
        self._free_at = 0.0

    def take(self, data: bytes) -> None:
        """Put it on the line."""
        now = time.monotonic()
        for at in range(0, len(data), 64):
            piece = data[at : at + 64]
            self._free_at = max(self._free_at, now) + (len(piece) / self.rate if self.rate else 0.0)
            self._on_the_way.append((self._free_at, piece))
        self.arrive()

    def arrive(self) -> None:
        """Show what has arrived, and answer it."""
        while self._on_the_way and self._on_the_way[0][0] <= time.monotonic():
            self.terminal.feed(self._on_the_way.popleft()[1])
        if (replies := self.terminal.take_replies()) and self.master >= 0:
            os.write(self.master, replies)

    def watch(self, seconds: float) -> None:
        """Look at the screen for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.02)
            self.arrive()

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self.terminal.screen.display)

    def until(self, word: str) -> None:
        """Wait until it is on the screen."""
        end = time.monotonic() + 120
        while word not in self.text:
            self.watch(0.05)
            if time.monotonic() > end:
                raise TimeoutError(f"{word!r} did not come:\n{self.text}")


def program(uri: str, folder: Path, low: str, rate: float = 0.0) -> Distant:
    """The program on that connection, with a configuration of its own."""
    config = folder / f"config-{low or 'auto'}.toml"
    config.write_text(f"low_bandwidth = {low}\n" if low else "")
    return Distant([sys.executable, "-m", "tuivm", "-c", uri, "--config", str(config)], rate)


def at_rest(uri: str, folder: Path, low: str) -> float:
    """Bytes a second."""
    with program(uri, folder, low) as distant:
        distant.until(f"{RUNNING}/{DOMAINS}")
        distant.watch(WARM_UP)
        before, start = len(distant.output), time.monotonic()
        distant.watch(SPAN)
        return (len(distant.output) - before) / (time.monotonic() - start)


def keys(uri: str, folder: Path) -> list[float]:
    """Seconds from a key to the cursor on another row, over the slow line that nobody told of."""
    spans = []
    with program(uri, folder, "", RATE) as distant:
        distant.until(f"{RUNNING}/{DOMAINS}")
        distant.watch(WARM_UP)
        for number in range(KEYS):
            distant.watch(2.0)
            before, start = _cursor(distant), time.monotonic()
            distant.type("jk"[number % 2])
            while _cursor(distant) == before and time.monotonic() - start < 60:
                distant.watch(0.01)
            spans.append(time.monotonic() - start)
    return sorted(spans)


def _cursor(distant: Distant) -> int:
    return next((y for y, line in enumerate(distant.terminal.screen.display) if line.startswith("▌")), -1)


def main() -> int:
    """Measure and print; 1 when a bar is missed."""
    with building() as uri, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        full, low = at_rest(uri, folder, "false"), at_rest(uri, folder, "true")
        print(f"at rest, {RUNNING} of {DOMAINS} running, {COLUMNS}x{LINES}, {SPAN:.0f} s")
        print(f"written          {full:6.0f} B/s, to be at most {BAR:.0f}")
        print(f"on a spared line {low:6.0f} B/s, to be at most {LOW_BAR:.0f}")
        spans = keys(uri, folder)
        median, slowest = statistics.median(spans), spans[-1]
        print(f"key to screen over {RATE:.0f} B/s: median {median:.2f} s, slowest {slowest:.2f} s")
    return int(full > BAR or low > LOW_BAR)


if __name__ == "__main__":
    sys.exit(main())
