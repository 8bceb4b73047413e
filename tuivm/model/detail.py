"""A domain's description: what its XML, its snapshots and its addresses tell."""

from __future__ import annotations

from dataclasses import dataclass

from tuivm.model.domain import DomainKey
from tuivm.model.snapshot import Snapshot

__all__ = ["Address", "CharDevice", "Description", "Detail", "Disk", "Nic", "Snapshot"]


@dataclass(frozen=True, slots=True)
class Disk:
    """One ``<disk>``."""

    target: str
    """Device name in the guest (``vda``)."""
    source: str
    """File, block device, volume or network name; empty for an empty drive."""
    device: str = "disk"
    """``disk``, ``cdrom``, ``floppy`` or ``lun``."""
    bus: str = ""
    """``virtio``, ``scsi``, ``sata``..."""
    format: str = ""
    """Image format (``qcow2``, ``raw``)."""
    readonly: bool = False
    """Whether the guest cannot write to it."""
    kind: str = "file"
    """``file``, ``block``, ``network``, ``volume``..."""
    backing: tuple[str, ...] = ()
    """The images below it, the oldest last, as far as libvirt tells (while active)."""

    @property
    def written(self) -> bool:
        """Whether it holds what the guest writes: no drive for media, not read-only, not empty."""
        return self.device in ("disk", "lun") and not self.readonly and bool(self.source)


@dataclass(frozen=True, slots=True)
class Nic:
    """One ``<interface>``."""

    mac: str
    """MAC address, lower case."""
    source: str
    """Network, bridge or host device it is attached to."""
    kind: str = ""
    """``network``, ``bridge``, ``user``, ``direct``..."""
    model: str = ""
    """``virtio``, ``e1000``..."""
    target: str = ""
    """Host side device (``vnet0``) while active."""


@dataclass(frozen=True, slots=True)
class CharDevice:
    """One ``<serial>``, ``<console>`` or ``<channel>`` a console can be opened on."""

    alias: str
    """The name ``virDomainOpenConsole`` takes (``serial0``, ``console1``); empty while off."""
    kind: str
    """``serial``, ``virtio``, ``lxc``..."""
    port: int = 0
    """Target port."""


@dataclass(frozen=True, slots=True)
class Description:
    """What the domain's XML says."""

    virt_type: str = ""
    """``kvm``, ``qemu``, ``lxc``, ``test``..."""
    title: str = ""
    """``<title>``."""
    os_type: str = ""
    """``hvm``, ``exe``, ``linux``..."""
    arch: str = ""
    """``x86_64``..."""
    machine: str = ""
    """Machine type (``pc-q35-7.2``)."""
    firmware: str = ""
    """``bios``, ``efi`` or empty."""
    cpu_mode: str = ""
    """``host-passthrough``, ``custom qemu64``..."""
    disks: tuple[Disk, ...] = ()
    """In the XML's order."""
    nics: tuple[Nic, ...] = ()
    """In the XML's order."""
    consoles: tuple[CharDevice, ...] = ()
    """Serial ports first, then other consoles."""
    graphics: tuple[str, ...] = ()
    """``vnc``, ``spice``..., with the address where one is told."""
    devices: tuple[str, ...] = ()
    """Any further device, one line each (``rng virtio``, ``hostdev pci 0000:01:00.0``)."""
    security: str = ""
    """Isolation: security model and label; empty when none."""


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a guest's interface."""

    address: str
    """IPv4 or IPv6 address without prefix."""
    prefix: int
    """Prefix length."""
    mac: str = ""
    """MAC of the interface it sits on."""
    interface: str = ""
    """Interface name as the source tells it."""
    source: str = ""
    """``agent``, ``lease`` or ``arp``."""


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything the detail pane shows of one domain beyond the list's row."""

    key: DomainKey
    """Whose detail this is."""
    xml: str
    """The XML as libvirt gives it (no secrets)."""
    description: Description
    """The XML, read."""
    snapshots: tuple[Snapshot, ...] = ()
    """Parents before children, oldest first."""
    snapshots_error: str = ""
    """Why the snapshots cannot be listed; empty when they can."""
    addresses: tuple[Address, ...] = ()
    """From lease, agent or ARP, whichever answered."""
