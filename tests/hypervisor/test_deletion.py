"""Deleting real domains on a private daemon: what is shared stays, proven by files and what is in them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

from tests.daemon import PrivateDaemon
from tests.hypervisor.conftest import GUEST
from tuivm.core import deletion
from tuivm.core.verbs import Arguments, Work, verb
from tuivm.hypervisor import LibvirtHypervisor
from tuivm.model.deletion import Belongings, Part, PartKind
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Busy, Cancelled, Failed, HypervisorError, Invalid, NotFound


@pytest.fixture(autouse=True)
def _own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def image(path: Path, *, below: Path | str | None = None) -> Path:
    """A qcow2 image holding words of its own (written by qemu-io), perhaps on top of another."""
    options = ["-b", str(below), "-F", "qcow2"] if below is not None else []
    size = [] if below is not None else ["4M"]
    subprocess.run(["qemu-img", "create", "-qf", "qcow2", *options, str(path), *size], check=True)
    subprocess.run(
        ["qemu-io", "-f", "qcow2", "-c", "write -q -P 0x57 0 64k", str(path)], check=True, capture_output=True
    )
    return path


def content(path: Path) -> bytes:
    """The beginning of what a guest would read of an image."""
    target = path.with_suffix(".converted")
    subprocess.run(["qemu-img", "convert", "-U", "-O", "raw", str(path), str(target)], check=True)
    try:
        return target.read_bytes()[: 64 * 1024]
    finally:
        target.unlink()


def disks(*paths: Path | str, extra: str = "", kind: str = "qcow2") -> str:
    """``<disk>`` elements, vda and on."""
    return "".join(
        f"<disk type='file'><driver name='qemu' type='{kind}'/><source file={quoteattr(str(path))}/>"
        f"<target dev='vd{chr(ord('a') + index)}' bus='virtio'/>{extra}</disk>"
        for index, path in enumerate(paths)
    )


def define(qemu: LibvirtHypervisor, name: str, devices: str = "") -> DomainKey:
    return qemu.define(GUEST.format(name=name, devices=devices, vcpus=1))


def chosen(found: Belongings, *ids: str) -> Arguments:
    """What is proposed, and these parts."""
    choice = deletion.proposed(found)
    for id_ in ids:
        choice, why = deletion.flip(found, choice, id_)
        assert not why, why
    return Arguments(removal=deletion.removal(found, choice))


def delete(qemu: LibvirtHypervisor, key: DomainKey, arguments: Arguments) -> str:
    work = Work(qemu, key, arguments)
    verb("delete").run(work)
    return work.message


def part(found: Belongings, id_: str) -> Part:
    one = found.part(id_)
    assert one is not None, [each.id for each in found.parts]
    return one


def test_only_the_definition_goes_unless_more_is_chosen(qemu: LibvirtHypervisor, tmp_path: Path) -> None:
    one, other = image(tmp_path / "one.qcow2"), image(tmp_path / "two [b].qcow2")
    key = define(qemu, "plain", disks(one, other))
    found = qemu.belongings(key)
    assert [(each.id, each.chosen) for each in found.parts] == [
        ("definition", True),
        ("disk:vda", False),
        ("disk:vdb", False),
    ]
    size = part(found, "disk:vda").size
    assert size == one.stat().st_blocks * 512
    assert part(found, "disk:vda").format == "qcow2"
    told = delete(qemu, key, Arguments())
    assert told.startswith("removed: definition (a copy is kept: ")
    copy = Path(told.partition("kept: ")[2].rstrip(")"))
    assert str(one) in copy.read_text()
    assert copy.stat().st_mode & 0o777 == 0o600
    with pytest.raises(NotFound):
        qemu.read_domain(key)
    assert content(one) == content(other) == b"\x57" * 65536

    key = define(qemu, "plain", disks(one, other))
    told = delete(qemu, key, chosen(qemu.belongings(key), "disk:vdb"))
    assert str(other) in told
    assert one.exists()
    assert not other.exists()


def test_a_volume_goes_by_its_pool(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, pool: Path
) -> None:
    path = image(pool / "v.qcow2")
    libvirt_daemon.virsh("pool-refresh", "odd [b]pool")
    key = define(qemu, "pooled", disks(path))
    found = qemu.belongings(key)
    assert (part(found, "disk:vda").pool, part(found, "disk:vda").volume) == ("odd [b]pool", "v.qcow2")
    delete(qemu, key, chosen(found, "disk:vda"))
    assert not path.exists()
    assert "v.qcow2" not in libvirt_daemon.virsh("vol-list", "odd [b]pool")


def test_a_disk_named_as_a_volume(qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, pool: Path) -> None:
    path = image(pool / "v.qcow2")
    libvirt_daemon.virsh("pool-refresh", "odd [b]pool")
    device = (
        "<disk type='volume'><driver name='qemu' type='qcow2'/><source pool='odd [b]pool' volume='v.qcow2'/>"
        "<target dev='vda' bus='virtio'/></disk>"
    )
    first, second = define(qemu, "by-volume", device), define(qemu, "by-path", disks(path))
    assert part(qemu.belongings(first), "disk:vda").refused == "used by by-path (vda)"
    assert part(qemu.belongings(second), "disk:vda").refused == "used by by-volume (vda)"
    qemu.undefine(second)
    delete(qemu, first, chosen(qemu.belongings(first), "disk:vda"))
    assert not path.exists()


def test_a_disk_of_two_domains_is_never_removed(qemu: LibvirtHypervisor, tmp_path: Path) -> None:
    shared = image(tmp_path / "shared.qcow2")
    before = content(shared)
    link, twin = tmp_path / "link.qcow2", tmp_path / "twin.qcow2"
    link.symlink_to(shared)
    os.link(shared, twin)
    key = define(qemu, "one", disks(shared))
    for number, path in enumerate((shared, link, twin, tmp_path / "x" / ".." / "shared.qcow2")):
        (tmp_path / "x").mkdir(exist_ok=True)
        other = define(qemu, f"other {number}", disks(path))
        found = part(qemu.belongings(key), "disk:vda")
        assert found.refused == f"used by other {number} (vda)", path
        assert deletion.flip(qemu.belongings(key), frozenset(), "disk:vda")[1] == found.refused
        qemu.undefine(other)
    define(qemu, "other", disks(shared))
    # Even a client that asks for it all the same gets nothing done.
    listed = qemu.belongings(key)
    forced = deletion.Removal((listed.parts[0], part(listed, "disk:vda")))
    with pytest.raises(Busy, match="nothing was removed: vda: used by other"):
        delete(qemu, key, Arguments(removal=forced))
    assert qemu.read_domain(key).name == "one"
    assert content(shared) == before


def test_what_others_build_on_is_never_removed(qemu: LibvirtHypervisor, tmp_path: Path) -> None:
    base = image(tmp_path / "base.qcow2")
    middle = image(tmp_path / "middle.qcow2", below="base.qcow2")
    top = image(tmp_path / "top.qcow2", below=middle)
    before = content(top)
    key = define(qemu, "owner of the base", disks(base))
    other = define(qemu, "on top", disks(top))
    assert "on top (vda), built on it" in part(qemu.belongings(key), "disk:vda").refused
    qemu.undefine(other)
    # No domain has the overlay now, and yet it lies beside it.
    refused = part(qemu.belongings(key), "disk:vda").refused
    assert refused == f"used by {middle}, built on it"
    assert content(top) == before
    middle.unlink()
    top.unlink()
    delete(qemu, key, chosen(qemu.belongings(key), "disk:vda"))
    assert not base.exists()


def test_an_overlay_elsewhere_is_seen_by_its_pool(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, pool: Path, tmp_path: Path
) -> None:
    base = image(tmp_path / "base.qcow2")
    image(pool / "over.qcow2", below=base)
    libvirt_daemon.virsh("pool-refresh", "odd [b]pool")
    key = define(qemu, "based", disks(base))
    assert part(qemu.belongings(key), "disk:vda").refused == (
        "used by volume over.qcow2 of pool odd [b]pool, built on it"
    )


def test_a_chain_of_its_own_goes_from_the_top_or_not_at_all(qemu: LibvirtHypervisor, tmp_path: Path) -> None:
    base = image(tmp_path / "base.qcow2")
    top = image(tmp_path / "top.qcow2", below=base)
    key = define(qemu, "chain", disks(top))
    found = qemu.belongings(key)
    lower = f"backing:{base}"
    assert part(found, lower).needs == ("disk:vda",)
    assert deletion.flip(found, deletion.proposed(found), lower)[1] == "vda is built on it and stays"
    arguments = chosen(found, "disk:vda", lower)
    assert arguments.removal is not None
    assert [each.id for each in arguments.removal.storage] == ["disk:vda", lower]
    delete(qemu, key, arguments)
    assert not base.exists()
    assert not top.exists()


def test_another_domain_begins_to_use_it_between_the_list_and_the_yes(
    qemu: LibvirtHypervisor, tmp_path: Path
) -> None:
    path = image(tmp_path / "disk.qcow2")
    key = define(qemu, "first", disks(path))
    arguments = chosen(qemu.belongings(key), "disk:vda")
    second = define(qemu, "second", disks(path))
    with pytest.raises(Busy, match=r"nothing was removed: vda: used by second \(vda\)"):
        delete(qemu, key, arguments)
    assert qemu.read_domain(key).name == "first"
    qemu.undefine(second)
    path.unlink()
    image(path)
    with pytest.raises(Busy, match="no longer the one shown"):
        delete(qemu, key, arguments)
    assert content(path) == b"\x57" * 65536


def test_another_domain_begins_to_use_it_when_the_definition_is_gone_already(
    qemu: LibvirtHypervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = image(tmp_path / "one.qcow2"), image(tmp_path / "other.qcow2")
    key = define(qemu, "first", disks(one, other))
    arguments = chosen(qemu.belongings(key), "disk:vda", "disk:vdb")
    undefine = qemu.undefine_parts

    def meanwhile(key: DomainKey, *, nvram: bool, tpm: bool) -> None:
        undefine(key, nvram=nvram, tpm=tpm)
        define(qemu, "thief", disks(one))

    monkeypatch.setattr(qemu, "undefine_parts", meanwhile)
    with pytest.raises(Failed) as caught:
        delete(qemu, key, arguments)
    assert "NOT removed: vda" in caught.value.message
    assert "used by thief (vda)" in caught.value.message
    assert "vdb (" in caught.value.message.partition("NOT removed")[0]
    assert f"NOT removed: vda ({one}" in caught.value.full
    assert content(one) == b"\x57" * 65536
    assert not other.exists()


def test_two_clients_delete_it_at_once(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = image(tmp_path / "disk.qcow2")
    key = define(qemu, "wanted", disks(path))
    arguments = chosen(qemu.belongings(key), "disk:vda")
    look = qemu.belongings

    def faster(key: DomainKey) -> Belongings:
        found = look(key)
        libvirt_daemon.virsh("undefine", "wanted")
        return found

    monkeypatch.setattr(qemu, "belongings", faster)
    with pytest.raises(NotFound, match="another client deleted it first; its disks were left alone"):
        delete(qemu, key, arguments)
    assert content(path) == b"\x57" * 65536


def test_a_domain_that_runs_is_off_first_or_stays(qemu: LibvirtHypervisor, tmp_path: Path) -> None:
    path = image(tmp_path / "disk.qcow2")
    key = define(qemu, "busy", disks(path))
    qemu.start(key)
    found = qemu.belongings(key)
    assert found.active
    with pytest.raises(Invalid, match="must be off first"):
        delete(qemu, key, chosen(found, "disk:vda"))
    assert qemu.read_domain(key).state.is_active
    choice, _ = deletion.flip(found, deletion.proposed(found), "disk:vda")
    delete(qemu, key, Arguments(removal=deletion.removal(found, choice, force_off=True)))
    with pytest.raises(NotFound):
        qemu.read_domain(key)
    assert not path.exists()


def test_a_transient_domain(qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, tmp_path: Path) -> None:
    path = image(tmp_path / "disk.qcow2")
    xml = tmp_path / "fleeting.xml"
    xml.write_text(GUEST.format(name="fleeting", devices=disks(path), vcpus=1))
    libvirt_daemon.virsh("create", str(xml))
    (domain,) = qemu.list_domains()
    found = qemu.belongings(domain.key)
    assert not found.persistent
    choice, _ = deletion.flip(found, deletion.proposed(found), "disk:vda")
    removal = deletion.removal(found, choice, force_off=True)
    told = delete(qemu, domain.key, Arguments(removal=removal))
    assert told.startswith("removed: the transient domain, vda")
    assert not path.exists()


def test_a_disk_that_a_program_outside_libvirt_has_open(qemu: LibvirtHypervisor, tmp_path: Path) -> None:
    path = image(tmp_path / "disk.qcow2")
    key = define(qemu, "quiet", disks(path))
    other = subprocess.Popen(
        ["qemu-io", "-f", "qcow2", str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert other.stdin is not None
        assert other.stdout is not None
        other.stdin.write(b"length\n")
        other.stdin.flush()
        assert other.stdout.read(1)
        assert part(qemu.belongings(key), "disk:vda").refused == "some QEMU has it open"
    finally:
        other.communicate(b"quit\n")
    assert part(qemu.belongings(key), "disk:vda").refused == ""


def test_snapshots_saved_state_and_what_they_leave(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, tmp_path: Path
) -> None:
    path = image(tmp_path / "disk.qcow2")
    key = define(qemu, "kept", disks(path))
    libvirt_daemon.virsh("snapshot-create-as", "kept", "inside")
    overlay = tmp_path / "overlay.qcow2"
    libvirt_daemon.virsh(
        "snapshot-create-as", "kept", "outside", "--disk-only", "--diskspec", f"vda,file={overlay}"
    )
    qemu.start(key)
    libvirt_daemon.virsh("managedsave", "kept")
    found = qemu.belongings(key)
    kinds = {each.kind for each in found.parts if each.required}
    assert kinds == {PartKind.DEFINITION, PartKind.SAVED, PartKind.SNAPSHOTS}
    assert part(found, "disk:vda").path == str(overlay)
    assert part(found, f"backing:{path}").needs == ("disk:vda",)
    delete(qemu, key, chosen(found, "disk:vda"))
    assert path.exists()
    assert not overlay.exists()
    with pytest.raises(NotFound):
        qemu.read_domain(key)


def test_a_snapshot_that_came_after_the_question_stops_it(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, tmp_path: Path
) -> None:
    path = image(tmp_path / "disk.qcow2")
    key = define(qemu, "kept", disks(path))
    arguments = chosen(qemu.belongings(key), "disk:vda")
    libvirt_daemon.virsh("snapshot-create-as", "kept", "new")
    with pytest.raises(Busy, match="by now there is also its snapshots"):
        delete(qemu, key, arguments)
    assert qemu.snapshot_names(key) == ("new",)


def test_media_shared_marks_missing_files_links_and_folders(qemu: LibvirtHypervisor, tmp_path: Path) -> None:
    real = image(tmp_path / "real.qcow2")
    link = tmp_path / "link.qcow2"
    link.symlink_to(real)
    iso = tmp_path / "cd.iso"
    iso.write_bytes(b"iso" * 1000)
    devices = (
        disks(link, tmp_path / "gone.qcow2")
        + f"<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='{iso}'/>"
        "<target dev='hda' bus='ide'/><readonly/></disk>"
        "<disk type='file' device='cdrom'><target dev='hdb' bus='ide'/></disk>"
        f"<disk type='file'><driver name='qemu' type='raw'/><source file='{tmp_path / 'shared.raw'}'/>"
        "<target dev='vdx' bus='virtio'/><shareable/></disk>"
    )
    (tmp_path / "shared.raw").write_bytes(b"x" * 4096)
    found = qemu.belongings(define(qemu, "odd", devices))
    assert part(found, "disk:vda").refused == "a link to another file"
    assert part(found, "disk:vdb").refused == "it is not there"
    assert (part(found, "disk:hda").spare, part(found, "disk:hda").refused) == (True, "")
    assert "marked as shared" in part(found, "disk:vdx").refused
    assert found.part("disk:hdb") is None
    assert deletion.with_disks(found, deletion.proposed(found)) == deletion.proposed(found)


def test_nvram_is_kept_or_removed_as_chosen(qemu: LibvirtHypervisor, tmp_path: Path) -> None:
    code, template = tmp_path / "code.fd", tmp_path / "vars.fd"
    code.write_bytes(bytes(1 << 16))
    template.write_bytes(bytes(1 << 16))
    for keep in (True, False):
        store = tmp_path / f"nvram {keep}.fd"
        store.write_bytes(b"variables")
        xml = GUEST.format(name="uefi", devices="", vcpus=1).replace(
            "<bios useserial='yes'/>",
            f"<loader readonly='yes' type='pflash'>{code}</loader>"
            f"<nvram template='{template}'>{store}</nvram>",
        )
        key = qemu.define(xml)
        found = qemu.belongings(key)
        assert part(found, "nvram").path == str(store)
        choice = deletion.proposed(found)
        if keep:
            choice, _ = deletion.flip(found, choice, "nvram")
        delete(qemu, key, Arguments(removal=deletion.removal(found, choice)))
        assert store.exists() is keep


def test_a_failure_in_the_middle_is_told_exactly(
    qemu: LibvirtHypervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [image(tmp_path / f"{letter}.qcow2") for letter in "abc"]
    key = define(qemu, "many", disks(*paths))
    arguments = chosen(qemu.belongings(key), "disk:vda", "disk:vdb", "disk:vdc")
    remove = qemu.remove_storage

    def refuse(one: Part) -> None:
        if one.label == "vdb":
            raise HypervisorError("the disk is on fire")
        remove(one)

    monkeypatch.setattr(qemu, "remove_storage", refuse)
    with pytest.raises(Failed) as caught:
        delete(qemu, key, arguments)
    assert [path.exists() for path in paths] == [False, True, False]
    assert f"NOT removed: vdb ({paths[1]}" in caught.value.full
    assert "the disk is on fire" in caught.value.message
    assert content(paths[1]) == b"\x57" * 65536


def test_cancelled_before_the_definition_nothing_is_gone(qemu: LibvirtHypervisor, tmp_path: Path) -> None:
    path = image(tmp_path / "disk.qcow2")
    key = define(qemu, "spared", disks(path))
    work = Work(qemu, key, chosen(qemu.belongings(key), "disk:vda"))
    work.cancel()
    with pytest.raises(Cancelled):
        verb("delete").run(work)
    assert qemu.read_domain(key).name == "spared"
    assert path.exists()


def test_a_domain_that_vanished(qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon) -> None:
    key = define(qemu, "gone")
    libvirt_daemon.virsh("undefine", "gone")
    with pytest.raises(NotFound):
        delete(qemu, key, Arguments())


def test_on_the_test_driver(test_hypervisor: LibvirtHypervisor) -> None:
    by_name = {domain.name: domain for domain in test_hypervisor.list_domains()}
    off = by_name["$(reboot)"]
    delete(test_hypervisor, off.key, Arguments())
    found = test_hypervisor.belongings(by_name["web"].key)
    assert part(found, "disk:vda").refused == "a file of another host, in no storage pool"
    assert found.active
    removal = deletion.removal(found, deletion.proposed(found), force_off=True)
    delete(test_hypervisor, by_name["web"].key, Arguments(removal=removal))
    assert [domain.name for domain in test_hypervisor.list_domains()] == ["[red]x[bold]"]


def test_a_disk_that_is_gone_when_the_yes_comes(qemu: LibvirtHypervisor, tmp_path: Path) -> None:
    path = image(tmp_path / "disk.qcow2")
    key = define(qemu, "closed", disks(path))
    arguments = chosen(qemu.belongings(key), "disk:vda")
    path.unlink()
    with pytest.raises(Busy, match="nothing was removed: vda is no longer the one shown"):
        delete(qemu, key, arguments)
    assert qemu.read_domain(key).name == "closed"
