"""A list of 10,000 domains: until it is drawn, keys, filter and sort to paint, memory.

The domains are in a file of libvirt's test driver. What the list costs is compared with what nobody can do
without: opening that file, one full list of it, and the start of a bare Textual program.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tests.benchmarks.keys import rest
from tests.benchmarks.start import BARE, seconds
from tests.pty_program import PtyProgram

DOMAINS = 10_000
RUNNING = 1_000
ROUNDS = 3
KEYS = 200
FILTERED = "vm-0042"
"""What is typed into the filter, letter by letter."""
SORTS = 10
BARS = {"start": 1.5, "key": 30.0, "filter": 60.0, "sort": 100.0, "memory": 200.0}
"""A ratio, three times milliseconds, MiB."""
_LIBVIRT = """
import sys, libvirt
link = libvirt.openReadOnly(sys.argv[1])
print(len(link.listAllDomains(0)), flush=True)
"""


def write_file(path: Path) -> str:
    """Write the domains, and return the URI that opens them."""
    every = DOMAINS // RUNNING
    domains = "".join(
        f"<domain type='test'><name>vm-{number:04}</name>"
        f"<uuid>00000000-0000-4000-8000-{number:012}</uuid><memory>{(1 + number % 8) * 262_144}</memory>"
        f"<vcpu>{1 + number % 4}</vcpu><os><type>hvm</type></os>"
        f"<test:runstate>{5 if number % every else 1}</test:runstate></domain>"
        for number in range(DOMAINS)
    )
    head = "<node xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>"
    namespaced = domains.replace(
        "<domain ", "<domain xmlns:test='http://libvirt.org/schemas/domain/test/1.0' "
    )
    path.write_text(f"{head}{namespaced}</node>")
    return f"test://{path}"


def start(uri: str) -> float:
    """Measure the start against what it cannot do without; return the ratio."""
    floor, bare, ours = [], [], []
    for _ in range(ROUNDS):
        bare.append(seconds([sys.executable, str(BARE)], b"row-030"))
        floor.append(seconds([sys.executable, "-c", _LIBVIRT, uri], str(DOMAINS).encode()))
        ours.append(seconds(_program(uri), b"vm-0000", b"vm-0010"))
    least, textual, drawn = map(statistics.median, (floor, bare, ours))
    print(f"open and list {DOMAINS} domains {least:.3f} s, bare Textual {textual:.3f} s, tuivm {drawn:.3f} s")
    return drawn / (least + textual)


def _program(uri: str) -> list[str]:
    return [sys.executable, "-m", "tuivm", "-c", uri]


def _until(program: PtyProgram, key: str, wanted: Callable[[str], bool]) -> float:
    """Milliseconds from a key until the screen is as ``wanted``."""
    rest(program, 0.05)
    program.picture()
    before = time.perf_counter()
    program.type(key)
    while True:
        program.read(0.01)
        now = time.perf_counter()
        if wanted(program.picture()):
            return 1e3 * (now - before)
        if now - before > 30:
            raise TimeoutError(f"{key!r} was not answered:\n{program.picture()}")


def _press(program: PtyProgram, key: str) -> float:
    """Milliseconds from a key to the first output that follows a quiet moment."""
    rest(program, 0.03)
    seen, before = len(program.output), time.perf_counter()
    program.type(key)
    while len(program.output) == seen:
        program.read(0.01)
    return 1e3 * (time.perf_counter() - before)


def moves(program: PtyProgram) -> tuple[list[float], list[float]]:
    """Press cursor keys, over some full lists of the monitor's, and by turns on a bare table.

    Return the milliseconds to the first output of each, sorted. The bare table's tell what the machine
    itself is worth at that moment.
    """
    ours, bare = [], []
    with PtyProgram([sys.executable, str(BARE)]) as table:
        table.seconds_until(b"row-030")
        for number, key in enumerate(
            itertools.islice(itertools.cycle("jjjjjjjjkkkkG" + "k" * 8 + "g"), KEYS)
        ):
            ours.append(_press(program, key))
            bare.append(_press(table, "\x1b[B" if number % 40 < 20 else "\x1b[A"))
    return sorted(ours), sorted(bare)


def filters(program: PtyProgram) -> list[float]:
    """Milliseconds from each letter of a filter until the count of what it finds is written."""
    spans = []
    for _ in range(3):
        program.type("/")
        names = [f"vm-{number:04}" for number in range(DOMAINS)]
        for end in range(1, len(FILTERED) + 1):
            count = sum(FILTERED[:end] in name for name in names)
            words = (f" / {FILTERED[:end]}", f" {count:,} of {DOMAINS:,}")
            spans.append(_until(program, FILTERED[end - 1], partial(_holds, words)))
        rest(program, 0.2)
        program.type("\x1b")
        rest(program, 0.5)
    return sorted(spans)


def sorts(program: PtyProgram) -> list[float]:
    """Milliseconds from the key until the list is shown in another order."""
    spans = []
    for _ in range(SORTS):
        rest(program, 0.05)
        title = _title(program.picture())
        spans.append(_until(program, "o", lambda picture, before=title: _title(picture) != before))
    return sorted(spans)


def _holds(words: Sequence[str], picture: str) -> bool:
    return all(word in picture for word in words)


def _title(picture: str) -> str:
    """The titles of the columns, one of which has the sign of the order."""
    return picture.splitlines()[1]


def spent(program: PtyProgram, before: float) -> float:
    """Seconds of the processor for each letter and sort, the ticks meanwhile included."""
    return (program.cpu_seconds() - before) / (3 * len(FILTERED) + SORTS)


def _report(name: str, spans: list[float], share: float) -> float:
    high = spans[min(int(len(spans) * share), len(spans) - 1)]
    print(f"{name:28} median {statistics.median(spans):5.1f} ms, {share:.0%} {high:5.1f} ms")
    return high


def main() -> int:
    """Measure and print; 1 when a bar is missed."""
    with tempfile.TemporaryDirectory() as folder:
        uri = write_file(Path(folder) / "many.xml")
        got = {"start": start(uri)}
        with PtyProgram(_program(uri)) as program:
            program.seconds_until(b"vm-0010")
            time.sleep(3)
            ours, bare = moves(program)
            _report("the same on a bare table", bare, 0.99)
            got["key"] = _report("cursor key to paint", ours, 0.99)
            used = program.cpu_seconds()
            got["filter"] = _report("filter letter to paint", filters(program), 0.99)
            got["sort"] = _report("sort to paint", sorts(program), 0.99)
            print(f"processor used for a letter or a sort, on average {1e3 * spent(program, used):.1f} ms")
            got["memory"] = program.rss() / (1 << 20)
    for name, bar in BARS.items():
        print(f"{name:8} {got[name]:7.2f}, to be at most {bar:g}")
    return int(any(got[name] > bar for name, bar in BARS.items()))


if __name__ == "__main__":
    sys.exit(main())
