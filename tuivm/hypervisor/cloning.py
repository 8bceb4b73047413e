"""What there is to know before a domain is cloned, and the clone's definition."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import libvirt

from tuivm.hypervisor import images
from tuivm.hypervisor.copying import Copying, is_ours, stamp_of
from tuivm.model.capability import Capability
from tuivm.model.cloning import CloneDisk, CloneFacts
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Busy, HypervisorError, Invalid
from tuivm.model.line import one_line
from tuivm.xml import clone, references, storage
from tuivm.xml.references import Image

_POOLS = frozenset({"dir", "fs", "netfs", "logical", "vstorage"})
"""Types of pools in which libvirt copies a volume as a whole."""
_DEPTH = 200
"""Images below one disk that are followed."""
_TABLES = 256
"""A part in so many that the tables of an image take at most beside the data."""
_MIB = 1024**2


@dataclass(frozen=True, slots=True)
class _Pool:
    """A storage pool."""

    handle: libvirt.virStoragePool
    """libvirt's."""
    name: str
    """Its name."""
    type: str
    """``dir``, ``logical``..."""
    folder: str
    """Where its volumes are; empty for one without a folder."""
    active: bool
    """Whether its volumes are known."""


class Cloning(Copying):
    """core's seam of cloning; see :mod:`tuivm.core.ports_clone`."""

    def clone_facts(self, key: DomainKey) -> CloneFacts:
        """The disks, where copies of them would go and how much is free there. Raises NotFound."""
        domain = self._connection.handle(key, fresh=True)
        with self._connection.asking("looking at its disks", key=key):
            link = self._connection.link()
            xml = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE if domain.isPersistent() else 0)
            active = domain.ID() >= 0
            looker = _Looker(link, domain, here=self._connection.is_here(), active=active)
            locked_away, parts = clone.encrypted(xml), clone.sliced(xml)
            disks = []
            for image in references.disks(xml):
                disk = looker.look(image)
                if image.target in locked_away:
                    disk = replace(disk, refused="it is encrypted, which needs its secret")
                elif image.target in parts:
                    disk = replace(disk, refused="it is a part of a file only")
                disks.append(disk)
            saved = False
            with suppress(libvirt.libvirtError):  # A driver without saved states.
                saved = bool(domain.hasManagedSaveImage(0))
            names = frozenset(one.name() for one in link.listAllDomains(0))
            return CloneFacts(key, domain.name(), active, saved, tuple(disks), names, clone.notes(xml))

    def define_new(self, xml: str) -> DomainKey:
        """Define a domain of a new name and UUID. Raises Busy when the name is taken."""
        link = self._connection.link()
        name, uuid = references.identity(xml)
        with self._connection.asking(capability=Capability.DEFINE):
            try:
                link.defineXML(xml)
            except libvirt.libvirtError as error:
                with suppress(libvirt.libvirtError):
                    if link.lookupByName(name).UUIDString() != uuid:
                        words = f"another client made a domain named '{one_line(name)}' meanwhile"
                        raise Busy(words, code=error.get_error_code()) from None
                raise
        return DomainKey(self._connection.host().connection, uuid)


