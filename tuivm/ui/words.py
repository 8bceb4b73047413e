"""Times and contents in the words of the screen."""

from __future__ import annotations

import time

from textual.content import Content

from tuivm.model import units
from tuivm.ui.text import plain, truncate

_MINUTE = 60


def content(text: str, style: str = "") -> Content:
    """Outside ``text`` as one line of content: made safe, never read as markup."""
    safe = plain(text)
    return Content.styled(safe, style) if style else Content(safe)


def short(text: str, width: int) -> str:
    """Outside ``text`` made safe and cut to at most ``width`` cells."""
    return truncate(plain(text), width)


def counted(number: int, noun: str) -> str:
    """``1 domain``, ``2 domains``, ``1,204 domains``; ``noun`` is one that takes an s."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def clock(when: float) -> str:
    """Local time of day ``14:03:22`` of Unix seconds."""
    return time.strftime("%H:%M:%S", time.localtime(when))


def moment(when: float) -> str:
    """Local date and time ``2026-11-22 14:03`` of Unix seconds."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(when))


def stamp(when: float) -> str:
    """Local date and time for a name: ``20261122-1403`` of Unix seconds."""
    return time.strftime("%Y%m%d-%H%M", time.localtime(when))


def age(when: float, now: float) -> str:
    """How long ago: ``just now``, ``12m ago``, ``3d04h ago``; ``ahead`` where clocks disagree."""
    seconds = now - when
    if seconds < -_MINUTE:
        return "ahead"
    if seconds < _MINUTE:
        return "just now"
    return f"{units.duration(seconds)} ago"
