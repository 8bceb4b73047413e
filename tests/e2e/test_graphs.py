"""The graphs as a person uses them: a real guest under a load of its own, keys alone, and a second run."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon import PrivateDaemon, temporary_daemon
from tests.e2e.terminal import Person
from tests.pty_program import PATIENCE, environment
from tests.shell_guest import plain

pytestmark = [pytest.mark.qemu, pytest.mark.libvirtd, pytest.mark.e2e]

NAME = "plot"
LEAVE_CONSOLE = "\x1d"
LEFT, RIGHT = "\x1b[D", "\x1b[C"
IDLE, BUSY = 12, 25
"""Percent of its vCPU below which a guest at its prompt stays, and above which one that turns round is, also
where it has to wait for a processor.
"""
_DAY = r"(?:\w{3} \d\d \w{3} )?"
"""What stands before a time that is not of today."""
_CPU = re.compile(r"^cpu\s+(\d+)%")
_HEAD = 2
"""Line of the screen that tells the moment under the cursor, or without one the time that is shown."""
_TIME_LINE = -3
"""Line of the screen on which the signs of markers stand."""


def _is_range(head: str) -> bool:
    """Whether a first line tells the time that is shown: no cursor stands."""
    return " a dot" in head or " a character" in head


def _is_moment(head: str) -> bool:
    """Whether a first line tells the moment under a cursor."""
    return re.match(rf" {_DAY}\d\d:\d\d", head) is not None and not _is_range(head)


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateDaemon]:
    """A daemon on which the guest runs."""
    folder = tmp_path_factory.mktemp("plot")
    with temporary_daemon() as daemon:
        (folder / "domain.xml").write_text(plain(folder, NAME))
        daemon.virsh("define", str(folder / "domain.xml"))
        daemon.virsh("start", NAME)
        yield daemon


class Looker(Person):
    """Somebody who looks at the graphs of the guest."""

    def __init__(self, daemon: PrivateDaemon, home: Path, *, linux: bool = False) -> None:
        environ = environment(
            XDG_STATE_HOME=str(home / "state"),
            XDG_CONFIG_HOME=str(home / "config"),
            LANG="C.UTF-8",
            **({"TERM": "linux", "COLORTERM": ""} if linux else {}),
        )
        columns, lines = (80, 24) if linux else (100, 32)
        argv = [sys.executable, "-m", "tuivm", "-c", daemon.uri]
        super().__init__(argv, columns=columns, lines=lines, environ=environ)
        self._said = 0

    def say(self, command: str) -> None:
        """Type a command on the guest's console, which has done it when its prompt is back."""
        self.type("c")
        self.wait_for("Ctrl+] leaves")
        # Ctrl+L: a new prompt whether the guest was at one already or is still booting.
        self.type("\x0c")
        self.wait_for(f"{NAME}:~#")
        self._said += 1
        # What is typed is not what is printed.
        self.type(f"clear; {command}; echo end-$(({self._said}+0))\r")
        self.wait(lambda lines: f"end-{self._said}" in lines, f"the end of {command}")
        self.type(LEAVE_CONSOLE)
        self.wait_for("c console")

    def graphs(self) -> None:
        """Open the graphs."""
        self.type("i")
        self.wait_for("1 min", "latency", "a dot")

    def back(self) -> None:
        """Leave the graphs, where no cursor stands."""
        self.type("\x1b")
        self.wait_for("1 Overview", "c console")

    def head(self) -> str:
        """The first line of the board: the moment and what happened, or the time that is shown."""
        return self.lines()[_HEAD]

    def cpu(self) -> int | None:
        """The percentage that the graph of the CPU tells: the present one, or that under the cursor."""
        found = [match for match in map(_CPU.match, self.lines()) if match]
        return int(found[0][1]) if found else None

    def until_cpu(self, low: int, high: int) -> None:
        """Wait until the graph tells a percentage within these."""
        self.wait(lambda _: low <= (self.cpu() or 0) <= high, f"{low}..{high} % of the CPU")

    def height(self) -> int:
        """In how many lines of the CPU's plot the newest step is seen."""
        lines = self.lines()
        first = next(at for at, line in enumerate(lines) if _CPU.match(line)) + 1
        last = next(at for at in range(first, len(lines)) if lines[at].lstrip().startswith("0┤"))
        return sum(len(line) >= self.size[0] - 1 for line in lines[first:last])

    def moment(self) -> str:
        """The first line of the board once a cursor stands."""
        lines = self.wait(lambda lines: _is_moment(lines[_HEAD]), "the moment under the cursor")
        return lines[_HEAD]

    def marker(self, *words: str) -> str:
        """Go back from marker to marker until the first line tells all words; return it."""
        told = self.head()
        while not _is_moment(told) or not all(word in told for word in words):
            before = told
            self.type(",")
            self.wait(lambda _, old=before: _is_moment(self.head()) and self.head() != old, f"{words}")
            told = self.head()
        return told

    def leave(self) -> None:
        """Leave the program."""
        self.type("q")
        assert self.wait_end() == 0
        assert b"Traceback" not in self.output


def seconds_shown(head: str) -> float:
    """How long ago the time began that the first line tells."""
    found = re.match(rf" {_DAY}([\d:]+)", head)
    if found is None:
        return -1.0
    word = found[1]
    form = "%H:%M:%S" if word.count(":") == 2 else "%H:%M"
    began, now = time.strptime(word, form), time.localtime()
    seconds = [each.tm_hour * 3600 + each.tm_min * 60 + each.tm_sec for each in (began, now)]
    return (seconds[1] - seconds[0]) % 86_400


