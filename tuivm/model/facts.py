"""What a libvirt connection tells about itself, for ``tuivm doctor``."""

from __future__ import annotations

from dataclasses import dataclass

from tuivm.model.host import Host


@dataclass(frozen=True, slots=True)
class Network:
    """One of libvirt's virtual networks."""

    name: str
    """Its name, one line of plain text."""
    active: bool
    """Whether it is up."""
    autostart: bool
    """Whether it comes up with the host."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a connection tells about itself."""

    host: Host
    """The host behind it."""
    domains: int
    """How many domains it has, running or not."""
    networks: tuple[Network, ...] | None
    """Its virtual networks; None where the driver has none at all."""
