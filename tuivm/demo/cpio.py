"""Writes initramfs archives: cpio in the "newc" form, the one the Linux kernel unpacks.

The format is the kernel's own Documentation/driver-api/early-userspace/buffer-format.rst: a header of
``070701`` and thirteen eight-digit hexadecimal fields, the name with a NUL, both padded to four bytes,
the data padded to four bytes, and a last entry named ``TRAILER!!!``.
"""

from __future__ import annotations

import gzip
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TRAILER = "TRAILER!!!"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, folder, symbolic link or device node, owned by root."""

    name: str
    """Path without a leading slash."""
    mode: int
    """Type and permission bits, as in ``st_mode``."""
    data: bytes = b""
    """Content of a file, target of a symbolic link."""
    device: tuple[int, int] = (0, 0)
    """Major and minor number of a device node."""


def file(name: str, data: bytes, permissions: int = 0o644) -> Entry:
    """Return the entry of an ordinary file."""
    return Entry(name, stat.S_IFREG | permissions, data)


def folder(name: str) -> Entry:
    """Return the entry of a folder."""
    return Entry(name, stat.S_IFDIR | 0o755)


def parents(place: str, known: set[str]) -> list[Entry]:
    """Return the folders above a file that are not ``known`` yet, the outermost first; they are then."""
    missing = [str(each) for each in reversed(Path(place).parents[:-1]) if str(each) not in known]
    known.update(missing)
    return [folder(each) for each in missing]


def link(name: str, target: str) -> Entry:
    """Return the entry of a symbolic link."""
    return Entry(name, stat.S_IFLNK | 0o777, target.encode())


def character_device(name: str, major: int, minor: int) -> Entry:
    """Return the entry of a character device."""
    return Entry(name, stat.S_IFCHR | 0o600, device=(major, minor))


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def _record(number: int, entry: Entry) -> bytes:
    name = entry.name.encode() + b"\0"
    links = 2 if stat.S_ISDIR(entry.mode) else 1
    # inode, mode, uid, gid, links, mtime, size, device of the file, device it stands for, name size, checksum
    fields = (number, entry.mode, 0, 0, links, 0, len(entry.data), 0, 0, *entry.device, len(name), 0)
    header = b"070701" + b"".join(b"%08X" % field for field in fields)
    return _padded(header + name) + _padded(entry.data)


def archive(entries: Iterable[Entry]) -> bytes:
    """Return the archive. Folders must come before what is in them; the same entries give the same bytes."""
    records = [_record(number, entry) for number, entry in enumerate(entries, start=1)]
    records.append(_record(0, Entry(_TRAILER, 0)))
    return b"".join(records)


def compressed(entries: Iterable[Entry]) -> bytes:
    """Return the archive compressed with gzip, which every kernel unpacks; also deterministic."""
    return gzip.compress(archive(entries), compresslevel=6, mtime=0)
