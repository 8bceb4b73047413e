"""A definition read, put back and refused, on libvirt's own drivers; two clients; a guest that runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.daemon import PrivateDaemon
from tests.hypervisor.conftest import guest
from tuivm import paths
from tuivm.core.editing import definition, steps
from tuivm.core.editing.versions import Versions
from tuivm.hypervisor import LibvirtHypervisor, connect
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Denied, HypervisorError, Invalid, NotFound

SECRET = "pa[ss]wd"


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "state_dir", lambda: tmp_path / "state")


def key_of(hypervisor: LibvirtHypervisor, name: str) -> DomainKey:
    return next(domain.key for domain in hypervisor.list_domains() if domain.name == name)


@pytest.mark.parametrize("name", ["web", "[red]x[bold]", "$(reboot)"])
def test_a_definition_is_edited_and_restored(test_hypervisor: LibvirtHypervisor, name: str) -> None:
    key = key_of(test_hypervisor, name)
    base = definition.read(test_hypervisor, key)
    xml = base.replace("</os>", "</os><description>new [b] &amp; $(x)</description>")
    definition.put(test_hypervisor, key, base, xml)
    assert "new [b] &amp; $(x)" in test_hypervisor.definition(key)
    (version,) = Versions(key).all()
    present = definition.read(test_hypervisor, key)
    definition.put(test_hypervisor, key, present, version.read(), why="restore")
    assert definition.read(test_hypervisor, key) == base
    assert key_of(test_hypervisor, name) == key


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<os>", "<nonsense/><os>", "against schema"),
        ("<memory unit='KiB'>", "<memory unit='potatoes'>", ""),
        ("<type arch=", "<type machine='\\' arch=", ""),
    ],
)
def test_what_libvirt_refuses_changes_nothing_and_is_told_in_full(
    test_hypervisor: LibvirtHypervisor, old: str, new: str, words: str
) -> None:
    key = key_of(test_hypervisor, "web")
    base = definition.read(test_hypervisor, key)
    assert old in base
    with pytest.raises(HypervisorError) as caught:
        definition.put(test_hypervisor, key, base, base.replace(old, new))
    assert words in (caught.value.full or caught.value.message)
    assert "\n" not in caught.value.message
    assert definition.read(test_hypervisor, key) == base
    assert [domain.name for domain in test_hypervisor.list_domains()].count("web") == 1


def test_the_schema_can_be_done_without(test_hypervisor: LibvirtHypervisor) -> None:
    key = key_of(test_hypervisor, "web")
    base = definition.read(test_hypervisor, key)
    xml = base.replace("<os>", "<nonsense/><title>it</title><os>")
    definition.put(test_hypervisor, key, base, xml, validate=False)
    # What libvirt does not know it does not keep.
    assert "<title>it</title>" in test_hypervisor.definition(key)
    assert "nonsense" not in test_hypervisor.definition(key)


def test_a_domain_that_is_gone_is_not_made_again(test_hypervisor: LibvirtHypervisor) -> None:
    key = key_of(test_hypervisor, "$(reboot)")
    base = definition.read(test_hypervisor, key)
    test_hypervisor.undefine(key)
    with pytest.raises(NotFound):
        definition.put(test_hypervisor, key, base, base.replace("</os>", "</os><title>x</title>"))
    assert all(domain.name != "$(reboot)" for domain in test_hypervisor.list_domains())


def test_read_only_neither_reads_secrets_nor_changes(test_hypervisor: LibvirtHypervisor) -> None:
    reader = connect(test_hypervisor.uri, read_only=True)
    reader.open()
    key = key_of(reader, "web")
    with pytest.raises(Denied):
        reader.definition(key)
    with pytest.raises(HypervisorError):
        reader.redefine(key, "<domain/>")
    assert all(reason == "read-only connection" for reason in reader.unsupported().values())
    assert {"start", "define", "snapshot", "console", "autostart"} <= set(reader.unsupported())
    assert reader.detail(key).xml
    reader.close()


def test_a_guest_that_runs_goes_on_and_the_next_start_uses_the_edit(qemu: LibvirtHypervisor) -> None:
    xml = guest("edited").replace(
        "<serial", f"<graphics type='vnc' port='-1' autoport='yes' passwd='{SECRET}'/><serial", 1
    )
    key = qemu.define(xml)
    qemu.start(key)
    base = definition.read(qemu, key)
    assert SECRET in base, "an edit that lost it would define the domain without"
    edited = base.replace("<vcpu placement='static'>1<", "<vcpu placement='static'>2<")
    assert edited != base
    definition.put(qemu, key, base, edited)
    assert ">1</vcpu>" in qemu.detail(key).xml
    assert SECRET in qemu.definition(key)
    qemu.destroy(key)
    qemu.start(key)
    assert ">2</vcpu>" in qemu.detail(key).xml


def test_what_virsh_changes_meanwhile_is_noticed(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon
) -> None:
    key = qemu.define(guest("shared"))
    domain = qemu.read_domain(key)
    base = definition.read(qemu, key)
    draft = steps.drafted(domain, base, base)
    libvirt_daemon.virsh("desc", "shared", "--config", "--title", "--new-desc", "theirs")
    mine = base.replace("<vcpu placement='static'>1<", "<vcpu placement='static'>2<")
    look = steps.look(qemu, domain, draft, base, mine)
    assert look.theirs is not None
    assert any("theirs" in line.text for line in look.theirs.lines)
    with pytest.raises(Invalid, match="somebody else"):
        definition.put(qemu, key, base, mine)
    assert "theirs" in qemu.definition(key)
    definition.put(qemu, key, look.present, mine)
    assert ">2</vcpu>" in qemu.definition(key)
    assert "theirs" in Versions(key).all()[0].read()
    draft.drop()


def test_a_transient_domain_has_no_definition(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, tmp_path: Path
) -> None:
    path = tmp_path / "transient.xml"
    path.write_text(guest("passing"))
    libvirt_daemon.virsh("create", str(path))
    key = key_of(qemu, "passing")
    with pytest.raises(Invalid, match="transient"):
        qemu.definition(key)
    with pytest.raises(Invalid, match="transient"):
        qemu.redefine(key, guest("passing"))
    assert not qemu.read_domain(key).persistent


def test_qemus_own_refusal_keeps_the_old_definition(qemu: LibvirtHypervisor) -> None:
    key = qemu.define(guest("refused"))
    base = definition.read(qemu, key)
    for old, new in (
        ("machine='pc", "machine='no-such-pc"),
        ("<devices>", "<devices><disk type='file'/>"),
        ("</devices>", "<sound model='tuba'/></devices>"),
    ):
        assert old in base
        with pytest.raises(HypervisorError) as caught:
            definition.put(qemu, key, base, base.replace(old, new))
        assert caught.value.message
        assert definition.read(qemu, key) == base
