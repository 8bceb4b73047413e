"""The host behind a connection: what it is, and how busy it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

import libvirt

from tuivm.hypervisor import words
from tuivm.hypervisor.opening import is_local
from tuivm.model.errors import Invalid
from tuivm.model.host import Host, HostLoad, Kind
from tuivm.model.line import one_line
from tuivm.xml.document import accelerated, virt_type

MIB = 1024 * 1024
KIB = 1024
_EVIDENCE = 4
"""How many domains' XML is read to learn whether KVM is in use."""

_KINDS = {
    "lxc": Kind.CONTAINER,
    "openvz": Kind.CONTAINER,
    "vz": Kind.TYPE1,
    "parallels": Kind.TYPE1,
    "vbox": Kind.TYPE2,
    "vmware": Kind.TYPE2,
    "test": Kind.SIMULATED,
}


def read_host(link: libvirt.virConnect, connection: str) -> tuple[Host, dict[str, str]]:
    """The host, and the virtualization type of the domains that were looked at, by UUID."""
    driver = link.getType()
    info = link.getInfo()
    types = _sampled_types(link) if driver == "QEMU" else {}
    kind, acceleration = _class(link, driver, types)
    host = Host(
        connection=connection,
        name=one_line(_word(link.getHostname)),
        hypervisor=words.driver(one_line(driver)),
        version=words.version(_number(link.getVersion)),
        libvirt=words.version(_number(link.getLibVersion)),
        kind=kind,
        acceleration=acceleration,
        cpus=int(info[2]),
        memory=int(info[1]) * MIB,
        is_local=is_local(connection),
    )
    return host, types


def _class(link: libvirt.virConnect, driver: str, types: dict[str, str]) -> tuple[Kind, str]:
    """Where the hypervisor sits. What the domains use counts; without any, what libvirt could use.

    QEMU with KVM runs guests in the kernel (type 1); alone it is a program that emulates (type 2).
    """
    if driver != "QEMU":
        return _KINDS.get(driver.lower(), Kind.TYPE1), ""
    if types:
        kvm = "kvm" in types.values()
    else:
        kvm = False
        with suppress(libvirt.libvirtError, Invalid):
            kvm = accelerated(link.getCapabilities())
    return (Kind.TYPE1, "KVM") if kvm else (Kind.TYPE2, "emulation")


def _sampled_types(link: libvirt.virConnect) -> dict[str, str]:
    """Virtualization type of a few domains, running ones first; stops at the first that uses KVM."""
    domains = sorted(link.listAllDomains(0), key=lambda domain: domain.ID() < 0)
    types: dict[str, str] = {}
    for domain in domains[:_EVIDENCE]:
        with suppress(libvirt.libvirtError, Invalid):
            types[domain.UUIDString()] = virt_type(domain.XMLDesc(0))
        if "kvm" in types.values():
            break
    return types


def _word(call: Callable[[], str]) -> str:
    with suppress(libvirt.libvirtError):
        return call()
    return ""


def _number(call: Callable[[], int]) -> int:
    with suppress(libvirt.libvirtError):
        return call()
    return 0


class Gauges:
    """CPU and memory of a host: psutil for this machine, libvirt's node statistics for another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: tuple[str, float, float] | None = None

    def read(self, link: libvirt.virConnect, host: Host) -> HostLoad:
        """One reading. The CPU figure covers the time since the last one; None at the first."""
        if host.is_local:
            used, total = _psutil_memory()
            busy, idle = _psutil_cpu()
        else:
            used, total = _node_memory(link, host)
            busy, idle = _node_cpu(link)
        return HostLoad(self._percent(host.connection, busy, idle), used, total)

    def _percent(self, connection: str, busy: float, idle: float) -> float | None:
        with self._lock:
            last, self._last = self._last, (connection, busy, idle)
        if last is None or last[0] != connection:
            return None
        spent, rested = busy - last[1], idle - last[2]
        if spent + rested <= 0:
            return None
        return max(0.0, min(100.0, 100.0 * spent / (spent + rested)))


def _psutil_cpu() -> tuple[float, float]:
    import psutil  # the first list does not wait for it

    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    # guest and guest_nice are already counted in user and nice.
    counted = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
    return counted - idle, idle


def _psutil_memory() -> tuple[int, int]:
    import psutil

    memory = psutil.virtual_memory()
    return memory.total - memory.available, memory.total


def _node_cpu(link: libvirt.virConnect) -> tuple[float, float]:
    """Busy and idle nanoseconds since boot; both 0 where the driver does not tell."""
    with suppress(libvirt.libvirtError):
        times = link.getCPUStats(-1)
        if "utilization" in times:
            return 0.0, 0.0  # A percentage alone, no counters to take a difference of.
        return float(times.get("kernel", 0) + times.get("user", 0) + times.get("intr", 0)), float(
            times.get("idle", 0) + times.get("iowait", 0)
        )
    return 0.0, 0.0


def _node_memory(link: libvirt.virConnect, host: Host) -> tuple[int, int]:
    with suppress(libvirt.libvirtError):
        memory = link.getMemoryStats(-1)
        total = memory.get("total", host.memory // KIB) * KIB
        spare = (memory.get("free", 0) + memory.get("buffers", 0) + memory.get("cached", 0)) * KIB
        return max(0, total - spare), total
    with suppress(libvirt.libvirtError):
        return max(0, host.memory - link.getFreeMemory()), host.memory
    return 0, host.memory
