"""Copying a disk's file or volume, and removing such a copy again.

libvirt copies (``virStorageVolCreateXMLFrom``, as ``virsh vol-clone`` does) within the pool of the source;
for a file in no pool there is one for as long as the copy takes. libvirt has no way to end such a copy, and
tells how far it is by the size of what is new. Its embedded driver has no storage at all: there a
``qemu-img`` of ours does what libvirt's would.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.hypervisor.errors import translate
from tuivm.model.cloning import CloneDisk, DiskCopy, Made
from tuivm.model.errors import Cancelled, Failed, HypervisorError, Invalid, NotSupported, Unreachable
from tuivm.model.line import one_line
from tuivm.xml import references, storage

_LOOK = 0.2
"""Seconds between two looks at how far a copy is."""
_OURS = "tuivm-"
"""How the names of pools begin that are there only as long as a copy takes."""
_AGAIN = 0.2
"""Seconds between two looks for a connection."""

Begun = Callable[[Made], None]
Told = Callable[[int], None]
Asked = Callable[[], bool]


@dataclass(slots=True)
class _Call:
    """A call of libvirt's on a thread of its own, and how it ended."""

    error: libvirt.libvirtError | None = None
    """Why it failed."""


class Copying:
    """``copy_disk``, ``discard_copy`` and what they need."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sharing = threading.Lock()
        self._folders: dict[str, tuple[str, int]] = {}
        """Pools of ours by their folder: name, and how many copies use it."""
        self._left_pools: frozenset[str] = frozenset()
        """Names of those that could not be taken down yet."""

    def copy_disk(self, copy: DiskCopy, begun: Begun, progress: Told, cancelled: Asked) -> Made:
        """Copy a disk; blocks until that is over. Never overwrites."""
        if copy.source.stoppable:
            if not self._connection.is_here():
                raise NotSupported("it is a file of another host, which has no storage pools")
            return _convert(copy, begun, progress, cancelled)
        with (
            self._connection.asking(f"copying {one_line(copy.source.target)}"),
            self._pool(copy.source) as pool,
        ):
            return self._create(pool, copy, begun, progress, cancelled)

    def discard_copy(self, made: Made) -> None:
        """Remove a copy, and nothing else. Raises Invalid when it is another file by now."""
        here = self._connection.is_here()
        if here and made.stamp and stamp_of(made.path) not in ("", made.stamp):
            raise Invalid("it is another file by now", "look at it before you remove it")
        if made.copy.source.stoppable:
            _unlink(made.path)
            return
        with self._connection.asking(f"removing {one_line(made.path)}"), self._pool(made.copy.source) as pool:
            volume = _find(pool, made.copy.name)
            if volume is None:
                pool.refresh(0)
                volume = _find(pool, made.copy.name)
            if volume is not None:
                volume.delete(0)

    def reconnected(self, seconds: float) -> bool:
        """Wait at most so long for a connection that answers; returns whether there is one."""
        end = time.monotonic() + seconds
        while True:
            with suppress(HypervisorError, libvirt.libvirtError):
                self._connection.link().getLibVersion()
                self._take_down()
                return True
            if time.monotonic() > end:
                return False
            time.sleep(_AGAIN)

    @contextmanager
    def _pool(self, disk: CloneDisk) -> Iterator[libvirt.virStoragePool]:
        """The pool of a disk; for a file in none a pool of its folder, which goes afterwards.

        Raises libvirtError.
        """
        link = self._connection.link()
        if disk.pool:
            yield link.storagePoolLookupByName(disk.pool)
            return
        with self._sharing:
            name, users = self._folders.get(disk.folder, ("", 0))
            pool = link.storagePoolLookupByName(name) if users else _folder_pool(link, disk.folder)
            self._folders[disk.folder] = (pool.name(), users + 1)
        try:
            yield pool
        finally:
            self._leave(pool, disk.folder)

    def _leave(self, pool: libvirt.virStoragePool, folder: str) -> None:
        """Take a pool of ours down when nobody here uses it any more; libvirt keeps one that copies."""
        with self._sharing:
            name, users = self._folders.pop(folder)
            if users > 1:
                self._folders[folder] = (name, users - 1)
                return
            self._left_pools |= {name}
            with suppress(libvirt.libvirtError):
                pool.destroy()
                self._left_pools -= {name}

    def _take_down(self) -> None:
        """Take down pools of ours that outlived a connection. Raises libvirtError when there is none."""
        for name in self._left_pools:
            try:
                self._connection.link().storagePoolLookupByName(name).destroy()
            except libvirt.libvirtError as error:
                if isinstance(translate(error), Unreachable):
                    raise
            self._left_pools -= {name}

    def _create(
        self, pool: libvirt.virStoragePool, copy: DiskCopy, begun: Begun, progress: Told, cancelled: Asked
    ) -> Made:
        name = copy.source.volume or copy.source.path.rpartition("/")[2]
        source = pool.storageVolLookupByName(name)
        shape = storage.shape(source.XMLDesc(0))
        if (shape.format or "raw") != copy.source.format:
            words = f"libvirt takes it for {one_line(shape.format)}, the domain for {copy.source.format}"
            raise Invalid(words)
        xml = storage.volume(copy.name, int(source.info()[1]), shape)
        if _find(pool, copy.name) is not None:
            raise Invalid(f"there is a volume {one_line(copy.name)} already")
        call = _Call()

        def create() -> None:
            try:
                pool.createXMLFrom(xml, source, 0)
            except libvirt.libvirtError as error:
                call.error = error

        thread = threading.Thread(target=create, name="tuivm-copy", daemon=True)
        thread.start()
        seen = self._follow(thread, pool, copy, progress, cancelled)
        if call.error is not None:
            # What libvirt refused or could not end it removed itself; only one that died leaves a part.
            ours = translate(call.error, f"copying {one_line(copy.source.target)}")
            if isinstance(ours, Unreachable):
                if seen is None:
                    ours.remedy = f"look whether {one_line(copy.path)} was left behind"
                else:
                    begun(seen)
            raise ours from call.error
        made = self._made(pool.storageVolLookupByName(copy.name), copy)
        begun(made)
        if cancelled():
            raise Cancelled("cancelled")
        return made

    def _follow(
        self,
        thread: threading.Thread,
        pool: libvirt.virStoragePool,
        copy: DiskCopy,
        progress: Told,
        cancelled: Asked,
    ) -> Made | None:
        """Tell how far a copy is until its call is over; returns what was seen of it."""
        seen: Made | None = None
        volume: libvirt.virStorageVol | None = None
        while True:
            thread.join(_LOOK)
            if not thread.is_alive():
                return seen
            cancelled()
            with suppress(libvirt.libvirtError):  # It is not there yet, or the call is over in a moment.
                volume = volume or pool.storageVolLookupByName(copy.name)
                if seen is None or not seen.stamp:
                    seen = self._made(volume, copy)
                progress(int(volume.info()[2]))

    def _made(self, volume: libvirt.virStorageVol, copy: DiskCopy) -> Made:
        path = volume.path()
        return Made(copy, path, stamp_of(path) if self._connection.is_here() else "")


def is_ours(pool: libvirt.virStoragePool) -> bool:
    """Whether it is a pool that one of us made for the time of a copy. Raises libvirtError."""
    return pool.name().startswith(_OURS) and not pool.isPersistent()


def _folder_pool(link: libvirt.virConnect, folder: str) -> libvirt.virStoragePool:
    """A pool of a folder. Raises libvirtError."""
    name = f"{_OURS}{uuid.uuid4().hex[:12]}"
    try:
        return link.storagePoolCreateXML(storage.folder_pool(name, folder), 0)
    except libvirt.libvirtError:
        # One that another tuivm uses now, or left behind: there can be only one of a folder.
        for pool in link.listAllStoragePools(0):
            if is_ours(pool) and references.pool_folder(pool.XMLDesc(0)) == folder:
                pool.refresh(0)
                return pool
        raise


def _find(pool: libvirt.virStoragePool, name: str) -> libvirt.virStorageVol | None:
    """The volume of that name; None for none. Raises libvirtError for anything else."""
    try:
        return pool.storageVolLookupByName(name)
    except libvirt.libvirtError as error:
        if error.get_error_code() == libvirt.VIR_ERR_NO_STORAGE_VOL:
            return None
        raise


def stamp_of(path: str, *, written: bool = False) -> str:
    """Which ordinary file is at ``path`` on this machine; empty for none.

    ``written`` also tells when it was written last.
    """
    try:
        status = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return ""
    if not stat.S_ISREG(status.st_mode):
        return ""
    number = f"{status.st_dev}:{status.st_ino}"
    return f"{number}:{status.st_mtime_ns}" if written else number


def _convert(copy: DiskCopy, begun: Begun, progress: Told, cancelled: Asked) -> Made:
    """Copy a file of this machine with a qemu-img of ours. Raises Cancelled, Failed, Invalid."""
    disk, program = copy.source, shutil.which("qemu-img")
    if program is None:
        raise NotSupported("qemu-img is not installed", "install qemu-utils or qemu-img")
    made = _reserve(copy)
    begun(made)
    words = [program, "convert", "-f", disk.format, "-O", disk.format, "--", disk.path, made.path]
    process = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | {"LC_ALL": "C"},
        start_new_session=True,
    )
    try:
        said = _wait(process, made.path, progress, cancelled)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()
    if process.returncode != 0:
        lines = one_line(said.decode(errors="replace")) or f"qemu-img ended with {process.returncode}"
        raise Failed(f"copying {one_line(disk.target)}: {lines}")
    _sync(made.path)
    return made


def _wait(process: subprocess.Popen[bytes], path: str, progress: Told, cancelled: Asked) -> bytes:
    """What qemu-img said when it is over. Raises Cancelled."""
    while True:
        if cancelled():
            raise Cancelled("cancelled")
        try:
            return process.communicate(timeout=_LOOK)[1]
        except subprocess.TimeoutExpired:
            with suppress(OSError):
                progress(os.stat(path).st_blocks * 512)  # noqa: PTH116


def _reserve(copy: DiskCopy) -> Made:
    """Make the empty file of a copy, which nobody had before. Raises Invalid, Failed."""
    path = copy.path
    try:
        mode = os.stat(copy.source.path).st_mode & 0o666  # noqa: PTH116
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise Invalid(f"there is a file {one_line(path)} already") from error
    except OSError as error:
        raise Failed(f"{one_line(str(error.filename or path))}: {error.strerror or error}") from error
    try:
        with suppress(OSError):
            os.fchmod(number, mode)
        status = os.fstat(number)
    finally:
        os.close(number)
    return Made(copy, path, f"{status.st_dev}:{status.st_ino}")


def _sync(path: str) -> None:
    """Have the file on the disk before a domain relies on it. Raises Failed."""
    try:
        number = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(number)
        finally:
            os.close(number)
    except OSError as error:
        raise Failed(f"{one_line(path)}: {error.strerror or error}") from error


def _unlink(path: str) -> None:
    try:
        os.unlink(path)  # noqa: PTH108
    except FileNotFoundError:
        return
    except OSError as error:
        raise Failed(f"{error.strerror or error}") from error
