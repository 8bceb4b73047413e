"""The archive on real files: what was put comes out, whatever happened in between."""

from __future__ import annotations

import fcntl
import math
import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from array import array
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.core.archive import Archive, archive, codec, journal, works
from tuivm.core.archive.codec import GAP, PRECISION, Damaged, clean, decode, encode, pack, unpack, unpack_one
from tuivm.core.archive.tiers import DAY, FINE, HOUR, MINUTES, QUARTERS, best, coarser
from tuivm.core.archive.windows import Assembly, Stretch
from tuivm.core.joined import Joined
from tuivm.model.domain import DomainKey
from tuivm.model.event import Event, EventKind, Severity
from tuivm.model.series import Metric, Series, Window
from tuivm.model.stats import Sample

KEY = DomainKey("qemu:///system", "u-1")
OTHER = DomainKey("qemu:///system", "u-2")
CPU, VCPU = Series(Metric.CPU), Series(Metric.CPU, "0")
BEGIN = 1_800_000_000 // QUARTERS.length * QUARTERS.length
PATIENCE = 30.0
NAN = math.nan
ROOT = Path(__file__).resolve().parents[2]
figures = st.one_of(st.just(math.nan), st.floats(0, 2.0**50, width=32), st.floats(0, 100, width=32))


OPEN: list[Archive] = []


def an_archive(path: Path, **more: Any) -> Archive:
    """An archive that is closed when the test is over."""
    OPEN.append(Archive(path, **more))
    return OPEN[-1]


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    for each in OPEN:
        each.works.close()
    OPEN.clear()


class World:
    """An archive, its clock, and what it said; written to when the test says so."""

    def __init__(self, path: Path, now: float = BEGIN, **limits: int) -> None:
        self.path = path
        self.now = now
        self.elapsed = 0.0
        self.bounds = (limits.get("size", archive.SIZE), limits.get("keep", archive.KEEP))
        self.said: list[str] = []
        self.names = {KEY: "web", OTHER: "db"}
        self.archive = self.make()

    def make(self) -> Archive:
        made = an_archive(
            self.path, bounds=self.bounds, clock=lambda: self.now, monotonic=lambda: self.elapsed
        )
        made.works.tell = self.said.append
        made.works.name_of = lambda key: self.names.get(key, "")
        return made

    def put(self, when: float, *values: float | None, key: DomainKey = KEY) -> None:
        """A tick: CPU and, if there is a second value, that of vCPU 0."""
        self.elapsed += max(0.0, when - self.now)
        self.now = when
        more = {} if len(values) < 2 or values[1] is None else {VCPU: values[1]}
        self.archive.put(when, {key: Sample(0.0, cpu=values[0], more=more)})

    def run(self, start: int, count: int, value: Callable[[int], float], every: int = 5) -> None:
        """A tick each second, written as the thread would."""
        for number in range(start, start + count):
            self.put(number, value(number))
            if number % every == 0:
                self.archive.works.write()

    def kill(self) -> None:
        """What a kill leaves: the file as it is, everything in memory gone."""
        self.archive.works.close()
        self.archive = self.make()

    def means(self, start: float, step: float, count: int, series: Series = CPU) -> list[float | None]:
        window = self.archive.window(KEY, series, start, step, count)
        return [None if math.isnan(value) else round(value, 3) for value in window.average]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        link = sqlite3.connect(self.path)
        try:
            return link.execute(query).fetchall()
        finally:
            link.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "history" / "x.db")
    yield made
    made.kill()


def near(found: float, wanted: float) -> bool:
    if math.isnan(wanted):
        return math.isnan(found)
    return math.isclose(found, wanted, rel_tol=2 * PRECISION, abs_tol=1e-29)


# -- the parts -------------------------------------------------------------------------------------


@given(st.lists(figures, min_size=8, max_size=8), st.lists(figures, min_size=8, max_size=8))
def test_columns_come_back_as_they_were(first: list[float], second: list[float]) -> None:
    parts = {3: (array("f", map(clean, first)),), 7: (array("f", map(clean, second)),)}
    block = pack(parts)
    assert codec.series_in(block) == [3, 7]
    found = unpack(block, 8, 1)
    for series, (column,) in parts.items():
        assert all(map(near, found[series][0], column))
        assert unpack_one(block, series, 8, 1) == found[series] or any(map(math.isnan, column))
    again = unpack(pack(found), 8, 1)
    assert str(again) == str(found), "what was rounded once stays as it is"
    assert unpack_one(block, 4, 8, 1) is None


