"""The verbs beyond starting and stopping on real QEMU guests: what is booted, kept and told."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.daemon import PATIENCE, PrivateDaemon
from tests.hypervisor.conftest import GUEST, boot_sector, guest, until
from tuivm.core.session import Session
from tuivm.core.verbs import Arguments, verb
from tuivm.hypervisor import LibvirtHypervisor, connect
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.errors import HypervisorError, Invalid, NotFound
from tuivm.model.job import Job, JobState
from tuivm.model.labels import Labels
from tuivm.model.snapshot import SnapshotRequest
from tuivm.xml.labels import LOCK_NAMESPACE, NAMESPACE

NONE = Arguments()
BOTH = Labels("a title [b]", ("web", "ü"), locked=True)
NAMES = (
    "spaces and more",
    "[bold]& <x> \"'",
    "$(reboot);`id`",
    "名前 имя",
    "--help",
    "x" * 247,
)


class Bootable:
    """A guest with two disks that boot, each saying which one it is."""

    def __init__(self, hypervisor: LibvirtHypervisor, folder: Path) -> None:
        self.hypervisor = hypervisor
        devices = ""
        for target, word in (("vda", "first-disk"), ("vdb", "second-disk")):
            (folder / target).write_bytes(boot_sector(word))
            devices += (
                f"<disk type='file'><driver name='qemu' type='raw'/><source file='{folder / target}'/>"
                f"<target dev='{target}' bus='virtio'/></disk>"
            )
        devices += "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>"
        devices += "<graphics type='vnc' port='-1' passwd='secret'/>"
        self.key = hypervisor.define(GUEST.format(name="boot &amp; twice", devices=devices, vcpus=1))

    def stored(self) -> str:
        """The stored definition, with its secrets."""
        return self.hypervisor.handle(self.key).XMLDesc(1 | 2)

    def says(self, word: str, start: Callable[[], None]) -> None:
        """Start it paused, let it go on, and wait until that disk speaks."""
        start()
        assert self.hypervisor.read_domain(self.key).state is State.PAUSED
        heard = bytearray()
        console = self.hypervisor.open_console(self.key, on_data=heard.extend, on_end=lambda error: None)
        self.hypervisor.resume(self.key)
        until(lambda: b"-disk" in heard, f"a disk that speaks ({bytes(heard)!r})")
        assert word.encode() in heard, bytes(heard)
        console.close()


@pytest.fixture
def bootable(qemu: LibvirtHypervisor, tmp_path: Path) -> Bootable:
    tmp_path.chmod(0o755)
    return Bootable(qemu, tmp_path)


def test_another_disk_is_booted_once_and_the_definition_stays(
    qemu: LibvirtHypervisor, bootable: Bootable
) -> None:
    key, before = bootable.key, bootable.stored()
    qemu.set_autostart(key, True)
    bootable.says("second-disk", lambda: qemu.boot_once(key, "vdb", paused=True))
    assert bootable.stored() == before, "while it runs"
    domain = qemu.read_domain(key)
    assert domain.persistent
    assert domain.autostart
    with pytest.raises(Invalid, match="already running"):
        qemu.boot_once(key, "vda")
    qemu.destroy(key)
    assert bootable.stored() == before, "when it is off"
    bootable.says("first-disk", lambda: qemu.start(key, paused=True))


def test_a_daemon_that_crashes_meanwhile_loses_nothing(
    qemu: LibvirtHypervisor, bootable: Bootable, libvirt_daemon: PrivateDaemon
) -> None:
    key, before = bootable.key, bootable.stored()
    bootable.says("second-disk", lambda: qemu.boot_once(key, "vdb", paused=True))
    libvirt_daemon.kill()
    libvirt_daemon.start()
    qemu.open()
    assert qemu.read_domain(key).state is State.RUNNING
    assert bootable.stored() == before
    qemu.destroy(key)
    assert bootable.stored() == before
    assert qemu.read_domain(key).persistent
    bootable.says("first-disk", lambda: qemu.start(key, paused=True))


def test_a_saved_state_is_not_left_to_meet_other_disks(qemu: LibvirtHypervisor, bootable: Bootable) -> None:
    key = bootable.key
    bootable.says("first-disk", lambda: qemu.start(key, paused=True))
    qemu.save(key)
    with pytest.raises(Invalid, match="saved state"):
        qemu.boot_once(key, "vdb")
    assert qemu.read_domain(key).saved
    bootable.says("second-disk", lambda: qemu.boot_once(key, "vdb", paused=True, discard_saved=True))
    qemu.destroy(key)
    assert not qemu.read_domain(key).saved


def test_a_device_that_is_not_there_starts_nothing(qemu: LibvirtHypervisor, bootable: Bootable) -> None:
    for device in ("network", "fd", "vdz", "$(reboot)"):
        with pytest.raises(Invalid, match="no device"):
            qemu.boot_once(bootable.key, device)
    assert qemu.read_domain(bootable.key).state is State.OFF


def test_the_firmwares_menu_waits(qemu: LibvirtHypervisor, bootable: Bootable) -> None:
    heard = bytearray()
    qemu.boot_once(bootable.key, "firmware", paused=True)
    console = qemu.open_console(bootable.key, on_data=heard.extend, on_end=lambda error: None)
    qemu.resume(bootable.key)
    until(lambda: b"Press ESC" in heard, "the firmware's word")
    assert b"-disk" not in heard
    qemu.send_keys(bootable.key, ("KEY_ESC",))
    until(lambda: b"Select boot device" in heard, "the menu")
    console.close()


def test_a_domain_undefined_meanwhile_does_not_come_back(
    qemu: LibvirtHypervisor, bootable: Bootable, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = qemu.link()
    create = link.createXML

    def after_it_went(xml: str, flags: int) -> object:
        link.lookupByUUIDString(bootable.key.uuid).undefine()
        return create(xml, flags)

    monkeypatch.setattr(link, "createXML", after_it_went)
    with pytest.raises(NotFound, match="undefined meanwhile"):
        qemu.boot_once(bootable.key, "vdb")
    until(lambda: qemu.list_domains() == [], "its end")


def test_asking_what_the_driver_lacks_changes_nothing(qemu: LibvirtHypervisor) -> None:
    key = qemu.define(guest("asked"))
    qemu.start(key)
    before = qemu.list_domains()
    qemu.probe_verbs()
    # A word back from the guest's process: whatever was asked of it before is over.
    assert qemu.sample()[0].state is State.RUNNING
    assert qemu.list_domains() == before
    lacking = {Capability.SAVE, Capability.SLEEP, Capability.DUMP, Capability.NMI, Capability.RENAME}
    lacking |= {Capability.THAW}
    assert not lacking & qemu.unsupported().keys()


def test_saved_and_restored_paused(qemu: LibvirtHypervisor) -> None:
    key = qemu.define(guest("saved"))
    qemu.start(key)
    qemu.save(key)
    domain = qemu.read_domain(key)
    assert (domain.state, domain.saved, domain.reason) == (State.OFF, True, "saved")
    with pytest.raises(Invalid, match="saved state"):
        qemu.rename(key, "other")
    qemu.start(key, paused=True)
    domain = qemu.read_domain(key)
    assert (domain.state, domain.saved) == (State.PAUSED, False)
    qemu.save(key)
    qemu.discard_saved(key)
    assert not qemu.read_domain(key).saved


def test_a_transient_domain_is_not_saved(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, tmp_path: Path
) -> None:
    path = tmp_path / "x.xml"
    path.write_text(guest("fleeting"))
    libvirt_daemon.virsh("create", str(path))
    (domain,) = qemu.list_domains()
    with pytest.raises(HypervisorError):
        qemu.save(domain.key)
    with pytest.raises(Invalid, match="transient"):
        qemu.boot_once(domain.key, "hd")
    qemu.set_locked(domain.key, True)
    assert qemu.read_domain(domain.key).locked
    assert qemu.read_domain(domain.key).state is State.RUNNING


def test_a_dump_is_a_file_and_writes_over_none(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon
) -> None:
    key = qemu.define(guest("dumped"))
    qemu.start(key)
    path = libvirt_daemon.directory / "a dump [b]"
    qemu.dump(key, str(path), frozenset({"memory-only"}))
    assert path.read_bytes()[:4] == b"\x7fELF"
    assert qemu.read_domain(key).state is State.RUNNING
    size = path.stat().st_size
    with pytest.raises(Invalid, match="exists already"):
        qemu.dump(key, str(path))
    assert path.stat().st_size == size
    other = path.with_name("other")
    qemu.dump(key, str(other), frozenset({"crash", "memory-only"}))
    assert other.stat().st_size > 32 * 1024 * 1024
    assert qemu.read_domain(key).state in (State.OFF, State.CRASHED)
    path.unlink()
    other.unlink()


def test_what_needs_an_agent_says_so(qemu: LibvirtHypervisor) -> None:
    key = qemu.define(guest("dumb"))
    assert qemu.labels(key).agent_problem == "", "of one that is off nothing is known"
    qemu.start(key)
    until(lambda: key in qemu.unlabelled(), "the start told")
    assert "no channel for the guest agent" in qemu.labels(key).agent_problem
    for one in ("sleep", "thaw"):
        assert verb(one).why_not(qemu.read_domain(key), {}) == qemu.labels(key).agent_problem
    with pytest.raises(HypervisorError, match="agent"):
        qemu.sleep(key)
    with pytest.raises(HypervisorError, match="agent"):
        qemu.shutdown(key, "agent")
    with pytest.raises(HypervisorError, match="agent"):
        qemu.reboot(key, "agent")
    with pytest.raises(HypervisorError):
        qemu.wake(key)
    with pytest.raises(HypervisorError):
        qemu.shutdown(key, "signal")
    qemu.shutdown(key, "acpi")
    qemu.inject_nmi(key)
    assert qemu.read_domain(key).state is State.RUNNING


def test_a_running_domain_is_not_renamed(qemu: LibvirtHypervisor) -> None:
    key = qemu.define(guest("named"))
    qemu.start(key)
    with pytest.raises(Invalid):
        qemu.rename(key, "other")
    assert qemu.read_domain(key).name == "named"


def test_snapshots_and_autostart_go_with_the_name(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, disk: Path
) -> None:
    key = qemu.define(guest("before", disk=disk))
    qemu.take_snapshot(key, SnapshotRequest("one"))
    qemu.set_autostart(key, True)
    qemu.rename(key, "after [b]")
    assert qemu.snapshot_names(key) == ("one",)
    libvirt_daemon.kill()
    libvirt_daemon.start()
    qemu.open()
    assert qemu.snapshot_names(key) == ("one",)
    assert qemu.read_domain(key).autostart


def test_odd_names_and_labels_outlive_the_daemon(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon
) -> None:
    keys: dict[str, DomainKey] = {}
    for number, name in enumerate(NAMES):
        key = keys[name] = qemu.define(guest(f"plain-{number}"))
        qemu.rename(key, name)
        qemu.set_title(key, BOTH.title)
        qemu.set_tags(key, BOTH.tags)
        qemu.set_locked(key, True)
    for name in (NAMES[1], NAMES[-1]):
        qemu.start(keys[name])
    libvirt_daemon.terminate()
    libvirt_daemon.start()
    qemu.open()
    assert {one.name: one.key for one in qemu.list_domains()} == keys
    assert all(replace(qemu.labels(key), agent_problem="") == BOTH for key in keys.values())


@pytest.mark.parametrize("name", ["a/b", "a\x01b", "a\nb", "taken", "x" * 248, "", ".."])
def test_a_name_that_cannot_be_loses_no_domain(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, name: str
) -> None:
    key = qemu.define(guest("mine"))
    qemu.define(guest("taken"))
    with pytest.raises(HypervisorError) as caught:
        qemu.rename(key, name)
    assert "\n" not in str(caught.value)
    assert sorted(one.name for one in qemu.list_domains()) == ["mine", "taken"]


def test_labels_of_a_running_guest_are_kept_when_it_stops(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon
) -> None:
    key = qemu.define(guest("labelled"))
    qemu.start(key)
    qemu.set_title(key, BOTH.title)
    qemu.set_tags(key, BOTH.tags)
    qemu.set_locked(key, True)
    assert replace(qemu.labels(key), agent_problem="") == BOTH
    qemu.destroy(key)
    assert qemu.labels(key) == BOTH
    libvirt_daemon.virsh("desc", "labelled", "--title", "--config", "--new-desc", "of virsh")
    until(lambda: qemu.read_domain(key).title == "of virsh", "the event")
    for uri in (NAMESPACE, LOCK_NAMESPACE):
        libvirt_daemon.virsh("metadata", "labelled", "--uri", uri, "--config", "--remove")
    until(lambda: not qemu.read_domain(key).locked, "the event")


def test_two_clients_write_labels_at_once(qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon) -> None:
    """What another program keeps in an element of its own is never touched."""
    key = qemu.define(guest("shared"))
    words = ("metadata", "shared", "--uri", "urn:other", "--key", "o", "--config", "--set", "<keep>it</keep>")
    libvirt_daemon.virsh(*words)
    qemu.set_tags(key, ("a",))
    qemu.set_locked(key, True)
    libvirt_daemon.virsh("desc", "shared", "--config", "--new-desc", "words")
    xml = qemu.detail(key).xml
    assert "<o:keep" in xml
    assert "words" in xml
    assert qemu.labels(key) == Labels("", ("a",), locked=True)


def test_the_virsh_command_does_the_same(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, tmp_path: Path
) -> None:
    """What a person would paste works, for the verbs that change what is stored."""
    key = qemu.define(guest("$(id) 'x' \"y\""))

    def paste(id_: str, text: str = "", *options: str) -> None:
        domain = qemu.read_domain(key)
        argv = verb(id_).virsh(domain, Arguments(text=text, options=frozenset(options)))
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, (argv, done.stderr)

    paste("title", "-- a [title] 'it is'")
    paste("tags", "web, prod")
    paste("lock")
    assert qemu.labels(key) == Labels("-- a [title] 'it is'", ("web", "prod"), locked=True)
    paste("unlock")
    assert qemu.labels(key).tags == ("web", "prod")
    paste("start", "", "paused")
    assert qemu.read_domain(key).state is State.PAUSED
    paste("title", "live too")
    paste("resume")
    paste("save")
    assert qemu.read_domain(key).saved
    paste("discard-saved")
    paste("start")
    paste("dump", str(tmp_path / "dump"), "memory-only", "crash")
    assert qemu.read_domain(key).state in (State.OFF, State.CRASHED)
    with suppress(HypervisorError):
        qemu.destroy(key)
    paste("autostart", "", "on")
    assert qemu.read_domain(key).autostart
    paste("tags", "")
    paste("rename", "--another name")
    assert qemu.read_domain(key).name == "--another name"
    assert qemu.labels(key) == Labels("live too")


@dataclass
class Program:
    """The program without its screen, beside another client."""

    session: Session
    daemon: PrivateDaemon

    def domain(self, key: DomainKey) -> Domain:
        until(lambda: key in self.session.inventory.domains, "the domain")
        return self.session.inventory.domains[key]

    def end_of(self, id_: str, domain: Domain, arguments: Arguments = NONE) -> Job:
        asked = self.session.run(verb(id_), domain, arguments)

        def now() -> Job:
            return next(job for job in self.session.jobs if job.id == asked.id)

        until(lambda: now().state.is_over, f"the end of {id_}")
        return now()


@pytest.fixture
def program(qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon) -> Iterator[Program]:
    session = Session(connect(libvirt_daemon.uri), interval=60.0)
    session.start()
    assert session.wait_ready(PATIENCE)
    session.read_details()
    yield Program(session, libvirt_daemon)
    session.close(timeout=20.0)


def test_two_clients_at_once_end_in_one_clear_line(qemu: LibvirtHypervisor, program: Program) -> None:
    key = qemu.define(guest("both"))
    seen = program.domain(key)
    program.daemon.virsh("start", "both")
    over = program.end_of("start", seen)
    assert (over.state, "already" in over.message) == (JobState.FAILED, True)
    program.daemon.virsh("destroy", "both")
    over = program.end_of("force-off", replace(seen, state=State.RUNNING))
    assert (over.state, "not running" in over.message) == (JobState.FAILED, True)
    assert "\n" not in over.message


def test_a_domain_that_vanished_before_the_yes_is_told_as_that(
    qemu: LibvirtHypervisor, program: Program
) -> None:
    key = qemu.define(guest("going"))
    seen = program.domain(key)
    program.daemon.virsh("undefine", "going")
    for id_, arguments in (
        ("start", NONE),
        ("start", Arguments(device="hd")),
        ("force-off", NONE),
        ("rename", Arguments(text="other")),
        ("lock", NONE),
        ("discard-saved", NONE),
        ("dump", Arguments(text="/nowhere/at/all")),
    ):
        over = program.end_of(id_, seen, arguments)
        assert over.state is JobState.FAILED, id_
        assert "not found" in over.message.lower(), (id_, over.message)
    until(lambda: not program.session.inventory.domains, "its end")


def test_labels_of_another_client_reach_the_row(qemu: LibvirtHypervisor, program: Program) -> None:
    key = qemu.define(guest("labelled"))
    program.domain(key)
    qemu.set_title(key, BOTH.title)
    qemu.set_tags(key, BOTH.tags)
    qemu.set_locked(key, True)
    until(lambda: program.domain(key).locked and program.domain(key).title == BOTH.title, "the labels")
    assert program.domain(key).tags == BOTH.tags
    qemu.rename(key, "another [name]")
    until(lambda: program.domain(key).name == "another [name]", "the name")
