"""The images of a domain's disks: chains, sizes, and the room where they lie."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.model.domain import DomainKey
from tuivm.model.line import one_line
from tuivm.model.snapshot import DiskChain, Layer, Space

if TYPE_CHECKING:
    from tuivm.hypervisor.usage import Usage
    from tuivm.model.detail import Disk

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

    def shared(self, key: DomainKey, chains: tuple[DiskChain, ...]) -> tuple[DiskChain, ...]:
        """The chains with who else builds on their images: reads every domain's XML when there is one."""
        if not any(chain.can_merge for chain in chains):
            return chains
        from tuivm.hypervisor.usage import Usage  # as above

        with self.asking():
            usage = Usage(self.link(), local=self.is_here(), leave_out=key.uuid)
        return tuple(_with_users(chain, usage) for chain in chains)

    def _chain(self, key: DomainKey, disk: Disk) -> DiskChain:
        local = self.is_here() and disk.source.startswith("/")
        note = ""
        paths = [disk.source, *disk.backing]
        if not disk.backing and local and disk.format != "raw":
            paths, note = _walk(disk.source)
        elif not disk.backing and not local:
            note = "what is below it is told while the domain runs"
        layers = [self._layer(path) for path in paths]
        layers[0] = self._top(key, disk, layers[0])
        return DiskChain(disk.target, tuple(layers), note)

    def _top(self, key: DomainKey, disk: Disk, layer: Layer) -> Layer:
        """The image that is written, with what libvirt says of it."""
        if disk.format:
            layer = replace(layer, format=disk.format)
        if disk.format == "raw":
            layer = replace(layer, snapshots=())
        if layer.allocation is not None:
            return layer
        with suppress(libvirt.libvirtError):
            capacity, allocation, _ = self.handle(key).blockInfo(disk.target, 0)
            return replace(layer, capacity=capacity, allocation=allocation)
        return layer

    def _layer(self, path: str) -> Layer:
        """One image, by the file itself where it can be read, else by its storage volume."""
        if self.is_here() and path.startswith("/"):
            try:
                return _from_file(Path(path))
            except FileNotFoundError:
                return Layer(path, missing=True)
            except (OSError, ValueError):
                pass
        with suppress(libvirt.libvirtError):
            _, capacity, allocation = self.link().storageVolLookupByPath(path).info()
            return Layer(path, capacity=capacity, allocation=allocation)
        return Layer(path)

    def _free(self, path: str) -> int | None:
        if self.is_here() and path.startswith("/"):
            with suppress(OSError):
                told = os.statvfs(Path(path).parent)
                return told.f_frsize * (told.f_bfree if os.geteuid() == 0 else told.f_bavail)
        with suppress(libvirt.libvirtError):
            volume = self.link().storageVolLookupByPath(path)
            return int(volume.storagePoolLookupByVolume().info()[3])
        return None


def _with_users(chain: DiskChain, usage: Usage) -> DiskChain:
    own = [layer.path for layer in chain.layers]
    layers = tuple(replace(layer, users=tuple(usage.of(layer.path, own))) for layer in chain.layers)
    unseen = f"nobody could look into {', '.join(usage.blind[:3])}" if usage.blind else ""
    return replace(chain, layers=layers, note="; ".join(part for part in (chain.note, unseen) if part))


def _from_file(path: Path) -> Layer:
    from tuivm.hypervisor.qcow2 import read_header

    header = read_header(path)
    names = tuple(kept.name for kept in header.snapshots)
    return Layer(str(path), header.format, header.capacity, path.stat().st_blocks * 512, snapshots=names)


def _walk(image: str) -> tuple[list[str], str]:
    """The images below one as their headers tell, itself first, and why there may be more."""
    from tuivm.hypervisor import images

    paths = [image]
    while len(paths) <= _DEEPEST:
        try:
            below = images.below(paths[-1])
        except images.UnknownImageError as error:
            return paths, one_line(f"{paths[-1]}: {error}")
        if not below:
            return paths, ""
        if below[0] in paths:
            return paths, "it runs in a circle"
        paths.append(below[0])
    return paths, f"it is deeper than {_DEEPEST} images"
