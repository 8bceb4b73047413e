"""A start into the firmware's setup: real UEFI and SeaBIOS, by what they draw on the serial console."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon import PATIENCE, PrivateDaemon
from tests.hypervisor.conftest import GUEST, until
from tests.hypervisor.test_verbs_on_daemon import boot_sector
from tests.recorder import Recorder
from tuivm.core.console import ConsoleState
from tuivm.core.session import Session
from tuivm.core.verbs import Arguments, Work, firmware, verb
from tuivm.hypervisor import LibvirtHypervisor
from tuivm.model.domain import DomainKey, State
from tuivm.model.job import Job, JobState

pytestmark = [pytest.mark.qemu, pytest.mark.libvirtd]
SETUP = Arguments(device="firmware")
IMAGES = (
    ("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),  # Debian, Ubuntu
    ("/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"),  # Fedora, RHEL
    ("/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"),  # Arch
    ("/usr/share/qemu/ovmf-x86_64-code.bin", "/usr/share/qemu/ovmf-x86_64-vars.bin"),  # openSUSE
)
UEFI = """<domain type='qemu'>
  <name>uefi [b]</name>
  <memory unit='MiB'>128</memory>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <loader readonly='yes' type='pflash'>{code}</loader><nvram>{variables}</nvram>
  </os>
  <features><acpi/></features>
  <devices><serial type='pty'/><console type='pty'/></devices>
</domain>"""


class World:
    """The program without its screen, on a daemon of the tests' own."""

    def __init__(self, hypervisor: LibvirtHypervisor) -> None:
        self.hypervisor = hypervisor
        self.session, self.told = Session(hypervisor, interval=0.5), Recorder()
        self.session.attach(self.told)
        self.session.start()
        assert self.session.wait_ready(PATIENCE)

    def start(self, key: DomainKey, arguments: Arguments = SETUP) -> Job:
        """Begin to start it."""
        self.told.wait_inventory(lambda inventory: key in inventory.domains)
        return self.session.run(verb("start"), self.session.inventory.domains[key], arguments)

    def over(self, job: Job) -> Job:
        """The end of a job."""
        until(lambda: self.now(job).state.is_over, f"the end of {job.label}")
        return self.now(job)

    def now(self, job: Job) -> Job:
        """The latest step of a job."""
        return next(one for one in self.session.jobs if one.id == job.id)

    def screen(self, key: DomainKey) -> str:
        """What stands on its console."""
        console = self.session.console(key)
        console.pump(1.0)
        return "\n".join(console.terminal.screen.display)