@given(st.lists(figures, min_size=30, max_size=30))
def test_coarse_columns_are_what_a_plain_reference_says(values: list[float]) -> None:
    column = array("f", map(clean, values))
    block = pack({1: coarser(column, 5)})
    means, low, high = unpack(block, 6, 3)[1]
    for number in range(6):
        known = [value for value in column[number * 5 : number * 5 + 5] if not math.isnan(value)]
        wanted = (sum(known) / len(known), min(known), max(known)) if known else (math.nan,) * 3
        assert all(map(near, (means[number], low[number], high[number]), wanted))
        assert not known or low[number] <= means[number] <= high[number]


@pytest.mark.parametrize("value", [math.inf, -math.inf, -1.0, 1e300, math.nan])
def test_nonsense_is_a_gap(value: float) -> None:
    assert math.isnan(clean(value))
    assert clean(0.0) == clean(-0.0) == clean(1e-40) == 0.0


@given(st.data())
def test_damaged_blocks_say_so_or_are_read(data: st.DataObject) -> None:
    block = bytearray(pack({1: coarser(array("f", range(60)), 5), 2: coarser(array("f", range(60)), 5)}))
    at = data.draw(st.integers(0, len(block) - 1))
    block[at] ^= data.draw(st.integers(1, 255))
    cut = bytes(block[: data.draw(st.integers(0, len(block)))])
    for damaged in (bytes(block), cut):
        for read in (lambda raw: unpack(raw, 12, 3), lambda raw: unpack_one(raw, 2, 12, 3)):
            with suppress(Damaged):
                read(damaged)


@given(st.binary(max_size=200))
def test_a_row_of_the_journal_that_is_none_is_damaged(data: bytes) -> None:
    with pytest.raises(Damaged):
        list(journal.read(data))


def test_a_row_of_the_journal_comes_back() -> None:
    entries = [
        journal.Entry(1, 10, {4: array("f", [1, 2]), 9: array("f", [3, 0])}),
        journal.Entry(2, 0, {4: array("f", [7])}),
    ]
    assert list(journal.read(journal.write(entries))) == entries


def test_a_window_is_made_of_what_is_best() -> None:
    assert (best(1), best(3.9), best(60), best(240), best(3600), best(9e6)) == (
        FINE,
        FINE,
        FINE,
        MINUTES,
        QUARTERS,
        QUARTERS,
    )
    window = Assembly(0.0, 10.0, 4)
    window.add([Stretch(0, 5, (array("f", [1, 3, math.nan, 5]),))])
    window.told(0, 30)
    window.fill([Stretch(0, 40, (array("f", [9]), array("f", [8]), array("f", [20])))])
    assert str(window.window()) == str(
        Window(0.0, 10.0, (2.0, 5.0, NAN, 9.0), (1.0, 5.0, NAN, 8.0), (3.0, 5.0, NAN, 20.0))
    )


# -- what was put comes out --------------------------------------------------------------------------

steps = st.lists(
    st.tuples(
        st.sampled_from(["tick", "tick", "tick", "tick", "skip", "write", "kill", "hour"]),
        st.floats(0, 100, width=32),
    ),
    max_size=60,
)


