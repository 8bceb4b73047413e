"""Everything that libvirt's own test driver can do: real libvirt, simulated machines."""

from __future__ import annotations

import gc
import threading
import weakref
from pathlib import Path

import pytest

from tests.hypervisor.conftest import Seen, Wire, until
from tuivm.hypervisor import LibvirtHypervisor, connect
from tuivm.hypervisor.keycodes import KEYS
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.errors import Invalid, NotFound, NotSupported, Unreachable
from tuivm.model.event import EventKind
from tuivm.model.host import Kind
from tuivm.model.snapshot import SnapshotRequest

MIB = 1024 * 1024
WEB = "11111111-1111-4111-8111-111111111111"


def by_name(hypervisor: LibvirtHypervisor) -> dict[str, Domain]:
    return {domain.name: domain for domain in hypervisor.list_domains()}


def test_host_is_simulated(test_hypervisor: LibvirtHypervisor) -> None:
    host = test_hypervisor.open()
    assert (host.kind, host.hypervisor, host.acceleration) == (Kind.SIMULATED, "TEST", "")
    assert host.connection.startswith("test:///")
    assert host.cpus > 0
    assert host.memory > 0
    assert not host.is_local
    assert host.libvirt.count(".") == 2


def test_list_tells_every_domain_with_its_sizes(test_hypervisor: LibvirtHypervisor) -> None:
    domains = by_name(test_hypervisor)
    assert set(domains) == {"web", "[red]x[bold]", "$(reboot)"}
    web = domains["web"]
    assert web.key == DomainKey(test_hypervisor.open().connection, WEB)
    assert (web.state, web.vcpus, web.memory, web.memory_max) == (State.RUNNING, 2, 256 * MIB, 512 * MIB)
    assert web.id is not None
    assert (web.autostart, web.persistent, web.saved, web.has_snapshots) == (False, True, False, False)
    off = domains["$(reboot)"]
    assert (off.state, off.id, off.memory) == (State.OFF, None, 64 * MIB)


def test_list_reads_every_set_in_one_call(test_hypervisor: LibvirtHypervisor, wire: Wire) -> None:
    test_hypervisor.list_domains()
    assert wire.calls.count("virConnectListAllDomains") == 5
    assert wire.calls.count("virConnectGetAllDomainStats") == 1


def test_sample_completes_what_the_bulk_call_leaves_out(test_hypervisor: LibvirtHypervisor) -> None:
    counters = {one.name: one for one in test_hypervisor.sample()}
    web = counters["web"]
    assert (web.state, web.vcpus, web.memory) == (State.RUNNING, 2, 256 * MIB)
    assert web.cpu_time is not None
    assert [disk.name for disk in web.disks] == ["vda"]
    assert [nic.name for nic in web.nics] == ["testnet0"]
    assert "$(reboot)" not in counters, "it is off"
    assert (web.disks[0].read_requests or 0) > 0
    assert (web.nics[0].rx_packets or 0) > 0
    later = {one.name: one for one in test_hypervisor.sample()}["web"]
    assert later.time > web.time
    assert later.cpu_time is not None
    assert later.cpu_time >= web.cpu_time


def test_lifecycle_and_its_events(test_hypervisor: LibvirtHypervisor) -> None:
    seen = Seen()
    test_hypervisor.subscribe(seen)
    key = by_name(test_hypervisor)["[red]x[bold]"].key
    steps = [
        (test_hypervisor.suspend, "paused", State.PAUSED),
        (test_hypervisor.resume, "resumed", State.RUNNING),
        (test_hypervisor.destroy, "stopped (destroyed)", State.OFF),
        (test_hypervisor.start, "started (booted)", State.RUNNING),
        (test_hypervisor.shutdown, "stopped (shut down)", State.OFF),
    ]
    for verb, detail, state in steps:
        verb(key)
        event = seen.wait(detail)
        assert (event.kind, event.key, event.name) == (EventKind.LIFECYCLE, key, "[red]x[bold]")
        assert event.stopped is detail.startswith("stopped")
        assert event.started is detail.startswith("started")
        assert test_hypervisor.read_domain(key).state is state
    assert seen.threads == {"libvirt-events"}


def test_undefine_is_told_as_gone(test_hypervisor: LibvirtHypervisor) -> None:
    seen = Seen()
    test_hypervisor.subscribe(seen)
    key = by_name(test_hypervisor)["$(reboot)"].key
    test_hypervisor.undefine(key)
    assert seen.wait("undefined").gone
    with pytest.raises(NotFound):
        test_hypervisor.read_domain(key)
    with pytest.raises(NotFound):
        test_hypervisor.start(key)


