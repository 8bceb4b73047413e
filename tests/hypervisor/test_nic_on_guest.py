"""Figures of a real guest's network interface, against what the kernel counts of the tap it is plugged into.

The daemon has a network namespace of its own, in which libvirt makes the tap: nothing of the machine is seen
or touched. There the host sends the guest frames, and the guest pings somebody who does not answer, so that
the two directions differ. What the tap sends is what the guest receives.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import libvirt
import pytest

from tests.hypervisor.accounting import agrees, see
from tests.hypervisor.conftest import until
from tests.recorder import Recorder
from tests.shell_guest import ShellGuest, shell_guest
from tuivm.core.session import Session
from tuivm.hypervisor import connect
from tuivm.hypervisor.stats import from_calls
from tuivm.model.rates import make_sample
from tuivm.model.series import Metric, Series
from tuivm.model.stats import Sample
from tuivm.xml import read

pytestmark = [
    pytest.mark.qemu,
    pytest.mark.libvirtd,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a tap, and a network of its own"),
    pytest.mark.skipif(not Path("/dev/net/tun").exists(), reason="there is no /dev/net/tun"),
]

TAP = "tuivm-load"
MAC = "52:54:00:12:34:56"
NIC = (
    f"<interface type='ethernet'><mac address='{MAC}'/><target dev='{TAP}'/>"
    "<model type='virtio'/><rom enabled='no'/></interface>"
)
FRAMES, FRAME = 2000, 1014
"""Frames that the host sends, and bytes of each with its header."""
PINGS, PING = 300, 542
"""Pings that the guest sends, and bytes of each with its headers."""
SENDER = f"""
import socket, time
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind(("{TAP}", 0))
guest = bytes.fromhex("{MAC.replace(":", "")}")
# A protocol for experiments: the guest's kernel takes the frame and drops it.
frame = guest + bytes.fromhex("020000000001" "88b5") + bytes({FRAME} - 14)
for number in range({FRAMES}):
    link.send(frame)
    if number % 20 == 19:  # no faster than an emulated guest takes them
        time.sleep(0.01)
"""


@pytest.fixture(scope="module")
def guest() -> Iterator[ShellGuest]:
    """A guest with a network interface, at its prompt."""
    with shell_guest(name=f"nic{os.getpid()}", devices=NIC, own_network=True) as made:
        made.prompt()
        # Nobody is there: the address is known, and nothing answers.
        made.ask("arp -s 10.0.2.2 02:00:00:00:00:01")
        yield made


def counted(guest: ShellGuest, column: int) -> Callable[[], float]:
    """What asks the kernel for a counter of the tap: a column of /proc/net/dev, without the name."""

    def ask() -> float:
        lines = Path(f"/proc/{guest.daemon.pid}/net/dev").read_text().splitlines()
        (line,) = [line for line in lines if line.lstrip().startswith(f"{TAP}:")]
        return float(line.partition(":")[2].split()[column])

    return ask


def traffic(guest: ShellGuest) -> None:
    """Let the host send its frames and the guest its pings."""
    enter = ["nsenter", f"--net=/proc/{guest.daemon.pid}/ns/net"]
    subprocess.run([*enter, sys.executable, "-c", SENDER], check=True, timeout=60)
    guest.ask(f"ping -q -c {PINGS} -i 0.01 -W 1 -s {PING - 42} 10.0.2.2 | grep transmitted")


COLUMNS = {Metric.NET_TX: 0, Metric.NET_TX_PACKETS: 1, Metric.NET_RX: 8, Metric.NET_RX_PACKETS: 9}
"""Of each metric of the guest its column of /proc/net/dev: what the tap received was sent by the guest."""
SENT = {
    Metric.NET_RX: FRAMES * FRAME,
    Metric.NET_RX_PACKETS: FRAMES,
    Metric.NET_TX: PINGS * PING,
    Metric.NET_TX_PACKETS: PINGS,
}
"""Of each metric how much of it there is at least."""


def test_what_an_interface_receives_and_sends_is_what_the_kernel_counts(guest: ShellGuest) -> None:
    session, told = Session(connect(guest.daemon.uri), interval=0.2), Recorder()
    session.attach(told)
    session.start()
    try:
        told.wait_inventory(
            lambda inventory: _rate(inventory.samples.get(guest.key), Metric.NET_RX) is not None
        )
        first = {metric: see(guest, counted(guest, column)) for metric, column in COLUMNS.items()}
        traffic(guest)
        last = {metric: see(guest, counted(guest, column)) for metric, column in COLUMNS.items()}
        end = last[Metric.NET_RX_PACKETS].counters.time
        until(lambda: told.inventory.samples[guest.key].time > end, "one more tick")
        published = [inventory.samples.get(guest.key) for inventory, _ in told.published]
    finally:
        session.close(timeout=20.0)
    for metric, known in SENT.items():
        begin, finish = first[metric], last[metric]
        sample = make_sample(begin.counters, finish.counters)
        growth = sample.more[Series(metric, TAP)] * (finish.counters.time - begin.counters.time)
        grain = known / 100
        agrees(growth, begin, finish, grain)
        assert known <= finish.after - begin.before <= known * 1.05, "the host counts what was sent"
        # The ticks of a session, all together, say the same.
        agrees(_total([sample for sample in published if sample is not None], metric), begin, finish, grain)
    assert sample.net_rx == sample.more[Series(Metric.NET_RX, TAP)]
    assert sample.net_tx == sample.more[Series(Metric.NET_TX, TAP)]


def test_asked_by_calls_of_its_own_it_is_the_same(guest: ShellGuest) -> None:
    """A driver without bulk statistics tells the guest's view, too."""
    domain = libvirt.open(guest.daemon.uri).lookupByUUIDString(guest.key.uuid)
    traffic(guest)
    first = see(guest, counted(guest, COLUMNS[Metric.NET_RX])).counters
    (asked,) = from_calls(guest.key, domain, read.description(domain.XMLDesc(0)), first.time).nics
    last = see(guest, counted(guest, COLUMNS[Metric.NET_RX])).counters
    for field in ("rx_bytes", "tx_bytes", "rx_packets", "tx_packets"):
        least, most = (getattr(seen.nics[0], field) for seen in (first, last))
        assert least <= getattr(asked, field) <= most
    assert asked.rx_bytes > 2 * asked.tx_bytes > 0


def _rate(sample: Sample | None, metric: Metric) -> float | None:
    """What a sample tells of the interface."""
    return sample.more.get(Series(metric, TAP)) if sample is not None else None


def _total(samples: list[Sample], metric: Metric) -> float:
    """How much all samples tell together."""
    return sum(
        (_rate(now, metric) or 0.0) * (now.time - before.time)
        for before, now in pairwise(samples)
        if now.time != before.time
    )
