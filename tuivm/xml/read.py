"""Read libvirt's XML into the model: domains and snapshots.

Element and attribute names are those of https://libvirt.org/formatdomain.html and formatsnapshot.html.
Text in it comes from guests, users and other programs: it is returned as data, whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tuivm.model.detail import CharDevice, Description, Disk, Nic
from tuivm.model.snapshot import Snapshot, SnapshotDisk
from tuivm.xml.document import parse

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

_SOURCES = ("file", "dev", "dir", "volume", "name", "path")
_NETWORKS = ("network", "bridge", "dev", "name", "path", "type")
AGENT_CHANNEL = "org.qemu.guest_agent.0"
"""The name of the channel that the guest agent listens on."""
_NAMED = frozenset(
    {"disk", "interface", "serial", "console", "channel", "graphics", "emulator", "controller"}
)
_QUIET = frozenset({"parallel", "alias", "address"})


def description(xml: str) -> Description:
    """What a domain's XML says. Raises Invalid."""
    root = parse(xml, "domain")
    kind = root.find("./os/type")
    devices = root.find("devices")
    found = list(devices) if devices is not None else []
    return Description(
        virt_type=root.get("type", ""),
        title=_text(root, "title"),
        os_type=_text(root, "os/type"),
        arch=kind.get("arch", "") if kind is not None else "",
        machine=kind.get("machine", "") if kind is not None else "",
        firmware=_firmware(root),
        cpu_mode=_cpu(root),
        disks=tuple(_disk(one) for one in found if one.tag == "disk"),
        nics=tuple(_nic(one) for one in found if one.tag == "interface"),
        consoles=_consoles(found),
        graphics=tuple(_graphics(one) for one in found if one.tag == "graphics"),
        devices=tuple(_device(one) for one in found if one.tag not in _NAMED | _QUIET),
        security=_security(root),
    )


def balloon_period(xml: str) -> int | None:
    """Seconds between two reports of a domain's memory, 0 for none set; None without a balloon that reports.

    Raises Invalid.
    """
    balloon = parse(xml, "domain").find("./devices/memballoon")
    if balloon is None or not balloon.get("model", "").startswith("virtio"):
        return None
    period = _attribute(balloon, "stats", "period")
    return int(period) if period.isdecimal() else 0


def snapshot(xml: str, *, current: bool = False) -> Snapshot:
    """One ``<domainsnapshot>``. Raises Invalid."""
    root = parse(xml, "domainsnapshot")
    memory = root.find("memory")
    kept = memory.get("snapshot", "no") if memory is not None else "no"
    state = _text(root, "state")
    then = {_attribute(one, "target", "dev"): _source(one) for one in root.findall("./domain/devices/disk")}
    # Not in formatsnapshot.html: libvirt writes <revertDisks> when it went back to an external snapshot.
    later = {one.get("name", ""): _source(one) for one in root.findall("./revertDisks/disk")}
    disks = tuple(_snapshot_disk(one, then, later) for one in root.findall("./disks/disk"))
    return Snapshot(
        name=root.findtext("name") or "",
        created=_number(_text(root, "creationTime")),
        state=state,
        parent=root.findtext("parent/name") or None,
        current=current,
        description=_text(root, "description"),
        # A driver that writes no <memory> element keeps the memory of a running domain all the same.
        memory=kept in ("internal", "external") or (memory is None and state in ("running", "paused")),
        external=kept == "external" or any(disk.place == "external" for disk in disks),
        disks=disks,
        memory_file=memory.get("file", "") if memory is not None else "",
        xml=xml,
    )


def _snapshot_disk(
    element: ET.Element, sources: Mapping[str, str], reverted: Mapping[str, str]
) -> SnapshotDisk:
    place, target = element.get("snapshot", ""), element.get("name", "")
    if place != "external":
        return SnapshotDisk(target, place, sources.get(target, ""))
    return SnapshotDisk(target, place, sources.get(target, ""), _source(element), reverted.get(target, ""))


def agent_problem(xml: str) -> str:
    """Why the guest agent of an active domain cannot be asked; empty when it is connected. Raises Invalid."""
    for one in parse(xml, "domain").findall("./devices/channel/target"):
        if one.get("name") == AGENT_CHANNEL:
            return "" if one.get("state") == "connected" else "no guest agent runs in the guest"
    return f"the domain has no channel for the guest agent ({AGENT_CHANNEL})"


def agent_problem_now(xml: str) -> str:
    """The same of a domain that may be off, of which nothing is said then. Raises Invalid."""
    # Most are off: what libvirt writes of them has no id in its first tag, and is not parsed for this.
    return agent_problem(xml) if " id=" in xml.partition(">")[0] else ""


