"""An endless flood on a console of 100x39: frames, latency of messages, the way out, memory, the last screen.

The real program runs on a pseudo terminal that this program empties. The flood comes from a container's
console through libvirt where that is possible (root, libvirt's LXC driver), and from a local pseudo terminal
behind the Console port of a hypervisor in memory. Every figure is of the same run.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import libvirt

from tests.daemon import temporary_daemon
from tests.pty_program import PtyProgram

COLUMNS, LINES = 100, 39
WARM_UP = 8.0
SPAN = 15.0
ROUNDS = 10
FRAMES_BAR = 29.0
LATENCY_BAR = 25.0
"""Milliseconds that 99 of 100 messages take at most."""
LEAVE_BAR = 100.0
"""Milliseconds from the key that leaves to the list's having the keyboard."""
MEMORY_BAR = 2.0
"""MiB that may be added while it floods, once scrollback and caches are full: the allocator's own."""
_LEAVE = "\x1d"
_END = "last line of the flood"

CONTAINER = """<domain type='lxc'>
  <name>flood</name>
  <memory unit='MiB'>64</memory>
  <os><type>exe</type><init>/bin/busybox</init><initarg>sh</initarg><initarg>/{script}</initarg></os>
  <devices>
    <filesystem type='mount'><source dir='{root}'/><target dir='/'/></filesystem>
    <console type='pty'/>
  </devices>
</domain>"""
ENDLESS = "stty -echo; while true; do cat /lines; done\n"
FINITE = (
    "stty -echo; read go; n=0; while [ $n -lt 40 ]; do cat /lines; n=$((n+1)); done; "
    f"echo; echo {_END}; sleep 1000\n"
)


def lines() -> bytes:
    """Half a megabyte of log, a third of it in colours."""
    found = []
    for number in range(7000):
        text = f"[{number * 0.013:12.6f}] systemd[1]: Started unit-{number % 97}.service - number {number}."
        if number % 3 == 0:
            text = f"\x1b[32m  OK  \x1b[0m {text[:40]}\x1b[1;38;5;{number % 256}m{text[40:]}\x1b[0m"
        found.append(text)
    return ("\n".join(found) + "\n").encode()


class Program(PtyProgram):
    """The app under flood, and what it tells."""

    def __init__(self, source: str, folder: Path) -> None:
        self.result = folder / f"result-{time.monotonic_ns()}"
        self.result.touch()
        argv = [sys.executable, "-m", "tests.benchmarks.flood_app", source, str(self.result)]
        super().__init__(argv, columns=COLUMNS, lines=LINES + 3)

    def heard(self, what: str, after: int = 0) -> list[dict[str, Any]]:
        """Everything it told of that kind, but the first ``after``."""
        told = [json.loads(line) for line in self.result.read_text().splitlines()]
        return [one for one in told if one["what"] == what][after:]

    def ask(self, order: str, answer: str, patience: float = 60.0) -> dict[str, Any]:
        """Give an order and wait for the answer, emptying the terminal meanwhile."""
        known = len(self.heard(answer))
        temporary = self.result.with_suffix(".new")
        temporary.write_text(order)
        temporary.replace(self.result.with_suffix(".order"))
        found: list[dict[str, Any]] = self.wait(
            lambda: self.heard(answer, known), f"{order} -> {answer}", patience
        )
        return found[0]

    def wait(self, found: Callable[[], Any], what: str, patience: float = 60.0) -> Any:
        """Wait until it is so."""
        deadline = time.monotonic() + patience
        while True:
            answer = found()
            if answer:
                return answer
            if time.monotonic() > deadline or self.poll():
                raise TimeoutError(f"{what} never came; the last it wrote: {self._tail()!r}")
            end = time.monotonic() + 0.05
            while time.monotonic() < end:
                self.read(0.01)
            # What was written is of no interest.
            del self.output[:-4000]

    def open_console(self) -> None:
        """Go to the console, zoomed, of exactly the size that is measured at."""
        self.wait(lambda: "flood" in self.ask("state", "state")["text"], "the list")
        self.type("z")
        self.type("c")
        self.wait(lambda: self.ask("state", "state")["typing"], "the keyboard")
        self.wait(self._fits, "the size")

    def _fits(self) -> bool:
        """Whether the console has the size; else the window is made larger or smaller by the difference."""
        size: list[int] = self.ask("state", "state")["size"]
        if size != [COLUMNS, LINES]:
            self.resize(self.size[0] + COLUMNS - size[0], self.size[1] + LINES - size[1])
        return size == [COLUMNS, LINES]

    def leave(self) -> float:
        """Press the key that leaves, and go back; milliseconds until the list had the keyboard."""
        known = len(self.heard("focus"))
        before = time.monotonic()
        self.type(_LEAVE)

        def there() -> list[float]:
            return [one["at"] for one in self.heard("focus", known) if one["where"] == "DomainTable"]

        at: float = self.wait(there, "the list")[0]
        self.type("c")
        self.wait(lambda: self.ask("state", "state")["typing"], "the keyboard")
        return 1e3 * (at - before)


