"""A guest's addresses: DHCP leases, the guest agent, the host's ARP table, whichever answers first."""

from __future__ import annotations

from typing import Any

import libvirt

from tuivm.hypervisor.errors import one_line
from tuivm.model.detail import Address

_SOURCES = (
    (libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE, "lease"),
    (libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT, "agent"),
    (libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP, "arp"),
)


def read_addresses(domain: libvirt.virDomain) -> tuple[Address, ...]:
    """Addresses without loopback and link-local ones. Raises libvirtError when no source is supported."""
    refused: list[libvirt.libvirtError] = []
    for source, word in _SOURCES:
        try:
            found = _addresses(domain.interfaceAddresses(source), word)
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
    return ()


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
