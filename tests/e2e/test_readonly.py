"""A daemon looked at read-only: the screen in a real terminal, and the commands."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon import PrivateDaemon, temporary_daemon
from tests.e2e.terminal import Person
from tests.hypervisor.conftest import guest
from tests.pty_program import environment


@pytest.fixture(scope="module")
def daemon() -> Iterator[PrivateDaemon]:
    """A daemon with one machine."""
    with temporary_daemon() as daemon:
        xml = daemon.directory / "web.xml"
        xml.write_text(guest("web"))
        daemon.virsh("define", str(xml))
        yield daemon
        daemon.virsh("undefine", "web")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return environment(XDG_STATE_HOME=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path), LANG="C.UTF-8")


def run(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "tuivm", *words]
    return subprocess.run(argv, capture_output=True, text=True, env=environ, timeout=120, check=False)


@pytest.mark.parametrize("how", ["option", "configuration"])
def test_the_screen_says_so_and_changes_nothing(
    daemon: PrivateDaemon, environ: dict[str, str], tmp_path: Path, how: str
) -> None:
    argv = [sys.executable, "-m", "tuivm", "-c", daemon.uri]
    if how == "option":
        argv.append("--readonly")
    else:
        (tmp_path / "tuivm").mkdir()
        (tmp_path / "tuivm" / "config.toml").write_text("readonly = true\n")
    with Person(argv, columns=110, lines=30, environ=environ) as person:
        lines = person.wait_for("web", "off")
        assert "read-only" in lines[0]
        assert not any(word in lines[-1] for word in ("start", "snapshot", "verbs"))
        for key, words in (("s", "cannot start"), ("e", "cannot edit XML"), ("t", "cannot take snapshot")):
            person.type(key)
            person.wait_for(f"{words}: read-only connection")
        assert daemon.virsh("domstate", "web") == "shut off"
        person.type("4")
        person.wait_for("UUID", "connection")
        person.type("q")
        assert person.wait_end() == 0
        assert b"Traceback" not in bytes(person.output)


def test_commands_look_and_refuse(daemon: PrivateDaemon, environ: dict[str, str]) -> None:
    listed = run(environ, "--readonly", "-c", daemon.uri, "list")
    assert (listed.returncode, "web" in listed.stdout) == (0, True)
    started = run(environ, "-c", daemon.uri, "start", "--readonly", "web")
    assert started.returncode == 1
    assert "read-only connection" in started.stderr
    assert daemon.virsh("domstate", "web") == "shut off"
    console = run(environ, "-c", daemon.uri, "console", "--readonly", "web")
    assert console.returncode == 1
    assert console.stderr.startswith("tuivm: a console cannot be opened read-only")
    assert len(console.stderr.splitlines()) == 1
    for command in (["demo"], ["play", "x"]):
        refused = run(environ, "--readonly", *command)
        assert refused.returncode == 2
        assert "--readonly cannot be used with" in refused.stderr
