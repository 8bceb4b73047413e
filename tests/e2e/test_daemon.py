"""The program on a daemon with real guests, driven by keys, while virsh and the daemon do what they will."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.daemon import PrivateDaemon, temporary_daemon
from tests.e2e.terminal import Person
from tests.hypervisor.conftest import guest, until
from tests.pty_program import environment

MARKUP, COMMAND, WIDE, DISK = "[red]x[bold]", "$(reboot)", "機械-ü", "with-disk"
NAMES = (COMMAND, MARKUP, "plain", DISK, WIDE)
TABLET = "<input type='tablet' bus='usb'/>"


class Place:
    """A daemon with domains that are off, and a person in front of the program on it."""

    def __init__(self, daemon: PrivateDaemon, folder: Path) -> None:
        self.daemon = daemon
        self.virsh = daemon.virsh
        self.folder = folder
        self.environ = environment(
            XDG_STATE_HOME=str(folder / "state"), XDG_CONFIG_HOME=str(folder / "config"), LANG="C.UTF-8"
        )

    def define(self, name: str) -> None:
        """Define a domain; ``with-disk`` has one."""
        disk = self.folder / "disk.qcow2"
        if name == DISK and not disk.exists():
            subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(disk), "16M"], check=True)
        xml = self.folder / "domain.xml"
        xml.write_text(guest(name, disk=disk if name == DISK else None), encoding="utf-8")
        self.virsh("define", str(xml))

    def state(self, name: str) -> str:
        """What virsh calls the domain's state."""
        return self.virsh("domstate", name)

    def person(self, columns: int = 100, lines: int = 30) -> Person:
        """Somebody who starts the program."""
        argv = [sys.executable, "-m", "tuivm", "-c", self.daemon.uri]
        return Person(argv, columns=columns, lines=lines, environ=self.environ)


@pytest.fixture(scope="module")
def daemon() -> Iterator[PrivateDaemon]:
    """A daemon for all these tests; whoever kills it starts it again."""
    with temporary_daemon() as daemon:
        yield daemon


@pytest.fixture
def place(daemon: PrivateDaemon, tmp_path: Path) -> Iterator[Place]:
    """The daemon with its domains, all of which are gone afterwards."""
    place = Place(daemon, tmp_path)
    for name in NAMES:
        place.define(name)
    yield place
    for name in daemon.virsh("list", "--name").splitlines():
        daemon.virsh("destroy", name)
    for name in daemon.virsh("list", "--name", "--all").splitlines():
        daemon.virsh("undefine", name, "--snapshots-metadata")


def row(lines: list[str], name: str) -> str:
    """The row of a domain in the list above the details; empty when there is none."""
    # A wide character takes two cells, the second of which is empty.
    for line in lines[1:]:
        if line.startswith("─"):
            break
        if name in line:
            return line
    return ""


def shows(person: Person, name: str, *words: str) -> None:
    """Wait until the row of the domain has the words."""
    person.wait(lambda lines: all(word in row(lines, name) for word in (name, *words)), f"{name} {words}")


def opened(person: Person) -> None:
    """Wait for the list."""
    for name in NAMES:
        shows(person, name, "off")


def select(person: Person, name: str) -> None:
    """Put the cursor on a domain, a step at a time: the list may move meanwhile, as when a banner goes."""
    while True:
        lines = person.wait(
            lambda lines: row(lines, name) != "" and _cursor(lines) > 0, f"a cursor, and {name}"
        )
        at, wanted = _cursor(lines), lines.index(row(lines, name))
        if at == wanted:
            return
        person.type("j" if wanted > at else "k")
        person.wait(partial(_has_moved, at), f"the cursor gone from row {at}")


def _cursor(lines: list[str]) -> int:
    """The screen's row with the list's cursor; 0 for none."""
    return next((index for index, line in enumerate(lines) if line.startswith("▌")), 0)


def _has_moved(at: int, lines: list[str]) -> bool:
    return _cursor(lines) not in (0, at)


