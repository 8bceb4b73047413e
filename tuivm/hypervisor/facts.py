"""What ``tuivm doctor`` asks of a libvirt connection, in a handful of round trips."""

from __future__ import annotations

import libvirt

from tuivm.hypervisor.errors import translate
from tuivm.hypervisor.host import read_host
from tuivm.hypervisor.opening import canonical, open_link
from tuivm.model.errors import NotSupported
from tuivm.model.facts import Facts, Network
from tuivm.model.line import one_line


def facts(uri: str) -> Facts:
    """Connect, ask and leave. Blocks; raises a HypervisorError with a remedy."""
    link = open_link(uri, read_only=False)
    try:
        host, _ = read_host(link, canonical(link.getURI()))
        count = len(link.listAllDomains(0))
        return Facts(host, count, _networks(link))
    except libvirt.libvirtError as error:
        raise translate(error, "asking libvirt") from error


def _networks(link: libvirt.virConnect) -> tuple[Network, ...] | None:
    """Read the networks; None where there is no network driver."""
    try:
        found = link.listAllNetworks(0)
    except libvirt.libvirtError as error:
        if isinstance(translate(error), NotSupported):
            return None
        raise
    return tuple(
        Network(one_line(each.name()), bool(each.isActive()), bool(each.autostart())) for each in found
    )
