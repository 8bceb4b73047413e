"""Throughput of ``tuivm.terminal`` over captures made here, against pyte's screens; memory of the scrollback.

The two take turns, each on a new screen, and the best of some rounds counts: processor time, so that other
work on the machine changes little. Stock pyte raises on real input (``CSI ? 4 m`` of every vim);
:class:`Calm` is the shim that lets it go on: an exception in a control function is dropped with the function,
one anywhere else with the rest of the piece. It costs pyte one call a sequence, and text nothing.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pyte

from tests.benchmarks.captures import COLUMNS, LINES, PLAIN, captures
from tuivm.terminal import Terminal

ROUNDS = 5
PIECE = 4096
MEAN_BAR, LEAST_BAR, PLAIN_BAR, HISTORY_BAR = 6.0, 2.0, 25.0, 20.0
KEPT = 10_000
PLAIN_MEMORY_BAR, COLOUR_MEMORY_BAR, TRUE_COLOUR_MEMORY_BAR = 8.0, 20.0, 20.0
"""MiB of so many lines."""
_ERRORS = (TypeError, ValueError, IndexError, KeyError, AttributeError, StopIteration, AssertionError)
"""What pyte raises on input."""


class Calm(pyte.ByteStream):
    """A stream that goes on after an exception."""

    def calmly(self, data: bytes) -> None:
        """Feed one piece; what raises is left out."""
        try:
            self.feed(data)
        except _ERRORS:
            assert self.listener is not None
            self._initialize_parser()


def calm(screen: pyte.Screen) -> pyte.Screen:
    """Make the control functions of a screen drop what they raise."""
    for name in set(pyte.Stream.csi.values()):
        handler = getattr(screen, name)

        def call(*values: Any, _handler: Callable[..., None] = handler, **more: Any) -> None:
            try:
                _handler(*values, **more)
            except _ERRORS:
                return

        setattr(screen, name, call)
    return screen


def stock(make: Callable[[], pyte.Screen]) -> Callable[[], Callable[[bytes], None]]:
    """Return what makes a new stock screen and returns its feed."""
    return lambda: Calm(calm(make())).calmly


SCREEN = stock(lambda: pyte.Screen(COLUMNS, LINES))
HISTORY = stock(lambda: pyte.HistoryScreen(COLUMNS, LINES, history=5000))


def ours() -> Callable[[bytes], None]:
    """Make a terminal with its scrollback; return its feed."""
    return Terminal(COLUMNS, LINES).feed


def seconds(make: Callable[[], Callable[[bytes], None]], data: bytes, piece: int) -> float:
    """Processor time to take ``data`` in pieces on a new screen."""
    feed = make()
    pieces = [data[at : at + piece] for at in range(0, len(data), piece)]
    start = time.process_time()
    for part in pieces:
        feed(part)
    return time.process_time() - start


def compare(data: bytes, piece: int, rounds: int) -> tuple[float, float, float]:
    """Best seconds of stock, with history, and ours, taking turns."""
    best = [math.inf] * 3
    for number in range(rounds):
        # pyte's history costs seconds a round: once is enough for a ratio of hundreds.
        for index, (make, turns) in enumerate(((SCREEN, rounds), (HISTORY, 1), (ours, rounds))):
            if number < turns:
                best[index] = min(best[index], seconds(make, data, piece))
                if make is ours:
                    best[index] = min(best[index], seconds(make, data, piece))
    return best[0], best[1], best[2]


def mean(values: list[float]) -> float:
    """Geometric mean."""
    return math.exp(sum(map(math.log, values)) / len(values))


def memory(line: Callable[[random.Random, int], str]) -> float:
    """MiB that ``KEPT`` lines of scrollback take."""
    source = random.Random(4)
    data = "".join(line(source, number) + "\r\n" for number in range(KEPT + LINES)).encode()
    Terminal(COLUMNS, LINES).feed(data[:20000])
    tracemalloc.start()
    terminal = Terminal(COLUMNS, LINES, KEPT)
    for at in range(0, len(data), PIECE):
        terminal.feed(data[at : at + PIECE])
    size = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    assert len(terminal.scrollback) == KEPT
    return size


def _speeds(corpora: dict[str, bytes], piece: int, rounds: int) -> bool:
    """Measure and print the table; return whether a bar was missed."""
    print(f"{'corpus':12} {'bytes':>8} {'stock MB/s':>11} {'ours MB/s':>10} {'times':>7} {'of history':>11}")
    ratios, histories = {}, {}
    for name, data in corpora.items():
        plain, history, mine = compare(data, piece, rounds)
        ratios[name], histories[name] = plain / mine, history / mine
        rates = f"{len(data) / plain / 1e6:11.2f} {len(data) / mine / 1e6:10.2f}"
        print(f"{name:12} {len(data):8} {rates} {ratios[name]:7.1f} {histories[name]:11.1f}", flush=True)
    least = min(ratios, key=lambda name: ratios[name])
    logs = min(ratios[name] for name in PLAIN)
    print(f"geometric mean {mean([*ratios.values()]):.1f} times Screen, to be {MEAN_BAR:.0f}")
    print(f"least          {ratios[least]:.1f} ({least}), to be {LEAST_BAR:.0f}")
    print(f"plain logs     {logs:.1f}, to be {PLAIN_BAR:.0f}")
    print(f"with history   {mean([*histories.values()]):.1f} times HistoryScreen, to be {HISTORY_BAR:.0f}")
    return (
        mean([*ratios.values()]) < MEAN_BAR
        or ratios[least] < LEAST_BAR
        or logs < PLAIN_BAR
        or mean([*histories.values()]) < HISTORY_BAR
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 1 when a bar is missed."""
    from tests.benchmarks import captures as made

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--piece", type=int, default=PIECE, help="bytes fed at once (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--cut", type=int, default=made.MAX_BYTES, help="bytes of each capture that are used")
    options = parser.parse_args(arguments or [])
    corpora, missing = captures()
    if missing:
        print(f"not installed, left out: {', '.join(missing)}")
    missed = _speeds(
        {name: data[: options.cut] for name, data in corpora.items()}, options.piece, options.rounds
    )
    for name, line, bar in (
        ("plain", made.log, PLAIN_MEMORY_BAR),
        ("coloured", made.colour_log, COLOUR_MEMORY_BAR),
        ("true colour", made.picture, TRUE_COLOUR_MEMORY_BAR),
    ):
        size = memory(line)
        missed |= size > bar
        print(f"{KEPT} lines of scrollback, {name}: {size:.1f} MiB, to be under {bar:.0f}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
