"""What the tests of this room share: hypervisors on the test driver, on a private daemon, events seen."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import libvirt
import pytest

from tests.daemon import PATIENCE, PrivateDaemon, temporary_daemon
from tuivm.hypervisor import LibvirtHypervisor, connect
from tuivm.model.event import Event

GUEST = """<domain type='qemu'>
  <name>{name}</name>
  <memory unit='MiB'>32</memory>
  <vcpu>{vcpus}</vcpu>
  <os><type arch='x86_64'>hvm</type><bios useserial='yes'/></os>
  <features><acpi/></features>
  <devices>{devices}<serial type='pty'/><console type='pty'/></devices>
</domain>"""
"""A machine with nothing to boot: its BIOS runs, and says so on the serial line."""


def guest(name: str, *, disk: Path | None = None, vcpus: int = 1) -> str:
    """XML of a guest whose only disk, if any, is the qcow2 file ``disk``."""
    devices = ""
    if disk is not None:
        devices = (
            f"<disk type='file'><driver name='qemu' type='qcow2'/><source file='{disk}'/>"
            "<target dev='vda' bus='virtio'/></disk>"
        )
    return GUEST.format(name=name, devices=devices, vcpus=vcpus)


def boot_sector(word: str) -> bytes:
    """A disk whose boot sector writes a word to the first serial port, then halts."""
    code = b"\xba\xf8\x03"  # mov dx, 0x3f8
    for byte in f"\r\n{word}\r\n".encode():
        code += bytes((0xB0, byte, 0xEE))  # mov al, byte; out dx, al
    code += b"\xf4\xeb\xfd"  # hlt; jmp to it
    return code.ljust(510, b"\0") + b"\x55\xaa" + bytes(1 << 20)


def until(condition: Callable[[], bool], what: str = "it") -> None:
    """Wait until ``condition`` holds; fails after a generous time."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(0.01)


class Seen:
    """A sink that keeps what it was told; any thread."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.threads: set[str] = set()

    def __call__(self, event: Event) -> None:
        self.threads.add(threading.current_thread().name)
        self.events.append(event)

    def details(self, name: str = "") -> list[str]:
        """Details of the events of the domain called ``name``, or of all."""
        return [event.detail for event in tuple(self.events) if not name or event.name == name]

    def wait(self, detail: str, name: str = "") -> Event:
        """The first event with that detail, waited for."""
        until(lambda: detail in self.details(name), f"event {detail!r} (seen: {self.details()})")
        return next(one for one in self.events if one.detail == detail and (not name or one.name == name))


class Wire:
    """Counts libvirt calls that go to the driver, by the name of libvirt's C function."""

    LOCAL = frozenset(
        {
            "virConnectIsAlive",
            "virDomainFree",
            "virDomainGetID",
            "virDomainGetName",
            "virDomainGetUUID",
            "virDomainGetUUIDString",
            "virDomainSnapshotFree",
            "virDomainSnapshotGetName",
            "virGetLastError",
        }
    )

    def __init__(self, real: object) -> None:
        self._real = real
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> object:
        real = getattr(self._real, name)
        if not callable(real) or name in self.LOCAL or name.startswith("virEvent"):
            return real

        def counted(*arguments: object) -> object:
            self.calls.append(name)
            return real(*arguments)

        return counted


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Counts the calls made from now on."""
    counter = Wire(libvirt.libvirtmod)
    monkeypatch.setattr(libvirt, "libvirtmod", counter)
    return counter


@pytest.fixture
def test_hypervisor(tmp_path: Path) -> Iterator[LibvirtHypervisor]:
    """Open on libvirt's test driver, with state of its own: three domains, hostile names among them."""
    path = tmp_path / "node.xml"
    path.write_text(
        "<node>"
        "<domain type='test'><name>web</name><uuid>11111111-1111-4111-8111-111111111111</uuid>"
        "<memory unit='MiB'>512</memory><currentMemory unit='MiB'>256</currentMemory><vcpu>2</vcpu>"
        "<os><type>hvm</type></os><devices>"
        "<disk type='file'><source file='/web.img'/><target dev='vda'/></disk>"
        "<interface type='network'><mac address='aa:bb:cc:dd:ee:ff'/><source network='default'/>"
        "<target dev='testnet0'/></interface></devices></domain>"
        "<domain type='test'><name>[red]x[bold]</name><memory unit='MiB'>64</memory>"
        "<os><type>hvm</type></os></domain>"
        "<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>"
        "<name>$(reboot)</name><memory unit='MiB'>64</memory><os><type>hvm</type></os>"
        "<test:runstate>5</test:runstate></domain>"
        "</node>"
    )
    hypervisor = connect(f"test://{path}")
    hypervisor.open()
    hypervisor.hear_all()
    yield hypervisor
    hypervisor.close()


@pytest.fixture(scope="session")
def libvirt_daemon() -> Iterator[PrivateDaemon]:
    """A private daemon for the whole run. Whoever kills it starts it again."""
    with temporary_daemon() as daemon:
        yield daemon


@pytest.fixture
def qemu(libvirt_daemon: PrivateDaemon) -> Iterator[LibvirtHypervisor]:
    """Open on the private daemon, which is left without domains afterwards."""
    hypervisor = connect(libvirt_daemon.uri)
    hypervisor.open()
    hypervisor.hear_all()
    yield hypervisor
    hypervisor.close()
    _sweep(libvirt_daemon.uri)


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """An empty qcow2 image."""
    path = tmp_path / "disk.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(path), "16M"], check=True)
    return path


@pytest.fixture
def pool(libvirt_daemon: PrivateDaemon, tmp_path: Path) -> Iterator[Path]:
    """A folder that is a storage pool, called ``odd [b]pool``."""
    folder = tmp_path / "pool"
    folder.mkdir()
    libvirt_daemon.virsh("pool-define-as", "odd [b]pool", "dir", "--target", str(folder))
    libvirt_daemon.virsh("pool-start", "odd [b]pool")
    yield folder
    with contextlib.suppress(AssertionError):
        libvirt_daemon.virsh("pool-destroy", "odd [b]pool")
    libvirt_daemon.virsh("pool-undefine", "odd [b]pool")


def _sweep(uri: str) -> None:
    sweeper = connect(uri)
    sweeper.open()
    for domain in sweeper.list_domains():
        if domain.state.is_active:
            sweeper.destroy(domain.key)
        if domain.persistent:
            sweeper.undefine(domain.key)
    sweeper.close()
