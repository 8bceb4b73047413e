"""What is needed of a hypervisor so that guests report their memory."""

from __future__ import annotations

from typing import Protocol

from tuivm.model.domain import DomainKey


class Ballooning(Protocol):
    """A part of :class:`~tuivm.core.ports.Hypervisor`. Each raises a HypervisorError."""

    def report_memory(self, key: DomainKey, seconds: int) -> bool:
        """Have a running guest report its memory every so many seconds, until it stops.

        A domain that sets a period itself keeps it. False when it has no balloon that reports.
        Raises NotSupported where the driver cannot.
        """
