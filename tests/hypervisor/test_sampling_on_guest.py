"""Figures of a real guest under a known load, against what the host's own accounting says of the same span.

The host is asked just before and just after libvirt is, so that its two answers are bounds: how busy the
machine is does not matter. A load is left at work until it has used enough for the steps of the accounting
to vanish.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import libvirt
import psutil
import pytest

from tests.hypervisor.accounting import WITHIN, agrees, see
from tests.hypervisor.conftest import until
from tests.recorder import Recorder
from tests.shell_guest import ShellGuest, shell_guest
from tuivm.core.session import Session
from tuivm.hypervisor import connect
from tuivm.model.rates import make_sample
from tuivm.model.series import Metric, Series
from tuivm.model.stats import Counters, Sample

pytestmark = [pytest.mark.qemu, pytest.mark.libvirtd]

MIB = 1024 * 1024
TICK = 1.0 / os.sysconf("SC_CLK_TCK")
WORK = 4.0
"""Seconds of processor time that a load uses while it is measured."""


@pytest.fixture(scope="module")
def guest() -> Iterator[ShellGuest]:
    """A guest whose balloon is left as libvirt makes it, at its prompt.

    Its name is its own: that of its control group, which the guests of other daemons may share.
    """
    with shell_guest(without='<stats period="1" />', name=f"load{os.getpid()}") as made:
        made.prompt()
        yield made


@pytest.fixture(scope="module")
def emulator(guest: ShellGuest) -> psutil.Process:
    """The process that the guest is."""
    found = [
        process
        for process in psutil.process_iter()
        if any(guest.key.uuid in word for word in _words(process))
    ]
    assert len(found) == 1
    return found[0]


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline() if "qemu" in process.name() else []
    except psutil.Error:
        return []


def busy(guest: ShellGuest) -> None:
    """Let the guest's shell turn round and round."""
    guest.console.send(b"clear; while :; do :; done\r")


def idle(guest: ShellGuest) -> None:
    """Let it come back to its prompt."""
    guest.console.send(b"\x03")
    guest.until(guest.at_prompt, "a prompt")


def test_processor_time_is_what_the_kernel_counts(guest: ShellGuest, emulator: psutil.Process) -> None:
    def used() -> float:
        times = emulator.cpu_times()
        return times.user + times.system

    busy(guest)
    first = see(guest, used)
    until(lambda: used() - first.after > WORK, "the work")
    last = see(guest, used)
    idle(guest)
    seconds = last.counters.time - first.counters.time
    sample = make_sample(first.counters, last.counters)
    assert sample.cpu is not None
    # One vCPU: what the emulator uses beside it is more than a hundred percent, and cut off.
    if sample.cpu < 100:
        agrees(sample.cpu / 100 * seconds, first, last, TICK)
    else:
        assert last.after - first.before >= seconds * (1 - WITHIN)
    user, system = (sample.more[Series(metric)] for metric in (Metric.CPU_USER, Metric.CPU_SYSTEM))
    assert min(100.0, user + system) == pytest.approx(sample.cpu, rel=WITHIN)


