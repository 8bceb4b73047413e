"""Reading libvirt's XML: what it means, and that nothing in it can hurt."""

from __future__ import annotations

from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.model.detail import CharDevice, Disk, Nic
from tuivm.model.errors import Invalid
from tuivm.model.snapshot import SnapshotRequest
from tuivm.xml import create, document, read, references

DOMAIN = """<domain type='kvm' id='3'>
  <name>web</name>
  <title> The web server </title>
  <os firmware='efi'><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
  <cpu mode='custom'><model fallback='forbid'>qemu64</model></cpu>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/><source file='/img/web [b].qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>
    <disk type='volume'><source pool='default' volume='data'/><target dev='vdb' bus='virtio'/></disk>
    <disk type='network'><source protocol='rbd' name='pool/image'/><target dev='vdc' bus='scsi'/></disk>
    <interface type='network'>
      <mac address='52:54:00:AA:BB:CC'/><source network='default' bridge='virbr0'/>
      <target dev='vnet0'/><model type='virtio'/>
    </interface>
    <interface type='user'><mac address='52:54:00:00:00:01'/></interface>
    <serial type='pty'><target type='isa-serial' port='0'/><alias name='serial0'/></serial>
    <serial type='pty'><target type='isa-serial' port='1'/><alias name='serial1'/></serial>
    <console type='pty'><target type='serial' port='0'/><alias name='serial0'/></console>
    <console type='pty'><target type='virtio' port='1'/><alias name='console1'/></console>
    <graphics type='vnc' port='5900' autoport='yes' listen='127.0.0.1'/>
    <graphics type='spice' autoport='yes'/>
    <video><model type='virtio' heads='1'/></video>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
    <watchdog model='i6300esb' action='reset'/>
    <hostdev mode='subsystem' type='pci'>
      <source><address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></source>
    </hostdev>
    <hostdev mode='subsystem' type='usb'>
      <source><vendor id='0x1d6b'/><product id='0x0002'/></source>
    </hostdev>
  </devices>
  <seclabel type='dynamic' model='apparmor'><label>libvirt-1234</label></seclabel>
  <seclabel type='none' model='selinux'/>
  <something-new><inside/></something-new>
</domain>"""


def test_every_part_of_a_domain() -> None:
    found = read.description(DOMAIN)
    assert (found.virt_type, found.title, found.os_type, found.arch) == (
        "kvm",
        "The web server",
        "hvm",
        "x86_64",
    )
    assert (found.machine, found.firmware, found.cpu_mode) == ("pc-q35-7.2", "efi", "custom qemu64")
    assert found.disks == (
        Disk("vda", "/img/web [b].qcow2", "disk", "virtio", "qcow2", readonly=False),
        Disk("sda", "", "cdrom", "sata", "", readonly=True),
        Disk("vdb", "default/data", "disk", "virtio", kind="volume"),
        Disk("vdc", "pool/image", "disk", "scsi", kind="network"),
    )
    assert found.nics == (
        Nic("52:54:00:aa:bb:cc", "default", "network", "virtio", "vnet0"),
        Nic("52:54:00:00:00:01", "", "user"),
    )
    assert found.consoles == (
        CharDevice("serial0", "serial", 0),
        CharDevice("serial1", "serial", 1),
        CharDevice("console1", "virtio", 1),
    )
    assert found.graphics == ("vnc 127.0.0.1:5900", "spice")
    assert found.devices == (
        "video virtio",
        "rng virtio",
        "watchdog i6300esb",
        "hostdev pci 0000:01:00.0",
        "hostdev usb 1d6b:0002",
    )
    assert found.security == "apparmor libvirt-1234"


@pytest.mark.parametrize(
    ("os", "firmware"),
    [
        ("<os><type>hvm</type><loader type='pflash'>/x</loader></os>", "efi"),
        ("<os><type>hvm</type><loader type='rom'>/x</loader></os>", "bios"),
        ("<os><type>hvm</type></os>", "bios"),
        ("<os><type>exe</type></os>", ""),
        ("", ""),
    ],
)
def test_firmware(os: str, firmware: str) -> None:
    assert read.description(f"<domain type='kvm'>{os}</domain>").firmware == firmware


def test_a_container_has_a_console_without_serial_ports() -> None:
    xml = (
        "<domain type='lxc'><devices><console type='pty'><target type='lxc' port='0'/>"
        "<alias name='console0'/></console><filesystem type='mount'><source dir='/srv/root'/></filesystem>"
        "</devices></domain>"
    )
    found = read.description(xml)
    assert found.consoles == (CharDevice("console0", "lxc", 0),)
    assert found.devices == ("filesystem mount /srv/root",)


def test_an_empty_domain_is_empty() -> None:
    found = read.description("<domain/>")
    assert (found.virt_type, found.disks, found.consoles, found.devices) == ("", (), (), ())