def test_undefining_a_running_domain_leaves_it_there(test_hypervisor: LibvirtHypervisor) -> None:
    seen = Seen()
    test_hypervisor.subscribe(seen)
    key = by_name(test_hypervisor)["web"].key
    test_hypervisor.undefine(key)
    assert not seen.wait("undefined").gone
    domain = test_hypervisor.read_domain(key)
    assert (domain.state, domain.persistent) == (State.RUNNING, False)


def test_define_makes_a_domain(test_hypervisor: LibvirtHypervisor) -> None:
    key = test_hypervisor.define(
        "<domain type='test'><name>new</name><memory>1024</memory><os><type>hvm</type></os></domain>"
    )
    domain = test_hypervisor.read_domain(key)
    assert (domain.name, domain.state, domain.virt_type) == ("new", State.OFF, "test")
    with pytest.raises(Invalid):
        test_hypervisor.define("<domain type='test'><name>")


def test_autostart(test_hypervisor: LibvirtHypervisor) -> None:
    key = by_name(test_hypervisor)["web"].key
    test_hypervisor.set_autostart(key, True)
    assert test_hypervisor.read_domain(key).autostart is True
    assert by_name(test_hypervisor)["web"].autostart is True
    test_hypervisor.set_autostart(key, False)
    assert test_hypervisor.read_domain(key).autostart is False


@pytest.mark.parametrize("name", ["before", "a <b> & \"c\" 'd'", "[red]x[bold]", "$(reboot)", "naïve 雪"])
def test_snapshots(test_hypervisor: LibvirtHypervisor, name: str) -> None:
    key = by_name(test_hypervisor)["web"].key
    taken = test_hypervisor.take_snapshot(key, SnapshotRequest(name, "words <&>"))
    assert (taken.name, taken.description, taken.current, taken.memory) == (name, "words <&>", True, True)
    test_hypervisor.take_snapshot(key, SnapshotRequest("child"))
    detail = test_hypervisor.detail(key)
    assert [(one.name, one.parent, one.current) for one in detail.snapshots] == [
        (name, None, False),
        ("child", name, True),
    ]
    assert test_hypervisor.snapshot_names(key) == (name, "child")
    assert by_name(test_hypervisor)["web"].has_snapshots
    with pytest.raises(Invalid, match="exists already"):
        test_hypervisor.take_snapshot(key, SnapshotRequest(name))
    test_hypervisor.revert_snapshot(key, name)
    assert test_hypervisor.snapshot_names(key) == ("child", name)
    test_hypervisor.delete_snapshot(key, name)
    assert test_hypervisor.snapshot_names(key)[0] == "child"
    assert test_hypervisor.detail(key).snapshots[0].parent is None


def test_a_snapshot_that_is_not_there(test_hypervisor: LibvirtHypervisor) -> None:
    key = by_name(test_hypervisor)["web"].key
    with pytest.raises(NotFound, match="no snapshot named nix"):
        test_hypervisor.revert_snapshot(key, "nix")
    with pytest.raises(NotFound, match="no snapshot named nix"):
        test_hypervisor.delete_snapshot(key, "nix")


def test_the_wrong_state_is_invalid(test_hypervisor: LibvirtHypervisor) -> None:
    key = by_name(test_hypervisor)["web"].key
    with pytest.raises(Invalid):
        test_hypervisor.start(key)
    with pytest.raises(NotFound):
        test_hypervisor.start(DomainKey(key.connection, "22222222-2222-4222-8222-222222222222"))


def test_what_the_driver_lacks_is_told_with_a_reason(test_hypervisor: LibvirtHypervisor) -> None:
    test_hypervisor.list_domains()
    missing = test_hypervisor.unsupported()
    assert missing[Capability.CONSOLE] == "the TEST driver has no console"
    assert Capability.SNAPSHOT not in missing
    key = by_name(test_hypervisor)["web"].key
    with pytest.raises(NotSupported, match="has no console"):
        test_hypervisor.open_console(key, on_data=lambda data: None, on_end=lambda error: None)


def test_detail_reads_the_xml(test_hypervisor: LibvirtHypervisor) -> None:
    detail = test_hypervisor.detail(by_name(test_hypervisor)["web"].key)
    assert detail.xml.startswith("<domain type='test'")
    assert detail.description.virt_type == "test"
    assert [disk.target for disk in detail.description.disks] == ["vda"]
    assert detail.snapshots == ()
    assert detail.snapshots_error == ""


