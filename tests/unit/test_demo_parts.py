"""Parts found on the machine, each in a machine made of a few files."""

from __future__ import annotations

import pwd
from pathlib import Path

import pytest

from tuivm.demo import parts
from tuivm.demo.parts import MissingPartError


def kernel(root: Path, version: str, *, beside_modules: bool = False) -> None:
    (root / "lib/modules" / version / "kernel").mkdir(parents=True)
    image = root / "lib/modules" / version / "vmlinuz" if beside_modules else root / f"boot/vmlinuz-{version}"
    image.parent.mkdir(exist_ok=True, parents=True)
    image.write_text(version)


def test_no_kernel(tmp_path: Path) -> None:
    assert parts.find_kernel(tmp_path) is None


def test_the_newest_kernel_with_modules(tmp_path: Path) -> None:
    kernel(tmp_path, "6.1.0-9-amd64")
    kernel(tmp_path, "6.1.0-56-amd64")
    (tmp_path / "boot/vmlinuz-6.9.0").write_text("no modules")
    found = parts.find_kernel(tmp_path)
    assert found is not None
    assert found.image == tmp_path / "boot/vmlinuz-6.1.0-56-amd64"
    assert found.modules == tmp_path / "lib/modules/6.1.0-56-amd64"


def test_a_small_kernel_is_preferred(tmp_path: Path) -> None:
    kernel(tmp_path, "6.1.0-9-cloud-amd64")
    kernel(tmp_path, "6.9.0-1-amd64")
    found = parts.find_kernel(tmp_path)
    assert found is not None
    assert "cloud" in found.image.name


def test_a_kernel_beside_its_modules(tmp_path: Path) -> None:
    kernel(tmp_path, "6.9.7-200.fc40.x86_64", beside_modules=True)
    found = parts.find_kernel(tmp_path)
    assert found is not None
    assert found.image == found.modules / "vmlinuz"


def test_odd_names_are_ordered_without_error(tmp_path: Path) -> None:
    for version in ("6.1", "x6.1", "6.1.0", "6", "latest"):
        kernel(tmp_path, version)
    found = parts.find_kernel(tmp_path)
    assert found is not None
    assert found.image.name == "vmlinuz-6.1.0"


def test_which_programs_need_a_loader(tmp_path: Path) -> None:
    static, dynamic = tmp_path / "static", tmp_path / "dynamic"
    static.write_bytes(b"\x7fELF" + b"\0" * 500)
    dynamic.write_bytes(b"\x7fELF" + b"\0" * 500 + b"/lib64/ld-linux-x86-64.so.2\0")
    assert not parts.needs_loader(static)
    assert parts.needs_loader(dynamic)


def test_programs_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingPartError, match="busybox is not installed"):
        parts.find_busybox()
    with pytest.raises(MissingPartError, match="qemu-img is not installed"):
        parts.find_image_tool()


def test_the_static_busybox_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, content in (("busybox", b"/lib/ld-musl-x86_64.so.1\0"), ("busybox.static", b"\x7fELF")):
        (tmp_path / name).write_bytes(content)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert parts.find_busybox().name == "busybox.static"


def test_applets(tmp_path: Path) -> None:
    complete = "cat dd hexdump hostname insmod ip killall mkdir mount poweroff reboot"
    complete += " setsid sh sleep stty sync umount"
    assert parts.missing_applets(complete.split()) == []
    assert parts.missing_applets(complete.replace("insmod ", "").split()) == ["insmod"]


@pytest.mark.parametrize("name", sorted(parts.MACHINES))
def test_every_machine_is_complete(name: str) -> None:
    machine = parts.MACHINES[name]
    assert machine.arch == name
    assert machine.emulators[0] == f"qemu-system-{name}"
    assert machine.tty.startswith("tty")
    assert all(machine.deb_arch in package or "virtual" in package for package in machine.kernels)


def test_an_unknown_machine_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts.platform, "machine", lambda: "vax")
    with pytest.raises(MissingPartError, match="vax"):
        parts.this_machine()
    monkeypatch.setattr(parts.platform, "machine", lambda: "arm64")
    assert parts.this_machine().arch == "aarch64"


def driver(folder: Path, content: bytes) -> Path:
    folder.mkdir()
    (folder / "libvirt_driver_qemu.so").write_bytes(content)
    return folder


def test_the_driver_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingPartError, match="driver is not installed") as caught:
        parts.check_driver([tmp_path], 1000)
    assert "libvirt-daemon-driver-qemu" in caught.value.remedy


def test_root_needs_the_drivers_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = driver(tmp_path / "drivers", b"ELF\0libvirt-qemu\0")

    def nobody(name: str) -> pwd.struct_passwd:
        raise KeyError(name)

    monkeypatch.setattr(parts.pwd, "getpwnam", nobody)
    parts.check_driver([tmp_path / "absent", folder], 1000)
    with pytest.raises(MissingPartError, match="account libvirt-qemu"):
        parts.check_driver([folder], 0)
    monkeypatch.setattr(parts.pwd, "getpwnam", lambda name: pwd.getpwuid(0))
    parts.check_driver([folder], 0)


def test_a_driver_without_that_account(tmp_path: Path) -> None:
    parts.check_driver([driver(tmp_path / "drivers", b"ELF\0nobody\0")], 0)


def test_driver_folders_start_with_the_one_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIBVIRT_DRIVER_DIR", "/opt/drivers")
    assert parts.driver_folders()[0] == Path("/opt/drivers")
