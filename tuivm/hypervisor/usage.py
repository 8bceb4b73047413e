"""Who uses which file: every domain's XML, what disks are built on, what lies in storage pools and folders.

It is read anew for every question, and it errs on one side only: what cannot be looked into is told as
something that may use the file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import libvirt

from tuivm.hypervisor import images
from tuivm.model.errors import Invalid
from tuivm.model.line import one_line
from tuivm.xml import references
from tuivm.xml.references import Mention

_GONE = frozenset({libvirt.VIR_ERR_NO_DOMAIN, libvirt.VIR_ERR_NO_DOMAIN_SNAPSHOT})
_LACKING = frozenset({libvirt.VIR_ERR_NO_SUPPORT, libvirt.VIR_ERR_OPERATION_UNSUPPORTED})
_ANY = "any"
"""The format of a backing file: QEMU finds it out."""
_DEPTH = 200
"""Backing files of one image that are followed."""


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume of an active storage pool."""

    pool: str
    """The pool's name."""
    name: str
    """Its name."""
    path: str
    """Where it is."""
    pool_type: str
    """``dir``, ``logical``..."""
    size: int
    """Bytes taken."""
    format: str
    """Image format, empty when not told."""
    below: str
    """Path of what it builds on; empty for nothing."""


@dataclass(frozen=True, slots=True)
class Use:
    """Somebody who needs a file."""

    who: str
    """In words, one line: ``db (vda)``, ``db (vda), built on it``, ``volume x of pool y, built on it``."""
    builder: str = ""
    """Path of the image that is built on the file, when no domain is known to have it."""


