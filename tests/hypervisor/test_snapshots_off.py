"""Snapshots of real domains, proved by what is in the images; nothing boots, blocks are written from outside.

What is asked is what a job asks; what counts is the content of the disk, not libvirt's answer.
"""

from __future__ import annotations

import random
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
    put,
    revert,
    take,
    two_disks,
    work,
)
from tuivm.core.verbs import Arguments
from tuivm.hypervisor import LibvirtHypervisor
from tuivm.model.errors import Invalid
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


def test_what_people_wrote_on_the_domain_does_not_go_back(qemu: LibvirtHypervisor, disk: Path) -> None:
    key = qemu.define(guest("labelled", disk=disk))
    put(disk, 1)
    qemu.set_tags(key, ("old",))
    qemu.set_locked(key, True)
    take(qemu, key, "x")
    put(disk, 2)
    qemu.set_locked(key, False)
    qemu.set_tags(key, ("new", "two"))
    qemu.set_title(key, "a title")
    revert(qemu, key, "x")
    labels = qemu.labels(key)
    assert (labels.title, labels.tags, labels.locked) == ("a title", ("new", "two"), False)
    assert got(disk) == 1


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


def test_any_sequence_keeps_every_content(qemu: LibvirtHypervisor, disk: Path) -> None:
    """What a list of contents would be is what the images hold, after each of many steps by chance."""
    key = qemu.define(guest("any", disk=disk))
    chance = random.Random(4)
    kept: dict[str, int] = {}
    parents: dict[str, str | None] = {}
    current: str | None = None
    now = 1
    put(disk, now)
    for step in range(60):
        chosen = chance.choice(sorted(kept)) if kept else ""
        action = chance.choice(("write", "take", "take", "revert", "delete", "tree")) if kept else "take"
        if action == "write":
            now = step % 250 + 2
            put(disk, now)
        elif action == "take":
            name = f"s{step} {NAMES[step % len(NAMES)][:30]}"
            take(qemu, key, name)
            kept[name], parents[name], current = now, current, name
        elif action == "revert":
            revert(qemu, key, chosen)
            now, current = kept[chosen], chosen
        else:
            gone = below(parents, chosen) if action == "tree" else {chosen}
            delete(qemu, key, chosen, *(["children"] if action == "tree" else []))
            heir = parents[chosen]
            for name in gone:
                del kept[name], parents[name]
            parents = {name: heir if parent in gone else parent for name, parent in parents.items()}
            current = heir if current in gone else current
        assert got(disk) == now
        assert {one.name: one.parent for one in qemu.snapshots(key)} == parents
        assert set(kept_in(disk)) == set(kept)
    for name, value in kept.items():
        revert(qemu, key, name)
        assert got(disk) == value


def below(parents: dict[str, str | None], name: str) -> set[str]:
    found = {name}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return found
