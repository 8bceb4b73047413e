"""What happened, told by libvirt or by tuivm itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tuivm.model.domain import DomainKey


class EventKind(StrEnum):
    """Class of an event."""

    LIFECYCLE = "lifecycle"
    REBOOT = "reboot"
    PANIC = "panic"
    IO_ERROR = "io-error"
    WATCHDOG = "watchdog"
    MEMORY = "memory"
    """A failure of the host's memory, or a memory device that grew or shrank."""
    CONTROL = "control"
    """The hypervisor lost its grip on the guest's process."""
    DEVICE = "device"
    BLOCK = "block"
    """A block job, or a threshold of a disk that was passed."""
    BALLOON = "balloon"
    POWER = "power"
    """The guest went to sleep or woke up."""
    AGENT = "agent"
    JOB = "job"
    """A job of libvirt's goes on, or is over."""
    RESULT = "result"
    """A job of tuivm's is over: done, failed or cancelled."""
    METADATA = "metadata"
    """Title, description, tags, tuning."""
    CLOCK = "clock"
    GRAPHICS = "graphics"
    """Somebody looks at the guest's display."""
    SNAPSHOT = "snapshot"
    NETWORK = "network"
    POOL = "pool"
    NODE_DEVICE = "node-device"
    """A device of the host came or went."""
    CONNECTION = "connection"
    CONSOLE = "console"
    OTHER = "other"
    """What tuivm itself has to say."""


class Severity(StrEnum):
    """How much an event matters."""

    QUIET = "quiet"
    """Of use when one looks for it, and no reason to look."""
    INFORMATION = "information"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """0 for what matters least."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Event:
    """One event, or several that are the same."""

    kind: EventKind
    """Its class."""
    time: float
    """Unix seconds when it was received; the last of several."""
    key: DomainKey | None
    """The domain; None for the connection itself and for what the host has beside domains."""
    name: str
    """The domain's, network's, pool's or device's name at that moment; empty for the connection."""
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
    """True when title, tags, lock or agent may be others after this event."""
    severity: Severity = Severity.INFORMATION
    """How much it matters."""
    count: int = 1
    """How many there were of it, at least 1."""
    rereads: bool = True
    """Whether the domain's row or its details may be others after it, so that they must be read again."""
    topic: str = ""
    """Events of one kind and domain with the same topic may be told as one; empty for never."""