def _text(root: ET.Element, path: str) -> str:
    return (root.findtext(path) or "").strip()


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _attribute(root: ET.Element, path: str, *names: str) -> str:
    """The first of the attributes ``names`` that the element at ``path`` has."""
    element = root.find(path)
    if element is None:
        return ""
    return next((element.get(name, "") for name in names if element.get(name)), "")


def _firmware(root: ET.Element) -> str:
    chosen = _attribute(root, "os", "firmware")
    if chosen:
        return chosen
    loader = root.find("./os/loader")
    if loader is not None:
        return "efi" if loader.get("type") == "pflash" else "bios"
    return "bios" if _text(root, "os/type") == "hvm" else ""


def _cpu(root: ET.Element) -> str:
    mode = _attribute(root, "cpu", "mode")
    model = _text(root, "cpu/model")
    return " ".join(part for part in (mode, model) if part)


def _disk(element: ET.Element) -> Disk:
    return Disk(
        target=_attribute(element, "target", "dev"),
        source=_source(element),
        device=element.get("device", "disk"),
        bus=_attribute(element, "target", "bus"),
        format=_attribute(element, "driver", "type"),
        readonly=element.find("readonly") is not None,
        kind=element.get("type", "file"),
        backing=_backing(element),
    )


def _source(element: ET.Element) -> str:
    """Where the image of a ``<disk>`` or ``<backingStore>`` is: a path, or ``pool/volume``."""
    source = element.find("source")
    if source is None:
        return ""
    pool = source.get("pool")
    if pool and source.get("volume"):
        return f"{pool}/{source.get('volume')}"
    return next((source.get(name, "") for name in _SOURCES if source.get(name)), "")


def _backing(element: ET.Element) -> tuple[str, ...]:
    found = []
    below = element.find("backingStore")
    while below is not None:
        found.append(_source(below))
        below = below.find("backingStore")
    return tuple(one for one in found if one)


def _nic(element: ET.Element) -> Nic:
    return Nic(
        mac=_attribute(element, "mac", "address").lower(),
        source=_attribute(element, "source", *_NETWORKS),
        kind=element.get("type", ""),
        model=_attribute(element, "model", "type"),
        target=_attribute(element, "target", "dev"),
    )


def _consoles(found: list[ET.Element]) -> tuple[CharDevice, ...]:
    """Serial ports, then the consoles that are not just another name of the first serial port."""
    serials = [_chardev(one, "serial") for one in found if one.tag == "serial"]
    consoles = [_chardev(one, _attribute(one, "target", "type")) for one in found if one.tag == "console"]
    return (*serials, *(one for one in consoles if not (serials and one.kind == "serial")))


def _chardev(element: ET.Element, kind: str) -> CharDevice:
    port = _attribute(element, "target", "port")
    return CharDevice(
        alias=_attribute(element, "alias", "name"),
        kind=kind,
        port=int(port) if port.isascii() and port.isdigit() and len(port) < 6 else 0,
    )


def _graphics(element: ET.Element) -> str:
    kind = element.get("type", "")
    port = element.get("port", "")
    listen = element.get("listen", "") or _attribute(element, "listen", "address", "socket")
    if port in ("", "-1"):
        return f"{kind} {listen}".strip() if listen.startswith("/") else kind
    return f"{kind} {listen or 'localhost'}:{port}"


def _device(element: ET.Element) -> str:
    """One line for any other device: its tag, type or model, and what it stands for."""
    words = [element.tag, element.get("type", ""), element.get("model", "")]
    words.append(_attribute(element, "model", "type"))
    words.append(device_address(element) if element.tag == "hostdev" else "")
    words.append(_attribute(element, "source", "dir", "name", "dev") if element.tag == "filesystem" else "")
    return " ".join(dict.fromkeys(word for word in words if word))


def device_address(element: ET.Element) -> str:
    """A host device's own address: ``0000:01:00.0`` for PCI, ``1d6b:0002`` for USB."""
    pci = element.find("./source/address")
    if pci is not None and pci.get("slot"):
        parts = [pci.get(name, "0x0").removeprefix("0x") for name in ("domain", "bus", "slot", "function")]
        return f"{parts[0]:>04}:{parts[1]:>02}:{parts[2]:>02}.{parts[3]}"
    vendor = _attribute(element, "source/vendor", "id").removeprefix("0x")
    product = _attribute(element, "source/product", "id").removeprefix("0x")
    return f"{vendor}:{product}" if vendor else ""


def _security(root: ET.Element) -> str:
    labels = []
    for one in root.findall("seclabel"):
        model = one.get("model", "")
        if not model or one.get("type") == "none":
            continue
        labels.append(" ".join(part for part in (model, _text(one, "label")) if part))
    return ", ".join(labels)
