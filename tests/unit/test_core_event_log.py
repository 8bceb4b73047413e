"""The events kept in memory."""

from __future__ import annotations

from dataclasses import replace

from tuivm.core.event_log import MemoryEvents
from tuivm.model.domain import DomainKey
from tuivm.model.event import Event, EventKind, Severity

KEY = DomainKey("test:///default", "11111111-1111-4111-8111-111111111111")
EVENT = Event(EventKind.REBOOT, 100.0, KEY, "web", "rebooted")


def test_the_newest_are_kept_and_found_by_time_and_domain() -> None:
    log = MemoryEvents(limit=5)
    for number in range(8):
        log.keep(replace(EVENT, time=float(number), key=KEY if number % 2 else None))
    assert [event.time for event in log.kept(0.0, 100.0)] == [3.0, 4.0, 5.0, 6.0, 7.0]
    assert [event.time for event in log.kept(4.0, 6.0)] == [4.0, 5.0, 6.0]
    assert [event.time for event in log.kept(0.0, 100.0, KEY)] == [3.0, 5.0, 7.0]
    assert [event.time for event in log.kept(0.0, 100.0, limit=2)] == [6.0, 7.0]
    assert log.kept(0.0, 100.0, limit=0) == ()


def test_what_came_late_stands_at_its_time() -> None:
    log = MemoryEvents()
    for time in (3.0, 1.0, 2.0):
        log.keep(replace(EVENT, time=time))
    assert [event.time for event in log.kept(0.0, 9.0)] == [1.0, 2.0, 3.0]


def test_severities_have_an_order() -> None:
    assert sorted(Severity, key=lambda severity: severity.rank) == [
        Severity.QUIET,
        Severity.INFORMATION,
        Severity.WARNING,
        Severity.ERROR,
    ]
