"""What the guest's agent does, on a real guest with a real one: proved by the guest's kernel and its disk.

One guest for all: each test leaves it running at its prompt with its agent, without snapshots, on its first
image.
"""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from tests import agent_guest
from tests.shell_guest import ShellGuest, shell_guest
from tests.snapshot_tools import delete, holds, take
from tuivm.core.verbs import Arguments
from tuivm.model.domain import State
from tuivm.model.errors import HypervisorError, Invalid, TimedOut
from tuivm.model.job import Job, JobState
from tuivm.model.snapshot import SnapshotKind

pytestmark = [pytest.mark.qemu, pytest.mark.libvirtd]
DISK_ONLY = SnapshotKind.DISK_ONLY
BOOT = "cat /proc/sys/kernel/random/boot_id"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def guest() -> Iterator[ShellGuest]:
    # Linux 6.12 crashes on its way out of sleep where it may not ask ACPI about PCI.
    with shell_guest(make=agent_guest.make, without="pci=noacpi") as made:
        made.prompt()
        yield made


@pytest.fixture
def shell(guest: ShellGuest) -> Iterator[ShellGuest]:
    guest.until(lambda: answers(guest), "the agent")
    yield guest
    assert guest.hypervisor.snapshots(guest.key) == ()
    (chain,) = guest.hypervisor.disk_chains(guest.key)
    assert [layer.path for layer in chain.layers] == [str(base(guest))]


def answers(guest: ShellGuest) -> bool:
    """Whether the agent is connected, as the plan of a snapshot asks it."""
    return guest.hypervisor.snapshot_facts(guest.key).agent == ""


def base(guest: ShellGuest) -> Path:
    return guest.daemon.directory / "shell.qcow2"


def write(guest: ShellGuest) -> tuple[str, str]:
    """Put a text that stands nowhere else into a file of the guest, not yet on to its disk; returns both."""
    number = next(_numbers)
    # A new file each time: one that is truncated and written again ext4 puts to disk as it is closed.
    file, text = f"/data/file-{number}", f"mark-{number:04d}-of-the-agent-tests"
    assert guest.ask(f"echo {text} >{file}; cat {file}") == [text]
    assert not holds(base(guest), text)
    return file, text


def back_at_prompt(guest: ShellGuest) -> None:
    """Open the console again after the machine behind it was another."""
    guest.open()
    guest.console.send(b"\r")
    guest.until(guest.at_prompt, "a prompt")


def test_its_addresses_are_those_that_the_guest_gave_itself(shell: ShellGuest) -> None:
    found = [one for one in shell.hypervisor.addresses(shell.key) if one.address == "10.0.2.15"]
    (mac,) = shell.ask("cat /sys/class/net/eth0/address")
    assert [(one.prefix, one.mac, one.interface, one.source) for one in found] == [(24, mac, "eth0", "agent")]
    shell.session.watch(shell.key)

    def shown() -> bool:
        detail = shell.session.detail(shell.key)
        return detail is not None and "10.0.2.15" in {one.address for one in detail.addresses}

    shell.until(shown, "the address on the page of the domain")
    shell.session.watch(None)


def test_a_quiesced_snapshot_holds_a_clean_file_system_with_all_that_was_written(shell: ShellGuest) -> None:
    file, text = write(shell)
    assert not agent_guest.is_clean(base(shell))
    top = Path(take(shell.hypervisor, shell.key, "quiet", DISK_ONLY, quiesce=True).disks[0].overlay)
    assert agent_guest.is_clean(base(shell))
    assert holds(base(shell), text)
    # Let go again: it writes, and to the overlay alone.
    assert shell.ask("echo after >/data/later; sync; cat /data/later") == ["after"]
    assert not agent_guest.is_clean(top)
    assert agent_guest.is_clean(base(shell))
    delete(shell.hypervisor, shell.key, "quiet")
    assert shell.ask(f"cat {file} /data/later") == [text, "after"]


def test_without_the_agent_it_is_as_after_a_power_cut(shell: ShellGuest) -> None:
    """The other half of the proof: what the test above finds is the agent's doing."""
    file, text = write(shell)
    take(shell.hypervisor, shell.key, "loud", DISK_ONLY)
    assert not agent_guest.is_clean(base(shell))
    assert not holds(base(shell), text)
    delete(shell.hypervisor, shell.key, "loud")
    assert shell.ask(f"cat {file}") == [text]


