"""Snapshots of a guest that runs, proved by what its shell reads and what is in the images.

One guest for all: each test leaves it running at its prompt, without snapshots, on the image it began with.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.hypervisor.conftest import until
from tests.shell_guest import ShellGuest, shell_guest
from tests.snapshot_tools import delete, holds, merge, overlay, revert, take, work
from tuivm.core.verbs import Arguments, Work, verb
from tuivm.hypervisor import connect
from tuivm.model.domain import State
from tuivm.model.errors import Cancelled, Invalid, NotSupported, Unreachable
from tuivm.model.job import Progress
from tuivm.model.snapshot import SnapshotKind

DISK_ONLY, EXTERNAL = SnapshotKind.DISK_ONLY, SnapshotKind.EXTERNAL
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def guest() -> Iterator[ShellGuest]:
    with shell_guest() as made:
        made.prompt()
        yield made


@pytest.fixture
def shell(guest: ShellGuest) -> Iterator[ShellGuest]:
    assert names(guest) == set()
    yield guest
    chains = guest.hypervisor.disk_chains(guest.key)
    assert [layer.path for layer in chains[0].layers] == [str(base(guest))]
    assert names(guest) == set()


def base(shell: ShellGuest) -> Path:
    return shell.daemon.directory / "shell.qcow2"


def names(shell: ShellGuest) -> set[str]:
    return {one.name for one in shell.hypervisor.snapshots(shell.key)}


def mark() -> str:
    """A text that stands nowhere else; long enough that no disk holds it by chance."""
    return f"mark-{next(_numbers):04d}-of-the-snapshot-tests"


def write(shell: ShellGuest, text: str) -> None:
    """Put the text into the guest's file, and on to its disk."""
    assert shell.ask(f"echo {text} >/data/file; sync; cat /data/file") == [text]


def reads(shell: ShellGuest) -> str:
    """What the guest's disk holds: not what its memory remembers of it."""
    (line,) = shell.ask("sync; echo 3 >/proc/sys/vm/drop_caches; cat /data/file")
    return line


def back_at_prompt(shell: ShellGuest) -> None:
    """Open the console again after the machine behind it was another."""
    shell.open()
    shell.console.send(b"\r")
    shell.until(shell.at_prompt, "a prompt")


def test_disk_and_memory_come_back_and_so_does_the_present(shell: ShellGuest) -> None:
    first, second = mark(), mark()
    write(shell, first)
    shell.ask("word=remembered")
    taken = take(shell.hypervisor, shell.key, "odd [b] é 'name'" if plain_names(shell) else "plain")
    assert (taken.kind, taken.state) == ("disk+memory", "running")
    assert taken.size is not None
    assert taken.size > 1 << 20
    write(shell, second)
    shell.ask("word=forgotten")
    message = revert(shell.hypervisor, shell.key, taken.name, "safety")
    back_at_prompt(shell)
    assert (reads(shell), shell.ask("echo $word")) == (first, ["remembered"])
    (safety,) = names(shell) - {taken.name}
    assert safety in message
    revert(shell.hypervisor, shell.key, safety)
    back_at_prompt(shell)
    assert (reads(shell), shell.ask("echo $word")) == (second, ["forgotten"])
    delete(shell.hypervisor, shell.key, taken.name, "children")
    assert reads(shell) == second


def reconnected(shell: ShellGuest) -> bool:
    """Whether the session's connection, which it opens again by itself, answers."""
    with suppress(Unreachable):
        return shell.hypervisor.read_domain(shell.key).state is State.RUNNING
    return False


def plain_names(shell: ShellGuest) -> bool:
    """Whether QEMU takes any name while a guest runs: libvirt makes a job's name of it from 10.10 on."""
    return shell.hypervisor.link().getLibVersion() < 10_010_000


def test_a_revert_may_leave_it_paused(shell: ShellGuest) -> None:
    first = mark()
    write(shell, first)
    take(shell.hypervisor, shell.key, "x")
    write(shell, mark())
    revert(shell.hypervisor, shell.key, "x", "paused")
    assert shell.hypervisor.read_domain(shell.key).state is State.PAUSED
    shell.hypervisor.resume(shell.key)
    back_at_prompt(shell)
    assert reads(shell) == first
    delete(shell.hypervisor, shell.key, "x")


def test_disks_alone_keep_what_was_there_and_merge_into_what_is(shell: ShellGuest) -> None:
    first, second = mark(), mark()
    write(shell, first)
    taken = take(shell.hypervisor, shell.key, "only disks", DISK_ONLY)
    assert (taken.kind, taken.state) == ("external", "disk-snapshot")
    top = Path(taken.disks[0].overlay)
    write(shell, second)
    assert holds(base(shell), first)
    assert not holds(base(shell), second)
    assert holds(top, second)
    reports: list[Progress] = []
    made = Work(shell.hypervisor, shell.key, Arguments(device="vda"), lambda told, _: reports.append(told))  # type: ignore[arg-type]
    verb("merge").run(made)
    assert str(top) in made.message
    assert any(told is not None and told.what == "vda" for told in reports)
    assert reads(shell) == second
    assert holds(base(shell), second)
    top.unlink()
    assert reads(shell) == second


