"""The definition of a clone, made of the original's: what must be one's own is, all else survives.

Element names: https://libvirt.org/formatdomain.html.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuivm.xml import labels
from tuivm.xml.document import parse, storable, written

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

_PORTS = ("serial", "parallel", "console", "channel")
"""Character devices."""
_LONGEST = 255
"""Bytes of a file's name."""
_QEMU = "{http://libvirt.org/schemas/domain/qemu/1.0}commandline"


@dataclass(frozen=True, slots=True)
class Copied:
    """What the clone has in place of a disk's source."""

    path: str
    """The new file or device."""
    volume: str = ""
    """The new volume's name, for a disk that names its volume and pool."""


def clone(
    xml: str, name: str, uuid: str, copies: Mapping[str, Copied], left_out: Collection[str] = ()
) -> str:
    """The clone's definition. ``copies`` and ``left_out`` go by the disks' targets. Raises Invalid.

    MAC addresses and ports are left for the hypervisor to choose; files of serial lines get the clone's name.
    """
    root = parse(xml, "domain")
    root.attrib.pop("id", None)
    _set(root, "name", storable(name, "domain's name"))
    _set(root, "uuid", uuid)
    for entry in root.findall("./sysinfo/system/entry[@name='uuid']"):
        entry.text = uuid  # libvirt insists that both are one.
    for generation in root.findall("genid"):
        generation.text = None
    _unlock(root)
    _forget_nvram(root)
    devices = root.find("devices")
    if devices is not None:
        _disks(devices, copies, left_out)
        for nic in devices.findall("interface"):
            _own_nic(nic)
        for tag in _PORTS:
            for port in devices.findall(tag):
                _own_port(port, name)
        _own_others(devices)
    return written(root)


def notes(xml: str) -> tuple[str, ...]:
    """What both will have in common, and what the clone will not have; a sentence each. Raises Invalid."""
    return tuple(dict.fromkeys(_notes(parse(xml, "domain"))))


def encrypted(xml: str) -> frozenset[str]:
    """Targets of the disks whose images are encrypted by the hypervisor. Raises Invalid."""
    disks = parse(xml, "domain").findall("./devices/disk")
    return frozenset(_target(disk) for disk in disks if disk.find(".//encryption") is not None)


def sliced(xml: str) -> frozenset[str]:
    """Targets of the disks that are a part of a file only. Raises Invalid."""
    disks = parse(xml, "domain").findall("./devices/disk")
    return frozenset(_target(disk) for disk in disks if disk.find("./source/slices") is not None)


def _set(root: ET.Element, tag: str, text: str) -> None:
    element = root.find(tag)
    if element is None:
        element = root.makeelement(tag, {})
        root.insert(0, element)
    element.text = text


def _unlock(root: ET.Element) -> None:
    """The lock protects the original alone; its tags and what others keep there stay."""
    for metadata in root.findall("metadata"):
        for element in metadata.findall(f"{{{labels.LOCK_NAMESPACE}}}lock"):
            metadata.remove(element)
        for element in metadata.findall(f"{{{labels.NAMESPACE}}}{labels.ELEMENT}"):
            for child in element.findall(f"{{{labels.NAMESPACE}}}locked"):
                element.remove(child)


def _forget_nvram(root: ET.Element) -> None:
    """Leave the variables to libvirt: it makes them anew, in a file named after the clone."""
    for nvram in root.findall("./os/nvram"):
        nvram.text = None
        for source in nvram.findall("source"):
            nvram.remove(source)
        nvram.attrib.pop("type", None)


def _disks(devices: ET.Element, copies: Mapping[str, Copied], left_out: Collection[str]) -> None:
    for disk in devices.findall("disk"):
        target = _target(disk)
        if target in left_out:
            devices.remove(disk)
        elif target in copies:
            _point(disk, copies[target])


def _point(disk: ET.Element, to: Copied) -> None:
    """Let a disk have its copy, which is built on nothing, as its source."""
    source = disk.find("source")
    if source is None:
        return
    for store in disk.findall("backingStore"):
        disk.remove(store)
    if to.volume and source.get("volume"):
        source.set("volume", to.volume)
        return
    source.attrib.pop("index", None)
    source.set("dev" if disk.get("type") == "block" else "file", to.path)


