"""The last versions of a domain's definition: what it was before each change that was made here."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tuivm.core.editing import files
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Invalid

KEPT = 20
"""Versions kept of one domain."""
_NAME = re.compile(r"(\d{10,12})(\d{6})-(edit|restore|delete)-([0-9a-f]{8})\.xml")


@dataclass(frozen=True, slots=True)
class Version:
    """A definition that is no more."""

    path: Path
    """The file, 0600; plain XML that ``virsh define`` takes."""
    time: float
    """When it ceased to be the definition, Unix seconds."""
    why: str
    """What took its place: ``edit``, ``restore`` of another version, nothing after ``delete``."""

    def read(self) -> str:
        """The XML. Raises OSError, or Invalid when the file was damaged."""
        return files.read_text(self.path)


class Versions:
    """What is kept of one domain. Every method reads or writes files: for worker threads."""

    def __init__(self, key: DomainKey) -> None:
        self._folder = files.folder_of(key)
        self._tag = files.tag_of(key)

    def all(self) -> tuple[Version, ...]:
        """Newest first; none when nothing was kept or it cannot be read."""
        found = []
        with suppress(OSError):
            for path in self._folder.iterdir():
                match = _NAME.fullmatch(path.name)
                if match is not None and match[4] == self._tag:
                    found.append(Version(path, int(match[1]) + int(match[2]) / 1e6, match[3]))
        return tuple(sorted(found, key=lambda version: version.path.name, reverse=True))

    def keep(self, xml: str, why: str) -> Version | None:
        """Keep ``xml``, unless the newest version is the same; the oldest go. Raises OSError."""
        known = self.all()
        with suppress(OSError, Invalid, IndexError):
            if known[0].read() == xml:
                return None
        microseconds = time.time_ns() // 1000
        path = self._path(microseconds, why)
        while path.exists():
            microseconds += 1
            path = self._path(microseconds, why)
        files.write_private(path, xml)
        for old in known[KEPT - 1 :]:
            with suppress(OSError):
                old.path.unlink()
        return Version(path, microseconds / 1e6, why)

    def _path(self, microseconds: int, why: str) -> Path:
        seconds, rest = divmod(microseconds, 1_000_000)
        return self._folder / f"{seconds}{rest:06d}-{why}-{self._tag}.xml"
