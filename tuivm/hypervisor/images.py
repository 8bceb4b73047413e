"""What a disk image on this machine builds on, read from its header. No libvirt.

qcow and qcow2: QEMU's docs/interop/qcow2.txt. An image is never opened for writing, and a header that
makes no sense is told as unknown, never as "builds on nothing".
"""

from __future__ import annotations

import fcntl
import json
import os
import struct
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tuivm.hypervisor.qcow2 import MAGIC, NoImageError, opened

_OTHERS = (b"QED\0", b"KDMV", b"COWD", b"# Disk DescriptorFile", b"vhdxfile")
"""Formats that may build on another file in ways not read here."""
_HEADER = 104
_LONGEST = 1023
"""Bytes of a backing file's name (the format's own limit)."""
_DATA_FILE = 0x44415441
_EXTENSIONS = 64
_GET_LOCK = 36
"""``F_OFD_GETLK`` (Linux)."""
_LOCKS = (100, 200)
"""First byte and number of those that QEMU locks in an image it has open (block/file-posix.c)."""
_MOST = 4096
"""Files of one folder that are looked into."""


class UnknownImageError(Exception):
    """The image cannot be looked into: no permission, or a format that is not read here."""


def below(path: str) -> list[str]:
    """Paths that the image at ``path`` is directly built on; empty for none, or where there is no image.

    Raises UnknownImageError.
    """
    try:
        with opened(path) as descriptor:
            return [at for name in _names(descriptor) for at in _resolved(path, name)]
    except (FileNotFoundError, NoImageError):
        return []
    except (OSError, ValueError, OverflowError) as error:
        raise UnknownImageError(str(error)) from error


def builders(folder: str, most: int = _MOST) -> Iterator[tuple[str, list[str]]]:
    """The images of a folder that build on others, each with these. What cannot be read is passed over."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.path for entry in islice(entries, most) if entry.is_file()]
    except (OSError, ValueError):
        return
    for name in names:
        try:
            found = below(name)
        except UnknownImageError:
            continue
        if found:
            yield name, found


def is_open(path: str) -> bool:
    """Whether some QEMU of this machine has the image open now, whoever's it is; False where unknown."""
    try:
        with opened(path) as descriptor:
            asked = struct.pack("@hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, *_LOCKS, 0)
            answer: bytes = fcntl.fcntl(descriptor, _GET_LOCK, asked)
            return bool(struct.unpack_from("@h", answer)[0] != fcntl.F_UNLCK)
    except (OSError, ValueError, struct.error):
        return False


def _names(descriptor: int) -> list[str]:
    """Names of the backing and the data file, as the header holds them."""
    header = os.pread(descriptor, _HEADER, 0)
    if not header.startswith(MAGIC):
        if header.startswith(_OTHERS):
            raise UnknownImageError("a format whose backing file is not read")
        return []
    if len(header) < 24:
        raise UnknownImageError("the header is cut off")
    version, offset, size = struct.unpack_from(">IQI", header, 4)
    if size > _LONGEST or version not in (1, 2, 3):
        raise UnknownImageError("the header makes no sense")
    found = []
    if offset and size:
        name = os.pread(descriptor, size, offset)
        if len(name) != size:
            raise UnknownImageError("the header is cut off")
        found.append(os.fsdecode(name))
    return found + (_data_file(descriptor, header) if version == 3 else [])


def _data_file(descriptor: int, header: bytes) -> list[str]:
    """The external data file, from the header extensions, where the image has one."""
    if len(header) < _HEADER or not struct.unpack_from(">Q", header, 72)[0] & 4:
        return []
    at = struct.unpack_from(">I", header, 100)[0]
    for _ in range(_EXTENSIONS):
        extension = os.pread(descriptor, 8, at)
        if len(extension) < 8:
            break
        kind, length = struct.unpack(">II", extension)
        if kind == 0 or length > 1 << 16:
            break
        if kind == _DATA_FILE:
            return [os.fsdecode(os.pread(descriptor, min(length, _LONGEST), at + 8))]
        at += 8 + (length + 7) // 8 * 8
    raise UnknownImageError("an external data file without a name")


def _resolved(image: str, name: str) -> list[str]:
    """Where a name in an image's header leads; the folder of the link and of the file behind it count."""
    if name.startswith("json:"):
        try:
            told = list(_filenames(json.loads(name[5:]), 0))
        except (ValueError, RecursionError) as error:
            raise UnknownImageError("a backing file that cannot be read") from error
        return [at for one in told for at in _resolved(image, one)]
    for prefix in ("file://", "file:"):
        if name.startswith(prefix):
            name = name[len(prefix) :]
            break
    if "\0" in name:
        raise UnknownImageError("a backing file whose name makes no sense")
    if name.startswith("/"):
        return [name]
    folders = {str(Path(image).parent), str(Path(os.path.realpath(image)).parent)}
    return [os.path.normpath(f"{folder}/{name}") for folder in sorted(folders)]


def _filenames(value: object, depth: int) -> Iterator[str]:
    """Every ``filename`` in QEMU's description of a block device."""
    if depth > 20:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str) and str(key).rpartition(".")[2] == "filename":
                # A name in there is plain, whatever it begins with.
                yield item if item.startswith("/") else f"./{item}"
            else:
                yield from _filenames(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _filenames(item, depth + 1)
