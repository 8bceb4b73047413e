"""What is known about a domain that does not start."""

from __future__ import annotations

from dataclasses import dataclass

from tuivm.model.domain import DomainKey


@dataclass(frozen=True, slots=True)
class FileFact:
    """A file that the domain needs."""

    path: str
    """Where it should be; hostile data."""
    what: str
    """What it is for: target of a disk, ``kernel``, ``emulator``..."""
    problem: str = ""
    """What is wrong with it, in a few words; empty when nothing is, or nobody can look."""
    access: str = ""
    """Whose it is, and which folder above it others cannot enter; empty when not looked at."""


@dataclass(frozen=True, slots=True)
class PlaceFact:
    """A network, bridge or storage pool that the domain needs."""

    name: str
    """Its name; hostile data."""
    kind: str
    """``network``, ``bridge``, ``pool``."""
    exists: bool
    """Whether there is one of that name."""
    active: bool
    """Whether it is up."""


@dataclass(frozen=True, slots=True)
class StartFacts:
    """What was found out about a domain and its host."""

    key: DomainKey
    """The domain."""
    name: str
    """Its name; hostile data."""
    connection: str
    """The connection's URI, for commands."""
    files: tuple[FileFact, ...] = ()
    """In the XML's order, each disk followed by what it is built on."""
    places: tuple[PlaceFact, ...] = ()
    """Networks, bridges and pools."""
    memory: int = 0
    """Bytes that the guest is given."""
    memory_free: int | None = None
    """Bytes that the host can give now; None when not known."""
    memory_total: int = 0
    """Bytes of the host."""
    hugepages: bool = False
    """Whether its memory comes from huge pages."""
    kvm: bool = False
    """Whether it asks for KVM."""
    kvm_problem: str = ""
    """Why KVM cannot be had; empty when it can, or nobody can look."""
    conflicts: tuple[str, ...] = ()
    """Disks and ports that somebody else has, in words."""
    saved: bool = False
    """Whether a saved state would be restored."""
    log: tuple[str, ...] = ()
    """The end of the hypervisor's log of this domain, since it was last started; hostile data."""
    log_note: str = ""
    """Where the log is, or why it cannot be read."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that may be why."""

    words: str
    """What is wrong, one line; hostile data may be quoted in it."""
    remedy: str = ""
    """What to do about it."""
    certain: bool = False
    """Whether it alone keeps the domain from starting."""
