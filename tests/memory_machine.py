"""One machine of the in-memory fake: its state, its deterministic counters, its snapshots, its XML."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from xml.sax.saxutils import escape, quoteattr

from tuivm.model.detail import Address, CharDevice, Description, Detail, Disk, Nic
from tuivm.model.domain import Domain, State
from tuivm.model.snapshot import Retention, Snapshot
from tuivm.model.stats import CostlyCounters, Counters, DiskCounters, NicCounters, VcpuCounters

MIB = 1024**2
GIB = 1024**3


@dataclass
class Keeper:
    """What the fake knows of a machine's snapshots beyond their list; a test may change any of it."""

    free: int | None = 100 * GIB
    """Bytes where the disk lies."""
    agent: str = "QEMU guest agent is not configured"
    """Why it does not answer; empty when it does."""
    reverts_external: str = ""
    """Why this libvirt cannot."""
    deletes_external: str = ""
    """Why this libvirt cannot."""
    retention: Retention = field(default_factory=Retention)
    steps: int = 4
    """Of a merge."""
    pause: float = 0.0
    """Seconds of a step."""
    overlays: tuple[str, ...] = ()
    """Oldest first."""


@dataclass
class Machine:
    """A domain that can change, guarded by the hypervisor's lock."""

    domain: Domain
    index: int
    booted: float = 0.0
    """Clock reading at boot, moved on by the length of every pause."""
    paused_age: float = 100.0
    """Its age when it was paused."""
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    keeper: Keeper = field(default_factory=Keeper)
    addresses: tuple[Address, ...] = ()
    ignores_shutdown: bool = False
    reports_balloon: bool = True
    balloon_period: int | None = 0
    """Seconds between two reports; None without a balloon."""
    serials: int = 1
    """How many serial ports it has."""
    pressed: list[tuple[str, ...]] = field(default_factory=list)
    """Keys pressed together on its keyboard."""
    breaks: list[str | None] = field(default_factory=list)
    """Devices that got a break."""
    xml: str = ""
    definition: str = ""
    """The stored definition; empty for the default XML."""
    booted_from: str = ""
    """The device it was booted from for once."""
    dumps: list[str] = field(default_factory=list)
    """Files its memory was written to."""
    nmis: int = 0
    """How many NMIs it got."""
    frozen: int = 0
    """How many of its file systems are frozen."""
    description: str = ""
    """Its description."""

    @property
    def image(self) -> str:
        """The image that its disk is written to now."""
        base = f"/var/lib/libvirt/images/{self.name}.qcow2"
        return self.keeper.overlays[-1] if self.keeper.overlays else base

    def age(self, now: float) -> float:
        """Seconds the guest has run since boot; a pause stops its clock."""
        return self.paused_age if self.domain.state is State.PAUSED else max(0.0, now - self.booted)

    @property
    def name(self) -> str:
        return self.domain.name

    def counters(self, now: float, *, costly: bool = False) -> Counters:
        """What a bulk call would give at clock reading ``now``."""
        domain = self.domain
        plain = Counters(domain.key, domain.name, now, domain.state, domain.reason, domain.id, domain.vcpus)
        if not domain.state.is_active:
            return replace(plain, vcpus=0, memory_max=domain.memory_max)
        age = self.age(now)
        work = _integral(self.index, age)
        share = 0.45 + 0.3 * math.sin(age / 17 + self.index)
        available = int(domain.memory * 0.95)
        return replace(
            plain,
            cpu_time=int(work * domain.vcpus * 1e9),
            memory=domain.memory,
            memory_max=domain.memory_max,
            guest_available=available if self.reports_balloon else None,
            guest_unused=int(available * (1 - share) * 0.7) if self.reports_balloon else None,
            guest_usable=int(available * (1 - share)) if self.reports_balloon else None,
            rss=int(domain.memory * 0.8),
            cpu_user=int(work * domain.vcpus * 0.9e9),
            cpu_system=int(work * domain.vcpus * 0.1e9),
            guest_cache=int(available * 0.1) if self.reports_balloon else None,
            swap_in=0 if self.reports_balloon else None,
            swap_out=0 if self.reports_balloon else None,
            balloon_time=int(self.booted + age) if self.reports_balloon else None,
            disks=(_disk(work),),
            nics=(_nic(f"vnet{self.index}", work),),
            costly=_costly(now, domain.vcpus, work) if costly else None,
        )

    def detail(self) -> Detail:
        """What reading the XML and the snapshots would give."""
        active = self.domain.state.is_active
        mac = f"52:54:00:00:{self.index // 256 % 256:02x}:{self.index % 256:02x}"
        description = Description(
            virt_type=self.domain.virt_type,
            os_type="hvm",
            arch="x86_64",
            machine="pc-q35-7.2",
            firmware="bios",
            cpu_mode="host-passthrough",
            disks=(Disk("vda", self.image, "disk", "virtio", "qcow2"),),
            nics=(Nic(mac, "default", "network", "virtio", f"vnet{self.index}" if active else ""),),
            consoles=tuple(
                CharDevice(f"serial{port}" if active else "", "serial", port) for port in range(self.serials)
            ),
            graphics=("vnc 127.0.0.1:5900",) if active else ("vnc",),
            devices=("rng virtio",),
        )
        return Detail(self.domain.key, self.xml or self.default_xml(), description, self.tree())

    def tree(self) -> tuple[Snapshot, ...]:
        """Parents before children, oldest first (a child is never older than its parent here)."""
        return tuple(sorted(self.snapshots.values(), key=lambda snapshot: snapshot.created))

    def default_xml(self) -> str:
        """XML such as libvirt gives."""
        domain = self.domain
        return (
            f"<domain type={quoteattr(domain.virt_type)}>\n"
            f"  <name>{escape(domain.name)}</name>\n"
            f"  <uuid>{domain.key.uuid}</uuid>\n"
            f"  <memory unit='KiB'>{domain.memory_max // 1024}</memory>\n"
            f"  <vcpu>{domain.vcpus}</vcpu>\n"
            "  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>\n"
            "  <devices>\n    <serial type='pty'/>\n  </devices>\n"
            "</domain>\n"
        )


def _disk(work: float) -> DiskCounters:
    """A disk of which so much CPU work makes use: 5 ms a request."""
    reads, writes = int(work * 200), int(work * 60)
    return DiskCounters(
        "vda",
        int(work * 4e6),
        int(work * 9e5),
        20 * GIB,
        6 * GIB,
        read_requests=reads,
        write_requests=writes,
        read_time=reads * 5_000_000,
        write_time=writes * 5_000_000,
        flush_requests=int(work * 2),
        flush_time=int(work * 2) * 10_000_000,
    )


def _nic(name: str, work: float) -> NicCounters:
    received, sent = int(work * 3e5), int(work * 1.1e6)
    return NicCounters(name, received, sent, received // 600, sent // 600, 0, 0)


def _costly(now: float, vcpus: int, work: float) -> CostlyCounters:
    """vCPUs of which the first work more, all waiting a little."""
    weights = [2 * (vcpus - number) / (vcpus + 1) for number in range(vcpus)]
    shares = [int(work * weight * 1e9) for weight in weights]
    return CostlyCounters(
        now, tuple(VcpuCounters(number, time, time // 20) for number, time in enumerate(shares))
    )


def _integral(index: int, age: float) -> float:
    """CPU seconds per vCPU after ``age`` seconds: the integral of a load that swings."""
    base = 0.05 + 0.4 * ((index * 7) % 10) / 10
    swing = base * 0.9
    speed = 2 * math.pi / (20 + index % 13)
    return base * age + swing / speed * (1 - math.cos(speed * age))
