"""Which snapshots expire, and what a safety snapshot is called. Pure."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable

from tuivm.model.snapshot import SAFETY_PREFIX, Retention, Snapshot

_DAY = 86400.0


def expired(snapshots: Iterable[Snapshot], retention: Retention, now: float) -> tuple[Snapshot, ...]:
    """Those that the rule lets go, oldest first.

    Safety snapshots and the user's own are counted apart. One without a date never expires, and neither
    does the newest of the user's own: a rule by age must not take the last way back.
    """
    dated = sorted((one for one in snapshots if one.created > 0), key=_age)
    safety = [one for one in dated if one.safety]
    own = [one for one in dated if not one.safety]
    gone = [
        *_beyond(safety, retention.safety_keep or -1, retention.safety_days, now),
        *_beyond(own[:-1], max(0, retention.keep - 1) if retention.keep else -1, retention.days, now),
    ]
    return tuple(sorted(gone, key=_age))


def _age(one: Snapshot) -> tuple[float, int, str]:
    """Orders snapshots from old to new; those of one second by the number in their names."""
    return one.created, len(one.name) if one.safety else 0, one.name


def safety_name(now: float, taken: Collection[str] = ()) -> str:
    """``before-revert-YYYYmmdd-HHMMSS`` in local time; with a number behind it where that second has one.

    The number is beyond all in use: libvirt dates snapshots by the second, and the name tells which is newer.
    """
    name = SAFETY_PREFIX + time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
    numbers = [_number(one.removeprefix(name)) for one in taken if one.startswith(name)]
    return f"{name}-{max(numbers) + 1}" if numbers else name


def _number(rest: str) -> int:
    """The number behind a safety snapshot's second; 1 for none."""
    digits = rest.removeprefix("-")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 5 else 1


def describe(retention: Retention) -> str:
    """The rule in words: ``keeps 5, for 30 days; safety: keeps 3, for 14 days``."""
    own = _words(retention.keep, retention.days)
    return f"{own}; safety: {_words(retention.safety_keep, retention.safety_days)}"


def _words(keep: int, days: int) -> str:
    parts = [f"keeps {keep}"] if keep else []
    if days:
        parts.append(f"for {days} day{'s' if days != 1 else ''}")
    return ", ".join(parts) or "keeps all"


def _beyond(oldest_first: list[Snapshot], keep: int, days: int, now: float) -> list[Snapshot]:
    """Those beyond the ``keep`` newest (all stay when it is negative), or older than ``days``."""
    surplus = oldest_first[: max(0, len(oldest_first) - keep)] if keep >= 0 else []
    old = [one for one in oldest_first if days and now - one.created > days * _DAY]
    return [one for one in oldest_first if one in surplus or one in old]
