"""Checksums as ``sha256sum``, ``md5sum`` and ``cksum`` print them."""

from __future__ import annotations

import hashlib
from typing import Protocol

_POLYNOMIAL = 0x04C11DB7


class Checksum(Protocol):
    """Grows with the bytes it is given."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes."""

    def hexdigest(self) -> str:
        """Return what the program prints first on its line."""


def _entry(byte: int) -> int:
    value = byte << 24
    for _ in range(8):
        value = (value << 1 ^ _POLYNOMIAL) if value & 0x80000000 else value << 1
    return value & 0xFFFFFFFF


_TABLE = [_entry(byte) for byte in range(256)]


class _Cksum:
    """The cyclic redundancy check of IEEE Std 1003.1, ``cksum``: the bytes, then their number, inverted."""

    def __init__(self) -> None:
        self._value = 0
        self._length = 0

    def update(self, data: bytes) -> None:
        self._length += len(data)
        self._value = _crc(self._value, data)

    def hexdigest(self) -> str:
        length = self._length
        tail = length.to_bytes((length.bit_length() + 7) // 8, "little")
        return str(_crc(self._value, tail) ^ 0xFFFFFFFF)


def _crc(value: int, data: bytes) -> int:
    for byte in data:
        value = (value << 8 & 0xFFFFFFFF) ^ _TABLE[value >> 24 ^ byte]
    return value


def new(program: str) -> Checksum:
    """Return what computes the checksum that ``program`` prints. Raises KeyError for an unknown one."""
    if program == "md5sum":
        return hashlib.md5(usedforsecurity=False)
    if program == "cksum":
        return _Cksum()
    if program == "sha256sum":
        return hashlib.sha256()
    raise KeyError(program)
