"""What the header of a disk image says (QEMU's docs/interop/qcow2.txt).

A few kilobytes are read, and nothing in them is trusted.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MAGIC = b"QFI\xfb"
"""How an image of qcow begins, whichever version it is of."""
_HEADER = struct.Struct(">4sIQIIQIIQQIIQ")
_ENTRY = struct.Struct(">QIHHIIQII")
_FARTHEST = 1 << 62
_LARGEST_TABLE = 4 * 1024 * 1024
_MOST_SNAPSHOTS = 4096


@dataclass(frozen=True, slots=True)
class Kept:
    """One internal snapshot."""

    name: str
    """Its name in the image."""
    memory: int
    """Bytes of memory state kept with it."""


@dataclass(frozen=True, slots=True)
class Header:
    """The facts of one image."""

    format: str
    """``qcow2``, or ``raw`` for anything else."""
    capacity: int
    """Bytes the guest sees."""
    snapshots: tuple[Kept, ...] = ()
    """Internal snapshots."""


class NoImageError(ValueError):
    """It is neither a file nor a block device."""


@contextmanager
def opened(path: str | Path) -> Iterator[int]:
    """An image's descriptor, only to read. Raises OSError, NoImageError; ValueError for what is no path."""
    # A fifo must not be waited for.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        kind = os.fstat(descriptor).st_mode
        if not (stat.S_ISREG(kind) or stat.S_ISBLK(kind)):
            raise NoImageError(f"{os.fspath(path)} is no image")
        yield descriptor
    finally:
        os.close(descriptor)


def read_header(path: Path) -> Header:
    """Read the header of an image. Raises OSError, and ValueError when a qcow2 header makes no sense."""
    with opened(path) as descriptor, open(descriptor, "rb", closefd=False) as file:
        start = file.read(_HEADER.size)
        if len(start) < _HEADER.size or not start.startswith(MAGIC):
            return Header("raw", file.seek(0, 2))
        (_, version, _, _, _, capacity, *_, count, table_at) = _HEADER.unpack(start)
        if version not in (2, 3) or count > _MOST_SNAPSHOTS:
            raise ValueError(f"{path.name} has a header that makes no sense")
        table = b""
        if count:
            file.seek(min(table_at, _FARTHEST))
            table = file.read(_LARGEST_TABLE)
    return Header("qcow2", capacity, _snapshots(table, count))


def _snapshots(table: bytes, count: int) -> tuple[Kept, ...]:
    found = []
    at = 0
    for _ in range(count):
        if at + _ENTRY.size > len(table):
            break
        _, _, id_length, name_length, _, _, _, memory, extra = _ENTRY.unpack_from(table, at)
        behind = at + _ENTRY.size
        if extra >= 8 and behind + 8 <= len(table):
            (memory,) = struct.unpack_from(">Q", table, behind)
        name_at = behind + extra + id_length
        name = table[name_at : name_at + name_length].decode(errors="replace")
        found.append(Kept(name, memory))
        at = (name_at + name_length + 7) & ~7
    return tuple(found)
