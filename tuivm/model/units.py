"""Figures as short words: sizes, rates, shares, spans of time. Pure functions.

Sizes count in powers of 1024 with the letters K M G T P (KiB, MiB, ...), as virsh and free do.
"""

from __future__ import annotations

import math

NOT_KNOWN = "-"
"""Shown where a figure is not known: never a 0 that would be a lie."""
_LETTERS = "BKMGTPE"
_POWERS = ("", "k", "M", "G", "T", "P")


def size(value: float | None) -> str:
    """Write bytes in at most 4 characters: ``0``, ``980``, ``1.2K``, ``80K``, ``3.4G``."""
    if value is None or math.isnan(value):
        return NOT_KNOWN
    amount, index = _scaled(value, 1024, len(_LETTERS))
    return f"{_digits(min(amount, 999))}{_LETTERS[index]}" if index else f"{amount:.0f}"


def _scaled(value: float, base: int, units: int) -> tuple[float, int]:
    """Divide by ``base`` until at most three digits are left, and count how often."""
    amount, index = max(value, 0.0), 0
    while amount >= 999.5 and index < units - 1:
        amount /= base
        index += 1
    return amount, index


def _digits(amount: float) -> str:
    return f"{amount:.1f}" if amount < 9.95 else f"{amount:.0f}"


rate = size
"""Bytes a second in at most 4 characters; the column's title says that it is a rate."""


def rates(first: float | None, second: float | None) -> str:
    """Write two rates in 9 characters, each right-aligned to its side of the stroke: ``1.2M/ 80K``."""
    return f"{rate(first):>4}/{rate(second):>4}"


def size_of(used: float | None, given: float | None) -> str:
    """Write bytes used of bytes given, in the unit of the latter, at most 8 characters: ``3.4/4.0G``."""
    if given is None or given <= 0 or math.isnan(given):
        return size(used)
    amount, index = float(given), 0
    while amount >= 999.5 and index < len(_LETTERS) - 1:
        amount /= 1024
        index += 1
    letter = _LETTERS[index] if index else ""
    first = NOT_KNOWN if used is None or math.isnan(used) else _digits(min(max(used, 0) / 1024**index, 999))
    return f"{first}/{_digits(min(amount, 999))}{letter}"


def percent(value: float | None) -> str:
    """Write a share 0..100 in at most 4 characters: ``63%``; ``-`` where it is not known."""
    if value is None or math.isnan(value):
        return NOT_KNOWN
    return f"{min(max(value, 0), 999):.0f}%"


def count(value: float | None) -> str:
    """Write a number of things in at most 4 characters: ``0``, ``7.5``, ``980``, ``1.2k``, ``3.4M``."""
    if value is None or math.isnan(value):
        return NOT_KNOWN
    amount, index = _scaled(value, 1000, len(_POWERS))
    whole = index == 0 and amount == round(amount)
    return f"{amount:.0f}" if whole else _digits(min(amount, 999)) + _POWERS[index]


def latency(value: float | None) -> str:
    """Write how long a request took in at most 6 characters: ``850us``, ``1.2ms``, ``80ms``, ``3.4s``."""
    if value is None or math.isnan(value):
        return NOT_KNOWN
    for factor, letters in ((1e6, "us"), (1e3, "ms")):
        if value * factor < 999.5:
            return _digits(max(value, 0.0) * factor) + letters
    return f"{_digits(min(value, 9999))}s"


def duration(seconds: float | None) -> str:
    """Write a span of time in at most 6 characters: ``45s``, ``2h10m``, ``14h``, ``3d04h``, ``41d``."""
    if seconds is None or math.isnan(seconds):
        return NOT_KNOWN
    whole = max(int(seconds), 0)
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if minutes < 1:
        return f"{whole}s"
    if hours < 1:
        return f"{minutes}m"
    if hours < 10:
        return f"{hours}h{minutes % 60:02d}m"
    if days < 1:
        return f"{hours}h"
    if days < 10:
        return f"{days}d{hours % 24:02d}h"
    return f"{days}d" if days < 1000 else f"{days // 365}y"


def span(seconds: float) -> str:
    """Write a span of time for a graph's axis: ``90 s``, ``5 min``, ``2.5 min``, ``3 h``, ``7 d``."""
    for length, word in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * length:
            amount = seconds / length
            return f"{amount:.0f} {word}" if abs(amount - round(amount)) < 0.05 else f"{amount:.1f} {word}"
    return f"{seconds:.0f} s"


def nice_ceiling(value: float, *, binary: bool = False) -> float:
    """Find the smallest round number of at least ``value``: 1, 2, 5 times a power of 10.

    With ``binary`` a power of 2, which is round for sizes in bytes. 1 for nothing or less.
    """
    if not value > 0 or math.isinf(value):
        return 1.0
    if binary:
        return float(2 ** max(math.ceil(math.log2(value) - 1e-12), 0))
    power = 10.0 ** math.floor(math.log10(value))
    for step in (1, 2, 5, 10):
        if step * power >= value * (1 - 1e-12):
            return step * power
    return 10 * power
