"""What the worst input costs: processor time per byte beside that of plain text, growth, memory; no harm.

Each flood is fed for a while in 4 KB pieces, twice as long the second time: the cost must not grow. The bar
is a multiple of what plain text costs stock pyte, in the same run. The columns beside it hold the same cost
against our own plain text, which is many times faster: a log, whose lines scroll by in bulk, and text put on
the screen piece by piece as an editor does it. What a flood repeats exactly may be left out once it changes
nothing; so each is fed a second time varied: its parts in random order, random letters between them.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import cycle, islice

from tests.benchmarks.captures import COLUMNS, LINES, log
from tests.benchmarks.terminal import SCREEN, seconds
from tuivm.terminal import Terminal

PIECE = 4096
SIZE = 100_000
"""Bytes of each flood."""
STOCK_SIZE = 40_000
"""Bytes of plain text that stock pyte is given; it takes a second for a megabyte."""
COST_BAR, GROWTH_BAR, MEMORY_BAR = 5.0, 2.0, 32.0
"""Times stock pyte's plain text; times the cost per byte of half as much; MiB."""
FULL = "".join(f"\x1b[{y};1H{'漢' * (COLUMNS // 2)}" for y in range(1, LINES + 1))
"""A screen full of wide characters."""


def _ever_new(make: Callable[[int], str]) -> Iterator[str]:
    return (make(number) for number in range(10**9))


def _random_bytes() -> Iterator[str]:
    source = random.Random(5)
    while True:
        yield source.randbytes(512).decode("latin-1")


FLOODS: dict[str, Callable[[], Iterator[str]]] = {
    "DECALN": lambda: cycle(["\x1b#8"]),
    "DECALN and ED": lambda: cycle(["\x1b#8\x1b[2J"]),
    "reverse the screen": lambda: cycle(["\x1b[?5h\x1b[?5l"]),
    "ED 2 and a letter": lambda: cycle(["x\x1b[2J"]),
    "ED 2 in colour": lambda: cycle(["\x1b[41m\x1b[2J\x1b[42m\x1b[2J"]),
    "ED 0, 1": lambda: cycle(["\x1b[J\x1b[1J"]),
    "EL": lambda: cycle(["\x1b[K\x1b[1K\x1b[2K"]),
    "marks on one cell": lambda: cycle(["\u0301"]),
    "save the cursor": lambda: cycle(["\x1b7"]),
    "save and restore": lambda: cycle(["\x1b7\x1b8"]),
    "string without end": lambda: iter(["\x1b]2;" + "x" * 10**6, *["x" * 10**6] * 20]),
    "strings cut off": lambda: cycle(["\x1b]\x1bP\x1b_"]),
    "titles": lambda: _ever_new("\x1b]2;{}\x07".format),
    "hyperlinks": lambda: _ever_new("\x1b]8;;http://{}\x1b\\x\x1b]8;;\x1b\\".format),
    "colours by OSC 4": lambda: _ever_new(lambda n: f"\x1b]4;{n % 256};#{n & 0xFFFFFF:06x}\x07"),
    "DSR": lambda: cycle(["\x1b[6n"]),
    "DA and DECRQM": lambda: cycle(["\x1b[c\x1b[?7$p"]),
    "DECRQSS": lambda: cycle(["\x1bP$qm\x1b\\"]),
    "line feeds": lambda: cycle(["\n"]),
    "line feeds in colour": lambda: cycle(["\x1b[41m\n"]),
    "reverse index": lambda: cycle(["\x1bM"]),
    "RI and LF": lambda: cycle(["\x1b[H\x1bM\x1b[24H\n"]),
    "REP": lambda: cycle(["x\x1b[65535b"]),
    "copy the screen": lambda: cycle(["\x1b[1;1;24;80;1;2;2$v"]),
    "fill the screen": lambda: cycle(["\x1b[65;1;1;24;80$x"]),
    "erase the screen": lambda: cycle(["\x1b[1;1;24;80$z"]),
    "erase unprotected": lambda: cycle(["\x1b[1;1;24;80${", "\x1b[?2J"]),
    "attributes of the screen": lambda: cycle(["\x1b[1;1;24;80;1$r", "\x1b[1;1;24;80;0$t"]),
    "checksum": lambda: cycle(["\x1b[1;1;1;1;24;80*y"]),
    "tabs": lambda: cycle(["\t", "\x1b[Z", "\x1b[99I", "\x1b[99Z", "\x1bH", "\x1b[g"]),
    "no tab stop": lambda: iter(["\x1b[3g", *["\r\t"] * 10**6]),
    "ever new colours": lambda: _ever_new(lambda n: f"\x1b[38;2;{n % 256};{n // 256 % 256};{n // 65536}mx"),
    "ever new styles": lambda: _ever_new(lambda n: f"\x1b[{n % 10};58;5;{n % 256};{30 + n % 8}mx"),
    "ever new underlines": lambda: _ever_new(
        lambda n: f"\x1b[58;2;{n % 256};{n // 256 % 256};{n // 65536}mx"
    ),
    "wrapped text": lambda: iter(["x" * 10**6] * 20),
    "IL and DL": lambda: cycle(["\x1b[500L", "\x1b[500M"]),
    "ICH and DCH": lambda: cycle(["\x1b[500@", "\x1b[500P"]),
    "SU and SD": lambda: cycle(["\x1b[500S", "\x1b[500T"]),
    "insert mode": lambda: iter(["\x1b[4h", *["x\r"] * 10**6]),
    "insert wide": lambda: iter(["\x1b[4h", *["漢\r"] * 10**6]),
    "alternate screen": lambda: cycle(["\x1b[?1049h", "\x1b[?1049l"]),
    "132 columns": lambda: cycle(["\x1b[?40h\x1b[?3h\x1b[?3l"]),
    "side margins": lambda: iter(["\x1b[?69h\x1b[2;79s", *["\n"] * 10**6]),
    "columns": lambda: cycle(["\x1b[80'}", "\x1b[80'~"]),
    "cut sequences": lambda: cycle(["\x1b[1;1;1", "\x1b[", "\x1b"]),
    "parameters": lambda: cycle(["\x1b[" + "1;" * 2000 + "m"]),
    "digits": lambda: cycle(["\x1b[" + "9" * 4300 + "m"]),
    "controls inside": lambda: cycle(["\x1b[\n1m"]),
    "resets": lambda: cycle(["\x1bc", "\x1b[!p"]),
    "cut wide characters": lambda: cycle([FULL, *[f"\x1b[{n % 24 + 1};{2 * n % 80}Hx" for n in range(500)]]),
    "joiners and selectors": lambda: cycle(["👩\u200d👩\ufe0f"]),
    "random bytes": _random_bytes,
}
"""What a guest may send without end. Latin-1 characters are single bytes."""


