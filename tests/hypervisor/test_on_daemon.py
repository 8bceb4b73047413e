"""Real QEMU guests on a private daemon: verbs, statistics, snapshots, events of another program."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.daemon import PrivateDaemon
from tests.hypervisor.conftest import Seen, Wire, guest
from tuivm.hypervisor import LibvirtHypervisor, connect
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey, State
from tuivm.model.errors import Invalid, NotFound, NotSupported
from tuivm.model.event import EventKind
from tuivm.model.host import Kind
from tuivm.model.snapshot import SnapshotRequest

MIB = 1024 * 1024


def test_life_of_a_guest(qemu: LibvirtHypervisor) -> None:
    seen = Seen()
    qemu.subscribe(seen)
    name = "[red]x[bold] $(reboot)"
    key = qemu.define(guest(name, vcpus=2))
    off = qemu.read_domain(key)
    assert (off.name, off.state, off.vcpus, off.memory, off.started) == (name, State.OFF, 2, 32 * MIB, None)

    before = time.time()
    qemu.start(key)
    event = seen.wait("started (booted)")
    assert event.started
    assert event.key == key
    domain = qemu.read_domain(key)
    assert (domain.state, domain.reason, domain.virt_type) == (State.RUNNING, "booted", "qemu")
    assert domain.started is not None
    assert abs(domain.started - before) < 60

    with pytest.raises(Invalid, match="already running"):
        qemu.start(key)
    qemu.suspend(key)
    assert qemu.read_domain(key).state is State.PAUSED
    qemu.resume(key)
    qemu.reset(key)
    assert seen.wait("rebooted").kind is EventKind.REBOOT
    qemu.shutdown(key)  # Nobody is there to listen: it only has to be accepted.
    qemu.destroy(key)
    assert seen.wait("stopped (destroyed)").stopped
    gone = qemu.read_domain(key)
    assert (gone.state, gone.reason, gone.id, gone.started) == (State.OFF, "destroyed", None, None)
    qemu.undefine(key)
    assert seen.wait("undefined").gone
    with pytest.raises(NotFound):
        qemu.read_domain(key)


def test_one_call_samples_every_running_domain(qemu: LibvirtHypervisor, disk: Path, wire: Wire) -> None:
    running = qemu.define(guest("running", disk=disk, vcpus=2))
    qemu.define(guest("off"))
    qemu.start(running)
    qemu.list_domains()
    wire.calls.clear()
    counters = {one.name: one for one in qemu.sample()}
    assert wire.calls == ["virConnectGetAllDomainStats"]

    one = counters["running"]
    assert (one.state, one.vcpus, one.memory, one.memory_max) == (State.RUNNING, 2, 32 * MIB, 32 * MIB)
    assert one.cpu_time is not None
    assert one.rss is not None
    assert one.rss > MIB
    assert [(drive.name, drive.capacity) for drive in one.disks] == [("vda", 16 * MIB)]
    assert "off" not in counters


def test_a_list_costs_the_same_for_any_number(qemu: LibvirtHypervisor, wire: Wire) -> None:
    qemu.define(guest("first"))
    qemu.list_domains()
    wire.calls.clear()
    assert len(qemu.list_domains()) == 1
    few = list(wire.calls)
    assert len(few) == 6
    for number in range(20):
        qemu.define(guest(f"more-{number}"))
    wire.calls.clear()
    assert len(qemu.list_domains()) == 21
    assert wire.calls == few


def test_a_verb_is_one_call(qemu: LibvirtHypervisor, wire: Wire) -> None:
    key = qemu.define(guest("one"))
    qemu.list_domains()
    wire.calls.clear()
    qemu.set_autostart(key, True)
    assert wire.calls == ["virDomainSetAutostart"]
    assert qemu.list_domains()[0].autostart is True


def test_snapshots_of_a_running_guest(qemu: LibvirtHypervisor, disk: Path) -> None:
    seen = Seen()
    qemu.subscribe(seen)
    key = qemu.define(guest("snap", disk=disk))
    qemu.start(key)
    first = qemu.take_snapshot(key, SnapshotRequest("one", "before the change"))
    assert (first.memory, first.state, first.external) == (True, "running", False)
    with pytest.raises(Invalid, match="exists already"):
        qemu.take_snapshot(key, SnapshotRequest("one"))
    qemu.take_snapshot(key, SnapshotRequest("later"))
    assert qemu.snapshot_names(key) == ("one", "later")
    qemu.revert_snapshot(key, "one")
    assert "snapshot" in " ".join(seen.details("snap"))
    assert qemu.read_domain(key).state is State.RUNNING
    assert qemu.snapshot_names(key) == ("later", "one")
    qemu.delete_snapshot(key, "later")
    assert [one.name for one in qemu.detail(key).snapshots] == ["one"]
    assert qemu.read_domain(key).has_snapshots
    qemu.destroy(key)
    qemu.undefine(key)


def test_a_hostile_snapshot_name_is_taken_as_it_is_or_refused_in_words(
    qemu: LibvirtHypervisor, disk: Path
) -> None:
    name = "one & <two> $(reboot)"
    key = qemu.define(guest("snap", disk=disk))
    qemu.start(key)
    refused = ""
    try:
        qemu.take_snapshot(key, SnapshotRequest(name))
    except Invalid as error:  # libvirt 11 hands the name to QEMU, which takes few signs
        refused = str(error)
    if refused:
        assert "snapshot's name" in refused
        assert "use letters" in refused
        assert qemu.snapshot_names(key) == ()
    else:
        assert qemu.snapshot_names(key) == (name,)
        qemu.delete_snapshot(key, name)
    assert qemu.snapshot_names(key) == ()
    qemu.destroy(key)
    qemu.undefine(key)


def test_a_snapshot_of_a_guest_that_is_off_has_no_memory(qemu: LibvirtHypervisor, disk: Path) -> None:
    key = qemu.define(guest("cold", disk=disk))
    taken = qemu.take_snapshot(key, SnapshotRequest("cold"))
    assert (taken.state, taken.memory) == ("shutoff", False)


def test_a_guest_without_disk_cannot_be_snapshot(qemu: LibvirtHypervisor) -> None:
    key = qemu.define(guest("diskless"))
    qemu.start(key)
    with pytest.raises(NotSupported) as caught:
        qemu.take_snapshot(key, SnapshotRequest("x"))
    assert "qcow2" in caught.value.remedy
    assert Capability.SNAPSHOT not in qemu.unsupported(), "what one domain lacks is not what the driver lacks"


def test_what_virsh_does_is_seen(qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon) -> None:
    seen = Seen()
    qemu.subscribe(seen)
    key = qemu.define(guest("elsewhere"))
    qemu.list_domains()
    libvirt_daemon.virsh("start", "elsewhere")
    seen.wait("started (booted)")
    libvirt_daemon.virsh("suspend", "elsewhere")
    seen.wait("paused")
    libvirt_daemon.virsh("destroy", "elsewhere")
    seen.wait("stopped (destroyed)")
    libvirt_daemon.virsh("domrename", "elsewhere", "renamed")
    assert not seen.wait("undefined (renamed)").gone
    assert qemu.read_domain(key).name == "renamed"
    libvirt_daemon.virsh("undefine", "renamed")
    assert seen.wait("undefined", "renamed").key == key
    with pytest.raises(NotFound):
        qemu.set_autostart(key, True)


def test_devices_and_titles_changed_elsewhere(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, disk: Path
) -> None:
    seen = Seen()
    qemu.subscribe(seen)
    key = qemu.define(guest("devices"))
    qemu.start(key)
    libvirt_daemon.virsh("attach-disk", "devices", str(disk), "vdb", "--subdriver", "qcow2")
    assert seen.wait("device virtio-disk1 added").kind is EventKind.DEVICE
    assert [one.target for one in qemu.detail(key).description.disks] == ["vdb"]
    libvirt_daemon.virsh("desc", "devices", "--title", "--live", "my title")
    seen.wait("title changed")
    assert qemu.detail(key).description.title == "my title"


def test_host_follows_what_its_guests_use(qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon) -> None:
    qemu.define(guest("emulated"))
    other = connect(libvirt_daemon.uri)
    host = other.open()
    other.close()
    assert (host.kind, host.acceleration, host.hypervisor) == (Kind.TYPE2, "emulation", "QEMU")
    assert host.connection == libvirt_daemon.uri
    assert host.is_local
    assert host.version.count(".") == 2


def test_load_is_this_machines(qemu: LibvirtHypervisor) -> None:
    assert qemu.host_load().cpu is None
    time.sleep(0.2)
    load = qemu.host_load()
    assert load.cpu is not None
    assert 0 <= load.cpu <= 100
    assert 0 < load.memory_used < load.memory_total


def test_addresses_of_a_guest_without_network(qemu: LibvirtHypervisor) -> None:
    key = qemu.define(guest("alone"))
    qemu.start(key)
    assert qemu.addresses(key) == ()


def test_a_transient_domain_is_gone_when_it_stops(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, tmp_path: Path
) -> None:
    seen = Seen()
    qemu.subscribe(seen)
    path = tmp_path / "transient.xml"
    path.write_text(guest("fleeting"))
    libvirt_daemon.virsh("create", str(path))
    key = seen.wait("started (booted)").key
    assert isinstance(key, DomainKey)
    assert not qemu.read_domain(key).persistent
    qemu.destroy(key)
    assert seen.wait("stopped (destroyed)").gone
    with pytest.raises(NotFound):
        qemu.read_domain(key)


def test_without_the_monitors_module_breaks_are_greyed(
    libvirt_daemon: PrivateDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuivm.hypervisor.keyboard._MODULE", "libvirt_none")
    hypervisor = connect(libvirt_daemon.uri)
    hypervisor.open()
    try:
        assert "libvirt_qemu" in hypervisor.unsupported()[Capability.SEND_BREAK]
        with pytest.raises(NotSupported, match="without libvirt_qemu"):
            hypervisor.send_break(hypervisor.define(guest("breaks")))
    finally:
        libvirt_daemon.virsh("undefine", "breaks")
        hypervisor.close()