@contextmanager
def container(script: str) -> Iterator[str]:
    """A container whose console floods; the URI of its daemon."""
    with temporary_daemon("lxc") as daemon:
        root = daemon.directory / "root"
        for folder in ("bin", "dev", "proc", "sys", "tmp"):
            (root / folder).mkdir(parents=True)
        busybox = shutil.which("busybox")
        assert busybox is not None
        shutil.copy(busybox, root / "bin" / "busybox")
        for applet in ("cat", "sleep", "stty"):
            (root / "bin" / applet).symlink_to("busybox")
        (root / "lines").write_bytes(lines())
        (root / "script").write_text("export PATH=/bin\n" + script)
        connection = libvirt.open(daemon.uri)
        domain = connection.defineXML(CONTAINER.format(root=root, script="script"))
        domain.create()
        try:
            yield f"lxc:{daemon.uri}"
        finally:
            domain.destroy()
            connection.close()


@contextmanager
def local(script: str) -> Iterator[str]:
    """A program on a local pseudo terminal that floods."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "lines").write_bytes(lines())
        path = Path(folder, "script")
        path.write_text(script.replace("/lines", f"{folder}/lines"))
        yield "pty:" + json.dumps(["sh", str(path)])


def measure(name: str, source: Callable[[str], Any], folder: Path) -> bool:
    """Measure one kind of flood and print; whether a bar was missed."""
    with source(ENDLESS) as uri, Program(uri, folder) as program:
        program.open_console()
        program.ask(f"measure {WARM_UP}", "measured")
        found = program.ask(f"measure {SPAN}", "measured")
        ways = [program.leave() for _ in range(ROUNDS)]
    with source(FINITE) as uri, Program(uri, folder) as program:
        program.open_console()
        program.ask("record", "recording")
        program.type("go\r")
        program.wait(lambda: _END in program.ask("state", "state")["text"], "the end")
        last = program.ask("screen", "screen")
    return report(name, found, ways, last)


def report(name: str, found: dict[str, Any], ways: list[float], last: dict[str, Any]) -> bool:
    """Print the figures; whether a bar was missed."""
    spans = [1e3 * span for span in found["latencies"]]
    high = spans[int(len(spans) * 0.99)]
    grown = (found["rss_after"] - found["rss_before"]) / 2**20
    print(f"{name}, {COLUMNS}x{LINES}, {found['seconds']:.0f} s")
    print(
        f"  received        {found['received'] / 1e6:6.2f} MB/s, {found['lines']:,.0f} lines/s shown or kept"
    )
    print(
        f"  processor       {100 * found['cpu']:6.1f} % of one core; "
        f"others had it for {100 * found['waited']:.0f} % of the time while this one was to run"
    )
    print(f"  frames          {found['frames']:6.1f} /s, to be at least {FRAMES_BAR:.0f}")
    print(
        f"  message latency {high:6.1f} ms p99, to be under {LATENCY_BAR:.0f}; "
        f"median {statistics.median(spans):.1f}, largest {spans[-1]:.1f}, {len(spans)} messages"
    )
    print(
        f"  key that leaves {max(ways):6.1f} ms at most of {len(ways)}, to be under {LEAVE_BAR:.0f}; "
        f"median {statistics.median(ways):.1f}"
    )
    resident = found["rss_after"] / 2**20
    print(f"  memory          {grown:+6.1f} MiB, to be under {MEMORY_BAR:.0f}; {resident:.0f} in all")
    print(f"  said            {found['message']!r}")
    print(
        f"  last screen     {'that of a replay' if last['same'] and last['drawn'] else 'ANOTHER'} "
        f"of {last['bytes'] / 1e6:.1f} MB; its last line {last['last'][-1:]}"
    )
    return (
        found["frames"] < FRAMES_BAR
        or high >= LATENCY_BAR
        or max(ways) >= LEAVE_BAR
        or grown >= MEMORY_BAR
        or not (last["same"] and last["drawn"])
    )


def main() -> int:
    """Measure and print; 1 when a bar was missed."""
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        if "local" not in sys.argv and os.geteuid() == 0 and shutil.which("busybox"):
            missed |= measure("container's console through libvirt", container, Path(folder))
        if "lxc" not in sys.argv:
            missed |= measure("local pseudo terminal, no libvirt", local, Path(folder))
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
