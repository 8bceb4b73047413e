"""What 10,000 lines of scrollback cost when the width changes and when they are searched.

``python -m tests.benchmarks.history``: each figure is processor time against that of stock pyte drawing 1,000
of the same lines in the same run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import pyte

from tuivm.terminal import Terminal
from tuivm.terminal.search import Finder

LINES = 10_000
ROUNDS = 5
_WORDS = "usb 1-1: new high-speed device number"


def _log(tail: str = "", colour: str = "", reset: str = "") -> bytes:
    return "".join(
        f"{colour}Nov 22 14:00:{n % 60:02}{reset} host {colour}[{n:5}.123]{reset} kernel: {_WORDS} {n}"
        f"{tail}\r\n"
        for n in range(LINES + 100)
    ).encode()


def _best(work: Callable[[], object]) -> float:
    """Return the least processor seconds of some rounds."""
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def _yard() -> float:
    data = b"\n".join(_log().split(b"\n")[:1000])
    return _best(lambda: pyte.ByteStream(pyte.Screen(80, 24)).feed(data))


def _resize(data: bytes, columns: int, other: int) -> float:
    """Return the seconds of one change of the width."""
    terminal = Terminal(columns, 39)
    terminal.feed(data)

    def there_and_back() -> None:
        terminal.resize(other, 39)
        terminal.resize(columns, 39)

    return _best(there_and_back) / 2


def _search(data: bytes, pattern: str, regex: bool) -> float:
    terminal = Terminal(100, 39)
    terminal.feed(data)

    def whole() -> None:
        finder = Finder(terminal, pattern, regex=regex)
        while finder.step():
            pass

    return _best(whole)


def main() -> int:
    """Measure and compare with the bars; 1 when one is missed."""
    yard = _yard()
    plain, coloured = _log(), _log(colour="\x1b[1;32m", reset="\x1b[m")
    print(f"stock pyte draws 1,000 lines in {yard * 1000:.0f} ms")
    cases = (
        ("width, plain lines that fit", _resize(plain, 100, 90), 0.2),
        ("width, plain lines that wrap", _resize(plain, 60, 50), 0.8),
        ("width, coloured lines that fit", _resize(coloured, 100, 90), 0.3),
        ("width, coloured lines that wrap", _resize(coloured, 60, 50), 1.5),
        ("search, plain text", _search(plain, "number 99", False), 0.8),
        ("search, regular expression", _search(plain, r"usb.*number \d*77", True), 1.8),
        ("search, (a+)+b", _search(_log(tail=" " + "a" * 20), "(a+)+b", True), 1.8),
    )
    for name, seconds, bar in cases:
        mark = "" if seconds / yard <= bar else "  MISSED"
        print(f"{name:32} {seconds * 1000:6.1f} ms  {seconds / yard:5.2f}, to be {bar}{mark}")
    return int(any(seconds / yard > bar for _, seconds, bar in cases))


if __name__ == "__main__":
    sys.exit(main())
