"""Deleting a domain with an emulated TPM: swtpm's state on the disk stays, or goes, as it was chosen."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.daemon import PrivateDaemon
from tests.hypervisor.conftest import GUEST
from tests.hypervisor.test_deletion import chosen, delete, part
from tuivm.core import deletion
from tuivm.core.verbs import Arguments
from tuivm.hypervisor import LibvirtHypervisor
from tuivm.model.deletion import PartKind
from tuivm.model.domain import DomainKey
from tuivm.model.errors import NotFound

pytestmark = [pytest.mark.qemu, pytest.mark.libvirtd]
PERSISTENT = " persistent_state='yes'"


@pytest.fixture(autouse=True)
def _own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def started(qemu: LibvirtHypervisor, more: str = "", name: str = "keys") -> DomainKey:
    """A domain with a TPM 2.0 that has been switched on, so that its state exists."""
    tpm = f"<tpm model='tpm-tis'><backend type='emulator' version='2.0'{more}/></tpm>"
    key = qemu.define(GUEST.format(name=name, devices=tpm, vcpus=1))
    qemu.start(key)
    return key


def states(daemon: PrivateDaemon, key: DomainKey) -> dict[str, bytes]:
    """The files that hold the domain's TPM, with their content."""
    folder = daemon.directory / ("lib/swtpm" if os.geteuid() == 0 else "home/libvirt/qemu/swtpm")
    found = (folder / key.uuid).rglob("*.permall")
    return {path.name: path.read_bytes() for path in found}


@pytest.mark.parametrize("more", ["", PERSISTENT])
def test_its_state_stays_unless_it_is_chosen(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, more: str
) -> None:
    key = started(qemu, more)
    qemu.destroy(key)
    kept = states(libvirt_daemon, key)
    assert len(kept) == 1
    found = qemu.belongings(key)
    tpm = part(found, "tpm")
    assert (tpm.kind, tpm.chosen, tpm.required, tpm.refused) == (PartKind.TPM, False, False, "")
    told = delete(qemu, key, Arguments())
    assert "TPM" not in told
    with pytest.raises(NotFound):
        qemu.read_domain(key)
    assert states(libvirt_daemon, key) == kept
    # From the copy that was kept it comes back, with the keys that it had.
    again = qemu.define(Path(told.partition("kept: ")[2].rstrip(")")).read_text())
    assert again == key
    assert states(libvirt_daemon, key) == kept
    delete(qemu, key, chosen(qemu.belongings(key), "tpm"))
    assert states(libvirt_daemon, key) == {}


@pytest.mark.parametrize("more", ["", PERSISTENT])
def test_its_state_goes_when_it_is_chosen_and_no_other_does(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, more: str
) -> None:
    other = started(qemu, name="other [b]")
    qemu.destroy(other)
    kept = states(libvirt_daemon, other)
    key = started(qemu, more)
    found = qemu.belongings(key)
    arguments = chosen(found, "tpm")
    assert arguments.removal is not None
    domain = qemu.read_domain(key)
    assert "--tpm" in deletion.undefine(domain, arguments.removal)
    assert len(states(libvirt_daemon, key)) == 1
    told = delete(qemu, key, Arguments(removal=replace(arguments.removal, force_off=True)))
    assert "TPM" in told
    assert states(libvirt_daemon, key) == {}
    assert states(libvirt_daemon, other) == kept
    assert len(kept) == 1
    delete(qemu, other, chosen(qemu.belongings(other), "tpm"))


def test_a_tpm_of_the_host_is_no_part(qemu: LibvirtHypervisor) -> None:
    """A chip that is handed through keeps its state in itself: nothing of it is removed."""
    device = "<tpm model='tpm-tis'><backend type='passthrough'><device path='/dev/tpm0'/></backend></tpm>"
    key = qemu.define(GUEST.format(name="chip", devices=device, vcpus=1))
    assert qemu.belongings(key).part("tpm") is None
    delete(qemu, key, Arguments())