def test_an_external_snapshot_with_memory(shell: ShellGuest) -> None:
    first, second = mark(), mark()
    write(shell, first)
    shell.ask("word=remembered")
    taken = take(shell.hypervisor, shell.key, "outside", EXTERNAL)
    memory, top = Path(taken.memory_file), Path(taken.disks[0].overlay)
    assert taken.kind == "external+memory"
    assert memory.stat().st_size > 1 << 20
    write(shell, second)
    shell.ask("word=forgotten")
    assert not holds(base(shell), second)
    refusal = shell.hypervisor.snapshot_facts(shell.key).reverts_external
    if refusal:
        with pytest.raises(Invalid, match="cannot revert to external snapshots"):
            revert(shell.hypervisor, shell.key, "outside", "safety")
        with pytest.raises((Invalid, NotSupported)):
            shell.hypervisor.revert_snapshot(shell.key, "outside")
        assert (names(shell), reads(shell)) == ({"outside"}, second)
        merge(shell.hypervisor, shell.key)
        assert (reads(shell), shell.ask("echo $word")) == (second, ["forgotten"])
    else:
        revert(shell.hypervisor, shell.key, "outside")
        back_at_prompt(shell)
        assert (reads(shell), shell.ask("echo $word")) == (first, ["remembered"])
        delete(shell.hypervisor, shell.key, "outside")
        assert reads(shell) == first
    memory.unlink(missing_ok=True)
    top.unlink(missing_ok=True)


def test_deleting_an_external_snapshot_keeps_the_present(shell: ShellGuest) -> None:
    first, second = mark(), mark()
    write(shell, first)
    take(shell.hypervisor, shell.key, "a", DISK_ONLY)
    write(shell, second)
    take(shell.hypervisor, shell.key, "b", DISK_ONLY)
    delete(shell.hypervisor, shell.key, "a")
    assert (names(shell), reads(shell)) == ({"b"}, second)
    delete(shell.hypervisor, shell.key, "b")
    assert reads(shell) == second
    assert holds(base(shell), second)


def test_quiescing_needs_an_agent_and_says_so(shell: ShellGuest) -> None:
    before = sorted(base(shell).parent.iterdir())
    with pytest.raises(Invalid, match="cannot be quiesced: the domain has no channel for the guest agent"):
        take(shell.hypervisor, shell.key, "quiet", DISK_ONLY, quiesce=True)
    assert sorted(base(shell).parent.iterdir()) == before


def test_a_merge_that_is_cancelled_leaves_everything(shell: ShellGuest) -> None:
    first, second = mark(), mark()
    write(shell, first)
    top = Path(take(shell.hypervisor, shell.key, "x", DISK_ONLY).disks[0].overlay)
    write(shell, second)
    made = Work(shell.hypervisor, shell.key, Arguments(device="vda"))
    made.cancel()
    with pytest.raises(Cancelled):
        verb("merge").run(made)
    assert (names(shell), reads(shell)) == ({"x"}, second)
    (chain,) = shell.hypervisor.disk_chains(shell.key)
    assert [layer.path for layer in chain.layers] == [str(top), str(base(shell))]
    delete(shell.hypervisor, shell.key, "x")
    assert reads(shell) == second


def test_a_merge_left_half_done_is_gone_on_with(shell: ShellGuest) -> None:
    first, second = mark(), mark()
    write(shell, first)
    top = Path(take(shell.hypervisor, shell.key, "x", DISK_ONLY).disks[0].overlay)
    write(shell, second)
    # As when tuivm, or its connection, goes away in the middle: the job stays with QEMU.
    shell.daemon.virsh("blockcommit", "shell", "vda", "--active")
    shell.daemon.kill()
    shell.daemon.start()
    other = connect(shell.daemon.uri)
    other.open()
    merge(other, shell.key, "vda")
    other.close()
    until(lambda: reconnected(shell), "the session's own reconnection")
    assert names(shell) == set()
    top.unlink()
    back_at_prompt(shell)
    assert reads(shell) == second


def test_what_another_image_builds_on_is_not_merged_into(shell: ShellGuest) -> None:
    first, second = mark(), mark()
    write(shell, first)
    top = Path(take(shell.hypervisor, shell.key, "x", DISK_ONLY).disks[0].overlay)
    other = overlay(shell.daemon.directory / "other.qcow2", base(shell))
    write(shell, second)
    with pytest.raises(Invalid, match="pull instead"):
        merge(shell.hypervisor, shell.key, "vda")
    assert holds(other, first)
    assert not holds(other, second)
    other.unlink()
    merge(shell.hypervisor, shell.key, "vda")
    top.unlink()
    assert reads(shell) == second


def test_a_locked_domain_is_not_reverted_and_nothing_of_it_expires(shell: ShellGuest) -> None:
    take(shell.hypervisor, shell.key, "x")
    domain = shell.hypervisor.read_domain(shell.key)
    for chosen in ("revert", "delete-snapshot", "merge"):
        assert "locked" in (verb(chosen).why_not(replace(domain, locked=True, has_snapshots=True), {}) or "")
    work(shell.hypervisor, shell.key, "delete-snapshot", Arguments(snapshot="x"))


def test_no_file_is_written_over_with_the_memory(shell: ShellGuest) -> None:
    precious = shell.daemon.directory / "shell.qcow2.again.mem"
    precious.write_text("memory of another snapshot")
    for chosen in ("", str(precious)):
        with pytest.raises(Invalid, match="exists already"):
            take(shell.hypervisor, shell.key, "again", EXTERNAL, memory_file=chosen)
    assert precious.read_text() == "memory of another snapshot"
    assert names(shell) == set()
    precious.unlink()
