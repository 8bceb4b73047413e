"""Cloning real domains on a private daemon: what the clone holds, that it boots, what a failure leaves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clone_tools import (
    MIB,
    Program,
    bootable,
    clone,
    define,
    disk,
    image,
    no_pools,
    same,
    sh,
    sources,
    stored,
)
from tests.daemon import PrivateDaemon
from tests.hypervisor.conftest import GUEST, boot_sector, until
from tuivm.core import cloning
from tuivm.demo.root import configuration
from tuivm.hypervisor import LibvirtHypervisor
from tuivm.model.cloning import Way
from tuivm.model.domain import State
from tuivm.model.errors import Busy, Invalid, NotFound
from tuivm.model.job import JobState


@pytest.fixture
def program(qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon) -> Iterator[Program]:
    made = Program(libvirt_daemon.uri)
    yield made
    made.session.close()


# -- what the clone is ---------------------------------------------------------------------------


def test_a_clone_has_all_of_its_own_and_boots_beside_the_original(
    qemu: LibvirtHypervisor, program: Program, libvirt_daemon: PrivateDaemon, tmp_path: Path
) -> None:
    path = bootable(tmp_path / "web.qcow2", "from-the-disk")
    before = path.read_bytes()
    nic = "<interface type='user'><mac address='52:54:00:11:22:33'/></interface>"
    key = define(qemu, "web", disk(path), nic, "<graphics type='vnc' port='5977'/>")
    qemu.set_locked(key, True)
    qemu.set_tags(key, ["prod"])
    facts = qemu.clone_facts(key)
    (found,) = facts.disks
    assert (found.refused, found.format, found.pool) == ("", "qcow2", "")
    assert found.free is not None
    new = clone(qemu, program, key, "web-clone")
    copy = tmp_path / "web-clone.qcow2"
    assert sources(stored(qemu, new)) == {"vda": str(copy)}
    assert same(path, copy)
    assert "compat: 1.1" in sh("qemu-img", "info", copy)
    assert path.read_bytes() == before
    macs = [stored(qemu, one).find("./devices/interface/mac") for one in (key, new)]
    assert len({mac.get("address") for mac in macs if mac is not None}) == 2
    assert new.uuid != key.uuid
    assert (qemu.labels(new).locked, qemu.labels(new).tags) == (False, ("prod",))
    assert no_pools(libvirt_daemon)

    heard = {each: bytearray() for each in (key, new)}
    consoles = []
    for each, said in heard.items():
        qemu.start(each, paused=True)
        consoles.append(qemu.open_console(each, on_data=said.extend, on_end=lambda error: None))
    for each in heard:
        qemu.resume(each)
    for said in heard.values():
        until(lambda said=said: b"from-the-disk" in said, "a disk that boots")  # type: ignore[misc]
    assert {qemu.read_domain(each).state for each in heard} == {State.RUNNING}
    for console in consoles:
        console.close()


def test_a_chain_becomes_one_image_of_its_own(
    qemu: LibvirtHypervisor, program: Program, tmp_path: Path
) -> None:
    base = image(tmp_path / "base.qcow2", data=5 * MIB)
    path = image(tmp_path / "db.qcow2", data=0, below=base)
    sh("qemu-io", "-f", "qcow2", "-c", "write -q -P 0x99 0 64k", path)
    key = define(qemu, "db", disk(path))
    found = qemu.clone_facts(key)
    assert found.disks[0].below == (str(base),)
    assert found.disks[0].needed is not None
    assert found.disks[0].needed > 5 * MIB > (found.disks[0].allocation or 0)
    told = cloning.remarks(found, cloning.clone(found, "n", {}))
    assert "its copy holds all of it and is built on nothing" in " ".join(told)
    clone(qemu, program, key, "n")
    copy = tmp_path / "n.qcow2"
    assert same(path, copy)
    assert "backing" not in sh("qemu-img", "info", copy)


def test_one_disk_is_copied_one_shared_one_left_out(
    qemu: LibvirtHypervisor, program: Program, tmp_path: Path
) -> None:
    paths = [image(tmp_path / f"{target}.qcow2") for target in ("vda", "vdb", "vdc", "vdd")]
    disks = [disk(path, path.stem) for path in paths[:3]]
    key = define(qemu, "three", *disks, disk(paths[3], "vdd", extra="<readonly/>"))
    assert cloning.proposed(qemu.clone_facts(key))["vdd"] is Way.SHARE
    new = clone(qemu, program, key, "n", vdb=Way.SHARE, vdc=Way.OMIT)
    assert sources(stored(qemu, new)) == {
        "vda": str(tmp_path / "n-vda.qcow2"),
        "vdb": str(paths[1]),
        "vdd": str(paths[3]),
    }
    assert {one.name for one in tmp_path.iterdir()} == {*(one.name for one in paths), "n-vda.qcow2"}


def test_a_raw_file_stays_sparse(qemu: LibvirtHypervisor, program: Program, tmp_path: Path) -> None:
    path = tmp_path / "raw [b] x.img"
    path.write_bytes(boot_sector("raw"))
    os.truncate(path, 64 * MIB)
    key = define(qemu, "raw", disk(path, form="raw"))
    clone(qemu, program, key, "$(reboot) é")
    copy = tmp_path / "$(reboot) é [b] x.img"
    assert copy.read_bytes() == path.read_bytes()
    assert copy.stat().st_blocks * 512 < 4 * MIB


@pytest.mark.parametrize("by_volume", [True, False])
def test_a_volume_is_copied_within_its_pool(
    qemu: LibvirtHypervisor, program: Program, libvirt_daemon: PrivateDaemon, pool: Path, by_volume: bool
) -> None:
    path = image(pool / "web-data.qcow2")  # libvirt has not looked since it was made
    device = disk(path)
    if by_volume:
        libvirt_daemon.virsh("pool-refresh", "odd [b]pool")
        device = device.replace("type='file'", "type='volume'", 1)
        device = device.replace(f"file='{path}'", "pool='odd [b]pool' volume='web-data.qcow2'")
    key = define(qemu, "web", device)
    (found,) = qemu.clone_facts(key).disks
    assert (found.pool, found.volume, found.place) == ("odd [b]pool", "web-data.qcow2", "pool odd [b]pool")
    new = clone(qemu, program, key, "n")
    assert sources(stored(qemu, new)) == {"vda": "n-data.qcow2" if by_volume else str(pool / "n-data.qcow2")}
    assert "n-data.qcow2" in libvirt_daemon.virsh("vol-list", "odd [b]pool")
    assert same(path, pool / "n-data.qcow2")
    qemu.start(new)


# -- what cannot be ------------------------------------------------------------------------------


def test_what_cannot_be_copied_says_why(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, pool: Path, tmp_path: Path
) -> None:
    """Above all a raw disk into which a guest wrote what looks like an image built on a file of the host."""
    secret = tmp_path / "secret"
    secret.write_text("of the host")
    trap = tmp_path / "trap.img"
    sh("qemu-img", "create", "-qf", "qcow2", "-b", secret, "-F", "raw", trap, "4M")
    inactive = image(pool / "in.qcow2")
    libvirt_daemon.virsh("pool-refresh", "odd [b]pool")
    pooled_trap = pool / "trap.img"
    pooled_trap.write_bytes(trap.read_bytes())
    libvirt_daemon.virsh("pool-refresh", "odd [b]pool")
    devices = [
        disk(tmp_path / "gone.qcow2"),
        disk(pooled_trap, "vdb", "raw"),
        "<disk type='block'><source dev='/dev/null'/><target dev='vdc'/></disk>",
        "<disk type='network'><source protocol='nbd' name='x'/><target dev='vdd'/></disk>",
        "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>",
    ]
    key = define(qemu, "odd", *devices)
    refused = {one.target: one.refused for one in qemu.clone_facts(key).disks}
    assert refused["vda"] == "it is not there"
    assert refused["vdb"] == "libvirt takes it for qcow2, the domain for raw"
    assert refused["vdc"] == "it is a device of the host, in no storage pool"
    assert refused["vdd"] == "a disk of type network"
    libvirt_daemon.virsh("pool-destroy", "odd [b]pool")
    key = define(qemu, "odd2", disk(inactive), disk(trap, "vdb", "raw"))
    first, second = qemu.clone_facts(key).disks
    assert first.refused == "its folder is pool odd [b]pool, which is not active"
    assert second.refused == ""  # Only libvirt's look into the folder shows it: refused when it is copied.


def test_a_trap_in_no_pool_is_not_followed(
    qemu: LibvirtHypervisor, program: Program, libvirt_daemon: PrivateDaemon, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of the host")
    trap = tmp_path / "trap.img"
    sh("qemu-img", "create", "-qf", "qcow2", "-b", secret, "-F", "raw", trap, "4M")
    key = define(qemu, "trap", disk(trap, form="raw"))
    done = program.ended(program.begin(key, qemu.clone_facts(key), "n"))
    assert done.state is JobState.FAILED
    assert "libvirt takes it for qcow2, the domain for raw" in done.message
    assert {one.name for one in tmp_path.iterdir()} == {"secret", "trap.img"}
    assert no_pools(libvirt_daemon)


def test_a_name_that_exists_is_never_taken_over(qemu: LibvirtHypervisor, tmp_path: Path) -> None:
    key = define(qemu, "one")
    other = define(qemu, "two")
    before = qemu.definition(other)
    xml = qemu.definition(key).replace("<name>one<", "<name>two<").replace(key.uuid, "0" * 35 + "1")
    with pytest.raises(Busy, match="another client made a domain named 'two' meanwhile"):
        qemu.define_new(xml)
    assert qemu.definition(other) == before


def test_a_file_that_is_there_is_never_overwritten(
    qemu: LibvirtHypervisor, program: Program, libvirt_daemon: PrivateDaemon, tmp_path: Path
) -> None:
    path = image(tmp_path / "web.qcow2")
    key = define(qemu, "web", disk(path))
    (tmp_path / "n.qcow2").write_text("precious")
    new = clone(qemu, program, key, "n")
    assert sources(stored(qemu, new)) == {"vda": str(tmp_path / "n-1.qcow2")}
    found = qemu.clone_facts(key)
    chosen = cloning.clone(found, "m", {})
    (tmp_path / "m.qcow2").write_text("precious too")  # after the look
    with pytest.raises(Invalid, match="already"):
        qemu.copy_disk(chosen.copies[0], lambda made: None, lambda size: None, lambda: False)
    assert (tmp_path / "n.qcow2").read_text() == "precious"
    assert (tmp_path / "m.qcow2").read_text() == "precious too"
    assert no_pools(libvirt_daemon)


def test_one_that_runs_or_whose_disk_another_writes_to_is_refused(
    qemu: LibvirtHypervisor, tmp_path: Path
) -> None:
    path = image(tmp_path / "web.qcow2")
    key, other = define(qemu, "web", disk(path)), define(qemu, "other", disk(path))
    qemu.start(other)
    assert "some QEMU has it open" in qemu.clone_facts(key).disks[0].refused
    found = qemu.clone_facts(other)
    assert "It runs" in cloning.refusal(found, cloning.clone(found, "n", {}))


# -- other hypervisors ---------------------------------------------------------------------------


def test_libvirts_test_driver_copies_in_its_pools(test_hypervisor: LibvirtHypervisor) -> None:
    link = test_hypervisor.link()
    pool: Any = link.storagePoolCreateXML(
        "<pool type='dir'><name>p</name><target><path>/p</path></target></pool>"
    )
    pool.createXML("<volume><name>a.img</name><capacity>1048576</capacity></volume>", 0)
    key = test_hypervisor.define(
        "<domain type='test'><name>a</name><memory>1024</memory><os><type>hvm</type></os><devices>"
        "<disk type='file'><source file='/p/a.img'/><target dev='vda'/></disk></devices></domain>"
    )
    found = test_hypervisor.clone_facts(key)
    assert found.disks[0].refused == ""
    begun: list[str] = []
    chosen = cloning.clone(found, "n", {})
    test_hypervisor.copy_disk(
        chosen.copies[0], lambda made: begun.append(made.path), lambda size: None, lambda: False
    )
    assert begun == ["/p/n.img"]
    web = next(one.key for one in test_hypervisor.list_domains() if one.name == "web")
    assert test_hypervisor.read_domain(web).state.is_active
    loose = cloning.clone(test_hypervisor.clone_facts(web), "n", {}).copies[0]
    with pytest.raises(NotFound):
        test_hypervisor.copy_disk(loose, lambda made: None, lambda size: None, lambda: False)
    assert all(not pool.name().startswith("tuivm-") for pool in link.listAllStoragePools(0))


EMBEDDED = """
import sys
from pathlib import Path
from tuivm.core import cloning
from tuivm.core.verbs import Arguments, Work, verb
from tuivm.hypervisor import connect, copying
from tuivm.model.errors import Cancelled

