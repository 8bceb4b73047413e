"""Snapshots of real domains, proved by what is in the images; nothing boots, blocks are written from outside.

What is asked is what a job asks; what counts is the content of the disk, not libvirt's answer.
"""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.daemon import PrivateDaemon
from tests.hypervisor.conftest import guest
from tests.snapshot_tools import (
    delete,
    got,
    image,
    keep,
    kept_in,
    merge,
    overlay,
    put,
    revert,
    take,
    two_disks,
    work,
)
from tuivm.core.verbs import Arguments
from tuivm.hypervisor import LibvirtHypervisor, connect
from tuivm.model.errors import HypervisorError, Invalid, NotFound
from tuivm.model.snapshot import Retention, Snapshot, SnapshotKind

DISK_ONLY, EXTERNAL = SnapshotKind.DISK_ONLY, SnapshotKind.EXTERNAL
NAMES = ("a b", "[red]x[b]", "<&>\"'$(reboot);", "é漢字", "-rf", "x..", "n" * 200, "%s%n{0}")


def names(hypervisor: LibvirtHypervisor, key: object) -> set[str]:
    return {one.name for one in hypervisor.snapshots(key)}  # type: ignore[arg-type]


def found(hypervisor: LibvirtHypervisor, key: object, name: str) -> Snapshot:
    return next(one for one in hypervisor.snapshots(key) if one.name == name)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_an_internal_snapshot_of_any_name_brings_the_content_back(
    qemu: LibvirtHypervisor, disk: Path, name: str
) -> None:
    key = qemu.define(guest("plain", disk=disk))
    put(disk, 1)
    taken = take(qemu, key, name, description="one <&>")
    assert (taken.kind, taken.state, taken.description) == ("disk", "shutoff", "one <&>")
    assert kept_in(disk) == [name]
    put(disk, 2)
    revert(qemu, key, name)
    assert got(disk) == 1
    delete(qemu, key, name)
    assert (got(disk), kept_in(disk), names(qemu, key)) == (1, [], set())


@pytest.mark.parametrize("kind", list(SnapshotKind))
def test_a_name_in_use_is_refused_and_nothing_changes(
    qemu: LibvirtHypervisor, disk: Path, kind: SnapshotKind
) -> None:
    key = qemu.define(guest("twice", disk=disk))
    put(disk, 1)
    take(qemu, key, "x")
    put(disk, 2)
    with pytest.raises(Invalid, match="'x' exists already"):
        take(qemu, key, "x", kind)
    assert got(disk) == 2
    assert list(disk.parent.iterdir()) == [disk]
    revert(qemu, key, "x")
    assert got(disk) == 1


@pytest.mark.parametrize(
    "name", ["", " ", "a/b", "..", ".x", "two\nlines", "n" * 250, "漢" * 100, "bell\x07"]
)
def test_names_that_cannot_be_are_refused_in_one_line(qemu: LibvirtHypervisor, disk: Path, name: str) -> None:
    key = qemu.define(guest("odd", disk=disk))
    for kind in SnapshotKind:
        with pytest.raises(Invalid) as refused:
            take(qemu, key, name, kind)
        assert "\n" not in str(refused.value)
    assert list(disk.parent.iterdir()) == [disk]
    assert names(qemu, key) == set()


def test_a_safety_snapshot_comes_first_and_brings_the_present_back(
    qemu: LibvirtHypervisor, disk: Path
) -> None:
    key = qemu.define(guest("safe", disk=disk))
    put(disk, 1)
    take(qemu, key, "first")
    put(disk, 2)
    message = revert(qemu, key, "first", "safety")
    assert got(disk) == 1
    (safety,) = names(qemu, key) - {"first"}
    assert safety.startswith("before-revert-")
    assert safety in message
    assert found(qemu, key, safety).safety
    revert(qemu, key, safety)
    assert got(disk) == 2


def test_safety_snapshots_expire_by_the_rule_and_others_do_not(qemu: LibvirtHypervisor, disk: Path) -> None:
    key = qemu.define(guest("rule", disk=disk))
    take(qemu, key, "mine")
    keep(qemu, key, Retention(safety_keep=2))
    for value in range(1, 5):
        put(disk, value)
        message = revert(qemu, key, "mine", "safety")
    assert "expired" in message
    kept = names(qemu, key)
    assert len(kept) == 3
    assert "mine" in kept
    assert set(kept_in(disk)) == kept
    youngest = max((one for one in qemu.snapshots(key) if one.safety), key=lambda one: one.name)
    revert(qemu, key, youngest.name)
    assert got(disk) == 4


def test_the_rule_is_kept_with_the_domain_and_counts_at_the_next_snapshot(
    qemu: LibvirtHypervisor, disk: Path, libvirt_daemon: PrivateDaemon
) -> None:
    key = qemu.define(guest("keeps", disk=disk))
    for name in ("a", "b", "c"):
        take(qemu, key, name)
    assert "keeps 2" in keep(qemu, key, Retention(keep=2, days=30))
    assert names(qemu, key) == {"a", "b", "c"}
    assert qemu.retention(key) == Retention(keep=2, days=30)
    assert 'keep="2"' in libvirt_daemon.virsh("dumpxml", "keeps").replace("'", '"')
    take(qemu, key, "d")
    assert names(qemu, key) == {"c", "d"}
    keep(qemu, key, Retention(keep=1), "apply")
    assert names(qemu, key) == {"d"}


