"""Real containers on libvirt's LXC driver: no bulk statistics, no snapshots, no reset, but a shell."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon import PrivateDaemon, temporary_daemon
from tests.hypervisor.conftest import Seen, until
from tuivm.core.verbs import Arguments, Work, verb
from tuivm.hypervisor import LibvirtHypervisor, connect
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey, State
from tuivm.model.errors import HypervisorError, NotSupported
from tuivm.model.host import Kind
from tuivm.model.labels import Labels
from tuivm.model.snapshot import SnapshotRequest

MIB = 1024 * 1024

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="containers need root"),
    pytest.mark.skipif(
        not any(Path(folder, "libvirt_lxc").exists() for folder in ("/usr/lib/libvirt", "/usr/libexec")),
        reason="libvirt's LXC driver is not installed (package libvirt-daemon-driver-lxc)",
    ),
    pytest.mark.skipif(shutil.which("busybox") is None, reason="busybox is not installed"),
]

CONTAINER = """<domain type='lxc'>
  <name>{name}</name>
  <memory unit='MiB'>64</memory>
  <os><type>exe</type><init>/bin/busybox</init><initarg>sh</initarg></os>
  <devices>
    <filesystem type='mount'><source dir='{root}'/><target dir='/'/></filesystem>
    <console type='pty'/>
  </devices>
