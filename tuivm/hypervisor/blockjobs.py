"""Merging a running domain's overlays into one image, by libvirt's block jobs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.hypervisor.errors import one_line
from tuivm.model.capability import Capability
from tuivm.model.detail import Disk
from tuivm.model.domain import DomainKey
from tuivm.model.job import Progress

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
                return self._follow_pull(domain, target, report, cancelled)
            if under_way != libvirt.VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT:
                domain.blockCommit(target, base or None, None, 0, libvirt.VIR_DOMAIN_BLOCK_COMMIT_ACTIVE)
            return self._follow_commit(domain, target, report, cancelled)

    def _follow_pull(
        self, domain: libvirt.virDomain, target: str, report: Report, cancelled: Callable[[], bool]
    ) -> bool:
        """Watch it to its end. A pull that is over leaves one image; a failed one leaves the chain."""
        started = time.monotonic()
        while info := domain.blockJobInfo(target, 0):
            report(_progress(target, info, time.monotonic() - started))
            if cancelled():
                domain.blockJobAbort(target, 0)
                break
            time.sleep(_LOOK)
        return not any(disk.backing for disk in self._disks(domain) if disk.target == target)

    def _follow_commit(
        self, domain: libvirt.virDomain, target: str, report: Report, cancelled: Callable[[], bool]
    ) -> bool:
        """Watch it until the base has caught up, then make the base the disk's image."""
        started = time.monotonic()
        while info := domain.blockJobInfo(target, 0):
            report(_progress(target, info, time.monotonic() - started))
            if cancelled():
                domain.blockJobAbort(target, 0)
                return False
            # The two are equal only when the base has caught up (virDomainBlockJobInfo in libvirt-domain.h).
            if info["end"] and info["cur"] >= info["end"] and _pivot(domain, target):
                return True
            time.sleep(_LOOK)
        return False

    @staticmethod
    def _disks(domain: libvirt.virDomain) -> tuple[Disk, ...]:
        from tuivm.xml import read

        return read.description(domain.XMLDesc(0)).disks


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
