"""The event loop's pace: at once after a quiet moment, with rests in a flood, when consoles are read too."""

from __future__ import annotations

import gc
import threading

import libvirt

from tests.hypervisor.conftest import until
from tuivm.hypervisor import eventloop
from tuivm.hypervisor.eventloop import BURST, TURNS, Pace


def test_what_comes_after_a_quiet_moment_is_not_delayed() -> None:
    pace, now = Pace(), 1000.0
    for _ in range(10):
        now += 1.0
        assert not any(pace.is_spent(now) for _ in range(int(BURST) - 1))


def test_a_flood_gets_its_turns_and_no_more() -> None:
    pace, now, turns = Pace(), 1000.0, 0
    while now < 1010.0:
        turns += 1
        now += 0.0001
        if pace.is_spent(now):
            now += eventloop.REST
    assert TURNS * 9 < turns < TURNS * 11


class Reader:
    """Counts how often it was called, and where."""

    def __init__(self) -> None:
        self.calls = 0
        self.threads: set[str] = set()

    def drain(self) -> None:
        self.calls += 1
        self.threads.add(threading.current_thread().name)


def test_in_a_flood_every_reader_is_called_while_it_lives() -> None:
    eventloop.start()
    reader, other = Reader(), Reader()
    eventloop.on_flood(reader.drain)
    eventloop.on_flood(other.drain)
    # A timer that is always due keeps the loop turning, as a socket that is never empty does.
    timer = libvirt.virEventAddTimeout(0, lambda timer, opaque: None, None)
    try:
        until(lambda: reader.calls > 3, "readers called")
    finally:
        libvirt.virEventRemoveTimeout(timer)
    assert other.calls
    known = len(eventloop._drains)
    del other
    gc.collect()
    eventloop.on_flood(reader.drain)
    assert len(eventloop._drains) == known, "one came, one went"
    assert reader.threads == {"libvirt-events"}