@given(steps)
def test_what_was_put_comes_out_after_any_order_of_ticks_gaps_and_restarts(
    tmp_path_factory: pytest.TempPathFactory, story: list[tuple[str, float]]
) -> None:
    world = World(tmp_path_factory.mktemp("any") / "x.db")
    wanted: dict[int, float] = {}
    unsafe: set[int] = set()
    now = BEGIN
    for step, value in story:
        match step:
            case "tick":
                now += 1
                world.put(now, value)
                wanted[now] = clean(value)
                unsafe.add(now)
            case "skip":
                now += 61  # longer than any reading stands for
            case "hour":
                now += 1200
            case "write":
                world.archive.works.write()
                unsafe.clear()
            case "kill":
                world.kill()
                for second in unsafe:
                    del wanted[second]
                unsafe.clear()
    world.archive.works.write()
    for _ in range(2):
        by_minute: dict[int, list[float]] = {}
        for second, value in wanted.items():
            by_minute.setdefault((second - BEGIN) // 60, []).append(value)
        window = world.archive.window(KEY, CPU, BEGIN, 60, (now - BEGIN) // 60 + 1)
        for number in range(len(window.average)):
            known = by_minute.get(number)
            mean = math.nan if known is None else sum(known) / len(known)
            assert near(window.average[number], mean)
            assert near(window.lowest[number], math.nan if known is None else min(known))
            assert near(window.highest[number], math.nan if known is None else max(known))
        world.kill()  # and the same of a program that only reads
    world.kill()


def test_seconds_minutes_and_quarters_tell_the_same(world: World) -> None:
    chance = random.Random(1)
    values = {BEGIN + n: chance.uniform(0, 100) for n in range(3 * HOUR)}
    world.run(BEGIN, 3 * HOUR, lambda when: values[when])
    for step in (10, 240, 3600):
        window = world.archive.window(KEY, CPU, BEGIN, step, 3 * HOUR // step)
        for number in range(len(window.average)):
            part = [values[BEGIN + number * step + n] for n in range(step)]
            if step > 10 or number * step > 2 * HOUR:  # older seconds are gone: minutes stand for them
                assert near(window.average[number], sum(part) / step)
                assert near(window.lowest[number], min(part))
                assert near(window.highest[number], max(part))
    assert all(value is not None for value in world.means(BEGIN, 10, 3 * 360))
    assert world.archive.series_of(KEY, BEGIN, world.now) == (CPU,)
    assert world.archive.series_of(KEY, 0, BEGIN - HOUR) == ()


def test_readings_far_apart_stand_for_the_time_between_unless_one_was_missed(world: World) -> None:
    for when in (10, 15, 20, 25, 45, 50):
        world.put(BEGIN + when, when)
    known = world.means(BEGIN, 1, 52)
    assert known[16:26] == [20] * 5 + [25] * 5
    assert known[26:45] == [None] * 19
    assert known[50] == 50
    assert known[51] is None


@given(st.lists(figures.map(clean), min_size=1, max_size=60))
def test_codes_in_memory_are_those_of_the_file(values: list[float]) -> None:
    kept = decode(encode(values))
    assert all(near(one, value) for one, value in zip(kept, values, strict=True))
    ((read,),) = unpack(pack({1: (array("f", values),)}), len(values), 1).values()
    assert kept.tobytes() == read.tobytes()
    assert encode(kept) == encode(values)
    assert [code == GAP for code in encode(values)] == [math.isnan(value) for value in values]


def test_the_mean_of_many_readings_of_a_second_does_not_drift(world: World) -> None:
    told = [1000 + number % 7 for number in range(300)]
    for number, value in enumerate(told):
        world.put(BEGIN + number / 301, value)
    assert near(world.archive.window(KEY, CPU, BEGIN, 1, 1).average[0], sum(told) / len(told))


def test_several_readings_of_a_second_are_averaged(world: World) -> None:
    for part, value in enumerate((10, 20, 60, None, 30)):
        world.put(BEGIN + part / 5, value, 5 if part == 3 else None)
        if part == 2:
            world.archive.works.write()
    assert world.means(BEGIN, 1, 1) == [30]
    assert world.means(BEGIN, 1, 1, VCPU) == [5]


def test_a_clock_that_jumps_makes_no_time_twice(world: World) -> None:
    world.run(BEGIN, 2000, lambda _: 10)
    world.run(BEGIN + 500, 700, lambda _: 90)  # back by half an hour
    world.run(BEGIN + 5 * DAY, 10, lambda _: 50)  # and far ahead
    world.run(BEGIN + 2000, 1000, lambda _: 10)
    world.archive.works.write()
    assert world.means(BEGIN, 60, 50)[9:19] == [90] * 10
    assert world.means(BEGIN, 60, 50)[1:7] == [10] * 6
    assert world.means(BEGIN + 1800, 300, 4) == [10] * 4
    assert world.means(BEGIN + 5 * DAY, 60, 1) == [50]
    assert world.rows("SELECT count(*) FROM block GROUP BY domain, tier, start HAVING count(*) > 1") == []
    world.put(-5.0, 1)
    world.put(math.nan, 1)
    world.archive.works.write()
    assert world.said == []


def test_a_kill_loses_what_was_not_written_and_nothing_else(world: World) -> None:
    world.run(BEGIN, 1000, lambda when: when - BEGIN)
    world.put(BEGIN + 1000, 1000)
    world.put(BEGIN + 1001, 1001)
    world.kill()
    known = world.means(BEGIN, 1, 1002)
    assert known[:996] == [pytest.approx(number, rel=PRECISION) for number in range(996)]
    assert known[1001] is None
    world.run(BEGIN + 1010, 2000, lambda when: when - BEGIN)
    assert world.rows("PRAGMA integrity_check") == [("ok",)]
    assert world.means(BEGIN, 1, 1020)[990] == pytest.approx(990, rel=PRECISION)


def test_killed_for_good_it_is_whole(tmp_path: Path) -> None:
    """A process that writes as fast as it can is killed at some moment, again and again."""
    path = tmp_path / "x.db"
    code = (
        "import sys, time; from pathlib import Path\n"
        "from tests.unit.test_archive import World, BEGIN\n"
        "world = World(Path(sys.argv[1]), now=float(sys.argv[2])); print('begun', flush=True)\n"
        "when = int(sys.argv[2])\n"
        "while True:\n    world.run(when, 300, lambda when: 7); when += 300; print(when, flush=True)\n"
    )
    when = BEGIN
    for _ in range(4):
        program = subprocess.Popen(
            [sys.executable, "-c", code, str(path), str(when)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert program.stdout is not None
        with program.stdout:
            for line in program.stdout:
                if line.strip().isdigit() and int(line) >= when + 1800:
                    when = int(line)
                    break
            program.send_signal(signal.SIGKILL)
            program.wait(PATIENCE)
    world = World(path, now=when)
    assert world.rows("PRAGMA integrity_check") == [("ok",)]
    known = world.means(BEGIN, 60, (when - BEGIN) // 60)
    assert known.count(7) >= len(known) - 2
    assert world.said == []
    world.kill()


# -- names, events -----------------------------------------------------------------------------------


def test_names_are_remembered_with_those_of_before(world: World) -> None:
    world.names[KEY] = "web\udc80\x00\n"
    world.run(BEGIN, 10, lambda _: 1)
    world.names[KEY] = "web-2"
    world.put(BEGIN + 950, 1)
    world.put(BEGIN + 950, 1, key=OTHER)
    world.archive.works.write()
    told = {known.key: known.names for known in world.archive.domains()}
    assert told == {KEY: ("web-2", "web\\udc80\x00\n"), OTHER: ("db",)}


def test_events_are_kept_with_all_they_say(world: World) -> None:
    events = [
        Event(EventKind.LIFECYCLE, BEGIN + 1.5, KEY, "web", "started\x1b\udc80", started=True),
        Event(EventKind.OTHER, BEGIN + 2, None, "", "said", notice="warning"),
        Event(EventKind.REBOOT, BEGIN + 3, OTHER, "db", "rebooted"),
    ]
    for event in events:
        world.archive.keep(event)
    assert world.archive.kept(BEGIN, BEGIN + 10) == tuple(events), "before they are written"
    world.archive.works.write()
    assert world.archive.kept(BEGIN, BEGIN + 10) == tuple(events)
    assert world.archive.kept(BEGIN, BEGIN + 10, limit=2) == tuple(events[1:])
    assert world.archive.kept(BEGIN, BEGIN + 10, KEY) == (events[0],)
    assert world.archive.kept(BEGIN + 2, BEGIN + 2) == (events[1],)
    world.archive.works._writer._records.link.execute(  # type: ignore[union-attr]
        "INSERT INTO event(time, uuid, data) VALUES(?, 'u', '{}'), (?, 'u', 'x')", (BEGIN + 4, BEGIN + 4)
    )
    assert len(world.archive.kept(BEGIN, BEGIN + 10)) == 3, "what is no event is left out"


# -- bounds ------------------------------------------------------------------------------------------


def test_what_is_old_goes_and_a_domain_that_is_gone_with_it(tmp_path: Path) -> None:
    world = World(tmp_path / "x.db", keep=10 * DAY)
    world.run(BEGIN, 60, lambda _: 1)
    world.archive.keep(Event(EventKind.OTHER, BEGIN, None, "", "old"))
    world.archive.works.write()
    for day in range(1, 30):
        world.put(BEGIN + day * DAY, 5, key=OTHER)
        world.archive.works.write()
    world.kill()
    assert [known.key for known in world.archive.domains()] == [OTHER]
    assert world.archive.kept(0, world.now) == ()
    for tier in (FINE, MINUTES):
        ((oldest,),) = world.rows(f"SELECT min(start) FROM block WHERE tier = {tier.number}")
        assert oldest is None or int(str(oldest)) >= world.now - tier.keep - tier.length - DAY
    assert world.rows("SELECT count(*) FROM series") == [(1,)]
    world.kill()


def test_a_wrong_clock_makes_nothing_old(world: World) -> None:
    world.run(BEGIN, 1000, lambda _: 1)
    world.now = BEGIN + 3650 * DAY  # nobody slept for ten years
    world.archive.put(world.now, {KEY: Sample(0.0, cpu=1)})
    world.archive.works.write()
    world.now += 1000
    world.archive.put(world.now, {KEY: Sample(0.0, cpu=1)})
    world.archive.works.write()
    assert world.means(BEGIN, 300, 3) == [1, 1, 1]


def test_the_file_stays_as_small_as_it_shall(tmp_path: Path) -> None:
    world = World(tmp_path / "x.db", size=400_000)
    chance = random.Random(3)
    names = [Series(Metric.DISK_READ, f"vd{number}") for number in range(40)]
    for block in range(60):
        when = BEGIN + block * FINE.length
        for second in range(0, 900, 30):
            world.now = when + second
            world.elapsed = world.now - BEGIN
            more = {series: chance.uniform(0, 1e9) for series in names}
            world.archive.put(world.now, {KEY: Sample(0.0, more=more)})
        world.archive.works.write()
    ((pages, free),) = world.rows(
        "SELECT (SELECT * FROM pragma_page_count), (SELECT * FROM pragma_freelist_count)"
    )
    assert isinstance(pages, int)
    assert isinstance(free, int)
    assert (pages - free) * 4096 <= 500_000
    assert any(value is not None for value in world.means(world.now - 900, 60, 15, names[0]))
    world.kill()


# -- bad input -----------------------------------------------------------------------------------------


def damage_header(path: Path) -> None:
    path.write_bytes(b"SQLite no more" * 400)


def damage_pages(path: Path) -> None:
    link = sqlite3.connect(path)
    link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    link.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(size - 4096))


def another_program(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    link = sqlite3.connect(path)
    link.execute("CREATE TABLE songs(title)")
    link.commit()
    link.close()


@pytest.mark.parametrize("damage", [damage_header, damage_pages, another_program])
def test_a_damaged_file_is_set_aside_said_and_begun_anew(
    world: World, damage: Callable[[Path], None]
) -> None:
    world.run(BEGIN, 1000, lambda _: 1)
    world.kill()
    damage(world.path)
    before = world.path.read_bytes()
    assert world.archive.window(KEY, CPU, BEGIN, 1, 10).is_empty
    assert world.archive.domains() == ()
    for second in range(1000, 1100):
        world.put(BEGIN + second, 2)
        world.archive.works.write()
    assert len(world.said) == 1
    assert "damaged" in world.said[0]
    assert "\n" not in world.said[0]
    (aside,) = [
        path for path in world.path.parent.glob("*.damaged-*") if not path.name.endswith(("-wal", "-shm"))
    ]
    assert aside.name in world.said[0]
    assert aside.read_bytes() == before
    assert world.means(BEGIN + 1020, 1, 20) == [2] * 20
    assert [known.name for known in world.archive.domains()] == ["web"]


def test_a_file_damaged_while_it_is_written_loses_only_what_was_in_it(world: World) -> None:
    world.run(BEGIN, 1000, lambda _: 1)
    link = sqlite3.connect(world.path)
    link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    link.close()
    with world.path.open("r+b") as file:
        file.seek(0)
        file.write(b"\0" * world.path.stat().st_size)
    world.kill()
    world.run(BEGIN + 1000, 100, lambda _: 2)
    assert len(world.said) == 1
    assert world.means(BEGIN + 1001, 1, 90) == [2] * 90


def test_a_damaged_block_is_a_gap(world: World) -> None:
    world.run(BEGIN, 2000, lambda _: 1)
    link = world.archive.works._writer._records.link  # type: ignore[union-attr]
    link.execute(
        "UPDATE block SET data = CAST(x'00' || substr(data, 2) AS BLOB) WHERE tier = 0 AND start = ?",
        (BEGIN,),
    )
    assert world.means(BEGIN, 1, 2)[0] == 1, "minutes stand for the seconds"
    link.execute("UPDATE block SET data = x'00'")
    assert world.means(BEGIN, 1, 2) == [None, None]
    world.run(BEGIN + 2000, 2000, lambda _: 1)
    assert world.said == []


def test_a_later_version_is_left_alone(world: World) -> None:
    world.run(BEGIN, 10, lambda _: 1)
    world.archive.works._writer._records.link.execute("PRAGMA user_version = 2")  # type: ignore[union-attr]
    world.kill()
    before = world.path.read_bytes()
    world.run(BEGIN + 10, 30, lambda _: 1)
    assert len(world.said) == 1
    assert "left alone" in world.said[0]
    assert world.archive.window(KEY, CPU, BEGIN, 1, 10).is_empty
    assert world.path.read_bytes() == before
    assert not world.archive.works.lease.held


def test_who_only_reads_tells_what_was_before_and_what_it_saw_itself(world: World) -> None:
    before, seen, own = (Event(EventKind.OTHER, BEGIN + when, KEY, "web", "x") for when in (1, 2.5, 2.6))
    world.archive.keep(before)
    world.archive.works.write()
    other = World(world.path, now=BEGIN + 2)
    other.archive.works.write()
    world.archive.keep(seen)
    world.archive.works.write()
    other.archive.keep(own)
    other.archive.works.write()
    assert other.archive.kept(BEGIN, BEGIN + 9) == (before, own)
    assert world.archive.kept(BEGIN, BEGIN + 9) == (before, seen)
    other.kill()


def a_result(when: float, name: str = "web") -> Event:
    """What became of a job."""
    words = "start: failed: no \udc80 disk"
    return Event(EventKind.RESULT, when, KEY, name, words, severity=Severity.ERROR, rereads=False)


def test_results_of_jobs_are_written_beside_another_program(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuivm.core.archive.file.PATIENCE", 0.01)
    other = World(world.path, now=BEGIN)
    seen, first, second = Event(EventKind.REBOOT, BEGIN + 1, KEY, "web", "x"), a_result(1), a_result(2)
    world.run(BEGIN, 10, lambda _: 1)
    other.archive.keep(seen)
    other.archive.keep(first)
    other.archive.works.write()
    assert world.archive.kept(0, BEGIN + 9) == (first,), "the event is for the one that writes"
    link = sqlite3.connect(world.path, isolation_level=None)
    link.execute("BEGIN IMMEDIATE")
    other.archive.keep(second)
    other.archive.works.write()
    link.close()
    assert world.archive.kept(0, BEGIN + 9) == (first,)
    other.archive.works.write()
    other.archive.works.write()
    world.run(BEGIN + 10, 10, lambda _: 1)
    assert other.means(BEGIN, 1, 15) == [1] * 15, "whoever holds the lease goes on"
    assert world.archive.kept(0, BEGIN + 9) == (first, second), "once each, when it was free again"
    assert world.rows("SELECT count(*) FROM event") == [(2,)]
    assert other.archive.kept(0, BEGIN + 9) == (first, second, seen), "nothing is told twice"
    assert other.said == world.said + other.said[:1]
    other.kill()


@pytest.mark.parametrize("held", ["nothing", "an empty file", "a damaged one"])
def test_results_wait_for_a_file_that_another_program_is_to_make(world: World, held: str) -> None:
    path, other = world.path, World(world.path, now=BEGIN)
    path.parent.mkdir()
    assert world.archive.works.lease.take()
    if held != "nothing":
        path.write_bytes(b"" if held == "an empty file" else b"nonsense" * 1000)
    before = path.read_bytes() if path.exists() else b""
    other.archive.keep(a_result(BEGIN))
    other.archive.works.write()
    assert (path.read_bytes() if path.exists() else b"") == before, "only who has the lease makes or mends it"
    world.run(BEGIN, 10, lambda _: 1)
    other.archive.works.write()
    assert world.archive.kept(0, BEGIN + 9) == (a_result(BEGIN),)
    other.kill()


def test_results_of_one_that_only_reads_are_as_many_as_events(world: World) -> None:
    world.run(BEGIN, 10, lambda _: 1)
    other = World(world.path, now=BEGIN)
    other.archive.works.write()
    for number in range(10 * archive.MOST + 5):
        other.archive.keep(a_result(BEGIN + number / 1000))
    other.archive.works.write()
    assert world.rows("SELECT count(*) FROM event") == [(10 * archive.MOST,)], "the newest"
    other.kill()


def test_an_event_of_a_kind_of_later_is_told_as_one_of_tuivms_own(world: World) -> None:
    world.archive.keep(a_result(BEGIN))
    world.archive.works.write()
    link = sqlite3.connect(world.path, isolation_level=None)
    link.execute("UPDATE event SET data = replace(data, '\"result\"', '\"outcome\"')")
    link.close()
    world.kill()
    (found,) = world.archive.kept(BEGIN - 1, BEGIN + 1)
    assert found == replace(a_result(BEGIN), kind=EventKind.OTHER)


def test_two_at_once_one_writes_and_the_other_reads_and_takes_over(world: World) -> None:
    world.run(BEGIN, 1000, lambda _: 1)
    other = World(world.path, now=world.now)
    other.run(BEGIN + 1000, 10, lambda _: 99)
    assert len(other.said) == 1
    assert f"another tuivm (screen {os.getpid()}) writes the history" in other.said[0]
    assert other.means(BEGIN, 100, 10) == [1] * 10
    world.run(BEGIN + 1000, 1000, lambda _: 1)
    assert other.means(BEGIN, 100, 20) == [1] * 20
    assert other.archive.series_of(KEY, BEGIN, other.now) == (CPU,)
    world.kill()
    other.run(BEGIN + 2000, 20, lambda _: 3)
    assert other.means(BEGIN + 1900, 10, 12) == [1] * 10 + [3] * 2
    assert other.said[1:] == ["the history is written again"]
    other.kill()


def test_a_locked_file_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuivm.core.archive.file.PATIENCE", 0.01)
    world.run(BEGIN, 10, lambda _: 1)
    world.archive.works.write()
    link = sqlite3.connect(world.path, isolation_level=None)
    link.execute("BEGIN IMMEDIATE")
    world.kill()
    world.run(BEGIN + 10, 10, lambda _: 1)
    link.close()
    world.run(BEGIN + 20, 10, lambda _: 1)
    assert [("cannot be written" in line, "written again" in line) for line in world.said] == [
        (True, False),
        (False, True),
    ]
    assert world.means(BEGIN, 1, 30) == [1] * 30


def test_a_file_that_was_removed_is_begun_anew(world: World) -> None:
    world.run(BEGIN, 10, lambda _: 1)
    for path in world.path.parent.iterdir():
        path.unlink()
    world.run(BEGIN + 10, 10, lambda _: 1)
    assert world.means(BEGIN, 1, 20) == [1] * 20
    world.kill()
    assert world.means(BEGIN, 1, 16) == [1] * 16


def test_nothing_makes_no_file(world: World) -> None:
    world.archive.keep(Event(EventKind.CONNECTION, BEGIN, None, "", "no connection"))
    world.archive.works.write()
    assert not world.path.parent.exists()
    world.archive.keep(Event(EventKind.LIFECYCLE, BEGIN, KEY, "web", "started"))
    world.archive.works.write()
    assert len(world.archive.kept(BEGIN, BEGIN)) == 2
    assert world.path.exists()


def test_it_is_for_the_user_alone(world: World) -> None:
    before = os.umask(0)
    try:
        world.run(BEGIN, 10, lambda _: 1)
    finally:
        os.umask(before)
    assert stat.S_IMODE(world.path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in world.path.parent.iterdir()} == {0o600}


def test_a_folder_that_cannot_be_made_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    world = World(tmp_path / "file" / "x.db")
    world.run(BEGIN, 30, lambda _: 1)
    assert len(world.said) == 1
    assert "File exists" in world.said[0]
    assert world.means(BEGIN + 1, 1, 9) == [1] * 9, "what is in memory is known"


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 2 MiB, mounted as long as it lasts."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "small", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(path: Path) -> None:
    """Take all the room there is."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 512)


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("mount") is None, reason="only root can mount")
def test_a_full_disk_is_said_once_and_written_again_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small") as folder:
        world = World(folder / "x.db")
        world.run(BEGIN, 1000, lambda _: 1)
        filler = folder / "filler"
        fill(filler)
        world.run(BEGIN + 1000, 6000, lambda _: 2, every=60)
        assert len(world.said) == 1, world.said
        assert "cannot be written" in world.said[0]
        assert len(world.archive.works._tail.blocks[KEY]) <= 4, "memory is bounded"
        filler.unlink()
        world.run(BEGIN + 7000, 100, lambda _: 3)
        assert world.said[1:] == ["the history is written again; 60 minutes of it are lost"]
        world.kill()
        assert world.rows("PRAGMA integrity_check") == [("ok",)]
        assert world.means(BEGIN, 100, 9) == [1] * 9
        assert world.means(BEGIN + 7010, 10, 8) == [3] * 8


# -- the thread ----------------------------------------------------------------------------------------


def test_the_thread_writes_and_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(works, "FLUSH", 0.01)
    made = an_archive(tmp_path / "x.db")
    made.start(lambda line: pytest.fail(line), lambda _: "web")
    now = time.time()
    for number in range(20):
        made.put(now + number, {KEY: Sample(0.0, cpu=number)})
    assert made.close(PATIENCE)
    made.put(now, {KEY: Sample(0.0, cpu=1)})
    again = an_archive(tmp_path / "x.db")
    assert not again.window(KEY, CPU, now, 1, 20).is_empty
    assert again.domains()[0].name == "web"
    assert not made.works.lease.held
    assert not [thread for thread in threading.enumerate() if thread.name == "tuivm-archive"]


def test_many_read_while_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(works, "FLUSH", 0.001)
    monkeypatch.setattr(archive, "PAUSE", 0.001)
    made = an_archive(tmp_path / "x.db", clock=lambda: BEGIN + 3000)
    made.start(lambda line: pytest.fail(line), lambda _: "web")
    wrong: list[Window] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            window = made.window(KEY, CPU, BEGIN, 60, 50)
            if any(value == value and value != 5 for value in window.average):
                wrong.append(window)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    samples: Mapping[DomainKey, Sample] = {KEY: Sample(0.0, cpu=5.0)}
    for number in range(2700):
        while len(made._waiting.ticks) > 50:
            time.sleep(0.001)
        made.put(BEGIN + number, samples)
    over.set()
    for reader in readers:
        reader.join(PATIENCE)
    assert made.close(PATIENCE)
    assert wrong == []
    assert an_archive(tmp_path / "x.db").window(KEY, CPU, BEGIN, 60, 45).average == (5.0,) * 45


def test_ticks_that_come_too_fast_are_lost_and_that_is_said_once(world: World) -> None:
    for _ in range(2):
        for number in range(archive.MOST + 10):
            world.put(BEGIN + number, 1)
        world.archive.works.write()
    assert world.said == ["samples are lost: the history cannot be written as fast as they come"]
    assert world.means(BEGIN, 1, 20) == [None] * 10 + [1] * 10


def test_a_lock_file_that_says_nonsense_is_no_harm(world: World) -> None:
    world.path.parent.mkdir()
    lock = world.archive.works.lease.path
    lock.write_bytes(b"\xff\x1b[2J" * 100)
    with lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        world.run(BEGIN, 10, lambda _: 1)
    assert world.archive.works.lease.holder() == (0, "")
    assert world.said == ["another tuivm (program 0) writes the history; this one does when that has ended"]


# -- two pasts -----------------------------------------------------------------------------------------


class Ring:
    """A past that knows these seconds."""

    def __init__(self, values: Mapping[int, float]) -> None:
        self.values = values

    def window(self, key: DomainKey, series: Series, start: float, step: float, count: int) -> Window:
        assembly = Assembly(start, step, count)
        assembly.add(Stretch(when, 1.0, (array("f", [value]),)) for when, value in self.values.items())
        return assembly.window()

    def series_of(self, key: DomainKey, start: float, end: float) -> tuple[Series, ...]:
        return (VCPU,)


def test_memory_tells_the_recent_part_and_the_file_the_rest(world: World) -> None:
    world.run(BEGIN, 100, lambda _: 1)
    ring = Ring({BEGIN + number: 2.0 for number in range(45, 110)})
    joined = Joined(ring, world.archive)
    assert joined.window(KEY, CPU, BEGIN, 10, 12).average[:11] == (1,) * 5 + (2,) * 6
    assert math.isnan(joined.window(KEY, CPU, BEGIN, 10, 12).average[11])
    assert joined.series_of(KEY, BEGIN, BEGIN + 10) == (CPU, VCPU)
    assert joined.window(KEY, CPU, BEGIN + 50, 10, 5).average == (2,) * 5


def test_figures_of_a_sample_are_all_there(world: World) -> None:
    sample = Sample(0.0, 1, 2, 3, True, 4, 5, 6, 7, {Series(Metric.RSS): 8})
    world.now = BEGIN
    world.archive.put(BEGIN, {KEY: sample})
    found = world.archive.series_of(KEY, BEGIN, BEGIN + 1)
    assert [series.metric for series in found] == [
        Metric.CPU,
        Metric.MEMORY,
        Metric.MEMORY_GIVEN,
        Metric.RSS,
        Metric.DISK_READ,
        Metric.DISK_WRITE,
        Metric.NET_RX,
        Metric.NET_TX,
    ]
    assert replace(sample, cpu=None).cpu is None


def test_what_the_host_holds_is_no_spike_of_the_guest_s_memory(world: World) -> None:
    """A guest tells of its memory some seconds after its start; one without a balloon never does."""
    rss, memory = Series(Metric.RSS), Series(Metric.MEMORY)
    for number in range(20):
        told = number >= 5
        sample = Sample(0.0, 1, 30 if told else 200, 96, told, more={rss: 200.0})
        silent = Sample(0.0, 1, 150, 96, False, more={rss: 150.0})
        world.now = BEGIN + number
        world.archive.put(BEGIN + number, {KEY: sample, OTHER: silent})
    joined = Joined(Ring({}), world.archive)
    figures = joined.window(KEY, memory, BEGIN, 5, 4).average
    assert math.isnan(figures[0])
    assert figures[1:] == (30, 30, 30)
    assert joined.window(OTHER, memory, BEGIN, 5, 4).average == (150, 150, 150, 150)
