"""``tuivm record`` and the screen on one history: signals, a second one, a kill, a daemon that goes away."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.daemon import PrivateDaemon, temporary_daemon
from tests.e2e.terminal import Person
from tests.hypervisor.conftest import guest
from tests.pty_program import environment

URI = "test:///default"
TUIVM = [sys.executable, "-m", "tuivm"]
PATIENCE = 60.0


class Home:
    """A user's folders, and the programs that run on them."""

    def __init__(self, folder: Path) -> None:
        self.environ = environment(XDG_STATE_HOME=str(folder), XDG_CONFIG_HOME=str(folder), LANG="C.UTF-8")
        self.running: list[subprocess.Popen[str]] = []

    def record(self, uri: str = URI, *words: str) -> subprocess.Popen[str]:
        """A recorder that has said where it writes."""
        program = subprocess.Popen(
            [*TUIVM, "-c", uri, "record", "--interval", "0.5", *words],
            stderr=subprocess.PIPE,
            text=True,
            env=self.environ,
        )
        self.running.append(program)
        assert self.line(program).startswith(f"tuivm: recording {uri} every 0.5 s into ")
        return program

    def line(self, program: subprocess.Popen[str]) -> str:
        """The next line of a recorder."""
        assert program.stderr is not None
        return program.stderr.readline()

    def history(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*TUIVM, "history", *words],
            capture_output=True,
            text=True,
            env=self.environ,
            timeout=PATIENCE,
            check=False,
        )

    def figures(self, name: str = "test") -> int:
        """Of how many seconds of the last minutes the CPU of a machine is known."""
        done = self.history(name, "--from", "-5m", "--step", "1s", "--metric", "cpu", "--format", "json")
        if done.returncode:
            return 0
        return sum(
            value is not None for each in json.loads(done.stdout) for value in each["series"][0]["average"]
        )

    def until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, what
            time.sleep(0.2)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    yield made
    for program in made.running:
        program.kill()
        program.wait()
        if program.stderr is not None:
            program.stderr.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_records_until_it_is_told_to_end(home: Home, number: signal.Signals) -> None:
    program = home.record()
    home.until(lambda: home.figures() >= 5, "figures")
    program.send_signal(number)
    assert program.wait(PATIENCE) == 0
    assert home.line(program) == "", "one line at the start is all"
    assert home.figures() >= 5


def test_a_second_one_refuses_and_a_kill_loses_little(home: Home) -> None:
    first = home.record()
    home.until(lambda: home.figures() >= 5, "figures")
    second = subprocess.run(
        [*TUIVM, "-c", URI, "record"],
        capture_output=True,
        text=True,
        env=home.environ,
        timeout=PATIENCE,
        check=False,
    )
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert f"is recorded already, by process {first.pid}" in second.stderr
    first.kill()
    first.wait(PATIENCE)
    before = home.figures()
    assert before >= 5
    home.record()
    home.until(lambda: home.figures() > before, "figures of another one")


def test_a_wrong_address_ends_it(home: Home) -> None:
    done = subprocess.run(
        [*TUIVM, "-c", "nonsense:///x", "record"],
        capture_output=True,
        text=True,
        env=home.environ,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    assert "nonsense" in done.stderr.splitlines()[-1]


def test_the_screen_writes_and_a_recorder_beside_it_waits(home: Home) -> None:
    with Person([*TUIVM, "-c", URI], environ=home.environ) as person:
        person.wait_for("1/1 running")
        home.until(lambda: home.figures() >= 2, "figures of the screen")
        beside = subprocess.Popen(
            [*TUIVM, "-c", URI, "record"], stderr=subprocess.PIPE, text=True, env=home.environ
        )
        home.running.append(beside)
        assert "recording" in home.line(beside)
        assert f"another tuivm (screen {person.pid}) writes the history" in home.line(beside)
        person.type("q")
        assert person.wait_end() == 0
    before = home.figures()
    home.until(lambda: home.figures() > before, "figures of the recorder")
    beside.send_signal(signal.SIGTERM)
    assert beside.wait(PATIENCE) == 0


@pytest.mark.libvirtd
def test_a_connection_that_is_lost_is_made_again(home: Home) -> None:
    with temporary_daemon() as daemon:
        start(daemon)
        program = home.record(daemon.uri)
        home.until(lambda: home.figures("guest") >= 3, "figures")
        daemon.kill()
        assert "connection lost" in home.line(program)
        daemon.start()
        assert "connected again" in home.line(program)
        before = home.figures("guest")
        home.until(lambda: home.figures("guest") > before, "figures after it")
        program.send_signal(signal.SIGTERM)
        assert program.wait(PATIENCE) == 0
        daemon.virsh("destroy", "guest")
        daemon.virsh("undefine", "guest")


def start(daemon: PrivateDaemon) -> None:
    """A guest that runs."""
    xml = daemon.directory / "guest.xml"
    xml.write_text(guest("guest"), encoding="utf-8")
    daemon.virsh("define", str(xml))
    daemon.virsh("start", "guest")
