"""Long jobs on a real guest with a memory that takes a while to write: measured, cancelled, interrupted.

What the guest holds is compared before and after: a job that was ended must not have cost it anything.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import libvirt
import pytest

from tests.brake import Brake, with_brake
from tests.daemon import PATIENCE, temporary_daemon
from tests.hypervisor.conftest import until
from tests.recorder import Recorder
from tests.shell_guest import ShellGuest
from tuivm import paths
from tuivm.core.session import Session
from tuivm.core.verbs import Arguments, verb
from tuivm.demo import guest as demo
from tuivm.demo.domains import Hardware, Role, domain_xml
from tuivm.demo.parts import find_emulator
from tuivm.hypervisor import connect
from tuivm.model.domain import State
from tuivm.model.inventory import Link
from tuivm.model.job import Job, JobState

pytestmark = [pytest.mark.qemu, pytest.mark.libvirtd]

MIB = 1024 * 1024
FILLED = 32
"""MiB of noise in the guest's memory."""
SUM = "md5sum /tmp/noise | cut -c -32"


def roomy(directory: Path) -> str:
    """XML of the demonstration's guest with room for the noise."""
    parts = demo.build(paths.cache_dir() / "demo", lambda line: None)
    disk = directory / "full.qcow2"
    subprocess.run(["qemu-img", "create", "-qf", "qcow2", disk, "1G"], check=True)
    hardware = Hardware(parts, find_emulator(parts.machine), kvm=False, user_network=False)
    root = ET.fromstring(domain_xml(hardware, Role("shell", "idle", "full of noise"), disk))
    memory = root.find("memory")
    assert memory is not None
    memory.attrib["unit"], memory.text = "MiB", str(FILLED + 128)
    return with_brake(ET.tostring(root, encoding="unicode"), directory / "qmp")


def braked(guest: ShellGuest) -> Brake:
    """Hold what is written of the guest's memory."""
    return Brake(guest.daemon.directory / "qmp")


@pytest.fixture(scope="module")
def full() -> Iterator[ShellGuest]:
    """A guest at its prompt, its memory full of noise."""
    with temporary_daemon() as daemon:
        hypervisor = connect(daemon.uri)
        hypervisor.open()
        key = hypervisor.define(roomy(daemon.directory))
        hypervisor.start(key)
        session, told = Session(hypervisor, interval=0.5), Recorder()
        session.attach(told)
        session.start()
        told.wait_inventory(lambda inventory: key in inventory.domains)
        made = ShellGuest(daemon, hypervisor, session, key)
        made.console.wake = lambda: None
        try:
            made.prompt()
            made.ask(f"dd if=/dev/urandom of=/tmp/noise bs=1M count={FILLED} 2>/dev/null")
            yield made
        finally:
            session.close(timeout=20.0)
            hypervisor.close()


def latest(guest: ShellGuest, job: Job) -> Job:
    """The job as it is now."""
    return next(one for one in guest.session.jobs if one.id == job.id)


def run(guest: ShellGuest, name: str, arguments: Arguments | None = None) -> Job:
    """Begin a verb."""
    return guest.session.run(verb(name), guest.session.inventory.domains[guest.key], arguments)


def under_way(guest: ShellGuest, job: Job) -> Job:
    """The job as soon as libvirt tells how far it is."""
    until(lambda: latest(guest, job).progress is not None or latest(guest, job).state.is_over, "progress")
    now = latest(guest, job)
    assert now.state is JobState.RUNNING, now.message
    return now


def ended(guest: ShellGuest, job: Job) -> Job:
    """The job when it is over."""
    until(lambda: latest(guest, job).state.is_over, "the end")
    return latest(guest, job)


def state(guest: ShellGuest) -> State:
    """The domain's state as the list has it."""
    return guest.session.inventory.domains[guest.key].state


def back(guest: ShellGuest) -> None:
    """Stand at a prompt again, on a console that may have been opened anew in the middle of one."""
    guest.open()
    guest.console.send(b"\r")
    guest.until(guest.at_prompt, "a prompt")


def test_a_save_tells_how_far_it_is_and_can_be_cancelled(full: ShellGuest) -> None:
    before = full.ask(SUM)
    with braked(full):
        job = run(full, "save")
        now = under_way(full, job)
        assert now.cancellable
        assert now.progress is not None
        assert now.progress.percent is not None
        assert 0 <= now.progress.percent < 100
        assert now.progress.total is not None
        assert now.progress.total > FILLED * MIB
        assert full.session.work.cancel(job.id)
        assert not latest(full, job).cancellable
        over = ended(full, job)
    assert over.state is JobState.CANCELLED
    assert "cancel" in over.message
    until(lambda: state(full) is State.RUNNING, "the guest")
    assert not full.session.inventory.domains[full.key].saved
    back(full)
    assert full.ask(SUM) == before


def test_a_dump_that_is_cancelled_leaves_no_half_a_file(full: ShellGuest) -> None:
    path = full.daemon.directory / "core"
    with braked(full):
        job = run(full, "dump", Arguments(text=str(path), options=frozenset({"live"})))
        under_way(full, job)
        assert path.exists()
        assert full.session.work.cancel(job.id)
        assert ended(full, job).state is JobState.CANCELLED
    assert not path.exists()
    assert state(full) is State.RUNNING


def test_a_save_that_is_left_alone_comes_to_its_end(full: ShellGuest) -> None:
    before = full.ask(SUM)
    seen: list[float] = []

    def further() -> bool:
        progress = latest(full, job).progress
        if progress is not None and progress.percent is not None and progress.percent not in seen:
            seen.append(progress.percent)
        return len(seen) > 3

    with braked(full):
        job = run(full, "save")
        until(further, "progress")
    assert seen == sorted(seen)
    assert ended(full, job).state is JobState.DONE
    until(lambda: state(full) is State.OFF, "the end of the guest")
    assert not full.session.work.cancel(job.id)
    assert ended(full, run(full, "start")).state is JobState.DONE
    back(full)
    assert full.ask(SUM) == before


def test_a_daemon_that_dies_in_the_middle_ends_the_job_with_a_true_line(full: ShellGuest) -> None:
    before = full.ask(SUM)
    with braked(full):
        job, queued = run(full, "save"), run(full, "autostart")
        under_way(full, job)
        full.daemon.kill()
        over = ended(full, job)
    assert over.state is JobState.FAILED
    assert "it is not known whether it was done" in over.remedy
    assert over.error
    later = ended(full, queued)
    assert later.state is JobState.FAILED
    assert "not connected" in later.message or "not known" in later.remedy
    full.daemon.start()
    until(lambda: full.session.inventory.link is Link.UP, "the connection")
    until(lambda: state(full) is State.RUNNING, "the guest")
    again = full.session.work.retry(queued.id)
    assert again is not None
    assert ended(full, again).state is JobState.DONE
    back(full)
    assert full.ask(SUM) == before


def test_an_operation_of_another_program_can_be_seen(full: ShellGuest) -> None:
    path = full.daemon.directory / "core-of-another"
    domain = libvirt.open(full.daemon.uri).lookupByUUIDString(full.key.uuid)
    with braked(full):
        dump = threading.Thread(target=domain.coreDump, args=(str(path), libvirt.VIR_DUMP_LIVE))
        dump.start()
        until(lambda: full.hypervisor.operation(full.key) is not None, "the dump")
        seen = full.hypervisor.operation(full.key)
        assert seen is not None
        assert seen.what == "dump"
    dump.join(PATIENCE)
    until(lambda: full.hypervisor.operation(full.key) is None, "its end")
    path.unlink()
