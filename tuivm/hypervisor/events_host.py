"""Events of what the host has beside domains: networks, storage pools, devices.

The words are called on libvirt's event thread with what the event carries beside connection, object and
opaque value. The numbers are those of ``libvirt-network.h``, ``libvirt-storage.h`` and
``libvirt-nodedev.h``; unknown ones get general words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import libvirt

from tuivm.hypervisor.event_words import Told, Words
from tuivm.model.event import EventKind, Severity

Registering = Callable[[libvirt.virConnect, Callable[..., None]], int]

_NETWORK = ("defined", "undefined", "started", "stopped")
_POOL = ("defined", "undefined", "started", "stopped", "built", "deleted")
_DEVICE = ("came", "went", "defined", "undefined")
_GONE = frozenset(("undefined", "stopped", "deleted"))


@dataclass(frozen=True, slots=True)
class HostEvent:
    """One subscription."""

    register: Registering
    """Subscribes a callback on a connection; returns the subscription's number. Raises libvirtError."""
    deregister: Callable[[libvirt.virConnect, int], object]
    """Ends a subscription by its number. Raises libvirtError."""
    tell: Words
    """What an event says."""


def network(event: int, _detail: int) -> Told:
    """A virtual network changed."""
    word = _NETWORK[event] if 0 <= event < len(_NETWORK) else "changed"
    severity = Severity.WARNING if word == "stopped" else Severity.INFORMATION
    return Told(EventKind.NETWORK, f"network {word}", severity, topic=word)


def pool(event: int, _detail: int) -> Told:
    """A storage pool changed; disks in one that is gone cannot be opened."""
    word = _POOL[event] if 0 <= event < len(_POOL) else "changed"
    gone = word in _GONE
    severity, notice = (Severity.WARNING, "warning") if gone else (Severity.INFORMATION, "")
    return Told(EventKind.POOL, f"storage pool {word}", severity, notice, topic=word)


def pool_refreshed() -> Told:
    """A storage pool's volumes were listed anew."""
    return Told(EventKind.POOL, "storage pool refreshed", Severity.QUIET, topic="refreshed")


def device(event: int, _detail: int) -> Told:
    """A device of the host came or went."""
    word = _DEVICE[event] if 0 <= event < len(_DEVICE) else "changed"
    return Told(EventKind.NODE_DEVICE, f"device of the host {word}", Severity.QUIET, topic=word)


def _network(event: int) -> Registering:
    return lambda link, callback: link.networkEventRegisterAny(None, event, callback, None)


def _pool(event: int) -> Registering:
    return lambda link, callback: link.storagePoolEventRegisterAny(None, event, callback, None)


def _device(event: int) -> Registering:
    return lambda link, callback: link.nodeDeviceEventRegisterAny(None, event, callback, None)


HOST_EVENTS = (
    HostEvent(
        _network(libvirt.VIR_NETWORK_EVENT_ID_LIFECYCLE),
        libvirt.virConnect.networkEventDeregisterAny,
        network,
    ),
    HostEvent(
        _pool(libvirt.VIR_STORAGE_POOL_EVENT_ID_LIFECYCLE),
        libvirt.virConnect.storagePoolEventDeregisterAny,
        pool,
    ),
    HostEvent(
        _pool(libvirt.VIR_STORAGE_POOL_EVENT_ID_REFRESH),
        libvirt.virConnect.storagePoolEventDeregisterAny,
        pool_refreshed,
    ),
    HostEvent(
        _device(libvirt.VIR_NODE_DEVICE_EVENT_ID_LIFECYCLE),
        libvirt.virConnect.nodeDeviceEventDeregisterAny,
        device,
    ),
)
"""What is listened to. An update of a device of the host says nothing to a person."""
