"""The building as libvirt and the kernel tell it: on the test driver, and of real guests on a daemon."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import libvirt
import pytest

from tests.daemon import PrivateDaemon, temporary_daemon
from tests.hypervisor.conftest import PATIENCE, Seen, Wire, guest, until
from tests.hypervisor.test_on_containers import CONTAINER
from tests.hypervisor.test_on_containers import pytestmark as needed_by_containers
from tuivm.hypervisor import LibvirtHypervisor, connect, processes
from tuivm.hypervisor import building as looks
from tuivm.hypervisor import rooms as room_module
from tuivm.hypervisor.hostfiles import HostFiles, configured_seccomp
from tuivm.model.building import Building, Cure, Merging, Pressure, Resource
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Unreachable
from tuivm.model.inventory import Inventory, Link
from tuivm.model.room import Boundary, Room
from tuivm.model.standing import Grade, Wall
from tuivm.model.survey import Survey, survey

ENOUGH = 60.0
"""Seconds of a look that is to read everything."""


def look(hypervisor: LibvirtHypervisor) -> tuple[Building, Survey]:
    """Everything, read and worked out."""
    # The event of what was just done to a guest may come while it is read: then it is to be read again.
    facts = hypervisor.building(ENOUGH)
    deadline = time.monotonic() + PATIENCE
    while facts.unread:
        assert time.monotonic() < deadline, f"{facts.unread} were never read"
        facts = hypervisor.building(ENOUGH)
    domains = {one.key: one for one in hypervisor.list_domains()}
    return facts, survey(Inventory(hypervisor.uri, Link.UP, host=facts.host, domains=domains), facts)


def settle(hypervisor: LibvirtHypervisor, wire: Wire) -> list[str]:
    """Look until the events of what was done before are through; the calls of a look at nothing new."""

    def quiet() -> bool:
        wire.calls.clear()
        hypervisor.building(ENOUGH)
        return "virDomainGetXMLDesc" not in wire.calls

    until(quiet, "a look at nothing new")
    return list(wire.calls)


# The test driver


def test_a_simulated_host_has_no_files_of_its_own(test_hypervisor: LibvirtHypervisor) -> None:
    facts, found = look(test_hypervisor)
    assert len(facts.rooms) == 3
    assert {room.boundary for room in facts.rooms.values()} == {Boundary.SIMULATED}
    assert (facts.local, facts.load, facts.merging, facts.weaknesses) == (False, None, None, ())
    assert facts.pressure == {}
    whys = {one.what: one.why for one in facts.unseen}
    assert whys["pressure"] == "there is no such host: libvirt plays one"
    assert whys["memory merging"] == "this hypervisor does not tell"
    assert {standing.grade for standing in found.standings.values()} == {Grade.NONE}
    assert facts.pools is not None
    assert facts.networks is not None


def test_the_default_of_the_test_driver_has_pool_network_and_nodes() -> None:
    hypervisor = connect("test:///default")
    hypervisor.open()
    try:
        facts = hypervisor.building(ENOUGH)
    finally:
        hypervisor.close()
    assert facts.pools is not None
    assert facts.networks is not None
    assert [(one.name, one.active, one.promised) for one in facts.pools] == [("default-pool", True, 0)]
    assert [(one.name, one.bridge, one.forward) for one in facts.networks] == [("default", "virbr0", "nat")]
    assert [(cell.cpus, cell.free is not None) for cell in facts.cells] == [(8, True), (8, True)]


def test_a_driver_of_its_own_that_fails_is_no_lost_connection(
    test_hypervisor: LibvirtHypervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise libvirt.libvirtError("Failed to connect socket to '/run/virtstoraged-sock'")

    monkeypatch.setattr(libvirt.virConnect, "listAllStoragePools", fail)
    monkeypatch.setattr(libvirt.virConnect, "listAllNetworks", fail)
    facts, _ = look(test_hypervisor)
    assert (facts.pools, facts.networks) == (None, None)
    whys = {one.what: one.why for one in facts.unseen}
    assert "virtstoraged-sock" in whys["storage pools"]
    assert "virtstoraged-sock" in whys["networks"]


def test_a_look_takes_no_longer_than_told(tmp_path: Path) -> None:
    path = tmp_path / "node.xml"
    domain = "<domain type='test'><name>n{}</name><memory>1024</memory><os><type>hvm</type></os></domain>"
    path.write_text(f"<node>{''.join(domain.format(number) for number in range(50))}</node>")
    hypervisor = connect(f"test://{path}")
    hypervisor.open()
    try:
        left = [hypervisor.building(0.0).unread for _ in range(3)]
        assert left == [49, 48, 47], "without any time one machine is read all the same"
        assert hypervisor.building(ENOUGH).unread == 0
    finally:
        hypervisor.close()


def test_what_is_known_is_not_read_again(test_hypervisor: LibvirtHypervisor, wire: Wire) -> None:
    first, _ = look(test_hypervisor)
    assert wire.calls.count("virDomainGetXMLDesc") >= 3
    wire.calls.clear()
    again = test_hypervisor.building(ENOUGH)
    assert again.rooms is first.rooms
    assert "virDomainGetXMLDesc" not in wire.calls
    assert "virConnectGetCapabilities" not in wire.calls
    test_hypervisor.destroy(DomainKey(test_hypervisor.uri, "11111111-1111-4111-8111-111111111111"))
    wire.calls.clear()
    assert not test_hypervisor.building(ENOUGH).rooms[_key(test_hypervisor, "web")].active
    assert wire.calls.count("virDomainGetXMLDesc") == 1


def test_what_no_event_names_is_read_again_in_time(
    test_hypervisor: LibvirtHypervisor, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(test_hypervisor)
    monkeypatch.setattr(room_module, "RENEW_AFTER", 0.0)
    monkeypatch.setattr(room_module, "RENEWED", 2)
    wire.calls.clear()
    test_hypervisor.building(ENOUGH)
    assert wire.calls.count("virDomainGetXMLDesc") == 2


def test_a_connection_made_anew_is_looked_at_anew(test_hypervisor: LibvirtHypervisor) -> None:
    look(test_hypervisor)
    test_hypervisor.open()
    facts, _ = look(test_hypervisor)
    assert len(facts.rooms) == 3


def _key(hypervisor: LibvirtHypervisor, name: str) -> DomainKey:
    return next(one.key for one in hypervisor.list_domains() if one.name == name)


# Files of the host


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)


def test_files_of_a_host(tmp_path: Path) -> None:
    files = HostFiles(tmp_path / "proc", tmp_path / "sys")
    assert (files.load(), files.merging(), files.weaknesses(), files.nested()) == (None, None, (), None)
    assert files.pressure() == {}
    write(tmp_path / "proc" / "pressure", cpu="some avg10=1.00 avg60=1 avg300=2.00 total=1\n", io="odd\n")
    (tmp_path / "proc" / "loadavg").write_text("1.0 2.0 3.0 1/2 3\n")
    write(tmp_path / "sys/kernel/mm/ksm", run="1", pages_shared="1", pages_sharing="2")
    write(tmp_path / "sys/devices/system/cpu/vulnerabilities", b="Vulnerable", a="Not affected")
    write(tmp_path / "sys/module/kvm_amd/parameters", nested="1\n")
    page = os.sysconf("SC_PAGE_SIZE")
    assert files.pressure() == {Resource.CPU: Pressure(1.0, 2.0)}
    assert files.load() == (1.0, 2.0, 3.0)
    assert files.merging() == Merging(True, page, 2 * page)
    assert [(one.name, one.cure) for one in files.weaknesses()] == [
        ("a", Cure.NONE_NEEDED),
        ("b", Cure.VULNERABLE),
    ]
    assert files.nested() is True


def test_the_configured_filter(tmp_path: Path) -> None:
    folder = tmp_path / "libvirt"
    folder.mkdir()
    environ = {"XDG_CONFIG_HOME": str(tmp_path)}

    def asked(text: str) -> bool | None:
        (folder / "qemu.conf").write_text(text)
        return configured_seccomp("qemu:///session", environ)

    assert configured_seccomp("qemu:///session", environ) is True, "it is on unless told otherwise"
    assert asked("seccomp_sandbox = 0\n") is False
    assert asked("# seccomp_sandbox = 0\n") is True
    assert asked("seccomp_sandbox = 0\n  seccomp_sandbox=1 # on\n") is True
    assert asked("seccomp_sandbox = -1") is True
    assert asked("\x00\udcff".encode("utf-8", "surrogateescape").decode("latin-1")) is True
    for elsewhere in ("qemu+unix:///system?socket=/x", "lxc:///system", "test:///default"):
        assert configured_seccomp(elsewhere, environ) is None


# Real guests


def read_status(pid: int) -> dict[str, list[str]]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {line.partition(":")[0]: line.partition(":")[2].split() for line in lines}


def test_a_guests_walls_are_what_the_kernel_says(qemu: LibvirtHypervisor, disk: Path) -> None:
    name = "[red]x $(reboot)"
    key = qemu.define(guest(name, disk=disk))
    off, _ = look(qemu)
    assert (off.rooms[key].active, off.rooms[key].process) == (False, None)
    qemu.start(key)
    facts, found = look(qemu)
    room, standing = facts.rooms[key], found.standings[key]
    assert room.active
    assert room.process is not None
    assert f"guest={name}".encode() in Path(f"/proc/{room.process.pid}/cmdline").read_bytes()
    told = read_status(room.process.pid)
    assert [str(room.process.uid)] == told["Uid"][1:2]
    assert [str(room.process.seccomp)] == told["Seccomp"]
    assert [str(int(bool(room.process.no_new_privileges)))] == told["NoNewPrivs"]
    assert room.process.capabilities == int(told["CapEff"][0], 16)
    assert (room.boundary, room.plan.disks) == (Boundary.EMULATOR, (str(disk),))
    wanted = {
        Wall.BOUNDARY: Grade.WEAK,
        Wall.USER: Grade.MISSING if room.process.uid == 0 else Grade.GOOD,
        Wall.LABEL: Grade.WEAK,  # The tests' daemon has no security driver.
        Wall.SECCOMP: Grade.GOOD if told["Seccomp"] != ["0"] else Grade.WEAK,
        Wall.NETWORK: Grade.GOOD,
    }
    assert {one.wall: one.grade for one in standing.aspects} == wanted
    assert facts.models == ()
    assert facts.local
    assert facts.load is not None
    qemu.destroy(key)
    assert look(qemu)[0].rooms[key].process is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a guest as somebody else")
def test_a_guest_of_another_user(qemu: LibvirtHypervisor) -> None:
    label = (
        "<seclabel type='static' model='dac' relabel='no'><label>+65534:+65534</label></seclabel></domain>"
    )
    key = qemu.define(guest("nobody").replace("</domain>", label))
    qemu.start(key)
    facts, found = look(qemu)
    process = facts.rooms[key].process
    assert process is not None
    assert read_status(process.pid)["Uid"][1] == "65534"
    assert (process.uid, process.capabilities) == (65534, 0)
    aspect = found.standings[key].aspect(Wall.USER)
    assert aspect is not None
    assert (aspect.grade, aspect.word) == (Grade.GOOD, process.user)


def test_two_that_claim_to_be_a_guest_leave_it_unknown(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon
) -> None:
    key = qemu.define(guest("claimed"))
    qemu.start(key)
    code = "import sys; sys.stdin.read()"
    liar = subprocess.Popen([sys.executable, "-c", code, "-uuid", key.uuid], stdin=subprocess.PIPE)
    try:
        until(lambda: key.uuid.encode() in Path(f"/proc/{liar.pid}/cmdline").read_bytes(), "the liar")
        facts, found = look(qemu)
        assert facts.rooms[key].process is None
        aspect = found.standings[key].aspect(Wall.SECCOMP)
        assert aspect is not None
        assert aspect.grade is Grade.UNKNOWN
    finally:
        liar.communicate()


def test_events_of_devices_are_heard(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, disk: Path, wire: Wire
) -> None:
    seen = Seen()
    qemu.subscribe(seen)
    key = qemu.define(guest("devices"))
    other = qemu.define(guest("other"))
    qemu.start(key)
    settle(qemu, wire)
    libvirt_daemon.virsh("attach-disk", "devices", str(disk), "vdb", "--subdriver", "qcow2")
    seen.wait("device virtio-disk1 added")
    wire.calls.clear()
    facts = qemu.building(ENOUGH)
    assert facts.rooms[key].plan.disks == (str(disk),)
    assert wire.calls.count("virDomainGetXMLDesc") == 1, "the other one is known"
    assert facts.rooms[other].plan.disks == ()


def test_a_look_at_known_guests_asks_for_none_of_them(qemu: LibvirtHypervisor, wire: Wire) -> None:
    for number in range(5):
        qemu.define(guest(f"n{number}"))
    few = settle(qemu, wire)
    for number in range(5, 25):
        qemu.define(guest(f"n{number}"))
    assert settle(qemu, wire) == few
    assert len(few) < 6


def test_two_guests_on_one_disk_and_folder(qemu: LibvirtHypervisor, disk: Path, tmp_path: Path) -> None:
    one, other = qemu.define(guest("one", disk=disk)), qemu.define(guest("two", disk=disk))
    _, found = look(qemu)
    aspect = found.standings[one].aspect(Wall.DISKS)
    assert aspect is not None
    assert aspect.words == f"one, two write to the same disk: {disk}"
    assert [finding.keys for finding in found.findings if finding.topic == "disks"] == [(one, other)]


@pytest.fixture
def pool(libvirt_daemon: PrivateDaemon, tmp_path: Path) -> Iterator[Callable[[str, str], str]]:
    """A pool in a folder; makes volumes in it."""
    folder = tmp_path / "pool"
    folder.mkdir()
    libvirt_daemon.virsh("pool-create-as", "odd [b]", "dir", "--target", str(folder))
    yield lambda name, size: libvirt_daemon.virsh(
        "vol-create-as", "odd [b]", name, size, "--format", "qcow2", "--allocation", "0"
    )
    libvirt_daemon.virsh("pool-destroy", "odd [b]")


def test_a_pool_and_what_its_volumes_may_grow_to(
    qemu: LibvirtHypervisor, pool: Callable[[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pool("first", "3G")
    pool("second", "4096G")
    facts, found = look(qemu)
    assert facts.pools is not None
    one = next(each for each in facts.pools if each.name == "odd [b]")
    assert (one.active, one.promised, one.volumes) == (True, (3 + 4096) << 30, 2)
    assert one.ratio is not None
    assert one.ratio > 1
    assert any(each.topic == "pool" and "odd [b]" in each.text for each in found.findings)
    pool("third", "1G")
    monkeypatch.setattr("tuivm.hypervisor.stores.LIST_EVERY", 0.0)
    facts, _ = look(qemu)
    assert facts.pools is not None
    assert next(each for each in facts.pools if each.name == "odd [b]").promised == (4 + 4096) << 30


def test_a_read_only_connection_sees_the_same(qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon) -> None:
    key = qemu.define(guest("seen"))
    qemu.start(key)
    facts, _ = look(qemu)
    reader = connect(libvirt_daemon.uri, read_only=True)
    reader.open()
    try:
        seen, _ = look(reader)
    finally:
        reader.close()
    assert seen.rooms == facts.rooms
    assert seen.networks == facts.networks


def test_another_host_tells_what_libvirt_tells(
    qemu: LibvirtHypervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = qemu.define(guest("afar"))
    qemu.start(key)
    monkeypatch.setattr(LibvirtHypervisor, "is_here", lambda self: False)
    facts, found = look(qemu)
    room = facts.rooms[key]
    assert (room.process, facts.load, facts.weaknesses) == (None, None, ())
    assert "pressure" in {one.what for one in facts.unseen}
    assert all("another machine" in one.why for one in facts.unseen)
    user = found.standings[key].aspect(Wall.USER)
    assert user is not None
    if os.geteuid() == 0:
        assert (user.grade, user.word) == (Grade.MISSING, "root"), "libvirt's own label tells the user"


def test_a_lost_daemon_is_told() -> None:
    with temporary_daemon() as daemon:
        hypervisor = connect(daemon.uri)
        hypervisor.open()
        hypervisor.define(guest("left"))
        daemon.kill()
        with pytest.raises(Unreachable):
            hypervisor.building(ENOUGH)
        hypervisor.close()
        daemon.start()


def test_every_capability_is_asked_once_in_a_while(
    qemu: LibvirtHypervisor, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(qemu)
    monkeypatch.setattr(looks, "FRAME_EVERY", 0.0)
    wire.calls.clear()
    qemu.building(ENOUGH)
    assert wire.calls.count("virConnectGetCapabilities") == 1


# Containers


@pytest.fixture(scope="module")
def lxc() -> Iterator[LibvirtHypervisor]:
    with temporary_daemon("lxc") as daemon:
        hypervisor = connect(daemon.uri)
        hypervisor.open()
        yield hypervisor
        hypervisor.close()


def containers(test: Callable[..., None]) -> Callable[..., None]:
    """Leave the test out where there can be no containers."""
    for mark in needed_by_containers:
        test = mark(test)
    return test


def _command(room: Room) -> bytes:
    """The command line of a machine's process; empty while there is none."""
    return Path(f"/proc/{room.process.pid}/cmdline").read_bytes() if room.process is not None else b""


