"""A domain (virtual machine or container) as the list shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """``virDomainState``, with the short word shown in the list."""

    RUNNING = "running"
    BLOCKED = "blocked"
    PAUSED = "paused"
    STOPPING = "stopping"
    OFF = "off"
    CRASHED = "crashed"
    SUSPENDED = "suspended"
    UNKNOWN = "unknown"

    @property
    def is_active(self) -> bool:
        """Whether a hypervisor process exists for the domain."""
        return self in ACTIVE


ACTIVE = frozenset({State.RUNNING, State.BLOCKED, State.PAUSED, State.STOPPING, State.SUSPENDED})
"""States of a domain that is not stopped; looked into for every domain at every tick."""


@dataclass(frozen=True, slots=True, order=True)
class DomainKey:
    """A domain's identity: names may repeat across connections, this pair does not."""

    connection: str
    """The canonical URI of the libvirt connection."""
    uuid: str
    """The domain's UUID, lower case with dashes."""

    def __hash__(self) -> int:
        # Every tick looks up every domain several times; a string remembers its hash, a tuple does not.
        return hash(self.uuid)


@dataclass(frozen=True, slots=True)
class Domain:
    """What is known of a domain without reading its XML."""

    key: DomainKey
    """Identity."""
    name: str
    """libvirt's name: hostile data, may hold markup or control characters."""
    state: State
    """Power state."""
    reason: str = ""
    """Why it is in that state, in words (``destroyed``, ``saved``, ``user``); empty when not told."""
    id: int | None = None
    """libvirt's id while active."""
    vcpus: int = 0
    """Virtual CPUs, current where active, else the maximum; 0 when not told."""
    memory: int = 0
    """Memory given, bytes (the balloon's current size where active, else the maximum)."""
    memory_max: int = 0
    """Maximum memory, bytes."""
    autostart: bool | None = None
    """Started with the host; None when the driver cannot tell."""
    persistent: bool = True
    """False for a transient domain, which vanishes when it stops."""
    saved: bool = False
    """Whether a managed-save image exists."""
    has_snapshots: bool = False
    """Whether at least one snapshot exists."""
    started: float | None = None
    """When it was started, Unix seconds; None when it is off or the time cannot be known."""
    virt_type: str = ""
    """``type`` attribute of the domain's XML (``kvm``, ``qemu``, ``lxc``, ``test``...); empty until read."""
    title: str = ""
    """Its short description: hostile data; empty without one, or until it was read."""
    tags: tuple[str, ...] = ()
    """Words to find it by: hostile data; empty until they were read."""
    locked: bool = False
    """Whether destructive verbs refuse until it is unlocked; False until it was read."""
    agent_problem: str = ""
    """Why its guest agent cannot be asked; empty when it can, while it is off, and until it was read."""
