"""Points and spans of time as they are typed on a command line."""

from __future__ import annotations

import argparse
import math
import re
import time
from datetime import date, datetime, timedelta

_SPAN = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*(s|m|min|h|d|w|y)?", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400, "y": 365 * 86_400}
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
_EXPECTED = "expected a time such as 03:00, 'yesterday 03:00', 2026-11-30T03:00, -2h or now"
_EARLIEST, _LATEST = 0.0, 4e9


def moment(text: str, now: float | None = None) -> float:
    """Unix seconds of ``text``; ``now`` is the present, None for the real one.

    ``03:00`` is the last time it was that, ``today`` and ``yesterday`` with or without a time, an ISO 8601
    date with or without a time and an offset (without one it is local time), ``-2h`` before now,
    ``@1796000000`` Unix seconds, ``now``. Raises argparse.ArgumentTypeError.
    """
    now = time.time() if now is None else now
    words = " ".join(text.split()).lower()
    try:
        found = _found(words, now)
    except (ValueError, OverflowError, OSError):
        found = None
    if found is None or not _EARLIEST <= found <= _LATEST:
        raise argparse.ArgumentTypeError(_EXPECTED)
    return found


def span(text: str) -> float:
    """Seconds of ``text``: ``90``, ``15s``, ``5m``, ``2h``, ``7d``, ``1w``. Raises ArgumentTypeError."""
    found = _SPAN.fullmatch(text.strip().lower())
    seconds = float(found[1]) * _SECONDS[found[2] or "s"] if found else math.nan
    if not 1 <= seconds <= 10 * _SECONDS["y"]:
        raise argparse.ArgumentTypeError("expected a span of time such as 15s, 5m, 2h or 1d")
    return seconds


def _found(words: str, now: float) -> float | None:
    if words == "now":
        return now
    if words.startswith("-"):
        ago = _SPAN.fullmatch(words[1:])
        return now - float(ago[1]) * _SECONDS[ago[2] or "s"] if ago else None
    if words.startswith("@"):
        return float(words[1:])
    today = datetime.fromtimestamp(now).date()
    day, _, clock = words.partition(" ")
    if day in ("today", "yesterday"):
        which = today if day == "today" else today - timedelta(days=1)
        return _at(which, clock or "00:00")
    if _CLOCK.fullmatch(words):
        at = _at(today, words)
        return at if at is None or at <= now else _at(today - timedelta(days=1), words)
    return datetime.fromisoformat(words.upper()).timestamp()


def _at(day: date, clock: str) -> float | None:
    """Unix seconds of a time of a day, as this place counts it."""
    found = _CLOCK.fullmatch(clock)
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    return datetime(day.year, day.month, day.day, hour, minute, second).timestamp()
