"""Consoles of real guests: their BIOS speaks on the serial line."""

from __future__ import annotations

import threading
import time

import pytest

from tests.daemon import PrivateDaemon
from tests.hypervisor.conftest import guest, until
from tuivm.hypervisor import LibvirtHypervisor, streams
from tuivm.hypervisor.streams import BACKLOG, UNANSWERED, StreamConsole
from tuivm.model.domain import DomainKey, State
from tuivm.model.errors import Busy, HypervisorError, Invalid, NotFound, Unreachable

DONE = b"No bootable device"
"""The BIOS' last words."""


class Line:
    """What a console brought, and how it ended."""

    def __init__(self) -> None:
        self.data = b""
        self.ends: list[HypervisorError | None] = []
        self.threads: set[str] = set()

    def on_data(self, data: bytes) -> None:
        self.threads.add(threading.current_thread().name)
        self.data += data

    def on_end(self, error: HypervisorError | None) -> None:
        self.ends.append(error)


@pytest.fixture
def running(qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon) -> DomainKey:
    """A guest before its first instruction: who opens its console and resumes it misses nothing."""
    key = qemu.define(guest("talker"))
    libvirt_daemon.virsh("start", "talker", "--paused")
    return key


def test_reads_what_the_guest_writes_until_it_is_off(qemu: LibvirtHypervisor, running: DomainKey) -> None:
    line = Line()
    console = qemu.open_console(running, on_data=line.on_data, on_end=line.on_end)
    qemu.resume(running)
    until(lambda: DONE in line.data, "the BIOS' words")
    assert line.data.count(b"SeaBIOS") == 1
    qemu.reset(running)
    until(lambda: line.data.count(DONE) == 2, "the BIOS' words after a reset, on the same stream")
    console.send(b"\r")
    assert line.ends == []
    qemu.destroy(running)
    until(lambda: bool(line.ends), "the end")
    assert line.ends == [None]
    assert line.threads == {"libvirt-events"}
    console.send(b"nobody hears this")
    console.close()
    console.close()
    with pytest.raises(Invalid, match="guest is off"):
        qemu.open_console(running, on_data=line.on_data, on_end=line.on_end)


def test_one_session_at_a_time_unless_forced(qemu: LibvirtHypervisor, running: DomainKey) -> None:
    first, second = Line(), Line()
    loser = qemu.open_console(running, on_data=first.on_data, on_end=first.on_end)
    with pytest.raises(Busy, match="Active console session"):
        qemu.open_console(running, on_data=second.on_data, on_end=second.on_end)
    winner = qemu.open_console(running, on_data=second.on_data, on_end=second.on_end, force=True)
    until(lambda: bool(first.ends), "the loser's end")
    assert isinstance(first.ends[0], Busy)
    assert second.ends == []
    loser.close()
    winner.close()
    until(lambda: _can_open(qemu, running), "a free console")
    assert len(first.ends) == 1
    assert second.ends == [], "whoever closes is not told of the end"


def test_a_flood_of_keys_to_a_paused_guest_never_blocks(qemu: LibvirtHypervisor, running: DomainKey) -> None:
    line = Line()
    console = qemu.open_console(running, on_data=line.on_data, on_end=line.on_end)
    for _ in range(64):
        console.send(b"x" * (BACKLOG // 32))
    assert qemu.read_domain(running).state is State.PAUSED
    console.close()
    assert qemu.read_domain(running).state is State.PAUSED


class Deaf:
    """A fake stream of a guest that reads nothing, which no real one does for certain."""

    def __init__(self) -> None:
        self.sent = 0

    def send(self, data: bytes) -> int:
        self.sent += len(data)
        return len(data)

    def eventRemoveCallback(self) -> None:  # noqa: N802
        pass

    def abort(self) -> None:
        pass


def test_a_guest_that_says_nothing_is_sent_little_until_it_does() -> None:
    stream, gone = Deaf(), []
    console = StreamConsole(stream, lambda data: None, lambda why: None, gone.append)  # type: ignore[arg-type]
    console.send(b"x" * (3 * UNANSWERED))
    until(lambda: stream.sent == UNANSWERED, "the first part")
    console._answered()
    until(lambda: stream.sent == 2 * UNANSWERED, "the second part")
    console.close()
    until(lambda: bool(gone), "the end")
    assert stream.sent == 2 * UNANSWERED


def test_control_c_reaches_a_guest_that_reads_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PATIENCE", 0.01)
    stream, gone = Deaf(), []
    console = StreamConsole(stream, lambda data: None, lambda why: None, gone.append)  # type: ignore[arg-type]
    console.send(b"x" * UNANSWERED)
    until(lambda: stream.sent == UNANSWERED, "the paste")
    console.send(b"\x03")
    until(lambda: stream.sent == UNANSWERED + 1, "the key")
    console.send(b"x" * UNANSWERED)
    until(lambda: stream.sent >= UNANSWERED + streams.TRICKLE_MOST, "what more is sent")
    time.sleep(0.2)
    assert stream.sent < UNANSWERED + streams.TRICKLE_MOST + streams.TRICKLE
    console.close()
    until(lambda: bool(gone), "the end")


def test_devices_by_name(qemu: LibvirtHypervisor, running: DomainKey) -> None:
    line = Line()
    assert [one.alias for one in qemu.detail(running).description.consoles] == ["serial0"]
    qemu.open_console(running, on_data=line.on_data, on_end=line.on_end, device="serial0").close()
    with pytest.raises(NotFound, match="nix"):
        qemu.open_console(running, on_data=line.on_data, on_end=line.on_end, device="nix")


def test_a_lost_daemon_ends_the_console(
    qemu: LibvirtHypervisor, running: DomainKey, libvirt_daemon: PrivateDaemon
) -> None:
    line = Line()
    qemu.open_console(running, on_data=line.on_data, on_end=line.on_end)
    qemu.resume(running)
    until(lambda: DONE in line.data, "the BIOS' words")
    libvirt_daemon.kill()
    try:
        until(lambda: bool(line.ends), "the end")
        assert isinstance(line.ends[0], Unreachable)
        with pytest.raises(Unreachable):
            qemu.open_console(running, on_data=line.on_data, on_end=line.on_end)
    finally:
        libvirt_daemon.start()
    qemu.open()
    again = Line()
    console = qemu.open_console(running, on_data=again.on_data, on_end=again.on_end)
    qemu.reset(running)
    until(lambda: DONE in again.data, "the BIOS' words after the restart")
    console.close()


def test_closing_the_hypervisor_closes_its_consoles_and_tells(
    qemu: LibvirtHypervisor, running: DomainKey
) -> None:
    line = Line()
    qemu.open_console(running, on_data=line.on_data, on_end=line.on_end)
    qemu.close()
    qemu.open()
    until(lambda: _can_open(qemu, running), "a free console")
    assert [type(end) for end in line.ends] == [Unreachable]


def _can_open(hypervisor: LibvirtHypervisor, key: DomainKey) -> bool:
    line = Line()
    try:
        console = hypervisor.open_console(key, on_data=line.on_data, on_end=line.on_end)
    except Busy:
        return False
    console.close()
    return True
