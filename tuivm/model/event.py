"""What happened, told by libvirt or by tuivm itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tuivm.model.domain import DomainKey


class EventKind(StrEnum):
    """Class of an event."""

    LIFECYCLE = "lifecycle"
    REBOOT = "reboot"
    DEVICE = "device"
    SNAPSHOT = "snapshot"
    CONNECTION = "connection"
    CONSOLE = "console"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Event:
    """One event."""

    kind: EventKind
    """Its class."""
    time: float
    """Unix seconds when it was received."""
    key: DomainKey | None
    """The domain; None for the connection itself."""
    name: str
    """The domain's name at that moment; empty for the connection."""
    detail: str
    """What happened, in words: ``started (booted)``, ``stopped (destroyed)``, ``device vdb removed``."""
    gone: bool = False
    """True when the domain no longer exists after this event."""
    stopped: bool = False
    """True when the domain is off after this event."""
    started: bool = False
    """True when the domain began to run from off (a console can be reattached)."""
    notice: str = ""
    """Severity of the notice it is worth (``information``, ``warning``, ``error``); empty for none."""
    relabelled: bool = False
    """True when title, tags or lock may be others after this event."""
