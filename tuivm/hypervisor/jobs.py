"""How far libvirt is with a long operation on a domain, and how to end it before its time."""

from __future__ import annotations

from collections.abc import Mapping

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.model.domain import DomainKey
from tuivm.model.job import Operation, Progress

_ACTIVE = (libvirt.VIR_DOMAIN_JOB_BOUNDED, libvirt.VIR_DOMAIN_JOB_UNBOUNDED)
_MILLISECONDS = 1000.0
_OPERATION = libvirt.VIR_DOMAIN_JOB_OPERATION
_WORDS: Mapping[object, str] = {
    libvirt.VIR_DOMAIN_JOB_OPERATION_START: "start",
    libvirt.VIR_DOMAIN_JOB_OPERATION_SAVE: "save",
    libvirt.VIR_DOMAIN_JOB_OPERATION_RESTORE: "restore",
    libvirt.VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN: "migration in",
    libvirt.VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT: "migration out",
    libvirt.VIR_DOMAIN_JOB_OPERATION_SNAPSHOT: "snapshot",
    libvirt.VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_REVERT: "revert",
    libvirt.VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_DELETE: "snapshot deletion",
    libvirt.VIR_DOMAIN_JOB_OPERATION_DUMP: "dump",
    libvirt.VIR_DOMAIN_JOB_OPERATION_BACKUP: "backup",
}
_ALMOST = 99.0
"""Percent told when all is read but the operation goes on: what was read is still being written."""


class DomainJobs(Connection):
    """libvirt's domain job: one at a time on a domain (managed save, dump, a snapshot with memory)."""

    def job_progress(self, key: DomainKey) -> Progress | None:
        """How far the operation is that is under way on the domain; None when there is none, or not told."""
        with self.asking("looking how far it is", key=key):
            return read_progress(self.handle(key).jobStats(0))

    def operation(self, key: DomainKey) -> Operation | None:
        """What libvirt does with the domain now that takes long, whoever asked for it; None for nothing.

        Raises NotSupported where the driver does not tell.
        """
        with self.asking("looking what is done with it", key=key):
            stats = self.handle(key).jobStats(0)
        if stats.get("type") not in _ACTIVE:
            return None
        return Operation(_WORDS.get(stats.get(_OPERATION), "long operation"), read_progress(stats))

    def abort_job(self, key: DomainKey) -> None:
        """Ask for the operation that is under way to end. Raises Invalid when there is none."""
        with self.asking("cancelling", key=key):
            self.handle(key).abortJob()


def read_progress(stats: Mapping[str, object]) -> Progress | None:
    """What virDomainGetJobStats answers (libvirt-domain.h, VIR_DOMAIN_JOB_*; bytes, milliseconds)."""
    if stats.get("type") not in _ACTIVE:
        return None
    total, done = (
        _whole(stats, libvirt.VIR_DOMAIN_JOB_DATA_TOTAL),
        _whole(stats, libvirt.VIR_DOMAIN_JOB_DATA_PROCESSED),
    )
    left = _whole(stats, libvirt.VIR_DOMAIN_JOB_DATA_REMAINING)
    if not total:
        return None
    # Pages written again are counted as processed again, and what is left falls to zero a little early:
    # the share of what is left is what a person waits for.
    share = 1.0 - left / total if left is not None else (done or 0) / total
    remaining = _whole(stats, libvirt.VIR_DOMAIN_JOB_TIME_REMAINING)
    elapsed = _whole(stats, libvirt.VIR_DOMAIN_JOB_TIME_ELAPSED)
    seconds = None if remaining is None else remaining / _MILLISECONDS
    if not seconds and elapsed and 0.0 < share < 1.0:
        seconds = elapsed / _MILLISECONDS * (1.0 - share) / share
    return Progress(
        percent=min(_ALMOST, max(0.0, 100.0 * share)),
        done=total - left if left is not None else done,
        total=total,
        remaining=seconds,
    )


def _whole(stats: Mapping[str, object], name: str) -> int | None:
    value = stats.get(name)
    return value if isinstance(value, int) and value >= 0 else None
