"""Why real domains do not start: the facts found, and what is made of them."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon import PrivateDaemon
from tests.hypervisor.conftest import GUEST, guest
from tuivm.core.diagnosis import findings
from tuivm.hypervisor import LibvirtHypervisor, logs
from tuivm.model.diagnosis import Finding, StartFacts
from tuivm.model.domain import DomainKey
from tuivm.model.errors import HypervisorError


@pytest.fixture(autouse=True)
def _logs(libvirt_daemon: PrivateDaemon, monkeypatch: pytest.MonkeyPatch) -> None:
    # As root the daemon has folders of its own in the place of the system's; seen from here they are there.
    monkeypatch.setattr(logs, "SYSTEM", str(libvirt_daemon.directory / "log"))
    if os.geteuid() != 0:
        monkeypatch.setenv("XDG_CACHE_HOME", str(libvirt_daemon.directory / "home" / "cache"))


def fail(qemu: LibvirtHypervisor, xml: str) -> tuple[StartFacts, str, tuple[Finding, ...]]:
    """Define and start; it must fail. The facts, libvirt's words, and the findings."""
    key = qemu.define(xml)
    with pytest.raises(HypervisorError) as caught:
        qemu.start(key)
    facts = qemu.start_facts(key)
    said = caught.value.message
    return facts, said, findings(facts, said)


def with_devices(name: str, devices: str) -> str:
    return GUEST.format(name=name, devices=devices, vcpus=1)


def test_a_missing_disk(qemu: LibvirtHypervisor, tmp_path: Path) -> None:
    gone = tmp_path / "gone [b].qcow2"
    facts, said, found = fail(qemu, guest("diskless", disk=gone))
    assert str(gone) in said
    assert found[0] == Finding(
        f"vda: {gone}: it is not there.", "put it back, or take the device out of the XML", certain=True
    )
    assert not facts.conflicts


def test_a_missing_backing_file(qemu: LibvirtHypervisor, tmp_path: Path, disk: Path) -> None:
    import subprocess

    top = tmp_path / "top.qcow2"
    subprocess.run(
        ["qemu-img", "create", "-qf", "qcow2", "-b", str(disk), "-F", "qcow2", str(top)], check=True
    )
    disk.unlink()
    _, _, found = fail(qemu, guest("chain", disk=top))
    assert found[0].words == f"vda, which is built on it: {disk}: it is not there."


def test_a_missing_and_an_inactive_network(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, tmp_path: Path
) -> None:
    nic = "<interface type='network'><source network='{}'/></interface>"
    _, said, found = fail(qemu, with_devices("lost", nic.format("no such [b]net")))
    assert "no such [b]net" in said
    assert found[0].words == "There is no network 'no such [b]net'."
    path = tmp_path / "net.xml"
    path.write_text("<network><name>quiet net</name><bridge name='tuivmq0'/></network>")
    libvirt_daemon.virsh("net-define", str(path))
    try:
        _, _, found = fail(qemu, with_devices("waiting", nic.format("quiet net")))
        assert found[0].words == "The network 'quiet net' is not active."
        assert found[0].remedy.endswith("net-start 'quiet net'")
    finally:
        libvirt_daemon.virsh("net-undefine", "quiet net")


def test_an_inactive_pool(qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, tmp_path: Path) -> None:
    libvirt_daemon.virsh("pool-define-as", "asleep", "dir", "--target", str(tmp_path))
    try:
        device = (
            "<disk type='volume'><driver name='qemu' type='qcow2'/><source pool='asleep' volume='x.qcow2'/>"
            "<target dev='vda' bus='virtio'/></disk>"
        )
        _, _, found = fail(qemu, with_devices("pooled", device))
        assert found[0].words == "The pool 'asleep' is not active."
    finally:
        libvirt_daemon.virsh("pool-undefine", "asleep")


def test_more_memory_than_there_is(qemu: LibvirtHypervisor) -> None:
    xml = GUEST.format(name="huge", devices="", vcpus=1).replace(
        "<memory unit='MiB'>32</memory>", "<memory unit='TiB'>64</memory>"
    )
    facts, _, found = fail(qemu, xml)
    assert facts.memory == 64 * 1024**4
    assert found[0].words.startswith("It asks for 64T of memory; the whole host has ")
    assert "give it less memory" in found[0].remedy


def test_the_log_of_a_qemu_that_ended_at_once(qemu: LibvirtHypervisor, tmp_path: Path) -> None:
    kernel = tmp_path / "kernel"
    kernel.write_bytes(b"\x1b[2Jno kernel at all" * 100)
    xml = GUEST.format(name="broken", devices="", vcpus=1).replace(
        "<bios useserial='yes'/>", f"<kernel>{kernel}</kernel>"
    )
    xml = xml.replace(
        "</domain>",
        "<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
        "<qemu:arg value='-nonsense'/></qemu:commandline></domain>",
    )
    facts, said, _ = fail(qemu, xml)
    assert "nonsense" in said
    assert any("-nonsense" in line for line in facts.log)
    assert "starting up" in facts.log[0]
    assert facts.log_note.endswith("broken.log")


def test_a_disk_that_another_machine_has(qemu: LibvirtHypervisor, disk: Path) -> None:
    qemu.start(qemu.define(guest("first", disk=disk)))
    facts, said, found = fail(qemu, guest("second", disk=disk))
    assert "lock" in said
    assert facts.conflicts == (f"vda: first runs with the same disk ({disk})",)
    assert found[0].words == f"vda: first runs with the same disk ({disk})."


@pytest.fixture
def port() -> Iterator[int]:
    """A TCP port of this machine that somebody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


def test_a_port_that_is_taken(qemu: LibvirtHypervisor, port: int) -> None:
    vnc = f"<graphics type='vnc' port='{port}' listen='127.0.0.1'/>"
    _, _, found = fail(qemu, with_devices("seen", vnc))
    assert found[0].words == f"port {port}: another program listens there."


def test_kvm_that_is_not_there(qemu: LibvirtHypervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuivm.hypervisor.diagnosis._kvm", lambda link, here: "this host has no /dev/kvm")
    facts = qemu.start_facts(qemu.define(guest("plain")))
    assert facts.kvm_problem == ""
    assert not facts.kvm


def test_nothing_wrong_finds_nothing(qemu: LibvirtHypervisor, disk: Path) -> None:
    facts = qemu.start_facts(qemu.define(guest("well", disk=disk)))
    assert findings(facts, "") == ()


def test_on_the_test_driver(test_hypervisor: LibvirtHypervisor) -> None:
    by_name = {domain.name: domain.key for domain in test_hypervisor.list_domains()}
    facts = test_hypervisor.start_facts(by_name["web"])
    assert facts.files == ()
    assert facts.log_note == "this hypervisor keeps no log of a domain"
    assert [(one.name, one.active) for one in facts.places] == [("default", False)] or facts.places


def test_a_domain_that_is_gone(qemu: LibvirtHypervisor) -> None:
    with pytest.raises(HypervisorError):
        qemu.start_facts(DomainKey(qemu.host().connection, "11111111-1111-4111-8111-111111111119"))
