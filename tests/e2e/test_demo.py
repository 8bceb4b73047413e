"""``tuivm demo`` as a person meets it: started, driven by keys, left; nothing remains."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.e2e.terminal import Person
from tests.pty_program import environment
from tuivm.demo.owner import emulators_of

COMMAND = [sys.executable, "-m", "tuivm", "demo"]
NAMES = ("db", "shell", "web")
LEAVE_CONSOLE = "\x1d"


class Home:
    """Folders of the user's own, but for the cache, where the guest is built once for all."""

    def __init__(self, path: Path) -> None:
        self.records = path / "state/tuivm/demo"
        self.environ = environment(
            XDG_STATE_HOME=str(path / "state"), XDG_CONFIG_HOME=str(path / "config"), LIBVIRT_DEFAULT_URI=""
        )

    def roots(self) -> list[Path]:
        """Folders of the runs there is a record of."""
        return [Path("/tmp") / record.stem for record in self.records.glob("tuivm-demo-*.json")]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TMPDIR", "/tmp")
    return Home(tmp_path)


def row(text: list[str], name: str) -> str:
    """The row of a domain in the list."""
    return next((line for line in text if line.lstrip("▌ ").split()[2:3] == [name]), "")


def running(text: list[str]) -> bool:
    return all("run" in row(text, name) for name in NAMES)


def nothing_remains(home: Home, roots: list[Path]) -> bool:
    assert home.roots() == []
    assert [root for root in roots if root.exists()] == []
    return [pid for root in roots for pid in emulators_of(root)] == []


def select(person: Person, name: str) -> None:
    """Move the cursor to a domain."""
    person.type("g")
    for _ in range(NAMES.index(name)):
        person.type("j")
    person.wait(lambda text: any(line.startswith("▌") and name in line for line in text), f"cursor on {name}")


def test_a_visit(home: Home) -> None:
    with Person(COMMAND, columns=80, lines=24, environ=home.environ) as person:
        person.wait(running, "three running guests")
        roots = home.roots()
        assert len(roots) == 1
        assert len(list(emulators_of(roots[0]))) == 3

        select(person, "shell")
        person.type("c")
        person.wait_for("Ctrl+] leaves")
        person.wait_for("shell:~#")
        person.type("echo $((6*7))\r")
        person.wait(lambda text: "42" in text, "the answer")
        person.type(LEAVE_CONSOLE)
        person.wait_for("c console")

        person.type("t")
        person.wait_for("Take a snapshot of shell")
        person.type("\r")
        person.wait_for("3 Snapshots 1")
        # It was paused for the snapshot.
        person.wait(running, "the guest running on")

        person.type("S")
        person.wait_for("Shut down: shell?")
        person.type("y")
        person.wait(lambda text: "off" in row(text, "shell"), "the guest off")
        person.type("s")
        person.wait(lambda text: "run" in row(text, "shell"), "the guest on again")
        person.wait_for("shell:~#")

        children = psutil.Process(person.pid).children(recursive=True)
        person.type("q")
        assert person.wait_end() == 0
    assert nothing_remains(home, roots)
    assert [child for child in children if child.is_running()] == []


def test_a_killed_run_is_cleared_by_the_next(home: Home) -> None:
    with Person(COMMAND, columns=200, lines=50, environ=home.environ) as person:
        person.wait(running, "three running guests")
        killed = home.roots()
        os.kill(person.pid, signal.SIGKILL)
        assert person.wait_end() == -signal.SIGKILL
    assert len(list(emulators_of(killed[0]))) == 3

    with Person(COMMAND, columns=200, lines=50, environ=home.environ) as person:
        person.wait(running, "three running guests")
        roots = home.roots()
        assert killed[0] not in roots
        assert not killed[0].exists()
        assert list(emulators_of(killed[0])) == []
        # The terminal goes away: an ordinary leave.
        os.kill(person.pid, signal.SIGHUP)
        assert person.wait_end() in (0, 128 + signal.SIGHUP)
    assert nothing_remains(home, roots)


def test_when_libvirt_cannot_open_its_driver_the_machines_are_simulated(home: Home, tmp_path: Path) -> None:
    environ = {**home.environ, "LIBVIRT_DRIVER_DIR": str(tmp_path)}
    with Person(COMMAND, columns=200, lines=50, environ=environ) as person:
        person.wait_for("these machines are simulated", "connection driver")
        person.wait(lambda text: "run" in row(text, "test"), "the simulated machine")
        person.type("q")
        assert person.wait_end() == 0
        # Neither what was waited for nor what was cleared up is left on the terminal.
        assert "..." not in person.text
    assert nothing_remains(home, [])


def test_without_qemu_the_machines_are_simulated(home: Home, tmp_path: Path) -> None:
    environ = {**home.environ, "PATH": str(tmp_path)}
    with Person(COMMAND, columns=200, lines=50, environ=environ) as person:
        person.wait_for("these machines are simulated", "qemu-system-x86_64", "installed")
        person.type("q")
        assert person.wait_end() == 0
    assert nothing_remains(home, [])
