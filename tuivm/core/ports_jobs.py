"""What jobs need of a hypervisor: how far a long operation is, and its end before its time."""

from __future__ import annotations

from typing import Protocol

from tuivm.model.domain import DomainKey
from tuivm.model.job import Progress


class JobPort(Protocol):
    """A part of :class:`~tuivm.core.ports.Hypervisor`. Each raises a HypervisorError."""

    def job_progress(self, key: DomainKey) -> Progress | None:
        """How far the operation is that libvirt does on the domain now (save, dump...); None for none."""

    def abort_job(self, key: DomainKey) -> None:
        """Ask libvirt to end that operation; returns once it was asked. Raises Invalid when there is none."""