def test_capabilities() -> None:
    caps = "<capabilities><guest><arch name='x86_64'><domain type='qemu'/>{}</arch></guest></capabilities>"
    assert document.accelerated(caps.format("<domain type='kvm'/>"))
    assert not document.accelerated(caps.format(""))


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "<domain>",
        "not xml at all",
        "<network/>",
        "<domain>\x00</domain>",
        "<!DOCTYPE domain [<!ENTITY a 'b'>]><domain>&a;</domain>",
        "<domain>&undefined;</domain>",
    ],
)
def test_what_cannot_be_read_is_one_error(xml: str) -> None:
    with pytest.raises(Invalid):
        read.description(xml)


def test_a_billion_laughs_are_refused_unread() -> None:
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><domain>&b;</domain>'
    with pytest.raises(Invalid, match="document type"):
        read.description(bomb)


def test_too_long_is_refused() -> None:
    with pytest.raises(Invalid, match="longer than"):
        read.description(f"<domain>{' ' * document.LIMIT}</domain>")


def test_a_snapshot_with_memory() -> None:
    xml = (
        "<domainsnapshot><name>a &lt;b&gt;</name><description>why</description><state>running</state>"
        "<creationTime>1700000000</creationTime><parent><name>root</name></parent>"
        "<memory snapshot='internal'/><disks><disk name='vda' snapshot='internal'/></disks></domainsnapshot>"
    )
    found = read.snapshot(xml, current=True)
    assert (found.name, found.description, found.created, found.parent) == ("a <b>", "why", 1.7e9, "root")
    assert (found.state, found.memory, found.external, found.current) == ("running", True, False, True)


def test_an_external_snapshot_of_disks() -> None:
    xml = (
        "<domainsnapshot><name>x</name><state>disk-snapshot</state><creationTime>soon</creationTime>"
        "<memory snapshot='no'/><disks><disk name='vda' snapshot='external'/></disks></domainsnapshot>"
    )
    found = read.snapshot(xml)
    assert (found.memory, found.external, found.created, found.parent) == (False, True, 0.0, None)


def test_an_external_snapshot_that_was_gone_back_to_has_two_overlays() -> None:
    xml = (
        "<domainsnapshot><name>x</name><state>shutoff</state><memory snapshot='no'/><disks>"
        "<disk name='vda' snapshot='external' type='file'><source file='/i/a.x'/></disk></disks>"
        "<revertDisks><disk name='vda' snapshot='external' type='file'><source file='/i/a.17'/></disk>"
        "</revertDisks><domain><devices><disk type='file'><source file='/i/a'/><target dev='vda'/></disk>"
        "</devices></domain></domainsnapshot>"
    )
    (disk,) = read.snapshot(xml).disks
    assert (disk.source, disk.overlay, disk.reverted) == ("/i/a", "/i/a.x", "/i/a.17")
    assert disk.overlays == ("/i/a.x", "/i/a.17")
    assert [image.path for image in references.snapshot_files(xml)] == ["/i/a.x", "/i/a.17"]


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read.description(text)
    except Invalid:
        return
    assert "<domain" in text


PRINTABLE = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


@given(PRINTABLE)
def test_names_come_back_as_they_are(text: str) -> None:
    value = escape(text, {"'": "&apos;", "\n": "&#10;"})
    xml = f"<domain><devices><disk><source file='{value}'/></disk></devices></domain>"
    assert read.description(xml).disks[0].source == text


@given(PRINTABLE, PRINTABLE)
def test_a_created_snapshot_reads_as_it_was_meant(name: str, description: str) -> None:
    try:
        xml = create.snapshot(SnapshotRequest(name, description))
    except Invalid:
        assert not name.strip() or "/" in name or name.startswith(".") or len(name.encode()) > 200
        return
    found = read.snapshot(xml)
    assert (found.name, found.description) == (name, description.strip())


@pytest.mark.parametrize("name", ["", "  ", "a/b", ".", "..", "two\nlines", "bell\x07", "\ud800"])
def test_names_no_snapshot_can_have(name: str) -> None:
    with pytest.raises(Invalid):
        create.snapshot(SnapshotRequest(name))


def test_a_description_may_have_lines_but_no_control_characters() -> None:
    assert read.snapshot(create.snapshot(SnapshotRequest("x", "one\ntwo"))).description == "one\ntwo"
    with pytest.raises(Invalid):
        create.snapshot(SnapshotRequest("x", "\x1b[2J"))


@pytest.mark.parametrize(
    ("balloon", "period"),
    [
        ("", None),
        ("<memballoon model='none'/>", None),
        ("<memballoon model='xen'/>", None),
        ("<memballoon model='virtio'/>", 0),
        ("<memballoon model='virtio-non-transitional'><alias name='b'/></memballoon>", 0),
        ("<memballoon model='virtio'><stats period='10'/></memballoon>", 10),
        ("<memballoon model='virtio'><stats period='-1'/></memballoon>", 0),
        ("<memballoon model='virtio'><stats period='x'/></memballoon>", 0),
    ],
)
def test_the_period_of_a_balloon(balloon: str, period: int | None) -> None:
    assert read.balloon_period(f"<domain><devices>{balloon}</devices></domain>") == period
