"""The order of the list: natural order of names, and the order by a column. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any

from tuivm.core.figures import VALUES
from tuivm.model.column import SortColumn
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.stats import Sample

Natural = tuple[tuple[int, int, str], ...]
NameRank = tuple[Natural, str, DomainKey]
_DIGITS = re.compile(r"(\d+)")


@lru_cache(maxsize=32768)
def natural(name: str) -> Natural:
    """Return a sort key that puts ``vm-2`` before ``vm-10``, upper and lower case alike."""
    parts = _DIGITS.split(name.casefold())
    # Only ASCII digits become numbers, and not thousands of them: int() refuses some of the others.
    return tuple(
        (0, int(part), "") if part.isascii() and part.isdigit() and len(part) < 40 else (1, 0, part)
        for part in parts
        if part
    )


def name_rank(domain: Domain) -> NameRank:
    """Return what places a domain among all others by its name; no two have the same."""
    return natural(domain.name), domain.name, domain.key


def by_column(
    ranked: Collection[DomainKey],
    domains: Mapping[DomainKey, Domain],
    samples: Mapping[DomainKey, Sample],
    sort: SortColumn,
    reverse: bool,
) -> list[DomainKey]:
    """Return ``ranked``, keys in the order of their names, in the order of a column.

    Equal values stay in the order of names whatever the direction; rows without a value (a stopped domain
    has no CPU) come last in both directions. Figures that change at every reading are compared as exactly
    as a reader sees them, so that noise moves no row.
    """
    if sort is SortColumn.NAME:
        rows = list(ranked)
        return rows[::-1] if reverse else rows
    value_of, rounded = VALUES[sort], sort.is_restless
    values: list[tuple[Any, DomainKey]] = []  # values of one type, which can be compared
    without: list[DomainKey] = []
    for key in ranked:
        value = value_of(domains[key], samples.get(key))
        if value is None:
            without.append(key)
        else:
            values.append((coarse(value) if rounded and not isinstance(value, str) else value, key))
    values.sort(key=itemgetter(0), reverse=reverse)
    return [key for _, key in values] + without


def coarse(value: float) -> float:
    """Round to two digits, and to whole ones below ten."""
    if value < 10:
        return float(round(value))
    scale: float = 10.0 ** (len(str(int(value))) - 2)
    return round(value / scale) * scale
