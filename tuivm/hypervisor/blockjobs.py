"""Merging a running domain's overlays into one image, by libvirt's block jobs."""

from __future__ import annotations

import time
from collections.abc import Callable

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.hypervisor.errors import one_line
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Failed
from tuivm.model.job import Progress

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
        pull: bool = False,
    ) -> None:
        """Make one image of a running domain's chain, or none when cancelled. Raises Invalid, Failed."""
        domain = self.handle(key)
        with self.asking(f"merging {one_line(target)}", Capability.SNAPSHOT, key):
            if pull:
                domain.blockPull(target, 0, 0)
            else:
                flags = libvirt.VIR_DOMAIN_BLOCK_COMMIT_ACTIVE
                domain.blockCommit(target, None, None, 0, flags)
            self._follow(domain, target, report, cancelled, pull=pull)

    def _follow(
        self,
        domain: libvirt.virDomain,
        target: str,
        report: Callable[[Progress], None],
        cancelled: Callable[[], bool],
        *,
        pull: bool,
    ) -> None:
        """Watch the job to its end; an active commit is ended by making the base the disk's image."""
        started = time.monotonic()
        while True:
            info = domain.blockJobInfo(target, 0)
            if not info:
                if not pull:
                    raise Failed(f"merging {one_line(target)} ended early: the chain is as it was")
                return
            done, total = int(info["cur"]), int(info["end"])
            report(_progress(target, done, total, time.monotonic() - started))
            if cancelled():
                domain.blockJobAbort(target, 0)
                return
            if not pull and total and done >= total:
                try:
                    domain.blockJobAbort(target, libvirt.VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT)
                except libvirt.libvirtError as error:
                    if error.get_error_code() != libvirt.VIR_ERR_BLOCK_COPY_ACTIVE:
                        raise
                else:
                    return
            time.sleep(_LOOK)


def _progress(target: str, done: int, total: int, elapsed: float) -> Progress:
    if total <= 0:
        return Progress(what=target)
    left = elapsed * (total - done) / done if done else None
    return Progress(100.0 * min(done, total) / total, done, total, left, target)
