"""Kernel modules: finds them under lib/modules, unpacks them, and puts them in an order that loads.

``modules.dep`` is not needed: it is made when a kernel is installed, and ours need not be. What a module
needs is in its own ``.modinfo`` section, as NUL-separated ``depends=a,b`` (Linux, scripts/mod/modpost.c).
"""

from __future__ import annotations

import gzip
import lzma
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

_SUFFIX = re.compile(r"\.ko(\.(gz|xz|zst))?$")
_DEPENDS = re.compile(rb"(?:^|\0)depends=([^\0]*)\0")
_LIMIT = 60.0


class ModuleError(Exception):
    """A module is there but cannot be read; one line."""


def index(folder: Path) -> dict[str, Path]:
    """Return the modules below ``folder`` (a ``lib/modules/VERSION``): name with underscores -> file."""
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.ko*")):
        name, hits = _SUFFIX.subn("", path.name)
        if hits:
            found[name.replace("-", "_")] = path
    return found


def read(path: Path) -> bytes:
    """Return a module's ELF file, unpacked. Raises ModuleError when it cannot be."""
    data = path.read_bytes()
    try:
        if path.name.endswith(".gz"):
            return gzip.decompress(data)
        if path.name.endswith(".xz"):
            return lzma.decompress(data)
        if path.name.endswith(".zst"):
            return _unpack_zstd(data)
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise ModuleError(f"kernel module {path.name} cannot be unpacked: {error}") from error
    return data


def _unpack_zstd(data: bytes) -> bytes:
    tool = shutil.which("zstd")
    if tool is None:
        raise ModuleError("the kernel's modules are packed with zstd, and the program zstd is not installed")
    done = subprocess.run(
        [tool, "-d", "-c", "-q"], input=data, capture_output=True, timeout=_LIMIT, check=False
    )
    if done.returncode != 0:
        raise ModuleError(
            f"zstd cannot unpack a kernel module: {done.stderr.decode(errors='replace').strip()}"
        )
    return done.stdout


def depends(module: bytes) -> tuple[str, ...]:
    """Return the names of the modules that a module (its ELF file) needs."""
    match = _DEPENDS.search(module)
    if match is None:
        return ()
    names = match[1].decode("ascii", errors="replace").split(",")
    return tuple(name.replace("-", "_") for name in names if name)


def in_load_order(wanted: Iterable[str], available: Mapping[str, Path]) -> list[tuple[str, bytes]]:
    """Return (name, ELF file) of the wanted modules and all they need, each after what it needs.

    A wanted module that is not among ``available`` is left out: it is built into the kernel, or the
    guest goes without. Raises ModuleError when a file cannot be unpacked.
    """
    ordered: dict[str, bytes] = {}
    visiting: set[str] = set()

    def visit(name: str) -> None:
        if name in ordered or name in visiting or name not in available:
            return
        visiting.add(name)
        data = read(available[name])
        for needed in depends(data):
            visit(needed)
        ordered[name] = data

    for name in wanted:
        visit(name)
    return list(ordered.items())