@containers
def test_a_container_shares_the_kernel(lxc: LibvirtHypervisor, tmp_path: Path) -> None:
    root = tmp_path / "root"
    for folder in ("bin", "dev", "proc", "sys", "tmp"):
        (root / folder).mkdir(parents=True)
    (root / "bin" / "busybox").write_bytes(Path("/bin/busybox").read_bytes())
    (root / "bin" / "busybox").chmod(0o755)
    key = lxc.define(CONTAINER.format(name="box", root=root))
    lxc.start(key)
    try:
        until(lambda: b"busybox" in _command(look(lxc)[0].rooms[key]), "its first process")
        facts, found = look(lxc)
        room = facts.rooms[key]
        assert room.boundary is Boundary.KERNEL
        assert room.process is not None
        assert [str(room.process.uid)] == read_status(room.process.pid)["Uid"][1:2]
        grades = {one.wall: one.grade for one in found.standings[key].aspects}
        assert grades[Wall.BOUNDARY] is Grade.WEAK
        assert grades[Wall.USER] is Grade.MISSING
        assert Wall.FOLDERS not in grades, "its own root is no door"
        words = " ".join(one.text for one in found.findings)
        assert "containers, which share the host's kernel: box" in words
        assert "the container's root is the host's root: box" in words
    finally:
        lxc.destroy(key)
        lxc.undefine(key)


