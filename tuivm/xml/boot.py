"""A domain's XML that boots from another device: for one start, never for the stored definition.

Boot order is told in one of two ways, never both: ``<boot dev=.../>`` within ``<os>`` names classes, ``<boot
order=.../>`` within a device names that device (https://libvirt.org/formatdomain.html#bios-bootloader). The
second is written here, whichever stood there, with what was first before as what is tried next.
"""

from __future__ import annotations

from enum import StrEnum
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


class WayIn(StrEnum):
    """How one gets from a machine's keyboard into the setup of its firmware."""

    SETUP = "setup"
    """UEFI: F2 opens its setup."""
    MENU = "menu"
    """SeaBIOS: it has no setup, and Esc opens its menu of what to boot."""
    UNKNOWN = "unknown"
    """Other firmware, whose key is not known."""
    NO_KEYS = "no keys"
    """UEFI without a keyboard that could be pressed."""


_CLASS_OF_DISK = {"disk": "hd", "lun": "hd", "cdrom": "cdrom", "floppy": "fd"}
_BOOTABLE = ("disk", "interface", "hostdev", "redirdev")
_KERNEL = ("kernel", "initrd", "cmdline", "dtb")


_QEMU = ("qemu", "kvm", "hvf")
_X86 = ("x86_64", "i686")
_UEFI_IMAGES = ("ovmf", "edk2", "uefi", "aavmf")


def way_in(xml: str) -> WayIn:
    """How the machine's firmware is entered. Raises Invalid for what is no domain."""
    root = parse(xml, "domain")
    if root.get("type") not in _QEMU or (root.findtext("./os/type") or "").strip() != "hvm":
        return WayIn.UNKNOWN
    if _is_uefi(root):
        return WayIn.SETUP if _has_keyboard(root) else WayIn.NO_KEYS
    plain = root.find("./os/loader") is None and _has_keyboard(root) and _arch(root) in _X86
    return WayIn.MENU if plain else WayIn.UNKNOWN


def _is_uefi(root: ET.Element) -> bool:
    system, loader = root.find("os"), root.find("./os/loader")
    if system is not None and system.get("firmware"):
        return system.get("firmware") == "efi"
    if loader is None:
        return False
    image = (loader.text or "").strip().rpartition("/")[2].lower()
    return loader.get("type") == "pflash" or any(word in image for word in _UEFI_IMAGES)


def _has_keyboard(root: ET.Element) -> bool:
    """Whether there is one: PCs have a PS/2 keyboard that need not be written down."""
    if root.find("./devices/input[@type='keyboard']") is not None:
        return True
    kind, ps2 = root.find("./os/type"), root.find("./features/ps2")
    machine = kind.get("machine", "") if kind is not None else ""
    removed = ps2 is not None and ps2.get("state") == "off"
    return _arch(root) in _X86 and machine != "microvm" and not removed


def _arch(root: ET.Element) -> str:
    kind = root.find("./os/type")
    return kind.get("arch", "") if kind is not None else ""


def boot_once(xml: str, device: str) -> str:
    """The domain's XML with another device first, or with the firmware's menu.

    Raises Invalid where it has no such device, NotSupported for what has no firmware (a container).
    """
    root = parse(xml, "domain")
    system = root.find("os")
    if system is None or (system.findtext("type") or "").strip() != "hvm":
        raise NotSupported("only a machine with firmware can boot from another device")
    if device == FIRMWARE:
        _open_menu(root, system)
    else:
        _put_first(root, system, device)
    return written(root)


def _open_menu(root: ET.Element, system: ET.Element) -> None:
    # UEFI boots a kernel that it is handed before it looks at any key.
    given = _KERNEL if _is_uefi(root) else ()
    for old in [old for name in ("bootmenu", *given) for old in system.findall(name)]:
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
