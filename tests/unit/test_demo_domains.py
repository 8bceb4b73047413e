"""The domains' XML."""

from __future__ import annotations

import uuid
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tuivm.demo.domains import MEMORY, ROLES, Hardware, Role, domain_xml
from tuivm.demo.guest import Guest
from tuivm.demo.parts import MACHINES


def hardware(arch: str = "x86_64", *, kvm: bool = False, user_network: bool = True) -> Hardware:
    guest = Guest(Path("/r/vmlinuz"), Path("/r/initrd"), MACHINES[arch])
    return Hardware(guest, Path("/usr/bin/qemu"), kvm, user_network)


def build(made: Hardware, role: Role = ROLES[0], disk: str = "/r/web.qcow2") -> ET.Element:
    return ET.fromstring(domain_xml(made, role, Path(disk)))


def test_three_roles_with_names_of_their_own() -> None:
    assert [role.role for role in ROLES] == ["cpu", "disk", "idle"]
    assert len({role.name for role in ROLES}) == 3


@pytest.mark.parametrize("role", ROLES)
def test_the_guest_is_told_its_role(role: Role) -> None:
    domain = build(hardware(), role)
    words = (domain.findtext("os/cmdline") or "").split()
    assert f"tuivm.role={role.role}" in words
    assert f"tuivm.name={role.name}" in words
    assert "console=ttyS0" in words
    assert domain.findtext("name") == role.name


def test_what_a_domain_has() -> None:
    domain = build(hardware())
    assert domain.findtext("memory") == str(MEMORY)
    assert uuid.UUID(domain.findtext("uuid") or "")
    driver = domain.find("devices/disk/driver")
    assert driver is not None
    assert driver.get("type") == "qcow2"
    balloon = domain.find("devices/memballoon/stats")
    assert balloon is not None
    assert balloon.get("period") == "1"
    assert domain.find("devices/serial[@type='pty']") is not None
    assert domain.find("devices/graphics") is None


def test_every_domain_is_a_new_one() -> None:
    assert build(hardware()).findtext("uuid") != build(hardware()).findtext("uuid")


def test_kvm_or_emulation() -> None:
    emulated, accelerated = build(hardware()), build(hardware(kvm=True))
    assert emulated.get("type") == "qemu"
    assert emulated.find("cpu") is None
    assert accelerated.get("type") == "kvm"
    cpu = accelerated.find("cpu")
    assert cpu is not None
    assert cpu.get("mode") == "host-passthrough"


def test_no_network_where_qemu_has_none() -> None:
    assert build(hardware()).find("devices/interface[@type='user']") is not None
    assert build(hardware(user_network=False)).find("devices/interface") is None


def test_another_architecture() -> None:
    domain = build(hardware("aarch64"))
    kind = domain.find("os/type")
    assert kind is not None
    assert kind.attrib == {"arch": "aarch64", "machine": "virt"}
    assert "console=ttyAMA0" in (domain.findtext("os/cmdline") or "")
    assert "pci=noacpi" not in (domain.findtext("os/cmdline") or "")
    assert domain.find("features/acpi") is None
    assert domain.findtext("cpu/model") == "cortex-a57"


def test_a_path_is_data() -> None:
    source = build(hardware(), disk="/r/<&'\">.qcow2").find("devices/disk/source")
    assert source is not None
    assert source.get("file") == "/r/<&'\">.qcow2"
