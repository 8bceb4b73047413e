"""Finds the parts of a guest on this machine: QEMU, libvirt's driver for it, busybox, a readable kernel."""

from __future__ import annotations

import os
import platform
import pwd
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tuivm.model.errors import TuivmError


class MissingPartError(TuivmError):
    """Something the guest is made of is not to be had on this machine."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What depends on the processor's architecture."""

    arch: str
    """libvirt's (and QEMU's) name of the architecture."""
    deb_arch: str
    """Debian's name of it."""
    type: str
    """QEMU machine type."""
    tty: str
    """Device of the first serial port in the guest."""
    emulators: tuple[str, ...]
    """QEMU programs, the best first; a path where it is not in PATH."""
    acpi: bool
    """Whether the machine has ACPI without a firmware of its own."""
    options: str
    """Kernel parameters that make it boot faster under emulation."""
    kernels: tuple[str, ...]
    """Packages that stand for the newest kernel, the smallest first (Debian, Ubuntu)."""


_OPTIONS = "random.trust_cpu=on mitigations=off cryptomgr.notests"

MACHINES = {
    "x86_64": Machine(
        arch="x86_64",
        deb_arch="amd64",
        type="pc",
        tty="ttyS0",
        emulators=("qemu-system-x86_64", "/usr/libexec/qemu-kvm"),
        acpi=True,
        # Asking ACPI for the routing of interrupts takes a third of a second for each PCI device.
        options=f"{_OPTIONS} pci=noacpi",
        kernels=("linux-image-cloud-amd64", "linux-image-virtual", "linux-image-amd64"),
    ),
    "aarch64": Machine(
        arch="aarch64",
        deb_arch="arm64",
        type="virt",
        tty="ttyAMA0",
        emulators=("qemu-system-aarch64", "/usr/libexec/qemu-kvm"),
        acpi=False,
        options=_OPTIONS,
        kernels=("linux-image-cloud-arm64", "linux-image-virtual", "linux-image-arm64"),
    ),
}

_DRIVER = "libvirt_driver_qemu.so"
_ACCOUNT = "libvirt-qemu"
_BUSYBOX = ("busybox-static", "busybox.static", "busybox")
_APPLETS = frozenset(
    {
        *("cat", "dd", "hexdump", "hostname", "insmod", "ip", "killall", "mkdir", "mount", "poweroff"),
        *("reboot", "setsid", "sh", "sleep", "stty", "sync", "umount"),
    }
)
"""What the guest's scripts cannot do without."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """A kernel image and its modules."""

    image: Path
    """The file QEMU's ``-kernel`` takes."""
    modules: Path
    """``lib/modules/VERSION``."""


def this_machine() -> Machine:
    """Return the data of this machine's architecture. Raises MissingPartError when there is none."""
    name = platform.machine()
    machine = MACHINES.get({"amd64": "x86_64", "arm64": "aarch64"}.get(name, name))
    if machine is None:
        raise MissingPartError(f"the demonstration has no guest for the architecture {name}")
    return machine


def _program(names: Iterable[str]) -> Path | None:
    for name in names:
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    return None


def find_emulator(machine: Machine) -> Path:
    """Return the QEMU program of the machine's architecture. Raises MissingPartError."""
    found = _program(machine.emulators)
    if found is None:
        raise MissingPartError(f"{machine.emulators[0]} is not installed", "install QEMU")
    return found


def find_image_tool() -> Path:
    """Return ``qemu-img``. Raises MissingPartError."""
    found = _program(["qemu-img"])
    if found is None:
        raise MissingPartError("qemu-img is not installed", "install qemu-utils or qemu-img")
    return found


def driver_folders() -> list[Path]:
    """Return where libvirt looks for its drivers on the distributions we know."""
    told = os.environ.get("LIBVIRT_DRIVER_DIR")
    roots = [Path(root) for root in ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64")]
    folders = [Path(told)] if told else []
    for root in roots:
        folders.append(root / "libvirt" / "connection-driver")
        folders.extend(sorted(root.glob("*-linux-gnu*/libvirt/connection-driver")))
    return folders


def check_driver(folders: Sequence[Path], uid: int) -> None:
    """Raise MissingPartError unless libvirt's QEMU driver is in one of the folders and works for the user."""
    driver = next((folder / _DRIVER for folder in folders if (folder / _DRIVER).is_file()), None)
    if driver is None:
        raise MissingPartError("libvirt's QEMU driver is not installed", "install libvirt-daemon-driver-qemu")
    # Started by root, the driver looks its account up before it reads in our configuration that it is not to
    # use it. Debian makes the account with another package than the driver.
    if uid == 0 and f"\0{_ACCOUNT}\0".encode() in driver.read_bytes():
        try:
            pwd.getpwnam(_ACCOUNT)
        except KeyError:
            message = f"libvirt's QEMU driver wants the account {_ACCOUNT} to work for root"
            raise MissingPartError(message, "install libvirt-daemon-system, or do not be root") from None


def find_busybox() -> Path:
    """Return busybox, the static one where there is a choice. Raises MissingPartError."""
    found = [Path(path) for path in map(shutil.which, _BUSYBOX) if path is not None]
    if not found:
        raise MissingPartError("busybox is not installed", "install busybox-static or busybox")
    return next((path for path in found if not needs_loader(path)), found[0])


def needs_loader(program: Path) -> bool:
    """Whether a program is linked dynamically: it names a loader (an ELF ``PT_INTERP``)."""
    with program.open("rb") as stream:
        start = stream.read(4096)
    return re.search(rb"/ld-[\w.-]+\.so[\w.]*\0", start) is not None


def missing_applets(applets: Iterable[str]) -> list[str]:
    """Return what the guest's scripts use and a busybox with these applets lacks, sorted."""
    return sorted(_APPLETS - set(applets))


def _version_key(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def find_kernel(root: Path = Path("/")) -> Kernel | None:
    """Return the newest kernel below ``root`` that can be read and whose modules are there, or None.

    Looked for: ``boot/vmlinuz-VERSION`` with ``lib/modules/VERSION``, and ``lib/modules/VERSION/vmlinuz``.
    """
    kernels: dict[str, Kernel] = {}
    for library in (root / "lib/modules", root / "usr/lib/modules"):
        for folder in sorted(library.glob("*")):
            if not (folder / "kernel").is_dir():
                continue
            for image in (folder / "vmlinuz", root / "boot" / f"vmlinuz-{folder.name}"):
                if image.is_file() and os.access(image, os.R_OK):
                    kernels.setdefault(folder.name, Kernel(image, folder))
    if not kernels:
        return None
    # A "cloud" or "virtual" kernel is smaller and boots faster than the machine's own.
    newest = max(kernels, key=lambda name: ("cloud" in name, name[0].isdigit(), _version_key(name)))
    return kernels[newest]
