"""Which graphs there are of what is known, their units, and what happened on their time axis."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.model.domain import DomainKey
from tuivm.model.event import Event, EventKind, Severity
from tuivm.model.graphs import Form, View, compared, natural, panels
from tuivm.model.markers import Marker, Sign, at, by_cell, next_to, of_events, of_snapshots, sign_of
from tuivm.model.measure import FLOOR, Unit, scale, unit_of
from tuivm.model.series import Metric, Series
from tuivm.model.snapshot import Snapshot
from tuivm.model.timeline import Frame

KEY = DomainKey("test:///default", "00000000-0000-0000-0000-000000000001")
ALL = frozenset(Series(metric) for metric in Metric)
PARTS = frozenset(
    Series(metric, part)
    for metric in Metric
    for part in (("0", "1", "10", "2") if metric in (Metric.CPU, Metric.CPU_WAIT) else ("vda", "vdb"))
)
SERIES = st.builds(Series, st.sampled_from(list(Metric)), st.sampled_from(("", "0", "1", "vda", "[b]x")))


def labels(view: View, known: frozenset[Series], *, apart: bool = False) -> list[str]:
    return [panel.label for panel in panels(view, known, apart=apart)]


@given(st.sampled_from(list(View)), st.frozensets(SERIES), st.booleans())
def test_there_is_always_a_graph(view: View, known: frozenset[Series], apart: bool) -> None:
    found = panels(view, known, apart=apart)
    assert found
    assert len({panel.label for panel in found}) == len(found)
    for panel in found:
        assert panel.curves
        assert {unit_of(curve.series.metric) for curve in panel.curves} == {panel.unit}


def test_totals_are_four_graphs() -> None:
    assert labels(View.TOTALS, frozenset()) == ["cpu", "memory", "disk", "network"]
    cpu, memory, disk, _ = panels(View.TOTALS, ALL | PARTS)
    assert cpu.top == 100
    assert memory.ceiling == Series(Metric.MEMORY_GIVEN)
    assert disk.form is Form.MIRRORED


def test_parts_in_the_order_of_their_numbers() -> None:
    assert labels(View.VCPUS, ALL | PARTS) == ["vCPU 0", "vCPU 1", "vCPU 2", "vCPU 10"]
    assert labels(View.WAIT, ALL | PARTS) == ["cpu wait", *(f"vCPU {n} wait" for n in (0, 1, 2, 10))]
    assert labels(View.DISKS, ALL | PARTS) == ["all: disk", "vda", "vdb"]
    assert labels(View.REQUESTS, PARTS) == ["vda requests", "vdb requests"]
    assert labels(View.LATENCY, PARTS) == ["vda latency, ms", "vdb latency, ms"]
    assert labels(View.VCPUS, frozenset()) == ["cpu"]


def test_one_part_is_the_whole() -> None:
    known = frozenset({Series(Metric.DISK_READ), Series(Metric.DISK_READ, "vda")})
    assert labels(View.DISKS, known) == ["vda"]


def test_memory_shows_what_is_known() -> None:
    assert labels(View.MEMORY, frozenset()) == ["memory"]
    memory, swap, dirty = panels(View.MEMORY, ALL)
    assert [curve.name for curve in memory.curves] == ["used", "cache", "given", "host"]
    assert (swap.label, dirty.label) == ("swap", "memory changed")
    apart = panels(View.MEMORY, ALL, apart=True)
    assert all(len(panel.curves) == 1 for panel in apart[:4])
    assert {panel.family for panel in apart[:4]} == {"memory"}


def test_comparing_has_a_line_for_each_domain_or_a_graph_for_each() -> None:
    names = ("web", "db", "[b]x")
    together = compared(View.TOTALS, (ALL, ALL, frozenset()), names, apart=False)
    assert [panel.form for panel in together] == [Form.LINES] * 6
    assert [curve.name for curve in together[0].curves] == list(names)
    assert [curve.of for curve in together[0].curves] == [0, 1, 2]
    apart = compared(View.TOTALS, (ALL, ALL, ALL), names, apart=True)
    assert [panel.label for panel in apart[:3]] == ["web  cpu", "db  cpu", "[b]x  cpu"]
    assert len({panel.family for panel in apart[:3]}) == 1
    assert [panel.label for panel in compared(View.MEMORY, ((), ()), ("a", "b"), apart=False)] == ["memory"]


@given(st.lists(st.text(max_size=30), max_size=6))
def test_any_names_can_be_sorted(names: list[str]) -> None:
    assert sorted(sorted(names, key=natural, reverse=True)) == sorted(names)


def test_numbers_sort_by_value() -> None:
    assert sorted(["vda10", "vda2", "vdb1"], key=natural) == ["vda2", "vda10", "vdb1"]


@pytest.mark.parametrize(
    ("unit", "value", "word", "mark"),
    [
        (Unit.PERCENT, 63.4, "63%", "63%"),
        (Unit.BYTES, 1.5 * 2**30, "1.5G", "1.5G"),
        (Unit.RATE, 80 * 1024, "80K/s", "80K"),
        (Unit.COUNT, 7.5, "7.5/s", "7.5"),
        (Unit.COUNT, 12_345, "12k/s", "12k"),
        (Unit.SECONDS, 0.00085, "850us", "0.85"),
        (Unit.SECONDS, 0.0125, "12ms", "12.5"),
        (Unit.SECONDS, 20, "20s", "20k"),
        (Unit.SECONDS, float("nan"), "-", "-"),
    ],
)
def test_words_of_units(unit: Unit, value: float, word: str, mark: str) -> None:
    assert unit.word(value) == word
    assert unit.mark(value) == mark


@given(st.sampled_from(list(Unit)), st.floats(0, 1e14))
def test_words_are_short_and_axes_hold_their_values(unit: Unit, value: float) -> None:
    assert len(unit.word(value)) <= 6
    top = scale(value, unit, None)
    assert top >= max(value, FLOOR[unit]) * (1 - 1e-9)
    assert len(unit.mark(top)) <= 5


def event(
    kind: EventKind = EventKind.LIFECYCLE, detail: str = "it", time: float = 100.0, **more: object
) -> Event:
    return Event(kind, time, KEY, "web", detail, **more)  # type: ignore[arg-type]


def test_signs_of_events() -> None:
    assert sign_of(event(started=True)) is Sign.START
    assert sign_of(event(stopped=True)) is Sign.STOP
    assert sign_of(event(stopped=True, detail="crashed")) is Sign.FAULT
    assert sign_of(event(EventKind.OTHER, notice="error")) is Sign.FAULT
    assert sign_of(event(EventKind.DEVICE, severity=Severity.ERROR)) is Sign.FAULT
    assert sign_of(event(EventKind.WATCHDOG)) is Sign.FAULT
    assert sign_of(event(EventKind.SNAPSHOT)) is Sign.SNAPSHOT
    assert sign_of(event(EventKind.DEVICE)) is Sign.OTHER


def test_what_is_marked() -> None:
    events = [
        event(EventKind.METADATA, detail="a new title", relabelled=True),
        event(EventKind.AGENT, severity=Severity.QUIET),
        event(EventKind.CONSOLE, notice="warning"),
        # As libvirt's lifecycle events are: labels are read again after each of them.
        event(detail="started", started=True, relabelled=True),
    ]
    marked = of_events(events, named=True)
    assert [marker.who for marker in marked] == ["web", "web"]
    assert [marker.sign for marker in marked] == [Sign.OTHER, Sign.START]
    assert [marker.who for marker in of_events(events)] == ["", ""]
    taken = of_snapshots([Snapshot("a", 50.0), Snapshot("never", 0.0)])
    assert taken == [Marker(50.0, Sign.SNAPSHOT, "snapshot a")]


def test_markers_on_the_axis() -> None:
    shown = Frame(100.0, 10.0, 20, 1)
    markers = [
        Marker(105.0, Sign.OTHER, "a"),
        Marker(109.0, Sign.STOP, "b"),
        Marker(90.0, Sign.START, "before"),
        Marker(299.0, Sign.SNAPSHOT, "c"),
        Marker(400.0, Sign.START, "after"),
    ]
    assert by_cell(markers, shown, 10, 2) == {0: Sign.STOP, 9: Sign.SNAPSHOT}
    assert [marker.text for marker in at(markers, shown, 101.0)] == ["a", "b"]
    ahead = next_to(markers, shown, 101.0, 1)
    assert ahead is not None
    assert ahead.text == "c"
    behind = next_to(markers, shown, 101.0, -1)
    assert behind is not None
    assert behind.text == "before"
    assert next_to(markers, shown, 1e6, 1) is None


def test_the_scale_does_not_jump() -> None:
    top = scale(3 * 2**20, Unit.RATE, None)
    assert top == 4 * 2**20
    assert scale(3.9 * 2**20, Unit.RATE, top) == top
    assert scale(1.5 * 2**20, Unit.RATE, top) == top
    assert scale(4.1 * 2**20, Unit.RATE, top) == 8 * 2**20
    assert scale(0.5 * 2**20, Unit.RATE, top) == 0.5 * 2**20
    assert scale(0, Unit.RATE, top) == 4096
    assert scale(math.nan, Unit.RATE, None) == 4096


@given(st.lists(st.floats(0, 1e12), min_size=2, max_size=30))
def test_the_scale_always_holds_the_values(peaks: list[float]) -> None:
    top = None
    for value in peaks:
        top = scale(value, Unit.BYTES, top)
        assert top >= value * (1 - 1e-9)
        assert scale(value, Unit.BYTES, top) == top
