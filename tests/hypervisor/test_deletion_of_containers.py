"""A container is deleted, its folder never."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon import temporary_daemon
from tests.hypervisor.test_on_containers import CONTAINER
from tests.hypervisor.test_on_containers import pytestmark as needed
from tuivm.core import deletion
from tuivm.core.diagnosis import findings
from tuivm.core.verbs import Arguments, Work, verb
from tuivm.hypervisor import LibvirtHypervisor, connect
from tuivm.model.deletion import PartKind
from tuivm.model.errors import HypervisorError

pytestmark = needed


@pytest.fixture(autouse=True)
def _own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def lxc() -> Iterator[LibvirtHypervisor]:
    with temporary_daemon("lxc") as daemon:
        hypervisor = connect(daemon.uri)
        hypervisor.open()
        yield hypervisor
        hypervisor.close()


def test_the_folder_stays(lxc: LibvirtHypervisor, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "file").write_text("what it wrote")
    key = lxc.define(CONTAINER.format(name="box [b]", root=root))
    found = lxc.belongings(key)
    folder = found.parts[1]
    assert (folder.kind, folder.path, folder.spare) == (PartKind.FOLDER, str(root), True)
    choice = deletion.with_disks(found, deletion.proposed(found))
    verb("delete").run(Work(lxc, key, Arguments(removal=deletion.removal(found, choice))))
    assert lxc.list_domains() == []
    assert (root / "file").read_text() == "what it wrote"


def test_a_container_without_its_init_says_so(lxc: LibvirtHypervisor, tmp_path: Path) -> None:
    key = lxc.define(CONTAINER.format(name="lost", root=tmp_path / "gone"))
    assert findings(lxc.start_facts(key), "")[0].words == f"folder /: {tmp_path / 'gone'}: it is not there."
    with pytest.raises(HypervisorError) as caught:
        lxc.start(key)
    found = findings(lxc.start_facts(key), caught.value.message)
    assert "The container's first process could not be started." in [one.words for one in found]
    lxc.undefine(key)