def leave(person: Person) -> None:
    """Press q; the terminal is as it was."""
    person.type("q")
    assert person.wait_end() == 0
    assert person.echoes()
    written = bytes(person.output)
    assert written.rindex(b"\x1b[?1049l") > written.rindex(b"\x1b[?1049h")
    assert written.rindex(b"\x1b[?25h") > written.rindex(b"\x1b[?25l")
    assert b"Traceback" not in written
    assert person.text.strip() == ""


def test_verbs_change_what_libvirt_says(place: Place) -> None:
    with place.person() as person:
        opened(person)
        for name in (MARKUP, COMMAND, WIDE):
            select(person, name)
            person.type("s")
            shows(person, name, "running")
            assert place.state(name) == "running"
            person.type("p")
            shows(person, name, "paused")
            assert place.state(name) == "paused"
            person.type("p")
            shows(person, name, "running")
            person.type("D")
            person.wait_for(f"Force off: {name}?", "destroy --domain")
            # No is the answer that is chosen.
            person.type("\r")
            person.wait(lambda lines: "Force off:" not in "\n".join(lines), "the question answered")
            assert place.state(name) == "running"
            person.type("D")
            person.wait_for(f"Force off: {name}?")
            person.type("y")
            shows(person, name, "off")
            assert place.state(name) == "shut off"
        leave(person)


def test_snapshots_and_autostart_by_keys(place: Place) -> None:
    with place.person() as person:
        opened(person)
        select(person, DISK)
        person.type("t")
        person.wait_for(f"Take a snapshot of {DISK}")
        person.type("\r")
        person.wait_for("3 Snapshots 1")
        (snapshot,) = place.virsh("snapshot-list", DISK, "--name").splitlines()
        person.type("3")
        person.wait_for(f"● ─ {snapshot}")
        person.type("\x1b[3~")
        person.wait_for(f"Delete snapshot '{snapshot}': {DISK}?")
        person.type("y")
        until(lambda: place.virsh("snapshot-list", DISK, "--name") == "", "the snapshot gone")
        person.wait(lambda lines: "3 Snapshots 1" not in "\n".join(lines), "the snapshot gone on the screen")
        select(person, "plain")
        person.type("a")
        until(lambda: "enable" in place.virsh("dominfo", "plain").split("Autostart:")[1], "autostart")
        leave(person)


def test_what_virsh_does_shows_by_itself(place: Place) -> None:
    with place.person(lines=50) as person:
        opened(person)
        select(person, DISK)
        person.type("3")
        place.virsh("start", DISK)
        shows(person, DISK, "running")
        place.virsh("suspend", DISK)
        shows(person, DISK, "paused")
        place.virsh("snapshot-create-as", DISK, "made-elsewhere")
        person.wait_for("3 Snapshots 1", "made-elsewhere")
        place.virsh("snapshot-delete", DISK, "made-elsewhere")
        person.wait(lambda lines: "made-elsewhere" not in "\n".join(lines), "the snapshot gone")

        person.type("4")
        (place.folder / "tablet.xml").write_text(TABLET)
        place.virsh("attach-device", DISK, str(place.folder / "tablet.xml"))
        person.wait_for("tablet")
        place.virsh("detach-device", DISK, str(place.folder / "tablet.xml"))
        person.wait(lambda lines: "tablet" not in "\n".join(lines), "the device gone")

        place.virsh("reset", DISK)
        person.type("L")
        person.wait_for("reboot")
        person.type("\x1b")
        place.virsh("destroy", DISK)
        shows(person, DISK, "off")
        place.define("another")
        shows(person, "another", "off")
        place.virsh("undefine", "another")
        person.wait(lambda lines: row(lines, "another") == "", "the domain gone")
        leave(person)


