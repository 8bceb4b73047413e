"""A span of the history as a table, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tuivm.commands.exposition import FAMILIES
from tuivm.commands.output import plain
from tuivm.commands.table import table
from tuivm.model.domain import DomainKey
from tuivm.model.event import Event
from tuivm.model.series import Series, Window
from tuivm.model.units import percent, size

_HEADING = (
    "time",
    "connection",
    "uuid",
    "name",
    "metric",
    "instance",
    "unit",
    "average",
    "lowest",
    "highest",
)


@dataclass(frozen=True, slots=True)
class Part:
    """What there is of one domain; all windows have the same steps."""

    key: DomainKey
    """Identity."""
    name: str
    """What it is called: hostile data."""
    windows: Mapping[Series, Window]
    """Each series."""
    events: Sequence[Event] = ()
    """What happened, oldest first."""


def lines(parts: Sequence[Part]) -> list[str]:
    """A table of what is known, a line for each step and domain, and one of the events."""
    columns = sorted({series for part in parts for series in part.windows}, key=list(_order(parts)).index)
    rows: list[tuple[str, ...]] = []
    for part in parts:
        for number, when in _times(part):
            cells = [_cell(part.windows.get(series), series, number) for series in columns]
            if any(cells):
                rows.append((_clock(when), plain(part.name), *(cell or "-" for cell in cells)))
    rows.sort(key=lambda row: row[0])
    found: list[str] = []
    if rows:
        heading = ("time", "machine", *(plain(_title(series)) for series in columns))
        found += table([heading, *rows], frozenset(range(2, len(heading))))
    told = _events(parts)
    if told:
        found += [""] * bool(found) + table([("time", "machine", "kind", "event"), *told])
    return found


def _events(parts: Sequence[Part]) -> list[tuple[str, ...]]:
    """What happened, a row each, oldest first; what concerns a connection once."""
    told: dict[tuple[float, str, str, str], None] = {}
    for part in parts:
        for event in part.events:
            name = "-" if event.key is None else plain(part.name)
            told[event.time, name, event.kind.value, " ".join(plain(event.detail).split())] = None
    return [(_clock(when), *rest) for when, *rest in sorted(told)]


def csv_of(parts: Sequence[Part]) -> str:
    """A line for each step of each series of which something is known, times in UTC."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(_HEADING)
    for part in parts:
        whose = (plain(part.key.connection), part.key.uuid, plain(part.name))
        for series, window in part.windows.items():
            what = (series.metric.value, plain(series.instance), FAMILIES[series.metric].unit)
            for number, when in _times(part):
                figures = (window.average[number], window.lowest[number], window.highest[number])
                if not math.isnan(figures[0]):
                    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when))
                    writer.writerow((stamp, *whose, *what, *(f"{value:.10g}" for value in figures)))
    return written.getvalue()


def json_of(parts: Sequence[Part], *, events: bool) -> str:
    """An array with one object for each domain: a stable shape, told in ``tuivm history --help``."""
    return json.dumps([_record(part, events=events) for part in parts], indent=2)


def _record(part: Part, *, events: bool) -> dict[str, object]:
    record: dict[str, object] = {
        "connection": part.key.connection,
        "uuid": part.key.uuid,
        "name": part.name,
        "series": [
            {
                "metric": series.metric.value,
                "instance": series.instance,
                "unit": FAMILIES[series.metric].unit,
                "start": window.start,
                "step": window.step,
                "average": _known(window.average),
                "lowest": _known(window.lowest),
                "highest": _known(window.highest),
            }
            for series, window in part.windows.items()
        ],
    }
    if events:
        record["events"] = [
            {"time": event.time, "kind": event.kind.value, "detail": event.detail} for event in part.events
        ]
    return record


def _known(values: Sequence[float]) -> list[float | None]:
    return [None if math.isnan(value) else float(f"{value:.10g}") for value in values]


def _times(part: Part) -> Iterator[tuple[int, float]]:
    """Number and Unix seconds of the beginning of each step."""
    for window in part.windows.values():
        for number in range(len(window.average)):
            yield number, window.start + number * window.step
        return


def _order(parts: Sequence[Part]) -> dict[Series, None]:
    """Every series once, in the order in which they come."""
    return {series: None for part in parts for series in part.windows}


def _title(series: Series) -> str:
    return f"{series.metric.value}:{series.instance}" if series.instance else series.metric.value


def _clock(when: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(when))


def _cell(window: Window | None, series: Series, number: int) -> str:
    """Mean and greatest of a step, one word where they are the same; empty for a gap."""
    if window is None or math.isnan(window.average[number]):
        return ""
    word = _WORDS[FAMILIES[series.metric].unit]
    mean, most = word(window.average[number]), word(window.highest[number])
    return mean if mean == most else f"{mean}/{most}"


def _milliseconds(value: float) -> str:
    return f"{value * 1000:.3g}ms"


def _amount(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


_WORDS: dict[str, Callable[[float], str]] = {
    "percent": percent,
    "bytes": size,
    "bytes/s": size,
    "1/s": _amount,
    "seconds": _milliseconds,
}
"""How a figure of a unit is written in a table."""
