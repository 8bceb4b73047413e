"""What became of jobs, looked at after a restart: on a real daemon, with and without a recorder beside."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon import PrivateDaemon, temporary_daemon
from tests.e2e.terminal import Person
from tests.hypervisor.conftest import guest
from tests.pty_program import environment

pytestmark = [pytest.mark.qemu, pytest.mark.libvirtd, pytest.mark.e2e]

TUIVM = [sys.executable, "-m", "tuivm"]


@pytest.fixture(scope="module")
def daemon() -> Iterator[PrivateDaemon]:
    """A daemon with a machine that runs, and one whose disk is gone."""
    with temporary_daemon() as daemon:
        for name, disk in (("web", None), ("lost", daemon.directory / "gone.qcow2")):
            xml = daemon.directory / f"{name}.xml"
            xml.write_text(guest(name, disk=disk))
            daemon.virsh("define", str(xml))
        daemon.virsh("start", "web")
        yield daemon
        daemon.virsh("destroy", "web")


def run(argv: list[str], environ: dict[str, str]) -> str:
    """Run a command that does what it should; returns what it says."""
    done = subprocess.run(argv, capture_output=True, text=True, env=environ, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def choose(person: Person, name: str) -> None:
    """Move the cursor of the list to a machine: two there are."""
    person.type("j" if name == "web" else "k")
    person.wait(lambda lines: any(line.startswith("▌") and name in line for line in lines), name)


def results(person: Person) -> None:
    """Show the log with nothing but what became of jobs."""
    person.type("L")
    person.wait_for("o only one")
    person.type("/")
    person.wait_for("keep the filter")
    person.type("kind:result")
    person.wait(lambda lines: not any(" state " in line for line in lines), "the filter")
    person.type("\r")
    person.wait_for("o only one")


def close(person: Person) -> None:
    """Take the filter away, then close the log."""
    person.type("\x1b")
    person.wait(lambda lines: not any("kind:result" in line for line in lines), "no filter")
    person.type("\x1b")
    person.wait_for("2 Console")


def test_results_are_in_the_log_of_later_runs(daemon: PrivateDaemon, tmp_path: Path) -> None:
    environ = environment(
        XDG_STATE_HOME=str(tmp_path / "state"), XDG_CONFIG_HOME=str(tmp_path / "config"), LANG="C.UTF-8"
    )
    argv = [*TUIVM, "-c", daemon.uri]

    def person() -> Person:
        return Person(argv, columns=110, lines=30, environ=environ)

    with person() as first:
        first.wait_for("web", "lost", "2 Console")
        choose(first, "web")
        first.type("p")
        first.wait_for("pause: done")
        choose(first, "lost")
        first.type("s")
        first.wait_for("Why does lost not start?")
        first.type("q")
        first.wait_for("2 Console")
        first.type("q")
        assert first.wait_end() == 0

    recorder = subprocess.Popen([*argv, "record"], stderr=subprocess.PIPE, text=True, env=environ)
    try:
        assert recorder.stderr is not None
        assert "recording" in recorder.stderr.readline()
        with person() as second:
            second.wait_for("web", "lost", "2 Console")
            results(second)
            lines = second.wait_for("pause: done", "✗ lost", "start: failed: ", "gone.qcow2")
            assert any(line.split()[3:5] == ["web", "result"] for line in lines)
            close(second)
            choose(second, "web")
            second.type("p")
            second.wait_for("resume: done")
            second.type("q")
            assert second.wait_end() == 0
    finally:
        recorder.send_signal(signal.SIGTERM)
        recorder.communicate(timeout=60)
    assert recorder.returncode == 0

    with person() as third:
        third.wait_for("web", "lost", "2 Console")
        results(third)
        third.wait_for("pause: done", "resume: done", "✗ lost")
        close(third)
        third.type("q")
        assert third.wait_end() == 0
    run([*argv, "pause", "web"], environ)
    told = run([*TUIVM, "history", "web", "--events", "--from", "-10m"], environ)
    assert [line.split()[-4:] for line in told.splitlines() if "result" in line] == [
        ["web", "result", "pause:", "done"],
        ["web", "result", "resume:", "done"],
        ["web", "result", "pause:", "done"],
    ]
