"""Which files, devices and volumes libvirt XML names: of domains, snapshots and storage volumes.

Two questions. What are the disks of this domain (:func:`disks`)? And does anything at all in this XML name
that file (:func:`mentioned`)? The second takes every absolute path there is, whatever element it stands in:
what is not known must not be removed either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuivm.xml.document import parse

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

_PLACES = ("file", "dev", "dir", "path", "name")
_DEPTH = 200
"""Backing files of one disk that are followed."""
_WITHIN = re.compile(r"[=:](?://)?(/(?!/)(?:[^,\n]|,,)*)|\"(/[^\"\n]*)\"")
"""An absolute path behind a name or a scheme, or in quotes as in JSON."""


@dataclass(frozen=True, slots=True)
class Image:
    """One ``<disk>`` or one of its backing files."""

    target: str
    """The disk's device name in the guest (``vda``)."""
    type: str
    """``file``, ``block``, ``volume``, ``network``, ``dir``..."""
    path: str
    """File, device, folder or network name; empty for a volume or an empty drive."""
    pool: str = ""
    """Storage pool of a volume."""
    volume: str = ""
    """Its name there."""
    device: str = "disk"
    """``disk``, ``cdrom``, ``floppy``, ``lun``."""
    format: str = ""
    """Image format, empty when the XML does not tell."""
    readonly: bool = False
    """Whether the guest only reads it."""
    shareable: bool = False
    """Whether it is marked for use by several domains."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A file or volume that XML names."""

    words: str
    """As what: target of the disk (``vda``) or the element (``kernel``)."""
    path: str = ""
    """Absolute path; empty for a volume."""
    pool: str = ""
    """Storage pool of a volume."""
    volume: str = ""
    """Its name there."""
    format: str = ""
    """Image format where it is told: a ``raw`` one builds on nothing."""
    image: bool = False
    """Whether it stands in a disk, and so may build on other files."""


@dataclass(frozen=True, slots=True)
class Firmware:
    """What libvirt keeps for a domain's firmware."""

    nvram: str = ""
    """File of the variables; empty while there is none."""
    uses_nvram: bool = False
    """Whether it has variables at all, perhaps made at the first start only."""
    tpm: bool = False
    """Whether an emulated TPM keeps a state."""
    tpm_persistent: bool = False
    """Whether that state is marked to outlive the definition."""


def disks(xml: str) -> list[Image]:
    """Every ``<disk>`` of a domain in the XML's order, without backing files. Raises Invalid."""
    return [_image(disk, _target(disk), disk) for disk in parse(xml, "domain").findall("./devices/disk")]


def backing(xml: str) -> dict[str, list[Image]]:
    """The backing files that the XML of an active domain tells, nearest first, by target. Raises Invalid."""
    found: dict[str, list[Image]] = {}
    for disk in parse(xml, "domain").findall("./devices/disk"):
        chain = found.setdefault(_target(disk), [])
        store = disk.find("backingStore")
        while store is not None and store.find("source") is not None and len(chain) < _DEPTH:
            chain.append(_image(store, _target(disk), disk))
            store = store.find("backingStore")
    return found


def folders(xml: str) -> list[tuple[str, str]]:
    """Source and target of every ``<filesystem>`` that is a folder of the host. Raises Invalid."""
    found = []
    for one in parse(xml, "domain").findall("./devices/filesystem"):
        source, target = one.find("source"), one.find("target")
        if source is not None and source.get("dir"):
            found.append((source.get("dir", ""), target.get("dir", "") if target is not None else ""))
    return found


def firmware(xml: str) -> Firmware:
    """NVRAM and TPM of a domain. Raises Invalid."""
    root = parse(xml, "domain")
    system = root.find("os")
    nvram = root.find("./os/nvram")
    path = ""
    if nvram is not None:
        source = nvram.find("source")
        path = (nvram.text or "").strip() or (source.get("file", "") if source is not None else "")
    loader = root.find("./os/loader")
    pflash = loader is not None and loader.get("type") == "pflash"
    automatic = system is not None and system.get("firmware") == "efi"
    backend = root.find("./devices/tpm/backend")
    emulated = backend is not None and backend.get("type") == "emulator"
    lasting = backend is not None and backend.get("persistent_state") == "yes"
    return Firmware(path, nvram is not None or pflash or automatic, emulated, emulated and lasting)


def snapshot_files(xml: str) -> list[Image]:
    """The files that an external snapshot made: overlays by target, memory as ``memory``. Raises Invalid."""
    root = parse(xml, "domainsnapshot")
    found = [
        _image(disk, disk.get("name", ""), disk)
        for disk in (*root.findall("./disks/disk"), *root.findall("./revertDisks/disk"))
        if disk.get("snapshot") == "external" and disk.find("source") is not None
    ]
    memory = root.find("memory")
    if memory is not None and memory.get("snapshot") == "external" and memory.get("file"):
        found.append(Image("memory", "file", memory.get("file", ""), format="raw"))
    return found


def mentioned(xml: str, root: str = "domain") -> list[Mention]:
    """Every absolute path and every volume that the XML names, wherever it stands. Raises Invalid."""
    return list(_walk(parse(xml, root), "", ""))


def volume_backing(xml: str) -> tuple[str, str]:
    """Format of a ``<volume>``, and the path of what it builds on (empty for nothing). Raises Invalid."""
    root = parse(xml, "volume")
    shape = root.find("./target/format")
    below = (root.findtext("./backingStore/path") or "").strip()
    return (shape.get("type", "") if shape is not None else ""), below


