"""Tags and the lock of one domain, changed by two clients at once, and by the commands that are shown."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.daemon import PrivateDaemon
from tests.hypervisor.conftest import guest
from tuivm.core.verbs import Arguments, verb
from tuivm.hypervisor import LibvirtHypervisor, connect
from tuivm.model.domain import DomainKey
from tuivm.model.labels import Labels
from tuivm.xml.labels import NAMESPACE

pytestmark = pytest.mark.libvirtd


def test_two_clients_that_tag_and_lock_at_once_undo_nothing(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = qemu.define(guest("shared"))
    other = connect(libvirt_daemon.uri)
    other.open()
    read = qemu.read_element

    wanted = [True, False, True]

    def meanwhile(of: DomainKey, uri: str) -> str | None:
        found = read(of, uri)
        other.set_locked(key, wanted[0])  # Between this client's look and its writing.
        return found

    monkeypatch.setattr(qemu, "read_element", meanwhile)
    while wanted:
        tags = (f"tag-{len(wanted)}",)
        qemu.set_tags(key, tags)
        assert other.labels(key) == Labels("", tags, wanted.pop(0))
    monkeypatch.undo()
    # Each as fast as it can: whatever the order, the last word of each stands.
    with ThreadPoolExecutor(2) as both:
        tagging = both.submit(lambda: [qemu.set_tags(key, (f"t{number}",)) for number in range(30)])
        locking_often = both.submit(lambda: [other.set_locked(key, bool(number % 2)) for number in range(30)])
        tagging.result()
        locking_often.result()
    assert qemu.labels(key) == other.labels(key) == Labels("", ("t29",), True)
    other.close()


def test_a_lock_among_the_tags_counts_and_is_taken_away(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon
) -> None:
    key = qemu.define(guest("shared"))
    element = "<tuivm><locked/><tag>web</tag></tuivm>"
    libvirt_daemon.virsh(
        "metadata", "shared", "--uri", NAMESPACE, "--key", "tuivm", "--config", "--set", element
    )
    assert qemu.labels(key) == Labels("", ("web",), True)
    qemu.set_locked(key, False)
    assert qemu.labels(key) == Labels("", ("web",), False)


def test_the_command_that_is_shown_locks_and_unlocks(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon
) -> None:
    key = qemu.define(guest("shared"))
    for locked, chosen in ((True, "lock"), (False, "unlock")):
        words = verb(chosen).virsh(qemu.read_domain(key), Arguments())
        libvirt_daemon.virsh(*words[3:])
        assert qemu.labels(key).locked is locked
    libvirt_daemon.virsh(*verb("tags").virsh(qemu.read_domain(key), Arguments(text="a b"))[3:])
    assert qemu.labels(key).tags == ("a", "b")
