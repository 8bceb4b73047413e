"""The guest as it is built: from a kernel and a busybox that only pretend."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.unit.test_demo_cpio import read
from tuivm.demo import cpio, guest
from tuivm.demo.parts import Kernel, MissingPartError

APPLETS = (
    "cat dd hexdump hostname insmod ip killall mkdir mount poweroff reboot setsid sh sleep stty sync umount"
    " vi"
)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with a kernel and a busybox; the folder both are in."""
    modules = tmp_path / "lib/modules/6.1/kernel"
    modules.mkdir(parents=True)
    (modules / "virtio_blk.ko").write_bytes(b"ELF\0depends=virtio\0")
    (modules / "virtio.ko").write_bytes(b"ELF\0depends=\0")
    (tmp_path / "vmlinuz").write_text("kernel")
    busybox = tmp_path / "busybox"
    busybox.write_text(f"#!/bin/sh\nprintf '%s\\n' {APPLETS}\n")
    busybox.chmod(0o755)
    kernel = Kernel(tmp_path / "vmlinuz", modules.parent)
    monkeypatch.setattr(guest, "find_busybox", lambda: busybox)
    monkeypatch.setattr(guest, "find_kernel", lambda: kernel)
    return tmp_path


def contents(made: guest.Guest) -> dict[str, cpio.Entry]:
    return {entry.name: entry for entry in read(gzip.decompress(made.initrd.read_bytes()))}


def test_what_is_in_it(machine: Path) -> None:
    found = contents(guest.build(machine / "cache"))
    assert found["init"].data.startswith(b"#!/bin/busybox sh")
    assert found["init"].mode & 0o111
    assert found["bin/busybox"].data == (machine / "busybox").read_bytes()
    assert found["bin/vi"].data == b"busybox"
    assert found["dev/console"].device == (5, 1)
    assert found["etc/modules"].data == b"virtio.ko\nvirtio_blk.ko\n"
    assert "lib/modules/virtio.ko" in found
    assert "bin/poweroff" not in found
    assert found["sbin/reboot"].data == b"poweroff"


def test_folders_come_before_what_is_in_them(machine: Path) -> None:
    seen = {"."}
    for entry in read(gzip.decompress(guest.build(machine / "cache").initrd.read_bytes())):
        assert str(Path(entry.name).parent) in seen, entry.name
        seen.add(entry.name)


def test_libraries_bring_their_folders() -> None:
    made = guest.entries([], b"", [], {}, [("lib/x86_64-linux-gnu/libc.so.6", b"c")])
    names = [entry.name for entry in made]
    assert names.index("lib/x86_64-linux-gnu") < names.index("lib/x86_64-linux-gnu/libc.so.6")
    assert names.count("lib") == 1


def test_it_is_built_once(machine: Path) -> None:
    said: list[str] = []
    first = guest.build(machine / "cache", said.append)
    assert said == ["Building the guest"]
    before = first.initrd.stat()
    assert guest.build(machine / "cache", said.append) == first
    assert len(said) == 1
    assert first.initrd.stat().st_ino == before.st_ino


def test_another_part_makes_another_guest(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = guest.build(machine / "cache")
    (machine / "vmlinuz").write_text("a newer kernel")
    second = guest.build(machine / "cache")
    assert second.initrd != first.initrd
    monkeypatch.setattr(guest, "_scripts", lambda: {"init": b"#!/bin/busybox sh\n"})
    third = guest.build(machine / "cache")
    assert third.initrd != second.initrd
    assert [path for path in (machine / "cache").iterdir() if path.suffix == ".gz"] == [third.initrd]


def test_a_busybox_that_lacks_something(machine: Path) -> None:
    (machine / "busybox").write_text("#!/bin/sh\necho sh cat\n")
    with pytest.raises(MissingPartError, match="lacks dd, hexdump"):
        guest.build(machine / "cache")


def test_a_module_that_cannot_be_unpacked(machine: Path) -> None:
    (machine / "lib/modules/6.1/kernel/ext4.ko.xz").write_bytes(b"rubbish")
    with pytest.raises(MissingPartError, match=r"ext4\.ko\.xz cannot be unpacked"):
        guest.build(machine / "cache")


def test_a_cache_that_cannot_be_written(machine: Path) -> None:
    (machine / "cache").write_text("a file")
    with pytest.raises(MissingPartError, match="cannot be built"):
        guest.build(machine / "cache")


def test_the_probe_has_no_role(machine: Path) -> None:
    made = guest.build(machine / "cache")
    assert "tuivm.probe" in made.cmdline("probe").split()
    assert "tuivm.role" not in made.cmdline("probe")
