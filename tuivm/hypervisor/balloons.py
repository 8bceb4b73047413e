"""How often a guest reports its memory."""

from __future__ import annotations

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey


class Balloons(Connection):
    """``report_memory``."""

    def report_memory(self, key: DomainKey, seconds: int) -> bool:
        """Have a running guest report its memory every so many seconds, until it stops.

        The stored definition stays as it is, and so does a period that the domain or another program set.
        False when it has no balloon that reports. Raises NotSupported where the driver cannot.
        """
        from tuivm.xml.read import balloon_period

        domain = self.handle(key)
        with self.asking("letting the guest report its memory", Capability.MEMORY_REPORTS, key):
            period = balloon_period(domain.XMLDesc(0))
            if period == 0:
                domain.setMemoryStatsPeriod(seconds, libvirt.VIR_DOMAIN_AFFECT_LIVE)
        return period is not None
