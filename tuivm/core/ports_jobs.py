"""What jobs need of a hypervisor: how far a long operation is, and its end before its time."""

from __future__ import annotations

from typing import Protocol

from tuivm.model.domain import DomainKey
from tuivm.model.job import Operation, Progress


class JobPort(Protocol):
    """A part of :class:`~tuivm.core.ports.Hypervisor`. Each raises a HypervisorError."""

    def job_progress(self, key: DomainKey) -> Progress | None:
        """How far the operation is that libvirt does on the domain now (save, dump...); None for none."""

    def operation(self, key: DomainKey) -> Operation | None:
        """What libvirt does with the domain now that takes long, whoever asked for it; None for nothing."""

    def abort_job(self, key: DomainKey) -> None:
        """Ask libvirt to end that operation; returns once it was asked. Raises Invalid when there is none."""