def _own_nic(nic: ET.Element) -> None:
    for mac in nic.findall("mac"):
        nic.remove(mac)
    for target in nic.findall("target"):
        target.attrib.pop("dev", None)
        if not target.attrib:
            nic.remove(target)
    for source in nic.findall("source"):
        source.attrib.pop("portid", None)
    for parameters in nic.findall("./virtualport/parameters"):
        parameters.attrib.pop("interfaceid", None)


def _own_port(port: ET.Element, name: str) -> None:
    port.attrib.pop("tty", None)
    kind = port.get("type", "")
    for log in port.findall("log"):
        _rename(log, "file", name)
    for source in list(port.findall("source")):
        if kind == "pty":
            port.remove(source)
        elif kind == "unix" and source.get("mode") == "bind" and port.tag == "channel":
            source.attrib.pop("path", None)  # libvirt makes one of its own.
        elif kind == "file" or (kind == "unix" and source.get("mode") == "bind"):
            _rename(source, "path", name)


def _rename(element: ET.Element, attribute: str, name: str) -> None:
    path = element.get(attribute)
    if path:
        element.set(attribute, beside(path, name))


def beside(path: str, name: str) -> str:
    """A path in the same folder that is the clone's: its name, then the file's."""
    folder, slash, last = path.rpartition("/")
    whole = f"{name}-{last}".encode(errors="surrogatepass")
    if len(whole) > _LONGEST:
        tail = last.encode(errors="surrogatepass")[-64:].decode(errors="ignore")
        room = _LONGEST - len(tail.encode()) - 1
        whole = name.encode(errors="surrogatepass")[:room].decode(errors="ignore").encode()
        whole += b"-" + tail.encode()
    return f"{folder}{slash}{whole.decode(errors='surrogatepass')}"


def _own_others(devices: ET.Element) -> None:
    for screen in devices.findall("graphics"):
        if any(screen.get(name, "-1") != "-1" for name in ("port", "tlsPort", "websocket")):
            screen.set("autoport", "yes")
        for name in ("port", "tlsPort", "websocket", "socket"):
            screen.attrib.pop(name, None)
        for listener in screen.findall("listen"):
            listener.attrib.pop("socket", None)
    for cid in devices.findall("./vsock/cid"):
        cid.attrib.pop("address", None)
        cid.set("auto", "yes")
    for backend in devices.findall("./tpm/backend[@type='emulator']"):
        for source in backend.findall("source"):
            backend.remove(source)


def _notes(root: ET.Element) -> Iterator[str]:
    if root.find("./os/nvram") is not None or root.find("./os[@firmware='efi']") is not None:
        yield "Its firmware variables (NVRAM) are not copied: libvirt makes them anew at the first start."
    if root.find("./devices/tpm/backend[@type='emulator']") is not None:
        yield "Its TPM begins empty: what is sealed by the original's does not open."
    for folder in root.findall("./devices/filesystem/source"):
        if folder.get("dir"):
            yield f"Both have the same folder: {folder.get('dir')}."
    passed = [*root.findall("./devices/hostdev"), *root.findall("./devices/interface[@type='hostdev']")]
    if passed:
        yield "A device of the host is passed through: only one of the two can run with it."
    for tag in _PORTS:
        for port in root.findall(f"./devices/{tag}"):
            source = port.find("source[@mode='bind']")
            if port.get("type") in ("tcp", "udp") and source is not None:
                yield f"Both listen on port {source.get('service', '')}: only one of the two can run."
            if port.get("type") in ("dev", "pipe"):
                yield f"Both use one {tag} line of the host: only one of the two can run."
    if root.find("./devices/memory/source/path") is not None:
        yield "Both write to the same memory device's file."
    if root.find(_QEMU) is not None:
        yield "Its own arguments for QEMU are taken over as they are."


def _target(disk: ET.Element) -> str:
    target = disk.find("target")
    return target.get("dev", "") if target is not None else ""
