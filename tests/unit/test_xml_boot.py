"""Booting once from another device: which XML that is."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from tuivm.model.errors import Invalid, NotSupported
from tuivm.xml.boot import DEVICES, WayIn, boot_once, way_in

DISKS = (
    "<disk type='file' device='disk'><source file='/a'/><target dev='vda' bus='virtio'/>{a}</disk>"
    "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/>{cd}</disk>"
    "<disk type='file' device='disk'><target dev='vdb'/>{b}</disk>"
    "<disk type='file' device='floppy'><target dev='fda'/></disk>"
    "<interface type='network'><source network='default'/><target dev='vnet0'/>{net}</interface>"
)


def domain(system: str = "", **marks: str) -> str:
    devices = DISKS.format(**{name: marks.get(name, "") for name in ("a", "b", "cd", "net")})
    return (
        "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><name>a &amp; b</name>"
        f"<os><type arch='x86_64'>hvm</type>{system}</os><devices>{devices}</devices>"
        "<qemu:commandline><qemu:arg value='-s'/></qemu:commandline></domain>"
    )


def order(xml: str) -> list[str]:
    root = ET.fromstring(xml)
    assert root.findall("./os/boot") == [], "the two ways exclude each other"
    devices = root.find("devices")
    assert devices is not None
    marked = {int(mark.get("order", "")): one for one in devices for mark in one.findall("boot")}
    assert sorted(marked) == list(range(1, len(marked) + 1))
    return [marked[number].find("target").get("dev") for number in sorted(marked)]  # type: ignore[union-attr, misc]


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        ("hd", ["vda"]),
        ("cdrom", ["sda", "vda"]),
        ("network", ["vnet0", "vda"]),
        ("fd", ["fda", "vda"]),
        ("vdb", ["vdb", "vda"]),
        ("sda", ["sda", "vda"]),
    ],
)
@pytest.mark.parametrize("system", ["", "<boot dev='hd'/>"])
def test_the_device_comes_first_then_what_was_first(device: str, expected: list[str], system: str) -> None:
    assert order(boot_once(domain(system), device)) == expected


def test_of_two_drives_the_one_with_a_medium_is_booted() -> None:
    medium = "<disk device='cdrom'><source file='/i.iso'/><target dev='sdb'/></disk></devices>"
    assert order(boot_once(domain().replace("</devices>", medium), "cdrom")) == ["sdb", "vda"]


def test_an_order_of_classes_goes_on_behind_it() -> None:
    system = "<boot dev='network'/><boot dev='hd'/>"
    assert order(boot_once(domain(system), "cdrom")) == ["sda", "vnet0", "vda"]
    assert order(boot_once(domain(system), "hd")) == ["vda", "vnet0"]


def test_an_order_of_devices_goes_on_behind_it() -> None:
    marks = {"b": "<boot order='1'/>", "net": "<boot order='10'/>", "a": "<boot order='2'/>"}
    assert order(boot_once(domain(**marks), "cdrom")) == ["sda", "vdb", "vda", "vnet0"]
    assert order(boot_once(domain(**marks), "network")) == ["vnet0", "vdb", "vda"]


def test_a_kernel_of_its_own_would_be_booted_whatever_the_order() -> None:
    system = "<kernel>/k</kernel><initrd>/i</initrd><cmdline>c</cmdline>"
    xml = boot_once(domain(system), "cdrom")
    assert not {one.tag for one in ET.fromstring(xml).findall("./os/*")} & {"kernel", "initrd", "cmdline"}


def test_firmware_waits_with_its_menu_and_the_order_stays() -> None:
    system = "<boot dev='hd'/><bootmenu enable='no'/>"
    root = ET.fromstring(boot_once(domain(system), "firmware"))
    assert [one.attrib for one in root.findall("./os/bootmenu")] == [{"enable": "yes", "timeout": "30000"}]
    assert [one.get("dev") for one in root.findall("./os/boot")] == ["hd"]


@pytest.mark.parametrize("kept", [True, False])
def test_uefi_is_handed_no_kernel_that_it_would_boot_before_it_looks_at_keys(kept: bool) -> None:
    system = "<kernel>/k</kernel><initrd>/i</initrd><cmdline>c</cmdline>"
    xml = domain(system) if kept else domain(system).replace("<os>", "<os firmware='efi'>")
    left = {one.tag for one in ET.fromstring(boot_once(xml, "firmware")).findall("./os/*")}
    assert left & {"kernel", "initrd", "cmdline"} == ({"kernel", "initrd", "cmdline"} if kept else set())


PFLASH = "<loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE.fd</loader>"


@pytest.mark.parametrize(
    ("way", "kind", "system", "more"),
    [
        (WayIn.MENU, "arch='x86_64' machine='pc'", "", ""),
        (WayIn.MENU, "arch='i686'", "<bios useserial='yes'/>", ""),
        (WayIn.SETUP, "arch='x86_64' machine='q35'", PFLASH, ""),
        (WayIn.SETUP, "arch='x86_64'", "<loader type='rom'>/usr/share/ovmf/OVMF.fd</loader>", ""),
        (WayIn.SETUP, "arch='aarch64' machine='virt'", PFLASH, "<input type='keyboard' bus='usb'/>"),
        (WayIn.NO_KEYS, "arch='aarch64' machine='virt'", PFLASH, "<input type='tablet' bus='usb'/>"),
        (WayIn.UNKNOWN, "arch='x86_64'", "<loader type='rom'>/usr/share/seabios/my.bin</loader>", ""),
        (WayIn.UNKNOWN, "arch='x86_64' machine='microvm'", "", ""),
        (WayIn.UNKNOWN, "arch='ppc64' machine='pseries'", "", "<input type='keyboard' bus='usb'/>"),
    ],
)
def test_the_way_into_the_firmware(way: WayIn, kind: str, system: str, more: str) -> None:
    xml = f"<domain type='kvm'><os><type {kind}>hvm</type>{system}</os><devices>{more}</devices></domain>"
    assert way_in(xml) is way
    assert way_in(xml.replace("'kvm'", "'xen'")) is WayIn.UNKNOWN


def test_the_way_into_firmware_that_libvirt_chooses() -> None:
    xml = "<domain type='kvm'><os firmware='{}'><type arch='x86_64'>hvm</type></os>{}</domain>"
    assert way_in(xml.format("efi", "")) is WayIn.SETUP
    assert way_in(xml.format("bios", "")) is WayIn.MENU
    assert way_in(xml.format("efi", "<features><ps2 state='off'/></features>")) is WayIn.NO_KEYS
    assert way_in("<domain type='lxc'><os><type>exe</type></os></domain>") is WayIn.UNKNOWN
    with pytest.raises(Invalid):
        way_in("<domain")


def test_what_is_unknown_survives() -> None:
    xml = boot_once(domain(), "cdrom")
    assert "qemu:commandline" in xml
    assert 'value="-s"' in xml
    assert ET.fromstring(xml).findtext("name") == "a & b"


def test_a_device_that_is_not_there_is_refused() -> None:
    plain = "<domain><os><type>hvm</type></os><devices/></domain>"
    for device in (*DEVICES, "vdz", ""):
        with pytest.raises(Invalid, match="no device"):
            boot_once(plain, device)
    with pytest.raises(Invalid, match="no device"):
        boot_once(domain(), "vnet0")


@pytest.mark.parametrize("kind", ["exe", ""])
def test_a_container_has_no_firmware(kind: str) -> None:
    with pytest.raises(NotSupported):
        boot_once(f"<domain><os><type>{kind}</type></os></domain>", "hd")
    with pytest.raises(NotSupported):
        boot_once("<domain/>", "firmware")
