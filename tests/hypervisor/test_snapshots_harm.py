"""What would lose content or leave it behind: told, or refused, before anything is touched.

libvirt does most of these without a word. The content of the images decides whether anything was lost.
"""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import pytest

from tests.daemon import PrivateDaemon
from tests.hypervisor.conftest import guest
from tests.snapshot_tools import delete, got, kept_in, merge, overlay, put, revert, take, work
from tuivm.core.snapshots.plan import plan_merge, plan_revert
from tuivm.core.verbs import Arguments
from tuivm.hypervisor import LibvirtHypervisor, connect
from tuivm.model.domain import DomainKey
from tuivm.model.errors import HypervisorError, Invalid, NotFound
from tuivm.model.snapshot import SnapshotKind

DISK_ONLY, EXTERNAL = SnapshotKind.DISK_ONLY, SnapshotKind.EXTERNAL


def names(hypervisor: LibvirtHypervisor, key: object) -> set[str]:
    return {one.name for one in hypervisor.snapshots(key)}  # type: ignore[arg-type]


def test_reverting_below_an_overlay_is_refused_with_a_safety_snapshot_and_told_without(
    qemu: LibvirtHypervisor, disk: Path
) -> None:
    """libvirt goes back and leaves the overlay, with all that was written since, on a base that changed."""
    key = qemu.define(guest("below", disk=disk))
    put(disk, 1)
    take(qemu, key, "inner")
    top = Path(take(qemu, key, "outer", DISK_ONLY).disks[0].overlay)
    put(top, 3)
    with pytest.raises(Invalid, match="merge the overlay first"):
        revert(qemu, key, "inner", "safety")
    assert (got(top), names(qemu, key)) == (3, {"inner", "outer"})
    domain, detail, facts = qemu.read_domain(key), qemu.detail(key), qemu.snapshot_facts(key)
    told = plan_revert(domain, detail, facts, "inner", safety=False)
    assert any(top.name in loss for loss in told.losses)
    assert any("'outer'" in loss for loss in told.losses)
    # The way out keeps everything: merge while it runs, then go back.
    qemu.start(key)
    qemu.suspend(key)
    assert str(top) in merge(qemu, key, "vda")
    assert names(qemu, key) == {"inner"}
    qemu.destroy(key)
    assert got(disk) == 3
    revert(qemu, key, "inner", "safety")
    assert got(disk) == 1


def test_an_overlay_that_holds_an_internal_snapshot_is_not_deleted(
    qemu: LibvirtHypervisor, disk: Path
) -> None:
    """libvirt 9 would merge and remove the overlay, and lose the snapshot in it without a word."""
    key = qemu.define(guest("mixed", disk=disk))
    top = Path(take(qemu, key, "outer", DISK_ONLY).disks[0].overlay)
    put(top, 5)
    take(qemu, key, "inner")
    put(top, 6)
    with pytest.raises(Invalid, match="holds 'inner', which would be lost"):
        delete(qemu, key, "outer")
    assert kept_in(top) == ["inner"]
    revert(qemu, key, "inner")
    assert got(top) == 5
    delete(qemu, key, "inner")
    delete(qemu, key, "outer")
    assert got(disk) == 5


def test_nothing_is_merged_into_an_image_that_another_builds_on(
    qemu: LibvirtHypervisor, disk: Path, tmp_path: Path
) -> None:
    key = qemu.define(guest("shared", disk=disk))
    put(disk, 1)
    top = Path(take(qemu, key, "x", DISK_ONLY).disks[0].overlay)
    other = overlay(tmp_path / "other.qcow2", disk)
    qemu.define(guest("neighbour", disk=other))
    put(top, 2)
    qemu.start(key)
    qemu.suspend(key)
    with pytest.raises(Invalid, match="neighbour"):
        merge(qemu, key, "vda")
    assert (got(disk), got(other), got(top)) == (1, 1, 2)
    # Pulling writes nothing below.
    merge(qemu, key, "vda", "pull")
    assert (got(disk), got(other), got(top)) == (1, 1, 2)
    (chain,) = qemu.disk_chains(key)
    assert [layer.path for layer in chain.layers] == [str(top)]


