"""The folder of a run, its owner, and what is left when the owner is killed."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tuivm.demo import root
from tuivm.demo.owner import Owner, emulators_of, kill_emulators, start_time, this_process
from tuivm.demo.parts import MissingPartError


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder of the records; temporary files have a folder of their own, too."""
    place = tmp_path / "t"
    place.mkdir()
    monkeypatch.setattr(root, "_place", lambda: place)
    return tmp_path / "records"


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes to end."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def pretend(name: str, *words: str) -> subprocess.Popen[bytes]:
    """Start a process that looks like ``name ... words`` and waits."""
    shell = [name, "-c", "read line", "sh", *words]
    return subprocess.Popen(shell, executable="/bin/sh", stdin=subprocess.PIPE)


def dead() -> Owner:
    """An owner that is gone."""
    process = subprocess.Popen(["true"])
    owner = Owner(process.pid, start_time(process.pid) or 1, this_process().boot, this_process().space)
    process.wait()
    return owner


def orphan(records: Path, folder: Path, owner: Owner) -> Path:
    """Change the record of a run to another owner."""
    record = records / f"{folder.name}.json"
    content = json.dumps({"root": str(folder), **dataclasses.asdict(owner)})
    record.write_text(content)
    if folder.is_dir() and not folder.is_symlink():
        (folder / "owner.json").write_text(content)
    return record


def test_owner() -> None:
    me = this_process()
    assert me.is_alive
    assert not dataclasses.replace(me, started=me.started + 1).is_alive
    assert not dataclasses.replace(me, boot="another").is_alive
    assert not dead().is_alive
    # Numbers of another container say nothing about its processes, until the machine boots again.
    assert dataclasses.replace(dead(), space="pid:[1]").is_alive
    assert not dataclasses.replace(dead(), space="pid:[1]", boot="another").is_alive


def test_a_zombie_is_not_alive() -> None:
    process = subprocess.Popen(["true"])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert start_time(process.pid) is None
    process.wait()


def test_a_folder_and_its_record(records: Path) -> None:
    folder = root.create(records)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert 'stdio_handler = "file"' in (folder / "etc/qemu.conf").read_text()
    assert json.loads((records / f"{folder.name}.json").read_text())["root"] == str(folder)
    assert root.remove(records, folder) == 0
    assert not folder.exists()
    assert list(records.iterdir()) == []
    root.remove(records, folder)


def test_sockets_fit_below_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(root.tempfile, "gettempdir", lambda: "/" + "x" * 90)
    assert len(str(root._place() / "tuivm-demo-12345678/lib/qemu/domain-123-shell/monitor.sock")) < 108


def test_root_runs_qemu_as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(root.os, "getuid", lambda: 0)
    assert 'user = "root"' in root.configuration()
    monkeypatch.setattr(root.os, "getuid", lambda: 1000)
    assert "user =" not in root.configuration()


def test_no_place_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(root, "_place", lambda: tmp_path / "absent")
    with pytest.raises(MissingPartError, match="no folder for the demonstration"):
        root.create(tmp_path / "records")


def test_a_living_run_is_left_alone(records: Path) -> None:
    folder = root.create(records)
    assert root.clean_leftovers(records) == 0
    assert folder.exists()


def test_a_dead_run_is_cleared(records: Path, processes: list[subprocess.Popen[bytes]]) -> None:
    folder = root.create(records)
    ours = pretend("qemu-system-x86_64", "-drive", f"file={folder}/web.qcow2")
    others = pretend("qemu-system-x86_64", "-drive", f"file={folder}0/web.qcow2")
    reader = pretend("less", f"{folder}/libvirt.log")
    processes += [ours, others, reader]
    while len(list(emulators_of(folder))) < 1:
        pass
    orphan(records, folder, dead())
    assert root.clean_leftovers(records) == 1
    assert ours.wait(30) != 0
    assert others.poll() is None
    assert reader.poll() is None
    assert not folder.exists()
    assert list(records.iterdir()) == []
    assert root.clean_leftovers(records) == 0


def test_killing_waits_until_they_are_gone(records: Path, processes: list[subprocess.Popen[bytes]]) -> None:
    folder = root.create(records)
    processes.append(pretend("qemu-kvm", f"{folder}/a"))
    while not list(emulators_of(folder)):
        pass
    assert kill_emulators(folder) == 1
    assert list(emulators_of(folder)) == []
    assert kill_emulators(folder) == 0


@pytest.mark.parametrize("where", ["/etc", "relative/tuivm-demo-x", "/tmp/../etc/tuivm-demo-x", ""])
def test_a_record_of_another_folder_is_not_believed(records: Path, where: str) -> None:
    records.mkdir()
    record = records / "tuivm-demo-x.json"
    record.write_text(json.dumps({"root": where, **dataclasses.asdict(dead())}))
    assert root.clean_leftovers(records) == 0
    assert record.exists()


def test_a_link_is_not_followed(records: Path, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.mkdir()
    folder = root._place() / "tuivm-demo-link"
    folder.symlink_to(target)
    records.mkdir()
    orphan(records, folder, dead())
    assert root.clean_leftovers(records) == 0
    assert target.exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pid": "x"}', b"\xff\xfe", b"null", b'{"pid": 1}'])
def test_a_damaged_record_is_no_error(records: Path, content: bytes) -> None:
    records.mkdir()
    (records / "tuivm-demo-x.json").write_bytes(content)
    assert root.clean_leftovers(records) == 0


def test_a_record_whose_folder_is_gone_goes_too(records: Path) -> None:
    folder = root.create(records)
    root.shutil.rmtree(folder)
    record = orphan(records, folder, dead())
    assert root.clean_leftovers(records) == 1
    assert not record.exists()


def test_a_dead_run_is_found_without_its_record(records: Path) -> None:
    folder = root.create(records)
    orphan(records, folder, dead()).unlink()
    assert root.clean_leftovers(records) == 1
    assert not folder.exists()


def test_no_records_at_all(records: Path, tmp_path: Path) -> None:
    assert root.clean_leftovers(tmp_path / "absent") == 0
