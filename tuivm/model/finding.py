"""What is pointed at, and how much it matters."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from tuivm.model.domain import DomainKey


class Severity(IntEnum):
    """How much a finding matters; the smaller the more."""

    SERIOUS = 0
    """Machines suffer by it now, or nothing keeps one from the others."""
    WARNING = 1
    """It may come to that."""
    NOTE = 2
    """Good to know."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is pointed at."""

    severity: Severity
    """How much it matters."""
    topic: str
    """What it is about, a word: ``memory``, ``pool``, ``user``."""
    text: str
    """What was found; may quote names, which are hostile data."""
    remedy: str = ""
    """What to do about it; empty where nothing need be done."""
    keys: tuple[DomainKey, ...] = ()
    """The machines that it is about; none where it is about the host."""
