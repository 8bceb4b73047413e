"""Whether KVM works: asked of programs that answer, hang or end."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from tuivm.demo import accel
from tuivm.demo.accel import Accel, boots, choice
from tuivm.demo.guest import Guest
from tuivm.demo.memo import remembered, stamp
from tuivm.demo.parts import MACHINES
from tuivm.model.errors import TuivmError

SAYS = "import sys, time; sys.stdout.write({!r}); sys.stdout.flush(); time.sleep({})"


def python(text: str, seconds: float = 0.0) -> list[str]:
    return [sys.executable, "-S", "-c", SAYS.format(text, seconds)]


def test_a_guest_that_says_hello() -> None:
    assert boots(python("\r\nSeaBIOS\r\ntuivm-probe-ok\r\n", 60.0), 30.0)


def test_a_guest_that_says_nothing_in_time() -> None:
    begun = time.monotonic()
    assert not boots(python("", 60.0), 0.2)
    assert time.monotonic() - begun < 30.0


def test_a_guest_that_ends() -> None:
    assert not boots(python("qemu: could not access KVM kernel module\n"), 30.0)


def test_hello_in_two_pieces() -> None:
    code = "import sys, time\nfor p in ('xx tuivm-pro', 'be-ok'):\n print(end=p, flush=True); time.sleep(0.2)"
    assert boots([sys.executable, "-S", "-c", code], 30.0)


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    assert not boots([str(tmp_path / "qemu")], 30.0)


def test_the_command_demands_kvm(tmp_path: Path) -> None:
    guest = Guest(tmp_path / "vmlinuz", tmp_path / "initrd", MACHINES["x86_64"])
    command = accel.probe_command(Path("/usr/bin/qemu"), guest)
    assert command[command.index("-accel") + 1] == "kvm"
    assert "tuivm.probe" in command[-1]


@pytest.mark.parametrize(("word", "expected"), [("kvm", Accel.KVM), ("TCG", Accel.TCG), ("auto", Accel.AUTO)])
def test_a_choice(word: str, expected: Accel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(accel.ENVIRONMENT, "tcg" if expected is Accel.KVM else "kvm")
    assert choice(word) is expected
    monkeypatch.setenv(accel.ENVIRONMENT, word)
    assert choice(None) is expected


def test_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(accel.ENVIRONMENT, raising=False)
    assert choice(None) is Accel.AUTO
    monkeypatch.setenv(accel.ENVIRONMENT, "")
    assert choice(None) is Accel.AUTO
    with pytest.raises(TuivmError, match="'hvf' is not known"):
        choice("hvf")


def test_it_is_asked_once_in_a_boot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    emulator, initrd = tmp_path / "qemu", tmp_path / "initrd-1.gz"
    emulator.write_text("")
    initrd.write_text("")
    guest = Guest(tmp_path / "vmlinuz", initrd, MACHINES["x86_64"])
    monkeypatch.setattr(accel, "can_open", lambda: True)
    monkeypatch.setattr(accel, "boots", lambda command, limit: bool(asked.append(command[0])))
    monkeypatch.setattr(accel, "boot_id", lambda: "first")
    for _ in range(2):
        assert not accel.kvm_works(emulator, guest, tmp_path, lambda line: None)
    assert len(asked) == 1
    monkeypatch.setattr(accel, "boot_id", lambda: "second")
    assert not accel.kvm_works(emulator, guest, tmp_path, lambda line: None)
    assert len(asked) == 2
    monkeypatch.setattr(accel, "can_open", lambda: False)
    monkeypatch.setattr(accel, "boot_id", lambda: "third")
    assert not accel.kvm_works(emulator, guest, tmp_path, lambda line: None)
    assert len(asked) == 2


@pytest.mark.parametrize("content", ["", "{", "[]", '{"key": ["k"]}', '{"key": ["k"], "answer": 1}', "\xff"])
def test_a_damaged_memory_is_asked_again(tmp_path: Path, content: str) -> None:
    file = tmp_path / "answer.json"
    file.write_text(content, encoding="latin-1")
    assert remembered(file, ["k"], lambda: True)
    assert remembered(file, ["k"], lambda: False)
    assert not remembered(file, ["other"], lambda: False)


def test_a_memory_that_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert remembered(tmp_path / "file/answer.json", ["k"], lambda: True)


def test_a_stamp_tells_versions_apart(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("1")
    before = stamp(path)
    path.write_text("12")
    assert stamp(path) != before
