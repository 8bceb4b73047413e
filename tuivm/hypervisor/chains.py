"""The images of a domain's disks: chains, sizes, and the room where they lie."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.hypervisor.errors import one_line
from tuivm.hypervisor.qcow2 import read_header
from tuivm.model.detail import Disk
from tuivm.model.domain import DomainKey
from tuivm.model.snapshot import DiskChain, Layer, Space

_DEEPEST = 200
"""Images in a chain; libvirt refuses to go deeper itself."""


class Chains(Connection):
    """``disk_chains`` and ``space``."""

    def disk_chains(self, key: DomainKey) -> tuple[DiskChain, ...]:
        """Per disk that is written the image that is written and those below it. Raises NotFound."""
        return tuple(self._chain(key, disk) for disk in self.written_disks(key))

    def space(self, key: DomainKey) -> tuple[Space, ...]:
        """Free bytes at each place where disks of the domain lie. Raises NotFound."""
        return self.room(self.disk_chains(key))

    def written_disks(self, key: DomainKey) -> list[Disk]:
        """The disks that hold what the guest writes."""
        domain = self.handle(key)
        with self.asking(key=key):
            return [disk for disk in self.disks_of(domain) if disk.written]

    def disks_of(self, domain: libvirt.virDomain) -> tuple[Disk, ...]:
        """Every disk of its XML as it is now. Lets libvirtError through."""
        from tuivm.xml import read  # not loaded until the first list is there

        return read.description(domain.XMLDesc(0)).disks

    def room(self, chains: tuple[DiskChain, ...]) -> tuple[Space, ...]:
        """The same for chains that were read already."""
        places: dict[str, Space] = {}
        for chain in chains:
            path = chain.layers[0].path
            place = str(Path(path).parent) if path.startswith("/") else path.partition("/")[0]
            known = places.get(place) or Space(place, self._free(path))
            places[place] = replace(known, targets=(*known.targets, chain.target))
        return tuple(places.values())

    def _chain(self, key: DomainKey, disk: Disk) -> DiskChain:
        local = self._reads_files()
        if disk.backing or not local or not disk.source.startswith("/"):
            layers = [self._layer(path) for path in (disk.source, *disk.backing)]
            layers[0] = self._top(key, disk, layers[0])
            note = "" if disk.backing or local else "what is below it is told while the domain runs"
            return DiskChain(disk.target, tuple(layers), note)
        layers, note = _walk(disk)
        layers[0] = self._top(key, disk, layers[0])
        return DiskChain(disk.target, tuple(layers), note)

    def _top(self, key: DomainKey, disk: Disk, layer: Layer) -> Layer:
        """The image that is written, with the sizes that libvirt tells."""
        layer = replace(layer, format=layer.format or disk.format)
        if layer.allocation is not None and layer.capacity is not None:
            return layer
        with suppress(libvirt.libvirtError):
            capacity, allocation, _ = self.handle(key).blockInfo(disk.target, 0)
            return replace(layer, capacity=capacity, allocation=allocation)
        return layer

    def _layer(self, path: str) -> Layer:
        """One image, by the file itself where it can be read, else by its storage volume."""
        if self._reads_files() and path.startswith("/"):
            with suppress(OSError, ValueError):
                return _from_file(Path(path))
        with suppress(libvirt.libvirtError):
            _, capacity, allocation = self.link().storageVolLookupByPath(path).info()
            return Layer(path, capacity=capacity, allocation=allocation)
        return Layer(path)

    def _free(self, path: str) -> int | None:
        if self._reads_files() and path.startswith("/"):
            with suppress(OSError):
                told = os.statvfs(Path(path).parent)
                return told.f_frsize * (told.f_bfree if os.geteuid() == 0 else told.f_bavail)
        with suppress(libvirt.libvirtError):
            volume = self.link().storageVolLookupByPath(path)
            return int(volume.storagePoolLookupByVolume().info()[3])
        return None

    def _reads_files(self) -> bool:
        return self.host().is_local


def _from_file(path: Path) -> Layer:
    header = read_header(path)
    told = path.stat()
    names = tuple(kept.name for kept in header.snapshots)
    return Layer(str(path), header.format, header.capacity, told.st_blocks * 512, snapshots=names)


def _walk(disk: Disk) -> tuple[list[Layer], str]:
    """The chain of a disk as the headers of its images tell it. At least one layer."""
    layers: list[Layer] = []
    path = Path(disk.source)
    seen: set[Path] = set()
    while True:
        try:
            header = read_header(path)
            if disk.format == "raw" and not layers:
                header = replace(header, format="raw", backing="", snapshots=())
            layers.append(replace(_from_file(path), format=header.format))
        except FileNotFoundError:
            layers.append(Layer(str(path), missing=True))
            return layers, f"{one_line(str(path))} is not there"
        except (OSError, ValueError) as error:
            layers.append(Layer(str(path)))
            words = error.strerror or "" if isinstance(error, OSError) else str(error)
            return layers, one_line(f"{path}: {words}")
        if not header.backing:
            return layers, ""
        seen.add(path)
        below = header.backing.removeprefix("file:")
        if ":" in below.partition("/")[0]:
            return layers, one_line(f"it goes on at {below}")
        path = path.parent / below
        if path in seen or len(layers) > _DEEPEST:
            return layers, "it runs in a circle"
