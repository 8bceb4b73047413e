"""What libvirt's XML says of the walls around a domain, and of the host and its networks.

Element names: https://libvirt.org/formatdomain.html, formatnetwork.html, formatcaps.html. Texts in it are
other people's: returned as data.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuivm.model.building import Cell, Network
from tuivm.model.room import Folder, Label, Link, Plan
from tuivm.xml.document import parse
from tuivm.xml.read import device_address

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

_QEMU = "{http://libvirt.org/schemas/domain/qemu/1.0}"
_KIB = 1024
_ORDINARY = 64
"""Largest ordinary page there is, KiB."""
_EXTENSIONS = frozenset({"vmx", "svm"})
"""Names of the processor features that virtualization needs."""
_CONFINING = frozenset({"apparmor", "selinux"})
_WORDS = ("network", "bridge", "dev", "name", "path")


@dataclass(frozen=True, slots=True)
class HostXml:
    """What a connection's capabilities tell of its host."""

    models: tuple[str, ...]
    """Security drivers, in the order in which labels are listed."""
    iommu: bool | None
    """Whether there is an IOMMU in use; None when not told."""
    cells: tuple[Cell, ...]
    """NUMA nodes, their free memory not known."""

    @property
    def confining(self) -> tuple[str, ...]:
        """The drivers that confine a process beyond its user."""
        return tuple(model for model in self.models if model in _CONFINING)


def plan(xml: str) -> Plan:
    """What a domain's XML says of its walls. Raises Invalid."""
    root = parse(xml, "domain")
    hostdevs = root.findall("./devices/hostdev")
    nics = root.findall("./devices/interface")
    passed = [one for one in nics if one.get("type") == "hostdev"]
    disks = list(_disks(root))
    arguments = root.find(f"{_QEMU}commandline")
    return Plan(
        virt_type=root.get("type", ""),
        labels=tuple(
            Label(one.get("model", ""), one.get("type", "dynamic"), (one.findtext("label") or "").strip())
            for one in root.findall("seclabel")
        ),
        devices=tuple(_hostdev(one) for one in (*hostdevs, *passed)),
        direct_memory=any(one.get("type") == "pci" for one in hostdevs) or bool(passed),
        links=tuple(_link(one) for one in nics if one not in passed),
        folders=tuple(_folder(one, root.get("type", "")) for one in root.findall("./devices/filesystem")),
        disks=tuple(source for source, shared in disks if not shared),
        shared_disks=tuple(source for source, shared in disks if shared),
        cpu=_get(root, "cpu", "mode"),
        virtualization=_virtualization(root),
        user_namespace=root.find("./idmap/uid") is not None,
        screens=tuple(_screens(root)),
        arguments=arguments is not None and len(arguments) > 0,
    )


def network(xml: str, *, active: bool) -> Network:
    """One ``<network>``. Raises Invalid."""
    root = parse(xml, "network")
    forward = root.find("forward")
    return Network(
        root.findtext("name") or "",
        _get(root, "bridge", "name"),
        forward.get("mode", "nat") if forward is not None else "",
        active,
    )


def host(capabilities: str) -> HostXml:
    """What the capabilities say of the host. Raises Invalid."""
    root = parse(capabilities, "capabilities")
    iommu = root.find("./host/iommu")
    cells = []
    for one in root.findall("./host/topology/cells/cell"):
        cpus = one.find("cpus")
        memory = _number(one.findtext("memory") or "") * _KIB
        cells.append(Cell(_number(one.get("id", "")), len(cpus) if cpus is not None else 0, memory, None))
    return HostXml(
        tuple((one.findtext("model") or "").strip() for one in root.findall("./host/secmodel")),
        None if iommu is None else iommu.get("support") == "yes",
        tuple(cells),
    )


def _get(root: ET.Element, path: str, *names: str) -> str:
    element = root.find(path)
    if element is None:
        return ""
    return next((element.get(name, "") for name in names if element.get(name)), "")


def _number(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _link(element: ET.Element) -> Link:
    return Link(
        element.get("type", ""),
        _get(element, "source", *_WORDS),
        _get(element, "source", "bridge"),
        _get(element, "port", "isolated") == "yes",
        element.find("filterref") is not None,
    )


def _folder(element: ET.Element, virt_type: str) -> Folder:
    kind = element.get("type", "mount")
    driver = _get(element, "driver", "type")
    if virt_type == "lxc":
        driver = "bind" if kind in ("mount", "bind") else kind
    elif driver in ("", "path", "handle"):
        driver = "9p"
    return Folder(
        _get(element, "source", "dir", "file", "dev", "name", "usage", "socket"),
        _get(element, "target", "dir"),
        driver,
        element.find("readonly") is not None or kind == "ram",
    )


def _hostdev(element: ET.Element) -> str:
    """A device in words: its kind, and what the host knows it by."""
    kind = element.get("type", "") or element.get("mode", "")
    if element.tag == "interface":
        kind = "pci"
    address = element.find("./source/address")
    if address is not None and address.get("uuid"):
        return f"{kind} {address.get('uuid')}"
    known = device_address(element)
    if known:
        return f"{kind} {known}"
    if address is not None and address.get("device"):
        return f"{kind} {address.get('bus', '')}:{address.get('device')}"
    named = _get(element, "source/adapter", "name") or _get(element, "source", "dev", "name", "protocol")
    block = element.findtext("./source/block") or element.findtext("./source/interface") or ""
    return f"{kind} {named or block.strip()}".strip()


def _disks(root: ET.Element) -> Iterator[tuple[str, bool]]:
    """Where each disk is that the guest writes to, and whether it is marked to be shared."""
    for one in root.findall("./devices/disk"):
        source = one.find("source")
        if source is None or one.get("device", "disk") not in ("disk", "lun"):
            continue
        if one.find("readonly") is not None or one.find("transient") is not None:
            continue
        place = next((source.get(name, "") for name in ("file", "dev", "dir") if source.get(name)), "")
        if source.get("pool") and source.get("volume"):
            place = f"{source.get('pool')}/{source.get('volume')}"
        if place:
            yield place, one.find("shareable") is not None


def _virtualization(root: ET.Element) -> bool | None:
    """Whether the guest is given, or refused, the processor's virtualization by its name."""
    for one in root.findall("./cpu/feature"):
        if one.get("name", "").lower() in _EXTENSIONS:
            return one.get("policy", "require") not in ("disable", "forbid")
    return None


def _screens(root: ET.Element) -> Iterator[str]:
    for one in root.findall("./devices/graphics"):
        listen = one.get("listen", "") or _get(one, "listen", "address")
        try:
            everywhere = bool(listen) and ipaddress.ip_address(listen).is_unspecified
        except ValueError:
            everywhere = False
        if everywhere:
            port = one.get("port", "")
            ports = f":{port}" if port not in ("", "-1") else ""
            yield f"{one.get('type', '')} {listen}{ports}"


def huge_pages(capabilities: str) -> tuple[tuple[int, int], ...]:
    """Sizes in KiB of the huge pages that were set aside, and how many; by size. Raises Invalid."""
    sizes: dict[int, int] = {}
    for one in parse(capabilities, "capabilities").findall("./host/topology/cells/cell/pages"):
        if one.get("unit") == "KiB":
            size = _number(one.get("size", ""))
            sizes[size] = sizes.get(size, 0) + _number(one.text or "")
    return tuple((size, sizes[size]) for size in sorted(sizes) if size > _ORDINARY and sizes[size])
