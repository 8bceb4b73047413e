"""The three domains of the demonstration as libvirt XML (https://libvirt.org/formatdomain.html)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from tuivm.demo.guest import Guest

MEMORY = 96
"""MiB of each domain."""


@dataclass(frozen=True, slots=True)
class Role:
    """One of the domains."""

    name: str
    """Domain name and host name."""
    role: str
    """What the guest's ``init`` does: ``cpu``, ``disk`` or ``idle``."""
    title: str
    """One line for ``<title>``."""


ROLES = (
    Role("web", "cpu", "a load on the CPU that comes and goes"),
    Role("db", "disk", "writes to its disk in bursts"),
    Role("shell", "idle", "idle, with a login shell on its console"),
)


@dataclass(frozen=True, slots=True)
class Hardware:
    """What all domains have in common."""

    guest: Guest
    """Kernel and initramfs."""
    emulator: Path
    """QEMU program."""
    kvm: bool
    """KVM or emulation."""
    user_network: bool
    """Whether this QEMU has the user network, which needs no privilege and no daemon."""


def _add(
    parent: ET.Element, tag: str, attributes: Mapping[str, str] | None = None, text: str = ""
) -> ET.Element:
    child = ET.SubElement(parent, tag, dict(attributes or {}))
    child.text = text or None
    return child


def _boot(domain: ET.Element, hardware: Hardware, role: Role) -> None:
    guest = hardware.guest
    system = _add(domain, "os")
    _add(system, "type", {"arch": guest.machine.arch, "machine": guest.machine.type}, "hvm")
    _add(system, "kernel", text=str(guest.kernel))
    _add(system, "initrd", text=str(guest.initrd))
    _add(system, "cmdline", text=guest.cmdline(role.role, role.name))
    if guest.machine.acpi:
        _add(_add(domain, "features"), "acpi")
    if hardware.kvm:
        _add(domain, "cpu", {"mode": "host-passthrough"})
    elif not guest.machine.acpi:
        _add(_add(domain, "cpu", {"mode": "custom"}), "model", text="cortex-a57")


def _devices(domain: ET.Element, hardware: Hardware, disk: Path) -> None:
    devices = _add(domain, "devices")
    _add(devices, "emulator", text=str(hardware.emulator))
    element = _add(devices, "disk", {"type": "file", "device": "disk"})
    # The disk goes with the demonstration: what the guest wants flushed need not reach the host's disk.
    _add(element, "driver", {"name": "qemu", "type": "qcow2", "cache": "unsafe"})
    _add(element, "source", {"file": str(disk)})
    _add(element, "target", {"dev": "vda", "bus": "virtio"})
    _add(devices, "controller", {"type": "usb", "model": "none"})
    if hardware.user_network:
        nic = _add(devices, "interface", {"type": "user"})
        _add(nic, "model", {"type": "virtio"})
        _add(nic, "rom", {"enabled": "no"})
    serial = _add(devices, "serial", {"type": "pty"})
    _add(serial, "target", {"port": "0"})
    console = _add(devices, "console", {"type": "pty"})
    _add(console, "target", {"type": "serial", "port": "0"})
    _add(_add(devices, "memballoon", {"model": "virtio"}), "stats", {"period": "1"})


def domain_xml(hardware: Hardware, role: Role, disk: Path) -> str:
    """Return one domain's XML, with a new UUID. ``disk`` is its qcow2 file."""
    domain = ET.Element("domain", {"type": "kvm" if hardware.kvm else "qemu"})
    _add(domain, "name", text=role.name)
    _add(domain, "uuid", text=str(uuid.uuid4()))
    _add(domain, "title", text=role.title)
    _add(domain, "memory", {"unit": "MiB"}, str(MEMORY))
    _add(domain, "vcpu", text="1")
    _boot(domain, hardware, role)
    _add(domain, "on_reboot", text="restart")
    _add(domain, "on_crash", text="destroy")
    _devices(domain, hardware, disk)
    return ET.tostring(domain, encoding="unicode")
