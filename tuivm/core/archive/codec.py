"""Columns of readings as bytes: 16 bits a value, in planes that compress, a part for each series.

A value is a float32 without its sign, rounded to 8 bits behind the leading one (1 part in 512 at most). The
arithmetic is done on all values at once, in one large integer: a plain loop would be a hundred times as slow.

A block is ``count``, then ``count`` times (series, offset, length), each 32 bits, little endian; then the
parts, each by itself, so that one series is read without the others. Equal parts are written once. A part is
one or three columns of ``steps`` values: the means, in the coarse tiers also the least, and how far the
greatest is above the mean, as a difference of the 16 bit codes (which are in the order of the values). The
high bytes of all columns are deflated, and behind them the low bytes: they have little in common.
"""

from __future__ import annotations

import math
import struct
import sys
import zlib
from array import array
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeAlias

PRECISION = 2.0**-9
"""Greatest relative error of a value that was written and read."""
LARGEST = 1e30
"""Greatest value that is kept; beyond it nothing is known."""
SMALLEST = 1e-30
"""Least value above zero that is kept; below it is zero."""
NAN = math.nan
_KEEP = 0x7FFF8000
_ENTRY = 12
_WINDOW = -11
"""No header, 2 KiB looked back: a column or three are hardly longer."""
_TABLES = 5
"""zlib's ``memLevel``: one table of codes for 2048 bytes."""
_COUNT = struct.Struct("<I")

GAP = 0xFF80
"""The code of a gap."""
_SHIFT, _HALF = 15, 0x4000
"""Bits of a float32 behind a code, and half of the last place kept."""
Column: TypeAlias = "array[float]"
"""Readings of one series, one for each step; nan for a gap."""
Codes: TypeAlias = "array[int]"
"""The same as 16 bit codes, as a block has them: half the room."""


class Damaged(Exception):
    """The bytes are not what was written."""


def clean(value: float) -> float:
    """``value`` as it can be kept: nan for what is no figure, below zero or absurdly large."""
    if not 0.0 <= value <= LARGEST:
        return NAN
    return value if value >= SMALLEST else 0.0


def gaps(count: int) -> Column:
    """A column of ``count`` gaps."""
    return array("f", [NAN]) * count


def encode(values: Iterable[float]) -> list[int]:
    """The codes of values that have been through :func:`clean`."""
    bits = array("I")
    bits.frombytes(array("f", values).tobytes())
    return [(one + _HALF) >> _SHIFT for one in bits]


def decode(codes: Iterable[int]) -> Column:
    """The values of codes."""
    column = array("f")
    column.frombytes(array("I", [code << _SHIFT for code in codes]).tobytes())
    return column


def pack(parts: Mapping[int, tuple[Column, ...]], level: int = 6) -> bytes:
    """Series -> one column (means) or three (means, least, greatest), all as long, as one block.

    Values must have been through :func:`clean`. ``level`` is zlib's.
    """
    entries = array("I")
    body = bytearray()
    written: dict[bytes, int] = {}
    for series, columns in parts.items():
        high, low = _planes(columns)
        data = _deflate(high, level) + _deflate(low, level)
        offset = written.get(data)
        if offset is None:
            offset = written[data] = len(body)
            body += data
        entries.extend((series, offset, len(data)))
    return _COUNT.pack(len(parts)) + little(entries).tobytes() + bytes(body)


def series_in(block: bytes) -> list[int]:
    """The series that a block holds. Raises Damaged."""
    return _entries(block)[0::3].tolist()


def unpack(block: bytes, steps: int, channels: int) -> dict[int, tuple[Column, ...]]:
    """Every series of a block. Raises Damaged."""
    entries = _entries(block)
    parts: dict[int, tuple[Column, ...]] = {}
    for at in range(0, len(entries), 3):
        series, offset, length = entries[at : at + 3]
        parts[series] = _part(block, len(entries), offset, length, steps, channels)
    return parts


def unpack_one(block: bytes, series: int, steps: int, channels: int) -> tuple[Column, ...] | None:
    """One series of a block; None when it is not in it. Raises Damaged."""
    entries = _entries(block)
    try:
        at = 3 * entries[0::3].index(series)
    except ValueError:
        return None
    return _part(block, len(entries), entries[at + 1], entries[at + 2], steps, channels)


def _entries(block: bytes) -> array[int]:
    if len(block) < _COUNT.size:
        raise Damaged("a block is cut off")
    (count,) = _COUNT.unpack_from(block)
    end = _COUNT.size + count * _ENTRY
    if len(block) < end:
        raise Damaged("a block is cut off")
    entries = array("I")
    entries.frombytes(block[_COUNT.size : end])
    return little(entries)


def _part(
    block: bytes, entries: int, offset: int, length: int, steps: int, channels: int
) -> tuple[Column, ...]:
    begin = _COUNT.size + 4 * entries + offset
    high, rest = _inflate(block[begin : begin + length], steps * channels)
    low, _ = _inflate(rest, steps * channels)
    return _columns(high, low, steps, channels)


def _inflate(data: bytes, size: int) -> tuple[bytes, bytes]:
    """``size`` bytes, and what follows them."""
    worker = zlib.decompressobj(-15)
    try:
        # A block that is damaged must not unfold into all the memory there is.
        plain = worker.decompress(data, size + 1)
    except zlib.error as error:
        raise Damaged(f"a block cannot be read: {error}") from None
    if len(plain) != size or not worker.eof:
        raise Damaged("a block has another length")
    return plain, worker.unused_data


def _deflate(data: bytes, level: int) -> bytes:
    # Small tables: to make large ones would take longer than to fill these.
    worker = zlib.compressobj(level, zlib.DEFLATED, _WINDOW, _TABLES)
    return worker.compress(data) + worker.flush()


def _planes(columns: tuple[Column, ...]) -> tuple[bytes, bytes]:
    """The high and the low bytes of the codes of all columns."""
    count = len(columns[0])
    codes = [_codes(column) for column in columns]
    if len(codes) == 3:
        codes[2] -= codes[0]
    lanes = [code.to_bytes(4 * count, "little") for code in codes]
    return b"".join(data[2::4] for data in lanes), b"".join(data[1::4] for data in lanes)


def _columns(high: bytes, low: bytes, steps: int, channels: int) -> tuple[Column, ...]:
    codes = []
    for begin in range(0, steps * channels, steps):
        lanes = bytearray(4 * steps)
        lanes[1::4] = low[begin : begin + steps]
        lanes[2::4] = high[begin : begin + steps]
        codes.append(int.from_bytes(lanes, "little"))
    if channels == 3:
        codes[2] += codes[0]
    return tuple(_floats(code, steps) for code in codes)


def _codes(column: Column) -> int:
    """Codes of all values: each in a lane of 32 bits, its low byte one byte up."""
    count = len(column)
    bits = int.from_bytes(little(column).tobytes(), "little")
    rounded = (bits + _lanes(_HALF, count)) & _lanes(_KEEP, count)
    return rounded >> 7


def _floats(codes: int, count: int) -> Column:
    bits = (codes << 7) & _lanes(_KEEP, count)
    column = array("f")
    column.frombytes(bits.to_bytes(4 * count, "little"))
    return little(column)


@cache
def _lanes(value: int, count: int) -> int:
    """``value`` in each of ``count`` lanes."""
    return int.from_bytes(value.to_bytes(4, "little") * count, "little")


def little(values: array[Any]) -> array[Any]:
    """The array with its bytes in the order of the file, or back."""
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values