def test_addresses() -> None:
    hypervisor = connect("test:///default")
    hypervisor.open()
    found = hypervisor.addresses(hypervisor.list_domains()[0].key)
    hypervisor.close()
    assert [(one.address, one.prefix, one.source) for one in found] == [("192.168.122.3", 24, "lease")]


def test_load_without_memory_statistics(test_hypervisor: LibvirtHypervisor) -> None:
    load = test_hypervisor.host_load()
    assert load.memory_total == test_hypervisor.open().memory
    assert 0 <= load.memory_used <= load.memory_total


def test_read_only_greys_every_verb(test_hypervisor: LibvirtHypervisor) -> None:
    hypervisor = connect(test_hypervisor.uri, read_only=True)
    hypervisor.open()
    assert len(hypervisor.list_domains()) == 3
    assert hypervisor.unsupported()[Capability.DESTROY] == "read-only connection"
    assert Capability.BULK_STATS not in hypervisor.unsupported()
    hypervisor.close()


def test_events_survive_reopening() -> None:
    seen = Seen()
    hypervisor = connect("test:///default")
    hypervisor.subscribe(seen)
    hypervisor.open()
    hypervisor.open()
    key = hypervisor.list_domains()[0].key
    hypervisor.suspend(key)
    hypervisor.resume(key)
    seen.wait("resumed")
    assert seen.details() == ["paused", "resumed"]
    hypervisor.close()


def test_a_closed_connection_is_let_go(test_hypervisor: LibvirtHypervisor) -> None:
    test_hypervisor.list_domains()
    test_hypervisor.sample()
    link = weakref.ref(test_hypervisor.link())
    test_hypervisor.close()
    until(lambda: gc.collect() >= 0 and link() is None, "the end of the connection")


def test_closed_is_unreachable_and_close_may_be_repeated() -> None:
    hypervisor = connect("test:///default")
    with pytest.raises(Unreachable, match="not connected"):
        hypervisor.list_domains()
    hypervisor.open()
    key = hypervisor.list_domains()[0].key
    hypervisor.close()
    hypervisor.close()
    for call in (hypervisor.sample, hypervisor.list_domains, hypervisor.host_load):
        with pytest.raises(Unreachable):
            call()
    with pytest.raises(Unreachable):
        hypervisor.start(key)


def test_many_threads_at_once(test_hypervisor: LibvirtHypervisor) -> None:
    key = by_name(test_hypervisor)["web"].key
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for _ in range(20):
                test_hypervisor.list_domains()
                test_hypervisor.sample()
                test_hypervisor.read_domain(key)
                if number == 0:
                    test_hypervisor.suspend(key)
                    test_hypervisor.resume(key)
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_closing_under_calls_never_crashes(tmp_path: Path) -> None:
    hypervisor = connect("test:///default")
    hypervisor.open()
    stop = threading.Event()
    unexpected: list[BaseException] = []

    def work() -> None:
        while not stop.is_set():
            try:
                hypervisor.list_domains()
                hypervisor.sample()
            except Unreachable:
                continue
            except BaseException as error:  # noqa: BLE001
                unexpected.append(error)
                return

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(30):
        hypervisor.close()
        hypervisor.open()
    stop.set()
    for thread in threads:
        thread.join()
    hypervisor.close()
    assert unexpected == []
    until(lambda: not any(thread.is_alive() for thread in threads))


def test_keys_are_pressed_by_name(test_hypervisor: LibvirtHypervisor) -> None:
    key = next(domain.key for domain in test_hypervisor.list_domains() if domain.name == "web")
    assert Capability.SEND_KEYS not in test_hypervisor.unsupported()
    test_hypervisor.send_keys(key, ["KEY_LEFTCTRL", "KEY_LEFTALT", "KEY_DELETE"])
    with pytest.raises(Invalid, match="there is no key called KEY_NONE"):
        test_hypervisor.send_keys(key, ["KEY_NONE"])
    for none in ([], ["KEY_A"] * 17):
        with pytest.raises(Invalid, match="between 1 and 16 keys"):
            test_hypervisor.send_keys(key, none)
    with pytest.raises(NotSupported, match="driver has no way to send a break"):
        test_hypervisor.send_break(key)
    assert (KEYS["KEY_ESC"], KEYS["KEY_A"], KEYS["KEY_F1"], KEYS["KEY_KPDOT"]) == (1, 30, 59, 83)
    assert (KEYS["KEY_F12"], KEYS["KEY_SYSRQ"], KEYS["KEY_DELETE"], KEYS["KEY_F24"]) == (88, 99, 111, 194)
