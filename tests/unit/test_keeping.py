"""The history of a session: what the configuration says, that the screen writes it, and the unit."""

from __future__ import annotations

import configparser
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.memory import MemoryHypervisor
from tests.recorder import Recorder
from tuivm import cli
from tuivm.commands import keeping, screen
from tuivm.config import Config, HistoryConfig, load
from tuivm.core.archive import Archive, archive
from tuivm.core.session import Session
from tuivm.model.series import Metric, Series

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_table_is_read(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[history]\nenabled = false\nfolder = "/var/lib/x"\nsize = 2\ndays = 30\n')
    config, errors = load(file, {})
    assert errors == ()
    assert config.history == HistoryConfig(False, Path("/var/lib/x"), 2 << 20, 30)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("enabled = 1", "true or false"),
        ('folder = "x"', "expected a folder such as"),
        ("folder = 3", "expected a folder such as"),
        ("size = 0.5", "MiB from 1"),
        ("days = 0", "from 1 to 3660"),
        ("days = 1.5", "days from 1"),
        ("dayz = 1", "did you mean days?"),
    ],
)
def test_what_is_wrong_is_said_and_the_default_stands(tmp_path: Path, line: str, expected: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[history]\n{line}\n")
    config, (error,) = load(file, {})
    assert config == Config()
    assert f"line 2: history.{line.split()[0]}: " in error.message
    assert expected in error.remedy


def test_the_screens_session_writes_samples_names_and_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATA", "CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path))
    monkeypatch.setattr(archive, "PAUSE", 0.01)
    hypervisor = MemoryHypervisor()
    key = hypervisor.add("web")
    before = threading.active_count()
    session = screen.begin(hypervisor, Config(interval=0.2))
    try:
        session.attach(Recorder())
        assert session.wait_ready(PATIENCE)
        hypervisor.start(key)
        until(lambda: len(session.past.series_of(key, 0.0, time.time() + 10)) > 0)
        hypervisor.suspend(key)
        until(lambda: len([event for event in session.events if event.key == key]) >= 2)
        happened = [event for event in session.events if event.key == key]
    finally:
        session.close(PATIENCE)
    assert threading.active_count() <= before
    kept = Archive(keeping.file_of(HistoryConfig(), hypervisor.uri))
    assert (key, "web") in [(known.key, known.name) for known in kept.domains()]
    window = kept.window(key, Series(Metric.MEMORY), time.time() - 60, 1.0, 61)
    assert not window.is_empty
    assert [event.detail for event in kept.kept(0.0, time.time() + 10, key)][: len(happened)] == [
        event.detail for event in happened
    ]
    kept.works.close()


def test_without_it_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    session: Session = screen.begin(MemoryHypervisor(), Config(history=HistoryConfig(enabled=False)))
    try:
        assert session.wait_ready(PATIENCE)
    finally:
        session.close(PATIENCE)
    assert not list(tmp_path.rglob("*.db"))


def test_the_unit_runs_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(ROOT / "tuivm/data/tuivm-record.service")
    program, command = unit["Service"]["ExecStart"].split()
    assert program.endswith("/tuivm")
    assert cli.main([command, "--help"]) == 0
    assert "usage: tuivm record" in capsys.readouterr().out
    assert unit["Install"]["WantedBy"] == "default.target"
