"""The verbs on memory, proved by what a real Linux guest says afterwards on its console."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hypervisor.conftest import until
from tests.shell_guest import ShellGuest, shell_guest
from tuivm.core.verbs import Arguments, verb
from tuivm.model.domain import State
from tuivm.model.errors import HypervisorError
from tuivm.model.job import JobState

pytestmark = [pytest.mark.qemu, pytest.mark.libvirtd]


@pytest.fixture(scope="module")
def guest() -> Iterator[ShellGuest]:
    # Linux 6.12 crashes on its way out of sleep where it may not ask ACPI about PCI.
    with shell_guest(without="pci=noacpi") as made:
        made.prompt()
        yield made


def test_memory_outlives_a_managed_save(guest: ShellGuest) -> None:
    guest.ask("echo kept in memory >/run/mark || echo kept in memory >/mark")
    boot = guest.ask("cat /proc/sys/kernel/random/boot_id")
    assert guest.run("save").state is JobState.DONE
    assert (guest.domain.state, guest.domain.saved) == (State.OFF, True)
    assert verb("restore").why_not(guest.domain, {}) is None
    assert guest.run("restore", Arguments(options=frozenset({"paused"}))).state is JobState.DONE
    assert guest.domain.state is State.PAUSED
    assert guest.run("resume").state is JobState.DONE
    guest.open()
    guest.console.send(b"\r")
    guest.until(guest.at_prompt, "a prompt")
    assert guest.ask("cat /run/mark /mark 2>/dev/null") == ["kept in memory"]
    assert guest.ask("cat /proc/sys/kernel/random/boot_id") == boot
    assert not guest.domain.saved


def test_an_nmi_reaches_the_kernel(guest: ShellGuest) -> None:
    def count() -> int:
        return int(guest.ask("grep NMI: /proc/interrupts | tr -dc 0-9; echo")[-1])

    before = count()
    assert guest.run("nmi").state is JobState.DONE
    guest.until(lambda: count() > before, "an NMI")


def test_a_guest_sleeps_and_is_woken(guest: ShellGuest) -> None:
    guest.console.send(b"echo mem >/sys/power/state; echo aw''ake\r")
    until(lambda: guest.domain.state is State.SUSPENDED, "its sleep")
    assert verb("start").why_not(guest.domain, {}) == "suspended by its own guest: wake it"
    assert verb("wake").why_not(guest.domain, {}) is None
    assert guest.run("wake").state is JobState.DONE
    until(lambda: guest.domain.state is State.RUNNING, "its waking")
    # Half an answer about the cursor that came while it fell asleep may be echoed before it.
    guest.until(lambda: any(line.endswith("awake") for line in guest.text()), "the guest's word")


def test_a_locked_guest_survives_everything_destructive(guest: ShellGuest) -> None:
    boot = guest.ask("cat /proc/sys/kernel/random/boot_id")
    guest.hypervisor.set_locked(guest.key, True)  # Another client's doing: told by an event.
    until(lambda: guest.domain.locked, "the lock")
    for id_ in ("force-off", "reset", "nmi"):
        assert verb(id_).why_not(guest.domain, {}) == "locked: unlock it first"
        over = guest.run(id_)
        assert (over.state, over.message) == (JobState.FAILED, "locked: unlock it first")
    over = guest.run("dump", Arguments(text="/nowhere/x", options=frozenset({"crash"})))
    assert over.message == "locked: unlock it first"
    assert guest.ask("cat /proc/sys/kernel/random/boot_id") == boot
    assert guest.run("unlock").state is JobState.DONE
    assert not guest.domain.locked


def test_forced_off_gracefully_it_has_shut_down_or_is_off_all_the_same(guest: ShellGuest) -> None:
    """The last one: the guest is gone afterwards."""
    over = guest.run("force-off", Arguments(options=frozenset({"graceful"})))
    assert over.state is JobState.DONE
    assert guest.domain.state is State.OFF
    with pytest.raises(HypervisorError):
        guest.hypervisor.destroy(guest.key)