def test_a_template_below_the_domains_own_image_is_never_merged_into(
    qemu: LibvirtHypervisor, disk: Path, tmp_path: Path
) -> None:
    put(disk, 7)
    own = overlay(tmp_path / "own.qcow2", disk)
    key = qemu.define(guest("cloned", disk=own))
    put(own, 8, block=1)
    top = Path(take(qemu, key, "x", DISK_ONLY).disks[0].overlay)
    put(top, 9, block=2)
    before = disk.read_bytes()
    qemu.start(key)
    qemu.suspend(key)
    merge(qemu, key)
    qemu.destroy(key)
    assert disk.read_bytes() == before
    assert [got(own, block) for block in range(3)] == [7, 8, 9]
    (chain,) = qemu.disk_chains(key)
    assert [layer.path for layer in chain.layers] == [str(own), str(disk)]


def test_what_vanished_between_the_question_and_the_yes(
    qemu: LibvirtHypervisor, disk: Path, libvirt_daemon: PrivateDaemon
) -> None:
    key = qemu.define(guest("gone", disk=disk))
    put(disk, 1)
    take(qemu, key, "x")
    put(disk, 2)
    libvirt_daemon.virsh("snapshot-delete", "gone", "x")
    for act in (revert, delete):
        with pytest.raises(HypervisorError, match="no snapshot named 'x' any more"):
            act(qemu, key, "x")
    assert got(disk) == 2
    libvirt_daemon.virsh("undefine", "gone")
    for act in (revert, delete):
        with pytest.raises(NotFound):
            act(qemu, key, "x")
    with pytest.raises(NotFound):
        take(qemu, key, "x")
    assert got(disk) == 2


def test_an_image_that_lost_its_snapshot_or_is_not_there_is_told_before_anything_is_touched(
    qemu: LibvirtHypervisor, disk: Path
) -> None:
    key = qemu.define(guest("stale", disk=disk))
    put(disk, 1)
    take(qemu, key, "x")
    put(disk, 2)
    subprocess.run(["qemu-img", "snapshot", "-d", "x", disk], check=True)
    with pytest.raises(Invalid, match="does not hold it any more"):
        revert(qemu, key, "x")
    assert got(disk) == 2
    away = disk.rename(disk.with_suffix(".away"))
    with pytest.raises(Invalid, match="is not there any more"):
        revert(qemu, key, "x")
    assert got(away) == 2


def test_a_saved_state_is_not_left_on_another_image(
    qemu: LibvirtHypervisor, disk: Path, libvirt_daemon: PrivateDaemon
) -> None:
    """libvirt makes the overlay all the same, and what is restored then writes below it."""
    key = qemu.define(guest("saved", disk=disk))
    take(qemu, key, "before")
    qemu.start(key)
    libvirt_daemon.virsh("managedsave", "saved")
    for kind in (DISK_ONLY, EXTERNAL):
        with pytest.raises(Invalid, match="saved state"):
            take(qemu, key, "x", kind)
    with pytest.raises(Invalid, match="saved state"):
        revert(qemu, key, "before")
    assert list(disk.parent.iterdir()) == [disk]
    qemu.start(key)
    assert qemu.disk_chains(key)[0].layers[0].path == str(disk)


