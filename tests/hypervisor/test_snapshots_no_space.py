"""No space left in the middle: the guest's disk lies on a file system of 40 MiB, and not a byte is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.hypervisor.conftest import until
from tests.shell_guest import ShellGuest, shell_guest
from tests.snapshot_tools import delete, merge, revert, take
from tuivm.model.domain import State
from tuivm.model.errors import HypervisorError
from tuivm.model.snapshot import SnapshotKind, SnapshotRequest

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
FORGET = "echo 3 >/proc/sys/vm/drop_caches"
DISK_ONLY, EXTERNAL = SnapshotKind.DISK_ONLY, SnapshotKind.EXTERNAL


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShellGuest]:
    """A guest at its prompt whose disk lies on the small file system."""
    with small(tmp_path_factory.mktemp("small")) as folder, shell_guest(folder=folder) as made:
        made.prompt()
        made.ask("dd if=/dev/urandom of=/data/big bs=1M count=4; md5sum /data/big >/data/sum; sync")
        yield made


@contextmanager
def small(folder: Path) -> Iterator[Path]:
    """A file system of 40 MiB, mounted as long as it lasts: in a file, or in memory where that cannot be."""
    store, place = folder / "store", folder / "disks"
    with store.open("wb") as file:
        file.truncate(40 << 20)
    place.mkdir()
    make = shutil.which("mkfs.ext4", path="/usr/sbin:/sbin")
    if make is not None and Path("/dev/loop-control").exists():
        subprocess.run([make, "-q", "-m", "0", store], check=True)
        subprocess.run(["mount", "-o", "loop", store, place], check=True)
    else:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "small", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@contextmanager
def full(folder: Path, spare: int = 0) -> Iterator[None]:
    """Fill the file system up to ``spare`` bytes, as long as it lasts."""
    filler = folder / "filler"
    free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, free - spare - (64 << 10)))
    try:
        yield
    finally:
        filler.unlink()


def place(shell: ShellGuest) -> Path:
    """The folder on the small file system."""
    (chain,) = shell.hypervisor.disk_chains(shell.key)
    return Path(chain.layers[-1].path).parent


def images(shell: ShellGuest) -> list[str]:
    return [Path(layer.path).name for layer in shell.hypervisor.disk_chains(shell.key)[0].layers]


def whole(shell: ShellGuest) -> bool:
    """Whether the guest runs, reads what it wrote, from its disk, and can write."""
    if shell.hypervisor.read_domain(shell.key).state is State.PAUSED:
        shell.hypervisor.resume(shell.key)
    until(lambda: shell.hypervisor.read_domain(shell.key).state is State.RUNNING, "the guest")
    *sums, last = shell.ask(f"{FORGET}; md5sum -c /data/sum; echo 1 >/data/new && sync && echo ok")
    assert all(line.endswith(": OK") for line in sums), sums
    return "/data/big: OK" in sums and last == "ok"


def test_the_plan_tells_that_room_may_not_do(shell: ShellGuest) -> None:
    from tuivm.core.snapshots.plan import plan_take

    hypervisor, key = shell.hypervisor, shell.key
    domain, detail, facts = (
        hypervisor.read_domain(key),
        hypervisor.detail(key),
        hypervisor.snapshot_facts(key),
    )
    told = plan_take(domain, detail, facts, SnapshotRequest("x"))
    assert told.free is not None
    assert told.needed is not None
    assert told.free < 40 << 20 < 96 << 20 <= told.needed
    assert any("it would fail" in warning for warning in told.warnings)


@pytest.mark.parametrize("kind", [SnapshotKind.INTERNAL, EXTERNAL])
def test_no_room_for_the_memory_leaves_everything_as_it_was(shell: ShellGuest, kind: SnapshotKind) -> None:
    before = images(shell)
    with full(place(shell), spare=8 << 20), pytest.raises(HypervisorError) as told:
        take(shell.hypervisor, shell.key, "x", kind)
    assert "\n" not in str(told.value)
    assert shell.hypervisor.snapshots(shell.key) == ()
    assert whole(shell)
    assert images(shell) == before
    assert {path.name for path in place(shell).iterdir()} - {"lost+found"} == {"shell.qcow2"}


def test_no_room_for_the_safety_snapshot_reverts_nothing(shell: ShellGuest) -> None:
    hypervisor, key = shell.hypervisor, shell.key
    hypervisor.destroy(key)
    take(hypervisor, key, "cold")
    hypervisor.start(key)
    shell.prompt()
    shell.ask("echo newer >/data/state; sync")
    with full(place(shell), spare=4 << 20), pytest.raises(HypervisorError, match="nothing was reverted"):
        revert(hypervisor, key, "cold", "safety")
    assert [one.name for one in hypervisor.snapshots(key)] == ["cold"]
    assert whole(shell)
    assert shell.ask("cat /data/state") == ["newer"]
    delete(hypervisor, key, "cold")


def test_no_room_for_a_merge_leaves_the_chain_and_a_later_one_works(shell: ShellGuest) -> None:
    top = Path(take(shell.hypervisor, shell.key, "x", DISK_ONLY).disks[0].overlay)
    shell.ask("dd if=/dev/urandom of=/data/more bs=1M count=3; md5sum /data/more >>/data/sum; sync")
    before = images(shell)
    assert before == [top.name, "shell.qcow2"]
    with full(place(shell)), pytest.raises(HypervisorError) as told:
        merge(shell.hypervisor, shell.key)
    assert "\n" not in str(told.value)
    assert images(shell) == before
    assert [one.name for one in shell.hypervisor.snapshots(shell.key)] == ["x"]
    assert whole(shell)
    merge(shell.hypervisor, shell.key)
    top.unlink()
    assert images(shell) == ["shell.qcow2"]
    assert whole(shell)


def test_a_guest_that_can_write_no_more_stands_still_and_goes_on(shell: ShellGuest) -> None:
    """An overlay grows where there is no room: QEMU holds the guest, and nothing of the write is lost."""
    top = Path(take(shell.hypervisor, shell.key, "x", DISK_ONLY).disks[0].overlay)
    with full(place(shell)):
        shell.console.send(b"dd if=/dev/urandom of=/data/late bs=1M count=3; sync\r")
        until(lambda: shell.hypervisor.read_domain(shell.key).state is State.PAUSED, "the pause")
    shell.hypervisor.resume(shell.key)
    shell.until(shell.at_prompt, "the end of the write")
    shell.ask("md5sum /data/late >>/data/sum; sync")
    assert whole(shell)
    merge(shell.hypervisor, shell.key)
    top.unlink()
    assert whole(shell)