copying._LOOK = 0.001  # a copy may take less than the pause between two looks at it
root, folder = sys.argv[1], Path(sys.argv[2])
hypervisor = connect(f"qemu:///embed?root={root}")
hypervisor.open()
key = hypervisor.define(sys.stdin.read())


def clone(name, report):
    found = hypervisor.clone_facts(key)
    chosen = cloning.clone(found, name, {})
    assert cloning.refusal(found, chosen) == "", found
    assert chosen.copies[0].source.stoppable
    work = Work(hypervisor, key, Arguments(text=name, clone=chosen), lambda how, say: report(work, how))
    verb("clone").run(work)


def stop(work, how):
    if how is not None:
        assert how.done < how.total
        work.cancel()


told = []
clone("n", lambda work, how: told.append(how) if how is not None else None)
print("told", len({one.done for one in told if one.done < one.total}))
try:
    clone("cancelled", stop)
except Cancelled as error:
    print(error)
found = hypervisor.clone_facts(key)
chosen = cloning.clone(found, "late", {})
(folder / "late.qcow2").write_text("precious")
try:
    hypervisor.copy_disk(chosen.copies[0], lambda made: print("begun"), lambda size: None, lambda: False)
except Exception as error:
    print(error)
print(sorted(domain.name for domain in hypervisor.list_domains()))
new = next(domain.key for domain in hypervisor.list_domains() if domain.name == "n")
heard = bytearray()
hypervisor.start(new, paused=True)
hypervisor.open_console(new, on_data=heard.extend, on_end=lambda error: None)
hypervisor.resume(new)
import time
end = time.monotonic() + 60
while b"embedded-disk" not in heard and time.monotonic() < end:
    time.sleep(0.01)
