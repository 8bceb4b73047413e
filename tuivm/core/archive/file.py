"""The file itself: opened, made, checked, and set aside when it is no history.

Errors of SQLite become :class:`Outage` (it may work later: locked, full, not allowed), :class:`Broken`
(it never will: this is no database, or a damaged one) or :class:`Newer` (a later tuivm made it; left
alone).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

VERSION = 1
"""Version of the tables, kept as ``user_version``."""
APPLICATION = 0x7475766D
"""``application_id``: ``tuvm``."""
PATIENCE = 2.0
"""Seconds for which another program's lock is waited for."""
_WAL_LIMIT = 4 << 20
_CACHE = 256
"""KiB of pages that a connection keeps in memory: hardly anything is read twice."""
_BROKEN = frozenset({11, 26})
"""SQLITE_CORRUPT, SQLITE_NOTADB."""
_WORDS = {5: "another program holds it locked", 6: "it is locked", 13: "the disk is full"}
_ASIDE = ("", "-wal", "-shm")
_SCHEMA = """
CREATE TABLE domain(id INTEGER PRIMARY KEY, connection TEXT NOT NULL, uuid TEXT NOT NULL,
    UNIQUE(connection, uuid));
CREATE TABLE name(domain INTEGER NOT NULL, since INTEGER NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY(domain, since)) WITHOUT ROWID;
CREATE TABLE series(id INTEGER PRIMARY KEY, metric TEXT NOT NULL, instance TEXT NOT NULL,
    UNIQUE(metric, instance));
CREATE TABLE track(domain INTEGER NOT NULL, series INTEGER NOT NULL, first INTEGER NOT NULL,
    last INTEGER NOT NULL, PRIMARY KEY(domain, series)) WITHOUT ROWID;
CREATE TABLE block(domain INTEGER NOT NULL, tier INTEGER NOT NULL, start INTEGER NOT NULL,
    crc INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY(domain, tier, start));
CREATE TABLE journal(seq INTEGER PRIMARY KEY AUTOINCREMENT, start INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE event(id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, uuid TEXT, data TEXT NOT NULL);
CREATE INDEX event_time ON event(time);
"""


class Outage(Exception):
    """The file cannot be used now; one line says why."""


class Broken(Exception):
    """The file is not what it should be; one line says why."""


class Newer(Exception):
    """The file was made by a later version."""


@contextmanager
def told() -> Iterator[None]:
    """Turn SQLite's errors into Outage or Broken."""
    import sqlite3

    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _BROKEN:
            raise Broken(str(error)) from error
        # Tables that are missing, and text that is none, are of a file that is damaged.
        if (code == 1 and "no such" in str(error)) or (code == 0 and "decode" in str(error)):
            raise Broken(str(error)) from error
        raise Outage(_WORDS.get(code, str(error))) from error
    except OSError as error:
        raise Outage(error.strerror or str(error)) from error


def open_to_write(path: Path) -> sqlite3.Connection:
    """The file, made where there is none, readable by the user alone. Raises Outage, Broken or Newer.

    Only who holds the lease may call this.
    """
    import sqlite3

    with told():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        link = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        with told():
            if _version(link) == 0:
                _make(link)
            link.execute("PRAGMA synchronous = NORMAL")
            link.execute(f"PRAGMA journal_size_limit = {_WAL_LIMIT}")
            link.execute(f"PRAGMA cache_size = -{_CACHE}")
    except BaseException:
        link.close()
        raise
    return link


def open_to_read(path: Path) -> sqlite3.Connection | None:
    """The file to look at, from any one thread at a time; None when there is none yet.

    Raises Outage, Broken or Newer.
    """
    link = open_beside(path)
    if link is not None:
        try:
            with told():
                link.execute("PRAGMA query_only = 1")
        except BaseException:
            link.close()
            raise
    return link


def open_beside(path: Path) -> sqlite3.Connection | None:
    """The file as another program made it, who writes it: to append to it shortly; None when there is none.

    From any one thread at a time. Raises Outage, Broken or Newer.
    """
    import sqlite3

    if not path.exists() or not path.stat().st_size:
        return None
    with told():
        link = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        with told():
            if _version(link) == 0:
                link.close()
                return None
            link.execute(f"PRAGMA cache_size = -{_CACHE}")
    except BaseException:
        link.close()
        raise
    return link


def is_still(path: Path, number: int) -> bool:
    """Whether the file is still there, and no other one: ``number`` is its inode."""
    try:
        return path.stat().st_ino == number
    except OSError:
        return False


def set_aside(path: Path) -> Path:
    """Rename the file and what belongs to it, with the time behind its name. Raises Outage."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    with told():
        for ending in reversed(_ASIDE):
            with suppress(FileNotFoundError):
                path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
    return aside


@contextmanager
def transaction(link: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing. Raises Outage or Broken."""
    with told():
        link.execute("BEGIN IMMEDIATE")
        try:
            yield
            link.execute("COMMIT")
        except BaseException:
            if link.in_transaction:
                link.execute("ROLLBACK")
            raise


def _version(link: sqlite3.Connection) -> int:
    """Version of the tables; 0 when there are none yet. Raises Newer, Broken and SQLite's errors."""
    (version,) = link.execute("PRAGMA user_version").fetchone()
    (application,) = link.execute("PRAGMA application_id").fetchone()
    (tables,) = link.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not tables and not version:
        return 0
    if application != APPLICATION:
        raise Broken("it is the database of another program")
    if version > VERSION:
        raise Newer(f"its version is {version}, this tuivm knows {VERSION}")
    return int(version)


def _make(link: sqlite3.Connection) -> None:
    """Make the tables; a kill in the middle leaves an empty database."""
    link.execute("PRAGMA auto_vacuum = INCREMENTAL")
    link.execute("PRAGMA journal_mode = WAL")
    link.execute("BEGIN IMMEDIATE")
    for statement in _SCHEMA.split(";"):
        if statement.strip():
            link.execute(statement)
    link.execute(f"PRAGMA application_id = {APPLICATION}")
    link.execute(f"PRAGMA user_version = {VERSION}")
    link.execute("COMMIT")
