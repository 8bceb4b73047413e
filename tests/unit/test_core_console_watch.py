"""Triggers and logs on live consoles: marks, events, commands, files."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.memory import MemoryHypervisor
from tests.recorder import Recorder as Told
from tests.unit.test_asciicast import files_of_at_most
from tuivm.config import ConsoleConfig, TriggerRule
from tuivm.core import console_log, console_watch
from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.core.console_log import ConsoleLogs, LogFile
from tuivm.core.console_watch import ConsoleWatch
from tuivm.core.trigger_commands import Commands
from tuivm.model.domain import DomainKey
from tuivm.model.event import Event, EventKind


class Desk:
    """Open consoles of fake guests, watched."""

    def __init__(self, folder: Path, config: ConsoleConfig, count: int = 1) -> None:
        self.folder = folder
        self.hypervisor = MemoryHypervisor(count, running=count)
        self.hypervisor.open()
        self.told = Told()
        self.watch = ConsoleWatch(config, folder)
        self.consoles = [
            ConsoleSession(key, self.hypervisor, lambda key: self.hypervisor.machine(key).domain)
            for key in [machine.key for machine in self.hypervisor.list_domains()]
        ]
        for console in self.consoles:
            self.watch.made(console)
        self.watch.begin(lambda key: self.hypervisor.machine(key).domain, self.told.on_event)
        for console in self.consoles:
            console.open()
            self.told.wait(lambda one=console: one.state is ConsoleState.OPEN, "an open console")

    def prints(self, data: bytes, at: int = 0) -> None:
        self.hypervisor.prints(self.consoles[at].key, data)

    def event(self, words: str) -> Event:
        self.told.wait(lambda: any(words in event.detail for event in self.told.events), words)
        return next(event for event in self.told.events if words in event.detail)

    def close(self) -> None:
        for console in self.consoles:
            console.close()
        self.watch.close(20.0)


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[list[Desk]]:
    made: list[Desk] = []
    yield made
    for desk in made:
        desk.close()
    names = {"tuivm-triggers", "tuivm-console-log"}
    assert not [thread for thread in threading.enumerate() if thread.name in names]


def make(desks: list[Desk], tmp_path: Path, *rules: TriggerRule, count: int = 1, **more: object) -> Desk:
    desk = Desk(tmp_path, ConsoleConfig(triggers=rules, **more), count)  # type: ignore[arg-type]
    desks.append(desk)
    return desk


def test_a_panic_is_a_mark_and_an_event(desks: list[Desk], tmp_path: Path) -> None:
    desk = make(desks, tmp_path, count=2)
    desk.prints(b"\r\n[ 1.0] Kernel pan", at=1)
    desk.prints(b"ic - not syncing: \x1b[31mbad\x1b[m\r\n", at=1)
    event = desk.event("kernel panic")
    assert (event.kind, event.key, event.name) == (EventKind.CONSOLE, desk.consoles[1].key, "db")
    assert event.detail == "kernel panic: [ 1.0] Kernel panic - not syncing: bad"
    alert = desk.consoles[1].alert
    assert alert is not None
    assert (alert.severity, alert.trigger) == ("error", "kernel panic")
    assert alert.text == "[ 1.0] Kernel panic - not syncing: bad"
    assert desk.consoles[0].alert is None


def test_a_login_prompt_is_an_event_without_a_mark(desks: list[Desk], tmp_path: Path) -> None:
    desk = make(desks, tmp_path)
    assert desk.event("login prompt").detail == "login prompt: web-1 login:"
    assert desk.consoles[0].alert is None


def test_a_login_prompt_can_be_made_a_mark(desks: list[Desk], tmp_path: Path) -> None:
    desk = make(desks, tmp_path, TriggerRule("login prompt", "login: $", "warning"))
    desk.told.wait(lambda: desk.consoles[0].alert is not None, "a mark")


def test_a_lesser_mark_does_not_hide_a_graver_one(desks: list[Desk], tmp_path: Path) -> None:
    desk = make(desks, tmp_path)
    desk.prints(b"\r\nKernel panic - not syncing\r\n")
    desk.event("kernel panic")
    desk.prints(b"Out of memory: Killed process 1\r\n")
    desk.event("out of memory")
    alert = desk.consoles[0].alert
    assert alert is not None
    assert alert.trigger == "kernel panic"


def test_many_matches_are_told_once_and_counted(
    desks: list[Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(console_watch.time, "monotonic", lambda: now[0])
    desk = make(desks, tmp_path, TriggerRule("x", "needle", once_per=60.0), default_triggers=False)
    desk.prints(b"\r\n" + b"a needle\r\n" * 10)
    desk.event("x: a needle")
    ear = desk.watch._ears[0]
    desk.told.wait(lambda: ear.more == {"x": 9}, "the others counted")
    now[0] += 61
    desk.prints(b"last needle\r\n")
    assert desk.event("last needle").detail == "x: last needle (and 9 more since the last)"
    assert len(desk.told.events) == 2


def test_what_was_seen_is_marked_again_when_it_happens_again(desks: list[Desk], tmp_path: Path) -> None:
    desk = make(desks, tmp_path)
    desk.prints(b"\r\nKernel panic - not syncing: first\r\n")
    desk.event("kernel panic")
    desk.consoles[0].alert = None  # the user has looked
    desk.prints(b"Kernel panic - not syncing: second\r\n")
    desk.told.wait(lambda: desk.consoles[0].alert is not None, "a mark")
    assert len([event for event in desk.told.events if "panic" in event.detail]) == 1


def test_a_flood_is_skimmed_and_that_is_said(desks: list[Desk], tmp_path: Path) -> None:
    desk = make(desks, tmp_path, TriggerRule("any number", r"\d\d\d\d"))
    desk.prints(b"y\r\n" * 100_000 + b"[ 1.0] Kernel panic - not syncing\r\n" + b"y\r\n" * 100_000)
    desk.event("kernel panic")
    desk.event("prints faster than can be looked through")


def test_what_does_not_fit_is_passed_over_and_that_is_said(
    desks: list[Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_watch, "QUEUE_LIMIT", 1000)
    desk = make(desks, tmp_path)
    for _ in range(3000):
        desk.prints(b"x" * 100 + b"\r\n")
    desk.event("prints faster than can be looked through")


def test_a_pattern_that_takes_for_ever_is_switched_off_with_one_line(
    desks: list[Desk], tmp_path: Path
) -> None:
    desk = make(desks, tmp_path, TriggerRule("mine", "(a+)+$"))
    desk.prints(b"\r\n" + b"a" * 400 + b"!\r\n")
    assert desk.event("mine").detail == "trigger mine is off: its pattern takes too long, make it simpler"
    desk.prints(b"[ 1.0] Kernel panic - not syncing\r\n")
    desk.event("kernel panic")


@pytest.mark.parametrize("wanted", [False, True])
def test_consoles_are_listened_to_in_the_background_if_wished(
    desks: list[Desk], tmp_path: Path, wanted: bool
) -> None:
    desk = make(desks, tmp_path, background=wanted)
    assert desk.consoles[0].listening is wanted


def script(tmp_path: Path, code: str) -> tuple[str, ...]:
    path = tmp_path / "hook.py"
    path.write_text(f"import os, sys\nfrom pathlib import Path\n{code}\n")
    return (sys.executable, str(path), str(tmp_path / "out"))


def test_a_command_gets_the_line_in_its_environment_only(
    desks: list[Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("TUIVM_")]:
        monkeypatch.delenv(name)
    code = (
        "given = sorted(f'{n}={v}' for n, v in os.environ.items() if n.startswith('TUIVM_'))\n"
        "given += [repr(sys.argv[2:]), repr(sys.stdin.read()), str(os.getsid(0) == os.getpid())]\n"
        "Path(sys.argv[1] + '~').write_text('\\n'.join(given)); os.rename(sys.argv[1] + '~', sys.argv[1])"
    )
    rule = TriggerRule("x", "needle", command=script(tmp_path, code))
    desk = make(desks, tmp_path, rule, default_triggers=False)
    desk.prints(b"\r\na needle $(reboot) `id` \x1b[31m\x00; rm -rf / \xff\r\n")
    out = tmp_path / "out"
    desk.told.wait(out.exists, "the command's file")
    assert out.read_text().splitlines() == [
        "TUIVM_DOMAIN=web-1",
        "TUIVM_LINE=a needle $(reboot) `id` ; rm -rf / �",
        "TUIVM_SEVERITY=warning",
        "TUIVM_TRIGGER=x",
        f"TUIVM_UUID={desk.consoles[0].key.uuid}",
        "[]",
        "''",
        "True",
    ]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("/no/such/program",), "trigger x: /no/such/program cannot be run: No such file or directory"),
        (("false",), "trigger x: false ended with 1"),
        (("sh", "-c", "kill -9 $$"), "trigger x: sh was ended by signal 9"),
    ],
)
def test_a_command_that_fails_is_one_line(
    desks: list[Desk], tmp_path: Path, command: tuple[str, ...], says: str
) -> None:
    desk = make(desks, tmp_path, TriggerRule("x", "needle", command=command), default_triggers=False)
    desk.prints(b"\r\nneedle\r\n")
    assert desk.event("trigger x").detail == says


def finish(commands: Commands, said: list[str], words: str) -> None:
    end = time.monotonic() + 20
    while not any(words in line for line in said):
        assert time.monotonic() < end, said
        commands.look()
        time.sleep(0.01)


def test_a_command_that_takes_too_long_is_stopped_with_its_children(tmp_path: Path) -> None:
    said: list[str] = []
    commands = Commands(said.append, limit=0.2)
    commands.start("trigger x", ("sh", "-c", "trap '' TERM; sleep 1000 & wait; sleep 1000"), {})
    finish(commands, said, "took more than 0.2 s and was stopped")
    commands.close(0.1)
    assert commands.is_idle
    assert len(said) == 1


def test_no_more_than_a_few_commands_run_at_once() -> None:
    said: list[str] = []
    commands = Commands(said.append)
    for _ in range(5):
        commands.start("trigger x", ("sleep", "1000"), {})
    assert said == ["trigger x: sleep was not run: 4 commands are running already"]
    commands.close(0.0)
    assert commands.is_idle


# Logs


def log_of(desk: Desk, name: str = "web-1.log") -> list[str]:
    return (desk.folder / name).read_text().splitlines()


def test_nothing_is_logged_unless_asked_for(desks: list[Desk], tmp_path: Path) -> None:
    make(desks, tmp_path / "logs").close()
    assert not (tmp_path / "logs").exists()


def test_each_console_has_a_log_of_plain_lines(desks: list[Desk], tmp_path: Path) -> None:
    desk = make(desks, tmp_path / "logs", count=2, log=True)
    desk.prints(b"\x1b[31mred\x1b[m and\x07 more\r\n\x1b]0;title\x07half a li")
    desk.prints(b"second\r\n", at=1)
    desk.close()
    assert log_of(desk)[-2:] == ["web-1 login: red and more", "half a li"]
    assert log_of(desk, "db.log")[-1] == "db login: second"
    assert (tmp_path / "logs" / "web-1.log").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "logs").stat().st_mode & 0o777 == 0o700


def test_lines_can_have_the_time(desks: list[Desk], tmp_path: Path) -> None:
    desk = make(desks, tmp_path, log=True, log_timestamps=True)
    desk.prints(b"hello\r\n")
    desk.close()
    stamp = time.strptime(log_of(desk)[-1][:19], "%Y-%m-%d %H:%M:%S")
    assert stamp.tm_year >= 2024
    assert log_of(desk)[-1][19:] == " web-1 login: hello"


def test_what_cannot_be_written_in_time_is_left_out_and_said(
    desks: list[Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_log, "QUEUE_LIMIT", 1000)
    desk = make(desks, tmp_path, log=True)
    for _ in range(20_000):
        desk.prints(b"x" * 50 + b"\r\n")
    desk.close()
    assert any("bytes left out here" in line for line in log_of(desk))


def test_a_log_that_cannot_be_written_stops_with_one_line(desks: list[Desk], tmp_path: Path) -> None:
    with files_of_at_most(2000):
        desk = make(desks, tmp_path, log=True)
        for _ in range(100):
            desk.prints(b"x" * 50 + b"\r\n")
        event = desk.event("console log stopped")
        assert event.detail == f"console log stopped: {tmp_path}/web-1.log: File too large"
        desk.prints(b"more\r\n" * 100)
    desk.close()
    assert len([event for event in desk.told.events if "console log" in event.detail]) == 1
    assert (tmp_path / "web-1.log").read_bytes().endswith(b"\n")


def test_files_are_put_aside_by_size_and_count(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "x.log", size=100, count=3)
    for number in range(100):
        log.write([f"line {number:04}", "and one more"])
    log.close()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["x.log", "x.log.1", "x.log.2"]
    assert all(0 < path.stat().st_size <= 100 for path in tmp_path.iterdir())
    text = "".join((tmp_path / name).read_text() for name in ("x.log.2", "x.log.1", "x.log"))
    numbers = [int(line[5:]) for line in text.splitlines() if line.startswith("line")]
    assert numbers == list(range(numbers[0], 100))


def test_a_log_goes_on_where_it_was(tmp_path: Path) -> None:
    for _ in range(2):
        log = LogFile(tmp_path / "x.log", size=1000, count=1)
        log.write(["hello"])
        log.close()
    assert (tmp_path / "x.log").read_text() == "hello\nhello\n"
    big = LogFile(tmp_path / "x.log", size=10, count=1)
    big.write(["a line longer than the limit", "next"])
    big.close()
    assert [path.name for path in tmp_path.iterdir()] == ["x.log"]
    assert (tmp_path / "x.log").read_text() == "next\n"


def test_a_log_that_was_moved_away_is_begun_anew(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "x.log", size=1000, count=2)
    log.write(["one"])
    (tmp_path / "x.log").unlink()
    log.write(["two"])
    log.close()
    assert (tmp_path / "x.log").read_text() == "two\n"


def test_a_log_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "x.log").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        LogFile(tmp_path / "x.log", size=1000, count=2).write(["one"])
    assert not (tmp_path / "elsewhere").exists()


def test_the_next_console_of_a_domain_goes_on_with_its_file(tmp_path: Path) -> None:
    said: list[str] = []
    logs = ConsoleLogs(tmp_path, 1000, 2)
    consoles = [Told() for _ in range(3)]
    for number, console in enumerate(consoles):
        key = DomainKey("test:///", "two" if number == 2 else "one")
        logs.add(console, key, lambda _: "same name").output(b"console %d\n" % number)
    logs.start(said.append)
    logs.close(20.0)
    texts = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert texts == {"same-name.log": "console 0\nconsole 1\n", "same-name~2.log": "console 2\n"}
    assert said == []


def test_a_console_that_was_given_up_is_let_go(desks: list[Desk], tmp_path: Path) -> None:
    desk = make(desks, tmp_path, count=2, log=True)
    desk.prints(b"last\r\n", at=1)
    gone = desk.consoles.pop()
    gone.close()
    seen = weakref.ref(gone)
    desk.hypervisor.power_off(gone.key)
    del gone
    gc.collect()
    assert seen() is None
    desk.prints(b"of another\r\n")
    logs = desk.watch._logs
    assert logs is not None
    desk.told.wait(lambda: len(logs._logs) == len(desk.watch._ears) == 1, "log and ear let go")
    assert log_of(desk, "db.log")[-1].endswith("last")
