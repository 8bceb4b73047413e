"""A guest with programs of this machine: vim, less, whiptail and their terminal descriptions.

It boots the demonstration's kernel and initramfs; the programs come in a second archive behind the first,
which the kernel unpacks on top of it (Documentation/driver-api/early-userspace/buffer-format.rst).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from tuivm import paths
from tuivm.demo import cpio, guest
from tuivm.demo.domains import Hardware, Role, domain_xml
from tuivm.demo.parts import find_emulator

PROGRAMS = ("vim", "less", "whiptail")
TERMINALS = ("vt100", "vt220", "linux", "xterm-256color")
_LIBRARY = re.compile(r"(?:=>\s*)?(/\S+)\s+\(0x")
_TERMINFO = ("/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo")


def build(folder: Path) -> guest.Guest:
    """Return the demonstration's guest with the programs added; the archive is written into ``folder``."""
    plain = guest.build(paths.cache_dir() / "demo", print)
    return added(plain, _entries(), folder / "rich.gz")


def added(plain: guest.Guest, entries: Iterable[cpio.Entry], archive: Path) -> guest.Guest:
    """Return the guest with entries that are added to its files or replace them; written to ``archive``."""
    archive.write_bytes(plain.initrd.read_bytes() + cpio.compressed(entries))
    return replace(plain, initrd=archive)


def program(name: str) -> dict[str, bytes]:
    """Return a program of this machine with its libraries: place in the guest and content."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    assert found is not None, f"{name} is not installed"
    path = Path(found).resolve()
    # /sbin comes first in the guest's PATH: busybox has programs of these names in /bin.
    files = {f"sbin/{name}": path.read_bytes()}
    listed = subprocess.run(["ldd", str(path)], capture_output=True, text=True, check=True).stdout
    for library in _LIBRARY.findall(listed):
        files[library.lstrip("/")] = Path(library).read_bytes()
    return files


def as_entries(files: Mapping[str, bytes]) -> list[cpio.Entry]:
    """Return the files, all of them executable, with the folders that they stand in."""
    entries = []
    folders: set[str] = {"sbin", "lib", "etc"}
    for place, content in files.items():
        entries += cpio.parents(place, folders)
        entries.append(cpio.file(place, content, 0o755))
    return entries


def xml(folder: Path, name: str) -> str:
    """Return the XML of such a domain, with an empty disk in ``folder``."""
    parts = build(folder)
    disk = folder / f"{name}.qcow2"
    subprocess.run(["qemu-img", "create", "-qf", "qcow2", str(disk), "16M"], check=True)
    hardware = Hardware(parts, find_emulator(parts.machine), kvm=False, user_network=False)
    return domain_xml(hardware, Role(name, "idle", "with programs"), disk)


def _entries() -> list[cpio.Entry]:
    files: dict[str, bytes] = {}
    for name in PROGRAMS:
        files |= program(name)
    for name in TERMINALS:
        source = next(Path(root, name[0], name) for root in _TERMINFO if Path(root, name[0], name).exists())
        files[f"lib/terminfo/{name[0]}/{name}"] = source.read_bytes()
    return as_entries(files)
