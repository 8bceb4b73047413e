"""Where the history of a connection is, and how a session writes it."""

from __future__ import annotations

import math
import re
import zlib
from pathlib import Path

from tuivm import paths
from tuivm.config import HistoryConfig
from tuivm.core.archive import Archive
from tuivm.core.event_log import KEPT
from tuivm.core.session import Session
from tuivm.model.domain import DomainKey
from tuivm.model.event import EventKind

_DAY = 86_400
_NAMED = 60
"""Letters of a URI that are in the name of its file, for who looks into the folder."""


def folder_of(settings: HistoryConfig) -> Path:
    """The folder of all histories."""
    return settings.folder or paths.history_dir()


def file_of(settings: HistoryConfig, uri: str) -> Path:
    """The file of one connection: readable as far as that goes, and its own by a checksum."""
    words = re.sub(r"[^a-z0-9]+", "-", uri.lower()).strip("-")[:_NAMED]
    return folder_of(settings) / f"{words}-{zlib.crc32(uri.encode('utf-8', 'surrogateescape')):08x}.db"


def files(settings: HistoryConfig) -> list[Path]:
    """Every history there is."""
    return sorted(folder_of(settings).glob("*.db"))


def archive(settings: HistoryConfig, uri: str, role: str = "screen") -> Archive:
    """The history of a connection, not opened yet; ``role`` is what another tuivm calls who writes it."""
    return Archive(file_of(settings, uri), bounds=(settings.size, settings.days * _DAY), role=role)


def add_results(settings: HistoryConfig, session: Session) -> None:
    """Add what became of the jobs of a session that keeps no history to the one there is. Never raises."""
    if not settings.enabled:
        return
    done = session.event_log.kept(session.began, math.inf, limit=KEPT)
    results = [event for event in done if event.kind is EventKind.RESULT]
    if results:
        from tuivm.core.archive import beside  # most commands do nothing that is to be kept

        beside.append(file_of(settings, session.inventory.uri), results)


def begin(kept: Archive, session: Session) -> None:
    """Have the archive write what the session measures, from now on until the session is closed."""

    def name_of(key: DomainKey) -> str:
        domain = session.inventory.domains.get(key)
        return domain.name if domain is not None else ""

    kept.start(session.announce, name_of)
    session.on_close.append(kept.close)