</domain>"""


@pytest.fixture(scope="module")
def containers() -> Iterator[PrivateDaemon]:
    with temporary_daemon("lxc") as daemon:
        yield daemon


@pytest.fixture
def lxc(containers: PrivateDaemon) -> Iterator[LibvirtHypervisor]:
    hypervisor = connect(containers.uri)
    hypervisor.open()
    yield hypervisor
    for domain in hypervisor.list_domains():
        if domain.state.is_active:
            hypervisor.destroy(domain.key)
        hypervisor.undefine(domain.key)
    hypervisor.close()


@pytest.fixture
def shell(lxc: LibvirtHypervisor, tmp_path: Path) -> DomainKey:
    """A container whose first process is a shell, off."""
    for folder in ("bin", "dev", "proc", "sys", "tmp"):
        (tmp_path / "root" / folder).mkdir(parents=True)
    busybox = shutil.which("busybox")
    assert busybox is not None
    shutil.copy(busybox, tmp_path / "root" / "bin" / "busybox")
    return lxc.define(CONTAINER.format(name="shell [b]x", root=tmp_path / "root"))


def test_host_holds_containers(lxc: LibvirtHypervisor) -> None:
    host = lxc.open()
    assert (host.kind, host.hypervisor, host.acceleration) == (Kind.CONTAINER, "LXC", "")


def test_life_statistics_and_what_is_missing(lxc: LibvirtHypervisor, shell: DomainKey) -> None:
    seen = Seen()
    lxc.subscribe(seen)
    assert lxc.read_domain(shell).state is State.OFF
    lxc.start(shell)
    seen.wait("started (booted)")
    listed = lxc.list_domains()[0]
    assert (listed.name, listed.state, listed.memory) == ("shell [b]x", State.RUNNING, 64 * MIB)
    assert listed.started is not None

    sample = lxc.sample()[0]
    assert (sample.state, sample.memory) == (State.RUNNING, 64 * MIB)
    assert sample.cpu_time is not None
    assert sample.rss is not None
    assert 0 < sample.rss < 64 * MIB
    assert not lxc.report_memory(shell, 5), "a container has no balloon"
    with pytest.raises(NotSupported):
        lxc.operation(shell)

    missing = lxc.unsupported()
    assert missing[Capability.BULK_STATS] == "the LXC driver has no statistics of all domains at once"
    assert missing[Capability.SNAPSHOT] == "the LXC driver has no snapshots"
    assert Capability.CONSOLE not in missing
    with pytest.raises(NotSupported, match="the LXC driver has no snapshots"):
        lxc.take_snapshot(shell, SnapshotRequest("x"))
    assert missing[Capability.SEND_KEYS] == "the LXC driver has no way to press keys"
    with pytest.raises(NotSupported, match="the LXC driver has no way to press keys"):
        lxc.send_keys(shell, ["KEY_A"])
    with pytest.raises(NotSupported, match="the LXC driver has no way to send a break"):
        lxc.send_break(shell)
    with pytest.raises(NotSupported, match="the LXC driver has no reset"):
        lxc.reset(shell)
    assert lxc.unsupported()[Capability.RESET] == "the LXC driver has no reset"
    assert lxc.detail(shell).snapshots_error == "the LXC driver has no snapshots"

    lxc.suspend(shell)
    assert lxc.read_domain(shell).state is State.PAUSED
    lxc.resume(shell)
    lxc.destroy(shell)
    seen.wait("stopped (destroyed)")
    assert lxc.sample()[0].state is State.OFF


def test_labels_and_what_verbs_are_missing(lxc: LibvirtHypervisor, shell: DomainKey) -> None:
    lxc.list_domains()
    lxc.probe_verbs()
    missing = lxc.unsupported()
    assert missing[Capability.SAVE] == "the LXC driver has no saved states"
    verbs = (Capability.SLEEP, Capability.WAKE, Capability.DUMP, Capability.NMI, Capability.RENAME)
    for lacking in (*verbs, Capability.THAW):
        assert missing[lacking].startswith("the LXC driver has no ")
    assert Capability.METADATA not in missing
    lxc.set_title(shell, "[b]x")
    lxc.set_tags(shell, ("one",))
    lxc.start(shell)
    lxc.set_locked(shell, True)
    domain = lxc.read_domain(shell)
    assert (domain.title, domain.tags, domain.locked) == ("[b]x", ("one",), True)
    lxc.destroy(shell)
    assert lxc.labels(shell) == Labels("[b]x", ("one",), locked=True)
    with pytest.raises(NotSupported, match="firmware"):
        lxc.boot_once(shell, "hd")
    with pytest.raises(NotSupported, match="cannot start a domain paused"):
        lxc.start(shell, paused=True)
    assert lxc.read_domain(shell).state is State.OFF


def test_console_is_a_shell(lxc: LibvirtHypervisor, shell: DomainKey) -> None:
    lxc.start(shell)
    heard: list[bytes] = []
    ends: list[HypervisorError | None] = []
    console = lxc.open_console(shell, on_data=heard.append, on_end=ends.append)
    console.send(b"echo $((6*7))\r")
    until(lambda: b"\n42\r" in b"".join(heard), "the answer")
    # Far more than any buffer: everything must come, in order.
    console.send(b"for i in $(busybox seq 20000); do echo line-$i; done; echo e''nd\r")
    until(lambda: b"\nend\r" in b"".join(heard), "the end of the flood")
    lines = [line for line in b"".join(heard).split(b"\r\n") if line.startswith(b"line-")]
    assert lines == [b"line-%d" % number for number in range(1, 20001)]
    console.send(b"exit\r")
    until(lambda: bool(ends), "the end")
    assert ends == [None]


def test_a_signal_shuts_a_container_down(lxc: LibvirtHypervisor, shell: DomainKey, tmp_path: Path) -> None:
    """Its first process gets it, and may put its house in order first."""
    lxc.undefine(shell)
    root = tmp_path / "root"
    script = root / "tmp" / "init"
    script.write_text(
        "trap 'echo in order >/tmp/told; exit 0' TERM\necho >/tmp/ready\nwhile :; do sleep 1 & wait; done\n"
    )
    xml = CONTAINER.format(name="shell [b]x", root=root)
    key = lxc.define(xml.replace("</initarg>", "</initarg><initarg>/tmp/init</initarg>"))
    (root / "bin" / "sleep").symlink_to("busybox")
    lxc.start(key)
    until((root / "tmp" / "ready").exists, "its first process")
    lxc.shutdown(key, "signal")
    until(lambda: lxc.read_domain(key).state is State.OFF, "its end")
    assert (root / "tmp" / "told").read_text() == "in order\n"


def test_a_container_is_cloned_with_its_folder_in_common(lxc: LibvirtHypervisor, tmp_path: Path) -> None:
    """It has no disk; libvirt knows nothing of copying a folder, which is said."""
    key = lxc.define(CONTAINER.format(name="box", root=tmp_path))
    found = lxc.clone_facts(key)
    assert found.disks == ()
    assert found.notes == (f"Both have the same folder: {tmp_path}.",)
    work = Work(lxc, key, Arguments())
    verb("clone").run(work)
    assert work.message == "'box-clone' is defined"
    assert sorted(domain.name for domain in lxc.list_domains()) == ["box", "box-clone"]
