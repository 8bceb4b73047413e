"""What belongs to a domain, and its removal."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.hypervisor.errors import REFUSED_FLAGS
from tuivm.hypervisor.images import is_open
from tuivm.hypervisor.usage import Usage, Volume
from tuivm.model.deletion import Belongings, Part, PartKind
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Busy, Denied, Invalid, NotFound, NotSupported
from tuivm.model.line import one_line
from tuivm.xml import references
from tuivm.xml.references import Firmware, Image

_POOLS = frozenset({"dir", "fs", "netfs", "logical", "rbd", "zfs", "gluster", "vstorage", "sheepdog"})
"""Types of pools whose volumes were made to be removed; others stand for devices of the host."""
_LACKING = REFUSED_FLAGS | {libvirt.VIR_ERR_OPERATION_UNSUPPORTED}
_TPM_FLAGS = 8_009_000
"""libvirt 8.9 lets TPM state be kept or removed."""
_NAMED = 3
"""Users of a file that are named; of more their number is told."""


class Deletion:
    """core's seam of deleting; see :mod:`tuivm.core.ports_delete`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def belongings(self, key: DomainKey) -> Belongings:
        """Everything that belongs to a domain, and who else uses it. Raises NotFound."""
        domain = self._connection.handle(key, fresh=True)
        with self._connection.asking("looking at what belongs to it", key=key):
            active, persistent = domain.ID() >= 0, bool(domain.isPersistent())
            live = domain.XMLDesc(0)
            xml = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE) if active and persistent else live
            usage = Usage(self._connection.link(), local=self._connection.is_here(), leave_out=key.uuid)
            lister = _Lister(usage, here=self._connection.is_here(), active=active)
            parts = [Part("definition", PartKind.DEFINITION, chosen=True, required=True)]
            parts += self._kept_by_libvirt(domain, xml, usage)
            parts += lister.storage(xml, live, _snapshot_xml(domain))
            return Belongings(key, domain.name(), active, persistent, tuple(parts), xml)

    def undefine_parts(self, key: DomainKey, *, nvram: bool, tpm: bool) -> None:
        """Remove the definition, and what libvirt keeps beside the disks. Raises NotFound."""
        domain = self._connection.handle(key, fresh=True)
        with self._connection.asking("removing the definition", key=key):
            if domain.ID() >= 0:
                raise Invalid("it runs", "it must be off first")
            firmware = references.firmware(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
            flags = self._flags(domain, firmware, nvram=nvram, tpm=tpm)
            try:
                domain.undefineFlags(flags)
            except libvirt.libvirtError as error:
                if flags or error.get_error_code() not in REFUSED_FLAGS:
                    raise
                domain.undefine()  # A driver that keeps nothing beside the definition.
        self._connection.forget(key)

    def remove_storage(self, part: Part) -> None:
        """Remove a disk's file or volume, unless anything uses it by now."""
        link = self._connection.link()
        with self._connection.asking():
            usage = Usage(link, local=self._connection.is_here())
            users = usage.of(part.path)
            if users:
                raise Busy(f"used by {_listed(users)}")
            if usage.blind:
                raise Busy(f"perhaps used by {_listed(usage.blind)}")
            if self._connection.is_here():
                _still_the_same(part)
            if part.pool:
                _delete_volume(link, part)
            elif self._connection.is_here():
                _unlink(part.path)
            else:
                raise NotSupported("a file of another host, in no storage pool")

    def _flags(self, domain: libvirt.virDomain, firmware: Firmware, *, nvram: bool, tpm: bool) -> int:
        """The flags of what is there: a driver that keeps none of these knows none of the flags."""
        flags = 0
        if _told(domain.hasManagedSaveImage):
            flags |= libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
        if _told(domain.snapshotNum):
            flags |= libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
        if _checkpoints(domain):
            flags |= libvirt.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
        if firmware.uses_nvram:
            flags |= libvirt.VIR_DOMAIN_UNDEFINE_NVRAM if nvram else libvirt.VIR_DOMAIN_UNDEFINE_KEEP_NVRAM
        if firmware.tpm and self._chooses_tpm():
            flags |= libvirt.VIR_DOMAIN_UNDEFINE_TPM if tpm else libvirt.VIR_DOMAIN_UNDEFINE_KEEP_TPM
        return flags

    def _chooses_tpm(self) -> bool:
        return self._connection.link().getLibVersion() >= _TPM_FLAGS

    def _kept_by_libvirt(self, domain: libvirt.virDomain, xml: str, usage: Usage) -> Iterator[Part]:
        if _told(domain.hasManagedSaveImage):
            note = "memory of the guest as it was saved"
            yield Part("saved", PartKind.SAVED, note=note, chosen=True, required=True)
        count = _told(domain.snapshotNum)
        if count:
            note = f"{count}: their descriptions; what is inside a disk goes with it"
            yield Part("snapshots", PartKind.SNAPSHOTS, note=note, chosen=True, required=True)
        points = _checkpoints(domain)
        if points:
            note = f"{points}: their descriptions"
            yield Part("checkpoints", PartKind.CHECKPOINTS, note=note, chosen=True, required=True)
        firmware = references.firmware(xml)
        if firmware.nvram:
            yield _nvram(firmware.nvram, usage, here=self._connection.is_here())
        if firmware.tpm:
            free = self._chooses_tpm()
            note = "keys in it: disks encrypted with them open no more"
            chosen = not free and not firmware.tpm_persistent
            yield Part("tpm", PartKind.TPM, note=note, chosen=chosen, required=chosen)


class _Lister:
    """Lists the parts of a domain that hold what its guest wrote."""

    def __init__(self, usage: Usage, *, here: bool, active: bool) -> None:
        self._usage = usage
        self._here = here
        self._active = active
        self._parts: list[Part] = []
        self._seen: dict[str, str] = {}
        """Marks of the files listed, with their part."""

    def storage(self, xml: str, live: str, snapshots: list[tuple[str, str]]) -> list[Part]:
        """Disks, each with what it is built on, then what snapshots made, then folders. Raises Invalid."""
        told = references.backing(live)
        listed = [
            (image, PartKind.DISK, image.target) for image in references.disks(xml) + references.disks(live)
        ]
        for name, text in snapshots:
            made = references.snapshot_files(text)
            listed += [(image, PartKind.OVERLAY, f"{name} ({image.target})") for image in made]
        heads = [(image, self._file(image, kind, label, "")) for image, kind, label in listed]
        for image, id_ in heads:
            if id_ is not None:
                self._chain(image, id_, told.get(image.target, []))
        for number, (source, target) in enumerate(dict.fromkeys(references.folders(xml))):
            why = "a folder: never removed from here"
            self._parts.append(
                Part(f"folder:{number}", PartKind.FOLDER, target, source, spare=True, refused=why)
            )
        return self._judged()

    def _chain(self, image: Image, id_: str, told: list[Image]) -> None:
        """List what an image is built on; ``told`` is what the XML of a running domain says."""
        above, path = id_, self._path(image)
        chain, known = self._usage.chain(path, image.format)
        for one in dict.fromkeys([*(each.path for each in told if each.path), *chain]):
            lower = Image(image.target, "file", one, readonly=image.readonly, device=image.device)
            above = self._file(lower, PartKind.BACKING, image.target, above) or above
        if not known:
            note = "what it is built on cannot be seen"
            self._parts = [replace(one, note=note) if one.id == id_ else one for one in self._parts]

    def _path(self, image: Image) -> str:
        return image.path or (self._usage.where(image.pool, image.volume) if image.pool else "")

    def _file(self, image: Image, kind: PartKind, label: str, above: str) -> str | None:
        """List a file that ``above`` is built on; returns its part's id, None for an empty drive.

        One that is listed already is only noted to be needed once more.
        """
        path = self._path(image)
        if not path and not image.pool:
            return None
        marks = self._usage.marks(path) if path else frozenset({f"{image.pool}/{image.volume}"})
        known = next((self._seen[mark] for mark in marks if mark in self._seen), None)
        if known is not None:
            for index, part in enumerate(self._parts):
                if part.id == known and above not in ("", known, *part.needs):
                    self._parts[index] = replace(part, needs=(*part.needs, above))
            return known
        id_ = f"disk:{label}" if kind is PartKind.DISK else f"{kind.name.lower()}:{path}"
        if any(part.id == id_ for part in self._parts):
            id_ = f"{id_}:{path}"
        self._seen.update(dict.fromkeys(marks, id_))
        place = next(
            (index for index, part in enumerate(self._parts, 1) if part.id == above), len(self._parts)
        )
        self._parts.insert(place, self._made(id_, image, kind, label, above))
        return id_

    def _made(self, id_: str, image: Image, kind: PartKind, label: str, above: str) -> Part:
        path = self._path(image)
        volume = self._usage.volumes.get(path)
        return Part(
            id_,
            kind,
            label,
            path,
            volume.pool if volume else "",
            volume.name if volume else "",
            self._size(path, volume),
            image.format or (volume.format if volume else ""),
            spare=image.readonly or image.device in ("cdrom", "floppy"),
            refused=self._refusal(image, path, volume),
            needs=(above,) if above else (),
            stamp=_stamp(path, active=self._active) if self._here else "",
        )

    def _size(self, path: str, volume: Volume | None) -> int | None:
        if self._here and path.startswith("/"):
            with suppress(OSError, ValueError):
                status = os.stat(path)  # noqa: PTH116
                if stat.S_ISREG(status.st_mode):
                    return status.st_blocks * 512
        return volume.size if volume is not None else None

    def _refusal(self, image: Image, path: str, volume: Volume | None) -> str:
        """Why it cannot be removed at all, whoever else uses it; empty when it can."""
        if image.shareable:
            return "marked as shared: another host may use it"
        if not path:
            return f"there is no volume {one_line(image.volume)} in pool {one_line(image.pool)}"
        if volume is not None:
            if volume.pool_type not in _POOLS:
                return f"a device in a pool of type {one_line(volume.pool_type)}"
            return _obstacle(path, in_pool=True) if self._here else ""
        if image.type not in ("file", ""):
            return {"block": "a device of the host", "dir": "a folder"}.get(image.type, f"type {image.type}")
        return _obstacle(path, in_pool=False) if self._here else "a file of another host, in no storage pool"

    def _judged(self) -> list[Part]:
        """The parts, with who else uses them as the reason against removing."""
        own = [part.path for part in self._parts if part.path]
        judged = []
        for part in self._parts:
            why = part.refused
            users = self._usage.of(part.path, own) if part.path and part.kind.is_storage else []
            if users:
                why = f"used by {_listed(users)}"
            elif not why and self._usage.blind:
                why = f"perhaps used by {_listed(self._usage.blind)}"
            elif not why and self._here and not self._active and is_open(part.path):
                why = "some QEMU has it open"
            judged.append(replace(part, refused=why))
        return judged


def _nvram(path: str, usage: Usage, *, here: bool) -> Part:
    users = usage.of(path)
    size = None
    if here:
        with suppress(OSError, ValueError):
            size = os.stat(path).st_blocks * 512  # noqa: PTH116
    why = f"used by {_listed(users)}" if users else ""
    return Part(
        "nvram",
        PartKind.NVRAM,
        path=path,
        size=size,
        note="variables of the firmware",
        chosen=not why,
        refused=why,
    )


def _snapshot_xml(domain: libvirt.virDomain) -> list[tuple[str, str]]:
    """Name and XML of every snapshot; none where the driver has none."""
    try:
        return [(one.getName(), one.getXMLDesc(0)) for one in domain.listAllSnapshots(0)]
    except libvirt.libvirtError as error:
        if error.get_error_code() in _LACKING:
            return []
        raise


def _checkpoints(domain: libvirt.virDomain) -> int:
    try:
        return len(domain.listAllCheckpoints(0))
    except libvirt.libvirtError as error:
        if error.get_error_code() in _LACKING:
            return 0
        raise


def _told(call: Callable[[], int]) -> int:
    """The number a question answers; 0 where the driver does not know it."""
    try:
        return call()
    except libvirt.libvirtError as error:
        if error.get_error_code() in _LACKING:
            return 0
        raise


def _listed(users: list[str]) -> str:
    named = ", ".join(users[:_NAMED])
    return f"{named} and {len(users) - _NAMED} more" if len(users) > _NAMED else named


def _stamp(path: str, *, active: bool = False) -> str:
    """Which file is at ``path`` on this machine, and in which state unless it is written; empty for none."""
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        return ""
    number = f"{status.st_dev}:{status.st_ino}:"
    return number if active else f"{number}{status.st_ctime_ns}"


def _obstacle(path: str, *, in_pool: bool) -> str:
    """Why a file of this machine is not removed; empty when it can be, in a pool by libvirt itself."""
    try:
        kind = os.lstat(path).st_mode
    except FileNotFoundError:
        return "it is not there"
    except (OSError, ValueError) as error:
        return "" if in_pool else f"cannot be looked at: {getattr(error, 'strerror', None) or error}"
    if stat.S_ISLNK(kind):
        return "a link to another file"
    if in_pool:
        return ""
    if not stat.S_ISREG(kind):
        return "not an ordinary file"
    folder = os.path.dirname(path)  # noqa: PTH120
    return (
        "" if os.access(folder, os.W_OK | os.X_OK) else f"no permission to remove files in {one_line(folder)}"
    )


def _still_the_same(part: Part) -> None:
    """Raises unless the file is the one that was listed and nobody has it open."""
    now = _stamp(part.path)
    if not now and part.stamp:
        raise NotFound("it is gone already")
    if not now.startswith(part.stamp):
        raise Invalid("another file by now than the one shown", "look at it before you remove it")
    if is_open(part.path):
        raise Busy("some QEMU has it open")


def _delete_volume(link: libvirt.virConnect, part: Part) -> None:
    pool = link.storagePoolLookupByName(part.pool)
    volume = pool.storageVolLookupByName(part.volume)
    if volume.path() != part.path:
        raise Invalid("another volume by now than the one shown", "look at it before you remove it")
    volume.delete(0)


def _unlink(path: str) -> None:
    """Remove an ordinary file of this machine, in the folder as it is now."""
    why = _obstacle(path, in_pool=False)
    if why:
        raise Denied(why) if why.startswith("no permission") else Invalid(why)
    try:
        os.unlink(path)  # noqa: PTH108
    except FileNotFoundError as error:
        raise NotFound("it is gone already") from error
    except OSError as error:
        raise Denied(f"{error.strerror or error}") from error
