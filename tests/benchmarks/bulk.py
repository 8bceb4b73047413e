"""Two hundred domains of libvirt's test driver started and shut down in bulk, by keys, in the real program.

A frame is the time for which the loop that draws did nothing else; that is seen from inside
(:mod:`tests.benchmarks.bulk_app`). A key is answered by the first bytes after which a terminal shows the
whole answer, seen from outside: the question with its answers, or the list without it. The first round
loads what later ones have: the bars are on those.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.keys import rest
from tests.pty_program import PtyProgram
from tuivm.terminal import Terminal

DOMAINS = 200
ROUNDS = 4
MEASURES = ("longest", "own", "cpu")
FRAME = 100.0
"""Milliseconds that no frame may take, other programs' share left out; of the median round."""
KEY = 50.0
"""Milliseconds from a key to its visible answer, the median round's."""
_DOMAIN = (
    "<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'><name>vm-{index:03}</name>"
    "<memory unit='MiB'>64</memory><os><type>hvm</type></os><test:runstate>5</test:runstate></domain>"
)


class Bulk:
    """The program, what it tells of itself, and what a terminal shows of it."""

    def __init__(self, program: PtyProgram, result: Path) -> None:
        self.program = program
        self._result = result
        self.keys: list[float] = []
        """Milliseconds from each key to its answer, without what other programs took."""
        self.costs: list[float] = []
        """Milliseconds that the thread which draws computed for each key, until nothing more came."""
        self._terminal = Terminal(*program.size)
        self._fed = 0

    def lines(self) -> list[dict[str, float]]:
        """What it told so far."""
        text = self._result.read_text() if self._result.exists() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def until(self, running: int) -> None:
        """Wait until so many run and no job is left."""
        deadline = time.monotonic() + 120
        while not (lines := self.lines()) or (lines[-1]["running"], lines[-1]["jobs"]) != (running, 0):
            if self.program.poll() or time.monotonic() > deadline:
                raise SystemExit(f"not {running} running after 120 s: {lines[-1:]}")
            self.program.read(0.05)

    def spent(self) -> tuple[float, float]:
        """Seconds for which the thread that draws computed, and was ready while other programs did."""
        pid = self.program.pid
        computed, waited, _ = Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()
        return int(computed) / 1e9, int(waited) / 1e9

    def shows(self, *words: str, without: str = "\0") -> bool:
        """Whether all of these stand on the screen, and that does not."""
        data = bytes(self.program.output[self._fed :])
        self._fed += len(data)
        self._terminal.feed(data)
        text = "\n".join(self._terminal.screen.display)
        return all(word in text for word in words) and without not in text

    def press(self, key: str, *words: str, without: str = "\0") -> None:
        """Press a key at a quiet moment and wait until the screen shows the answer."""
        rest(self.program, 0.1)
        self.shows()
        (computed, waited), before = self.spent(), time.perf_counter()
        self.program.type(key)
        while True:
            self.program.read(0.01)
            now, others = time.perf_counter(), self.spent()[1]
            if self.shows(*words, without=without):
                break
            if now - before > 20:
                raise SystemExit(f"{key!r} was not answered by {words} within 20 s")
        self.keys.append(1e3 * (now - before - (others - waited)))
        if words:
            rest(self.program, 0.1)
            self.costs.append(1e3 * (self.spent()[0] - computed))

    def round(self) -> tuple[dict[str, float], float]:
        """Start all and shut all down; milliseconds of the longest frame by every measure, and seconds."""
        told, began = len(self.lines()), time.perf_counter()
        self.press("s", "domains?", "Cancel")
        self.press("\r", without="domains?")
        self.until(DOMAINS)
        self.press("S", "domains?", "No", "Yes, shut down")
        self.press("y", without="domains?")
        self.until(0)
        seconds = time.perf_counter() - began
        time.sleep(0.5)
        lines = self.lines()[told:]
        return {name: 1e3 * max(line[name] for line in lines) for name in MEASURES}, seconds


def median(values: list[float]) -> float:
    """The middle one, the lower of two."""
    return sorted(values)[(len(values) - 1) // 2]


def main() -> int:
    """Measure and print; 1 when a bar is missed."""
    with tempfile.TemporaryDirectory() as folder:
        node, result = Path(folder, "node.xml"), Path(folder, "result")
        node.write_text(f"<node>{''.join(_DOMAIN.format(index=index) for index in range(DOMAINS))}</node>")
        argv = [sys.executable, "-m", "tests.benchmarks.bulk_app", f"test://{node}", str(result)]
        with PtyProgram(argv) as program:
            bulk = Bulk(program, result)
            bulk.until(0)
            bulk.press("*", f"{DOMAINS} marked")
            frames, keys = [], []
            for number in range(ROUNDS):
                bulk.keys.clear()
                bulk.costs.clear()
                frame, seconds = bulk.round()
                times = ", ".join(f"{span:.0f}" for span in bulk.keys)
                print(
                    f"round {number + 1}: {2 * DOMAINS} jobs in {seconds:4.1f} s; longest frame"
                    f" {frame['own']:4.0f} ms ({frame['longest']:.0f} with other programs, {frame['cpu']:.0f}"
                    f" computed); keys answered after {times} ms;"
                    f" a question computed {min(bulk.costs):.0f} to {max(bulk.costs):.0f} ms"
                )
                if number:
                    frames.append(frame["own"])
                    keys.append(max(bulk.keys))
    print(f"longest frame {median(frames):.0f} ms, to be at most {FRAME:.0f}")
    print(f"slowest key {median(keys):.0f} ms, to be at most {KEY:.0f}")
    return int(median(frames) > FRAME or median(keys) > KEY)


if __name__ == "__main__":
    sys.exit(main())
