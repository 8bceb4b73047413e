"""The journal: what is not in blocks yet, a row for each few seconds; a kill loses no more than those.

A row is deflated as a whole. In it, for each domain: its number, the first step, how many steps, how many
series (each 32 bits), the numbers of the series, and a block of one part: the columns, one after the
other.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tuivm.core.archive.codec import Column, Damaged, gaps, little, pack, unpack_one
from tuivm.core.archive.tiers import FINE

_HEAD = struct.Struct("<IIIII")
_MOST = 1 << 28
"""Bytes that a row can unfold into."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Some steps of one domain."""

    domain: int
    """Its number in the file."""
    first: int
    """The first step, within the block of the finest tier that the row is of."""
    columns: Mapping[int, Column]
    """Number of a series -> its readings from that step on; all as many."""


def write(entries: Iterable[Entry]) -> bytes:
    """The row of these entries."""
    parts = []
    for entry in entries:
        steps = len(next(iter(entry.columns.values())))
        joined = gaps(0)
        for column in entry.columns.values():
            joined += column
        body = pack({0: (joined,)}, level=0)
        numbers = little(array("I", entry.columns)).tobytes()
        parts += [_HEAD.pack(entry.domain, entry.first, steps, len(entry.columns), len(body)), numbers, body]
    return zlib.compress(b"".join(parts), 1)


def read(row: bytes) -> Iterator[Entry]:
    """The entries of a row. Raises Damaged."""
    worker = zlib.decompressobj()
    try:
        data = worker.decompress(row, _MOST)
    except zlib.error as error:
        raise Damaged(f"a row of the journal cannot be read: {error}") from None
    if not worker.eof:
        raise Damaged("a row of the journal is cut off")
    at = 0
    while at < len(data):
        if len(data) - at < _HEAD.size:
            raise Damaged("a row of the journal is cut off")
        domain, first, steps, count, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if first + steps > FINE.steps or len(data) - at < 4 * count + length:
            raise Damaged("a row of the journal is cut off")
        numbers = array("I")
        numbers.frombytes(data[at : at + 4 * count])
        at += 4 * count
        columns = unpack_one(data[at : at + length], 0, steps * count, 1)
        at += length
        if columns is None:
            raise Damaged("a row of the journal is empty")
        whole = columns[0]
        yield Entry(
            domain,
            first,
            {
                series: whole[number * steps : (number + 1) * steps]
                for number, series in enumerate(little(numbers))
            },
        )
