"""Events that really happen: a Linux guest on QEMU whose disk fills up, whose watchdog barks, that panics."""

from __future__ import annotations

import os
import platform
import struct
import subprocess
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.hypervisor.conftest import until
from tests.hypervisor.test_snapshots_no_space import full, small
from tests.shell_guest import ShellGuest, shell_guest
from tuivm.model.domain import State
from tuivm.model.event import Event, EventKind, Severity

pytestmark = [pytest.mark.qemu, pytest.mark.libvirtd]
intel = pytest.mark.skipif(platform.machine() != "x86_64", reason="ports are a thing of x86")
DEVICES = (
    "<watchdog model='ib700' action='pause'/><panic model='isa'/>" if platform.machine() == "x86_64" else ""
)
WATCHDOG_PORT, TWO_SECONDS = 0x443, 14
"""The board's: what is written there starts it, with seconds as 30 less twice the value."""
PANIC_PORT, PANICKED = 0x505, 1
"""QEMU's (docs/specs/pvpanic.rst): a bit for each kind of end."""


@pytest.fixture(scope="module")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on a small file system, mounted before the daemon leaves for a world of its own."""
    folder = tmp_path_factory.mktemp("small")
    with small(folder) if os.geteuid() == 0 else nullcontext(folder) as place:
        yield place


@pytest.fixture(scope="module")
def shell(small_folder: Path) -> Iterator[ShellGuest]:
    """A guest at its prompt, with a watchdog and a panic device."""
    # A guest that may not ask ACPI about PCI does not see a disk that comes.
    with shell_guest(devices=DEVICES, without="pci=noacpi") as made:
        made.prompt()
        yield made


def told(shell: ShellGuest, words: str) -> Event:
    """The first event that has these words in it, waited for."""

    def found() -> list[Event]:
        return [event for event in shell.session.events if words in event.detail]

    until(lambda: bool(found()), f"{words!r} (told: {[event.detail for event in shell.session.events]})")
    return found()[0]


def to_port(port: int, value: int) -> str:
    """The command that writes a byte to a port of the machine, for which kernels have no driver and no file.

    It makes a program and starts it: ``iopl(3)``, ``out``, ``exit(0)`` for x86-64 Linux.
    """
    code = b"\xbf\x03\0\0\0\xb8\xac\0\0\0\x0f\x05" + b"\x66\xba" + struct.pack("<H", port)
    code += bytes((0xB0, value, 0xEE)) + b"\x31\xff\xb8\x3c\0\0\0\x0f\x05"
    start, headers = 0x400000, 64 + 56
    size = headers + len(code)
    head = b"\x7fELF\x02\x01\x01" + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, start + headers, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    head += struct.pack("<IIQQQQQQ", 1, 5, 0, start, start, size, size, 0x1000)
    octal = "".join(f"\\{byte:03o}" for byte in head + code)
    return f"printf '{octal}' >/tmp/out; chmod +x /tmp/out; /tmp/out"


def runs_again(shell: ShellGuest) -> None:
    """Let a guest that was paused go on."""
    until(lambda: shell.hypervisor.read_domain(shell.key).state is State.PAUSED, "its pause")
    shell.hypervisor.resume(shell.key)
    shell.console.send(b"\r")
    shell.until(shell.at_prompt, "a prompt")


def test_the_balloon(shell: ShellGuest) -> None:
    shell.daemon.virsh("setmem", shell.name, "80M", "--live")
    event = told(shell, "80M left to the guest")
    assert (event.kind, event.key, event.name) == (EventKind.BALLOON, shell.key, shell.name)
    shell.daemon.virsh("setmem", shell.name, "96M", "--live")


@intel
def test_the_watchdog(shell: ShellGuest) -> None:
    shell.ask(to_port(WATCHDOG_PORT, TWO_SECONDS))
    event = told(shell, "watchdog: paused")
    assert (event.kind, event.severity, event.notice) == (EventKind.WATCHDOG, Severity.WARNING, "warning")
    assert told(shell, "paused (watchdog)").severity is Severity.WARNING
    runs_again(shell)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
def test_a_disk_that_fills_up(shell: ShellGuest, small_folder: Path, tmp_path: Path) -> None:
    image = small_folder / "data.raw"
    subprocess.run(["truncate", "-s", "16M", str(image)], check=True)
    xml = tmp_path / "disk.xml"
    xml.write_text(
        "<disk type='file'><driver name='qemu' type='raw' cache='none' error_policy='stop'/>"
        f"<source file='{image}'/><target dev='vdb' bus='virtio'/></disk>"
    )
    shell.daemon.virsh("attach-device", shell.name, str(xml))
    assert told(shell, "device virtio-disk1 added").kind is EventKind.DEVICE
    shell.until(lambda: shell.ask("ls /dev/vdb") == ["/dev/vdb"], "the disk in the guest")
    shell.daemon.virsh("domblkthreshold", shell.name, "vdb", "1M")
    with full(small_folder, spare=1 << 20):
        shell.console.send(b"dd if=/dev/urandom of=/dev/vdb bs=1M count=8 oflag=direct\r")
        event = told(shell, "I/O error on virtio-disk1")
        assert event.detail.endswith("(no space left): paused")
        assert (event.kind, event.severity, event.notice) == (EventKind.IO_ERROR, Severity.ERROR, "error")
        assert told(shell, "paused (I/O error)").severity is Severity.WARNING
        beyond = told(shell, "was written beyond 1.0M")
        assert (beyond.kind, beyond.severity) == (EventKind.BLOCK, Severity.WARNING)
    runs_again(shell)
    shell.daemon.virsh("detach-device", shell.name, str(xml))
    assert told(shell, "device virtio-disk1 removed").kind is EventKind.DEVICE


@intel
def test_a_panic(shell: ShellGuest) -> None:
    shell.console.send(f"{to_port(PANIC_PORT, PANICKED)}\r".encode())
    event = told(shell, "the guest panicked")
    assert (event.kind, event.severity, event.notice) == (EventKind.PANIC, Severity.ERROR, "error")
    stopped = told(shell, "stopped (crashed)")
    assert (stopped.stopped, stopped.severity) == (True, Severity.ERROR)
    log = shell.session.event_log.kept(0.0, stopped.time, shell.key)
    assert [one.kind for one in log][-2:] == [EventKind.PANIC, EventKind.LIFECYCLE]
