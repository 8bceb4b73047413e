"""The verbs on the command line: what they do, say and answer, on libvirt's test driver."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pty_program import PATIENCE, PtyProgram, environment

ROOT = Path(__file__).resolve().parents[2]
TUIVM = [sys.executable, "-m", "tuivm"]
TEST = "test:///default"
BUILDING = "".join(
    f"<domain type='test'><name>{name}</name><memory>65536</memory><os><type>hvm</type></os></domain>"
    for name in ("web-1", "web-2", "db", "a b")
)
NODE = (
    "<cpu><mhz>1400</mhz><model>x86</model><active>4</active><nodes>1</nodes><sockets>1</sockets>"
    "<cores>4</cores><threads>1</threads></cpu><memory>8388608</memory>"
)

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment with folders of the test's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIBVIRT", "XDG"))}
    return {**kept, "HOME": str(tmp_path), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}


@pytest.fixture
def building(tmp_path: Path) -> str:
    """Four machines that run."""
    file = tmp_path / "node.xml"
    file.write_text(f"<node>{BUILDING}{NODE}</node>")
    return f"test://{file}"


@pytest.fixture
def run(home: dict[str, str]) -> Run:
    """Run tuivm without a terminal."""

    def run(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*TUIVM, *words],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={**home, **more},
            cwd=ROOT,
            timeout=PATIENCE,
            check=False,
        )

    return run


def test_a_verb_on_what_a_glob_matches(run: Run, building: str) -> None:
    done = run("-c", building, "pause", "web-*", "a b", "--json")
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    assert [(each["name"], each["verb"], each["result"]) for each in results] == [
        ("web-1", "pause", "done"),
        ("web-2", "pause", "done"),
        ("a b", "pause", "done"),
    ]
    assert all(each["connection"] == building and each["seconds"] >= 0 for each in results)


def test_what_cannot_be_done_says_why(run: Run, building: str) -> None:
    done = run("-c", building, "start", "db", "web-1")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "tuivm: db: cannot start: already running",
        "tuivm: web-1: cannot start: already running",
    ]
    assert done.stdout == ""


def test_what_loses_something_is_not_done_unasked(run: Run, building: str) -> None:
    done = run("-c", building, "force-off", "db")
    assert done.returncode == 1
    assert "nobody can be asked" in done.stderr
    done = run("-c", building, "force-off", "db", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("db: force off:")


def test_a_shutdown_is_waited_for_when_asked(run: Run) -> None:
    done = run("-c", TEST, "shutdown", "test", "--yes", "--wait", "--timeout", "60")
    assert (done.returncode, done.stdout) == (0, "test: shut down: the guest is off\n")


def test_dry_run_tells_virsh_and_does_nothing(run: Run, building: str) -> None:
    done = run("-c", building, "force-off", "a b", "--dry-run")
    assert done.stdout == f"virsh -c {building} destroy --domain 'a b'\n"
    assert json.loads(run("-c", building, "list", "--json").stdout)[0]["state"] == "running"


def test_wrong_words(run: Run, building: str) -> None:
    assert "there is no domain 'web-3' (did you mean" in run("-c", building, "pause", "web-3").stderr
    assert "no domain matches 'x*'" in run("-c", building, "pause", "x*").stderr
    done = run("-c", building, "rename", "db")
    assert done.returncode == 2
    assert "--to" in done.stderr
    done = run("strat", "db")
    assert done.returncode == 2
    assert "invalid choice: 'strat'" in done.stderr


def test_it_asks_on_a_terminal(building: str, home: dict[str, str]) -> None:
    argv = [*TUIVM, "-c", building, "reset", "db", "web-1"]
    for word, code in (("no", 1), ("yes", 0)):
        with PtyProgram(argv, environ=environment(**home)) as program:
            program.seconds_until(b"type yes to go on")
            assert b"reset 2 domains: db, web-1" in program.output
            program.type(f"{word}\r")
            assert program.wait_end() == code
        assert (b"nothing was done" in program.output) == (code == 1)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_for_each_shell(run: Run, shell: str) -> None:
    done = run("completion", shell)
    assert done.returncode == 0
    assert "tuivm" in done.stdout
    assert "_ARGCOMPLETE" in done.stdout


def test_bash_completes_commands_options_and_names(
    building: str, home: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "tuivm"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tuivm "$@"\n')
    program.chmod(0o755)
    script = tmp_path / "complete.sh"
    script.write_text(
        """eval "$(tuivm completion bash)"
        function_of=$(complete -p tuivm | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
        COMP_WORDS=(tuivm "$@") COMP_CWORD=$# COMP_LINE="tuivm $*" COMP_TYPE=9
        COMP_POINT=${#COMP_LINE}
        $function_of tuivm
        printf '%s\\n' "${COMPREPLY[@]}"
        """
    )

    def candidates(*words: str) -> set[str]:
        done = subprocess.run(
            ["bash", script, *words],
            capture_output=True,
            text=True,
            env={**home, "PATH": f"{folder}:{home['PATH']}"},
            cwd=ROOT,
            timeout=PATIENCE,
            check=True,
        )
        return {line.strip() for line in done.stdout.splitlines()}

    assert candidates("shut") == {"shutdown"}
    assert candidates("ho") == {"host"}
    assert "--json" in candidates("host", "--")
    assert "--wait" in candidates("start", "--")
    assert candidates("-c", building, "pause", "we") == {"web-1", "web-2"}


KEPT = """<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
  <name>kept</name><uuid>{uuid}</uuid><memory>65536</memory><os><type>hvm</type></os>
  <test:domainsnapshot><name>before</name><description>a word</description>
    <creationTime>1700000000</creationTime><state>running</state><active>1</active>
    <domain type='test'><name>kept</name><uuid>{uuid}</uuid><memory>65536</memory>
      <os><type>hvm</type></os></domain>
  </test:domainsnapshot></domain>"""


def test_snapshots_are_listed(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "node.xml"
    kept = KEPT.format(uuid="44444444-4444-4444-8444-444444444444")
    file.write_text(f"<node>{BUILDING}{kept}{NODE}</node>")
    done = run("-c", f"test://{file}", "snapshots", "kept", "web-*")
    assert (done.returncode, done.stderr) == (0, "")
    heading, line = done.stdout.splitlines()
    assert heading.split()[:3] == ["machine", "snapshot", "taken"]
    assert line.split()[:2] == ["kept", "before"]
    assert line.endswith("a word")
    told = json.loads(run("-c", f"test://{file}", "snapshots", "db", "kept", "--json").stdout)
    assert told[0]["snapshots"] == []
    assert [(each["name"], each["created"]) for each in told[1]["snapshots"]] == [("before", 1700000000)]
    done = run("-c", f"test://{file}", "snapshots", "db")
    assert (done.returncode, done.stderr) == (0, "tuivm: no snapshots\n")
    done = run("-c", f"test://{file}", "describe-snapshot", "kept", "--snapshot", "before")
    assert (done.returncode, done.stderr) == (
        1,
        "tuivm: nothing to change (say --to, --description or both)\n",
    )


def test_delete_removes_what_was_chosen_and_nothing_else(run: Run, building: str) -> None:
    done = run("-c", building, "delete", "db", "--yes")
    assert (done.returncode, done.stdout) == (1, "")
    assert "it must be off first" in done.stderr
    done = run("-c", building, "delete", "db", "--force-off", "--disk", "vda", "--yes")
    assert done.returncode == 1
    assert "tuivm: db has no vda (nothing was removed)" in done.stderr
    done = run("-c", building, "delete", "db", "--force-off", "--dry-run")
    virsh = f"virsh -c {building}"
    assert done.stdout == f"{virsh} destroy --domain db && {virsh} undefine --domain db\n"
    done = run("-c", building, "delete", "web-*", "--force-off", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == ["web-1", "web-2"]


OFF = (
    "<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'><name>off</name>"
    "<memory>65536</memory><os><type>hvm</type></os>"
    "<devices><disk type='file'><source file='/p/off.img'/><target dev='vda'/></disk>"
    "<disk type='file' device='cdrom'><source file='/p/cd.iso'/><target dev='hda'/><readonly/></disk>"
    "</devices><test:runstate>5</test:runstate></domain>"
)
POOL = (
    "<pool type='dir'><name>p</name><target><path>/p</path></target>"
    "<volume><name>off.img</name><capacity>1048576</capacity></volume></pool>"
)


def test_clone_says_what_it_does_and_refuses_what_cannot_be(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "node.xml"
    file.write_text(f"<node>{BUILDING}{OFF}{NODE}{POOL}</node>")
    uri = f"test://{file}"
    for words, why in (
        (["db"], "db: It runs: only a domain that is off can be cloned"),
        (["off", "--name", "db"], "There is a domain named 'db' already."),
        (["off", "--name", "a/b"], "A name cannot hold '/'."),
        (["off", "--share", "vdz"], "off has no disk vdz (nothing was cloned)"),
        (["off", "web-1", "--name", "x"], "--name is for one machine (nothing was cloned)"),
        (["off", "--copy", "hda"], "hda cannot be copied: "),
    ):
        done = run("-c", uri, "clone", *words)
        assert (done.returncode, done.stdout) == (1, ""), words
        assert why in done.stderr
        assert done.stderr.count("\n") <= 2
    done = run("-c", uri, "clone", "off", "--dry-run")
    vol = f"virsh -c {uri} vol-clone --pool p --vol off.img --newname off-clone.img"
    virt = f"virt-clone --connect {uri} --original=off --name=off-clone --preserve-data"
    assert done.stdout == f"{vol} && {virt} --file=/p/off-clone.img\n"
    done = run("-c", uri, "clone", "off", "--name", "new", "--json")
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)
    assert (told["verb"], told["result"]) == ("clone", "done")
    assert told["message"] == "'new' is defined: vda is /p/new.img"
    done = run("-c", uri, "clone", "off", "--share", "vda")
    assert (done.returncode, done.stdout) == (0, "off: clone: 'off-clone' is defined\n")
    assert "Both write to vda" in done.stderr
    done = run("--readonly", "-c", uri, "clone", "off")
    assert done.returncode == 1