def _walk(element: ET.Element, words: str, form: str) -> Iterator[Mention]:
    """Paths and volumes of an element and all in it; ``words`` is the disk it stands in."""
    if element.tag == "disk":
        words = _target(element) or element.get("name", "") or "a disk"
        form = _format(element)
    elif element.tag in ("backingStore", "mirror"):
        form = _format(element)
    said, image = words or element.tag.rpartition("}")[2], bool(words)
    if element.get("volume") and element.get("pool"):
        yield Mention(said, "", element.get("pool", ""), element.get("volume", ""), form, image)
    values = [*element.attrib.values(), (element.text or "").strip()]
    for value in values:
        if value.startswith("/") and "\n" not in value:
            yield Mention(said, value, format=form, image=image)
        elif "/" in value:
            # As in <qemu:arg value='if=virtio,file=/images/a,,b.qcow2'/>: QEMU doubles a comma in a name.
            for plain, in_quotes in _WITHIN.findall(value):
                yield Mention(said, in_quotes or plain.replace(",,", ","), format=form, image=True)
    for child in element:
        yield from _walk(child, words, form)


def _image(element: ET.Element, target: str, disk: ET.Element) -> Image:
    source = element.find("source")
    where: dict[str, str] = dict(source.attrib) if source is not None else {}
    kind = element.get("type") or ("file" if "file" in where else "block" if "dev" in where else "")
    is_volume = bool(where.get("pool") and where.get("volume"))
    return Image(
        target=target,
        type="volume" if is_volume else kind,
        path="" if is_volume else next((where[name] for name in _PLACES if where.get(name)), ""),
        pool=where.get("pool", "") if is_volume else "",
        volume=where.get("volume", "") if is_volume else "",
        device=disk.get("device", "disk"),
        format=_format(element),
        readonly=disk.find("readonly") is not None,
        shareable=disk.find("shareable") is not None,
    )


def _format(element: ET.Element) -> str:
    for tag in ("format", "driver"):
        found = element.find(tag)
        if found is not None and found.get("type"):
            return found.get("type", "")
    return ""


def _target(disk: ET.Element) -> str:
    target = disk.find("target")
    return target.get("dev", "") if target is not None else ""


def identity(xml: str) -> tuple[str, str]:
    """Name and UUID of a domain. Raises Invalid."""
    root = parse(xml, "domain")
    return root.findtext("name") or "", (root.findtext("uuid") or "").strip()


def pool_type(xml: str) -> str:
    """The ``type`` of a ``<pool>`` (``dir``, ``logical``...). Raises Invalid."""
    return parse(xml, "pool").get("type", "")


def pool_folder(xml: str) -> str:
    """Where the volumes of a ``<pool>`` are; empty for one without a folder. Raises Invalid."""
    return (parse(xml, "pool").findtext("./target/path") or "").strip().rstrip("/")


@dataclass(frozen=True, slots=True)
class Needs:
    """What a domain needs to start beyond its disks."""

    virt_type: str
    """``kvm``, ``qemu``, ``lxc``..."""
    memory: int
    """Bytes of its maximum memory."""
    hugepages: bool
    """Whether they are huge pages."""
    files: tuple[tuple[str, str], ...]
    """Path and element of kernel, firmware, emulator."""
    networks: tuple[str, ...]
    """libvirt's networks."""
    bridges: tuple[str, ...]
    """Bridges and devices of the host."""
    pools: tuple[str, ...]
    """Storage pools."""
    ports: tuple[int, ...]
    """TCP ports of its screens that are fixed."""


_UNITS = {
    "b": 1,
    "bytes": 1,
    "k": 1024,
    "kib": 1024,
    "m": 1024**2,
    "mib": 1024**2,
    "g": 1024**3,
    "gib": 1024**3,
}
_UNITS |= {"kb": 1000, "mb": 1000**2, "gb": 1000**3, "t": 1024**4, "tib": 1024**4, "tb": 1000**4}


def needs(xml: str) -> Needs:
    """What a domain needs to start beyond its disks. Raises Invalid."""
    root = parse(xml, "domain")
    files = [
        ((element.text or "").strip(), element.tag)
        for path in ("os/kernel", "os/initrd", "os/dtb", "os/loader", "devices/emulator")
        for element in root.findall(path)
    ]
    sources = [
        (one.get("type", ""), dict(source.attrib))
        for one in root.findall("./devices/interface")
        if (source := one.find("source")) is not None
    ]
    graphics = root.findall("./devices/graphics")
    ports = [one.get("port", "") for one in graphics if one.get("autoport") != "yes"]
    return Needs(
        virt_type=root.get("type", ""),
        memory=_memory(root),
        hugepages=root.find("./memoryBacking/hugepages") is not None,
        files=tuple((path, tag) for path, tag in files if path.startswith("/")),
        networks=_distinct(source.get("network", "") for kind, source in sources if kind == "network"),
        bridges=_distinct(
            source.get("bridge", "") or source.get("dev", "")
            for kind, source in sources
            if kind in ("bridge", "direct")
        ),
        pools=_distinct(one.get("pool", "") for one in root.findall("./devices/disk/source")),
        ports=tuple(
            int(port) for port in ports if port.isascii() and port.isdigit() and 0 < int(port) < 65536
        ),
    )


def _memory(root: ET.Element) -> int:
    element = root.find("memory")
    text = (element.text or "").strip() if element is not None else ""
    if element is None or not text.isascii() or not text.isdigit():
        return 0
    return int(text) * _UNITS.get(element.get("unit", "KiB").lower(), 1024)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def live_ports(xml: str) -> tuple[int, ...]:
    """TCP ports of the screens of a domain that runs, chosen or fixed. Raises Invalid."""
    ports = [one.get("port", "") for one in parse(xml, "domain").findall("./devices/graphics")]
    return tuple(int(port) for port in ports if port.isascii() and port.isdigit() and 0 < int(port) < 65536)
