"""``tuivm history NAME...``: what was measured and what happened, from the files alone."""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tuivm.commands import history_formats as formats
from tuivm.commands import keeping
from tuivm.commands.exposition import exposition
from tuivm.commands.output import plain, say
from tuivm.commands.settings import read_config
from tuivm.config import Config
from tuivm.core.archive import Archive
from tuivm.core.archive.reader import Known
from tuivm.model.errors import TuivmError
from tuivm.model.event import EventKind
from tuivm.model.series import Metric, Series

_USUAL = ("cpu", "memory", "disk-read", "disk-write", "net-rx", "net-tx")
_STEPS = (1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 604_800)
_ROWS = {"table": 30, "csv": 240, "json": 240}
"""About how many steps there are when no step is said."""
_MOST = 100_000
"""Steps of one answer."""
_LATELY = 300
"""Seconds for which a figure counts as the latest one."""
_FINE = 15
"""Seconds of the steps in which the latest one is looked for."""
_EVENTS = 10_000
"""Events of one answer."""


@dataclass(frozen=True, slots=True)
class Source:
    """A domain in a file."""

    archive: Archive
    """The file."""
    known: Known
    """The domain."""


def run(arguments: argparse.Namespace) -> int:
    """Print it; returns 1 when a file cannot be read. Raises TuivmError for what is not there."""
    settings, errors = read_config(arguments)
    for error in errors:
        say(str(error))
    end = time.time() if arguments.end is None else arguments.end
    start = end - 3600 if arguments.begin is None else arguments.begin
    if start >= end:
        raise TuivmError("--from is not before --to")
    wanted = _patterns(arguments.metric)
    archives = [Archive(path) for path in _files(settings)]
    try:
        sources = [Source(archive, known) for archive in archives for known in archive.domains()]
        unread = [archive for archive in archives if archive.works.unreadable]
        for archive in unread:
            say(f"{archive.path} cannot be read: {archive.works.unreadable}")
        chosen = _chosen(arguments.names, sources)
        if arguments.format == "prometheus":
            print(_latest(chosen, wanted, end), end="")
        else:
            _print(arguments, chosen, wanted, start, end)
    finally:
        for archive in archives:
            archive.works.close()
    return 1 if unread else 0


def names(arguments: argparse.Namespace) -> set[str]:
    """What the machines are called of which there is a history. Raises TuivmError when there is none."""
    settings, _ = read_config(arguments)
    found: set[str] = set()
    for path in _files(settings):
        archive = Archive(path)
        found |= {known.name for known in archive.domains()}
        archive.works.close()
    return found


def _print(
    arguments: argparse.Namespace, chosen: Sequence[Source], wanted: Sequence[str], start: float, end: float
) -> None:
    """Print a span of time as a table, CSV or JSON."""
    step = float(arguments.step or _step((end - start) / _ROWS[arguments.format]))
    first = math.floor(start / step) * step
    count = math.ceil((end - first) / step)
    if count > _MOST:
        raise TuivmError(f"that are {count} steps, {_MOST} are the most", "give a longer --step")
    parts = []
    happened = {source.archive: source.archive.kept(start, end, None, _EVENTS) for source in chosen}
    for source in chosen:
        key = source.known.key
        found = [one for one in source.archive.series_of(key, first, end) if _is_wanted(one, wanted)]
        windows = {one: source.archive.window(key, one, first, step, count) for one in found}
        # What became of the connection concerns all of them: it says why there is a gap.
        events = [
            one for one in happened[source.archive] if one.key == key or one.kind is EventKind.CONNECTION
        ]
        parts.append(formats.Part(key, source.known.name, windows, events if arguments.events else ()))
    match arguments.format:
        case "csv":
            print(formats.csv_of(parts), end="")
        case "json":
            print(formats.json_of(parts, events=arguments.events))
        case _:
            lines = formats.lines(parts)
            if lines:
                print("\n".join(lines))
            else:
                say("nothing is known of that time")


def _latest(chosen: Sequence[Source], wanted: Sequence[str], end: float) -> str:
    """The latest figures as Prometheus reads them: each series' last one of the minutes before ``end``."""
    told = []
    for source in chosen:
        key, figures = source.known.key, {}
        for one in source.archive.series_of(key, end - _LATELY, end):
            if wanted == list(_USUAL) or _is_wanted(one, wanted):
                start = math.floor(end) + 1 - _LATELY
                window = source.archive.window(key, one, start, _FINE, _LATELY // _FINE)
                known = [value for value in window.average if value == value]
                if known:
                    figures[one] = known[-1]
        told.append((key, source.known.name, figures))
    return exposition(told)


def _files(settings: Config) -> list[Path]:
    """The files to look into: that of the connection which is said, else all there are."""
    if settings.connection is not None:
        path = keeping.file_of(settings.history, settings.connection)
        found = [path] if path.exists() else []
    else:
        found = keeping.files(settings.history)
    if not found:
        of = f" of {settings.connection}" if settings.connection is not None else ""
        raise TuivmError(f"there is no history{of}", "the screen and tuivm record write it")
    return found


def _chosen(words: Sequence[str], sources: Sequence[Source]) -> list[Source]:
    """The domains that the words mean, each once. Raises TuivmError for a word that means none."""
    chosen: list[Source] = []
    for word in words:
        found = [one for one in sources if word in (*one.known.names, one.known.key.uuid)]
        found = found or [
            one
            for one in sources
            if any(fnmatchcase(name, word) for name in (one.known.name, *one.known.names))
        ]
        if not found:
            names = sorted({plain(one.known.name) for one in sources})
            there = f"there is one of {', '.join(names[:10])}{' ...' if len(names) > 10 else ''}"
            raise TuivmError(f"there is no history of {plain(word)!r}", there if names else "it is empty")
        chosen += [one for one in found if one not in chosen]
    return chosen


def _patterns(given: Sequence[str] | None) -> list[str]:
    """What ``--metric`` says. Raises TuivmError for what is no metric."""
    wanted = [word.strip() for each in given or _USUAL for word in each.split(",") if word.strip()]
    for word in wanted:
        metric = word.partition(":")[0]
        if not any(fnmatchcase(known, metric) for known in Metric):
            raise TuivmError(f"there is no metric {plain(metric)!r}", f"there are {', '.join(Metric)}")
    return wanted


def _is_wanted(series: Series, wanted: Sequence[str]) -> bool:
    """Whether a pattern means it: ``cpu`` the whole, ``cpu:0`` a part, ``cpu:*`` all parts."""
    for word in wanted:
        metric, colon, instance = word.partition(":")
        part = fnmatchcase(series.instance, instance) if colon and series.instance else not colon
        if fnmatchcase(series.metric, metric) and part and bool(series.instance) == bool(colon):
            return True
    return False


def _step(least: float) -> int:
    """The least round step of at least so many seconds."""
    return next((step for step in _STEPS if step >= least), _STEPS[-1])
