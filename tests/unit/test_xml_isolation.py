"""What libvirt's XML says of walls, hosts and networks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.model.building import Cell, Network
from tuivm.model.errors import Invalid
from tuivm.model.room import Folder, Label, Link, Plan
from tuivm.xml import isolation

FULL = """<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>x</name>
  <cpu mode='host-passthrough'><feature policy='disable' name='vmx'/></cpu>
  <seclabel type='dynamic' model='apparmor' relabel='yes'><label>libvirt-1</label></seclabel>
  <seclabel type='dynamic' model='dac'><label>+64055:+108</label></seclabel>
  <devices>
    <disk type='file' device='disk'><source file='/a.qcow2'/><target dev='vda'/></disk>
    <disk type='file' device='disk'><source file='/b.qcow2'/><target dev='vdb'/><shareable/></disk>
    <disk type='file' device='disk'><source file='/c.qcow2'/><target dev='vdc'/><readonly/></disk>
    <disk type='file' device='cdrom'><source file='/d.iso'/><target dev='sda'/></disk>
    <disk type='volume' device='disk'><source pool='p' volume='v'/><target dev='vdd'/></disk>
    <disk type='file' device='disk'><target dev='vde'/></disk>
    <interface type='network'><source network='default' bridge='virbr0'/><port isolated='yes'/></interface>
    <interface type='bridge'><source bridge='br0'/><filterref filter='clean-traffic'/></interface>
    <interface type='user'/>
    <interface type='hostdev'><source>
      <address type='pci' domain='0x0000' bus='0x02' slot='0x10' function='0x1'/></source></interface>
    <hostdev mode='subsystem' type='pci'><source>
      <address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></source></hostdev>
    <hostdev mode='subsystem' type='usb'><source>
      <vendor id='0x1d6b'/><product id='0x0002'/></source></hostdev>
    <hostdev mode='subsystem' type='usb'><source><address bus='1' device='4'/></source></hostdev>
    <hostdev mode='subsystem' type='mdev'><source><address uuid='c2177883'/></source></hostdev>
    <hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/></source></hostdev>
    <hostdev mode='capabilities' type='storage'><source><block>/dev/sdz</block></source></hostdev>
    <filesystem type='mount'><driver type='virtiofs'/><source dir='/srv'/><target dir='s'/></filesystem>
    <filesystem type='mount'><source dir='/ro'/><target dir='r'/><readonly/></filesystem>
    <graphics type='vnc' port='5903' listen='0.0.0.0'/>
    <graphics type='spice' port='-1'><listen type='address' address='::'/></graphics>
    <graphics type='vnc' port='5904' listen='127.0.0.1'/>
    <graphics type='vnc'><listen type='socket' socket='/x'/></graphics>
  </devices>
  <qemu:commandline><qemu:arg value='-s'/></qemu:commandline>
</domain>"""


def test_a_plan_with_everything() -> None:
    assert isolation.plan(FULL) == Plan(
        virt_type="kvm",
        labels=(
            Label("apparmor", "dynamic", "libvirt-1"),
            Label("dac", "dynamic", "+64055:+108"),
        ),
        devices=(
            "pci 0000:01:00.0",
            "usb 1d6b:0002",
            "usb 1:4",
            "mdev c2177883",
            "scsi scsi_host0",
            "storage /dev/sdz",
            "pci 0000:02:10.1",
        ),
        direct_memory=True,
        links=(
            Link("network", "default", "virbr0", apart=True),
            Link("bridge", "br0", "br0", filtered=True),
            Link("user", ""),
        ),
        folders=(Folder("/srv", "s", "virtiofs", False), Folder("/ro", "r", "9p", True)),
        disks=("/a.qcow2", "p/v"),
        shared_disks=("/b.qcow2",),
        cpu="host-passthrough",
        virtualization=False,
        screens=("vnc 0.0.0.0:5903", "spice ::"),
        arguments=True,
    )


def test_a_plan_with_nothing() -> None:
    assert isolation.plan("<domain/>") == Plan()


def test_a_container() -> None:
    plan = isolation.plan(
        "<domain type='lxc'><idmap><uid start='0' target='1000' count='10'/></idmap><devices>"
        "<filesystem type='mount'><source dir='/r'/><target dir='/'/></filesystem>"
        "<filesystem type='ram'><source usage='64'/><target dir='/tmp'/></filesystem></devices></domain>"
    )
    assert plan.user_namespace
    assert plan.folders == (Folder("/r", "/", "bind", False), Folder("64", "/tmp", "ram", True))


@pytest.mark.parametrize("xml", ["", "<domain", "<network/>", "<!DOCTYPE x><domain/>", "\x00"])
def test_what_is_no_domain(xml: str) -> None:
    with pytest.raises(Invalid):
        isolation.plan(xml)


@given(st.text(alphabet="<>/'= abdisklntervcu0x", max_size=80))
def test_any_devices_are_read_or_refused(text: str) -> None:
    try:
        isolation.plan(f"<domain><devices>{text}</devices></domain>")
    except Invalid:
        return


def test_networks() -> None:
    nat = "<network><name>d</name><forward mode='nat'/><bridge name='virbr0'/></network>"
    assert isolation.network(nat, active=True) == Network("d", "virbr0", "nat", True)
    assert isolation.network("<network><name>l</name></network>", active=False) == Network("l", "", "", False)
    assert isolation.network("<network><forward/></network>", active=True).forward == "nat"


CAPABILITIES = """<capabilities><host>
  <iommu support='{iommu}'/>
  <topology><cells num='2'>
    <cell id='0'><memory unit='KiB'>2048</memory><pages unit='KiB' size='4'>512</pages>
      <pages unit='KiB' size='2048'>3</pages><cpus num='2'><cpu id='0'/><cpu id='1'/></cpus></cell>
    <cell id='1'><memory unit='KiB'>-1</memory><pages unit='KiB' size='8'>512</pages>
      <pages unit='KiB' size='2048'>2</pages><pages unit='KiB' size='1048576'>0</pages></cell>
  </cells></topology>
  <secmodel><model>selinux</model></secmodel><secmodel><model>dac</model></secmodel>
</host></capabilities>"""


def test_a_host() -> None:
    told = isolation.host(CAPABILITIES.format(iommu="yes"))
    assert (told.models, told.confining, told.iommu) == (("selinux", "dac"), ("selinux",), True)
    assert told.cells == (Cell(0, 2, 2048 * 1024, None), Cell(1, 0, 0, None))
    assert isolation.huge_pages(CAPABILITIES.format(iommu="no")) == ((2048, 5),)
    assert isolation.host(CAPABILITIES.format(iommu="no")).iommu is False
    bare = isolation.host("<capabilities/>")
    assert (bare.models, bare.iommu, bare.cells) == ((), None, ())
