"""A domain's XML that boots from another device: for one start, never for the stored definition.

Boot order is told in one of two ways, never both: ``<boot dev=.../>`` within ``<os>`` names classes, ``<boot
order=.../>`` within a device names that device (https://libvirt.org/formatdomain.html#bios-bootloader). The
second is written here, whichever stood there, with what was first before as what is tried next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

# Only trees that ``parse`` read are changed here.
from xml.etree import ElementTree as ET

from tuivm.model.errors import Invalid, NotSupported
from tuivm.xml.document import parse, written

if TYPE_CHECKING:
    from collections.abc import Iterable

DEVICES = ("hd", "cdrom", "network", "fd")
"""libvirt's classes of devices to boot from."""
FIRMWARE = "firmware"
"""The firmware's own menu in place of a device."""
MENU_WAIT = 30_000
"""Milliseconds that the firmware waits for the key that opens its menu; libvirt takes at most 65535."""

_CLASS_OF_DISK = {"disk": "hd", "lun": "hd", "cdrom": "cdrom", "floppy": "fd"}
_BOOTABLE = ("disk", "interface", "hostdev", "redirdev")
_KERNEL = ("kernel", "initrd", "cmdline", "dtb")


def boot_once(xml: str, device: str) -> str:
    """The domain's XML with another device first, or with the firmware's menu.

    Raises Invalid where it has no such device, NotSupported for what has no firmware (a container).
    """
    root = parse(xml, "domain")
    system = root.find("os")
    if system is None or (system.findtext("type") or "").strip() != "hvm":
        raise NotSupported("only a machine with firmware can boot from another device")
    if device == FIRMWARE:
        _open_menu(system)
    else:
        _put_first(root, system, device)
    return written(root)


def _open_menu(system: ET.Element) -> None:
    for old in system.findall("bootmenu"):
        system.remove(old)
    ET.SubElement(system, "bootmenu", {"enable": "yes", "timeout": str(MENU_WAIT)})


def _put_first(root: ET.Element, system: ET.Element, device: str) -> None:
    found = [one for tag in _BOOTABLE for one in root.findall(f"./devices/{tag}")]
    fitting = [one for one in found if device and device in (_class(one), _target(one))]
    if not fitting:
        raise Invalid(f"it has no device '{device}' to boot from")
    # Of two drives the one with a medium is meant.
    chosen = next((one for one in fitting if one.find("source") is not None), fitting[0])
    order = [chosen, *(one for one in _in_order(system, found) if one is not chosen)]
    for old in [*system.findall("boot"), *(old for name in _KERNEL for old in system.findall(name))]:
        system.remove(old)
    for one in found:
        for mark in one.findall("boot"):
            one.remove(mark)
    for number, one in enumerate(order, 1):
        ET.SubElement(one, "boot", {"order": str(number)})


def _in_order(system: ET.Element, found: Iterable[ET.Element]) -> list[ET.Element]:
    """The devices that are booted from now, first one first."""
    devices = list(found)
    marked = [(mark, one) for one in devices if (mark := one.find("boot")) is not None]
    if marked:
        return [one for _, one in sorted(marked, key=lambda pair: _number(pair[0].get("order", "")))]
    classes = [mark.get("dev", "") for mark in system.findall("boot")] or ["hd"]
    firsts = (next((one for one in devices if _class(one) == wanted), None) for wanted in classes)
    return [one for one in dict.fromkeys(firsts) if one is not None]


def _class(element: ET.Element) -> str:
    """Libvirt's word for what kind of device it is booted from as; empty for one that has no class."""
    if element.tag == "interface":
        return "network"
    return _CLASS_OF_DISK.get(element.get("device", "disk"), "") if element.tag == "disk" else ""


def _target(element: ET.Element) -> str:
    target = element.find("target")
    return target.get("dev", "") if target is not None and element.tag == "disk" else ""


def _number(order: str) -> int:
    return int(order) if order.isascii() and order.isdigit() and len(order) < 9 else 0
