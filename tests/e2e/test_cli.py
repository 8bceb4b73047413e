"""The program as a user starts it: what it prints, how it ends, what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.terminal import Person
from tests.pty_program import PATIENCE
from tuivm import __version__

ROOT = Path(__file__).resolve().parents[2]
TUIVM = [sys.executable, "-m", "tuivm"]
TEST = "test:///default"

DOMAINS = """<node>
  <domain type='test'><name>{first}</name><uuid>11111111-1111-4111-8111-111111111111</uuid>
    <memory>524288</memory><vcpu>2</vcpu><os><type>hvm</type></os></domain>
  <domain type='test'><name>web-10</name><uuid>22222222-2222-4222-8222-222222222222</uuid>
    <memory>1048576</memory><os><type>hvm</type></os></domain>
  <domain type='test'><name>web-9</name><uuid>33333333-3333-4333-8333-333333333333</uuid>
    <memory>1048576</memory><os><type>hvm</type></os></domain>
  <cpu><mhz>1400</mhz><model>x86</model><active>4</active><nodes>1</nodes><sockets>1</sockets><cores>4</cores>
  <threads>1</threads></cpu><memory>8388608</memory>
</node>
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a user with a home of the test's own."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("LIBVIRT", "TUIVM", "XDG"))
    }
    for name in ("NO_COLOR", "COLUMNS", "LINES"):
        kept.pop(name, None)
    home = tmp_path / "home"
    (home / ".config" / "tuivm").mkdir(parents=True)
    return {**kept, "HOME": str(home), "TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    """Run tuivm without a terminal."""

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*TUIVM, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env={**environment, **more},
            timeout=PATIENCE,
            check=False,
        )

    return run


def config_of(environment: dict[str, str]) -> Path:
    return Path(environment["HOME"]) / ".config" / "tuivm" / "config.toml"


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The only line on stderr, of a run that failed and printed nothing else."""
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("tuivm: ")
    return line


# Without a terminal


def test_version(run: Run) -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"tuivm {__version__}\n", "")


def test_help_names_commands_files_and_environment(run: Run, environment: dict[str, str]) -> None:
    done = run("--help")
    assert done.returncode == 0
    for word in ("list", "doctor", "demo", "examples:", "LIBVIRT_DEFAULT_URI", str(config_of(environment))):
        assert word in done.stdout
    for command in ("list", "doctor", "demo"):
        assert run(command, "--help").stdout.startswith(f"usage: tuivm {command}")


def test_json_is_the_shape_the_help_tells(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "host.xml"
    path.write_text(DOMAINS.format(first="[red]a\tb $(reboot)"))
    done = run("list", "--json", "-c", f"test://{path}")
    assert (done.returncode, done.stderr) == (0, "")
    domains = json.loads(done.stdout)
    assert [domain["name"] for domain in domains] == ["[red]a\tb $(reboot)", "web-9", "web-10"]
    fields = "connection uuid name state reason id vcpus memory memory_max autostart persistent saved"
    assert " ".join(domains[0]) == f"{fields} has_snapshots started"
    assert domains[0]["memory"] == 512 * 1024 * 1024
    assert domains[0]["vcpus"] == 2
    told = run("list", "--help").stdout.split()
    assert [field for field in domains[0] if field not in told] == []


def test_table_is_aligned_and_names_cannot_do_harm(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "host.xml"
    path.write_text(DOMAINS.format(first="機械\t&#x9B;31m"))
    lines = run("list", "-c", f"test://{path}").stdout.splitlines()
    assert len(lines) == 4
    assert lines[0].split() == ["state", "name", "vcpus", "memory", "autostart", "uptime"]
    (hostile,) = [line for line in lines if "機械" in line]
    assert r"機械\t\x9b31m" in hostile
    # each of the two wide characters takes two cells
    assert hostile.index("no") + 2 == lines[0].index("autostart")


def test_options_stand_before_or_after_the_command(run: Run) -> None:
    assert run("-c", TEST, "list").stdout == run("list", "-c", TEST).stdout
    assert run("list", LIBVIRT_DEFAULT_URI=TEST).stdout.splitlines()[1].split()[1] == "test"


def test_connection_of_the_configuration(run: Run, environment: dict[str, str], tmp_path: Path) -> None:
    config_of(environment).write_text(f'connection = "{TEST}"\n')
    assert " test " in run("list").stdout
    other = tmp_path / "other.toml"
    other.write_text('connection = "foo:///"\n')
    assert "foo:///" in one_line(run("list", "--config", str(other)))
    assert " test " in run("list", "--config", str(other), "-c", TEST).stdout


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("foo:///system", "foo"),
        ("qemu+unix:///system?socket=/does/not/exist", "/does/not/exist"),
        ("test:///does/not/exist.xml", "/does/not/exist.xml"),
        ("qemu+ssh://host.invalid/system", "host.invalid"),
        ("no uri at all", "no uri at all"),
        ("[red]x[/red]", "[red]x[/red]"),
    ],
)
def test_connection_that_cannot_be_made_is_one_line(run: Run, uri: str, says: str) -> None:
    line = one_line(run("list", "-c", uri))
    assert says in line
    assert line.endswith(")"), "there is no remedy"


