"""The host view in a real terminal on a real guest, and the command that prints the same."""

from __future__ import annotations

import json
import os
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
    """A daemon with a machine that runs and one that does not, whose name is hostile."""
    with temporary_daemon() as daemon:
        for name in ("web", "[red]x $(reboot)"):
            xml = daemon.directory / "one.xml"
            xml.write_text(guest(name))
            daemon.virsh("define", str(xml))
        daemon.virsh("start", "web")
        yield daemon
        daemon.virsh("destroy", "web")
        for name in ("web", "[red]x $(reboot)"):
            daemon.virsh("undefine", name)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return environment(XDG_STATE_HOME=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path), LANG="C.UTF-8")


def uid_of_guest() -> int:
    """User of the guest's process, as the kernel tells."""
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"-uuid" in words and b"guest=web,debug-threads=on" in words:
            return folder.stat().st_uid
    raise AssertionError("the guest does not run")


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
def test_the_host_view_and_back(
    daemon: PrivateDaemon, environ: dict[str, str], size: tuple[int, int]
) -> None:
    argv = [sys.executable, "-m", "tuivm", "-c", daemon.uri]
    with Person(argv, columns=size[0], lines=size[1], environ=environ) as person:
        person.wait_for("web", "[red]x $(reb")
        person.type("h")
        person.wait_for("processors", "1 on ", "pressure   cpu")
        person.type("2")
        person.wait_for("emulated", "QEMU alone emulates its processor")
        person.type("3")
        person.wait_for("emulation, which QEMU does not count")
        assert all(len(line) <= size[0] for line in person.lines())
        person.type("2G\r")
        person.wait_for("1 Overview")
        person.type("q")
        assert person.wait_end() == 0
        assert b"Traceback" not in bytes(person.output)


def test_the_command_tells_what_the_kernel_tells(daemon: PrivateDaemon, environ: dict[str, str]) -> None:
    argv = [sys.executable, "-m", "tuivm", "-c", daemon.uri, "host"]
    done = subprocess.run([*argv, "--json"], capture_output=True, text=True, env=environ, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["machines"] == {"total": 2, "running": 1}
    assert told["processors"]["there"] == os.cpu_count()
    web = next(one for one in told["domains"] if one["name"] == "web")
    assert web["process"]["uid"] == uid_of_guest()
    assert told["load"] is not None
    text = subprocess.run(argv, capture_output=True, text=True, env=environ, timeout=120)
    assert text.returncode == 0
    assert "1 of 2 run" in text.stdout
    assert "[red]x $(reboot)" in text.stdout
    readonly = subprocess.run([*argv, "--readonly"], capture_output=True, text=True, env=environ, timeout=120)
    assert readonly.returncode == 0
    assert "web" in readonly.stdout


def test_the_command_on_a_simulated_host_and_on_none(environ: dict[str, str]) -> None:
    argv = [sys.executable, "-m", "tuivm", "-c"]
    done = subprocess.run(
        [*argv, "test:///default", "host"], capture_output=True, text=True, env=environ, timeout=120
    )
    assert done.returncode == 0
    assert "there is no such host: libvirt plays one" in done.stdout
    gone = subprocess.run(
        [*argv, "qemu+unix:///system?socket=/nowhere", "host"],
        capture_output=True,
        text=True,
        env=environ,
        timeout=120,
    )
    assert gone.returncode == 1
    assert len(gone.stderr.splitlines()) == 1
