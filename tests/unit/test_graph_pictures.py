"""Pictures: windows put together from pieces, summed up, and read by a thread that never piles up."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.graph_world import CurvedPast
from tuivm.core.event_log import MemoryEvents
from tuivm.core.happenings import happenings, news
from tuivm.core.pictures import Picture, PictureReader, Wish
from tuivm.model.domain import DomainKey
from tuivm.model.event import Event, EventKind
from tuivm.model.graphs import View
from tuivm.model.inventory import Inventory
from tuivm.model.look import Look
from tuivm.model.markers import Marker, Sign
from tuivm.model.series import Metric, Series, Window
from tuivm.model.snapshot import Snapshot
from tuivm.model.timeline import DAY, Frame, frame
from tuivm.model.windows import Summary, carry, missing, splice, summary

NOW = 1_790_000_000.0
KEY = DomainKey("test:///default", "00000000-0000-0000-0000-000000000001")
OTHER = DomainKey("test:///default", "00000000-0000-0000-0000-000000000002")
CPU = Series(Metric.CPU)
NAN = math.nan


def window(*values: float, start: float = 0.0, step: float = 1.0) -> Window:
    return Window(start, step, values, values, values)


def same(one: Window, other: Window) -> bool:
    """Whether they are equal, a gap like a gap."""
    return repr(one) == repr(other)


def curve(when: float) -> float:
    return NAN if int(when) % 50 < 7 else when % 97


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 60)), min_size=1, max_size=8),
    st.sampled_from([1.0, 5.0, 60.0]),
)
def test_pieces_make_what_one_reading_would(places: list[tuple[int, int]], step: float) -> None:
    past = CurvedPast(0, 1e9)
    past.put(KEY, Metric.CPU, curve)
    old: Window | None = None
    for first, count in places:
        wanted = Frame(first * step, step, count)
        part = missing(old, wanted)
        fresh = past.window(KEY, CPU, part.start, part.step, part.count)
        old = splice(old, fresh, wanted)
        assert same(old, past.window(KEY, CPU, wanted.start, step, count))


def test_only_the_newest_steps_are_read_again() -> None:
    old = window(*range(100))
    assert missing(old, Frame(1.0, 1.0, 100)) == Frame(97.0, 1.0, 4)
    assert missing(old, Frame(-1.0, 1.0, 100)).count == 100
    assert missing(old, Frame(0.0, 2.0, 100)).count == 100
    assert missing(None, Frame(0.0, 1.0, 9)).count == 9
    assert missing(old, Frame(500.0, 1.0, 9)).count == 9


def test_the_newest_steps_have_the_value_before_them_and_a_gap_is_one() -> None:
    assert carry(window(1, 2, NAN), 1.0).average == (1, 2, 2)
    assert carry(window(1, 2, NAN, NAN), 1.0).average == (1, 2, 2, 2)
    assert carry(window(1, 2, NAN, step=60.0), 1.0).average == (1, 2, 2)
    for unchanged in (window(1, 2), window(1, NAN, 2), window(1, NAN, NAN, NAN), window(NAN, NAN), window()):
        assert same(carry(unchanged, 1.0), unchanged)


@given(st.lists(st.one_of(st.just(NAN), st.floats(0, 100)), max_size=60), st.sampled_from([0.5, 1.0, 5.0]))
def test_carrying_changes_nothing_that_is_known(values: list[float], least: float) -> None:
    after = carry(window(*values), least)
    assert len(after.average) == len(values)
    assert all(old == new for old, new in zip(values, after.average, strict=True) if old == old)


def test_summing_up() -> None:
    found = summary(Window(0, 1, (1.0, NAN, 3.0), (0.0, NAN, 2.0), (9.0, NAN, 4.0)))
    assert found == Summary(0.0, 2.0, 9.0)
    assert math.isnan(summary(window(NAN)).average)


def wish(**more: object) -> Wish:
    made = Wish((KEY,), ("web",), (True,), View.TOTALS, False, Look(300.0), (80, 20), 1.0, NOW)
    return replace(made, **more)  # type: ignore[arg-type]


def reader(past: CurvedPast) -> PictureReader:
    def fit(wished: Wish, _: int) -> Frame:
        return wished.look.frame(wished.now, 100, wished.least)

    return PictureReader(past, lambda keys, start, end: (), fit, lambda _: None)


def world() -> CurvedPast:
    past = CurvedPast(NOW - 3 * DAY, NOW + 3600)
    past.put(KEY, Metric.CPU, lambda when: when % 60)
    past.put(KEY, Metric.MEMORY, lambda when: 2.0**30)
    past.put(KEY, Metric.MEMORY_GIVEN, lambda when: 2.0**31)
    return past


def test_a_picture_has_every_graph_of_the_view() -> None:
    past = world()
    picture = reader(past).read(wish())
    cpu, memory, disk, _ = picture.drawings
    assert picture.frame == frame(NOW, 300.0, 100, 1.0)
    assert len(cpu.windows[0].average) == picture.frame.count
    assert memory.ceiling is not None
    assert set(memory.ceiling.average) == {2.0**31}
    assert disk.reason.startswith("no figures of this")
    assert cpu.reason == ""


def test_the_next_picture_reads_little() -> None:
    past = world()
    source = reader(past)
    first = source.read(wish())
    past.asked.clear()
    later = source.read(wish(now=NOW + first.frame.step))
    asked = [count for series, _, _, count in past.asked if series.metric is not Metric.MEMORY]
    assert len(asked) > 1
    assert max(asked) <= 4
    past.asked.clear()
    again = reader(past).read(wish(now=NOW + first.frame.step))
    assert repr(later.drawings) == repr(again.drawings)
    source.read(wish(look=Look(3600.0)))
    assert max(count for _, _, _, count in past.asked) > 50


def test_why_there_is_nothing() -> None:
    past = world()
    source = reader(past)
    assert source.read(wish(keys=(OTHER,), running=(False,))).drawings[0].reason == "it is off"
    assert source.read(wish(keys=(OTHER,))).drawings[0].reason == "no figures yet"
    early = source.read(wish(look=Look(300.0, NOW - 5 * DAY)))
    assert early.drawings[0].reason == "nothing is kept from then: it was not recorded yet"
    past.put(OTHER, Metric.CPU, lambda when: NAN)
    past.end = NOW - DAY
    asleep = source.read(wish(look=Look(300.0, NOW - DAY / 2)))
    assert asleep.drawings[0].reason == "no figures: it was off, or nobody recorded"


def test_comparing_reads_of_every_domain() -> None:
    past = world()
    past.put(OTHER, Metric.CPU, lambda when: 50.0)
    both = wish(keys=(KEY, OTHER), names=("web", "db"), running=(True, True))
    picture = reader(past).read(both)
    assert set(picture.drawings[0].windows[1].average) == {50.0}
    apart = reader(past).read(replace(both, apart=True))
    assert len(apart.drawings) == 12


def test_of_many_wishes_the_newest_is_read() -> None:
    begun, go = threading.Event(), threading.Event()
    told: list[Picture] = []
    done = threading.Event()

    class Slow(CurvedPast):
        def series_of(self, key: DomainKey, start: float, end: float) -> tuple[Series, ...]:
            begun.set()
            assert go.wait(20)
            return super().series_of(key, start, end)

    def tell(picture: Picture) -> None:
        told.append(picture)
        if picture.wish.look.span == 900.0:
            done.set()

    past = Slow(NOW - DAY, NOW)
    source = PictureReader(
        past,
        lambda keys, start, end: (),
        lambda wished, _: wished.look.frame(wished.now, 100, 1.0),
        tell,
    )
    source.stop()
    source.ask(wish())
    assert begun.wait(20)
    for span in (60.0, 3600.0, 900.0):
        source.ask(wish(look=Look(span)))
    go.set()
    assert done.wait(20)
    source.stop()
    assert [picture.wish.look.span for picture in told] == [300.0, 900.0]


def test_what_is_in_memory_is_read_at_once() -> None:
    told: list[Picture] = []
    source = PictureReader(
        world(),
        lambda keys, start, end: (),
        lambda wished, _: wished.look.frame(wished.now, 100, 1.0),
        told.append,
        at_once=True,
    )
    source.ask(wish())
    assert [picture.wish for picture in told] == [wish()]
    source.stop()


def test_memory_that_the_past_takes_back_goes_from_the_picture() -> None:
    past = world()
    past.put(KEY, Metric.MEMORY, lambda when: 2.0**31)
    source = reader(past)
    assert source.read(wish()).drawings[1].windows[0].average[0] == 2.0**31
    past.put(KEY, Metric.MEMORY, lambda when: NAN if when < NOW - 20 else 2.0**30)
    memory = source.read(wish()).drawings[1].windows[0]
    assert math.isnan(memory.average[0])
    assert memory.highest[-1] == 2.0**30


class Witness:
    """A session that saw some things."""

    def __init__(self) -> None:
        self.inventory = Inventory("test:///default")
        self.event_log = MemoryEvents()
        self.events = (
            Event(EventKind.LIFECYCLE, 10.0, KEY, "web", "started", started=True),
            Event(EventKind.LIFECYCLE, 20.0, OTHER, "db", "started", started=True),
            Event(EventKind.CONNECTION, 30.0, None, "", "connection lost"),
            Event(EventKind.OTHER, 31.0, None, "", "a word"),
            Event(EventKind.LIFECYCLE, 99.0, KEY, "web", "too late"),
        )
        for event in self.events:
            self.event_log.keep(event)

    def told(self, keys: Iterable[DomainKey]) -> int:
        return self.event_log.count(keys)

    def detail(self, key: DomainKey) -> object:
        class Told:
            snapshots = (Snapshot("one", 15.0), Snapshot("later", 500.0))

        return Told() if key == KEY else None


def test_what_happens_is_marked_at_once() -> None:
    witness, asked = Witness(), itertools.count()

    def marks(keys: Sequence[DomainKey], start: float, end: float) -> list[Marker]:
        next(asked)
        return happenings(witness, keys, start, end)  # type: ignore[arg-type]

    source = PictureReader(
        world(), marks, lambda wished, _: wished.look.frame(wished.now, 100, 1.0), lambda _: None
    )

    def signs() -> list[Sign]:
        told = news(witness, [KEY])  # type: ignore[arg-type]
        return [marker.sign for marker in source.read(replace(wish(), news=told)).markers]

    before = signs()
    assert signs() == before
    assert next(asked) == 1, "nothing new: not asked again"
    witness.event_log.keep(Event(EventKind.LIFECYCLE, NOW - 1, OTHER, "db", "stopped", stopped=True))
    assert signs() == before
    assert next(asked) == 2, "of another domain"
    witness.event_log.keep(
        Event(EventKind.LIFECYCLE, NOW - 1, KEY, "web", "stopped (shut down)", stopped=True)
    )
    assert signs() == [*before, Sign.STOP]


def test_what_happened() -> None:
    witness = Witness()
    found = happenings(witness, [KEY], 0.0, 50.0)  # type: ignore[arg-type]
    assert [(marker.time, marker.sign) for marker in found] == [
        (30.0, Sign.OTHER),
        (10.0, Sign.START),
        (15.0, Sign.SNAPSHOT),
    ]
    assert {marker.who for marker in happenings(witness, [KEY, OTHER], 0.0, 50.0)} >= {"web", "db"}  # type: ignore[arg-type]