@pytest.mark.parametrize(
    "arguments",
    [["frob"], ["--frob"], ["list", "--frob"], ["-c"], ["-c", ""], ["-c", "a\nb"], ["demo", "--accel", "x"]],
)
def test_wrong_usage(run: Run, arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "usage: tuivm" in done.stderr
    assert "Traceback" not in done.stderr


def test_demo_has_a_connection_of_its_own(run: Run) -> None:
    assert run("-c", TEST, "demo").returncode == 2


def test_hostile_configuration_is_said_and_the_list_comes(run: Run, environment: dict[str, str]) -> None:
    config_of(environment).write_text('interval = "fast"\n[keys]\n"\\u001b[2J" = "x"\n')
    done = run("list", "-c", TEST)
    assert done.returncode == 0
    assert " test " in done.stdout
    assert len(done.stderr.splitlines()) == 2
    assert f"{config_of(environment)}, line 1: interval" in done.stderr
    assert "\x1b" not in done.stderr


def test_named_configuration_must_exist(run: Run) -> None:
    assert "/does/not/exist: no such file" in one_line(run("list", "--config", "/does/not/exist"))


def test_screen_needs_a_terminal(run: Run) -> None:
    for arguments in ([], ["demo"], ["-c", TEST]):
        assert "terminal" in one_line(run(*arguments))


def test_reader_that_goes_away(environment: dict[str, str]) -> None:
    program = subprocess.Popen(
        [*TUIVM, "list", "--json", "-c", TEST],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    with program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert program.stderr.read() == b""
    assert program.returncode == 141


def test_full_disk(environment: dict[str, str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*TUIVM, "list", "-c", TEST],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment,
            check=False,
            timeout=PATIENCE,
        )
    assert (done.returncode, done.stderr) == (1, b"tuivm: No space left on device\n")


def test_locale_without_the_characters(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "host.xml"
    path.write_text(DOMAINS.format(first="büro"), encoding="utf-8")
    done = run("list", "-c", f"test://{path}", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 0
    assert "b\\xfcro" in done.stdout


def test_doctor_prints_a_line_for_each_check(run: Run) -> None:
    done = run("doctor", "-c", TEST)
    assert done.returncode in (0, 1)
    *checks, last = done.stdout.splitlines()
    assert len(checks) >= 12
    assert {line.split()[0] for line in checks} <= {"ok", "warn", "fail"}
    assert any(line.startswith("ok") and TEST in line for line in checks)
    assert last.startswith(f"{len(checks)} checks")
    assert done.returncode == any(line.startswith("fail") for line in checks)
    assert done.stderr == ""


def test_doctor_fails_for_a_broken_configuration(run: Run, environment: dict[str, str]) -> None:
    config_of(environment).write_text("interval = 0\n")
    done = run("doctor", "-c", TEST)
    assert done.returncode == 1
    assert "fail  configuration" in done.stdout
    assert "line 1: interval" in done.stdout


# In a terminal


@pytest.fixture
def start(environment: dict[str, str]) -> Callable[..., Person]:
    """Start tuivm in a terminal, perhaps ``under`` another program that is given its command line."""

    def start(
        *arguments: str, columns: int = 80, lines: int = 24, under: tuple[str, ...] = (), **more: str
    ) -> Person:
        argv = [*under, *TUIVM, *arguments]
        return Person(argv, environ={**environment, **more}, columns=columns, lines=lines)

    return start


Start = Callable[..., Person]


def shows_test(lines: list[str]) -> bool:
    return any(" run" in line and " test " in line for line in lines)


def test_screen_opens_and_q_leaves_the_terminal_as_it_was(start: Start) -> None:
    with start("-c", TEST) as program:
        program.wait(shows_test)
        program.type("q")
        assert program.wait_end() == 0
        assert program.echoes()
        assert b"\x1b[?1049l" in program.output
        assert b"Traceback" not in program.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_being_told_to_end_is_an_orderly_leave(start: Start, number: signal.Signals) -> None:
    with start("-c", TEST) as program:
        program.wait(shows_test)
        os.kill(program.pid, number)
        program.wait_end()
        assert program.echoes()
        assert b"\x1b[?1049l" in program.output
        assert b"Traceback" not in program.output


def test_terminal_that_goes_away_ends_the_program(start: Start) -> None:
    with start("-c", TEST) as program:
        program.wait(shows_test)
        program.hang_up()
        program.wait_end()


def test_terminal_that_goes_away_from_under_a_program_that_stays(start: Start) -> None:
    """The system tells the session's leader alone; as under make, which waits for what it started."""
    leader = ("sh", "-c", 'trap : HUP; "$@"; exit', "sh")
    with start("-c", TEST, under=leader) as program:
        program.wait(shows_test)
        program.hang_up()
        assert program.wait_end() == 0


def test_what_cannot_be_reached_is_one_line_and_no_screen(start: Start) -> None:
    with start("-c", "qemu+unix:///system?socket=/does/not/exist", columns=200) as program:
        assert program.wait_end() == 1
        assert program.text.strip().startswith("tuivm: qemu+unix:///system?socket=/does/not/exist: ")
        assert len(program.text.split("\n\n")[0].splitlines()) == 1
        assert b"\x1b[?1049h" not in program.output


@pytest.mark.parametrize("term", ["dumb", ""])
def test_terminal_without_a_cursor(start: Start, term: str) -> None:
    with start("-c", TEST, columns=200, TERM=term) as program:
        assert program.wait_end() == 1
        assert "TERM=xterm-256color" in program.text
        assert b"\x1b[" not in program.output


def test_theme_that_does_not_exist(start: Start) -> None:
    with start("-c", TEST, "--theme", "nope", columns=200) as program:
        assert program.wait_end() == 1
        assert "there is no theme 'nope' (there are " in program.text


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A server that accepts and never answers: its port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


def test_slow_connection_is_said_and_can_be_given_up(start: Start, silent_server: int) -> None:
    with start("-c", f"qemu+tcp://127.0.0.1:{silent_server}/system", columns=200) as program:
        program.wait_for("connecting to qemu+tcp://127.0.0.1")
        program.type("\x03")
        assert program.wait_end() == 130
        assert b"Traceback" not in program.output


def test_broken_configuration_is_shown_on_the_screen(start: Start, environment: dict[str, str]) -> None:
    config_of(environment).write_text('interval = "fast"\ntheme = "nope"\n[keys]\nstart = "S"\n')
    with start("-c", TEST, columns=140, lines=40) as program:
        program.wait(shows_test)
        program.wait_for("interval", "keys.start")
        program.type("q")
        assert program.wait_end() == 0


def test_key_of_the_configuration(start: Start, environment: dict[str, str]) -> None:
    config_of(environment).write_text('[keys]\nquit = "f10"\n')
    with start("-c", TEST) as program:
        program.wait(shows_test)
        program.type("q")
        program.type("\x1b[21~")
        assert program.wait_end() == 0


def test_log_is_the_users_own_and_holds_no_traceback(start: Start, environment: dict[str, str]) -> None:
    with start("-c", TEST) as program:
        program.wait(shows_test)
        program.type("q")
        program.wait_end()
    log = Path(environment["HOME"]) / ".local" / "state" / "tuivm" / "tuivm.log"
    assert log.stat().st_mode & 0o777 == 0o600
    assert f"tuivm {__version__} starts" in log.read_text()
    assert "Traceback" not in log.read_text()
