"""Merging a running domain's overlays into one image, by libvirt's block jobs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.errors import NotFound
from tuivm.model.job import Progress
from tuivm.model.line import one_line

if TYPE_CHECKING:
    from tuivm.model.detail import Disk

Report = Callable[[Progress], None]
"""Who hears how far it is."""
_LOOK = 0.25
"""Seconds between two looks at how far it is."""


class BlockJobs(Connection):
    """``merge_disk``."""

    def merge_disk(
        self,
        key: DomainKey,
        target: str,
        report: Callable[[Progress], None],
        cancelled: Callable[[], bool],
        *,
        base: str = "",
        pull: bool = False,
    ) -> bool:
        """Commit the overlays of a running domain's disk into ``base``, or pull all below into the newest.

        One that was begun before, and left when a connection was lost, is gone on with. Returns whether it
        was done. Raises Invalid, Failed.
        """
        domain = self.handle(key)
        with self.asking(f"merging {one_line(target)}", Capability.SNAPSHOT, key):
            under_way = domain.blockJobInfo(target, 0).get("type")
            if pull:
                if under_way != libvirt.VIR_DOMAIN_BLOCK_JOB_TYPE_PULL:
                    domain.blockPull(target, 0, 0)
                _follow(domain, target, report, cancelled)
                # A pull that is over leaves one image, a failed one the chain.
                return not _disk(domain, target).backing
            top = _disk(domain, target).source
            if under_way != libvirt.VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT:
                domain.blockCommit(target, base or None, None, 0, libvirt.VIR_DOMAIN_BLOCK_COMMIT_ACTIVE)
            _follow(domain, target, report, cancelled, pivot=True)
            # Another client may have ended it, one way or the other.
            return _disk(domain, target).source != top


def _follow(
    domain: libvirt.virDomain,
    target: str,
    report: Report,
    cancelled: Callable[[], bool],
    *,
    pivot: bool = False,
) -> None:
    """Watch a block job to its end; with ``pivot`` until the base has caught up, to make it the disk's image.

    Lets libvirtError through.
    """
    started = time.monotonic()
    while info := domain.blockJobInfo(target, 0):
        report(_progress(target, info, time.monotonic() - started))
        if cancelled():
            _abort(domain, target)
            return
        # The two are equal only when the base has caught up (virDomainBlockJobInfo in libvirt-domain.h).
        if pivot and info["end"] and info["cur"] >= info["end"] and _pivot(domain, target):
            return
        time.sleep(_LOOK)


def _abort(domain: libvirt.virDomain, target: str) -> None:
    """End it; nothing to be told when it was over just before."""
    try:
        domain.blockJobAbort(target, 0)
    except libvirt.libvirtError:
        if domain.blockJobInfo(target, 0):
            raise


def _disk(domain: libvirt.virDomain, target: str) -> Disk:
    """The disk as it is now. Raises NotFound."""
    from tuivm.xml import read

    disks = read.description(domain.XMLDesc(0)).disks
    found = next((disk for disk in disks if disk.target == target), None)
    if found is None:
        raise NotFound(f"there is no disk {one_line(target)}")
    return found


def _pivot(domain: libvirt.virDomain, target: str) -> bool:
    """Whether the base is the disk's image now; False when it has not quite caught up."""
    try:
        domain.blockJobAbort(target, libvirt.VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT)
    except libvirt.libvirtError as error:
        if error.get_error_code() == libvirt.VIR_ERR_BLOCK_COPY_ACTIVE:
            return False
        raise
    return True


def _progress(target: str, info: Mapping[str, int], elapsed: float) -> Progress:
    done, total = int(info["cur"]), int(info["end"])
    if total <= 0:
        return Progress(what=target)
    left = elapsed * (total - done) / done if done else None
    return Progress(100.0 * min(done, total) / total, done, total, left, target)
