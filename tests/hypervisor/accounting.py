"""libvirt's counters of a real guest beside the host's own, asked just before and just after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.shell_guest import ShellGuest
from tuivm.model.stats import Counters

WITHIN = 0.05
"""Part by which a figure may differ from the host's."""


@dataclass(frozen=True)
class Seen:
    """libvirt's counters, and the host's figure just before and just after."""

    before: float
    counters: Counters
    after: float


def see(guest: ShellGuest, host: Callable[[], float]) -> Seen:
    """Ask the host, libvirt, and the host again, until the emulator was not busy with another's question."""
    while True:
        before = host()
        (counters,) = guest.hypervisor.sample([guest.key])
        if counters.disks:
            return Seen(before, counters, host())


def agrees(figure: float, first: Seen, last: Seen, grain: float) -> None:
    """A growth that libvirt tells is the host's own within five in a hundred, and a grain at each end."""
    least, most = last.before - first.after, last.after - first.before
    assert least * (1 - WITHIN) - 2 * grain <= figure <= most * (1 + WITHIN) + 2 * grain, (
        least,
        figure,
        most,
    )