class Usage:
    """Read when it is made; blocks. ``local`` tells whether the host's files are this machine's."""

    def __init__(self, link: libvirt.virConnect, *, local: bool, leave_out: str = "") -> None:
        """``leave_out`` is the UUID of the domain whose own use does not count. Raises libvirtError."""
        self._link = link
        self._local = local
        self._uses: dict[str, list[Use]] = {}
        self._folders: set[str] = set()
        self.blind: list[str] = []
        """Images that cannot be looked into, in words: each may be built on any file."""
        self.volumes: dict[str, Volume] = {}
        """By path."""
        self._read_pools()
        for domain in link.listAllDomains(0):
            if domain.UUIDString() != leave_out:
                self._read_domain(domain)

    def of(self, path: str, own: Iterable[str] = ()) -> list[str]:
        """Who uses the file at ``path``, in words; images at the paths ``own`` do not count as users."""
        self._look_into(os.path.dirname(path))  # noqa: PTH120 - a path of another host's, perhaps
        mine = {mark for one in own for mark in self.marks(one)}
        found: dict[str, None] = {}
        for mark in self.marks(path):
            for use in self._uses.get(mark, ()):
                if not (use.builder and (mine & self.marks(use.builder) or self._has_owner(use.builder))):
                    found[use.who] = None
        return list(found)

    def _has_owner(self, builder: str) -> bool:
        """Whether a domain is known to have that image: then it is named for what lies below."""
        return any(not use.builder for mark in self.marks(builder) for use in self._uses.get(mark, ()))

    def marks(self, path: str) -> frozenset[str]:
        """What a file can be known by: its path, the path behind links, and its inode on this machine."""
        if not path.startswith("/"):
            return frozenset({path})
        found = {os.path.normpath(path)}
        if self._local:
            with suppress(OSError, ValueError):
                found.add(os.path.realpath(path))
                status = os.stat(path)  # noqa: PTH116
                # Every device node has its own number in common with its twins, not the inode.
                whole = status.st_rdev if stat.S_ISBLK(status.st_mode) else None
                found.add(f"block {whole}" if whole else f"inode {status.st_dev} {status.st_ino}")
        return frozenset(found)

    def below(self, path: str, form: str = "") -> list[str] | None:
        """What the image at ``path`` is directly built on; None where that cannot be known.

        Without ``form`` libvirt takes the image of a disk for ``raw``: where nobody can look, so do we.
        """
        if form == "raw":
            return []
        if self._local and path.startswith("/"):
            with suppress(images.UnknownImageError):
                return images.below(path)
        volume = self.volumes.get(path)
        if volume is not None:
            return [volume.below] if volume.below else []
        return None if form else []

    def chain(self, path: str, form: str = "") -> tuple[list[str], bool]:
        """Everything the image is built on, nearest first, and whether all of it is known."""
        found: list[str] = []
        waiting, known, seen = [(path, form)], True, set(self.marks(path))
        while waiting and len(found) < _DEPTH:
            image, shape = waiting.pop(0)
            lower = self.below(image, shape)
            known = known and lower is not None
            for one in lower or ():
                if not seen & self.marks(one):
                    seen |= self.marks(one)
                    found.append(one)
                    waiting.append((one, _ANY))
        return found, known and not waiting

    def where(self, pool: str, volume: str) -> str:
        """Path of a volume, also of one in a pool that is not active; empty without such a pool."""
        known = next((one for one in self.volumes.values() if (one.pool, one.name) == (pool, volume)), None)
        if known is not None:
            return known.path
        with suppress(libvirt.libvirtError, Invalid):
            folder = references.pool_folder(self._link.storagePoolLookupByName(pool).XMLDesc(0))
            return f"{folder}/{volume}" if folder else ""
        return ""

    def _is_hidden(self, pool: str) -> bool:
        """Whether nobody tells if there is such a pool."""
        try:
            self._link.storagePoolLookupByName(pool)
        except libvirt.libvirtError as error:
            return error.get_error_code() not in _LACKING | {libvirt.VIR_ERR_NO_STORAGE_POOL}
        return False

    # -- reading ------------------------------------------------------------------------------

    def _read_pools(self) -> None:
        """Every volume of the active pools; a hypervisor without storage pools has none."""
        try:
            pools = self._link.listAllStoragePools(libvirt.VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE)
        except libvirt.libvirtError:
            return
        for pool in pools:
            with suppress(libvirt.libvirtError, Invalid):  # It went, or is being built.
                kind = references.pool_type(pool.XMLDesc(0))
                for volume in pool.listAllVolumes(0):
                    self._read_volume(pool.name(), kind, volume)

    def _read_volume(self, pool: str, kind: str, volume: libvirt.virStorageVol) -> None:
        with suppress(libvirt.libvirtError, Invalid):
            path = volume.path()
            form, below = references.volume_backing(volume.XMLDesc(0))
            size = int(volume.info()[2])
            name = volume.name()
            self.volumes[path] = Volume(pool, name, path, kind, size, form, below)
            if below:
                self._note(below, Use(one_line(f"volume {name} of pool {pool}, built on it"), path))

    def _read_domain(self, domain: libvirt.virDomain) -> None:
        name = one_line(domain.name())
        try:
            for root, xml in _texts(domain):
                for mention in references.mentioned(xml, root):
                    self._read_mention(name, mention)
        except Invalid:
            self.blind.append(f"{name}, whose XML cannot be read")
        except libvirt.libvirtError as error:
            if error.get_error_code() not in _GONE:
                self.blind.append(f"{name}, whose XML is not shown")

    def _read_mention(self, name: str, mention: Mention) -> None:
        who = f"{name} ({one_line(mention.words)})"
        path = mention.path or self.where(mention.pool, mention.volume)
        if not path:
            if self._is_hidden(mention.pool):
                self.blind.append(f"{who}, whose pool {one_line(mention.pool)} cannot be looked into")
            return  # There is no such pool, or one without a folder: it uses no file.
        self._note(path, Use(who))
        if mention.image:
            chain, known = self.chain(path, mention.format)
            for one in chain:
                self._note(one, Use(f"{who}, built on it"))
            if not known:
                self.blind.append(f"{who}, whose image {one_line(path)} cannot be looked into")

    def _look_into(self, folder: str) -> None:
        """Note the images of a folder that are built on others, whoever made them."""
        if not self._local or not folder.startswith("/") or folder in self._folders:
            return
        self._folders.add(folder)
        for builder, below in images.builders(folder):
            for one in below:
                self._note(one, Use(f"{one_line(builder)}, built on it", builder))

    def _note(self, path: str, use: Use) -> None:
        for mark in self.marks(path):
            known = self._uses.setdefault(mark, [])
            if use not in known:
                known.append(use)


def _texts(domain: libvirt.virDomain) -> list[tuple[str, str]]:
    """Every XML that tells of a domain's files, with its root element. Raises libvirtError."""
    found = [("domain", domain.XMLDesc(0))]
    if domain.ID() >= 0 and domain.isPersistent():
        found.append(("domain", domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)))
    try:
        if domain.hasManagedSaveImage(0):
            found.append(("domain", domain.managedSaveGetXMLDesc(0)))
        found += [("domainsnapshot", one.getXMLDesc(0)) for one in domain.listAllSnapshots(0)]
    except libvirt.libvirtError as error:
        if error.get_error_code() not in _LACKING:
            raise
    return found