def test_deleting_the_children_or_the_tree(qemu: LibvirtHypervisor, disk: Path) -> None:
    key = qemu.define(guest("tree", disk=disk))
    for value, name in enumerate(("root", "child", "grandchild"), 1):
        put(disk, value)
        take(qemu, key, name)
    revert(qemu, key, "root")
    take(qemu, key, "second child")
    delete(qemu, key, "child", "children-only")
    assert set(kept_in(disk)) == names(qemu, key) == {"root", "child", "second child"}
    revert(qemu, key, "child")
    assert got(disk) == 2
    delete(qemu, key, "root", "children")
    assert (kept_in(disk), names(qemu, key), got(disk)) == ([], set(), 2)


def test_forgetting_leaves_the_image_as_it_is(qemu: LibvirtHypervisor, disk: Path) -> None:
    key = qemu.define(guest("forget", disk=disk))
    put(disk, 1)
    take(qemu, key, "x")
    delete(qemu, key, "x", "metadata-only")
    assert names(qemu, key) == set()
    assert kept_in(disk) == ["x"]


def test_an_external_snapshot_of_a_domain_that_is_off(qemu: LibvirtHypervisor, disk: Path) -> None:
    key = qemu.define(guest("outer", disk=disk))
    put(disk, 1)
    taken = take(qemu, key, "x", DISK_ONLY)
    (entry,) = taken.disks
    assert (taken.kind, entry.source, entry.place) == ("external", str(disk), "external")
    top = Path(entry.overlay)
    put(top, 2)
    assert (got(disk), got(top)) == (1, 2)
    (chain,) = qemu.disk_chains(key)
    assert [layer.path for layer in chain.layers] == [str(top), str(disk)]
    # libvirt writes what the overlay holds into the image below.
    delete(qemu, key, "x")
    assert (got(disk), top.exists()) == (2, False)
    (chain,) = qemu.disk_chains(key)
    assert [layer.path for layer in chain.layers] == [str(disk)]


def test_only_the_disks_chosen_take_part(qemu: LibvirtHypervisor, tmp_path: Path) -> None:
    first, second = image(tmp_path / "a.qcow2"), image(tmp_path / "b.qcow2")
    key = qemu.define(two_disks("pair", first, second))
    put(first, 1)
    put(second, 1)
    taken = take(qemu, key, "x", EXTERNAL, disks=("vdb",))
    assert {disk.target: disk.place for disk in taken.disks} == {"vda": "no", "vdb": "external"}
    tops = {chain.target: chain.layers[0].path for chain in qemu.disk_chains(key)}
    assert tops["vda"] == str(first)
    put(Path(tops["vdb"]), 2)
    assert got(second) == 1
    with pytest.raises(Invalid, match="vdz"):
        take(qemu, key, "y", EXTERNAL, disks=("vdz",))
    delete(qemu, key, "x")
    assert got(second) == 2


def test_a_raw_disk_has_no_internal_snapshots_and_says_what_to_do(
    qemu: LibvirtHypervisor, tmp_path: Path
) -> None:
    raw = tmp_path / "disk.raw"
    raw.write_bytes(b"\1" * (1 << 20))
    key = qemu.define(guest("raw", disk=raw).replace("type='qcow2'", "type='raw'"))
    with pytest.raises(Invalid, match="take an external one"):
        take(qemu, key, "x")
    assert raw.read_bytes() == b"\1" * (1 << 20)
    taken = take(qemu, key, "x", DISK_ONLY)
    assert got(taken.disks[0].overlay) == 1


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
    from tuivm.core.snapshots.plan import plan_revert

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


def test_words_and_names_are_changed_where_they_can_be(qemu: LibvirtHypervisor, disk: Path) -> None:
    key = qemu.define(guest("words", disk=disk))
    take(qemu, key, "inner", description="old")
    work(qemu, key, "describe-snapshot", Arguments(snapshot="inner", description="[red]new\nline"))
    assert found(qemu, key, "inner").description == "[red]new\nline"
    assert found(qemu, key, "inner").current
    with pytest.raises(Invalid, match="part of the image"):
        work(qemu, key, "describe-snapshot", Arguments(snapshot="inner", text="other"))
    delete(qemu, key, "inner")
    put(disk, 1)
    take(qemu, key, "outer", DISK_ONLY, description="kept")
    child = take(qemu, key, "child", DISK_ONLY)
    work(qemu, key, "describe-snapshot", Arguments(snapshot="outer", text="renamed <&>"))
    assert found(qemu, key, "renamed <&>").description == "kept"
    assert found(qemu, key, "child").parent == "renamed <&>"
    assert found(qemu, key, "child").current
    with pytest.raises(Invalid, match="exists already"):
        work(qemu, key, "describe-snapshot", Arguments(snapshot="child", text="renamed <&>"))
    put(Path(child.disks[0].overlay), 2)
    delete(qemu, key, "renamed <&>", "children")
    assert (names(qemu, key), got(disk)) == (set(), 2)


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
    import subprocess

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
