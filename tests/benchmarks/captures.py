"""What guests really write: captures of real programs at 80x24, made anew by each run.

Interactive programs run in a pseudo terminal with scripted keys; logs are made here, from a fixed seed, as
they come through a terminal's line discipline (LF becomes CR LF). What is not installed is left out by name.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.pty_program import PtyProgram

COLUMNS, LINES = 80, 24
TERM = "xterm-256color"
TEXT_BYTES = 200_000
"""Size of the made ones."""
MAX_BYTES = 200_000
"""A capture is cut here."""
QUIET = 0.02
"""Seconds without output after which the next key is pressed."""
_ROOT = Path(__file__).parents[2]
_WORDS = [
    "kernel",
    "systemd",
    "started",
    "service",
    "unit",
    "network",
    "link",
    "device",
    "mount",
    "session",
    "user",
    "daemon",
    "timeout",
    "reached",
    "target",
    "failed",
    "connection",
    "from",
    "port",
    "accepted",
    "publickey",
    "root",
    "eth0",
    "sda1",
    "clocksource",
    "cpu",
    "memory",
    "usb",
    "hub",
    "new",
    "high-speed",
]


def record(argv: list[str], keys: Iterator[str] | list[str], *, seconds: float = 0, home: str = "") -> bytes:
    """Return what a program writes while it is given keys, each once it is quiet."""
    environ = {**os.environ, "TERM": TERM, "LESS": "", "LC_ALL": "C.UTF-8", "HOME": home or "/nonexistent"}
    environ.pop("COLORTERM", None)
    with PtyProgram(argv, columns=COLUMNS, lines=LINES, environ=environ) as program:
        _settle(program, 0.5)
        for key in keys:
            if len(program.output) > MAX_BYTES or program.poll():
                break
            program.type(key)
            _settle(program, seconds or QUIET)
        _settle(program, 0.1)
        return bytes(program.output[:MAX_BYTES])


def _settle(program: PtyProgram, quiet: float) -> None:
    """Take what it writes until it writes nothing for so many seconds, or does not stop for long."""
    taken, deadline = -1, time.monotonic() + 10 * quiet
    while taken < len(program.output) < MAX_BYTES and time.monotonic() < deadline:
        taken = len(program.output)
        if not program.read(quiet):
            return


# Made ones


def _lines(make: Callable[[random.Random, int], str]) -> bytes:
    """Return lines up to the size, as a terminal gets them."""
    source = random.Random(3)
    found: list[bytes] = []
    size = 0
    while size < TEXT_BYTES:
        found.append(make(source, len(found)).encode() + b"\r\n")
        size += len(found[-1])
    return b"".join(found)


def _sentence(source: random.Random, least: int, most: int) -> str:
    return " ".join(source.choices(_WORDS, k=source.randint(least, most)))


def log(source: random.Random, number: int) -> str:
    """One line as in /var/log/syslog; some are longer than the screen is wide."""
    stamp = f"Nov 22 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}"
    return f"{stamp} guest {source.choice(_WORDS)}[{source.randint(1, 9999)}]: {_sentence(source, 2, 11)}"


def dmesg(source: random.Random, number: int) -> str:
    """One line as the kernel writes to its console."""
    return (
        f"[{number * 0.013:12.6f}] {source.choice(_WORDS)} 0000:00:{source.randint(0, 31):02x}.0: "
        + _sentence(source, 1, 8)
    )


def boot(source: random.Random, _: int) -> str:
    """One line as systemd writes to the console."""
    if source.random() < 0.1:
        return (
            f"[\x1b[0;1;31mFAILED\x1b[0m] Failed to start \x1b[0;1;39m{source.choice(_WORDS)}.service\x1b[0m."
        )
    started = f"Started \x1b[0;1;39m{source.choice(_WORDS)}.service\x1b[0m - {_sentence(source, 1, 6)}."
    return f"[\x1b[0;32m  OK  \x1b[0m] {started}"


def colour_log(source: random.Random, number: int) -> str:
    """One line as many services log: colours for time, level and fields."""
    level, code = source.choice((("INFO ", 32), ("WARN ", 33), ("ERROR", 31), ("DEBUG", 36)))
    fields = " ".join(f"\x1b[2m{key}=\x1b[0m{source.randint(0, 9999)}" for key in source.choices(_WORDS, k=3))
    stamp = f"\x1b[90m12:{number // 60 % 60:02}:{number % 60:02}\x1b[0m"
    return f"{stamp} \x1b[1;{code}m{level}\x1b[0m {_sentence(source, 1, 5)} {fields}"


def picture(source: random.Random, number: int) -> str:
    """One line of a picture in true colour, two pixels a character."""
    cells = []
    for x in range(COLUMNS - 1):
        upper = (x * 3 % 256, number * 7 % 256, (x + number) * 2 % 256)
        lower = (x * 3 % 256, (number * 7 + 3) % 256, source.randint(0, 255))
        cells.append("\x1b[38;2;{};{};{};48;2;{};{};{}m▀".format(*upper, *lower))
    return "".join(cells) + "\x1b[0m"


def prose(source: random.Random, _: int) -> str:
    """One line of European text with typographic marks."""
    words = [
        "Größe",
        "naïve",
        "façade",
        "–",
        "«déjà»",
        "Привет",
        "мир",
        "ελληνικά",
        "žluťoučký",
        "kůň",
        "…",
        "“quoted”",
        "señor",
        "årsmöte",
    ]
    return " ".join(source.choices(words + _WORDS, k=source.randint(4, 11)))[: COLUMNS + 10]


def wide(source: random.Random, _: int) -> str:
    """One line of Chinese, Japanese and Korean with a few emoji."""
    words = ["漢字", "かな", "カタカナ", "한국어", "文字化け", "終端", "起動", "😀", "🚀", "ok", "42"]
    return " ".join(source.choices(words, k=source.randint(5, 14)))


# Real ones


def _vim(folder: str) -> bytes:
    text = "".join(file.read_text() for file in sorted((_ROOT / "tuivm" / "xml").glob("*.py")))
    path = Path(folder) / "a.py"
    path.write_text(text)
    keys = (
        ["\x06"] * 15 + ["\x04", "\x15"] * 10 + ["gg"] + ["j"] * 60 + ["k"] * 10 + list("oprint('hello')\x1b")
    )
    keys += ["dd", "p", "u", "yyP", ">>", "<<", "J", "u", "3x", "wcwword\x1b"] * 4 + [
        "/def\r",
        *"nnnnnnnn",
        "\x06",
    ]
    keys += (
        ["\x05"] * 30 + ["\x19"] * 30 + [":set number\r", "\x06", "\x06", ":split\r", *["\x06"] * 8, ":qa!\r"]
    )
    return record(["vim", "-u", "NONE", "--cmd", "syntax on|set ruler", str(path)], keys * 3, home=folder)


def _cat(argv: list[str]) -> Callable[[str], bytes]:
    return lambda folder: record(argv, [], home=folder)


def _less(folder: str) -> bytes:
    path = Path(folder) / "a.log"
    path.write_bytes(_lines(log).replace(b"\r\n", b"\n"))
    keys = [" "] * 60 + ["j"] * 100 + ["b"] * 30 + ["k"] * 40 + ["/daemon\r", *"nnnnnnnnnn", "G", "g", "q"]
    return record(["less", str(path)], keys, home=folder)


def _htop(folder: str) -> bytes:
    keys = ["\x1b[B"] * 20 + ["\x1b[6~", "\x1b[5~", "t", "t", "P", "M", "I"] * 8 + ["\x1b[C"] * 5 + ["q"]
    return record(["htop", "-d", "1"], keys, seconds=0.03, home=folder)


def _top(folder: str) -> bytes:
    return record(
        ["top", "-d", "0.1"],
        ["z", "x", "c", *"MPMPMPMPMP", "1", *"MPMPMPMPMPMPMPMPMP", "q"],
        seconds=0.03,
        home=folder,
    )


def _mc(folder: str) -> bytes:
    keys = ["\x1b[B"] * 40 + ["\x1b[6~", "\x1b[5~"] * 8 + ["\t", "\x1b[B", "\x1b[B", "\r", "\x1b[H", "\r"] * 6
    keys += [
        "\x1b[20~",
        *["\x1b[C", "\x1b[B"] * 8,
        "\x1b\x1b",
        "\x1b[F",
        "\x1b[13~",
        *[" "] * 5,
        "\x1b[21~",
    ] * 2
    return record(["mc", "-u", "/etc", "/usr/bin"], keys, home=folder)


def _whiptail(folder: str) -> bytes:
    items = [word for n, name in enumerate(_WORDS) for word in (f"{n}", f"{name} of this guest", "off")]
    keys = ["\x1b[B"] * 60 + [" ", "\x1b[A"] * 40 + ["\t", "\t", "\r"]
    menu = record(
        ["whiptail", "--checklist", "Choose what to install", "20", "70", "10", *items], keys, home=folder
    )
    gauge = "for i in $(seq 0 2 100); do echo $i; sleep 0.01; done | whiptail --gauge 'Please wait' 6 50 0"
    return menu * 2 + record(["sh", "-c", gauge], [""] * 60, home=folder)


MADE = {
    "log": log,
    "dmesg": dmesg,
    "boot": boot,
    "colour log": colour_log,
    "true colour": picture,
    "UTF-8": prose,
    "wide": wide,
}
"""Made line by line."""
REAL: dict[str, Callable[[str], bytes]] = {
    "yes": _cat(["sh", "-c", "yes | head -c 130000"]),
    "ls": _cat(["ls", "-la", "--color=always", "/usr/bin", "/etc", "/usr/lib"]),
    "git": _cat(["git", "-C", str(_ROOT), "--no-pager", "log", "-p", "-30", "--color=always", "--", "tuivm"]),
    "vim": _vim,
    "less": _less,
    "htop": _htop,
    "top": _top,
    "mc": _mc,
    "whiptail": _whiptail,
}
"""Recorded, by the program's name."""
PLAIN = ("log", "dmesg")
"""Those that are plain logs."""


def captures() -> tuple[dict[str, bytes], list[str]]:
    """Make them all; return them by name, and the names of programs that are missing."""
    found = {name: _lines(make)[:MAX_BYTES] for name, make in MADE.items()}
    missing = []
    for name, make in REAL.items():
        if shutil.which(name) is None:
            missing.append(name)
            continue
        with tempfile.TemporaryDirectory() as folder:
            found[name] = make(folder)
    return found, missing