WHOLE = {"string without end", "ever new colours", "ever new styles", "random bytes", "parameters", "digits"}
WHOLE |= {"titles", "hyperlinks", "colours by OSC 4", "ever new underlines", "wrapped text"}
"""Floods that are not varied: they never repeat, or are one thing without end."""


def varied(make: Callable[[], Iterator[str]]) -> Iterator[str]:
    """Return the parts of a flood in random order, a random letter behind every other one."""
    source = random.Random(11)
    parts = [*islice(make(), 8)]
    while True:
        yield source.choice(parts) + source.choice("abcdefghijklm" + 13 * "\0").strip("\0")


def screen_text(size: int) -> bytes:
    """Text as an editor puts it on the screen: an address, a colour, a few words."""
    source = random.Random(6)
    parts = []
    for number in range(size // 40):
        words = log(source, number)[20:].split()[:3]
        parts.append(
            f"\x1b[{number % LINES + 1};{number * 7 % 40 + 1}H\x1b[{30 + number % 8}m{' '.join(words)}"
        )
    return "".join(parts).encode()


def flood(make: Callable[[], Iterator[str]], size: int) -> bytes:
    """Return the beginning of a flood."""
    parts: list[bytes] = []
    for part in make():
        parts.append(part.encode("latin-1") if part.isascii() or max(part) <= "\xff" else part.encode())
        size -= len(parts[-1])
        if size <= 0:
            break
    return b"".join(parts)


def seconds_a_byte(data: bytes) -> float:
    """Processor time a byte, the best of three."""
    best = math.inf
    for _ in range(3):
        terminal = Terminal(COLUMNS, LINES)
        terminal.feed(b"text\r\n" * 30 + screen_text(8000) + b"\x1b[m\x1b[H")
        start = time.process_time()
        for at in range(0, len(data), PIECE):
            terminal.feed(data[at : at + PIECE])
        best = min(best, time.process_time() - start)
    return best / len(data)


def peak_memory(data: bytes) -> float:
    """MiB that a terminal takes at most while it is fed, with what it remembers for all terminals."""
    tracemalloc.start()
    terminal = Terminal(COLUMNS, LINES)
    for at in range(0, len(data), PIECE):
        terminal.feed(data[at : at + PIECE])
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return peak


def _floods(names: list[str], size: int) -> list[str]:
    """Measure and print every flood; return those that missed a bar."""
    source = random.Random(7)
    lines = "".join(log(source, n) + "\r\n" for n in range(size // 70)).encode()
    screen = screen_text(size)
    heads = ("ns/B", "of stock", "varied", "of log", "of screen", "varied", "growth", "MiB")
    print(f"{'flood':24}", *(f"{head:>9}" for head in heads))
    missed: list[str] = []
    inside = 0
    for name in names:
        data = flood(FLOODS[name], size)
        # Plain text takes its turn beside each flood: the machine may be slower meanwhile.
        bulk, ordinary = seconds_a_byte(lines), seconds_a_byte(screen)
        stock = seconds(SCREEN, lines[:STOCK_SIZE], PIECE) / STOCK_SIZE
        half = seconds_a_byte(data[: len(data) // 2])
        cost = worst = seconds_a_byte(data)
        if name not in WHOLE:
            worst = seconds_a_byte(flood(lambda name=name: varied(FLOODS[name]), size))  # type: ignore[misc]
        memory = peak_memory(data)
        ratios = (cost / stock, worst / stock, cost / bulk, cost / ordinary, worst / ordinary, cost / half)
        print(
            f"{name:24} {1e9 * cost:9.0f}", *(f"{one:9.2f}" for one in ratios), f"{memory:9.1f}", flush=True
        )
        if cost > COST_BAR * stock or cost > GROWTH_BAR * half or memory > MEMORY_BAR:
            missed.append(name)
        if worst > COST_BAR * stock:
            missed.append(f"{name} (varied)")
        inside += worst <= COST_BAR * ordinary
    print(f"within {COST_BAR:.0f} times our own text on the screen, varied too: {inside} of {len(names)}")
    return missed


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="floods to be measured (default: all)")
    parser.add_argument("--size", type=int, default=SIZE, help="bytes of each flood (default: %(default)s)")
    options = parser.parse_args(arguments or [])
    missed = _floods(options.names or [*FLOODS], options.size)
    bars = (
        f"{COST_BAR:.0f} times stock's plain text, {GROWTH_BAR:.0f} times half as much, {MEMORY_BAR:.0f} MiB"
    )
    print(f"to be at most {bars}")
    print(f"missed: {', '.join(missed)}" if missed else "every bar was reached")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