def sees_a_load(person: Looker) -> None:
    """The guest turns round and round: the figure and the plot tell it."""
    person.say("true")
    person.graphs()
    person.until_cpu(0, IDLE)
    person.wait(lambda _: person.height() <= 1, "a flat plot")
    person.back()
    person.say("{ (while :; do :; done) & }")
    person.graphs()
    person.until_cpu(BUSY, 100)
    person.wait(lambda _: person.height() > 1, "the plot to be higher")


def chooses_spans(person: Looker) -> None:
    """Keys choose how long a past is shown."""
    for key, span in (("3", 900), ("+", 300), ("1", 60), ("-", 300), ("1", 60)):
        person.type(key)
        person.wait(
            lambda _, span=span: 0.9 * span <= seconds_shown(person.head()) <= 1.8 * span,
            f"{span} s after {key}",
        )


def reads_a_value(person: Looker) -> None:
    """A cursor tells a moment and its value, and stays there; Esc takes it away."""
    person.type(LEFT)
    moment = person.moment()
    person.type(LEFT)
    person.wait(lambda _: _is_moment(person.head()) and person.head() != moment, "an earlier moment")
    moment = person.head()
    person.until_cpu(BUSY, 100)
    person.wait(lambda lines: any(line.count("│") for line in lines), "the cursor")
    person.type("\x1b")
    person.wait(lambda _: _is_range(person.head()), "the present")


def pauses_and_sees_it(person: Looker) -> None:
    """What is done to the guest is marked on the time line, and told."""
    person.back()
    for sign in ("‖", "▶"):
        person.type("p")
        person.wait(lambda lines, sign=sign: any(sign in line and NAME in line for line in lines), sign)
    person.type("t")
    person.wait_for("Take a snapshot of")
    person.type("\r")
    person.wait_for("3 Snapshots 1")
    person.graphs()
    person.wait_for("◆ snapshot", "● event")
    assert person.marker("◆ snapshot snap-")
    assert person.marker("● paused")
    person.wait(lambda lines: "◆" in lines[_TIME_LINE], "the sign on the time line, no notice over it")
    person.type("\x1b")
    person.wait(lambda _: _is_range(person.head()), "the present")
    person.back()


def goes_there_from_the_log(person: Looker) -> None:
    """A line of the log leads to its moment."""
    person.type("L")
    person.wait_for("o only one", "resumed")
    person.type("/")
    person.wait_for("keep the filter")
    person.type("kind:state paused")
    person.wait(lambda lines: not any("resumed" in line for line in lines), "the filter")
    person.type("\r")
    person.wait_for("o only one")
    person.type("g")
    person.wait_for("stands still")
    person.type("m")
    person.wait_for("latency")
    assert "● paused" in person.moment()


def reads_a_load(person: Looker, way: str) -> None:
    """Some moment not far from the one under the cursor, in that direction, tells of a load.

    It may be still to come: at the newest moment a key leads no further before the next one is there.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        before = person.moment()
        if (person.cpu() or 0) >= BUSY:
            return
        assert time.monotonic() < deadline, f"no load is told:\n{person.text}"
        person.type(way)
        moved = time.monotonic() + 1
        while person.head() == before and time.monotonic() < moved:
            person.read(0.05)


def test_a_load_is_seen_marked_read_and_seen_again_by_the_next_run(
    daemon: PrivateDaemon, tmp_path: Path
) -> None:
    with Looker(daemon, tmp_path) as person:
        person.wait_for(NAME)
        sees_a_load(person)
        chooses_spans(person)
        reads_a_value(person)
        pauses_and_sees_it(person)
        goes_there_from_the_log(person)
        reads_a_load(person, LEFT)
        person.type("\x1b\x1b")
        person.wait_for("c console")
        person.say("kill %1")
        person.leave()
    with Looker(daemon, tmp_path) as person:
        person.wait_for(NAME)
        goes_there_from_the_log(person)
        reads_a_load(person, LEFT)
        person.type("q")
        person.wait_for("c console")
        person.leave()


def test_the_guest_stops_and_starts(daemon: PrivateDaemon, tmp_path: Path) -> None:
    with Looker(daemon, tmp_path, linux=True) as person:
        person.wait_for(NAME)
        person.type("i1")
        person.wait_for("latency", " a character")
        daemon.virsh("destroy", NAME)
        person.wait_for("v stopped")
        for _ in range(3):  # Within one cell only the sign of the stop would be seen.
            before = person.head()
            person.wait(lambda _, old=before: person.head() != old, "another cell")
        daemon.virsh("start", NAME)
        person.wait_for("v stopped", "^ started")
        assert person.text.isascii()
        person.wait(lambda lines: sum("#" in line for line in lines) > 1, "the plots")
        person.wait(lambda lines: "^" in lines[_TIME_LINE], "the sign on the time line")
        assert "^ started" in person.marker("started (booted)")
        reads_a_load(person, RIGHT)
        assert "v stopped" in person.marker("stopped (destroyed)")
        assert person.text.isascii()
        person.type("\x1b\x1b")
        person.wait_for("c console", "1 Overview")
        person.leave()