def test_log_is_filtered_and_leads_to_the_domain(place: Place) -> None:
    with place.person(columns=80, lines=24) as person:
        opened(person)
        select(person, DISK)
        place.virsh("start", DISK)
        shows(person, DISK, "run")
        place.virsh("suspend", DISK)
        place.define("another")
        shows(person, "another", "off")
        select(person, "another")
        person.type("L")
        person.wait_for("started (booted)", "paused", "defined (new)")
        person.type("/kind:state paused")
        person.wait_for("1 of ", "Enter keep")
        person.type("\r")
        person.wait_for("Enter domain")
        person.type("\r")
        person.wait(lambda lines: "Enter domain" not in "\n".join(lines), "the list")
        person.type("5")
        person.wait_for("5 Events", "started (booted)")
        place.virsh("resume", DISK)
        person.wait_for("resumed")
        leave(person)


def test_daemon_that_dies_and_comes_back(place: Place) -> None:
    place.virsh("start", "plain")
    started = place.virsh("dominfo", "plain").split()[1]
    with place.person() as person:
        shows(person, "plain", "running")
        select(person, "plain")
        at = next(index for index, line in enumerate(person.lines()) if line == row(person.lines(), "plain"))
        colour = person.terminal.screen.buffer[at][person.lines()[at].index("plain")].fg

        place.daemon.kill()
        person.wait_for("Connection lost")
        at += 1 if row(person.lines(), "plain") != person.lines()[at] else 0
        column = person.lines()[at].index("plain")
        person.wait(
            lambda lines: person.terminal.screen.buffer[at][column].fg != colour, "rows marked as stale"
        )
        # Keys still answer: the cursor, a dialog, a verb that says why not.
        select_first = person.lines()
        person.type("g")
        person.wait(lambda lines: lines != select_first and row(lines, COMMAND).startswith("▌"), "cursor")
        person.type("?")
        person.wait_for("Esc close")
        person.type("\x1b")
        person.wait(lambda lines: "Esc close" not in "\n".join(lines), "the help gone")

        place.daemon.start()
        person.wait(lambda lines: "Connection lost" not in "\n".join(lines), "the banner gone")
        shows(person, "plain", "running")
        assert place.virsh("dominfo", "plain").split()[1] == started
        # And it is of use again.
        select(person, MARKUP)
        person.type("s")
        shows(person, MARKUP, "running")
        leave(person)


def test_domain_that_goes_while_it_is_looked_at(place: Place) -> None:
    place.virsh("start", "plain")
    with place.person() as person:
        shows(person, "plain", "running")
        select(person, MARKUP)
        place.virsh("undefine", MARKUP)
        person.wait(lambda lines: row(lines, MARKUP) == "", "the row gone")
        person.wait(lambda lines: any(line.startswith("▌") for line in lines), "the cursor on another")

        select(person, "plain")
        person.type("D")
        person.wait_for("Force off: plain?")
        place.virsh("destroy", "plain")
        place.virsh("undefine", "plain")
        person.wait_for("plain is gone; nothing was done")
        person.wait(lambda lines: "Force off:" not in "".join(lines), "the question gone")
        person.type("y")  # Now it opens the menu of what to copy.
        person.wait_for("Copy")
        assert place.virsh("list", "--name") == ""
        person.type("\x1b")
        person.wait(lambda lines: "Copy" not in "".join(lines), "the menu gone")
        leave(person)


def test_domain_that_changes_while_a_question_about_it_is_open(place: Place) -> None:
    place.virsh("start", "plain")
    with place.person() as person:
        shows(person, "plain", "running")
        select(person, "plain")
        person.type("D")
        person.wait_for("Force off: plain?")
        place.virsh("destroy", "plain")
        shows(person, "plain", "off")
        person.type("y")
        person.wait_for("cannot force off")
        leave(person)


def test_small_terminal_and_back(place: Place) -> None:
    with place.person() as person:
        opened(person)
        person.resize(40, 10)
        person.wait(lambda lines: len(lines) == 10 and "off" in row(lines, "plain"), "the list at 40x10")
        assert all(len(line) <= 40 for line in person.lines())
        person.type("?")
        person.wait_for("Esc")
        person.type("\x1b")
        person.resize(100, 30)
        person.wait(lambda lines: len(lines) == 30 and any(line.startswith("─") for line in lines), "details")
        opened(person)
        leave(person)
