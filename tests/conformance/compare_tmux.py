"""Compare the screen with tmux's, for real programs under four kinds of terminal, at every moment they wait.

    python -m tests.conformance.compare_tmux [-v] [program...]

Each program is driven by keys in a pseudo-terminal; what it wrote is then replayed to a pane of tmux, and
text and cursor are compared wherever the program waited for a key. Ends with 1 when anything differs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.capture import COLUMNS, LINES, Program
from tuivm.terminal import Terminal
from tuivm.terminal.charsets import GRAPHICS

TERMS = ("xterm-256color", "linux", "vt220", "vt100")
DOWN = dict.fromkeys(TERMS, b"\x1bOB") | {"linux": b"\x1b[B", "vt220": b"\x1b[B"}
"""What the cursor key sends once a program has asked for application keys."""


@dataclass(frozen=True, slots=True)
class Script:
    """A program and what is typed at it."""

    command: tuple[str, ...]
    """The command line; ``FILE`` is a text of 200 lines."""
    keys: tuple[bytes, ...]
    """What is typed, one after the other, each when the program waits. ``DOWN`` is the cursor key."""


D = b"DOWN"
SCRIPTS = {
    "vim": Script(
        ("vim", "-u", "NONE", "-n", "FILE"),
        (
            *(b":set nu ruler hls\r", b"\x06", b"G", b"/line 1\r", b"n", b"ihello\x1b", b"dd", b"u"),
            *(b":split\r", b"\x17w", b"10\x19", b":vsplit\r", b"oabc\tdef\x1b", b":q!\r", b":help\r"),
            b":qa!\r",
        ),
    ),
    "less": Script(
        ("less", "-N", "FILE"),
        (b" ", b"b", b"/line 15\r", b"n", b"G", b"g", b"50g", b"j", b"k", b"-S\r", b"q"),
    ),
    "htop": Script(("htop", "-d", "600", "--readonly"), (D, D, b"t", b"?", b"q", b"\x1b", b"q")),
    "mc": Script(
        ("mc", "-x", "--nosubshell", "--nomouse", ".", "."),
        (D, b"\t", D, b"\x1b9", b"\r", b"\x1b\x1b", b"\x1b3", b"\x1b\x1b", b"\x1b0", b"\r"),
    ),
    "nano": Script(
        ("nano", "--ignorercfiles", "FILE"),
        (D, b"hello", b"\x16", b"\x17line 9\r", b"\x0b", b"\x15", b"\x07", b"\x18", b"\x18", b"n"),
    ),
    "dialog": Script(
        (
            *("dialog", "--title", "A title", "--menu", "Choose one of these", "15", "50", "5"),
            *(f"{word}{number}" for number in range(8) for word in ("tag", "item ")),
        ),
        (D, D, b"\t", b"\t", b"\r"),
    ),
    "whiptail": Script(
        (
            *("whiptail", "--title", "A title", "--checklist", "Choose some of these", "15", "50", "5"),
            *(word for number in range(8) for word in (f"tag{number}", f"item {number}", "off")),
        ),
        (D, b" ", D, D, D, D, D, b"\t", b"\r"),
    ),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """Text and cursor."""

    rows: tuple[str, ...]
    """Rows without the blanks at their ends."""
    cursor: tuple[int, int]
    """Column and row from 0."""


def _plain(captured: str) -> str:
    """Return what ``capture-pane -e`` tells as text: without attributes, line drawing (SO to SI) drawn."""
    text = re.sub("\x1b\\[[0-9;:]*m", "", captured)
    # After SO each part is line drawing, until SI.
    parts = re.split("([\x0e\x0f])", text)
    drawn = [parts[0]]
    for control, part in zip(parts[1::2], parts[2::2], strict=True):
        drawn.append(part.translate(GRAPHICS or {}) if control == "\x0e" else part)
    return "".join(drawn)


class Tmux:
    """One pane of a tmux of our own, that shows what is written to it."""

    def __init__(self, folder: Path) -> None:
        self._socket = str(folder / "socket")
        self._fifo = folder / "fifo"
        os.mkfifo(self._fifo)
        self._run(
            "new-session",
            "-d",
            "-x",
            str(COLUMNS),
            "-y",
            str(LINES),
            f"stty raw -echo; exec cat {self._fifo}",
        )
        self._run("set-option", "-g", "status", "off")
        self._run("resize-window", "-x", str(COLUMNS), "-y", str(LINES))
        self._pipe = self._fifo.open("wb", buffering=0)
        self._count = 0

    def _run(self, *arguments: str) -> str:
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
        environment.pop("TMUX", None)
        command = ["tmux", "-S", self._socket, "-f", "/dev/null", *arguments]
        return subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True, timeout=30
        ).stdout

    def show(self, data: bytes) -> Picture:
        """Write to the pane, wait until it is there, and return what is seen."""
        self._count += 1
        mark = f"moment-{self._count}"
        self._pipe.write(data + f"\x1b]2;{mark}\x1b\\".encode())
        until = time.monotonic() + 20
        while self._run("display-message", "-p", "#{pane_title}").strip() != mark:
            if time.monotonic() > until:
                raise TimeoutError("tmux did not read what was written")
            time.sleep(0.02)
        x, y = self._run("display-message", "-p", "#{cursor_x} #{cursor_y}").split()
        rows = [row.rstrip() for row in _plain(self._run("capture-pane", "-p", "-e")).split("\n")[:LINES]]
        rows += [""] * (LINES - len(rows))
        return Picture(tuple(rows), (min(int(x), COLUMNS - 1), int(y)))

    def close(self) -> None:
        """End it."""
        self._pipe.close()
        subprocess.run(
            ["tmux", "-S", self._socket, "kill-server"], check=False, capture_output=True, timeout=30
        )


def capture(script: Script, term: str, folder: Path) -> Program:
    """Run a program to its end and return what it wrote and when it waited."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    text = folder / "text"
    text.write_text("".join(f"line {n}\t{'x' * (n * 7 % 90)}{' ü漢' * (n % 3)}\n" for n in range(200)))
    command = [str(text) if word == "FILE" else word for word in script.command]
    environment = {
        "TERM": term,
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "SHELL": "/bin/sh",
    }
    with Program(command, environment, str(home)) as program:
        program.settle(0.8)
        for key in script.keys:
            program.write(DOWN[term] if key == D else key)
            program.settle()
            if program.is_over:
                break
        return program


