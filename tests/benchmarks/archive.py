"""What a history on disk costs: bytes for a week and a year, time to read a window, time of a tick.

``python -m tests.benchmarks.archive``. Ten machines are written as fifty would be, in the very file
format, and the size is multiplied: two busy, five ordinary, three idle of each ten (``KINDS``). Each has
what a guest with two vCPUs, two disks and one interface tells: 39 series; those of its only interface are
those of all its interfaces. The last hour goes through :meth:`Archive.put` second by second, the older
steps are made as minutes and quarters of an hour (of five readings each) and put into blocks.

The bars: a week of fifty machines under 50 MiB and a year under 200 MiB; a window under 100 ms. What a
tick costs is given for fifty machines: on the caller, and on the thread that writes.
"""

from __future__ import annotations

import math
import random
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tuivm.core.archive import Archive
from tuivm.core.archive.codec import clean
from tuivm.core.archive.file import open_to_write, transaction
from tuivm.core.archive.records import Records
from tuivm.core.archive.tiers import DAY, HOUR, MINUTES, QUARTERS, Tier
from tuivm.model.domain import DomainKey
from tuivm.model.series import Metric, Series
from tuivm.model.stats import Sample

MIB = 1 << 20
MACHINES, SHARE = 50, 10
NOW = 1_800_000_000 // DAY * DAY + 14 * HOUR
KINDS = ("busy",) * 2 + ("ordinary",) * 5 + ("idle",) * 3


@dataclass(frozen=True, slots=True)
class Shape:
    """How a series of a machine goes."""

    level: float
    """What it is about."""
    noise: float
    """Share by which a reading is beside it."""
    often: float = 1.0
    """Share of the seconds in which it is not zero."""
    walk: float = 0.0
    """Share by which the level moves from step to step."""


def shapes(kind: str) -> dict[Series, Shape]:
    """Every series of a machine of this kind."""
    busy, idle = kind == "busy", kind == "idle"
    work = 1.0 if busy else 0.02 if idle else 0.2
    often = 1.0 if busy else 0.02 if idle else 0.15
    cpu = Shape(60 * work + 0.4, 0.3)
    wait = Shape(0.5, 0.8, 1.0 if busy else 0.3)
    memory = Shape(2e9, 0.0005 if busy else 0.0, walk=0.002)
    found = {
        Series(Metric.CPU): cpu,
        Series(Metric.CPU_WAIT): wait,
        Series(Metric.MEMORY): memory,
        Series(Metric.MEMORY_GIVEN): Shape(4 << 30, 0),
        Series(Metric.MEMORY_CACHE): memory,
        Series(Metric.RSS): Shape(3e9, 0, walk=0.001),
        Series(Metric.SWAP_IN): Shape(0, 0),
        Series(Metric.SWAP_OUT): Shape(0, 0),
        Series(Metric.DIRTY_RATE): Shape(8e6 * work, 0.4),
    }
    for vcpu in ("0", "1"):
        found |= {Series(Metric.CPU, vcpu): cpu, Series(Metric.CPU_WAIT, vcpu): wait}
    parts = {
        Metric.DISK_READ: Shape(4e6 * work, 0.6, often / 3),
        Metric.DISK_WRITE: Shape(2e6 * work, 0.6, often),
        Metric.DISK_READ_OPS: Shape(200 * work, 0.6, often / 3),
        Metric.DISK_WRITE_OPS: Shape(300 * work, 0.6, often),
        Metric.DISK_READ_LATENCY: Shape(0.0008, 0.4, often / 3),
        Metric.DISK_WRITE_LATENCY: Shape(0.003, 0.4, often),
    }
    for disk in ("", "vda", "vdb"):
        less = 0.3 if disk == "vdb" else 1.0
        found |= {
            Series(metric, disk): Shape(shape.level, shape.noise, shape.often * less)
            for metric, shape in parts.items()
        }
    for nic in ("", "vnet0"):
        found |= {
            Series(Metric.NET_RX, nic): Shape(1e6 * work + 200, 0.5),
            Series(Metric.NET_TX, nic): Shape(3e6 * work + 100, 0.5, max(often, 0.3)),
            Series(Metric.NET_RX_PACKETS, nic): Shape(1000 * work + 2, 0.5),
            Series(Metric.NET_TX_PACKETS, nic): Shape(2000 * work + 1, 0.5, max(often, 0.3)),
        }
    return found


def key(number: int) -> DomainKey:
    return DomainKey("qemu:///system", f"00000000-0000-0000-0000-{number:012d}")