def test_a_vcpu_is_what_the_kernel_counts_of_its_thread(guest: ShellGuest, emulator: psutil.Process) -> None:
    threads = Path(f"/proc/{emulator.pid}/task")
    (thread,) = [one for one in threads.iterdir() if (one / "comm").read_text().startswith("CPU 0")]

    def used() -> float:
        fields = (thread / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * TICK

    def waited() -> float:
        return int((thread / "schedstat").read_text().split()[1]) / 1e9

    busy(guest)
    first, first_wait = see(guest, used), see(guest, waited)
    until(lambda: used() - first.after > WORK, "the work")
    last, last_wait = see(guest, used), see(guest, waited)
    idle(guest)
    for metric, begin, end in ((Metric.CPU, first, last), (Metric.CPU_WAIT, first_wait, last_wait)):
        assert begin.counters.costly is not None
        assert end.counters.costly is not None
        seconds = end.counters.costly.time - begin.counters.costly.time
        percent = make_sample(begin.counters, end.counters).more[Series(metric, "0")]
        agrees(percent / 100 * seconds, begin, end, TICK)


def test_what_is_written_is_what_the_image_grows_by(guest: ShellGuest) -> None:
    image = guest.daemon.directory / "shell.qcow2"
    written = 24

    def grown() -> float:
        return image.stat().st_blocks * 512.0

    def at_rest() -> bool:
        guest.ask("sync")
        before = see(guest, grown).counters.disks[0].write_bytes
        guest.ask("sleep 1")
        return see(guest, grown).counters.disks[0].write_bytes == before

    until(at_rest, "a disk at rest")
    samples: list[Sample] = []
    session, told = Session(connect(guest.daemon.uri), interval=0.2), Recorder()
    session.attach(told)
    session.start()
    try:
        told.wait_inventory(lambda inventory: _told(inventory.samples.get(guest.key)))
        first = see(guest, grown)
        guest.ask(f"dd if=/dev/zero of=/data/big bs=64k count={written * 16} conv=fsync; sync")
        until(at_rest, "a disk at rest")
        last = see(guest, grown)
        until(lambda: told.inventory.samples[guest.key].time > last.counters.time, "one more tick")
        published = [inventory.samples.get(guest.key) for inventory, _ in told.published]
        samples = [sample for sample in published if sample is not None and sample.disk_write is not None]
    finally:
        session.close(timeout=20.0)
    sample = make_sample(first.counters, last.counters)
    seconds = last.counters.time - first.counters.time
    assert sample.disk_write is not None
    agrees(sample.disk_write * seconds, first, last, 0.5 * MIB)
    assert sample.disk_write * seconds > written * MIB
    assert sample.more[Series(Metric.DISK_WRITE, "vda")] == sample.disk_write
    requests = sample.more[Series(Metric.DISK_WRITE_OPS, "vda")] * seconds
    assert written <= requests <= written * 1024
    assert 0 < sample.more[Series(Metric.DISK_WRITE_LATENCY, "vda")] < 10
    # The ticks of a session, all together, say the same as two readings far apart. After one that was cut
    # short, because both of us asked at once, the next one tells of both.
    total = sum(
        (now.disk_write or 0.0) * (now.time - before.time)
        for before, now in pairwise(samples)
        if now.time != before.time
    )
    agrees(total, first, last, 0.5 * MIB)


def _told(sample: Sample | None) -> bool:
    return sample is not None and sample.disk_write is not None


def test_memory_held_is_what_the_kernel_counts(guest: ShellGuest, emulator: psutil.Process) -> None:
    seen = see(guest, lambda: float(emulator.memory_info().rss))
    assert seen.counters.rss is not None
    assert seen.before * (1 - WITHIN) <= seen.counters.rss <= seen.after * (1 + WITHIN)


def test_the_guest_reports_its_memory_once_it_is_asked_to_and_keeps_a_period_of_its_own(
    guest: ShellGuest,
) -> None:
    link = libvirt.open(guest.daemon.uri)
    domain = link.lookupByUUIDString(guest.key.uuid)
    # What its driver said when it was loaded, once and never again.
    (silent,) = guest.hypervisor.sample()
    session = Session(connect(guest.daemon.uri), interval=0.2, balloon_period=1)
    session.start()
    try:
        until(lambda: _reported_later(guest, silent), "a report")
    finally:
        session.close(timeout=20.0)
    (told,) = guest.hypervisor.sample()
    assert told.guest_cache is not None
    assert told.swap_in == told.swap_out == 0
    assert told.guest_available is not None
    assert 0 < told.guest_available <= 96 * MIB
    assert "stats period='1'" in domain.XMLDesc(0)
    assert "stats period" not in domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE), (
        "the definition is as it was"
    )
    assert guest.hypervisor.report_memory(guest.key, 30)
    assert "stats period='1'" in domain.XMLDesc(0), "it has one"
    until(lambda: _reported_later(guest, told), "the next report")


def _reported_later(guest: ShellGuest, than: Counters) -> bool:
    now = guest.hypervisor.sample()[0].balloon_time
    return now is not None and now > (than.balloon_time or 0)


def test_the_rate_of_changed_memory_is_the_one_last_measured(guest: ShellGuest) -> None:
    def measured() -> int | None:
        (counters,) = guest.hypervisor.sample(None)
        return counters.costly.dirty_rate if counters.costly is not None else None

    assert measured() is None
    domain = libvirt.open(guest.daemon.uri).lookupByUUIDString(guest.key.uuid)
    domain.startDirtyRateCalc(1)
    until(lambda: measured() is not None, "the measurement")
    rate = measured()
    assert rate is not None
    assert 0 <= rate < 100_000 * MIB
