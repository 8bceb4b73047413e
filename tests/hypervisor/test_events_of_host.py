"""Events of networks, pools and devices; subscriptions that end; and drivers that have none of them."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import libvirt
import pytest

from tests.daemon import PrivateDaemon
from tests.hypervisor.conftest import Seen, until
from tuivm.hypervisor import LibvirtHypervisor, connect
from tuivm.hypervisor.events import EventFeed
from tuivm.model.event import Event, EventKind, Severity

NETWORK = "<network><name>{name}</name><forward mode='bridge'/><bridge name='none-such'/></network>"
ADAPTER = (
    "<device><parent>scsi_host1</parent><capability type='scsi_host'><capability type='fc_host'>"
    "<wwnn>1000000023452345</wwnn><wwpn>2000000023452345</wwpn></capability></capability></device>"
)
POOL = "<pool type='dir'><name>{name}</name><target><path>{path}</path></target></pool>"


def host_events(seen: Seen, name: str) -> list[tuple[str, str]]:
    """Kind and words of what happened to the network or pool of that name."""
    return [(event.kind.value, event.detail) for event in tuple(seen.events) if event.name == name]


def test_networks_and_pools_of_a_daemon(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, tmp_path: Path
) -> None:
    seen = Seen()
    qemu.subscribe(seen)
    virsh = libvirt_daemon.virsh
    net, pool = tmp_path / "net.xml", tmp_path / "pool.xml"
    net.write_text(NETWORK.format(name="[red]lab"))
    pool.write_text(POOL.format(name="images", path=tmp_path))
    for words in (("net-define", str(net)), ("net-start", "[red]lab"), ("net-destroy", "[red]lab")):
        virsh(*words)
    virsh("net-undefine", "[red]lab")
    virsh("pool-define", str(pool))
    for word in ("pool-start", "pool-refresh", "pool-destroy", "pool-undefine"):
        virsh(word, "images")
    until(lambda: ("pool", "storage pool undefined") in host_events(seen, "images"), "the end of the pool")
    assert host_events(seen, "[red]lab") == [
        ("network", f"network {word}") for word in ("defined", "started", "stopped", "undefined")
    ]
    words = [words for kind, words in host_events(seen, "images") if kind == "pool"]
    # A start refreshes too.
    assert [word.removeprefix("storage pool ") for word in words if "refreshed" not in word] == [
        "defined",
        "started",
        "stopped",
        "undefined",
    ]
    assert "storage pool refreshed" in words
    gone = next(event for event in seen.events if event.detail == "storage pool stopped")
    assert (gone.key, gone.severity, gone.notice, gone.rereads) == (None, Severity.WARNING, "warning", False)


def test_networks_and_pools_of_the_test_driver(test_hypervisor: LibvirtHypervisor, tmp_path: Path) -> None:
    seen = Seen()
    test_hypervisor.subscribe(seen)
    link = test_hypervisor.link()
    network = link.networkDefineXML(NETWORK.format(name="lab"))  # type: ignore[attr-defined]
    network.create()
    pool = link.storagePoolDefineXML(POOL.format(name="images", path=tmp_path))  # type: ignore[attr-defined]
    pool.create()
    pool.refresh()
    until(lambda: ("pool", "storage pool refreshed") in host_events(seen, "images"), "the refresh")
    assert host_events(seen, "lab") == [("network", "network defined"), ("network", "network started")]


def test_a_device_of_the_host_comes_and_goes() -> None:
    hypervisor = connect("test:///default")
    hypervisor.open()
    hypervisor.sample()
    seen = Seen()
    hypervisor.subscribe(seen)
    adapter = hypervisor.link().nodeDeviceCreateXML(ADAPTER, 0)  # type: ignore[attr-defined]
    name = adapter.name()
    adapter.destroy()
    until(lambda: len(host_events(seen, name)) == 2, "both events")
    came, went = seen.events
    assert (came.kind, came.detail) == (EventKind.NODE_DEVICE, "device of the host came")
    assert (went.key, went.detail, went.severity) == (None, "device of the host went", Severity.QUIET)
    hypervisor.close()


def test_a_closed_feed_is_silent_and_lets_the_connection_go(tmp_path: Path) -> None:
    hypervisor = connect("test:///default")
    hypervisor.open()
    seen = Seen()
    hypervisor.subscribe(seen)
    hypervisor.hear_all()
    link = weakref.ref(hypervisor.link())
    hypervisor.close()
    until(lambda: gc.collect() >= 0 and link() is None, "the end of the connection")
    assert seen.events == []


def test_a_closed_feed_hears_nothing_and_another_one_each_thing_once() -> None:
    link = libvirt.open("test:///default")
    seen: list[Event] = []
    for _ in range(20):
        feed = EventFeed(link, "test:///default", seen.append, lambda why: None, lambda *_: None)
        feed.complete()
        feed.close()
        feed.complete()
    domain = link.lookupByName("test")  # type: ignore[attr-defined]
    domain.suspend()
    feed = EventFeed(link, "test:///default", seen.append, lambda why: None, lambda *_: None)
    feed.complete()
    feed.complete()
    domain.resume()
    until(lambda: bool(seen), "an event")
    assert [event.detail for event in seen] == ["resumed"]
    feed.close()


def test_a_libvirt_without_some_events_and_a_driver_that_refuses_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("BALLOON_CHANGE", "BLOCK_THRESHOLD", "REBOOT"):
        monkeypatch.delattr(libvirt, f"VIR_DOMAIN_EVENT_ID_{name}")

    def refuse(*_: object) -> int:
        raise libvirt.libvirtError("unsupported")

    monkeypatch.setattr(libvirt.virConnect, "networkEventRegisterAny", refuse)
    hypervisor = connect("test:///default")
    hypervisor.open()
    hypervisor.hear_all()
    seen = Seen()
    hypervisor.subscribe(seen)
    (domain,) = hypervisor.list_domains()
    hypervisor.suspend(domain.key)
    assert seen.wait("paused").kind is EventKind.LIFECYCLE
    hypervisor.close()
