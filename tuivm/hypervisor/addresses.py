"""A guest's addresses: DHCP leases, the guest agent, the host's ARP table, whichever answers first."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import libvirt

from tuivm.hypervisor.agent import has_agent, is_silent
from tuivm.model.detail import Address
from tuivm.model.line import one_line

_SOURCES = (
    (libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE, "lease"),
    (libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT, "agent"),
    (libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP, "arp"),
)


def read_addresses(
    domain: libvirt.virDomain, glance: Callable[[], AbstractContextManager[None]]
) -> tuple[Address, ...]:
    """Addresses without loopback and link-local ones; ``glance`` limits what is asked of the agent.

    Raises libvirtError when no source is supported, and when none told any but an agent does not answer;
    Busy while another thread asks the agent.
    """
    refused: list[libvirt.libvirtError] = []
    for source, word in _SOURCES:
        try:
            found = _addresses(_answer(domain, source, glance), word)
        except libvirt.libvirtError as error:
            if error.get_error_code() in (libvirt.VIR_ERR_NO_DOMAIN, libvirt.VIR_ERR_OPERATION_INVALID):
                raise
            refused.append(error)
            continue
        if found:
            return found
    unsupported = [one for one in refused if one.get_error_code() == libvirt.VIR_ERR_NO_SUPPORT]
    if len(unsupported) == len(_SOURCES):
        raise unsupported[0]
    silent = [one for one in refused if is_silent(one)]
    if silent and has_agent(domain):
        raise silent[0]
    return ()


def _answer(
    domain: libvirt.virDomain, source: int, glance: Callable[[], AbstractContextManager[None]]
) -> dict[str, Any]:
    if source != libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT or not has_agent(domain):
        return domain.interfaceAddresses(source)
    with glance():
        return domain.interfaceAddresses(source)


def _addresses(answer: dict[str, Any], word: str) -> tuple[Address, ...]:
    found = []
    for name, told in (answer or {}).items():
        for one in told.get("addrs") or ():
            address = one_line(str(one.get("addr", "")))
            if not address or name == "lo" or address.startswith(("127.", "::1", "fe80:")):
                continue
            mac = one_line(str(told.get("hwaddr") or "")).lower()
            found.append(Address(address, int(one.get("prefix", 0)), mac, one_line(str(name)), word))
    return tuple(found)