print(b"embedded-disk" in heard)
for domain in hypervisor.list_domains():
    if domain.state.is_active:
        hypervisor.destroy(domain.key)
    hypervisor.undefine(domain.key)
hypervisor.close()
"""


def test_the_embedded_driver_has_no_storage_and_qemu_img_copies(tmp_path: Path) -> None:
    """As ``tuivm demo`` uses it; in a process of its own, because one root is all that a process can have."""
    folder = tmp_path / "disks"
    folder.mkdir()
    path = bootable(folder / "web.qcow2", "embedded-disk")
    sh("qemu-img", "resize", "-q", path, "400M")
    sh("qemu-io", "-f", "qcow2", "-c", f"write -q -P 0x57 {8 * MIB} 300M", path)
    root = Path(tempfile.mkdtemp(prefix="tuivm-"))
    try:
        (root / "etc").mkdir()
        (root / "etc/qemu.conf").write_text(configuration())
        done = subprocess.run(
            [sys.executable, "-c", EMBEDDED, str(root), str(folder)],
            input=GUEST.format(name="web", devices=disk(path), vcpus=1),
            capture_output=True,
            text=True,
            timeout=300,
            cwd=Path(__file__).parents[2],
            check=False,
        )
    finally:
        shutil.rmtree(root)
    assert done.returncode == 0, done.stderr
    told, cancelled, taken, names, boots = done.stdout.splitlines()
    assert int(told.split()[1]) >= 2
    assert cancelled == "cancelled; what was copied is removed"
    assert taken == f"there is a file {folder / 'late.qcow2'} already"
    assert (names, boots) == ("['n', 'web']", "True")
    assert same(path, folder / "n.qcow2")
    assert (folder / "late.qcow2").read_text() == "precious"
    assert {one.name for one in folder.iterdir()} == {"web.qcow2", "n.qcow2", "late.qcow2"}


def test_what_only_one_can_have_is_made_anew_and_both_run(
    qemu: LibvirtHypervisor, program: Program, tmp_path: Path
) -> None:
    """Firmware variables, a generation, a fixed port, sockets, a log file."""
    code, template = tmp_path / "code.fd", tmp_path / "vars.fd"
    code.write_bytes(bytes(2 * MIB))
    template.write_bytes(b"template".ljust(128 * 1024, b"\0"))
    own = tmp_path / "own [b].fd"
    own.write_bytes(template.read_bytes())
    devices = (
        f"<serial type='file'><source path='{tmp_path}/line.log'/><target port='1'/></serial>"
        f"<serial type='unix'><source mode='bind' path='{tmp_path}/line.sock'/><target port='2'/></serial>"
        f"<channel type='unix'><source mode='bind' path='{tmp_path}/agent.sock'/>"
        "<target type='virtio' name='org.qemu.guest_agent.0'/></channel><graphics type='vnc' port='5978'/>"
    )
    xml = GUEST.format(name="rich", devices=devices, vcpus=1).replace(
        "<bios useserial='yes'/>",
        f"<loader readonly='yes' type='pflash'>{code}</loader><nvram template='{template}'>{own}</nvram>",
    )
    key = qemu.define(xml.replace("<os>", "<genid/><os>"))
    assert "NVRAM" in " ".join(qemu.clone_facts(key).notes)
    before = qemu.definition(key)
    new = clone(qemu, program, key, "rich-2")
    assert qemu.definition(key) == before
    for each in (key, new):
        qemu.start(each)
    root = stored(qemu, new)
    nvram, generation = root.findtext("./os/nvram") or "", root.findtext("genid")
    assert nvram.endswith("/rich-2_VARS.fd")
    assert generation != stored(qemu, key).findtext("genid")
    assert [one.get("path") for one in root.findall("./devices/serial/source")] == [
        f"{tmp_path}/rich-2-line.log",
        f"{tmp_path}/rich-2-line.sock",
    ]
    assert {qemu.read_domain(each).state for each in (key, new)} == {State.RUNNING}
    for each in (key, new):
        qemu.destroy(each)
        qemu.undefine_parts(each, nvram=True, tpm=False)
