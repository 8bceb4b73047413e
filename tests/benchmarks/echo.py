"""From a key to its echo on a real guest's serial console: tuivm against ``virsh console`` on the same guest.

Three ways, by turns: virsh and the whole of tuivm in a pseudo terminal each, and tuivm's console without its
screen, so that it shows where the time goes.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time
from collections.abc import Callable

from tests.pty_program import PtyProgram
from tests.shell_guest import ShellGuest, shell_guest
from tuivm.core.line import ConsoleState

KEYS = 100
ROUNDS = 2
BAR = 10.0
"""Milliseconds that tuivm may take longer."""
PAUSE = 0.03
"""Seconds between an echo and the next key."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
LINE = 40
"""Keys before the line is cleared: the shell redraws a long one."""
PATIENCE = 30.0


def keys(
    press: Callable[[str], object], shows: Callable[[str], object], clear: Callable[[], None]
) -> list[float]:
    """Milliseconds from each of KEYS keys to its echo; ``shows`` looks once for the letters typed last."""
    spans, typed = [], ""
    for number in range(KEYS):
        if number % LINE == 0:
            clear()
            typed = ""
        typed += LETTERS[(7 * number) % 26]
        time.sleep(PAUSE)
        before = time.perf_counter()
        press(typed[-1])
        while not shows(typed[-3:]):
            if time.perf_counter() - before > PATIENCE:
                raise TimeoutError(f"the echo of {typed[-1]!r} did not come")
        spans.append(1e3 * (time.perf_counter() - before))
    return spans


def in_terminal(argv: list[str], ready: bytes) -> list[float]:
    """Keys typed into a program on a pseudo terminal, until what it writes holds them."""
    with PtyProgram(argv, columns=100, lines=30) as program:
        program.seconds_until(ready)
        mark = 0

        def clear() -> None:
            program.type("\x15")
            end = time.monotonic() + 1.0
            while time.monotonic() < end:
                program.read(0.1)

        def press(key: str) -> None:
            nonlocal mark
            while program.read(0) and len(program.output) > mark:
                mark = len(program.output)
            program.type(key)

        def shows(typed: str) -> bool:
            program.read(1.0)
            return typed.encode()[-1:] in program.output[mark:]

        return keys(press, shows, clear)


def session(guest: ShellGuest, woken: threading.Event) -> list[float]:
    """Keys typed at tuivm's console, until its terminal's screen holds them."""
    guest.open()
    screen = guest.console.terminal.screen

    def clear() -> None:
        guest.console.send(b"\x15")
        guest.until(guest.at_prompt, "an empty line")

    def shows(typed: str) -> bool:
        woken.wait(1.0)
        woken.clear()
        guest.console.pump()
        return screen.display[screen.cursor.y].rstrip().endswith(typed)

    spans = keys(lambda key: guest.console.send(key.encode()), shows, clear)
    guest.console.close()
    guest.until(lambda: guest.console.state is ConsoleState.ENDED, "the end")
    return spans


def main() -> int:
    """Measure and print; 1 when the bar is missed."""
    woken = threading.Event()
    spans: dict[str, list[float]] = {"virsh console": [], "tuivm": [], "tuivm without its screen": []}
    with shell_guest(woken.set) as guest:
        uri, name = guest.daemon.uri, guest.name
        guest.prompt()
        for _ in range(ROUNDS):
            spans["tuivm without its screen"] += session(guest, woken)
            spans["virsh console"] += in_terminal(["virsh", "-c", uri, "console", name, "--force"], b"Escape")
            argv = [sys.executable, "-m", "tuivm", "-c", uri, "console", name]
            spans["tuivm"] += in_terminal(argv, b"shell")
    medians = {}
    for way, taken in spans.items():
        taken.sort()
        medians[way] = statistics.median(taken)
        high = taken[int(len(taken) * 0.95)]
        print(f"key to echo, {way:25} median {medians[way]:5.1f} ms, 95 % {high:5.1f} ms")
    over = medians["tuivm"] - medians["virsh console"]
    print(f"tuivm takes {over:.1f} ms longer, to be at most {BAR:.0f}")
    return int(over > BAR)


if __name__ == "__main__":
    sys.exit(main())