def test_what_was_forked_is_not_another_claim(tmp_path: Path) -> None:
    for pid, parent in ((10, 1), (11, 10), (12, 11), (20, 1)):
        write(tmp_path / str(pid), status=f"PPid:\t{parent}\nUid:\t0\t0\t0\t0\n")
    assert processes.eldest([10, 11, 12], tmp_path) == [10]
    assert processes.eldest([10, 20], tmp_path) == [10, 20]
    assert processes.eldest([99], tmp_path) == [99]


def test_a_process_that_tells_nothing_is_not_known(tmp_path: Path) -> None:
    assert processes.describe(5, tmp_path) is None
    write(tmp_path / "5", status="Uid:\tx\ty\n")
    assert processes.describe(5, tmp_path) is None
    write(tmp_path / "6" / "attr", current="lib\x1b[31mvirt-1 (enforce)\n\x00")
    (tmp_path / "6" / "status").write_text("Uid:\t1\t4294967294\nSeccomp:\t9x\nCapEff:\tzz\n")
    told = processes.describe(6, tmp_path)
    assert told is not None
    assert (told.uid, told.user, told.seccomp, told.capabilities) == (4294967294, "4294967294", None, None)
    assert told.profile == "lib[31mvirt-1 (enforce)"
    assert processes.first_child(6, tmp_path) is None
