"""The audit log: what it says, who may read it, and what a full disk or a second tuivm does to it."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.memory import MemoryHypervisor
from tests.recorder import Recorder
from tuivm.core import audit as audit_module
from tuivm.core.audit import Audit
from tuivm.core.session import Session
from tuivm.core.verbs import Arguments, verb
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Failed
from tuivm.model.job import Job, JobState

JOB = Job(7, "force-off", "force off", DomainKey("qemu:///system", "u-1"), "we\x1b[31mb\n", command="virsh x")
PATIENCE = 30.0


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def written(audit: Audit, *jobs: Job) -> list[dict[str, object]]:
    for job in jobs:
        audit.note(job)
    assert audit.close(PATIENCE)
    return lines(audit.path)


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    made = Audit(tmp_path / "state" / "audit.log")
    made.start(lambda _: None)
    return made


def test_a_job_is_two_lines_that_say_who_did_what_and_how_it_ended(audit: Audit) -> None:
    running = replace(JOB, state=JobState.RUNNING)
    over = replace(JOB, state=JobState.FAILED, message="no such\x1b thing")
    found = written(audit, JOB, running, replace(running, message="half"), over)
    assert [line["result"] for line in found] == ["begun", "failed"]
    for line in found:
        assert line["user"]
        assert line["pid"] == os.getpid()
        assert str(line["time"]).endswith("Z")
        told = {name: line[name] for name in ("connection", "job", "verb", "domain", "uuid", "command")}
        assert told == {
            "connection": "qemu:///system",
            "job": 7,
            "verb": "force-off",
            "domain": "we\x1b[31mb\n",
            "uuid": "u-1",
            "command": "virsh x",
        }
    assert found[1]["message"] == "no such\x1b thing"
    raw = audit.path.read_bytes()
    assert b"\x1b" not in raw, "a log is read with cat too"
    assert raw.count(b"\n") == 2


def test_a_job_cancelled_before_it_began_is_one_line(audit: Audit) -> None:
    found = written(audit, JOB, replace(JOB, state=JobState.CANCELLED))
    assert [line["result"] for line in found] == ["cancelled"]


def test_it_is_the_users_alone_even_if_it_was_not(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    path.write_text('{"old": 1}\n')
    path.chmod(0o644)
    audit = Audit(path)
    audit.start(lambda _: None)
    assert len(written(audit, replace(JOB, state=JobState.DONE))) == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    fresh = Audit(tmp_path / "new" / "audit.log")
    fresh.start(lambda _: None)
    written(fresh, replace(JOB, state=JobState.DONE))
    assert stat.S_IMODE(fresh.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(fresh.path.parent.stat().st_mode) == 0o700


def test_it_is_turned_over_and_bounded(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.log", limit=2000, kept=2)
    audit.start(lambda _: None)
    for number in range(60):
        audit.note(replace(JOB, id=number, state=JobState.DONE))
        until(lambda: not audit._lines)
    assert audit.close(PATIENCE)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["audit.log", "audit.log.1", "audit.log.2"]
    assert all(path.stat().st_size <= 2000 for path in tmp_path.iterdir())
    kept = [line["job"] for name in reversed(files) for line in lines(tmp_path / name)]
    assert kept == list(range(60 - len(kept), 60)), "nothing is missing between the files"


def test_two_at_once_lose_no_line(tmp_path: Path) -> None:
    audits = [Audit(tmp_path / "audit.log", limit=3000, kept=100) for _ in range(3)]
    for audit in audits:
        audit.start(lambda _: None)

    def work(number: int) -> None:
        for count in range(40):
            audits[number].note(replace(JOB, id=1000 * number + count, state=JobState.DONE))
            until(lambda: not audits[number]._lines)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(audit.close(PATIENCE) for audit in audits)
    found = [int(str(line["job"])) for path in tmp_path.iterdir() for line in lines(path)]
    assert sorted(found) == [1000 * number + count for number in range(3) for count in range(40)]


def test_a_line_cut_off_by_a_crash_does_not_spoil_the_next(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    path.write_text('{"whole": 1}\n{"cut o')
    audit = Audit(path)
    audit.start(lambda _: None)
    audit.note(replace(JOB, state=JobState.DONE))
    assert audit.close(PATIENCE)
    assert json.loads(path.read_text().splitlines()[2])["job"] == 7


def test_a_full_disk_is_told_once_leaves_no_half_line_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_module, "RETRY", 0.05)
    full = threading.Event()
    monkeypatch.setattr(audit_module, "_write_whole", _half_then_full(full))
    told: list[str] = []
    audit = Audit(tmp_path / "audit.log")
    audit.start(told.append)
    audit.note(replace(JOB, id=1, state=JobState.DONE))
    until(lambda: not audit._lines)
    full.set()
    for number in (2, 3):
        audit.note(replace(JOB, id=number, state=JobState.DONE))
        until(lambda: bool(told))
    time.sleep(0.3)  # Some tries, all of which fail.
    assert len(told) == 1
    assert "No space left" in told[0]
    assert told == [audit.problem]
    assert len(lines(audit.path)) == 1
    full.clear()
    until(lambda: not audit._lines)
    assert [line["job"] for line in lines(audit.path)] == [1, 2, 3]
    assert audit.problem == ""
    assert audit.close(PATIENCE)


def _half_then_full(full: threading.Event) -> Callable[[int, bytes], None]:
    def write(file: int, data: bytes) -> None:
        if full.is_set():
            os.write(file, data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        assert os.write(file, data) == len(data)

    return write


def test_what_is_lost_in_a_long_outage_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_module, "WAITING", 3)
    monkeypatch.setattr(audit_module, "RETRY", 0.05)
    (tmp_path / "state").write_text("a file where the folder should be")
    told: list[str] = []
    audit = Audit(tmp_path / "state" / "audit.log")
    audit.start(told.append)
    for number in range(5):
        audit.note(replace(JOB, id=number, state=JobState.DONE))
    until(lambda: bool(told))
    (tmp_path / "state").unlink()
    until(lambda: not audit._lines)
    found = lines(audit.path)
    assert found[0]["message"] == "2 lines before these could not be written"
    assert [line["job"] for line in found[1:]] == [2, 3, 4]
    assert audit.close(PATIENCE)


@pytest.mark.parametrize("what", ["link", "pipe", "folder"])
def test_what_is_no_file_of_ours_is_not_written_to(tmp_path: Path, what: str) -> None:
    path, victim = tmp_path / "audit.log", tmp_path / "victim"
    victim.write_text("untouched")
    if what == "link":
        path.symlink_to(victim)
    elif what == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    told: list[str] = []
    audit = Audit(path)
    audit.start(told.append)
    audit.note(replace(JOB, state=JobState.DONE))
    until(lambda: bool(told))
    assert not audit.close(0.01)
    assert victim.read_text() == "untouched"


def test_a_file_that_another_holds_delays_neither_the_note_nor_the_end(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        audit = Audit(path)
        audit.start(lambda _: None)
        audit.note(replace(JOB, state=JobState.DONE))
        assert not audit.close(0.05)
    until(lambda: bool(path.read_text()))


def test_a_session_writes_down_what_it_does(tmp_path: Path) -> None:
    hypervisor, told = MemoryHypervisor(2, running=0), Recorder()
    audit = Audit(tmp_path / "audit.log")
    session = Session(hypervisor, interval=1000.0, audit=audit)
    session.start()
    try:
        session.attach(told)
        assert session.wait_ready(PATIENCE)
        one, other = session.inventory.domains.values()
        first = session.run(verb("start"), one, Arguments(options=frozenset({"paused"})))
        until(lambda: any(job.id == first.id and job.state.is_over for job in session.jobs))
        hypervisor.fault = Failed("it broke")
        second = session.run(verb("start"), other)
        until(lambda: any(job.id == second.id and job.state.is_over for job in session.jobs))
        hypervisor.fault = None
    finally:
        session.close()
    found = lines(audit.path)
    assert [(line["domain"], line["result"]) for line in found] == [
        (one.name, "begun"),
        (one.name, "done"),
        (other.name, "begun"),
        (other.name, "failed"),
    ]
    assert "--paused" in str(found[0]["command"])
    assert found[3]["message"] == "it broke"