def test_a_quiesced_snapshot_that_fails_leaves_the_guest_writing(shell: ShellGuest) -> None:
    file, text = write(shell)
    (shell.daemon.directory / "shell.twice").write_text("somebody's file")
    with pytest.raises(HypervisorError):
        take(shell.hypervisor, shell.key, "twice", DISK_ONLY, quiesce=True)
    assert (shell.daemon.directory / "shell.twice").read_text() == "somebody's file"
    (shell.daemon.directory / "shell.twice").unlink()
    assert shell.ask(f"echo more >>{file}; sync; cat {file}") == [text, "more"]


def test_an_agent_that_hangs_is_one_line_and_the_guest_goes_on(shell: ShellGuest) -> None:
    file, text = write(shell)
    shell.ask("killall -STOP qemu-ga")
    before = sorted(base(shell).parent.iterdir())
    with pytest.raises(HypervisorError, match="agent") as refused:
        take(shell.hypervisor, shell.key, "never", DISK_ONLY, quiesce=True)
    assert "\n" not in str(refused.value)
    assert "qemu-guest-agent" in refused.value.remedy
    for id_ in ("reboot", "shutdown"):
        over = shell.run(id_, Arguments(mode="agent"))
        assert over.state is JobState.FAILED
        assert "agent" in over.message
    with pytest.raises(TimedOut, match="agent"):
        shell.hypervisor.addresses(shell.key)
    assert sorted(base(shell).parent.iterdir()) == before
    assert shell.ask(f"killall -CONT qemu-ga; sync; cat {file}") == [text]


def test_without_a_running_agent_the_plan_says_so(shell: ShellGuest) -> None:
    shell.ask("mount -o bind /bin/false /sbin/qemu-ga; killall -9 qemu-ga")
    shell.until(lambda: not answers(shell), "the agent's end")
    with pytest.raises(Invalid, match="cannot be quiesced: no guest agent runs in the guest"):
        take(shell.hypervisor, shell.key, "never", DISK_ONLY, quiesce=True)
    shell.ask("umount /sbin/qemu-ga")


def test_it_goes_to_sleep_by_its_agent_and_is_woken(shell: ShellGuest) -> None:
    boot = shell.ask(BOOT)
    assert shell.run("sleep").state is JobState.DONE
    shell.until(lambda: shell.domain.state is State.SUSPENDED, "its sleep")
    assert shell.run("wake").state is JobState.DONE
    shell.until(lambda: shell.domain.state is State.RUNNING, "its waking")
    shell.until(lambda: shell.hypervisor.addresses(shell.key), "its programs' going on")
    back_at_prompt(shell)
    assert shell.ask(BOOT) == boot


def test_rebooted_by_its_agent_it_has_booted_anew_and_lost_nothing(shell: ShellGuest) -> None:
    boot, (file, text) = shell.ask(BOOT), write(shell)
    assert shell.run("reboot", Arguments(mode="agent")).state is JobState.DONE
    shell.until(lambda: not answers(shell), "its going down")
    shell.until(lambda: answers(shell), "the agent of the next boot")
    back_at_prompt(shell)
    assert shell.ask(BOOT) != boot
    assert shell.ask(f"cat {file}") == [text]


def test_shut_down_by_its_agent_its_disk_is_clean_and_whole(shell: ShellGuest) -> None:
    _, text = write(shell)
    over = shell.run("shutdown", Arguments(mode="agent"))
    is_whole_and_started_again(shell, over, text)


@pytest.mark.parametrize("by_others", [False, True])
def test_shut_down_without_a_mode_it_obeys_though_its_agent_hangs(shell: ShellGuest, by_others: bool) -> None:
    """Also when another program waits for the agent, for ever, and holds libvirt's lock on it."""
    _, text = write(shell)
    shell.ask("killall -STOP qemu-ga")
    with waiting(shell) if by_others else nullcontext():
        over = shell.run("shutdown")
    is_whole_and_started_again(shell, over, text)


@contextmanager
def waiting(shell: ShellGuest) -> Iterator[None]:
    """Another program that has asked the agent something and waits for the answer without end."""
    words = ("qemu-agent-command", shell.name, "--block", '{"execute":"guest-ping"}')
    command = ["virsh", "-q", "-c", shell.daemon.uri, *words]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as other:
        try:
            yield
        finally:
            other.kill()


def is_whole_and_started_again(shell: ShellGuest, over: Job, text: str) -> None:
    """The shutdown is over, the disk needs nothing of its journal, and holds what was written last."""
    assert over.state is JobState.DONE, over.message
    assert shell.domain.state is State.OFF
    assert agent_guest.is_clean(base(shell))
    assert holds(base(shell), text)
    assert shell.run("start").state is JobState.DONE
    back_at_prompt(shell)