def steps_of(shape: Shape, count: int, chance: random.Random) -> tuple[array[float], ...]:
    """Mean, least and greatest of ``count`` steps of five readings each."""
    columns = (array("f"), array("f"), array("f"))
    level = shape.level
    pool = [
        max(0.0, 1 + chance.gauss(0, shape.noise)) if chance.random() < shape.often else 0.0
        for _ in range(997)
    ]
    start, day = chance.randrange(997), 2 * math.pi / max(count, 1)
    for number in range(count):
        if shape.walk:
            level *= 1 + chance.gauss(0, shape.walk)
        now = level * (1.0 if not shape.noise else 1 + 0.5 * math.sin(number * day * 7))
        at = (start + number * 5 + number // 150) % 992
        readings = [now * value for value in pool[at : at + 5]]
        for column, value in zip(columns, (sum(readings) / 5, min(readings), max(readings)), strict=True):
            column.append(clean(value))
    return columns


def fill(records: Records, number: int, kind: str, tier: Tier, keep: int) -> None:
    """Write the last ``keep`` seconds of a machine into one tier."""
    chance = random.Random(f"{number} {tier.step}")
    domain = records.domain(key(number), make=True)
    assert domain is not None
    numbers = {series: records.series(series, make=True) for series in shapes(kind)}
    places = {series: place for series, place in numbers.items() if place is not None}
    records.seen(domain, places.values(), NOW - keep, NOW)
    begin = tier.begin(NOW - keep)
    told = {
        place: steps_of(shapes(kind)[series], keep // tier.step, chance) for series, place in places.items()
    }
    for series, place in places.items():
        if series.instance == "vnet0":  # all of its only interface, as the whole is
            told[place] = told[places[Series(series.metric)]]
    for start in range(begin, NOW, tier.length):
        at = (start - begin) // tier.step
        parts = {
            place: tuple(column[at : at + tier.steps] for column in columns)
            for place, columns in told.items()
        }
        if all(len(columns[0]) for columns in parts.values()):
            records.merge(domain, tier, start, 0, parts)


def ticks(count: int, machines: int, kinds: tuple[str, ...]) -> Iterator[Mapping[DomainKey, Sample]]:
    """Samples of machines for ``count`` seconds."""
    chance = random.Random(7)
    told = [(key(number), shapes(kinds[number % len(kinds)])) for number in range(machines)]
    for second in range(count):
        yield {each: sample(second, shape, chance) for each, shape in told}


def sample(second: int, shape: Mapping[Series, Shape], chance: random.Random) -> Sample:
    more = {
        series: each.level * max(0.0, 1 + chance.gauss(0, each.noise))
        if chance.random() < each.often
        else 0.0
        for series, each in shape.items()
    }
    more |= {series: more[Series(series.metric)] for series in more if series.instance == "vnet0"}
    cpu = more.pop(Series(Metric.CPU))
    return Sample(float(second), cpu=cpu, more=more)


def written(path: Path, keep: int, kinds: tuple[str, ...]) -> int:
    """Fill a file with ``keep`` seconds of ten machines; returns its bytes."""
    link = open_to_write(path)
    records = Records(link)
    for number, kind in enumerate(kinds):
        with transaction(link):
            fill(records, number, kind, MINUTES, min(keep, MINUTES.keep))
            fill(records, number, kind, QUARTERS, keep)
    link.close()
    now = [float(NOW)]
    archive = Archive(path, clock=lambda: now[0])
    for number, samples in enumerate(ticks(2 * HOUR, len(kinds), kinds), 1):
        now[0] = NOW + number
        archive.put(now[0], samples)
        if number % 5 == 0:
            archive.works.write()
    archive.works.close()
    link = open_to_write(path)
    link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    link.close()
    return path.stat().st_size


def windows(path: Path) -> list[tuple[str, float, float]]:
    """Name, seconds and bar of windows of 240 steps, each the worst of some, on the file of a year."""
    archive = Archive(path)
    found = []
    for name, length in (("15 minutes", 900), ("a day", DAY), ("7 days", 7 * DAY), ("a year", 365 * DAY)):
        worst = 0.0
        for number in range(3):
            begun = time.perf_counter()
            archive.window(key(number), Series(Metric.CPU), NOW + 2 * HOUR - length, length / 240, 240)
            worst = max(worst, time.perf_counter() - begun)
        found.append((f"window of {name}", worst * 1000, 100.0))
    return found


def cost_of_a_tick(path: Path) -> tuple[float, float]:
    """Milliseconds for fifty machines, on average of 20 minutes: on the caller, and of the thread."""
    now = [float(NOW)]
    archive = Archive(path, clock=lambda: now[0])
    made = list(ticks(200, MACHINES, KINDS))
    put = wrote = 0.0
    for number in range(1200):
        now[0] += 1
        begun = time.perf_counter()
        archive.put(now[0], made[number % len(made)])
        put += time.perf_counter() - begun
        if number % 5 == 4:
            begun = time.process_time()
            archive.works.write()
            wrote += time.process_time() - begun
    archive.works.close()
    return put / 1200 * 1000, wrote / 1200 * 1000


def main() -> int:
    """Measure and compare with the bars; 1 when one is missed."""
    rows: list[tuple[str, float, str, float]] = []
    with tempfile.TemporaryDirectory(prefix="tuivm-archive-") as folder:
        place = Path(folder)
        for name, keep, bar in (("a week", 7 * DAY, 50.0), ("a year", 365 * DAY, 200.0)):
            size = written(place / f"{keep}.db", keep, KINDS) * MACHINES / SHARE / MIB
            rows.append((f"{name} of {MACHINES} machines", size, "MiB", bar))
        rows += [(name, value, "ms", bar) for name, value, bar in windows(place / f"{365 * DAY}.db")]
        worst = written(place / "busy.db", 7 * DAY, ("busy",) * 2) * MACHINES / 2 / MIB
        caller, writer = cost_of_a_tick(place / "ticks.db")
    rows.append(("a tick, on the caller", caller, "ms", 0.1))
    rows.append(("a tick, on the thread that writes", writer, "ms", 25.0))
    for name, value, unit, bar in rows:
        print(f"{name:36} {value:8.3f} {unit}, to be {bar:g}{'' if value <= bar else '  MISSED'}")
    print(f"{'a week, were all of them busy':36} {worst:8.3f} MiB (no bar: the size is limited)")
    return int(any(value > bar for _, value, _, bar in rows))


if __name__ == "__main__":
    sys.exit(main())