@pytest.fixture
def world(qemu: LibvirtHypervisor, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    # How long a UEFI takes until it reads keys depends on how busy this machine is.
    monkeypatch.setattr(firmware, "WAIT", PATIENCE)
    made = World(qemu)
    yield made
    made.session.close(timeout=20.0)


@pytest.fixture
def uefi(world: World, tmp_path: Path) -> DomainKey:
    found = next((pair for pair in IMAGES if Path(pair[0]).exists()), None)
    if found is None:
        pytest.skip(f"no UEFI for guests here: none of {', '.join(code for code, _ in IMAGES)}")
    tmp_path.chmod(0o755)
    code, variables = found
    shutil.copy(variables, tmp_path / "variables.fd")
    return world.hypervisor.define(UEFI.format(code=code, variables=tmp_path / "variables.fd"))


def test_uefi_is_in_its_setup_and_further_presses_do_no_harm(world: World, uefi: DomainKey) -> None:
    over = world.over(world.start(uefi))
    assert (over.state, over.message) == (JobState.DONE, "in firmware setup, which is on its console")
    until(lambda: "Boot Maintenance Manager" in world.screen(uefi), "the setup on the console")
    console = world.session.console(uefi)
    assert (console.state, console.listening) == (ConsoleState.OPEN, False)
    # On the first page and on another: the key after it does what it does without.
    for key, shown in (("KEY_DOWN", "This selection will"), ("KEY_ENTER", "Devices List")):
        for _ in range(3):
            world.hypervisor.send_keys(uefi, ("KEY_F2",))
        world.hypervisor.send_keys(uefi, (key,))
        until(lambda words=shown: words in world.screen(uefi), shown)  # type: ignore[misc]
    world.hypervisor.send_keys(uefi, ("KEY_F2",))
    world.hypervisor.send_keys(uefi, ("KEY_ESC",))
    until(lambda: "Boot Maintenance Manager" in world.screen(uefi), "the first page again")


def test_where_the_console_is_anothers_it_gets_there_all_the_same_and_can_be_left(
    world: World, uefi: DomainKey
) -> None:
    """Nobody here sees the setup, so nobody says that it is there."""
    heard = bytearray()
    job = world.start(uefi)
    until(lambda: world.hypervisor.read_domain(uefi).state is State.RUNNING, "its start")
    # By force: the program's own console is opened at the same moment.
    other = world.hypervisor.open_console(uefi, on_data=heard.extend, on_end=lambda error: None, force=True)
    until(lambda: b"Boot Maintenance Manager" in heard, "the setup on another's console")
    assert world.session.work.cancel(job.id)
    over = world.over(job)
    assert over.state is JobState.CANCELLED
    assert "runs on" in over.message
    assert world.hypervisor.read_domain(uefi).state is State.RUNNING
    other.close()


@pytest.fixture
def bios(world: World, tmp_path: Path) -> DomainKey:
    """A PC whose disk says so when it boots."""
    tmp_path.chmod(0o755)
    (tmp_path / "vda").write_bytes(boot_sector("first-disk"))
    disk = (
        f"<disk type='file'><driver name='qemu' type='raw'/><source file='{tmp_path / 'vda'}'/>"
        "<target dev='vda' bus='virtio'/></disk>"
    )
    return world.hypervisor.define(GUEST.format(name="bios", devices=disk, vcpus=1))


def test_seabios_is_in_its_menu_and_stays_there(world: World, bios: DomainKey) -> None:
    over = world.over(world.start(bios))
    assert over.state is JobState.DONE
    assert over.message == "in the boot menu, which is on its console: SeaBIOS has no setup"
    assert "Select boot device" in world.screen(bios)
    # The menu takes the number of an entry, and only then boots.
    assert "first-disk" not in world.screen(bios)
    world.hypervisor.send_keys(bios, ("KEY_1",))
    until(lambda: "first-disk" in world.screen(bios), "the disk")


def test_paused_nothing_is_pressed_and_it_says_what_to_press(world: World, bios: DomainKey) -> None:
    over = world.over(world.start(bios, Arguments(device="firmware", options=frozenset({"paused"}))))
    assert over.state is JobState.DONE
    assert over.message.startswith("paused: resume it, then the firmware waits 30 s: press Esc")
    assert world.hypervisor.read_domain(bios).state is State.PAUSED


@pytest.mark.parametrize("which", ["uefi", "bios"])
def test_the_key_of_virshs_way_leads_there_whichever_firmware_it_is(
    world: World, libvirt_daemon: PrivateDaemon, request: pytest.FixtureRequest, which: str
) -> None:
    key: DomainKey = request.getfixturevalue(which)
    off = world.hypervisor.read_domain(key)
    follows = verb("start").virsh_then
    assert follows is not None
    (_, press) = follows(off, SETUP)
    heard = bytearray()
    world.hypervisor.boot_once(key, "firmware", paused=True)
    console = world.hypervisor.open_console(key, on_data=heard.extend, on_end=lambda error: None)
    world.hypervisor.resume(key)
    if which == "bios":
        until(lambda: b"Press ESC" in heard, "its question")
        libvirt_daemon.virsh(*press[3:])
        until(lambda: b"Select boot device" in heard, "the menu")
    else:
        # It says nothing when it begins to wait.
        deadline = time.monotonic() + PATIENCE
        while b"Boot Maintenance Manager" not in heard:
            assert time.monotonic() < deadline, "the setup did not come"
            libvirt_daemon.virsh(*press[3:])
            time.sleep(1.0)
    console.close()


def test_a_driver_without_a_firmware_to_press_keys_for_says_what_to_press(
    test_hypervisor: LibvirtHypervisor,
) -> None:
    key = next(one.key for one in test_hypervisor.list_domains() if one.name == "web")
    test_hypervisor.destroy(key)
    work = Work(test_hypervisor, key, SETUP)
    verb("start").run(work)
    assert work.message == "the firmware waits 30 s: press F2 or Esc on the console or on its screen"
