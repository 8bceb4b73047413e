"""A run of the demonstration, on a connection that only remembers."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from tuivm.demo import SIMULATED, Demo
from tuivm.demo import demo as module
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.errors import Failed, HypervisorError, TuivmError


class Connection:
    """Remembers what it was asked; fails where it is told to."""

    def __init__(self, fail: set[str] | None = None) -> None:
        self.asked: list[str] = []
        self.fail = fail or set()

    def _do(self, what: str) -> None:
        self.asked.append(what)
        if what in self.fail:
            raise Failed(f"{what} is not possible")

    def define(self, xml: str) -> DomainKey:
        self._do(f"define {xml}")
        return DomainKey("test", xml)

    def undefine(self, key: DomainKey) -> None:
        self._do(f"undefine {key.uuid}")

    def start(self, key: DomainKey) -> None:
        self._do(f"start {key.uuid}")

    def destroy(self, key: DomainKey) -> None:
        self._do(f"destroy {key.uuid}")

    def list_domains(self) -> list[Domain]:
        return []


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    monkeypatch.setenv("LIBVIRT_LOG_OUTPUTS", "")
    return tmp_path


def with_domains(*names: str) -> Demo:
    demo = Demo(accel="tcg")
    demo._xml.extend(names)
    return demo


def test_without_qemu_it_is_simulated(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(home))
    monkeypatch.setattr(module.parts, "MACHINES", {})
    with Demo(accel="tcg") as demo:
        prepared = demo.prepare(print)
        assert (prepared.uri, prepared.note, prepared.domains) == (SIMULATED, "simulated machines", ())
        assert "no guest for the architecture" in prepared.reason
        assert "\n" not in prepared.reason
        assert "stderr" not in os.environ["LIBVIRT_LOG_OUTPUTS"]
        connection = Connection()
        demo.launch(connection)
        demo.cleanup(connection)
    assert connection.asked == []


def test_kvm_demanded_and_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "can_open", lambda: False)
    demo = Demo(accel="kvm")
    with pytest.raises(TuivmError, match="/dev/kvm cannot be opened"):
        demo._use_kvm(Path("/usr/bin/qemu"), None, print)  # type: ignore[arg-type]


def test_all_are_defined_before_one_starts() -> None:
    connection = Connection()
    demo = with_domains("a", "b")
    demo.launch(connection)
    assert connection.asked == ["define a", "define b", "start a", "start b"]
    demo.cleanup(connection)
    assert connection.asked[4:] == ["destroy a", "undefine a", "destroy b", "undefine b"]
    demo.cleanup(connection)
    assert len(connection.asked) == 8


def test_one_that_does_not_start_keeps_no_other_from_it() -> None:
    connection = Connection({"start a"})
    with pytest.raises(HypervisorError, match="start a"):
        with_domains("a", "b").launch(connection)
    assert connection.asked[-1] == "start b"


def test_what_fails_in_cleaning_up_is_no_error() -> None:
    connection = Connection({"destroy a", "undefine a"})
    demo = with_domains("a", "b")
    demo.launch(connection)
    demo.cleanup(connection)
    assert connection.asked[-1] == "undefine b"


def test_never_launched() -> None:
    demo = with_domains("a")
    demo.cleanup(None)
    connection = Connection()
    demo.cleanup(connection)
    assert connection.asked == []


def test_in_the_background_it_waits_until_ready() -> None:
    connection = Connection({"define a"})
    ready, told = threading.Event(), threading.Event()
    words: list[str] = []
    demo = with_domains("a")

    def failed(line: str) -> None:
        words.append(line)
        told.set()

    demo.launch_in_background(connection, ready.is_set, failed)
    assert connection.asked == []
    ready.set()
    assert told.wait(30)
    assert words == ["the demonstration's guests did not start: define a is not possible"]
    demo.cleanup(connection)


def test_leaving_before_it_is_ready() -> None:
    connection = Connection()
    demo = with_domains("a")
    demo.launch_in_background(connection, lambda: False, print)
    demo.cleanup(connection)
    assert connection.asked == []
    assert demo._launcher is not None
    assert not demo._launcher.is_alive()
