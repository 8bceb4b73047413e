"""A machine's room: what its walls are made of, as its XML and its process tell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tuivm.model.domain import DomainKey


class Boundary(StrEnum):
    """What stands between a guest and the host's kernel."""

    HARDWARE = "hardware"
    """The processor keeps them apart (KVM, Xen, ESX...)."""
    EMULATOR = "emulation"
    """A program that emulates a machine, and was not made to keep anybody in."""
    KERNEL = "container"
    """Nothing but the kernel's own name spaces: the kernel is shared."""
    SIMULATED = "simulated"
    """There is no guest at all."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Label:
    """One ``<seclabel>``."""

    model: str
    """``apparmor``, ``selinux``, ``dac``; empty where the XML leaves it to the default."""
    type: str
    """``dynamic``, ``static`` or ``none``."""
    label: str
    """The label in force; empty while off."""


@dataclass(frozen=True, slots=True)
class Link:
    """One interface, as far as it connects machines."""

    kind: str
    """``network``, ``bridge``, ``user``, ``direct``, ``hostdev``..."""
    source: str
    """Name of the network, bridge or device; hostile data; empty for none."""
    bridge: str = ""
    """The host's bridge, where the XML tells."""
    apart: bool = False
    """Whether its port is kept from the others of the bridge (``<port isolated='yes'/>``)."""
    filtered: bool = False
    """Whether a network filter is set (``<filterref>``)."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the host that the guest sees."""

    source: str
    """Path on the host; hostile data."""
    target: str
    """Tag or path in the guest; hostile data."""
    driver: str
    """``virtiofs``, ``9p`` (path), ``bind`` for a container..."""
    readonly: bool
    """Whether the guest only reads it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a domain's XML says of its walls."""

    virt_type: str = ""
    """``kvm``, ``qemu``, ``lxc``..."""
    labels: tuple[Label, ...] = ()
    """Security labels, in the XML's order."""
    devices: tuple[str, ...] = ()
    """Devices of the host that the guest has: ``pci 0000:01:00.0``, ``usb 1d6b:0002``, ``mdev UUID``."""
    direct_memory: bool = False
    """Whether one of them reaches memory by itself (PCI), which only an IOMMU confines."""
    links: tuple[Link, ...] = ()
    """Interfaces."""
    folders: tuple[Folder, ...] = ()
    """Folders of the host."""
    disks: tuple[str, ...] = ()
    """Where the disks are that the guest writes to and no mark says that they may be shared."""
    shared_disks: tuple[str, ...] = ()
    """Those marked to be shared."""
    cpu: str = ""
    """Mode of the CPU: ``host-passthrough``, ``host-model``, ``custom``..."""
    virtualization: bool | None = None
    """Whether the CPU's virtualization is demanded or forbidden by name; None when not said."""
    user_namespace: bool = False
    """For a container: whether its root is another user on the host (``<idmap>``)."""
    screens: tuple[str, ...] = ()
    """Screens that listen on every address: ``vnc 0.0.0.0:5900``."""
    arguments: bool = False
    """Whether it hands QEMU arguments of its own, which libvirt does not check."""


@dataclass(frozen=True, slots=True)
class Process:
    """The process that runs a domain, as ``/proc`` tells."""

    pid: int
    """Its number."""
    uid: int
    """User that it acts as."""
    user: str
    """The user's name; the number where it has none."""
    seccomp: int | None
    """Filter of system calls: 0 none, 1 strict, 2 a filter; None when not told."""
    no_new_privileges: bool | None
    """Whether it can never gain any by running another program; None when not told."""
    capabilities: int | None
    """The kernel's bits of what it may do beyond an ordinary user (``CapEff``); None when not told."""
    profile: str
    """Label that the kernel confines it with; empty for none or not told."""


@dataclass(frozen=True, slots=True)
class Room:
    """What is known of one domain's walls."""

    key: DomainKey
    """The domain."""
    active: bool
    """Whether it ran when it was looked at."""
    plan: Plan
    """What its XML says."""
    process: Process | None = None
    """Its process; None while off, for another host, or when it was not found."""
    enforced: bool | None = None
    """Whether its security label is enforced and not only watched; None when not told."""
    seccomp_configured: bool | None = None
    """Whether QEMU's configuration asks for a filter of system calls; None when not known."""
    boundary: Boundary = Boundary.UNKNOWN
    """What keeps it in."""
    problem: str = ""
    """Why its XML could not be read; empty when it could."""
