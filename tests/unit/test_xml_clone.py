"""The definition of a clone: what is its own, and that all else survives."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.model.errors import Invalid
from tuivm.xml import labels
from tuivm.xml.clone import Copied, beside, clone, encrypted, notes, sliced

UUID = "22222222-2222-4222-8222-222222222222"
OLD = "11111111-1111-4111-8111-111111111111"
QEMU = "http://libvirt.org/schemas/domain/qemu/1.0"
DOMAIN = f"""<domain type='kvm' id='7' xmlns:qemu='{QEMU}'>
  <name>web &amp; co</name><uuid>{OLD}</uuid><genid>{OLD}</genid><title>the web</title>
  <metadata>
    <tuivm:tuivm xmlns:tuivm='{labels.NAMESPACE}'><tuivm:tag>prod</tuivm:tag><tuivm:locked/></tuivm:tuivm>
    <l:lock xmlns:l='{labels.LOCK_NAMESPACE}'/><o:other xmlns:o='urn:o'><o:lock/></o:other>
  </metadata>
  <sysinfo type='smbios'><system><entry name='uuid'>{OLD}</entry><entry name='serial'>s</entry></system>
  </sysinfo>
  <os><type>hvm</type><loader type='pflash'>/code.fd</loader>
    <nvram template='/vars.fd' type='file'>/nv/web.fd<source file='/nv/web.fd'/></nvram></os>
  <unknown of='ours'><deep>kept</deep></unknown>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none'/>
      <source file='/i/web.qcow2' startupPolicy='optional' index='3'><seclabel relabel='no'/></source>
      <backingStore type='file'><source file='/i/base'/></backingStore><target dev='vda'/>
      <serial>s1</serial></disk>
    <disk type='volume'><source pool='p' volume='v'/><target dev='vdb'/></disk>
    <disk type='block'><source dev='/dev/vg/lv'/><target dev='vdc'/></disk>
    <disk type='file'><source file='/i/data.img'/><target dev='vdd'/></disk>
    <disk type='file' device='cdrom'><target dev='sda'/></disk>
    <interface type='network'><mac address='52:54:00:00:00:01'/><source network='n' portid='{OLD}'/>
      <virtualport type='openvswitch'><parameters interfaceid='{OLD}' profileid='x'/></virtualport>
      <target dev='web0'/><model type='virtio'/></interface>
    <interface type='ethernet'><mac address='52:54:00:00:00:02'/><target dev='tap9' managed='no'/></interface>
    <serial type='file'><source path='/log/web.log' append='on'/><log file='/log/all.log'/></serial>
    <serial type='unix'><source mode='bind' path='/run/web.sock'/></serial>
    <serial type='unix'><source mode='connect' path='/run/server.sock'/></serial>
    <console type='pty' tty='/dev/pts/3'><source path='/dev/pts/3'/></console>
    <channel type='unix'><source mode='bind' path='/c/org.agent'/><target type='virtio' name='o'/></channel>
    <graphics type='vnc' port='5901' websocket='5701' passwd='secret'>
      <listen type='address' address='::1'/></graphics>
    <graphics type='spice' autoport='yes'><listen type='socket' socket='/s.sock'/></graphics>
    <vsock><cid auto='no' address='4'/></vsock>
    <tpm><backend type='emulator'><source type='dir' path='/tpm'/><encryption secret='x'/></backend></tpm>
  </devices>
  <qemu:commandline><qemu:arg value='-s'/></qemu:commandline>
