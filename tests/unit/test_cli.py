"""How every way to end becomes an exit code and at most one line."""

from __future__ import annotations

import argparse
import gc
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tuivm import cli
from tuivm.commands import output, settings, table
from tuivm.commands.listing import lines, record
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.errors import Denied, TuivmError


@pytest.mark.parametrize(
    ("end", "code", "said"),
    [
        (TuivmError("it is wrong", "mend it"), 1, "tuivm: it is wrong (mend it)\n"),
        (Denied("a\x1b[2J\nb"), 1, "tuivm: a\\x1b[2J\\nb\n"),
        (KeyboardInterrupt(), 130, ""),
        (OSError(28, "No space left on device"), 1, "tuivm: No space left on device\n"),
        (PermissionError(13, "Permission denied", "/x"), 1, "tuivm: /x: Permission denied\n"),
        (BrokenPipeError(), 141, ""),
        (SystemExit(143), 143, ""),
    ],
)
def test_end_is_a_code_and_a_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    end: BaseException,
    code: int,
    said: str,
) -> None:
    def run(arguments: argparse.Namespace) -> int:
        gc.disable()
        raise end

    monkeypatch.setattr(cli, "_run", run)
    monkeypatch.setattr(output, "discard_stdout", lambda: None)
    assert cli.main(["list"]) == code
    assert capsys.readouterr() == ("", said)
    assert gc.isenabled()


def test_a_mistake_of_the_programs_own_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(arguments: argparse.Namespace) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "_run", run)
    with pytest.raises(ZeroDivisionError):
        cli.main(["list"])


@pytest.mark.parametrize(
    ("argv", "command", "connect"),
    [
        ([], None, None),
        (["-c", "test:///default"], None, "test:///default"),
        (["-c", " a:/// ", "list"], "list", "a:///"),
        (["list", "-c", "b:///"], "list", "b:///"),
        (["-c", "a:///", "list", "-c", "b:///"], "list", "b:///"),
        (["demo", "--accel", "tcg"], "demo", None),
    ],
)
def test_arguments(monkeypatch: pytest.MonkeyPatch, argv: list[str], command: str, connect: str) -> None:
    taken: list[argparse.Namespace] = []
    monkeypatch.setattr(cli, "_run", lambda arguments: taken.append(arguments) or 0)
    assert cli.main(argv) == 0
    assert (taken[0].command, taken[0].connect) == (command, connect)


def domain(name: str, state: State = State.OFF, **more: object) -> Domain:
    return Domain(DomainKey("memory:///", name), name, state, **more)  # type: ignore[arg-type]


def test_lines_say_what_is_not_known() -> None:
    rows = lines(
        [
            domain("a", State.RUNNING, vcpus=4, memory=1 << 30, autostart=True, started=1000.0),
            domain("b\x1b[31m", saved=True, autostart=False),
        ],
        now=1000.0 + 90,
    )
    assert [row.split() for row in rows[1:]] == [
        ["running", "a", "4", "1.0G", "yes", "1m"],
        ["off", "(saved)", "b\\x1b[31m", "-", "-", "no", "-"],
    ]


def test_record_is_exact() -> None:
    assert record(domain("b\x1b[31m", State.PAUSED, reason="user"))["name"] == "b\x1b[31m"
    assert record(domain("b", State.PAUSED))["state"] == "paused"


def test_table_counts_cells() -> None:
    assert table.table([("a", "1"), ("機", "10")], frozenset({1})) == ["a    1", "機  10"]


@pytest.mark.parametrize(("text", "shown"), [("a" * 30, "tuivm: " + "a" * 12), ("機" * 30, "tuivm: 機機")])
def test_passing_line_fits_and_is_taken_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, shown: str
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setattr(output, "is_terminal", lambda stream: True)
    with output.passing(text):
        assert capsys.readouterr().err == shown
    assert capsys.readouterr().err == "\r\x1b[K"


def test_passing_line_is_an_ordinary_one_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with output.passing("waiting"):
        pass
    assert capsys.readouterr().err == "tuivm: waiting\n"


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[Path]:
    """A log of the test's own, and logging as it was afterwards."""
    root = logging.getLogger()
    kept = (list(root.handlers), root.level, threading.excepthook, sys.unraisablehook, warnings.showwarning)
    path = tmp_path / "state" / "tuivm.log"
    settings.open_log(path)
    yield path
    for handler in root.handlers:
        handler.close()
    logging.captureWarnings(capture=False)
    root.handlers[:] = kept[0]
    root.setLevel(kept[1])
    threading.excepthook, sys.unraisablehook, warnings.showwarning = kept[2:]
    logging.raiseExceptions = True
    logging.getLogger("tuivm").setLevel(logging.NOTSET)


def test_log_holds_nothing_that_a_terminal_obeys(logged: Path) -> None:
    logging.getLogger("tuivm.test").warning("domain %s", "\x1b[2J\x9b")
    assert "domain \\x1b[2J\\x9b" in logged.read_text()
    assert "\x1b" not in logged.read_text()


def test_failing_thread_is_logged_and_not_printed(logged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        raise ValueError("gone wrong")

    thread = threading.Thread(target=work, name="worker")
    thread.start()
    thread.join()
    assert "thread worker ended" in logged.read_text()
    assert "ValueError: gone wrong" in logged.read_text()
    assert capsys.readouterr().err == ""


def test_long_log_is_put_aside(logged: Path) -> None:
    logged.write_text("x" * 300_000)
    settings.open_log(logged)
    assert logged.stat().st_size < 1000
    assert logged.with_suffix(".old.log").stat().st_size == 300_000


def test_log_that_cannot_be_written_is_done_without(logged: Path) -> None:
    settings.open_log(Path("/proc/none/tuivm.log"))
    logging.getLogger("tuivm").error("nobody hears this")
    assert "nobody" not in logged.read_text()
