"""Events in the file: what happened, bounded in number and age."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import MISSING, fields
from enum import Enum
from typing import TYPE_CHECKING, Any

from tuivm.model.domain import DomainKey
from tuivm.model.event import Event, EventKind

if TYPE_CHECKING:
    import sqlite3

MOST = 50_000
"""Events kept."""
_QUERY = "SELECT data FROM event WHERE time >= ? AND time <= ?{} ORDER BY time DESC, id DESC LIMIT ?"


def write(link: sqlite3.Connection, events: Iterable[Event]) -> None:
    """Append events. Raises what SQLite raises."""
    rows = [(event.time, event.key.uuid if event.key else None, encoded(event)) for event in events]
    link.executemany("INSERT INTO event(time, uuid, data) VALUES(?, ?, ?)", rows)


def read(
    link: sqlite3.Connection, start: float, end: float, key: DomainKey | None, limit: int
) -> tuple[Event, ...]:
    """The newest ``limit`` events between these Unix seconds, oldest first; of one domain if ``key``."""
    values: tuple[object, ...] = (start, end) if key is None else (start, end, key.uuid)
    query = _QUERY.format("" if key is None else " AND uuid = ?")
    found = [decoded(data) for (data,) in link.execute(query, (*values, limit))]
    return tuple(event for event in reversed(found) if event is not None and (not key or event.key == key))


def prune(link: sqlite3.Connection, oldest: float) -> None:
    """Drop those before ``oldest`` (Unix seconds) and those too many."""
    link.execute("DELETE FROM event WHERE time < ?", (oldest,))
    link.execute("DELETE FROM event WHERE id <= (SELECT max(id) FROM event) - ?", (MOST,))


def encoded(event: Event) -> str:
    """An event as a line of JSON: every field by its name, whatever fields there are."""
    told: dict[str, object] = {item.name: getattr(event, item.name) for item in fields(event)}
    told["key"] = None if event.key is None else [event.key.connection, event.key.uuid]
    return json.dumps(told)


def decoded(data: str) -> Event | None:
    """The event of a line; what this version does not know of it is left out. None for what is no event."""
    with suppress(ValueError, TypeError, KeyError, IndexError):
        told = json.loads(data)
        key, kind = told["key"], told["kind"]
        values = {
            item.name: _fitting(item.default, told[item.name])
            for item in fields(Event)
            if item.default is not MISSING and item.name in told
        }
        return Event(
            kind=EventKind(kind) if kind in set(EventKind) else EventKind.OTHER,
            time=float(told["time"]),
            key=None if key is None else DomainKey(str(key[0]), str(key[1])),
            name=str(told["name"]),
            detail=str(told["detail"]),
            **values,
        )
    return None


def _fitting(default: Any, value: Any) -> Any:
    """``value`` as the field wants it; its default where it does not fit."""
    if isinstance(default, Enum):
        return type(default)(value) if value in set(type(default)) else default
    return value if type(value) is type(default) else default
