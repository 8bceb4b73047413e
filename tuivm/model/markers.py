"""What happened, as signs on the time axis of a graph. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tuivm.model.event import Event, EventKind, Severity
from tuivm.model.snapshot import Snapshot
from tuivm.model.timeline import Frame, cell_of


class Sign(StrEnum):
    """The kind of a marker, the most important first."""

    FAULT = "fault"
    STOP = "stopped"
    START = "started"
    SNAPSHOT = "snapshot"
    OTHER = "event"


_ORDER = tuple(Sign)
_FAULTS = frozenset((EventKind.PANIC, EventKind.IO_ERROR, EventKind.WATCHDOG))


@dataclass(frozen=True, slots=True)
class Marker:
    """One thing that happened."""

    time: float
    """Unix seconds."""
    sign: Sign
    """Its kind."""
    text: str
    """What it was; hostile data."""
    who: str = ""
    """Name of the domain, hostile data; empty for the connection, or where only one is shown."""


def of_events(events: Iterable[Event], *, named: bool = False) -> list[Marker]:
    """The markers of events; ``named`` where several domains are shown.

    Quiet ones are left out, and words: a new title, description or tag. Of what tuivm did only what failed
    is marked: what was done libvirt tells itself at that moment (paused, started, a snapshot), and two
    markers for everything would crowd the axis and stop whoever goes from one to the next twice.
    """
    found = []
    for event in events:
        if event.severity is Severity.QUIET or event.kind is EventKind.METADATA:
            continue
        if event.kind is EventKind.RESULT and event.severity is not Severity.ERROR:
            continue
        found.append(Marker(event.time, sign_of(event), event.detail, event.name if named else ""))
    return found


def sign_of(event: Event) -> Sign:
    """The kind of an event. What tuivm could not do is no fault of the domain's."""
    if event.kind is EventKind.RESULT:
        return Sign.OTHER
    if Severity.ERROR in (event.severity, event.notice) or event.kind in _FAULTS:
        return Sign.FAULT
    if event.stopped:
        return Sign.FAULT if "crash" in event.detail or "panic" in event.detail else Sign.STOP
    if event.started:
        return Sign.START
    return Sign.SNAPSHOT if event.kind is EventKind.SNAPSHOT else Sign.OTHER


def of_snapshots(snapshots: Iterable[Snapshot], who: str = "") -> list[Marker]:
    """The markers of snapshots, at the moments when they were taken."""
    return [
        Marker(float(one.created), Sign.SNAPSHOT, f"snapshot {one.name}", who)
        for one in snapshots
        if one.created
    ]


def by_cell(markers: Iterable[Marker], shown: Frame, cells: int, per_cell: int) -> dict[int, Sign]:
    """The sign of each cell of the axis that has markers: the most important of them."""
    found: dict[int, Sign] = {}
    for marker in markers:
        if shown.holds(marker.time):
            cell = cell_of(shown, shown.time(shown.index(marker.time)), cells, per_cell)
            found[cell] = min(found.get(cell, Sign.OTHER), marker.sign, key=_ORDER.index)
    return found


def at(markers: Iterable[Marker], shown: Frame, when: float) -> list[Marker]:
    """The markers in the step of that moment, oldest first."""
    index = shown.index(when)
    return sorted((one for one in markers if shown.index(one.time) == index), key=lambda one: one.time)


def next_to(markers: Sequence[Marker], shown: Frame, when: float, step: int) -> Marker | None:
    """The next marker after the step of ``when``, or before it where ``step`` is negative; None for none."""
    index = shown.index(when)
    if step > 0:
        later = [one for one in markers if shown.index(one.time) > index]
        return min(later, key=lambda one: one.time, default=None)
    earlier = [one for one in markers if shown.index(one.time) < index]
    return max(earlier, key=lambda one: one.time, default=None)
