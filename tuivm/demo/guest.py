"""The guest: a kernel and an initramfs made of busybox, a few kernel modules and the scripts in ``rootfs/``.

Everything is kept in a cache folder under a name made of what went in, so that a second build only looks.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from tuivm.demo import cpio, modules
from tuivm.demo.fetch import fetch_kernel, run
from tuivm.demo.memo import stamp
from tuivm.demo.parts import (
    Kernel,
    Machine,
    MissingPartError,
    find_busybox,
    find_kernel,
    missing_applets,
    needs_loader,
    this_machine,
)

MODULES = (
    "virtio_pci",
    "virtio_blk",
    "crc32c_generic",
    "ext4",
    "virtio_balloon",
    "virtio_net",
    "evdev",
    "button",
    "gpio_pl061",
    "gpio_keys",
)
"""What the guest loads, where the kernel has it as a module, in this order."""

_PLACES = {
    "init": "init",
    "load-cpu": "sbin/load-cpu",
    "load-disk": "sbin/load-disk",
    "power-button": "sbin/power-button",
    "poweroff": "sbin/poweroff",
    "profile": "etc/profile",
    "motd": "etc/motd",
    "passwd": "etc/passwd",
}
_FOLDERS = ["bin", "sbin", "etc", "dev", "proc", "sys", "tmp", "root", "data", "lib", "lib/modules"]
_LIBRARY = re.compile(r"(?:=>\s*)?(/\S+)\s+\(0x")
_FORMAT = 1
"""Raised when the archive is made differently from the same parts."""


@dataclass(frozen=True, slots=True)
class Guest:
    """What QEMU boots."""

    kernel: Path
    """Kernel image."""
    initrd: Path
    """Compressed initramfs."""
    machine: Machine
    """What it is built for."""

    def cmdline(self, role: str, name: str = "guest") -> str:
        """Return the kernel command line of a role: ``cpu``, ``disk``, ``idle``, or ``probe``: say hello."""
        job = "tuivm.probe" if role == "probe" else f"tuivm.role={role} tuivm.name={name}"
        return (
            f"console={self.machine.tty} quiet loglevel=1 panic=5 rdinit=/init {self.machine.options} "
            f"tuivm.tty={self.machine.tty} {job}"
        )


def _scripts() -> dict[str, bytes]:
    folder = resources.files("tuivm.demo") / "rootfs"
    return {place: (folder / name).read_bytes() for name, place in _PLACES.items()}


def _key(kernel: Kernel, busybox: Path, scripts: dict[str, bytes]) -> str:
    parts = [_FORMAT, stamp(kernel.image), str(kernel.modules), stamp(busybox), MODULES]
    digest = hashlib.sha256(json.dumps(parts).encode())
    for place, content in sorted(scripts.items()):
        digest.update(f"{place}:{len(content)}:".encode() + content)
    return digest.hexdigest()[:16]


def _libraries(program: Path) -> list[Path]:
    """Return the loader and libraries of a program that is linked dynamically."""
    if not needs_loader(program):
        return []
    return [Path(name) for name in _LIBRARY.findall(run(["ldd", str(program)]))]


def entries(
    kernel_modules: Iterable[tuple[str, bytes]],
    busybox: bytes,
    applets: Iterable[str],
    scripts: dict[str, bytes],
    libraries: Iterable[tuple[str, bytes]] = (),
) -> list[cpio.Entry]:
    """Return the initramfs' entries. ``libraries`` are (path in the guest, content)."""
    found = [cpio.folder(name) for name in _FOLDERS]
    # The kernel opens /dev/console for process 1 before anything is mounted.
    found.append(cpio.character_device("dev/console", 5, 1))
    found.append(cpio.file("bin/busybox", busybox, 0o755))
    own = {Path(place).name for place in scripts if place.startswith("sbin/")} | {"busybox", "reboot", "halt"}
    found += [cpio.link(f"bin/{name}", "busybox") for name in sorted(set(applets) - own)]
    for place, content in sorted(scripts.items()):
        found.append(cpio.file(place, content, 0o755 if content.startswith(b"#!") else 0o644))
    found += [cpio.link("sbin/reboot", "poweroff"), cpio.link("sbin/halt", "poweroff")]
    names = []
    for name, content in kernel_modules:
        names.append(name)
        found.append(cpio.file(f"lib/modules/{name}", content))
    found.append(cpio.file("etc/modules", "".join(f"{name}\n" for name in names).encode()))
    known = {entry.name for entry in found}
    for place, content in libraries:
        found += cpio.parents(place, known)
        found.append(cpio.file(place, content, 0o755))
    return found


def _make(kernel: Kernel, busybox: Path, scripts: dict[str, bytes]) -> bytes:
    applets = run([str(busybox), "--list"]).split()
    lacking = missing_applets(applets)
    if lacking:
        raise MissingPartError(f"{busybox} lacks {', '.join(lacking)}", "install busybox-static")
    libraries = [(str(path).lstrip("/"), path.read_bytes()) for path in _libraries(busybox)]
    try:
        loadable = modules.in_load_order(MODULES, modules.index(kernel.modules))
    except modules.ModuleError as error:
        raise MissingPartError(str(error)) from error
    named = [(f"{name}.ko", content) for name, content in loadable]
    return cpio.compressed(entries(named, busybox.read_bytes(), applets, scripts, libraries))


def _write(path: Path, content: bytes) -> None:
    """Write a file so that another run sees all of it or nothing."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    Path(name).replace(path)


def build(cache: Path, progress: Callable[[str], None] = lambda _: None) -> Guest:
    """Return the guest, made by the first call and kept in ``cache``.

    Raises MissingPartError when a part cannot be had, with what is missing. The first call may download some
    30 MB and take a minute; ``progress`` gets a line before each slow step. A later one takes milliseconds.
    """
    machine = this_machine()
    busybox = find_busybox()
    kernel = find_kernel() or fetch_kernel(machine, cache, progress)
    scripts = _scripts()
    try:
        key = _key(kernel, busybox, scripts)
        initrd = cache / f"initrd-{key}.gz"
        if not initrd.is_file():
            progress("Building the guest")
            cache.mkdir(parents=True, exist_ok=True)
            content = _make(kernel, busybox, scripts)
            for old in cache.glob("initrd-*.gz"):
                old.unlink(missing_ok=True)
            _write(initrd, content)
    except OSError as error:
        raise MissingPartError(f"the guest cannot be built: {error}") from error
    return Guest(kernel.image, initrd, machine)
