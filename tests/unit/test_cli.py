"""How every way to end becomes an exit code and at most one line."""

from __future__ import annotations

import argparse
import gc
import json
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
        (["console", "web-1", "db", "-c", "a:///"], "console", "a:///"),
        (["play", "x.cast"], "play", None),
    ],
)
def test_arguments(monkeypatch: pytest.MonkeyPatch, argv: list[str], command: str, connect: str) -> None:
    taken: list[argparse.Namespace] = []
    monkeypatch.setattr(cli, "_run", lambda arguments: taken.append(arguments) or 0)
    assert cli.main(argv) == 0
    assert (taken[0].command, taken[0].connect) == (command, connect)


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["play"], "FILE"),
        (["play", "-c", "a:///", "x"], "unrecognized arguments: -c"),
        (["-c", "a:///", "play", "x"], "-c cannot be used with play"),
        (["play", "x", "--speed", "0"], "from 0.1 to 100"),
        (["play", "x", "--speed", "nan"], "from 0.1 to 100"),
        (["play", "x", "--speed", "fast"], "from 0.1 to 100"),
        (["play", "x", "--idle-limit", "-1"], "from 0.01 to 3600"),
        (["console"], "NAME"),
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], argv: list[str], says: str) -> None:
    assert cli.main(argv) == 2
    assert says in capsys.readouterr().err


def recording(tmp_path: Path, *events: object) -> str:
    path = tmp_path / "x.cast"
    lines = [{"version": 2, "width": 20, "height": 3}, *events]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(path)


def test_play_prints_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = "".join(f"line {at}\r\n" for at in range(9))
    path = recording(tmp_path, [0.5, "o", lines], [1.0, "o", "\x1b[31m\x1b(0lqk\x1b(B 漢字\u202e _\x1b[m"])
    assert cli.main(["play", "--text", path]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert shown.out.splitlines()[:-1] == [f"line {at}" for at in range(9)]
    assert shown.out.splitlines()[-1].startswith("┌─┐ 漢字")
    assert shown.out.replace("\n", "").isprintable()


def test_play_says_what_it_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(recording(tmp_path, [0.5, "o", "text"]))
    path.write_text(path.read_text() + '[1, "o", "cut')
    assert cli.main(["play", "--text", str(path)]) == 0
    assert capsys.readouterr() == ("text\n", "tuivm: line 3 is cut off\n")


@pytest.mark.parametrize("text", [["--text"], []])
def test_play_of_a_bad_file_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, text: list[str]
) -> None:
    monkeypatch.setattr("tuivm.commands.terminal.require", lambda **_: None)
    path = recording(tmp_path, [1, "o"])
    assert cli.main(["play", *text, path]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == (
        f"tuivm: {path}, line 2: is no event: expected [time, kind, data] "
        "(expected an asciicast, version 2 or 3)\n"
    )


def test_play_without_a_terminal_names_the_way_to_the_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["play", recording(tmp_path)]) == 1
    assert "print the text with: tuivm play --text FILE" in capsys.readouterr().err


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
