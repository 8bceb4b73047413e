"""Kernels fetched from packages, with package tools that only pretend."""

from __future__ import annotations

from pathlib import Path

import pytest

from tuivm.demo import fetch
from tuivm.demo.fetch import concrete_packages, fetch_kernel
from tuivm.demo.parts import MACHINES, MissingPartError

MACHINE = MACHINES["x86_64"]
UNPACK = """for last; do :; done
mkdir -p "$last/boot" "$last/lib/modules/6.1.0-9/kernel"
echo kernel >"$last/boot/vmlinuz-6.1.0-9"; chmod 600 "$last/boot/vmlinuz-6.1.0-9"
echo module >"$last/lib/modules/6.1.0-9/kernel/a.ko"
"""


class Tools:
    """A folder of programs that is all of PATH (with the few real ones they are written with)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.log = folder / "log"
        for name in ("mkdir", "chmod", "cat"):
            (folder / name).symlink_to(f"/bin/{name}")

    def add(self, name: str, script: str) -> None:
        path = self.folder / name
        path.write_text(f'#!/bin/sh\necho {name} "$@" >>{self.log}\n{script}')
        path.chmod(0o755)

    def calls(self, name: str) -> list[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if line.split()[0] == name]


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tools:
    made = Tools(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(made.folder))
    return made


def fetched(tmp_path: Path) -> Path:
    return fetch_kernel(MACHINE, tmp_path / "cache", lambda line: None).image


def nothing_half_done(tmp_path: Path) -> bool:
    return list((tmp_path / "cache").iterdir()) == []


def test_packages_that_hold_files() -> None:
    listing = """linux-image-cloud-amd64
  Depends: linux-image-6.1.0-56-cloud-amd64
 |Depends: linux-modules-6.1.0-56-generic
  Depends: linux-image-6.1.0-56-cloud-amd64
  Depends: kmod
  Recommends: linux-image-9
    linux-image-8
"""
    assert concrete_packages(listing) == [
        "linux-image-6.1.0-56-cloud-amd64",
        "linux-modules-6.1.0-56-generic",
    ]
    assert concrete_packages("E: No packages found") == []


def test_debian(tmp_path: Path, tools: Tools) -> None:
    cache = 'case $* in *" linux-image-cloud-amd64") echo "  Depends: linux-image-6.1.0-9-cloud-amd64";; esac'
    tools.add("apt-cache", cache)
    tools.add("apt-get", "echo deb >linux-image_1_amd64.deb")
    tools.add("dpkg-deb", UNPACK)
    image = fetched(tmp_path)
    assert image.read_text() == "kernel\n"
    assert image.stat().st_mode & 0o777 == 0o644
    assert [call for call in tools.calls("apt-get") if "update" in call] == []
    assert tools.calls("apt-get")[0].endswith("download linux-image-6.1.0-9-cloud-amd64")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["kernel-x86_64"]
    tools.add("apt-get", "exit 1")
    assert fetched(tmp_path) == image


def test_ubuntu_has_the_modules_apart(tmp_path: Path, tools: Tools) -> None:
    script = """for last; do :; done
case $last in
linux-image-virtual) echo "  Depends: linux-image-6.8.0-1-generic" ;;
linux-image-6.8.0-1-generic) echo "  Depends: linux-modules-6.8.0-1-generic" ;;
*) exit 100 ;;
esac
"""
    tools.add("apt-cache", script)
    tools.add("apt-get", "echo deb >a.deb; echo deb >b.deb")
    tools.add("dpkg-deb", UNPACK)
    fetched(tmp_path)
    words = tools.calls("apt-get")[0].split()
    assert words[-2:] == ["linux-image-6.8.0-1-generic", "linux-modules-6.8.0-1-generic"]
    assert len(tools.calls("dpkg-deb")) == 2


def test_without_package_lists_they_are_fetched_into_our_folder(tmp_path: Path, tools: Tools) -> None:
    script = (
        'case $* in *Dir::State=*) echo "  Depends: linux-image-6.1.0-9-cloud-amd64";; *) exit 100;; esac'
    )
    tools.add("apt-cache", script)
    tools.add("apt-get", "case $* in *download*) echo deb >a.deb;; esac")
    tools.add("dpkg-deb", UNPACK)
    fetched(tmp_path)
    update, download = tools.calls("apt-get")
    assert update.endswith("update")
    assert f"Dir::State={tmp_path}/cache/" in update
    assert "Dir::State=" in download


def test_fedora(tmp_path: Path, tools: Tools) -> None:
    tools.add("dnf", 'for word; do case $word in --destdir=*) echo rpm >"${word#*=}/kernel.rpm";; esac; done')
    tools.add("rpm2cpio", "echo archive")
    inner = "cat >/dev/null; set -- .\n" + UNPACK
    tools.add("cpio", inner)
    (tools.folder / "sh").symlink_to("/bin/sh")
    assert fetched(tmp_path).read_text() == "kernel\n"
    assert "kernel-core" in tools.calls("dnf")[0]


def test_arch(tmp_path: Path, tools: Tools) -> None:
    tools.add("pacman", "echo https://mirror.example/core/linux-6.9.pkg.tar.zst")
    tools.add("curl", 'echo package >"$3"')
    tools.add("tar", UNPACK)
    assert fetched(tmp_path).read_text() == "kernel\n"
    assert tools.calls("curl")[0].endswith("https://mirror.example/core/linux-6.9.pkg.tar.zst")


def test_a_failing_tool_is_one_line_and_leaves_nothing(tmp_path: Path, tools: Tools) -> None:
    tools.add("apt-cache", 'echo "  Depends: linux-image-6.1.0-9-cloud-amd64"')
    tools.add("apt-get", "echo noise >&2; echo 'E: Could not resolve host' >&2; echo >&2; exit 100")
    with pytest.raises(MissingPartError, match="apt-get -o failed: E: Could not resolve host") as caught:
        fetched(tmp_path)
    assert "\n" not in str(caught.value)
    assert nothing_half_done(tmp_path)


def test_apt_that_knows_no_kernel(tmp_path: Path, tools: Tools) -> None:
    tools.add("apt-cache", "exit 100")
    tools.add("apt-get", "")
    with pytest.raises(MissingPartError, match="knows none of the packages linux-image-cloud-amd64"):
        fetched(tmp_path)
    assert nothing_half_done(tmp_path)


def test_a_package_without_a_kernel(tmp_path: Path, tools: Tools) -> None:
    tools.add("apt-cache", 'echo "  Depends: linux-image-6.1.0-9-cloud-amd64"')
    tools.add("apt-get", "echo deb >a.deb")
    tools.add("dpkg-deb", "")
    with pytest.raises(MissingPartError, match="holds no kernel"):
        fetched(tmp_path)
    tools.add("apt-get", "")
    with pytest.raises(MissingPartError, match="left no kernel package"):
        fetched(tmp_path)
    assert nothing_half_done(tmp_path)


def test_no_package_tool(tmp_path: Path, tools: Tools) -> None:
    with pytest.raises(MissingPartError, match="none of apt, dnf, zypper, pacman"):
        fetched(tmp_path)


def test_zypper_is_asked_not_to_ask(tmp_path: Path) -> None:
    packager = next(each for each in fetch.PACKAGERS if each.tool == "zypper")
    (command,) = packager.download(MACHINE, tmp_path)
    assert "--non-interactive" in command
    assert f"--pkg-cache-dir={tmp_path}" in command
