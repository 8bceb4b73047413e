"""Start times: found once for each start, by one look at the processes."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from tuivm.hypervisor.processes import Active
from tuivm.hypervisor.uptime import Uptimes

UUID = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A /proc where this test's own process passes for a guest's."""
    (tmp_path / "self").mkdir()
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "cmdline").write_bytes(b"init\0")
    (tmp_path / "2").mkdir()  # Ended while it was looked at.
    (tmp_path / str(os.getpid())).mkdir()
    return tmp_path


def command(proc: Path, *words: str) -> None:
    (proc / str(os.getpid()) / "cmdline").write_bytes(b"\0".join(word.encode() for word in words) + b"\0")


def test_qemu_by_uuid(proc: Path) -> None:
    command(proc, "/usr/bin/qemu-system-x86_64", "-name", "guest=x", "-uuid", UUID)
    found = Uptimes(local=True, proc=proc).of([Active(UUID, 1, "x"), Active(OTHER, 2, "y")])
    assert found == {UUID: psutil.Process().create_time(), OTHER: None}


def test_container_by_name(proc: Path) -> None:
    command(proc, "/usr/lib/libvirt/libvirt_lxc", "--name", "box", "--console", "20")
    found = Uptimes(local=True, proc=proc).of([Active(UUID, 1, "box"), Active(OTHER, 2, "bo")])
    assert found == {UUID: psutil.Process().create_time(), OTHER: None}


def test_a_program_that_only_looks_like_one(proc: Path) -> None:
    command(proc, "vim", "--name", "box", "-uuid")
    assert Uptimes(local=True, proc=proc).of([Active(UUID, 1, "box")]) == {UUID: None}


def test_known_until_started_again(proc: Path) -> None:
    command(proc, "qemu", "-uuid", UUID)
    uptimes = Uptimes(local=True, proc=proc)
    first = uptimes.of([Active(UUID, 1, "x")])
    command(proc, "something else")
    assert uptimes.of([Active(UUID, 1, "x")]) == first, "kept, not looked up again"
    assert uptimes.of([Active(UUID, 2, "x")]) == {UUID: None}


def test_an_event_tells_where_processes_cannot_be_seen(proc: Path) -> None:
    command(proc, "qemu", "-uuid", UUID)
    uptimes = Uptimes(local=False, proc=proc)
    assert uptimes.of([Active(UUID, 1, "x")]) == {UUID: None}
    uptimes.note(UUID, 2, 1234.5)
    assert uptimes.of([Active(UUID, 2, "x")]) == {UUID: 1234.5}


def test_nothing_asked_nothing_looked_at(tmp_path: Path) -> None:
    assert Uptimes(local=True, proc=tmp_path / "missing").of([]) == {}