</domain>"""
COPIES = {
    "vda": Copied("/i/new.qcow2", "new.qcow2"),
    "vdb": Copied("/p/v2", "v2"),
    "vdc": Copied("/dev/vg/l2"),
}


def made(xml: str = DOMAIN, name: str = "new", left_out: tuple[str, ...] = ()) -> ET.Element:
    return ET.fromstring(clone(xml, name, UUID, COPIES, left_out))


def attributes(root: ET.Element, path: str) -> list[dict[str, str]]:
    return [dict(one.attrib) for one in root.findall(path)]


def test_identity_is_its_own() -> None:
    root = made()
    assert (root.findtext("name"), root.findtext("uuid"), root.get("id")) == ("new", UUID, None)
    assert [entry.text for entry in root.findall("./sysinfo/system/entry")] == [UUID, "s"]
    assert not root.findtext("genid")
    assert OLD not in ET.tostring(root, encoding="unicode")


def test_disks_point_to_their_copies_and_the_others_stay() -> None:
    root = made(left_out=("sda",))
    assert attributes(root, "./devices/disk/source") == [
        {"file": "/i/new.qcow2", "startupPolicy": "optional"},
        {"pool": "p", "volume": "v2"},
        {"dev": "/dev/vg/l2"},
        {"file": "/i/data.img"},
    ]
    assert root.find("./devices/disk/backingStore") is None
    assert root.find("./devices/disk/source/seclabel") is not None
    assert [one.get("dev") for one in root.findall("./devices/disk/target")] == ["vda", "vdb", "vdc", "vdd"]


def test_nothing_that_only_one_can_have_is_taken_over() -> None:
    root = made()
    assert root.find(".//mac") is None
    assert attributes(root, "./devices/interface/target") == [{"managed": "no"}]
    assert attributes(root, "./devices/interface/source") == [{"network": "n"}]
    assert attributes(root, ".//virtualport/parameters") == [{"profileid": "x"}]
    assert [one.get("path") for one in root.findall("./devices/serial/source")] == [
        "/log/new-web.log",
        "/run/new-web.sock",
        "/run/server.sock",
    ]
    assert attributes(root, "./devices/serial/log") == [{"file": "/log/new-all.log"}]
    assert attributes(root, "./devices/console") == [{"type": "pty"}]
    assert attributes(root, "./devices/channel/source") == [{"mode": "bind"}]
    assert attributes(root, "./devices/graphics") == [
        {"type": "vnc", "passwd": "secret", "autoport": "yes"},
        {"type": "spice", "autoport": "yes"},
    ]
    assert attributes(root, "./devices/graphics/listen") == [
        {"type": "address", "address": "::1"},
        {"type": "socket"},
    ]
    assert attributes(root, "./devices/vsock/cid") == [{"auto": "yes"}]
    assert root.find("./devices/tpm/backend/source") is None
    nvram = root.find("./os/nvram")
    assert nvram is not None
    assert (nvram.text, dict(nvram.attrib), len(nvram)) == (None, {"template": "/vars.fd"}, 0)


def test_the_lock_is_not_inherited_and_what_others_wrote_is() -> None:
    text = clone(DOMAIN, "new", UUID, COPIES)
    told = labels.from_domain(text)
    assert (told.title, told.tags, told.locked) == ("the web", ("prod",), False)
    root = ET.fromstring(text)
    assert root.find("./metadata/{urn:o}other/{urn:o}lock") is not None
    assert root.findtext("./unknown/deep") == "kept"
    assert root.find("./devices/tpm/backend/encryption") is not None
    assert "<qemu:commandline>" in text


def test_what_both_have_in_common_is_told() -> None:
    devices = (
        "<filesystem><source dir='/srv'/><target dir='x'/></filesystem><hostdev type='pci'/>"
        "<serial type='tcp'><source mode='bind' host='::' service='4555'/></serial>"
        "<serial type='dev'><source path='/dev/ttyS0'/></serial>"
        "<memory model='nvdimm'><source><path>/pmem</path></source></memory>"
    )
    words = " ".join(notes(f"<domain><devices>{devices}</devices></domain>"))
    for word in ("folder: /srv.", "passed through", "port 4555", "serial line of the host", "memory device"):
        assert word in words
    words = " ".join(notes(DOMAIN))
    for word in ("NVRAM", "TPM begins empty", "arguments for QEMU"):
        assert word in words
    assert notes("<domain><devices/></domain>") == ()


def test_what_cannot_be_copied_is_seen() -> None:
    disks = (
        "<disk><source file='/a'><encryption format='luks'/></source><target dev='vda'/></disk>"
        "<disk><source file='/b'><slices/></source><target dev='vdb'/></disk><disk><target dev='vdc'/></disk>"
    )
    xml = f"<domain><devices>{disks}</devices></domain>"
    assert (encrypted(xml), sliced(xml)) == ({"vda"}, {"vdb"})


NAMES = st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=250)


@given(NAMES, NAMES)
def test_a_file_beside_another_has_a_name_that_can_be(name: str, last: str) -> None:
    path = beside(f"/log/{last}", name)
    folder, _, new = path.rpartition("/")
    assert folder == "/log"
    assert len(new.encode()) <= 255
    assert path != f"/log/{last}"


TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=30)
TAG = st.sampled_from(
    ["disk", "interface", "serial", "channel", "graphics", "own", "source", "target", "mac"]
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["type", "dev", "file", "path", "mode", "port", "address", "own"]),
    st.sampled_from(["file", "unix", "bind", "vda", "/a/b", "5900", "x"]),
    max_size=4,
)


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> ET.Element:
    element = ET.Element(draw(TAG), draw(ATTRIBUTES))
    element.text = draw(st.sampled_from(["", "text"]))
    if depth:
        element.extend(draw(st.lists(trees(depth - 1), max_size=3)))
    return element


@given(st.lists(trees(), max_size=6), TEXT.filter(bool))
def test_whatever_stands_in_it_survives_and_a_clone_of_a_clone_is_one(
    devices: list[ET.Element], name: str
) -> None:
    root = ET.Element("domain")
    ET.SubElement(root, "name").text = "a"
    ET.SubElement(root, "uuid").text = OLD
    ET.SubElement(root, "devices").extend(devices)
    xml = ET.tostring(root, encoding="unicode")
    once = clone(xml, name, UUID, {})
    after = ET.fromstring(once)
    assert after.findtext("name") == name
    own = [
        ET.tostring(one) for one in root.iter("own") if not any(child.tag != "own" for child in one.iter())
    ]
    kept = [
        ET.tostring(one) for one in after.iter("own") if not any(child.tag != "own" for child in one.iter())
    ]
    top = [ET.tostring(one) for one in root.findall("./devices/own")]
    assert [ET.tostring(one) for one in after.findall("./devices/own")] == top
    assert len(kept) <= len(own)
    notes(xml)


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    for read in (lambda: clone(text, "n", UUID, {}), lambda: notes(text), lambda: encrypted(text)):
        with pytest.raises(Invalid):
            read()


@pytest.mark.parametrize("name", ["a\x1bb", "a\0", "a\nb\x07"])
def test_a_name_that_xml_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        clone(DOMAIN, name, UUID, {})