class _Looker:
    """Looks at the disks of one domain."""

    def __init__(
        self, link: libvirt.virConnect, domain: libvirt.virDomain, *, here: bool, active: bool
    ) -> None:
        self._link = link
        self._domain = domain
        self._here = here
        self._active = active
        self._pools = _pools(link)

    def look(self, image: Image) -> CloneDisk:
        """One disk. What cannot be known is left out, what cannot be copied says why."""
        disk = CloneDisk(
            target=image.target,
            path=image.path,
            pool=image.pool,
            volume=image.volume,
            device=image.device,
            format=image.format or "raw",
            readonly=image.readonly,
            shareable=image.shareable,
        )
        if not image.path and not image.pool:
            return replace(disk, refused="it is empty")
        if image.type not in ("file", "block", "volume"):
            return replace(disk, refused=f"a disk of type {one_line(image.type)}")
        try:
            return self._placed(disk, image)
        except (libvirt.libvirtError, HypervisorError) as error:
            return replace(disk, refused=one_line(str(error)) or "it cannot be looked at")

    def _placed(self, disk: CloneDisk, image: Image) -> CloneDisk:
        pool, volume = self._volume(image)
        if volume is None or pool is None:
            return self._loose(disk, image, pool)
        disk = replace(disk, path=volume.path(), pool=pool.name, volume=volume.name())
        _, capacity, taken = volume.info()
        disk = replace(disk, capacity=int(capacity), allocation=int(taken), place=f"pool {pool.name}")
        disk = self._measured(self._with_room(disk, pool.folder, pool))
        if pool.type not in _POOLS:
            return replace(disk, refused=f"libvirt copies nothing in a pool of type {one_line(pool.type)}")
        shape = storage.shape(volume.XMLDesc(0))
        if shape.encrypted:
            return replace(disk, refused="it is encrypted, which needs its secret")
        if (shape.format or "raw") != disk.format:
            # A guest can write into a raw disk what looks like an image built on a file of the host.
            words = f"libvirt takes it for {one_line(shape.format)}, the domain for {one_line(disk.format)}"
            return replace(disk, refused=words)
        return replace(disk, refused=self._in_use(disk))

    def _volume(self, image: Image) -> tuple[_Pool | None, libvirt.virStorageVol | None]:
        """The pool and the volume of a disk; None where it lies in none. Raises libvirtError."""
        if image.pool:
            pool = next((one for one in self._pools or () if one.name == image.pool), None)
            if pool is None or not pool.active:
                raise Invalid(f"pool {one_line(image.pool)} is not active")
            return pool, pool.handle.storageVolLookupByName(image.volume)
        if self._pools is None:
            return None, None
        with suppress(libvirt.libvirtError):
            volume = self._link.storageVolLookupByPath(image.path)
            name = volume.storagePoolLookupByVolume().name()
            return next((one for one in self._pools if one.name == name), None), volume
        folder, _, last = image.path.rpartition("/")
        pool = next((one for one in self._pools if one.folder == folder and folder), None)
        if pool is None or not pool.active:
            return pool, None
        pool.handle.refresh(0)  # It was made by another program, and libvirt has not looked since.
        return pool, pool.handle.storageVolLookupByName(last)

    def _loose(self, disk: CloneDisk, image: Image, pool: _Pool | None) -> CloneDisk:
        """A disk in no pool that is active."""
        folder = image.path.rpartition("/")[0] or "/"
        disk = replace(disk, place=folder, stoppable=self._pools is None)
        if image.type != "file" or not image.path.startswith("/"):
            return replace(disk, refused="it is a device of the host, in no storage pool")
        with suppress(libvirt.libvirtError):
            capacity, allocation, _ = self._domain.blockInfo(image.path)
            disk = replace(disk, capacity=int(capacity), allocation=int(allocation))
        disk = self._measured(self._with_room(disk, folder, None))
        if pool is not None:
            return replace(disk, refused=f"its folder is pool {one_line(pool.name)}, which is not active")
        if self._pools is None and not self._here:
            return replace(disk, refused="it is a file of another host, which has no storage pools")
        if self._pools is None and shutil.which("qemu-img") is None:
            return replace(disk, refused="there are no storage pools, and qemu-img is not installed")
        return replace(disk, refused=self._obstacle(disk) or self._in_use(disk))

    def _obstacle(self, disk: CloneDisk) -> str:
        """Why a file of this machine cannot be copied; empty when it can, or that is not known."""
        if not self._here:
            return ""
        try:
            kind = os.stat(disk.path).st_mode  # noqa: PTH116
        except FileNotFoundError:
            return "it is not there"
        except (OSError, ValueError) as error:
            return f"{getattr(error, 'strerror', None) or error}" if self._pools is None else ""
        return "" if stat.S_ISREG(kind) else "it is not an ordinary file"

    def _in_use(self, disk: CloneDisk) -> str:
        used = self._here and not self._active and images.is_open(disk.path)
        return "some QEMU has it open, which may write to it" if used else ""

    def _with_room(self, disk: CloneDisk, folder: str, pool: _Pool | None) -> CloneDisk:
        """With the room that there is for its copy, and the names that are taken there."""
        names: set[str] = set()
        room, free = f"pool {disk.pool}" if disk.pool else f"folder {folder}", None
        if pool is not None:
            names.update(one.name() for one in pool.handle.listAllVolumes(0))
            free = int(pool.handle.info()[3])
        if self._here and folder:
            with suppress(OSError, ValueError):
                status = os.statvfs(folder)
                room = f"device {os.stat(folder).st_dev}"  # noqa: PTH116
                free = status.f_bavail * status.f_frsize
                names.update(os.listdir(folder))  # noqa: PTH208
        stamp = stamp_of(disk.path, written=True) if self._here else ""
        return replace(disk, folder=folder, names=frozenset(names), room=room, free=free, stamp=stamp)

    def _measured(self, disk: CloneDisk) -> CloneDisk:
        """With what it is built on, and how much a copy takes."""
        below = tuple(self._below(disk))
        taken = disk.allocation if disk.allocation is not None else self._taken(disk.path)
        sizes = [taken, *(self._taken(path) for path in below)]
        needed = None if None in sizes else sum(size or 0 for size in sizes)
        if needed is not None and disk.capacity is not None:
            needed = min(needed, disk.capacity + disk.capacity // _TABLES + _MIB)
        return replace(disk, allocation=taken, below=below, needed=needed)

    def _below(self, disk: CloneDisk) -> Iterator[str]:
        """What it is built on, nearest first, as far as that can be seen."""
        waiting = [disk.path] if disk.format != "raw" else []
        seen: set[str] = set()
        while waiting and len(seen) < _DEPTH:
            path = waiting.pop()
            if path in seen:
                continue
            seen.add(path)
            lower: list[str] = []
            with suppress(libvirt.libvirtError, HypervisorError, images.UnknownImageError):
                lower = images.below(path) if self._here else self._told_below(path)
            yield from lower
            waiting += lower

    def _told_below(self, path: str) -> list[str]:
        _, below = references.volume_backing(self._link.storageVolLookupByPath(path).XMLDesc(0))
        return [below] if below else []

    def _taken(self, path: str) -> int | None:
        if self._here:
            with suppress(OSError, ValueError):
                return os.stat(path).st_blocks * 512  # noqa: PTH116
        with suppress(libvirt.libvirtError):
            return int(self._link.storageVolLookupByPath(path).info()[2])
        return None


def _pools(link: libvirt.virConnect) -> list[_Pool] | None:
    """Every storage pool; None where there are no such things."""
    try:
        handles = link.listAllStoragePools(0)
    except libvirt.libvirtError:
        return None
    found = []
    for handle in handles:
        with suppress(libvirt.libvirtError, HypervisorError):  # It went.
            if is_ours(handle):
                continue
            xml = handle.XMLDesc(0)
            kind, folder = references.pool_type(xml), references.pool_folder(xml)
            found.append(_Pool(handle, handle.name(), kind, folder, bool(handle.isActive())))
    return found
