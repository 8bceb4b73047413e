"""A full block of seconds becomes one of the file, and steps of the coarser tiers."""

from __future__ import annotations

from tuivm.core.archive.codec import Column
from tuivm.core.archive.records import Records
from tuivm.core.archive.tail import OpenBlock
from tuivm.core.archive.tiers import FINE, TIERS, coarser


def seal(records: Records, block: OpenBlock) -> None:
    """Write a block to every tier. What is there already of the same time stays where the block has gaps.

    Raises what SQLite raises.
    """
    domain = records.domain(block.key, make=True)
    told = {series: block.column(series) for series in block.columns}
    told = {series: column for series, column in told.items() if any(value == value for value in column)}
    if domain is None or not told:
        return
    numbers = {series: records.series(series, make=True) for series in told}
    parts: dict[int, tuple[Column, ...]] = {
        number: (told[series],) for series, number in numbers.items() if number is not None
    }
    whole = records.merge(domain, FINE, block.start, 0, parts)
    for tier in TIERS[1:]:
        coarse = {
            number: tuple(coarser(columns[0], tier.step))
            for number, columns in whole.items()
            if number in parts
        }
        begin = tier.begin(block.start)
        records.merge(domain, tier, begin, (block.start - begin) // tier.step, coarse)
    records.seen(domain, parts, block.start, block.end)
