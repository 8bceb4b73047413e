"""The daemon goes away in mid-run, hangs, and comes back; the guests live on."""

from __future__ import annotations

import gc
import weakref

import pytest

from tests.daemon import PrivateDaemon
from tests.hypervisor.conftest import Seen, guest, until
from tuivm.hypervisor import LibvirtHypervisor, opening
from tuivm.model.domain import State
from tuivm.model.errors import Unreachable
from tuivm.model.event import EventKind


@pytest.mark.parametrize("how", ["kill", "terminate"])
def test_daemon_dies_and_comes_back(qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, how: str) -> None:
    seen = Seen()
    qemu.subscribe(seen)
    key = qemu.define(guest("survivor"))
    qemu.start(key)
    started = qemu.read_domain(key).started
    link = weakref.ref(qemu.link())
    getattr(libvirt_daemon, how)()
    try:
        event = seen.wait("connection lost: the daemon went away")
        assert (event.kind, event.key) == (EventKind.CONNECTION, None)
        for call in (qemu.sample, qemu.list_domains, lambda: qemu.start(key), lambda: qemu.detail(key)):
            with pytest.raises(Unreachable):
                call()
        with pytest.raises(Unreachable, match="no daemon answers") as caught:
            qemu.open()
        assert caught.value.remedy
    finally:
        libvirt_daemon.start()
    until(lambda: gc.collect() >= 0 and link() is None, "the end of the old connection")
    qemu.open()
    domain = qemu.read_domain(key)
    assert domain.state is State.RUNNING
    assert domain.started is not None
    assert started is not None
    assert abs(domain.started - started) < 30
    before = len(seen.events)
    qemu.suspend(key)
    seen.wait("paused")
    assert [one.detail for one in seen.events[before:]] == ["paused"], "one subscription, not two"


def test_a_daemon_that_hangs_is_noticed(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "KEEPALIVE_SECONDS", 1)
    monkeypatch.setattr(opening, "KEEPALIVE_COUNT", 1)
    seen = Seen()
    qemu.subscribe(seen)
    qemu.open()
    libvirt_daemon.freeze()
    try:
        with pytest.raises(Unreachable):
            qemu.sample()
        seen.wait("connection lost: the daemon does not answer")
    finally:
        libvirt_daemon.thaw()
    qemu.open()
    assert qemu.list_domains() == []