def test_two_clients_at_once_take_one_snapshot_and_hear_why_not_two(
    qemu: LibvirtHypervisor, disk: Path, libvirt_daemon: PrivateDaemon
) -> None:
    key = qemu.define(guest("race", disk=disk))
    put(disk, 1)
    other = connect(libvirt_daemon.uri)
    other.open()
    told: list[str] = []
    gate = threading.Barrier(2)

    def act(hypervisor: LibvirtHypervisor) -> None:
        gate.wait()
        try:
            take(hypervisor, key, "same")
            told.append("taken")
        except HypervisorError as error:
            told.append(str(error))

    threads = [threading.Thread(target=act, args=(one,)) for one in (qemu, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    other.close()
    assert told.count("taken") == 1
    assert any("exists" in line for line in told)
    assert kept_in(disk) == ["same"]
    put(disk, 2)
    revert(qemu, key, "same")
    assert got(disk) == 1


def test_going_back_to_external_ones_destroys_no_image_that_another_needs(
    qemu: LibvirtHypervisor, disk: Path, tmp_path: Path
) -> None:
    """libvirt makes a second overlay, forgets it when the entry is written anew, and deletes the first."""
    put(disk, 7)
    own = overlay(tmp_path / "own.qcow2", disk)
    key = qemu.define(guest("branches", disk=own))
    put(own, 1)
    top = written(qemu, key, "x", 2)
    if qemu.snapshot_facts(key).reverts_external:
        with pytest.raises(Invalid, match="cannot revert to external"):
            revert(qemu, key, "x")
        assert (got(own), got(top)) == (1, 2)
        return
    written(qemu, key, "y", 3)
    revert(qemu, key, "x")
    assert (now(qemu, key), got(top)) == (1, 2)
    with pytest.raises(Invalid, match="was gone back to"):
        work(qemu, key, "describe-snapshot", Arguments(snapshot="x", description="other words"))
    # The base is the domain's own image, not the template below it.
    put(image_now(qemu, key), 4)
    told = plan_merge(qemu.read_domain(key), qemu.detail(key), qemu.snapshot_facts(key), "vda")
    assert "own.qcow2" in told.kind_words
    # Another branch, its entry forgotten: 'x' is the current one, and libvirt would delete its first overlay.
    written(qemu, key, "z", 5)
    revert(qemu, key, "x")
    revert(qemu, key, "z")
    assert now(qemu, key) == 4
    delete(qemu, key, "z", "metadata-only")
    with pytest.raises(Invalid, match="'y' lies on"):
        revert(qemu, key, "y")
    revert(qemu, key, "y", "safety")
    assert now(qemu, key) == 2
    # Without a current one libvirt's daemon crashes.
    delete(qemu, key, "y", "metadata-only")
    delete(qemu, key, "x", "metadata-only")
    (safety,) = names(qemu, key)
    with pytest.raises(Invalid, match="no snapshot is the current one"):
        revert(qemu, key, safety)
    revert(qemu, key, safety, "safety")
    assert (now(qemu, key), got(disk)) == (4, 7)


def test_what_several_grew_from_is_not_merged_for_one_of_them(qemu: LibvirtHypervisor, disk: Path) -> None:
    """What the plan refuses, libvirt refuses too; what it lets through keeps every content."""
    key = qemu.define(guest("ways", disk=disk))
    put(disk, 1)
    written(qemu, key, "x", 2)
    if qemu.snapshot_facts(key).reverts_external:
        return  # No libvirt before 9.9 comes to two ways.
    written(qemu, key, "y", 3)
    revert(qemu, key, "x")
    qemu.start(key)
    for words in ("did not come by way of 'y'", "'y' and 'z' grew from it"):
        with pytest.raises(Invalid, match=words):
            delete(qemu, key, "x")
        with pytest.raises(HypervisorError, match="not supported"):
            qemu.delete_snapshot(key, "x")
        if "z" not in names(qemu, key):
            qemu.destroy(key)
            written(qemu, key, "z", 5)
            qemu.start(key)
    delete(qemu, key, "y")
    delete(qemu, key, "x")
    assert names(qemu, key) == {"z"}
    qemu.destroy(key)
    assert now(qemu, key) == 5


def image_now(hypervisor: LibvirtHypervisor, key: DomainKey) -> Path:
    return Path(hypervisor.disk_chains(key)[0].layers[0].path)


def now(hypervisor: LibvirtHypervisor, key: DomainKey) -> int:
    return got(image_now(hypervisor, key))


def written(hypervisor: LibvirtHypervisor, key: DomainKey, name: str, value: int) -> Path:
    """Take an external snapshot, and write the value into the overlay that it makes."""
    take(hypervisor, key, name, DISK_ONLY)
    top = image_now(hypervisor, key)
    put(top, value)
    return top