def ours(terminal: Terminal) -> Picture:
    """Return what our terminal shows."""
    screen = terminal.screen
    return Picture(tuple(row.rstrip() for row in screen.display), (screen.cursor.x, screen.cursor.y))


def differences(mine: Picture, other: Picture) -> Iterator[str]:
    """Describe how two pictures differ, line by line."""
    for y, (row, theirs) in enumerate(zip(mine.rows, other.rows, strict=True)):
        if row != theirs:
            yield f"row {y + 1}: {row!r} where tmux has {theirs!r}"
    if mine.cursor != other.cursor:
        yield f"cursor {mine.cursor} where tmux has {other.cursor}"


def compare(name: str, term: str) -> tuple[int, list[str]]:
    """Compare one program under one kind of terminal; return the moments looked at, and what differs."""
    found: list[str] = []
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        program = capture(SCRIPTS[name], term, folder)
        terminal = Terminal(COLUMNS, LINES)
        tmux = Tmux(folder)
        try:
            start = 0
            for moment, end in enumerate(program.moments):
                data = bytes(program.written[start:end])
                terminal.feed(data)
                found += [f"moment {moment}: {line}" for line in differences(ours(terminal), tmux.show(data))]
                start = end
        finally:
            tmux.close()
        return len(program.moments), found


def main(arguments: list[str]) -> int:
    """Compare the programs named, or all that are installed."""
    verbose = "-v" in arguments
    names = [name for name in arguments if name in SCRIPTS] or list(SCRIPTS)
    failed = 0
    print(f"{'':10}" + "".join(f"{term:>18}" for term in TERMS))
    for name in names:
        if not shutil.which(SCRIPTS[name].command[0]):
            print(f"{name:10} is not installed")
            continue
        results = [compare(name, term) for term in TERMS]
        print(f"{name:10}" + "".join(f"{count:>9} / {len(found):<2} diff" for count, found in results))
        for term, (_, found) in zip(TERMS, results, strict=True):
            failed += len(found)
            for line in found if verbose else found[:4]:
                print(f"    {term}: {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
